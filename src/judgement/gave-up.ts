/**
 * Contract 4, "the client gave up": its first Informational on the SA after the quick mode, or its next phase 1 at
 * this responder. A Delete within 3 s is not, where the client goes on.
 */

import type { Exchange } from "../ike/facts.ts";
import { earlier, firstOf, isBefore, lastOf, SECOND, seen } from "./moment.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";

const GOES_ON_WITHIN = 60 * SECOND;

/** When the client gave up the quick mode; NaN where it did not. */
export function gaveUpAt(
  { quickModes }: Session,
  exchange: Exchange,
  nextPhase1: number,
  peers: Peers,
  keys: readonly number[],
): number {
  const first = exchange.starterInformationalAt;
  const prompt = seen(first) && first !== exchange.starterLeftAt;
  // With its next phase 1 the client begins anew: what is on its endpoints from then on is not this quick mode's.
  const until = earlier(first + GOES_ON_WITHIN, nextPhase1);
  const goesOn = prompt && isGoingOn(quickModes, exchange, { since: first, until }, peers, keys);
  const leftAt = goesOn ? exchange.starterLeftAt : first;
  return earlier(leftAt, nextPhase1);
}

function isGoingOn(
  quickModes: readonly Exchange[],
  exchange: Exchange,
  { since, until }: { since: number; until: number },
  peers: Peers,
  keys: readonly number[],
): boolean {
  const soon = (at: number) => at > since && at <= until;
  if (exchange.retransmissions > 0 && soon(exchange.lastRetransmissionAt)) return true;
  const another = quickModes.some(
    ({ firstAt, segment }) => segment === exchange.segment && firstAt > exchange.firstAt && firstAt <= until,
  );
  return another || hasEspIn(peers, keys, { segment: exchange.segment, from: since, to: until });
}

/** The client sent ESP after `from` and not later than `to`, times of one segment of the clock. */
export function hasEspIn(
  peers: Peers,
  keys: readonly number[],
  { segment, from, to }: { segment: number; from: number; to: number },
): boolean {
  return peers
    .spis(keys, true)
    .some(
      (spi) => isBefore({ at: from, segment }, lastOf(spi)) && !isBefore({ at: to, segment }, firstOf(spi)),
    );
}
