/**
 * Contract 4, "ESP begins": the quick mode was accepted though its answer was not captured, where SPIs come that were
 * not on its endpoints before; where SPIs were not captured, where no ESP was on them for five minutes.
 */

import { type Exchange, UNUSABLE_AFTER } from "../ike/facts.ts";
import { earlier, firstOf, isBefore, later, momentOf, SECOND, seen } from "./moment.ts";
import type { Peers } from "./peers.ts";

export const ESP_WITHIN = 60 * SECOND;
const PAUSE = 300 * SECOND;

/**
 * When ESP had begun in both directions (from the client alone, where the responder is never seen); NaN where it did
 * not begin after the first message and until `limit`.
 */
export function espBeganAt(
  exchange: Exchange,
  keys: readonly number[],
  peers: Peers,
  limit: number,
  responderSeen: boolean,
): number {
  const from = beganAt(exchange, keys, peers, true, limit);
  if (!responderSeen || !seen(from)) return from;
  const to = beganAt(exchange, keys, peers, false, limit);
  return seen(to) ? Math.max(from, to) : Number.NaN;
}

function beganAt(
  exchange: Exchange,
  keys: readonly number[],
  peers: Peers,
  fromClient: boolean,
  limit: number,
): number {
  let began = Number.NaN;
  const seenOn = peers.spis(keys, fromClient);
  if (seenOn.length === 0) return began;
  const from = fromClient ? earliestUse(exchange) : exchange.firstAt;
  const moment = momentOf(exchange);
  // A NAT moves a session from one of its endpoints to another: the same SPI goes on there.
  const known = new Set(seenOn.filter((each) => isBefore(firstOf(each), moment)).map(({ spi }) => spi));
  for (const { spi, firstAt, firstSegment } of seenOn) {
    const fresh = firstSegment === exchange.segment && firstAt > from && firstAt <= limit;
    // The responder chose it: on whatever endpoint it was seen before, it is of an earlier quick mode.
    const isNew = spi !== 0 && fresh && !known.has(spi) && !(fromClient && peers.hadSpi(spi, moment));
    if (isNew) began = earlier(began, firstAt);
    if (spi === 0) began = earlier(began, beganUnnamed(exchange, fromClient, limit));
  }
  return began;
}

/** The client has the SPI from an answer, and with one it repeats itself no more. */
function earliestUse({ firstAt, lastRetransmissionAt }: Exchange): number {
  return later(firstAt, lastRetransmissionAt - UNUSABLE_AFTER);
}

/** The same where SPIs were not captured: after a pause. */
function beganUnnamed(exchange: Exchange, fromClient: boolean, limit: number): number {
  const { before, firstAt } = exchange;
  const paused = !seen(before.espAt) || firstAt - before.espAt > PAUSE;
  const at = fromClient ? exchange.espFromStarterAt : exchange.espFromOtherAt;
  return paused && at <= limit ? at : Number.NaN;
}
