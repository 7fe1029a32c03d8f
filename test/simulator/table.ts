/** The score as two tables: verdicts against the truth, and what became of refusals that a capture shows. */

import type { Row, Score } from "./score.ts";
import { VIEWS } from "./view.ts";

function ratio(part: number, whole: number): string {
  return whole === 0 ? "-" : (part / whole).toFixed(4);
}

function layout(lines: string[][]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const row = (line: string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  return lines.map((line) => row(line).join("  ")).join("\n");
}

function rowsOf(score: Score): [string, Row][] {
  const order = (name: string) => VIEWS.findIndex((view) => name.startsWith(view));
  return [...score.rows].sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1));
}

export function verdictTable(score: Score): string {
  const head = [
    "view",
    "worlds",
    "rejected",
    "right",
    "untellable",
    "WRONG",
    "recall",
    "of",
    "clean",
    "of",
    "ghosts",
    "of",
  ];
  const more = ["predicted", "right", "possible", "right", "tolerated", "right"];
  const lines = [[...head, ...more]];
  for (const [name, row] of rowsOf(score)) {
    const counts = [row.worlds, row.said.rejected, row.right.rejected, row.untellable, row.wrong];
    const others = ["predicted", "possible", "tolerated"].flatMap((verdict) => [
      row.said[verdict],
      row.right[verdict],
    ]);
    lines.push([
      name,
      ...counts.map(String),
      ratio(row.recalled, row.refusals),
      String(row.refusals),
      ratio(row.cleanRecalled, row.clean),
      String(row.clean),
      ratio(row.ghostsRecalled, row.ghosts),
      String(row.ghosts),
      ...others.map(String),
    ]);
  }
  return layout(lines);
}

/** Refusals whose messages are in the capture. */
export function fateTable(score: Score): string {
  const lines = [
    [
      "refusals captured",
      "all",
      "rejected",
      "predicted",
      "possible",
      "warning",
      "SILENCE",
      "holder named",
      "of living",
    ],
  ];
  for (const [name, row] of rowsOf(score)) {
    const { rejected, predicted, possible, warning, silence } = row.fates;
    const counts = [row.captured, rejected, predicted, possible, warning, silence];
    lines.push([name, ...counts.map(String), ratio(row.named, row.living), String(row.living)]);
  }
  return layout(lines);
}
