/** What a terminal shows of a report: its first screen and, where it is longer, its last, kept in screens/. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { reportToTable } from "../../src/printers/table.ts";
import { columnsOf } from "../../src/printers/text.ts";
import { UTC } from "../../src/report/clock.ts";
import { withHostNames } from "../../src/report/host-names.ts";
import type { Report } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Stage } from "../support/session.ts";

const sample = (name: string) => readFileSync(new URL(`../../samples/${name}`, import.meta.url));

/** One client connected, and 32 that are never answered while it is. */
function manyKeptOut(): Buffer {
  const stage = new Stage(32);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(5, 1_000);
  for (let i = 0; i < 32; i += 1) {
    new Client(stage, { address: `203.0.113.${i + 1}` }).connect(10 + 20 * i).unanswered(10.2 + 20 * i);
  }
  return pcap(stage.sorted());
}

const CASES: readonly [name: string, make: () => Promise<Report>, headline: RegExp][] = [
  ["one-finding", () => reportOn([sample("two-windows-clients.pcap")]), /^1 of 2 clients kept out: /],
  ["32-findings", () => reportOn([manyKeptOut()]), /^32 of 33 clients kept out: /],
  ["none", () => reportOn([sample("random-ids.pcap")]), /^No collision found/],
  ["refused-without-holder", () => reportOn([sample("refused-without-holder.pcap")]), /refused by gateway/],
  ["one-sided", () => reportOn([sample("verdict-predicted-one-sided.pcap")]), /would be kept out: /],
  [
    "interrupted",
    () => reportOn([sample("two-windows-clients.pcap")], { maxPackets: 40 }),
    /^1 of 2 clients (kept out|would be kept out|may have been kept out): /,
  ],
];
const SIZES = [
  [80, 24],
  [120, 40],
] as const;

/** The report as if its capture were called office.pcap. */
function named(report: Report): Report {
  const [{ name }] = report.capture.sources;
  return JSON.parse(JSON.stringify(report).replaceAll(name, "office.pcap"));
}

describe.each(CASES)("%s", (name, make, headline) => {
  let report: Report;
  beforeAll(async () => {
    report = named(await make());
  });

  const table = (width: number, rows: number) =>
    reportToTable(report, { color: false, width, rows, all: false, verbose: false, clock: UTC })
      .trimEnd()
      .split("\n");

  test.each(SIZES)("on %i by %i the first screen answers and says what to do", (width, rows) => {
    const lines = table(width, rows);
    const first = lines.slice(0, rows - 1);
    expect(lines.join(" ")).toMatch(headline);
    const heading = first.indexOf("What to do");
    expect(heading).toBeGreaterThan(0);
    // The summary is all that stands above it.
    expect(heading).toBeLessThanOrEqual(13);
    expect(first.slice(heading + 1).some((line) => line.startsWith("  1. "))).toBe(true);
    expect(lines.length).toBeLessThanOrEqual(120);
    // Filters and commands are there to be copied, and never broken.
    const wide = lines.filter((line) => columnsOf(line) > width && !/isakmp\.|^ {7}tcpdump /.test(line));
    expect(wide).toEqual([]);
  });

  test.each(SIZES)("on %i by %i the last screen says it again where the report is longer", (width, rows) => {
    const lines = table(width, rows);
    if (lines.length <= rows) return;
    const last = lines
      .slice(-(rows - 1))
      .join(" ")
      .replace(/\s+/g, " ");
    const answer = lines.slice(0, lines.indexOf("", 0)).join(" ").replace(/\s+/g, " ");
    expect(last).toContain(answer.slice(0, 60));
    expect(last).toMatch(/What to do: \S/);
  });

  test.each(SIZES)("on %i by %i it is what it was", async (width, rows) => {
    const lines = table(width, rows);
    const first = lines.slice(0, rows - 1);
    const last = lines.length < rows ? [] : ["", `--- the last ${rows - 1} of ${lines.length} lines ---`, ""];
    const text = [...first, ...last, ...(last.length > 0 ? lines.slice(-(rows - 1)) : [])].join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot(`screens/${name}-${width}x${rows}.txt`);
  });
});

test("wide characters do not break columns", async () => {
  const report = await reportOn([sample("two-windows-clients.pcap")]);
  const names = new Map([
    ["198.51.100.11", "東京事務所"],
    ["198.51.100.12", "zürich"],
  ]);
  const table = reportToTable(withHostNames(report, names), {
    color: false,
    width: 120,
    rows: null,
    all: false,
    verbose: false,
    clock: UTC,
  });
  const lines = table.split("\n");
  // In each grid a cell begins in the column in which its head does.
  const from = lines.indexOf("Clients");
  const head = lines[from + 1];
  const starts = (line: string, word: string) => columnsOf(line.slice(0, line.indexOf(word)));
  for (const [address, outcome] of [
    ["198.51.100.11", "connected"],
    ["198.51.100.12", "kept out"],
  ]) {
    const row = lines.slice(from).find((line) => line.startsWith(`  ${address}`))!;
    expect(starts(row, outcome)).toBe(starts(head, "outcome"));
  }
});
