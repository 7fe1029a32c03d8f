/** Rules 6.3 and 6.7: each quick mode of a client against the claims of others that were begun before it. */

import { type Claim, claimsOf, droppedAt, type Known, type Overlap, overlapAt } from "./claims.ts";
import { identity } from "./identity.ts";
import type { Field } from "./known.ts";
import type { Sign } from "./life.ts";
import { isAccepted, type Outcome } from "./outcome.ts";
import type { QuickMode } from "./quick-modes.ts";

export type Verdict = "rejected" | "predicted" | "possible" | "tolerated";

export interface Attempt {
  quickMode: QuickMode;
  outcome: Outcome;
  claim: Claim;
  overlap: Overlap;
  settled: boolean;
  /** The two throw each other out (6.7). */
  dropped: boolean;
  /** Accepted although the ID was in use. */
  inUse: boolean;
  verdict: Verdict;
  otherCause: boolean;
}

export interface Judged {
  attempts: Attempt[];
  /** Not accepted, and nobody is seen to hold the ID: for 6.9. */
  refusedWithoutHolder: QuickMode[];
}

const SURENESS: Record<Overlap, number> = { certain: 3, probable: 2, unknown: 1, ended: 0 };

export function judge(field: Field): Judged {
  field.claims = [...field.known.values()].flatMap((known) => claimsOf(known, field.outcomes));
  const attempts: Attempt[] = [];
  const refusedWithoutHolder: QuickMode[] = [];
  for (const quickMode of field.scene.quickModes) {
    if (!quickMode.byClient) continue;
    const outcome = field.outcomes.get(quickMode)!;
    const rivals = rivalsOf(quickMode, field);
    let freed = false;
    const best = rivals.reduce<Claim | null>(
      (one, other) => (one === null || surer(other, one, quickMode, field) ? other : one),
      null,
    );
    if (best === null) {
      if (!isAccepted(outcome)) refusedWithoutHolder.push(quickMode);
    } else {
      const attempt = attemptOn(best, quickMode, outcome, field);
      if (attempt !== null) attempts.push(attempt);
      freed = attempt?.verdict === "tolerated" && !attempt.inUse && field.known.get(quickMode.sa)!.vouched;
    }
    if (isAccepted(outcome)) {
      for (const claim of rivals) {
        const certain = overlapAt(quickMode.at, field.known.get(claim.sa)!) === "certain";
        // Whoever lived on without having the ID in use had been freed of it.
        if (!certain || (freed && !isInUse(claim, quickMode, field))) claim.takenAt = quickMode.at;
      }
    }
  }
  return { attempts, refusedWithoutHolder };
}

/** Live claims of other clients on the ID, the newest of each. */
function rivalsOf({ sa, id, at }: QuickMode, field: Field): Claim[] {
  const newest = new Map<unknown, Claim>();
  for (const claim of field.claims) {
    if (claim.id !== id || claim.sa.responder !== sa.responder || claim.from >= at || claim.takenAt <= at)
      continue;
    const owner = field.clientOf(claim.sa);
    if (owner === field.clientOf(sa)) continue;
    const other = newest.get(owner);
    if (other === undefined || other.from <= claim.from) newest.set(owner, claim);
  }
  return [...newest.values()].filter((claim) => overlapAt(at, field.known.get(claim.sa)!) !== "ended");
}

/** 6.3: the surest overlap; among equals the one accepted latest. */
function surer(a: Claim, b: Claim, { at }: QuickMode, field: Field): boolean {
  const [x, y] = [a, b].map((claim) => SURENESS[overlapAt(at, field.known.get(claim.sa)!)]);
  return x !== y ? x > y : a.from > b.from;
}

function attemptOn(claim: Claim, quickMode: QuickMode, outcome: Outcome, field: Field): Attempt | null {
  const holder = field.known.get(claim.sa)!;
  const overlap = overlapAt(quickMode.at, holder);
  const settled = identity(claim.sa, quickMode.sa, field.traces) === "two";
  const accepted = isAccepted(outcome);
  const dropped = accepted && isThrownOut(quickMode, holder);
  const base = { quickMode, outcome, claim, overlap, settled, dropped, inUse: false, otherCause: false };
  if (dropped) return { ...base, verdict: "possible" };
  if (accepted) {
    if (overlap !== "certain") return null;
    const { vouched } = field.known.get(quickMode.sa)!;
    return { ...base, verdict: "tolerated", inUse: vouched && isInUse(claim, quickMode, field) };
  }
  const weak = quickMode.at < claim.weakBefore;
  const sure =
    overlap !== "unknown" && settled && !weak && outcome !== "unproven" && outcome !== "answer-unusable";
  if (!sure) return { ...base, verdict: "possible" };
  return { ...base, verdict: outcome === "pending" || outcome === "unobserved" ? "predicted" : "rejected" };
}

const THROWN_OUT = 10;
const BURST = 2;
const AFTERMATH = 5;
const SENT_SINCE = 3;

/** Within 10 s the responder deleted the holder, or dropped it, which had sent hardly anything since its last sign. */
function isThrownOut({ at }: QuickMode, holder: Known): boolean {
  const { farewell, life } = holder;
  // Its own Informationals, whatever ESP of a later session the endpoint shows.
  const own = life.filter(({ fromClient, what }) => !fromClient && what !== "esp" && what !== "keepalive");
  const burst = own.some(
    (sign, i) =>
      sign.what === "informational" &&
      sign.at >= at &&
      sign.at <= at + THROWN_OUT &&
      own[i + 1]?.what === "informational" &&
      own[i + 1].at <= sign.at + BURST &&
      own[own.length - 1].at <= sign.at + AFTERMATH,
  );
  const deleted =
    burst || (farewell !== null && !farewell.byClient && farewell.at >= at && farewell.at <= at + THROWN_OUT);
  const dropped = droppedAt(holder) <= at + THROWN_OUT;
  if (!deleted && !dropped) return false;
  const lastSign = life.findLast((sign) => !sign.fromClient && sign.at <= at)?.at ?? Number.NEGATIVE_INFINITY;
  // The packets of 6.6, ESP: nothing else asks for an answer, and a keepalive comes from a timer.
  return (
    life.filter(
      ({ at: sent, fromClient, what }) => fromClient && what === "esp" && sent > lastSign && sent < at,
    ).length < SENT_SINCE
  );
}

const PAIR = 3;

/** 6.7: the responder still sends on the SPI of the claim's own quick mode; else nothing speaks against it. */
function isInUse({ quickMode: own, sa }: Claim, { at }: QuickMode, field: Field): boolean {
  const known = field.known.get(sa)!;
  if (own === null || field.outcomes.get(own) === "unproven") return false;
  const isNamed = (sign: Sign) => sign.kind === "esp" && !sign.fromClient && sign.spi !== null;
  const down = (field.signsOf.get(sa) ?? []).filter(isNamed);
  // What an earlier session began on these endpoints goes on there, whose it is by 3.4 or not.
  const endpoints = new Set(field.scene.endpoints(sa));
  const there = field.signs.filter(
    (sign) => isNamed(sign) && sign.responder === sa.responder && endpoints.has(sign.endpoint),
  );
  const later = field.scene.quickModes.filter((other) => other.sa === sa && other.at > own.at);
  if (!known.blind && down.length + there.length > 0) {
    const next = Math.min(Number.POSITIVE_INFINITY, ...later.map((other) => other.at));
    const begun = (spi: number) =>
      [...there, ...down].filter((sign) => sign.spi === spi).map((sign) => sign.at);
    const spis = new Set(
      down
        .map(({ spi }) => spi!)
        .filter((spi) => Math.min(...begun(spi)) > own.at && Math.min(...begun(spi)) <= next),
    );
    return down.some((sign) => sign.at > at && spis.has(sign.spi!));
  }
  if (later.some((other) => other.at < at)) return false;
  const earlier = field.scene.quickModes.some(
    (other) => other.sa === sa && other.at < own.at && own.at - other.at <= PAIR,
  );
  return !known.life.some(
    (sign) =>
      sign.what === "informational" &&
      sign.at > own.at &&
      sign.at < at &&
      !(earlier && sign.at <= own.at + PAIR),
  );
}
