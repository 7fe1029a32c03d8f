/**
 * Report -> text for a person: the answer first, then what to do, then a row for each finding, details of the first,
 * gateways and clients, and the warnings. At a glance at most 120 lines; --all and --verbose show the rest. No string
 * from input reaches the text unseen: every one passes `printable`.
 */

import { nextSteps } from "../report/advice/next-steps.ts";
import { summaryLines } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { Report } from "../report/model.ts";
import { clientLines, gatewayLines } from "./clients-section.ts";
import { detailLines, findingRows } from "./findings-section.ts";
import { inputLines, warningLines } from "./input-section.ts";
import type { Page } from "./page.ts";
import { ending, stepsSection, summarySection } from "./summary-section.ts";
import { painter } from "./text.ts";

export interface TableOptions {
  color: boolean;
  /** Columns of the terminal; taken as at least 80 and at most 120. */
  width: number;
  /** Lines of the terminal: a longer report ends with its answer once more. null: it is not read on one. */
  rows: number | null;
  /** Tolerated findings, every finding's details and every client, too. */
  all: boolean;
  /** What was read, packet counts and skipped reasons, too. */
  verbose: boolean;
  clock: Clock;
}

/** Lines of a report at a glance. */
const MAX_LINES = 120;

/** The report as text, with a line feed at its end. */
export function reportToTable(report: Report, options: TableOptions): string {
  const width = Math.min(120, Math.max(80, options.width));
  const { all, verbose, clock } = options;
  const page: Page = {
    report,
    summary: summaryLines(report, clock),
    steps: nextSteps(report, clock),
    paint: painter(options.color),
    width,
    all,
    verbose,
    clock,
  };
  const before = [...summarySection(page), ...stepsSection(page), ...findingRows(page)];
  const after = [...gatewayLines(page), ...clientLines(page), ...warningLines(page), ...inputLines(page)];
  const end = ending(page);
  const limit = all || verbose ? Number.POSITIVE_INFINITY : MAX_LINES;
  // Two lines stand for the details that are left out.
  const room = limit - before.length - after.length - end.length - 2;
  const lines = [...before, ...detailLines(page, room), ...after];
  if (options.rows !== null && lines.length > options.rows) lines.push(...end);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
