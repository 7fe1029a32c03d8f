/** A ticket in Markdown as a whole: how its parts stand apart, and what it leaves out. */

import { describe, expect, it } from "vitest";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { UTC } from "../../src/report/clock.ts";
import { coverageCodeSchema, warningCodeSchema } from "../../src/report/codes.ts";
import type { Finding, Report } from "../../src/report/model.ts";
import { briefOf } from "../../src/report/terms/terms.ts";
import { attempt, client, evidence, finding, keptOut, report, witness } from "../support/reports.ts";

const markdown = (value: Report, all = false) => [...reportToMarkdown(value, { all, clock: UTC })].join("");
const of = (over: Partial<Finding> = {}, more: Partial<Report> = {}) =>
  report({ findings: [finding(over)], ...more });
const { holder } = finding();
const [row] = report().responders;

/** What is of one kind stands together, and an empty line between (CommonMark: else a line goes on with the one before). */
function kindsOf(text: string): string[][] {
  const kind = (line: string) =>
    /^#+ /.test(line)
      ? "heading"
      : line.startsWith("|")
        ? "table"
        : /^ *(?:-|\d+\.) /.test(line)
          ? "list"
          : "text";
  return text
    .trimEnd()
    .split(/\n{2,}/)
    .map((block) => block.split("\n").map(kind));
}

describe("a ticket", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => client({ address: `10.0.${i >> 8}.${i & 255}` }));
  const gap = { code: "esp-unseen" as const, message: "No ESP.", count: 1 };
  const warnings = [{ code: "snaplen" as const, message: "Cut." }];
  const codes = [
    ...coverageCodeSchema.options,
    ...warningCodeSchema.options,
  ] as Report["coverage"]["gaps"][number]["code"][];
  const all = codes.map((code) => ({ code, message: `${code}.`, count: 1 }));
  it.each<[string, Report]>([
    ["of nothing", report({ clients: [], responders: [] })],
    ["of a finding", of({ notes: ["a sentence"], caveats: ["no-control"] })],
    ["of more attempts than it has room for", of({ attempts: Array(7).fill(attempt()) })],
    ["of more steps than it has room for", report({ coverage: { complete: false, gaps: all } })],
    ["of gaps and warnings", of({}, { coverage: { complete: false, gaps: [gap] }, warnings })],
    ["of more gateways than it has room for", of({}, { responders: Array(102).fill(row) })],
    [
      "of more clients than it has room for",
      of({}, { clients: many(102).map(({ address }) => keptOut({ address })) }),
    ],
  ])("%s is made of headings, tables, lists and paragraphs that are apart", (_, value) => {
    for (const all of [false, true]) {
      for (const kinds of kindsOf(markdown(value, all))) {
        expect(new Set(kinds).size, kinds.join()).toBe(1);
        if (kinds[0] === "heading" || kinds[0] === "text") expect(kinds).toHaveLength(1);
      }
    }
  });

  it("says how many steps and attempts it leaves out, where there are such", () => {
    const steps = nextSteps(report({ coverage: { complete: false, gaps: all } }), UTC).length;
    expect(markdown(report({ coverage: { complete: false, gaps: all } }))).toContain(
      `\n\n${steps - 12} more steps: see the JSON report.`,
    );
    const whole = markdown(report({ coverage: { complete: false, gaps: all } }));
    expect(whole.match(/^\d+\. /gm)).toHaveLength(12);
    const left = (count: number) =>
      /(\d+) more attempts?: see/.exec(markdown(of({ attempts: Array(count).fill(attempt()) })))?.[1];
    expect([1, 5, 6, 8].map(left)).toEqual([undefined, undefined, "1", "3"]);
  });

  it("says what a finding means where that is known, and cuts a sentence that nobody reads", () => {
    expect(markdown(of())).toContain(" What it means: ");
    expect(markdown(of({ verdict: "tolerated" }), true)).not.toContain("What it means");
    const said = (length: number) => {
      const message = "x".repeat(length);
      return /(x+)( \.\.\.)?/.exec(markdown(report({ warnings: [{ code: "snaplen", message }] })))!.slice(1);
    };
    expect(said(400)).toEqual(["x".repeat(400), undefined]);
    expect(said(401)).toEqual(["x".repeat(400), " ..."]);
  });

  it("has nothing but words of its own", () => {
    const plain = markdown(report({ clients: [], responders: [] }));
    expect(plain.match(/^#.*$/gm)?.slice(1)).toEqual([
      "## What to do",
      "## What the captures could not show",
      "## Captures",
    ]);
    const texts = plain.split(/\n{2,}/).filter((block) => /^\w/.test(block) && !/^\d+\. /.test(block));
    expect(texts.map((text) => text.split(" ")[0])).toEqual(["No", "640", "Made"]);
  });

  it("says what notes mean, and what witnesses say at what time", () => {
    const text = markdown(
      of(
        { notes: ["accepted-when-free"], evidence: [evidence()] },
        { capture: { ...report().capture, witnesses: [witness()] } },
      ),
    );
    expect(text).toContain(`- accepted-when-free: ${briefOf("note", "accepted-when-free")}`);
    expect(text).toContain("- 2026-11-23 10:02:00.500000 UTC: gateway's log 713201: a duplicate (asa.log:7)");
    expect(text).toMatch(/\n\n`asa\.log`: a gateway's log, 4 of 9 lines tell of IKE or L2TP; /);
  });

  it("names in its first table who connected first, where that is visible", () => {
    const cell = (value: Report) =>
      markdown(value)
        .split("\n")
        .find((line) => line.startsWith("| 1 "))
        ?.split(" | ")[4];
    expect(cell(of())).toBe("198.51.100.11:4500");
    expect(cell(of({ holder: { ...holder, address: null } }))).toBe("not visible");
  });
});
