/** What a ticket begins and ends with: the summary, what to do, and what the input could not show. */

import { nextSteps } from "../report/advice/next-steps.ts";
import { summaryLines } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { Report } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import { code, escaped, rest } from "./markdown-text.ts";

/** Sentences that fit into what is reserved for them, and characters of each: one may name a long path. */
const MAX_GAPS = 20;
const MAX_SENTENCE = 400;

function cut(text: string): string {
  return text.length > MAX_SENTENCE ? `${text.slice(0, MAX_SENTENCE)} ...` : text;
}

export function summarySection(report: Report, clock: Clock): string[] {
  const [head, ...rest] = summaryLines(report, clock);
  return [
    `# ${escaped(cut(head.text))}`,
    "",
    ...rest.map(({ label, text }) => `- **${label}:** ${escaped(text)}`),
    "",
  ];
}

/** Steps beyond these are in the JSON report; a step is some 400 bytes. */
const MAX_STEPS = 12;

export function stepsSection(report: Report, clock: Clock): string[] {
  const steps = nextSteps(report, clock);
  const items = steps
    .slice(0, MAX_STEPS)
    .flatMap(({ text, commands }, i) => [
      `${i + 1}. ${escaped(text)}`,
      ...commands.map(
        ({ command, where, tried }) =>
          `   - ${escaped(where)}${tried ? "" : " (after Cisco's command reference, not tried)"}: ${code(command)}`,
      ),
    ]);
  const more = steps.length - MAX_STEPS;
  return [
    "## What to do",
    "",
    ...items,
    ...(more > 0 ? ["", `${counted(more, "more step")}: see the JSON report.`] : []),
    ...(report.findings.some(({ verdict }) => verdict !== "tolerated")
      ? ["", "<https://support.microsoft.com/en-us/kb/942429>"]
      : []),
  ];
}

export function coverageSection({ coverage, warnings }: Report): string[] {
  const gaps = coverage.gaps
    .slice(0, MAX_GAPS)
    .map(({ code: name, message }) => `- ${name}: ${escaped(cut(message))}`);
  const known = new Set(coverage.gaps.map(({ message }) => message));
  const others = warnings.filter(({ message }) => !known.has(message));
  return [
    "## What the captures could not show",
    "",
    ...(gaps.length === 0 ? ["No gap is known."] : gaps),
    ...rest(coverage.gaps.length, MAX_GAPS),
    ...(others.length === 0
      ? []
      : [
          "",
          "Warnings:",
          "",
          ...others.slice(0, MAX_GAPS).map((each) => `- ${each.code}: ${escaped(cut(each.message))}`),
        ]),
  ];
}
