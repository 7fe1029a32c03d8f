/** The exit status, as one expression: 2 outranks 1, and 1 needs a finding that the user wants to hear of. */

import type { Report, Verdict } from "../report/model.ts";

export const FAIL_ON = ["rejected", "predicted", "possible", "tolerated", "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What happened, apart from the report. */
export interface Outcome {
  report: Pick<Report, "warnings" | "summary" | "live"> & { capture: Pick<Report["capture"], "sources"> };
  /** An input could not be read at all, the report could not be written, or the cross-check differed. */
  failed: boolean;
  /** A signal ended the reading. */
  signalled?: boolean;
}

/**
 * 0 nothing found, 1 a finding of a verdict in `failOn` or a heavier one, 2 something failed, or a signal ended the
 * reading of a file: a pipe or an interface that is stopped has ended as it should. A truncated source
 * fails, like every warning, only when `strict`.
 */
export function exitStatus(
  { report, failed, signalled = false }: Outcome,
  failOn: FailOn,
  strict: boolean,
): 0 | 1 | 2 {
  const { sources } = report.capture;
  const corrupt = sources.some(({ end }) => end === "corrupt");
  const cutShort = signalled && report.warnings.some(({ code }) => code === "interrupted");
  const doubtful = report.warnings.length > 0 || sources.some(({ end }) => end === "truncated");
  const closed = report.live?.closed.findings;
  const found = heardOf(failOn).some(
    (verdict) => report.summary.findings[verdict] + (closed?.[verdict] ?? 0) > 0,
  );
  return failed || corrupt || cutShort || (strict && doubtful) ? 2 : found ? 1 : 0;
}

function heardOf(failOn: FailOn): Verdict[] {
  const verdicts = FAIL_ON.filter((verdict) => verdict !== "never");
  return failOn === "never" ? [] : verdicts.slice(0, verdicts.indexOf(failOn) + 1);
}
