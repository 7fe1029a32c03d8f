/** The words of a judgement: the same as in the report's schema. */

export type Severity = "info" | "low" | "medium" | "high";
export type Cause = "sequential-ids" | "chance" | "mixed";

export const SEVERITIES: readonly Severity[] = ["info", "low", "medium", "high"];

export const CAVEATS = [
  "other-cause",
  "responder-not-asa",
  "responder-unknown",
  "no-control",
  "holder-silent",
  "same-nat",
  "roles-inferred",
  "one-sided",
  "one-way",
  "snaplen",
  "later-id",
  "ike-only",
  "implied-claim",
  "holder-unseen",
  "clock-step",
] as const;
export type Caveat = (typeof CAVEATS)[number];

export type Verdict = "rejected" | "predicted" | "possible" | "tolerated";
/** Worst first. */
export const VERDICTS: readonly Verdict[] = ["rejected", "predicted", "possible", "tolerated"];

interface Weighed {
  verdict: Verdict;
  severity: Severity;
}

/** The order of findings, for `sort`: the worst verdict first, then the gravest. */
export function worstFirst(a: Weighed, b: Weighed): number {
  return (
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity)
  );
}
