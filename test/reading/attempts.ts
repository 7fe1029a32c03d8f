/** Rules 6.3 and 6.7: each quick mode of a client against the claims of others that were begun before it. */

import { type Claim, claimsOf, inCounterOrder, type Overlap, overlapAt } from "./claims.ts";
import { areSurelyOne, identity } from "./identity.ts";
import type { Field } from "./known.ts";
import type { Sign } from "./life.ts";
import { isAccepted, type Outcome } from "./outcome.ts";
import type { QuickMode } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";
import { isThrownOut } from "./thrown-out.ts";

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
  /** Not accepted, while two other clients demonstrably had the ID in use at once (6.8). */
  heldTwice: boolean;
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
    const best = holderOf(quickMode, outcome, rivals, field);
    if (best === null) {
      if (!isAccepted(outcome)) refusedWithoutHolder.push(quickMode);
    } else {
      const attempt = attemptOn(best, quickMode, outcome, field);
      if (attempt !== null) attempts.push(attempt);
      if (attempt !== null && !isAccepted(outcome)) attempt.heldTwice = isHeldTwice(rivals, quickMode, field);
      freed = attempt?.verdict === "tolerated" && !attempt.inUse && field.known.get(quickMode.sa)!.vouched;
    }
    if (isAccepted(outcome)) {
      const answer = answerAt(quickMode) ?? quickMode.at;
      for (const claim of rivals) {
        // Whoever lived on without having the ID in use had been freed of it.
        if (freed && isGivenUp(claim, quickMode, field)) claim.freedAt = quickMode.at;
        if (overlapOf(claim, answer, field) !== "certain") claim.takenAt = quickMode.at;
      }
    }
  }
  return { attempts, refusedWithoutHolder };
}

function overlapOf({ sa, from }: Claim, when: number, field: Field): Overlap {
  return overlapAt(when, field.known.get(sa)!, from);
}

/** Live claims of other clients on the ID, the newest of each. */
function rivalsOf({ sa, id, at }: QuickMode, field: Field): Claim[] {
  const newest = new Map<unknown, Claim>();
  for (const claim of field.claims) {
    if (
      claim.id !== id ||
      claim.sa.responder !== sa.responder ||
      claim.from >= at ||
      isTaken(claim, at, field)
    )
      continue;
    const owner = field.clientOf(claim.sa);
    if (owner === field.clientOf(sa)) continue;
    const other = newest.get(owner);
    if (other === undefined || other.from <= claim.from) newest.set(owner, claim);
  }
  return [...newest.values()].filter((claim) => overlapOf(claim, at, field) !== "ended");
}

/** It was freed of the ID, or somebody else was answered on it once its life could not be seen any more. */
function isTaken(claim: Claim, when: number, field: Field): boolean {
  if (claim.freedAt <= when) return true;
  return claim.takenAt <= when && overlapOf(claim, when, field) !== "certain";
}

/** Of the rivals the surest; who left before a slow answer came, and was not made to, was not in its way. */
function holderOf(
  quickMode: QuickMode,
  outcome: Outcome,
  rivals: readonly Claim[],
  field: Field,
): Claim | null {
  const { sa, at } = quickMode;
  const surest = (list: readonly Claim[], when: number) =>
    list.reduce<Claim | null>(
      (one, other) => (one === null || surer(other, one, sa, when, field) ? other : one),
      null,
    );
  const best = surest(rivals, at);
  const answer = isAccepted(outcome) ? (answerAt(quickMode) ?? at) : at;
  const left = (claim: Claim) => overlapOf(claim, answer, field) === "ended";
  const certainly = best !== null && overlapOf(best, at, field) === "certain";
  const pushed =
    best !== null && isAccepted(outcome) && isThrownOut(quickMode, answer, field.known.get(best.sa)!);
  return certainly && left(best) && !pushed
    ? surest(
        rivals.filter((claim) => !left(claim)),
        answer,
      )
    : best;
}

/** 6.3: the surest overlap; among equals one that is surely another client, then the one accepted latest by then. */
function surer(a: Claim, b: Claim, sa: Sa, when: number, field: Field): boolean {
  const [x, y] = [a, b].map((claim) => SURENESS[overlapOf(claim, when, field)]);
  if (x !== y) return x > y;
  const [one, other] = [a, b].map((claim) => isSettled(claim.sa, sa, field));
  if (one !== other) return one;
  const [later, otherLater] = [a, b].map((claim) => acceptedAt(claim) > when);
  if (later !== otherLater) return otherLater;
  return acceptedAt(a) !== acceptedAt(b) ? acceptedAt(a) > acceptedAt(b) : a.from > b.from;
}

/** When the answer came, or what only an answer allows; null without. */
function answerAt({ answeredAt, third, espBeganAt }: QuickMode): number | null {
  return answeredAt ?? third?.at ?? espBeganAt;
}

/** When a claim was accepted; before any that is seen, for an ID used before the capture. */
function acceptedAt({ sa, from, implied, quickMode }: Claim): number {
  if (implied && !sa.phase1Seen) return Number.NEGATIVE_INFINITY;
  return (quickMode === null ? null : answerAt(quickMode)) ?? from;
}

function attemptOn(claim: Claim, quickMode: QuickMode, outcome: Outcome, field: Field): Attempt | null {
  const holder = field.known.get(claim.sa)!;
  const overlap = overlapOf(claim, quickMode.at, field);
  const settled = isSettled(claim.sa, quickMode.sa, field);
  const accepted = isAccepted(outcome);
  const dropped = accepted && isThrownOut(quickMode, answerAt(quickMode) ?? quickMode.at, holder);
  const base = {
    quickMode,
    outcome,
    claim,
    overlap,
    settled,
    dropped,
    inUse: false,
    heldTwice: false,
    otherCause: false,
  };
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

/** 3.3: two clients, by these SAs or by another one that is surely of either client. */
function isSettled(a: Sa, b: Sa, field: Field): boolean {
  const { traces, clientOf } = field;
  const tells = (one: Sa, own: Sa) => (other: Sa) =>
    identity(one, other, traces) === "two" && areSurelyOne(own, other, traces);
  return clientOf(b).some(tells(a, b)) || clientOf(a).some(tells(b, a));
}

const PAIR = 3;
const PAIR_APART = 1;

/** 6.7: the responder still sends on the SPI of the claim's own quick mode; else nothing speaks against it. */
function isInUse(claim: Claim, quickMode: QuickMode, field: Field): boolean {
  const { quickMode: own, sa } = claim;
  // Who was never seen to be accepted does not demonstrably hold anything.
  if (own === null || !isAccepted(field.outcomes.get(own)!)) return false;
  const down = downOf(sa, field);
  if (down === null) return isLatest(own, quickMode, field);
  return down.some((sign) => sign.at > quickMode.at && isOf(own, sign, down, field));
}

function isHeldTwice(rivals: readonly Claim[], quickMode: QuickMode, field: Field): boolean {
  const holders = rivals.filter(
    (claim) =>
      overlapOf(claim, quickMode.at, field) === "certain" &&
      acceptedAt(claim) <= quickMode.at &&
      isSettled(claim.sa, quickMode.sa, field) &&
      isInUse(claim, quickMode, field),
  );
  return holders.some(({ sa: one }) =>
    holders.some(({ sa: other }) => other !== one && isSettled(one, other, field)),
  );
}

/** Responders that were seen not to refuse an ID for being in use: accepted in use, or held by two at once (6.8). */
export function acceptingInUse(attempts: readonly Attempt[]): Set<string> {
  const shown = attempts.filter(
    ({ verdict, inUse, settled, heldTwice }) => heldTwice || (verdict === "tolerated" && inUse && settled),
  );
  return new Set(shown.map(({ quickMode }) => quickMode.sa.responder));
}

/** What the ID was used for is known to have gone: it was freed, if somebody else is accepted on it. */
function isGivenUp({ quickMode: own, sa, implied }: Claim, quickMode: QuickMode, field: Field): boolean {
  if (own === null || implied) return true;
  const down = downOf(sa, field);
  if (down === null) return !isLatest(own, quickMode, field);
  const signs = down.filter((sign) => isOf(own, sign, down, field));
  if (signs.length > 0) return signs.every((sign) => sign.at <= quickMode.at);
  // The ESP of a pair runs on the SPI of the second one.
  const ofClient = inCounterOrder(
    field.scene.quickModes.filter((other) => other.sa === sa && other.byClient),
  );
  return ofClient
    .slice(ofClient.indexOf(own) + 1)
    .some((other) => other.at <= own.at + PAIR_APART && down.some((sign) => isOf(other, sign, down, field)));
}

/** ESP of the responder on the endpoints of an SA, whose it is by 3.4 or not; null where SPIs were not captured. */
function downOf(sa: Sa, field: Field): Sign[] | null {
  const endpoints = new Set(field.scene.endpoints(sa));
  const there = field.signs.filter((sign) => sign.responder === sa.responder && endpoints.has(sign.endpoint));
  const all = [...new Set([...(field.signsOf.get(sa) ?? []), ...there])];
  const down = all.filter((sign) => sign.kind === "esp" && !sign.fromClient && sign.spi !== null);
  return field.known.get(sa)!.blind || down.length === 0 ? null : down.sort((a, b) => a.at - b.at);
}

/** The SPI of a sign began with a quick mode: the latest that was accepted before it, and while the SA lived. */
function isOf(own: QuickMode, { spi }: Sign, down: readonly Sign[], field: Field): boolean {
  const began = down.find((sign) => sign.spi === spi)!.at;
  const accepted = field.scene.quickModes.filter(
    (other) =>
      other.sa === own.sa &&
      other.at < began &&
      (other.byClient
        ? isAccepted(field.outcomes.get(other)!)
        : other.messages.some(({ fromClient }) => fromClient)),
  );
  // Of a pair that the network swapped the one with the greater ID was sent later (5).
  const [first, second] = field.scene.quickModes.filter((other) => other.sa === own.sa && other.byClient);
  const isPair = accepted.length >= 2 && accepted.at(-1) === second && accepted.at(-2) === first;
  const latest = isPair ? inCounterOrder([first, second])[1] : accepted.at(-1);
  return latest === own && began <= (field.known.get(own.sa)!.life.at(-1)?.at ?? began);
}

function isLatest({ sa, at: since }: QuickMode, { at }: QuickMode, field: Field): boolean {
  const others = field.scene.quickModes.filter((other) => other.sa === sa);
  if (others.some((other) => other.at > since && other.at < at)) return false;
  const pair = others.some((other) => other.at < since && since - other.at <= PAIR);
  const infos = field.known
    .get(sa)!
    .life.filter((sign) => sign.what === "informational" && sign.at > since && sign.at < at);
  // One so soon after a pair belongs to its first ID.
  const ofFirst = pair && infos.length > 0 && infos[0].at <= since + PAIR;
  return infos.length === (ofFirst ? 1 : 0);
}
