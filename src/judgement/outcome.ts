/**
 * What became of a quick mode that a client started. The rules are tried in order; the first that matches
 * wins. A missing answer proves a refusal only where an answer would have been seen and was missed.
 */

import type { Exchange } from "../ike/exchange.ts";
import type { Lifespan } from "./lifespan.ts";
import type { Session } from "./session.ts";

export type Outcome =
  | "completed"
  | "answered"
  | "unobserved"
  | "unproven"
  | "pending"
  | "refused"
  | "unanswered";

export interface OutcomeContext {
  lifespan: Lifespan;
  /** The responder was seen sending something to somebody. */
  responderSeen: boolean;
  /** When the client next began phase 1 after a given time; NaN when it did not. */
  nextPhase1: (after: number) => number;
  /** True when the SA with this running number had said farewell before `at`. */
  farewelledBefore: (saNumber: number, at: number) => boolean;
  /** Last clock value of the capture, and its segment. */
  captureEnd: { at: number; segment: number };
  /** The capture goes on: what is missing may still come. */
  running: boolean;
}

const SECOND = 1_000_000;
const RECENT = 60 * SECOND;
const PENDING = 5 * SECOND;
const UNDECIDED = 2 * SECOND;
/** A Delete that answers a refusal of the gateway comes so soon, whatever ESP of an older quick mode is under way. */
const PROMPT = 2 * SECOND;
const ESP_PAUSE = 300 * SECOND;

export function outcomeOf(session: Session, exchange: Exchange, context: OutcomeContext): Outcome {
  if (exchange.followedReply) return "completed";
  if (wasAnswered(session, exchange, context)) return "answered";
  if (!context.responderSeen) return "unobserved";
  const recent = isWithin(PENDING, exchange, context);
  if (!isProven(session, exchange, context)) {
    // That the client missed an answer could not be seen yet; that phase 1 finished is seen at once or never.
    const missing = seen(session.finishedAt) && !session.sa.logged;
    return context.running && recent && missing ? "pending" : "unproven";
  }
  if (recent) return "pending";
  return wasRefused(exchange, context) ? "refused" : "unanswered";
}

/**
 * True while a running capture cannot tell a missing answer from one that is on its way: neither has the client
 * repeated itself nor have 2 s passed.
 */
export function isUndecided(exchange: Exchange, outcome: Outcome, context: OutcomeContext): boolean {
  const open = outcome === "pending" || outcome === "unobserved" || outcome === "unproven";
  return context.running && open && exchange.retransmissions === 0 && isWithin(UNDECIDED, exchange, context);
}

function isWithin(span: number, exchange: Exchange, { captureEnd }: OutcomeContext): boolean {
  return exchange.segment === captureEnd.segment && captureEnd.at - exchange.firstAt <= span;
}

function seen(time: number): boolean {
  return !Number.isNaN(time);
}

function wasAnswered(session: Session, exchange: Exchange, context: OutcomeContext): boolean {
  return seen(exchange.replyAt) || exchange.followedShorter || espBegan(session, exchange, context);
}

/** ESP that begins after the quick mode shows that it succeeded, unless something else can explain the ESP. */
function espBegan(session: Session, exchange: Exchange, context: OutcomeContext): boolean {
  const { espFromStarterAt, espFromOtherAt, espBefore, firstAt } = exchange;
  if (!seen(espFromStarterAt) || (context.responderSeen && !seen(espFromOtherAt))) return false;
  const idleBefore = !seen(espBefore.lastAt) || firstAt - espBefore.lastAt > ESP_PAUSE;
  const othersGone =
    espBefore.owner >= 0 &&
    espBefore.owner !== session.sa.number &&
    context.farewelledBefore(espBefore.owner, firstAt);
  if (!idleBefore && !othersGone) return false;
  const began = context.responderSeen ? Math.max(espFromStarterAt, espFromOtherAt) : espFromStarterAt;
  return !session.quickModes.some(
    (rival) => rival !== exchange && rival.firstAt <= began && (seen(rival.replyAt) || rival.followedShorter),
  );
}

/** An answer, had there been one, would be in the capture; and the client is seen to have missed it. */
function isProven(session: Session, exchange: Exchange, context: OutcomeContext): boolean {
  const { finishedAt } = session;
  if (session.sa.logged || !seen(finishedAt)) return false;
  if (!session.sa.isTwoWayFrom(session.client, exchange.from)) return false;
  const lastSent = seen(exchange.lastRetransmissionAt) ? exchange.lastRetransmissionAt : exchange.firstAt;
  const freshPhase1 = !session.begunBefore && exchange.firstAt - finishedAt <= RECENT;
  const sending = exchange.otherSentAt - lastSent <= RECENT;
  if (!freshPhase1 && !sending) return false;
  if (exchange.retransmissions > 0) return true;
  // Who sent nothing again and left long after, or had a tunnel, has not left for want of an answer.
  const soon = (at: number) =>
    at >= exchange.firstAt && at - exchange.firstAt <= (hadTunnel(session, exchange, at) ? PROMPT : RECENT);
  const farewell = context.lifespan.clientFarewell;
  const left = farewell !== null && farewell.segment === exchange.segment && soon(farewell.at);
  return left || soon(context.nextPhase1(exchange.firstAt));
}

/** The client sent ESP before `at`, or an earlier quick mode of the SA was answered. */
function hadTunnel(session: Session, exchange: Exchange, at: number): boolean {
  if (exchange.espFromStarterAt < at) return true;
  return session.quickModes.some(({ firstAt, replyAt }) => firstAt < exchange.firstAt && seen(replyAt));
}

/** An Informational of the responder on the SA, before the client gave up: encrypted, so its shape is all there is. */
function wasRefused(exchange: Exchange, context: OutcomeContext): boolean {
  if (!seen(exchange.otherInformationalAt)) return false;
  const leaves = [exchange.starterInformationalAt, context.nextPhase1(exchange.firstAt)].filter(seen);
  return leaves.every((gaveUp) => exchange.otherInformationalAt < gaveUp);
}
