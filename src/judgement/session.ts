/**
 * An IKE SA with its roles: which side is the client, at which responder, and what follows from that.
 */

import { hostOf } from "../collections/endpoints.ts";
import {
  asStartedBy,
  closeFragments,
  type Exchange,
  type Hosts,
  hasHeard,
  type IkeSa,
  isAtOneHost,
  isTwoWay,
  type Path,
  type Side,
  vendorKnowledge,
} from "../ike/facts.ts";
import { EXCHANGE_AGGRESSIVE } from "../wire/isakmp.ts";
import type { VendorKnowledge } from "../wire/vendor-ids.ts";
import { firstPort4500, portOn } from "./client-ports.ts";
import { firstOf, type Moment, seen } from "./moment.ts";
import { other, type Role } from "./roles.ts";

export interface Session {
  sa: IkeSa;
  /** Its place among the sessions of its responder, which come in the order of their first messages. */
  index: number;
  client: Side;
  responder: Side;
  inferred: boolean;
  /** The responder's host; of several that are one responder, the first. */
  responderHost: number;
  /** Address and port of the client: on the NAT-T port when that is known. */
  endpoint: number;
  /** Port of the client towards port 500, or -1. */
  port500: number;
  /** Port of the client towards port 4500, or -1. */
  port4500: number;
  /** The first of those: a NAT may have moved it since. */
  began4500: number;
  /** Quick modes that the client started, in order. */
  quickModes: readonly Exchange[];
  /** When phase 1 is known to have finished; NaN when it is not. */
  finishedAt: number;
  /**
   * When the client is known to have finished its own part of phase 1: where only clients were captured, this
   * is all that can be seen. NaN when it is not known.
   */
  clientFinishedAt: number;
  /** Phase 1 lies before the capture. */
  begunBefore: boolean;
  /** The client has a private address, and NAT-T shows a NAT between it and the responder. */
  privateBehindNat: boolean;
  clientVendor: VendorKnowledge;
  responderVendor: VendorKnowledge;
}

/** The first message of its IKE SA. */
export function beginOf({ sa }: Session): Moment {
  return firstOf(sa);
}

/** The responder began phase 1 (3.1). */
export function isRenewal({ sa, client }: Session): boolean {
  return sa.phase1Seen && client === 1;
}

/** @param fragmentsBefore fragment sets begun before this time will not be completed any more */
export function sessionOf(
  sa: IkeSa,
  role: Role,
  responderHost: number,
  hosts: Hosts,
  fragmentsBefore = Number.POSITIVE_INFINITY,
): Session {
  const client = role.client;
  const responder = other(client);
  closeFragments(sa, fragmentsBefore);
  const named = clientPath(sa, client, hosts);
  const endpoint = sa.endOf(named, client);
  const host = hostOf(endpoint);
  return {
    sa,
    index: 0,
    client,
    responder,
    inferred: role.inferred,
    responderHost,
    endpoint,
    port500: portOn(false, host, sa, client),
    port4500: portOn(true, host, sa, client),
    began4500: firstPort4500(host, sa, client),
    quickModes: quickModesOf(sa, client),
    finishedAt: finishedAt(sa, client),
    clientFinishedAt: clientFinishedAt(sa, client),
    begunBefore: !sa.phase1Seen && sa.mode === 0,
    privateBehindNat: sa.natTraversalOf(named) && hosts.isPrivate(host),
    clientVendor: vendorKnowledge(sa.vendorIdsOf(client)),
    responderVendor: vendorKnowledge(sa.vendorIdsOf(responder)),
  };
}

/** The session of a plain IKE SA (plain.ts): of tens of thousands little is asked, which is found when it is. */
export class PlainSession implements Session {
  readonly sa: IkeSa;
  readonly responderHost: number;
  readonly quickModes: readonly Exchange[];
  readonly #hosts: Hosts;
  index = 0;

  constructor(sa: IkeSa, responderHost: number, hosts: Hosts) {
    this.sa = sa;
    this.responderHost = responderHost;
    this.quickModes = sa.exchanges.slice(0, 1);
    this.#hosts = hosts;
  }

  get client(): Side {
    return 0;
  }

  get responder(): Side {
    return 1;
  }

  get inferred(): boolean {
    return false;
  }

  get begunBefore(): boolean {
    return false;
  }

  get endpoint(): number {
    return this.sa.endOf(this.#named, 0);
  }

  get #named(): number {
    return clientPath(this.sa, 0, this.#hosts);
  }

  get port500(): number {
    return portOn(false, hostOf(this.endpoint), this.sa, 0);
  }

  get port4500(): number {
    return portOn(true, hostOf(this.endpoint), this.sa, 0);
  }

  get began4500(): number {
    return firstPort4500(hostOf(this.endpoint), this.sa, 0);
  }

  get finishedAt(): number {
    return finishedAt(this.sa, 0);
  }

  get clientFinishedAt(): number {
    return clientFinishedAt(this.sa, 0);
  }

  get privateBehindNat(): boolean {
    return this.sa.natTraversalOf(this.#named) && this.#hosts.isPrivate(hostOf(this.endpoint));
  }

  get clientVendor(): VendorKnowledge {
    return vendorKnowledge(this.sa.vendorIdsOf(0));
  }

  get responderVendor(): VendorKnowledge {
    return vendorKnowledge(this.sa.vendorIdsOf(1));
  }
}

/** Contract 5: two first quick modes so close may have been swapped on the way; Windows sends 1 and 2 at once. */
const SWAPPED_WITHIN = 100_000;

/** The client's quick modes in order. */
function quickModesOf(sa: IkeSa, client: Side): readonly Exchange[] {
  // As large as what is in it: what grew by one at a time has room for 17.
  const own = (areAllOf(sa.exchanges, client) ? sa.exchanges : startedBy(sa.exchanges, client)).slice();
  const [first, second] = own;
  if (second === undefined || first.messageId < second.messageId) return own;
  const together = first.segment === second.segment && second.firstAt - first.firstAt <= SWAPPED_WITHIN;
  return together ? [second, first, ...own.slice(2)] : own;
}

function areAllOf(exchanges: readonly Exchange[], client: Side): boolean {
  for (const { starter } of exchanges) if (starter !== client) return false;
  return true;
}

/** Those of the client, also where the capture lost the first message. */
function startedBy(exchanges: readonly Exchange[], client: Side): Exchange[] {
  return exchanges
    .map((exchange) => (exchange.starter === client ? exchange : asStartedBy(exchange, client)))
    .filter((exchange) => exchange !== null);
}

/**
 * Phase 1 is known to have finished by the responder's third main-mode or its aggressive-mode message; when
 * phase 1 lies before the capture, by anything that the responder sent on the SA. Where the responder renewed phase 1,
 * the client's third message finishes it (contract 3.1). Where the capture lost that message, what the same side sent
 * under the keys of phase 1 shows as much as it does in a capture that begins later (principle b).
 */
function finishedAt(sa: IkeSa, client: Side): number {
  const answering = sa.phase1Seen ? 1 : other(client);
  if (!sa.phase1Seen && sa.mode === 0) return sa.firstFromAtOf(answering);
  const finished = sa.phase1FinishedAtOf(answering);
  if (!Number.isNaN(finished)) return finished;
  const isSecured = sa.paths.some(({ secured }) => (secured & (1 << answering)) !== 0);
  if (!isSecured) return finished;
  const before = sa.phase1FinishedAtOf(other(answering));
  if (!Number.isNaN(before)) return before;
  const told = sa.lifeSegment === sa.firstSegment ? sa.informationals.flat() : [];
  return Math.min(...told, sa.exchanges[0]?.firstAt ?? sa.lastFromAtOf(answering));
}

/** The client's third main-mode message or its second aggressive-mode one, which answer the responder. */
function clientFinishedAt(sa: IkeSa, client: Side): number {
  const tooEarly = sa.mode === EXCHANGE_AGGRESSIVE && sa.phase1MessagesOf(client) < 2;
  return tooEarly ? Number.NaN : sa.phase1FinishedAtOf(client);
}

/** The path that names the client, by its index. */
export function clientPath(sa: IkeSa, client: Side, hosts: Hosts): number {
  if (sa.pathCount === 1) return 0;
  // All that ranks above the NAT-T port is of the address: where that is one, the one path on the port is it.
  if (sa.pathCount === 2 && isAtOneHost(sa, client)) {
    const first = sa.natTraversalOf(0);
    if (first !== sa.natTraversalOf(1)) return first ? 0 : 1;
  }
  return firstRanked(sa, client, hosts);
}

/**
 * Of several paths the one with traffic both ways (copies from elsewhere get no answers), nearest the responder, of an
 * address that the client sent from, on the NAT-T port, latest.
 */
function firstRanked(sa: IkeSa, client: Side, hosts: Hosts): number {
  const ranks = sa.paths.map((path): number[] => {
    const end = path.ends[client];
    return [
      sa.isTwoWayFrom(client, end) ? 1 : 0,
      nearnessOf(hostOf(end), sa, client),
      hosts.isPrivate(hostOf(end)) ? 0 : 1,
      sentFrom(hostOf(end), sa, client) ? 1 : 0,
      path.natTraversal ? 1 : 0,
      isTwoWay(path) ? 1 : 0,
      path.lastSegment,
      seen(path.lastAt) ? path.lastAt : 0,
    ];
  });
  return ranks.reduce((best, rank, i) => (compare(rank, ranks[best]) > 0 ? i : best), 0);
}

/** The client was seen sending there; what the responder sends to another address names nobody. */
function sentFrom(host: number, { paths }: IkeSa, client: Side): boolean {
  return paths.some((path) => hostOf(path.ends[client]) === host && hasHeard(path, client));
}

/**
 * Contract 3.5: 1 where copies show that an address of the client's is nearer to the responder than another one, -1
 * where it is farther, 0 where they do not tell. What the client sends is seen later near the responder, and what the
 * responder sends earlier; clocks of two captures that differ shift both the same way, and cancel out.
 */
function nearnessOf(host: number, { paths }: IkeSa, client: Side): number {
  if (!paths.some(hasEchoes)) return 0;
  const own = paths.filter(({ ends }) => hostOf(ends[client]) === host);
  const lateness = (side: Side) => {
    const later = own.reduce((sum, path) => sum + path.echoedLater[side], 0);
    const earlier = own.reduce((sum, path) => sum + path.echoOf[side], 0);
    return (later - earlier) / (later + earlier);
  };
  // NaN where the copies of one side are missing: those of the other show nothing.
  const total = lateness(client) - lateness(other(client));
  return Math.abs(total) > 1 ? Math.sign(total) : 0;
}

function hasEchoes({ echoOf, echoedLater }: Path): boolean {
  return echoOf[0] + echoOf[1] + echoedLater[0] + echoedLater[1] > 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
