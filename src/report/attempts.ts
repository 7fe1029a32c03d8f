/** Attempts in the form of the report. */

import { type IkeSa, numberedNotify, type Stamp } from "../ike/facts.ts";
import type { Attempt as JudgedAttempt } from "../judgement/collisions.ts";
import { isFirstId } from "../judgement/weighing.ts";
import type { BuildContext } from "./build.ts";
import type { Attempt, AttemptEvent, Claim } from "./model.ts";
import { messageIdText } from "./sentences.ts";
import { isoTime } from "./time.ts";

/** With as many digits as its source's clock has. */
export function stampTime(stamp: Stamp, context: BuildContext): string {
  return isoTime(stamp.micros, stamp.nanos, context.sources[stamp.source].timeDigits);
}

export function buildAttempt(attempt: JudgedAttempt, context: BuildContext): Attempt {
  const { exchange, contender, holder, outcome } = attempt;
  const refused = refusalOf(attempt);
  const notify = notifyOf(attempt);
  return {
    messageId: messageIdText(exchange.messageId),
    messageIdDecimal: exchange.messageId,
    at: stampTime(exchange.first, context),
    frame: exchange.first.frame,
    source: context.sources[exchange.first.source].name,
    outcome,
    overlap: holder === null ? "none" : holder.overlap,
    verdict: attempt.verdict,
    retransmissions: exchange.retransmissions,
    lastRetransmissionAt:
      exchange.lastRetransmission === null ? null : stampTime(exchange.lastRetransmission, context),
    refusedAt: refused === null ? null : stampTime(refused, context),
    ...(notify === undefined ? {} : { notify }),
    firstId: isFirst(attempt),
    holderSa: holder === null ? null : cookiesOf(holder.claim.clientSa.session.sa),
    contenderSa: cookiesOf(contender.session.sa),
    claim: holder === null ? null : claimOf(holder, context),
    events: eventsOf(attempt, context),
  };
}

/** The responder's Informational that refused it; null without. */
export function refusalOf({ exchange, outcome }: JudgedAttempt): Stamp | null {
  return outcome === "refused" ? exchange.otherInformational : null;
}

/** The responder's error notify that could be read, in words; undefined without. */
export function notifyOf({ exchange: { otherNotify } }: JudgedAttempt): string | undefined {
  return otherNotify === 0 ? undefined : numberedNotify(otherNotify);
}

/** The first quick mode that the contender started on its IKE SA. */
export function isFirst({ contender, exchange }: JudgedAttempt): boolean {
  return isFirstId(contender, exchange);
}

/** In the order of their times. */
export function eventsOf(attempt: JudgedAttempt, context: BuildContext): AttemptEvent[] {
  const { first, lastRetransmission } = attempt.exchange;
  const refused = refusalOf(attempt);
  const events = [eventOf(first, "contender", "first-message", context)];
  if (lastRetransmission !== null) {
    events.push(eventOf(lastRetransmission, "contender", "last-retransmission", context));
  }
  if (refused !== null) events.push(eventOf(refused, "responder", "informational", context));
  return inTime(events);
}

/** Puts some events, which nearly always are, in the order of their times. */
function inTime(events: AttemptEvent[]): AttemptEvent[] {
  const areInTime = events.every(({ at }, i) => i === 0 || events[i - 1].at <= at);
  return areInTime ? events : events.sort((a, b) => (a.at < b.at ? -1 : 1));
}

function eventOf(
  stamp: Stamp,
  sender: AttemptEvent["sender"],
  what: AttemptEvent["what"],
  context: BuildContext,
): AttemptEvent {
  const source = context.sources[stamp.source].name;
  return { at: stampTime(stamp, context), frame: stamp.frame, source, sender, what };
}

function claimOf(holder: NonNullable<JudgedAttempt["holder"]>, context: BuildContext): Claim | null {
  const { exchange, implied, clientSa } = holder.claim;
  if (exchange === null) return null;
  return {
    at: stampTime(exchange.first, context),
    frame: exchange.first.frame,
    source: context.sources[exchange.first.source].name,
    implied,
    lastLifeAt: isoTime(clientSa.lifespan.life.lastAt, 0, 6),
  };
}

function cookiesOf(sa: IkeSa): { initiatorCookie: string; responderCookie: string } {
  const hex = (i: number) => sa.cookiesOf(i).toString(16).padStart(8, "0");
  return { initiatorCookie: hex(0) + hex(1), responderCookie: hex(2) + hex(3) };
}
