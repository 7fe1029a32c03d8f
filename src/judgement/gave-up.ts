/**
 * Contract 4, "the client gave up": its first Informational on the SA after the quick mode, or its next phase 1 at
 * this responder. A Delete within 3 s is not, where the client goes on.
 */

import type { Exchange } from "../ike/exchange.ts";
import { earlier, SECOND, seen } from "./moment.ts";
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
  const leftAt = prompt && goesOn(quickModes, exchange, first, peers, keys) ? exchange.starterLeftAt : first;
  return earlier(leftAt, nextPhase1);
}

function goesOn(
  quickModes: readonly Exchange[],
  exchange: Exchange,
  since: number,
  peers: Peers,
  keys: readonly number[],
): boolean {
  const soon = (at: number) => at > since && at - since <= GOES_ON_WITHIN;
  if (exchange.retransmissions > 0 && soon(exchange.lastRetransmissionAt)) return true;
  const another = quickModes.some(
    ({ firstAt, segment }) =>
      segment === exchange.segment && firstAt > exchange.firstAt && firstAt - since <= GOES_ON_WITHIN,
  );
  return another || espBetween(peers, keys, since, since + GOES_ON_WITHIN);
}

/** The client sent ESP after `from` and not later than `to`. */
export function espBetween(peers: Peers, keys: readonly number[], from: number, to: number): boolean {
  return peers.spis(keys, true).some(({ firstAt, lastAt }) => lastAt > from && firstAt <= to);
}
