/** Who writes some clients of a report alone says of them what is said where all were made. */

import { afterAll, expect, it } from "vitest";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { unmadeClients } from "../../src/report/later-lists.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";
import { Bench } from "../simulator/bench.ts";
import { pcap } from "../support/capture-files.ts";
import { crowd } from "../support/crowds.ts";
import { PLAIN } from "../support/printed.ts";

const bench = new Bench();
afterAll(() => bench.close());

function printed(report: Report, all: boolean): string[] {
  const markdown = [...reportToMarkdown(report, { all, clock: UTC })].join("");
  return [reportToTable(report, { ...PLAIN, all }), markdown];
}

it("in the table and in Markdown, of crowds with findings and without", async () => {
  const seen = { made: 0, unmade: 0 };
  for (let seed = 0; seed < 30; seed += 1) {
    const report = await bench.report([pcap(crowd(seed, 15, 1_000))]);
    const before = [printed(report, false)];
    seen[unmadeClients(report) === null ? "made" : "unmade"] += 1;
    before.push(printed(report, true));
    expect(report.clients.length).toBeGreaterThan(5);
    expect([printed(report, false), printed(report, true)], `seed ${seed}`).toEqual(before);
  }
  expect(seen.made).toBeGreaterThan(3);
  expect(seen.unmade).toBeGreaterThan(10);
});
