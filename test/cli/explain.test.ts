import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explainText, unknownTerm } from "../../src/cli/commands/explain.ts";
import { TERMS } from "../../src/report/terms/terms.ts";
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

test("without a term every term is listed under its kind", () => {
  const text = explainText(null)!;
  for (const { name, brief } of TERMS) expect(text).toContain(`  ${name.padEnd(27)} ${brief}\n`);
  expect(text).toMatch(/^verdict:\n/);
});

test("an unknown term is answered with those that resemble it, or with where to look", () => {
  expect(explainText("nonsense")).toBeNull();
  expect(unknownTerm("reject")).toBe("no term is called 'reject'; did you mean rejected?");
  expect(unknownTerm("zz")).toBe("no term is called 'zz'; 'ike-dupcheck explain' lists them");
});
