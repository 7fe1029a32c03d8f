/** Contract 4, `unproven`: a missing answer that proves nothing. Each rule stands alone. */

import type { Exchange, Spi } from "../ike/facts.ts";
import { firstOf, isBefore, lastFrom, lastOf, latestOf, momentOf, SECOND, seen } from "./moment.ts";
import {
  deletedBy,
  espFollows,
  isWithin,
  lastCopyAt,
  type OutcomeContext,
  PENDING,
} from "./outcome-facts.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";
import { thirdUnheardAt } from "./unheard.ts";

const RECENT = 60 * SECOND;
/** Copies over so long that a responder that sends steadily would have been seen. */
const COPIES_SPAN = 10 * SECOND;
const AFTER_LAST_COPY = SECOND;
const GAVE_UP_SOON = 3 * SECOND;
const REFUSED_SOON = SECOND;

export function notProven(
  session: Session,
  exchange: Exchange,
  gaveUp: number,
  context: OutcomeContext,
): boolean {
  return (
    isUnfinished(session, exchange) ||
    isSilentToAll(session, exchange) ||
    hasDied(exchange) ||
    hasForgotten(session, exchange, gaveUp, context) ||
    (!isWithin(PENDING, exchange, context) && missedNothing(session, exchange, gaveUp, context))
  );
}

/** Phase 1 is not known to have finished, or not between these addresses; or a log told of it, which has no content. */
function isUnfinished({ sa, client, finishedAt }: Session, { from }: Exchange): boolean {
  return sa.logged || !seen(finishedAt) || !sa.isTwoWayFrom(client, from);
}

/**
 * Phase 1 was long ago, or before a step of the clock, and the responder sent nothing to anyone until a minute after the
 * last copy.
 */
function isSilentToAll({ sa, finishedAt, begunBefore }: Session, exchange: Exchange): boolean {
  const isKnown = !begunBefore && sa.firstSegment === exchange.segment;
  const fresh = isKnown && exchange.firstAt - finishedAt <= RECENT;
  return !fresh && !hasSentBy(exchange.otherSentAt, lastCopyAt(exchange) + RECENT);
}

/** The responder was sending steadily, and to nobody from the first copy on: it died, or its path did. */
function hasDied({ firstCopy, lastRetransmissionAt }: Exchange): boolean {
  if (firstCopy === null || !firstCopy.steady) return false;
  const long = lastRetransmissionAt - firstCopy.at >= COPIES_SPAN;
  return long && !hasSentBy(firstCopy.otherSentAt, lastRetransmissionAt + AFTER_LAST_COPY);
}

/** It sent something by then, or behind a step of the clock (infinity): how soon that was nobody knows (6.13). */
function hasSentBy(sentAt: number, until: number): boolean {
  return sentAt <= until || sentAt === Number.POSITIVE_INFINITY;
}

/**
 * Its ESP to this client had stopped before the first message, and the client sent on into the void, by then or over
 * it: the responder knew the SA no more (as in 6.6), unless it sent something on it later.
 */
function hasForgotten(
  { sa, responder }: Session,
  exchange: Exchange,
  gaveUp: number,
  { peers, keys }: OutcomeContext,
): boolean {
  if (exchange.before.unheard) return true;
  const { segment } = exchange;
  if (!peers.hasEsp(peers.rows(keys, false))) return false;
  if (sa.lifeSegment !== segment) return isUnheardAcrossStep(sa, exchange, peers, keys);
  // What begins on its endpoints once the client gave up is a later session's; what a NAT only moved began before.
  const left = { at: gaveUp, segment };
  const own = (fromPeer: boolean) => {
    const all = peers.spis(keys, fromPeer);
    const begun = new Set(all.flatMap((each) => (isBefore(left, firstOf(each)) ? [] : each.spi)));
    return all.filter(({ spi }) => begun.has(spi));
  };
  const received = own(false);
  if (received.length === 0) return false;
  const last = latestOf([lastFrom(sa, responder), ...received.map(lastOf)]);
  if (!isBefore(last, momentOf(exchange))) return false;
  // What it sent last before a step of the clock is earlier, whatever its time.
  const since = last.segment === segment ? last.at : Number.NEGATIVE_INFINITY;
  return seen(thirdUnheardAt(own(true), { at: since, segment }));
}

/**
 * The clock stepped back since (6.13), and nobody knows for how long the client sent on: three packets do, that went on
 * across the step while nothing at all of the responder came on the SA after the first message.
 */
function isUnheardAcrossStep(
  { exchanges }: Session["sa"],
  exchange: Exchange,
  peers: Peers,
  keys: readonly number[],
): boolean {
  const moment = momentOf(exchange);
  const answersLater = (each: Exchange) => isBefore(moment, momentOf(each)) && seen(each.replyAt);
  // What begins later is a later session's, or else an answer, which is looked for before.
  const goesOn = (spi: Spi) => isBefore(firstOf(spi), moment) && isBefore(moment, lastOf(spi));
  if (seen(exchange.otherInformationalAt) || exchanges.some(answersLater)) return false;
  if (peers.spis(keys, false).some(goesOn)) return false;
  return peers
    .spis(keys, true)
    .some(({ lastSegment, unheardThirdAt }) => lastSegment > exchange.segment && seen(unheardThirdAt));
}

/** Nothing shows that the client missed an answer: one that lacks it repeats itself after a second. */
function missedNothing(
  session: Session,
  exchange: Exchange,
  gaveUp: number,
  context: OutcomeContext,
): boolean {
  if (exchange.retransmissions > 0) return false;
  if (gaveUp - exchange.firstAt <= GAVE_UP_SOON) return false;
  if (seen(deletedBy(session, exchange))) return false;
  const refusedSoon = exchange.otherInformationalAt - exchange.firstAt <= REFUSED_SOON;
  return !(refusedSoon && !context.blind && !espFollows(exchange, gaveUp, context));
}
