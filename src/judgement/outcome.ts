/**
 * Contract 4: what became of a quick mode that a client started. The first rule that matches wins, in the order of the
 * table; a missing answer shows a refusal only where an answer would have been seen and was missed.
 */

import type { Exchange, Spi } from "../ike/facts.ts";
import { gaveUpAt } from "./gave-up.ts";
import { earlier, momentOf, SECOND, seen } from "./moment.ts";
import { ESP_WITHIN, espBeganAt } from "./outcome-by-esp.ts";
import {
  deletedBy,
  espFollows,
  isWithin,
  lastCopyAt,
  type OutcomeContext,
  PENDING,
} from "./outcome-facts.ts";
import type { Session } from "./session.ts";
import { notProven } from "./unproven.ts";

export type Outcome =
  | "completed"
  | "answer-unusable"
  | "answered"
  | "unobserved"
  | "unproven"
  | "pending"
  | "refused"
  | "unanswered";

/** What is known of a quick mode once it is judged. */
export interface Judged {
  outcome: Outcome;
  /** When it is known to have been accepted; NaN where it was not. */
  acceptedAt: number;
}

const UNDECIDED = 2 * SECOND;
/** Copies after an answer that show that it was of no use. */
const USELESS_COPIES = 2;
/** An answer of another quick mode so long before explains the ESP as well. */
const RIVAL_BEFORE = 5 * SECOND;
/** What a network may change the order of. */
const SWAPPED = SECOND;

/** Client, responder, client: its own messages show what became of it, whatever else is known. */
export function isCompleted({ followedReply }: Exchange): boolean {
  return followedReply;
}

export function outcomeOf(session: Session, exchange: Exchange, context: OutcomeContext): Judged {
  if (isCompleted(exchange)) return accepted("completed", exchange);
  const gaveUp = gaveUpAt(
    session,
    exchange,
    context.nextPhase1(momentOf(exchange)),
    context.peers,
    context.keys,
  );
  const replied = seen(exchange.replyAt);
  // The gateway's own log: what it accepted is accepted, whatever the capture lost.
  const told = exchange.testimony?.acceptedAt ?? Number.NaN;
  if (!replied && seen(told)) return { outcome: "answered", acceptedAt: told };
  if (replied && isUnusable(session, exchange, gaveUp, context))
    return { outcome: "answer-unusable", acceptedAt: Number.NaN };
  if (replied || exchange.followedShorter) return accepted("answered", exchange);
  const began = beganBy(exchange, earlier(gaveUp, lastCopyAt(exchange) + ESP_WITHIN), context);
  if (!seen(began))
    return { outcome: withoutAnswer(session, exchange, gaveUp, context), acceptedAt: Number.NaN };
  const ofAnother =
    context.responderSeen && (mayBeOfEarlier(session, exchange) || context.mayBeOfLater(exchange));
  return ofAnother
    ? { outcome: "unproven", acceptedAt: Number.NaN }
    : { outcome: "answered", acceptedAt: began };
}

/**
 * The SA began before the capture, and nothing of it was seen for long before the quick mode: the ESP that begins may be
 * of another one that was answered by then, the second of a pair perhaps.
 */
function mayBeOfEarlier({ sa, begunBefore }: Session, { firstAt, segment, before }: Exchange): boolean {
  const soon = segment === sa.firstSegment && firstAt - sa.firstAt <= ESP_WITHIN;
  return begunBefore && soon && !seen(before.lifeAt);
}

function withoutAnswer(
  session: Session,
  exchange: Exchange,
  gaveUp: number,
  context: OutcomeContext,
): Outcome {
  if (!context.responderSeen) return "unobserved";
  if (notProven(session, exchange, gaveUp, context)) return "unproven";
  if (isWithin(PENDING, exchange, context)) return "pending";
  const told = exchange.otherInformationalAt;
  const inTime = seen(told) && !(told >= gaveUp);
  return inTime || deletedBy(session, exchange) === told ? "refused" : "unanswered";
}

function accepted(outcome: Outcome, exchange: Exchange): Judged {
  return { outcome, acceptedAt: acceptanceAt(exchange) };
}

/**
 * When a quick mode that its messages show to be answered was accepted. The client went on once it had the answer, should
 * the capture have lost that.
 */
export function acceptanceAt({ replyAt, followedAt, firstAt }: Exchange): number {
  const shownAt = seen(followedAt) ? followedAt : firstAt;
  return replyAt >= firstAt ? replyAt : shownAt;
}

/** Something with this ID came, and the client went on as if nothing had; or it came when the client had given up. */
function isUnusable(session: Session, exchange: Exchange, gaveUp: number, context: OutcomeContext): boolean {
  if (exchange.followedShorter) return false;
  // One copy is enough where the client left without a tunnel.
  const left = seen(gaveUp) && !context.blind && !espFollows(exchange, gaveUp, context);
  const useless = exchange.copiesAfterReply >= (left ? 1 : USELESS_COPIES);
  const late = exchange.replyAt > gaveUp;
  if (!useless && !late && !isBehindStep(session, exchange, gaveUp, context)) return false;
  const began = (limit: number) => seen(beganBy(exchange, limit, context));
  if (began(earlier(gaveUp, lastCopyAt(exchange) + ESP_WITHIN))) return false;
  // What it began with a late answer it had not given up.
  return !(late && began(exchange.replyAt + ESP_WITHIN));
}

/**
 * The clock stepped back, and the answer came behind that, after the client had given up: later, by the order of the
 * records (6.13). Where ESP went on behind it nobody knows what that began with.
 */
function isBehindStep(
  { sa, client }: Session,
  { replyAt, firstAt, segment }: Exchange,
  gaveUp: number,
  { peers, keys }: OutcomeContext,
): boolean {
  if (!(replyAt < firstAt)) return false;
  // Infinity: behind a step as well. Of the same one, where the SA has seen no other.
  const isSame = gaveUp === Number.POSITIVE_INFINITY && sa.lifeSegment === segment + 1;
  const left = isSame && sa.informationals[client].some((at) => at < replyAt);
  if (!left && !Number.isFinite(gaveUp)) return false;
  return peers.spis(keys, true).every(({ lastSegment }) => lastSegment <= segment);
}

/** When ESP began until `limit`, where no other quick mode on the endpoints explains it: none answered by then. */
function beganBy(exchange: Exchange, limit: number, context: OutcomeContext): number {
  const { peers, keys, responderSeen } = context;
  const began = espBeganAt(exchange, keys, peers, limit, responderSeen);
  if (!seen(began)) return began;
  const from = rivalsFrom(exchange, peers.spis(keys, true));
  const rival = context.answeredWithin(exchange, from, Math.min(limit, began + SWAPPED));
  return rival ? Number.NaN : began;
}

/** Since when an answer of another quick mode explains ESP that begins: 5 s before, or as long as no SPI has begun. */
function rivalsFrom({ firstAt, segment }: Exchange, spis: readonly Spi[]): number {
  const began = spis
    .filter((each) => each.spi !== 0 && each.firstSegment === segment && each.firstAt < firstAt)
    .reduce((last, each) => Math.max(last, each.firstAt), firstAt - ESP_WITHIN);
  return Math.min(firstAt - RIVAL_BEFORE, began);
}

/**
 * True while a running capture cannot tell a missing answer from one that is on its way: neither has the client
 * repeated itself nor have 2 s passed.
 */
export function isUndecided(exchange: Exchange, outcome: Outcome, context: OutcomeContext): boolean {
  const open = outcome === "pending" || outcome === "unobserved" || outcome === "unproven";
  return context.running && open && exchange.retransmissions === 0 && isWithin(UNDECIDED, exchange, context);
}
