/** Addresses by which the core (src/core/) finds what belongs to an IKE SA. They are of one run: a state file has none. */

import { ELSEWHERE } from "../core/sa-layout.ts";
import type { Exchange } from "./exchange.ts";
import type { Informationals } from "./informationals.ts";

interface Linked {
  readonly exchanges: readonly Exchange[];
  readonly told: Informationals | null;
  latestAddress: number;
  toldAddress: number;
}

/** Adds a quick mode to those that the core finds. */
export function linkExchange(sa: Linked, exchange: Exchange): void {
  exchange.link();
  exchange.olderAddress = sa.latestAddress;
  const isHere = exchange.address !== 0 && sa.latestAddress !== ELSEWHERE;
  sa.latestAddress = isHere ? exchange.address : ELSEWHERE;
}

export function linkInformationals(sa: Linked): void {
  sa.toldAddress = sa.told === null ? 0 : sa.told.address || ELSEWHERE;
}

/** Lets the core find all of it. */
export function link(sa: Linked): void {
  linkInformationals(sa);
  sa.latestAddress = 0;
  for (const exchange of sa.exchanges) linkExchange(sa, exchange);
}

/** Leaves no address. */
export function unlink(sa: Linked): void {
  sa.toldAddress = 0;
  sa.latestAddress = 0;
  for (const exchange of sa.exchanges) {
    exchange.unlink();
    exchange.olderAddress = 0;
    exchange.waitingAddress = 0;
  }
}
