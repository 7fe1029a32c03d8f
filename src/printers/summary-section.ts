/** The table's first lines, what to do, and the lines that end a long report. */

import type { NextStep, StepCommand } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import { type Page, title } from "./page.ts";
import { padded, printable, type Style, wrap } from "./text.ts";

/** Of the whole summary; what is too long is cut, and stands in full under the warnings. */
const MAX_SUMMARY_LINES = 12;
const MAX_STEP_LINES = 34;
const LABEL = 17;
const STEP = 5;

/** The answer in at most 12 lines. */
export function summarySection(page: Page): string[] {
  const { summary, width, paint } = page;
  const [head, ...rest] = summary;
  const lines = wrap(printable(head.text), width).map((line) => paint(styleOf(page), line));
  for (const { label, text } of rest) {
    const wrapped = wrap(printable(text), width - LABEL);
    lines.push(
      ...wrapped.map((line, row) => paint("dim", padded(row === 0 ? (label ?? "") : "", LABEL)) + line),
    );
  }
  if (lines.length <= MAX_SUMMARY_LINES) return lines;
  return [...lines.slice(0, MAX_SUMMARY_LINES - 1), `${" ".repeat(LABEL)}... and more under Warnings`];
}

function styleOf({ report }: Page): Style {
  const { rejected, predicted, possible } = report.summary.findings;
  if (rejected > 0) return "red";
  return predicted + possible > 0 ? "yellow" : "bold";
}

/** The heading "What to do" with its steps. */
export function stepsSection(page: Page): string[] {
  const { steps, all, verbose } = page;
  const lines = title(page, "What to do");
  let shown = 0;
  for (const step of steps) {
    const own = stepLines(step, shown + 1, page);
    if (shown > 0 && !all && !verbose && lines.length + own.length > MAX_STEP_LINES) break;
    lines.push(...own);
    shown += 1;
  }
  if (shown < steps.length)
    lines.push(`  ... ${counted(steps.length - shown, "more step")}, --all shows them`);
  return lines;
}

function stepLines({ text, commands }: NextStep, number: number, { width, paint }: Page): string[] {
  const lines = wrap(printable(text), width - STEP).map(
    (line, row) => (row === 0 ? `${String(number).padStart(3)}. ` : " ".repeat(STEP)) + line,
  );
  let where = "";
  for (const each of commands) {
    if (each.where !== where) lines.push(...placeLines(each, width).map((line) => paint("dim", line)));
    where = each.where;
    lines.push(`${" ".repeat(STEP + 2)}${printable(each.command)}`);
  }
  return lines;
}

function placeLines({ where, tried }: StepCommand, width: number): string[] {
  const how = tried ? "" : " (after Cisco's command reference, not tried)";
  return wrap(printable(`${where}${how}:`), width - STEP).map((line) => " ".repeat(STEP) + line);
}

/** The verdict and the first step once more, for who sees the end of a long report first. */
export function ending(page: Page): string[] {
  const { width, paint } = page;
  const [head] = page.summary;
  const [step] = page.steps;
  return [
    "",
    ...wrap(printable(head.text), width).map((line) => paint(styleOf(page), line)),
    ...wrap(printable(`What to do: ${step.text}`), width),
  ];
}
