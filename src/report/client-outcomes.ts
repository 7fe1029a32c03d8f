/** What became of each client of a responder: connected, kept out (how often, from when to when), or not known. */

import { firstIndex } from "../collections/search.ts";
import type { Exchange } from "../ike/facts.ts";
import { isAccepted } from "../judgement/claiming.ts";
import { acceptanceOf, type ClientSa } from "../judgement/client-sa.ts";
import { later } from "../judgement/moment.ts";
import { acceptanceAt } from "../judgement/outcome.ts";
import type { ClientOutcome } from "./model.ts";
import { isoTime } from "./time.ts";

/** Outcomes of a quick mode that leave its client without a tunnel. */
export const REFUSED: ReadonlySet<string> = new Set(["refused", "unanswered", "answer-unusable"]);
/** A refusal next to an acceptance of the same IKE SA: one dial, which got in by another message ID. */
const SAME_DIAL = 60_000_000;
/** Tries further apart are two spells, and the time between them does not count as kept out. */
const SAME_SPELL = 600_000_000;

/** A try that failed, clock microseconds. */
interface FailedTry {
  from: number;
  to: number;
}

/** The same with times of the clock, microseconds; NaN where there is none. */
export type TimedOutcome = Pick<ClientOutcome, "kind" | "keptOut" | "keptOutSeconds"> &
  Record<"firstAt" | "lastAt" | "connectedAt", number>;

/** @param clientSas all of one client at one responder */
export function timedOutcomeOf(clientSas: readonly ClientSa[]): TimedOutcome {
  return unrefused(clientSas) ?? refused(clientSas);
}

/** In the form of the model. */
export function inWords(outcome: TimedOutcome): ClientOutcome {
  const { kind, keptOut, firstAt, lastAt, connectedAt, keptOutSeconds } = outcome;
  return {
    kind,
    keptOut,
    firstAt: timeOrNull(firstAt),
    lastAt: timeOrNull(lastAt),
    connectedAt: timeOrNull(connectedAt),
    keptOutSeconds,
  };
}

function timeOrNull(at: number): string | null {
  return Number.isNaN(at) ? null : isoTime(at, 0, 6);
}

/** Of a client of which at least one try to connect failed; null of others. @param clientSas all of one client at one responder */
export function keptOutOf(clientSas: readonly ClientSa[]): TimedOutcome | null {
  if (!clientSas.some(hasRefused)) return null;
  const outcome = refused(clientSas);
  return outcome.kind === "kept-out" ? outcome : null;
}

function hasRefused({ session, outcomes, undecided }: ClientSa): boolean {
  for (const exchange of session.quickModes) {
    if (REFUSED.has(outcomes.get(exchange)!) && !undecided.has(exchange)) return true;
  }
  return false;
}

/** Of a client without a quick mode that failed, as nearly all are; null of others. */
function unrefused(clientSas: readonly ClientSa[]): TimedOutcome | null {
  let inAt = Number.POSITIVE_INFINITY;
  for (const clientSa of clientSas) {
    const { session, outcomes, undecided } = clientSa;
    for (const exchange of session.quickModes) {
      if (undecided.has(exchange)) continue;
      const outcome = outcomes.get(exchange)!;
      if (REFUSED.has(outcome)) return null;
      if (isAccepted(outcome)) inAt = Math.min(inAt, connectedAt(clientSa, exchange));
    }
  }
  return neverRefused(inAt === Number.POSITIVE_INFINITY ? Number.NaN : inAt);
}

/** @param inAt when a quick mode was accepted; NaN where none is known to have been */
function neverRefused(inAt: number): TimedOutcome {
  return {
    kind: Number.isNaN(inAt) ? "unknown" : "connected",
    keptOut: 0,
    firstAt: Number.NaN,
    lastAt: Number.NaN,
    connectedAt: inAt,
    keptOutSeconds: 0,
  };
}

/** Of a client with one quick mode, which was completed. */
export function outcomeOfCompleted(exchange: Exchange): TimedOutcome {
  return neverRefused(exchange.retransmissions > 0 ? acceptanceAt(exchange) : exchange.firstAt);
}

function refused(clientSas: readonly ClientSa[]): TimedOutcome {
  const [{ session }] = clientSas;
  if (clientSas.length === 1 && session.quickModes.length === 1) return refusedOnce(session.quickModes[0]);
  const accepted: number[] = [];
  const failed: FailedTry[] = [];
  for (const clientSa of clientSas) {
    const { session, outcomes, undecided } = clientSa;
    const got: number[] = [];
    for (const exchange of session.quickModes) {
      const isIn = !undecided.has(exchange) && isAccepted(outcomes.get(exchange)!);
      if (isIn) got.push(connectedAt(clientSa, exchange));
    }
    got.sort((a, b) => a - b);
    for (const at of got) accepted.push(at);
    for (const exchange of session.quickModes) {
      if (undecided.has(exchange) || !REFUSED.has(outcomes.get(exchange)!)) continue;
      const near = firstFrom(got, exchange.firstAt - SAME_DIAL) <= exchange.firstAt + SAME_DIAL;
      if (!near) failed.push(tryOf(exchange));
    }
  }
  accepted.sort((a, b) => a - b);
  failed.sort((a, b) => a.from - b.from);
  const last = failed.reduce((latest, { to }) => Math.max(latest, to), Number.NEGATIVE_INFINITY);
  const inAt = firstFrom(accepted, last);
  return {
    kind: failed.length > 0 ? "kept-out" : accepted.length > 0 ? "connected" : "unknown",
    keptOut: failed.length,
    firstAt: failed.length === 0 ? Number.NaN : failed[0].from,
    lastAt: failed.length === 0 ? Number.NaN : last,
    connectedAt: inAt === Number.POSITIVE_INFINITY ? Number.NaN : inAt,
    keptOutSeconds: Math.round(keptOutMicros(failed, accepted) / 1_000) / 1_000,
  };
}

/** Of a client with one quick mode, which failed. */
function refusedOnce(exchange: Exchange): TimedOutcome {
  const { from, to } = tryOf(exchange);
  return {
    kind: "kept-out",
    keptOut: 1,
    firstAt: from,
    lastAt: to,
    connectedAt: Number.NaN,
    keptOutSeconds: Math.round((to - from) / 1_000) / 1_000,
  };
}

/** A client that had to ask again was kept out until its answer came. */
function connectedAt(clientSa: ClientSa, exchange: Exchange): number {
  return exchange.retransmissions > 0 ? acceptanceOf(clientSa, exchange).at : exchange.firstAt;
}

function tryOf({ firstAt, lastRetransmissionAt, otherInformationalAt }: Exchange): FailedTry {
  return { from: firstAt, to: later(later(firstAt, lastRetransmissionAt), otherInformationalAt) };
}

/** The first of the ascending times that is not before `at`; infinity when none is. */
function firstFrom(times: readonly number[], at: number): number {
  return times[firstIndex(times, (each) => !(each < at))] ?? Number.POSITIVE_INFINITY;
}

/** From the first failed try of a spell to the acceptance that ends it, or to the last sign of its last try. */
function keptOutMicros(failed: readonly FailedTry[], accepted: readonly number[]): number {
  if (failed.length === 0) return 0;
  let sum = 0;
  let { from, to } = failed[0];
  const close = () => {
    const ended = firstFrom(accepted, to);
    sum += (ended - to <= SAME_SPELL ? ended : to) - from;
  };
  for (const each of failed.slice(1)) {
    if (firstFrom(accepted, to) < each.from || each.from - to > SAME_SPELL) {
      close();
      ({ from, to } = each);
    } else to = Math.max(to, each.to);
  }
  close();
  return sum;
}
