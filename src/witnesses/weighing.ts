/**
 * What the witnesses do to verdicts (contract 6.8 and 4, for what is read): the gateway's word on an attempt stands
 * above what the wire shows, and never makes an accusation stronger than the evidence for it.
 */

import { type Exchange, type IkeSa, selectorsClash } from "../ike/facts.ts";
import { isAccepted, isRefused } from "../judgement/claiming.ts";
import type { Attempt } from "../judgement/collisions.ts";
import type { Finding } from "../judgement/finding.ts";
import type { Judgement } from "../judgement/judge.ts";
import {
  type Caveat,
  SEVERITIES,
  type Severity,
  VERDICTS,
  type Verdict,
  worstFirst,
} from "../judgement/vocabulary.ts";
import { isFirstId } from "../judgement/weighing.ts";
import { NOTIFY_INVALID_MESSAGE_ID, notifyName } from "../wire/notifies.ts";

/** What was under way when a session ended still comes for so long. */
const UNDER_WAY = 5_000_000;
/** A decrypted notify answers a quick mode that began so shortly before it. */
const ANSWERS_WITHIN = 60_000_000;

/** The judgement with the verdicts of its findings weighed anew; findings whose attempts are explained are gone. */
export function weighed(judgement: Judgement): Judgement {
  const findings = judgement.findings.flatMap((finding) => {
    if (finding.attempts.every(isUntold) && worstOf(finding.attempts) === finding.verdict) return [finding];
    const attempts = finding.attempts.flatMap((attempt) => weighedAttempt(attempt, finding));
    return attempts.length === 0 ? [] : [weighedFinding(finding, attempts)];
  });
  return { ...judgement, findings: findings.sort(worstFirst) };
}

/** Nothing but the capture tells of it, as of nearly every one: it stays what it is. */
function isUntold({ exchange, contender, holder }: Attempt): boolean {
  if (exchange.testimony !== null || exchange.selectors !== null) return false;
  if (contender.session.sa.opened.length > 0) return false;
  if (holder === null) return true;
  const { testimony, deletedAt } = holder.claim.clientSa.session.sa;
  return testimony === null && deletedAt.every(Number.isNaN);
}

function worstOf(attempts: readonly Attempt[]): Verdict {
  return VERDICTS.find((each) => attempts.some(({ verdict }) => verdict === each))!;
}

/** What the witnesses say of an attempt, in words; null where they are silent. */
export function otherCauseOf(attempt: Attempt): string | null {
  const { exchange, contender } = attempt;
  const told = exchange.testimony?.otherCause ?? null;
  if (told !== null) return told;
  const error = errorsOf(exchange, contender.session.sa).find((type) => type !== NOTIFY_INVALID_MESSAGE_ID);
  if (error !== undefined) return `the gateway's decrypted Informational: ${notifyName(error)}`;
  return clashes(attempt) === true ? CLASH : null;
}

const CLASH =
  "selector-clash: both clients are behind one NAT and ask for the same traffic in transport mode, which a gateway may not tell apart";

/** The gateway's log or its decrypted notify speaks of the ID itself. */
export function speaksOfId({ exchange, contender }: Attempt): string | null {
  if (exchange.testimony?.refused === true)
    return "the gateway's log speaks of this quick mode as refused or unknown";
  const errors = errorsOf(exchange, contender.session.sa);
  return errors.includes(NOTIFY_INVALID_MESSAGE_ID) ? "invalid-message-id" : null;
}

/** Error notifies of the other side that were decrypted, after the quick mode began. */
function errorsOf({ starter, firstAt }: Exchange, { opened }: IkeSa): number[] {
  return opened
    .filter(({ side, at }) => side !== starter && at >= firstAt && at - firstAt <= ANSWERS_WITHIN)
    .flatMap(({ errors }) => errors);
}

/** Both clients have one address, and their selectors are known: true or false; null where they are not. */
function clashes({ exchange, contender, holder }: Attempt): boolean | null {
  if (holder === null || holder.claim.exchange === null) return null;
  if (holder.claim.clientSa.client.host !== contender.client.host) return null;
  return selectorsClash(exchange.selectors, holder.claim.exchange.selectors);
}

function weighedAttempt(attempt: Attempt, { caveats }: Finding): Attempt[] {
  const { exchange, holder, outcome } = attempt;
  if (!Number.isNaN(exchange.testimony?.acceptedAt ?? Number.NaN) && !isAccepted(outcome)) {
    // The capture lost the answer. Accepted while the holder may have gone: not a collision.
    return holder?.overlap === "certain" ? [{ ...attempt, outcome: "answered", verdict: "tolerated" }] : [];
  }
  if (attempt.verdict === "tolerated" || holder === null) {
    return [otherCauseOf(attempt) === null ? attempt : softened(attempt)];
  }
  const { sa } = holder.claim.clientSa.session;
  if (sa.deletedAt.some((at) => at < exchange.firstAt)) return [];
  const { endedAt = Number.NaN, heldUntil = Number.NaN } = sa.testimony ?? {};
  // Where the gateway went on sending there, the line was of another session.
  const isSilent = !(holder.claim.clientSa.lifespan.life.fromResponderAt > endedAt + UNDER_WAY);
  if (endedAt < exchange.firstAt && isSilent) {
    return [softened({ ...attempt, holder: { ...holder, overlap: "unknown" } })];
  }
  if (otherCauseOf(attempt) !== null) return [softened(attempt)];
  if (heldUntil > exchange.firstAt && holder.overlap !== "certain") {
    return [{ ...attempt, holder: { ...holder, overlap: "certain" }, verdict: held(attempt, caveats) }];
  }
  return [attempt];
}

function softened(attempt: Attempt): Attempt {
  const isFirm = attempt.verdict === "rejected" || attempt.verdict === "predicted";
  return isFirm ? { ...attempt, verdict: "possible" } : attempt;
}

/** A ghost in the gateway's own table becomes certain: and what was only possible for want of that as well. */
function held({ verdict, outcome, holder }: Attempt, caveats: readonly Caveat[]): Verdict {
  const isOpen = caveats.includes("other-cause") || caveats.includes("responder-not-asa");
  const wasUnknown = verdict === "possible" && holder!.overlap === "unknown" && holder!.settled;
  return wasUnknown && isRefused(outcome) && !isOpen ? "rejected" : verdict;
}

function weighedFinding(finding: Finding, attempts: Attempt[]): Finding {
  const verdict = worstOf(attempts);
  const caveats = caveatsOf(finding.caveats, attempts, verdict);
  const isSame = verdict === finding.verdict;
  return {
    ...finding,
    attempts,
    verdict,
    caveats,
    severity: isSame ? finding.severity : severityOf(verdict, attempts, caveats),
  };
}

function caveatsOf(before: readonly Caveat[], attempts: readonly Attempt[], verdict: Verdict): Caveat[] {
  const accused = verdict !== "tolerated";
  const caveats = new Set(before);
  if (accused && attempts.some((attempt) => otherCauseOf(attempt) !== null)) caveats.add("other-cause");
  // Selectors that differ do not clash: then the address alone is one.
  if (attempts.every((attempt) => clashes(attempt) === false)) caveats.delete("same-nat");
  if (attempts.every(({ holder }) => holder?.overlap === "certain")) caveats.delete("holder-silent");
  if (!accused) caveats.delete("no-control");
  return [...caveats];
}

/** Contract 6.10, where the verdict is another one than the capture alone gave. */
function severityOf(verdict: Verdict, attempts: readonly Attempt[], caveats: readonly Caveat[]): Severity {
  if (verdict === "tolerated") return "info";
  if (verdict === "possible") return "low";
  const first = attempts.some(({ contender, exchange }) => isFirstId(contender, exchange));
  const severity = SEVERITIES.indexOf(verdict === "rejected" && first ? "high" : "medium");
  const steps = caveats.includes("no-control") ? 1 : 0;
  return SEVERITIES[Math.max(SEVERITIES.indexOf("low"), severity - steps)];
}
