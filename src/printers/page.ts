/**
 * The page that the table of a report is set on: headings, paragraphs, columns. The only door of cli-table3;
 * the table itself is loaded when one is wanted. Whatever is set here is neutralised first (`printable`).
 */

import Table from "cli-table3";
import type { SummaryLine } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { NextStep, Report } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import { columnWidths, type Paint, printable, wrap } from "./text.ts";

/** cli-table3 takes quadratic time: 100 rows cost 50 ms, 10,000 cost 10 s. */
export const MAX_ROWS = 100;
const INDENT = "  ";
const GAP = 2;

const PLAIN_CHARS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(GAP),
};

export interface Page {
  report: Report;
  /** The answer and what to do, in the page's time zone. */
  summary: readonly SummaryLine[];
  steps: readonly NextStep[];
  paint: Paint;
  width: number;
  all: boolean;
  verbose: boolean;
  clock: Clock;
}

/** A blank line and a heading. */
export function title({ paint }: Page, text: string): string[] {
  return ["", paint("bold", text)];
}

/** A sentence from anywhere, neutralised and wrapped with a hanging indent. */
export function paragraph({ width }: Page, text: string): string[] {
  const lines = wrap(printable(text), width - 2 * INDENT.length);
  return lines.map((line, row) => INDENT.repeat(row === 0 ? 1 : 2) + line);
}

/** Rows that a section shows: few at a glance, and not without an end with --all. */
export function rowLimit({ all, verbose }: Page, atAGlance: number): number {
  return all || verbose ? MAX_ROWS : atAGlance;
}

/** The line that stands for rows beyond the limit. */
export function more(count: number, what: string, limit = MAX_ROWS): string[] {
  const where = limit < MAX_ROWS && count <= MAX_ROWS ? "--all shows them" : "use --json";
  return count > limit ? [`${INDENT}... ${counted(count - limit, `more ${what}`)}, ${where}`] : [];
}

export type Align = "left" | "right";

/** A table of at most `MAX_ROWS` rows, its cells neutralised and wrapped to the width of the page. */
export function grid(page: Page, head: string[], rows: (string | number)[][], aligns: Align[]): string[] {
  const cells = rows.slice(0, MAX_ROWS).map((row) => row.map((cell) => printable(String(cell))));
  const widths = columnWidths([head, ...cells], page.width - INDENT.length, GAP);
  // Without the empty styles cli-table3 colours head and borders, on a pipe and under NO_COLOR as well.
  const table = new Table({
    head: head.map((cell, column) =>
      wrap(cell, widths[column])
        .map((line) => page.paint("dim", line))
        .join("\n"),
    ),
    chars: PLAIN_CHARS,
    colAligns: aligns,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of cells) table.push(row.map((cell, column) => wrap(cell, widths[column]).join("\n")));
  return table
    .toString()
    .split("\n")
    .map((line) => INDENT + line);
}
