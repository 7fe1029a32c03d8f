/** Rule 6.8: counter-evidence, make and controls, over all attempts. */

import { type Attempt, acceptingInUse, type Judged, type Verdict } from "./attempts.ts";
import { isAcrossStep } from "./clocks.ts";
import type { Field } from "./known.ts";
import { AGGRESSIVE, INFORMATIONAL, MAIN } from "./messages.ts";
import { INVALID_MESSAGE_ID, isAccepted, notifiesOf, phase1Done } from "./outcome.ts";
import { type Make, makeOf, vendorIdsOf } from "./pattern.ts";
import type { QuickMode } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

const JUST_ENDED = 60;
/** Clients send their first message again after a second. */
const RESENT_AFTER = 1;
const SAME_TIME = 300;

/** What weakens an attempt without changing its holder: rejected and predicted become possible. */
export function weigh(
  { attempts }: Judged,
  field: Field,
  hasCandidates: (quickMode: QuickMode) => boolean,
): void {
  const inUse = acceptingInUse(attempts);
  const held = new Set(attempts.map(({ quickMode }) => quickMode));
  for (const attempt of attempts) {
    if (attempt.verdict !== "rejected" && attempt.verdict !== "predicted") continue;
    const { quickMode } = attempt;
    const ownCause = refusedOnFreeId(quickMode, field, hasCandidates);
    attempt.otherCause =
      inUse.has(responderOf(attempt)) ||
      ownCause !== null ||
      otherRefused(quickMode, held, field) ||
      otherNotify(quickMode, field);
    const weaker =
      inUse.has(responderOf(attempt)) ||
      ownCause === "weaker" ||
      otherRefused(quickMode, held, field) ||
      otherNotify(quickMode, field);
    const isOther = makeOfResponder(quickMode.sa.responder, field) === "other";
    if (weaker || isOther || isTimeless(attempt, field)) attempt.verdict = "possible";
  }
}

/** What came first of two packets by clocks that differ and were not aligned, nobody knows. */
function isTimeless({ quickMode, claim }: Attempt, { capture }: Field): boolean {
  const messages = [quickMode, claim.quickMode].flatMap((each) => each?.messages[0] ?? []);
  return messages.some(({ copies }) => capture.apart.has(copies[0].source));
}

export function responderOf({ quickMode }: Attempt): string {
  return quickMode.sa.responder;
}

export function otherNotify(quickMode: QuickMode, field: Field): boolean {
  return notifiesOf(quickMode, field.scene).some((code) => code !== INVALID_MESSAGE_ID);
}

/** The same client was refused on an ID that nobody held and nobody could hold unseen. */
function refusedOnFreeId(
  quickMode: QuickMode,
  field: Field,
  hasCandidates: (other: QuickMode) => boolean,
): "weaker" | "caveat" | null {
  const client = field.clientOf(quickMode.sa);
  const own = field.scene.quickModes.filter((other) => other.byClient && client.includes(other.sa));
  let found: "weaker" | "caveat" | null = null;
  for (const other of own) {
    // An answer that it could not use let it in no more than none (6.9).
    if (!["refused", "unanswered", "answer-unusable"].includes(field.outcomes.get(other)!)) continue;
    if (isHeld(other, field) || hasRival(other, field)) continue;
    if (hasCandidates(other) || ownGhost(other, field)) continue;
    const accepted = own.some((third) => third.id === other.id && isAccepted(field.outcomes.get(third)!));
    if (!accepted) return "weaker";
    found = "caveat";
  }
  return found;
}

/** Somebody else has a claim on the ID, or had one less than a minute before. */
function isHeld({ sa, id, at }: QuickMode, field: Field): boolean {
  const claims = field.claims.filter(
    (claim) =>
      claim.id === id &&
      claim.sa.responder === sa.responder &&
      claim.from < at &&
      field.clientOf(claim.sa) !== field.clientOf(sa),
  );
  return claims.some((claim) => {
    // A client holds an ID once (6.17): with its newest session.
    const owner = field.clientOf(claim.sa);
    if (claims.some((other) => other.from > claim.from && field.clientOf(other.sa) === owner)) return false;
    const { farewell, replacedAt } = field.known.get(claim.sa)!;
    const taken = Math.min(claim.takenAt, claim.freedAt);
    const ended = Math.min(farewell?.at ?? Number.POSITIVE_INFINITY, replacedAt, taken);
    // Whoever came back without a goodbye may have left its older session behind: it could hold the ID unseen.
    const silent = farewell === null || (!farewell.byClient && wasRenewed(claim.sa, farewell.at, field));
    const leftBehind = silent && replacedAt < at && taken > at;
    // Across a step of the clock nobody knows how long before (6.13).
    const justEnded = at - ended < JUST_ENDED && !isAcrossStep(ended, at, field.capture.steps);
    return justEnded || leftBehind;
  });
}

/**
 * Another client began with the ID while the responder had not refused this one, which had asked once, and was accepted: of
 * two that dial in one moment the responder may have heard the other first.
 */
function hasRival(quickMode: QuickMode, field: Field): boolean {
  const { sa, id, at, copies } = quickMode;
  const told = sa.messages.find(
    (message) => !message.fromClient && message.exchange === INFORMATIONAL && message.at > at,
  );
  const until = Math.min(copies[0]?.at ?? at + RESENT_AFTER, told?.at ?? Number.POSITIVE_INFINITY);
  return field.scene.quickModes.some(
    (other) =>
      other.id === id &&
      other.byClient &&
      other.sa.responder === sa.responder &&
      field.clientOf(other.sa) !== field.clientOf(sa) &&
      other.at > at &&
      other.at < until &&
      !isAcrossStep(at, other.at, field.capture.steps) &&
      isAccepted(field.outcomes.get(other)!),
  );
}

/** The responder deleted the SA when it had begun to renew phase 1: what the SA held goes on under the new one. */
export function wasRenewed(sa: Sa, deletedAt: number, field: Field): boolean {
  return field
    .clientOf(sa)
    .some((other) => other.renewed && (sa.begunBefore || other.start > sa.start) && other.start < deletedAt);
}

/** 6.9: an older SA of the client itself, the last one with a claim on the ID, had not said farewell. */
export function ownGhost({ sa, id, at }: QuickMode, field: Field): boolean {
  const own = field.claims.filter(
    (claim) =>
      claim.id === id &&
      claim.sa !== sa &&
      claim.sa.start < sa.start &&
      claim.from < at &&
      field.clientOf(sa).includes(claim.sa),
  );
  const last = own.sort((a, b) => a.sa.start - b.sa.start).at(-1);
  if (last === undefined) return false;
  const { farewell } = field.known.get(last.sa)!;
  return farewell === null || farewell.at >= at;
}

/** Another client, otherwise accepted and of pattern random, was refused within 5 minutes. */
function otherRefused({ sa, at }: QuickMode, held: ReadonlySet<QuickMode>, field: Field): boolean {
  return field.scene.quickModes.some((other) => {
    const outcome = field.outcomes.get(other);
    if (outcome !== "refused" && outcome !== "unanswered") return false;
    if (other.sa.responder !== sa.responder || Math.abs(other.at - at) > SAME_TIME) return false;
    // A shared ID may be why.
    if (held.has(other)) return false;
    const client = field.clientOf(other.sa);
    if (client === field.clientOf(sa) || field.known.get(other.sa)!.pattern !== "random") return false;
    return field.scene.quickModes.some(
      (third) => client.includes(third.sa) && third.byClient && isAccepted(field.outcomes.get(third)!),
    );
  });
}

export function makeOfResponder(responder: string, field: Field): Make {
  const own = field.sas.filter((sa) => sa.responder === responder);
  const ids = own.flatMap((sa) => vendorIdsOf(sa, false));
  const whole = own.some(
    (sa) =>
      sa.phase1Seen &&
      phase1Done(sa) !== null &&
      sa.messages.filter(
        ({ fromClient, exchange }) => !fromClient && (exchange === MAIN || exchange === AGGRESSIVE),
      ).length >= (sa.messages.some(({ exchange }) => exchange === MAIN) ? 3 : 1),
  );
  return makeOf(ids, whole);
}

const RANK: readonly Verdict[] = ["tolerated", "possible", "predicted", "rejected"];

/** 6.10: the verdict of a finding is that of its worst attempt. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => (RANK.indexOf(b) > RANK.indexOf(a) ? b : a));
}
