import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explainText, unknownTerm } from "../../src/cli/commands/explain.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import { TERMS } from "../../src/report/terms/glossary.ts";
import { reportOn } from "../support/analyzed.ts";

const samples = new URL("../../samples/", import.meta.url);
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));

test.each(names)("every code in the report of %s can be asked for", async (name) => {
  const report = await reportOn([readFileSync(new URL(name, samples))]);
  const codes = new Set<string>([
    ...report.findings.flatMap(({ verdict, severity, cause, caveats, notes, attempts }) => [
      ...[verdict, severity, cause, ...caveats],
      ...notes.filter((note) => /^[a-z-]+$/.test(note)),
      ...attempts.flatMap((attempt) => [attempt.outcome, attempt.overlap]),
    ]),
    ...report.clients.map(({ pattern }) => pattern.kind),
    ...report.warnings.map(({ code }) => code),
    ...report.coverage.gaps.map(({ code }) => code),
    ...report.capture.sources.map(({ end }) => end),
    ...Object.keys(report.capture.skipped),
    ...Object.keys(report.capture.malformed),
  ]);
  expect([...codes].filter((code) => explainText(code) === null)).toEqual([]);
});

test("a term is explained under its name and kind, within 80 columns", () => {
  const text = explainText("tolerated")!;
  expect(text).toMatch(/^tolerated \(verdict\)\n {2}The responder answered/);
  for (const { name } of TERMS) {
    expect(
      Math.max(
        ...explainText(name)!
          .split("\n")
          .map((line) => line.length),
      ),
      name,
    ).toBeLessThanOrEqual(80);
  }
});

test("a name with two meanings gets both", () => {
  expect(explainText("clock-step")!.match(/^clock-step \((caveat|warning)\)$/gm)).toHaveLength(2);
});

test("several terms are explained one after another, and none where one of them is unknown", () => {
  expect(explainText("rejected holder-silent")).toBe(
    `${explainText("rejected")}\n${explainText("holder-silent")}`,
  );
  expect(explainText("quick mode")).toMatch(/^quick-mode \(word\)/);
  expect(explainText("rejected nonsense")).toBeNull();
  expect(unknownTerm("NO-PROPOSAL-CHOSEN")).not.toMatch(/did you mean/);
});

test("without a term every term is listed under its kind", () => {
  const text = explainText(null)!;
  for (const { name, brief } of TERMS) expect(text).toContain(`  ${name.padEnd(27)} ${brief}\n`);
  expect(text).toMatch(/^label:\n/);
});

test.each([
  ["a word that begins like a term", "reject", "rejected"],
  ["two letters swapped", "hodler", "holder"],
  ["a letter left out", "colision", "collision"],
  ["a letter too many", "overlapp", "overlap"],
])("an unknown term is answered with the nearest: %s", (_, word, meant) => {
  expect(explainText(word)).toBeNull();
  expect(unknownTerm(word)).toMatch(new RegExp(`^no term is called '${word}'; did you mean ${meant}[,?]`));
});

test("a word that resembles none is answered with where to look", () => {
  expect(unknownTerm("zz")).toBe("no term is called 'zz'; 'ike-dupcheck explain' lists them");
});

test.each([
  ["Connected first", "holder"],
  ["client kept out", "contender"],
  ["GATEWAY", "responder"],
  ["exposed", "exposure"],
  ["SAs", "sa"],
  ["next  steps", "what-to-do"],
  ["Message ID", "message-id"],
])("a label is known by what the report calls it: %s", (asked, name) => {
  expect(explainText(asked)).toMatch(new RegExp(`^${name} \\(`));
});

test("a label that is a kind of words lists them", () => {
  for (const { name, brief } of TERMS.filter(({ kind }) => kind === "caveat")) {
    expect(explainText("caveats")).toContain(`    ${name.padEnd(20)}${brief.split(" ")[0]}`);
  }
});

/** Fields of a finding, heads of columns and labels of the summary, as the table of a report prints them. */
function labelsIn(text: string): string[] {
  const lines = text.split("\n");
  const fields = lines.flatMap((line) => /^ {3}([A-Za-z]+) {2,}\S/.exec(line)?.[1] ?? []);
  const summary = lines.flatMap((line) => /^([A-Z][a-z ]+?) {2,}\S/.exec(line)?.[1] ?? []);
  const heads = lines.flatMap((line, i) =>
    /^(Findings|Gateways|Clients)$/.test(line) ? [line, ...lines[i + 1].trim().split(/ {2,}/)] : [],
  );
  return [...fields, ...summary, ...heads];
}

test.each(names)("every label in the table of %s can be asked for", async (name) => {
  const report = await reportOn([readFileSync(new URL(name, samples))]);
  const table = reportToTable(report, {
    color: false,
    width: 120,
    rows: null,
    all: true,
    verbose: false,
    clock: UTC,
  });
  const asked = labelsIn(table).map((label) => label.replace(/( \(.*\)|, .*)$/, ""));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((label) => label !== "#" && explainText(label) === null)).toEqual([]);
});
