/** What a quick mode asks the gateway for, once it can be read: which traffic, and in which form (RFC 2407 4.6.2). */

import type { Identity, Inside } from "../wire/inside.ts";

/** What a quick mode proposes, or what its answer does. */
export interface Selectors {
  /** IDci and IDcr; empty where the message had none, which means the endpoints. */
  ids: readonly Identity[];
  /** 1 tunnel, 2 transport, 3 and 4 the same in UDP (RFC 3947 5.1); 0 not stated. */
  encapsulation: number;
  /** Addresses before a NAT (RFC 3947 5.2). */
  natOriginals: readonly string[];
  spis: readonly string[];
}

export function selectorsOf({ ids, encapsulation, natOriginals, spis }: Inside): Selectors {
  return { ids, encapsulation, natOriginals, spis: spis.map(({ spi }) => spi) };
}

const TRANSPORT = 2;
const TRANSPORT_IN_UDP = 4;

/**
 * Two quick modes in transport mode that ask for the same traffic, seen from the gateway: protocols and ports are
 * equal, and behind one NAT so are the addresses that it puts in place of those inside. Null where one is not known.
 */
export function selectorsClash(a: Selectors | null, b: Selectors | null): boolean | null {
  if (a === null || b === null) return null;
  const isTransport = ({ encapsulation }: Selectors) =>
    encapsulation === TRANSPORT || encapsulation === TRANSPORT_IN_UDP;
  if (!isTransport(a) || !isTransport(b)) return false;
  if (a.ids.length !== b.ids.length) return false;
  return a.ids.every(({ protocol, port }, i) => protocol === b.ids[i].protocol && port === b.ids[i].port);
}
