/** What a table begins and ends with: the answer and what to do, cut to what is read at a glance. */

import { describe, expect, it } from "vitest";
import type { Page } from "../../src/printers/page.ts";
import { ending, stepsSection, summarySection } from "../../src/printers/summary-section.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { painter } from "../../src/printers/text.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Verdict } from "../../src/report/model.ts";
import { PLAIN } from "../support/printed.ts";
import { finding, report } from "../support/reports.ts";

const line = (text: string, label: string | null = null) => ({ label, text }) as Page["summary"][number];
const step = (text: string, commands: string[] = []) =>
  ({
    code: "check",
    text,
    commands: commands.map((command) => ({ command, where: "on the gateway", tried: true })),
  }) as unknown as Page["steps"][number];

const page = (over: Partial<Page> = {}): Page => ({
  report: report(),
  summary: [line("The answer.")],
  steps: [step("Look.")],
  paint: painter(false),
  width: 80,
  all: false,
  verbose: false,
  clock: UTC,
  ...over,
});

describe("the answer", () => {
  it("has its labels beside the first line of what they say", () => {
    const text = `${"word ".repeat(15)}end`;
    expect(summarySection(page({ summary: [line("The answer."), line(text, "When")] }))).toEqual([
      "The answer.",
      `When             ${"word ".repeat(12).trimEnd()}`,
      `                 ${"word ".repeat(3)}end`,
    ]);
  });

  it("has lines without a label beside the others", () => {
    expect(summarySection(page({ summary: [line("The answer."), line("More.")] }))[1]).toBe(
      `${" ".repeat(17)}More.`,
    );
  });

  it("takes twelve lines, and of more the last says where they are", () => {
    const of = (count: number) => {
      const rest = Array.from({ length: count - 1 }, (_, i) => line(`${i}.`, "Also"));
      return summarySection(page({ summary: [line("The answer."), ...rest] }));
    };
    expect(of(12).at(-1)).toBe("Also             10.");
    expect(of(13)).toHaveLength(12);
    expect(of(13).slice(-2)).toEqual(["Also             9.", `${" ".repeat(17)}... and more under Warnings`]);
  });

  it.each<[Verdict[], string]>([
    [["rejected", "possible"], "1;31"],
    [["predicted"], "33"],
    [["possible", "tolerated"], "33"],
    [["tolerated"], "1"],
    [[], "1"],
  ])("of findings that are %j is painted in %s", (verdicts, style) => {
    const findings = verdicts.map((verdict) => finding({ verdict }));
    const painted = page({ report: report({ findings }), paint: painter(true) });
    expect(summarySection(painted)[0]).toBe(`\x1b[${style}mThe answer.\x1b[0m`);
  });
});

describe("what to do", () => {
  const commands = Array.from({ length: 14 }, (_, i) => `show ${i}`);
  /** Sixteen lines each: the text, the place, and the commands. */
  const steps = [step("One.", commands), step("Two.", commands), step("Three.", commands)];

  it("is told in some thirty lines, and what is left is counted", () => {
    const lines = stepsSection(page({ steps }));
    expect(lines.slice(0, 4)).toEqual(["", "What to do", "  1. One.", "     on the gateway:"]);
    expect(lines).toHaveLength(2 + 2 * 16 + 1);
    expect(lines.at(-1)).toBe("  ... 1 more step, --all shows them");
  });

  it("has one step at least, however long", () => {
    const long = step("One.", [...commands, ...commands, ...commands]);
    expect(stepsSection(page({ steps: [long, step("Two.")] }))).toHaveLength(2 + 44 + 1);
  });

  it.each(["all", "verbose"] as const)("is told whole with --%s", (option) => {
    const lines = stepsSection(page({ steps, [option]: true }));
    expect(lines).toHaveLength(2 + 3 * 16);
    expect(lines.at(-1)).toBe("       show 13");
  });
});

describe("the end of a long report", () => {
  it("is the answer and the first step once more, behind an empty line", () => {
    expect(ending(page({ steps: [step("Look."), step("Ask.")] }))).toEqual([
      "",
      "The answer.",
      "What to do: Look.",
    ]);
  });

  it("is there where the report is longer than the terminal", () => {
    const lines = (rows: number | null) =>
      reportToTable(report({ findings: [finding()] }), { ...PLAIN, rows }).split("\n").length - 1;
    const short = lines(null);
    expect(lines(short)).toBe(short);
    expect(lines(short - 1)).toBeGreaterThan(short);
  });
});
