import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { partitionOf } from "../../src/analysis/partition.ts";
import type { AnalyzeOptions, Report } from "../../src/index.ts";
import { extract } from "../../src/index.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { reportOn } from "../support/analyzed.ts";
import { runProgram } from "../support/program.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
const COUNTS = [2, 7];

/** What the reports say of findings, clients and responders, in an order of its own. */
function union(reports: readonly Report[]) {
  const all = <T>(of: (report: Report) => readonly T[]) =>
    reports
      .flatMap(of)
      // Each run reads the captures from a folder of its own.
      .map((each) => JSON.stringify(each).replace(/"source":"[^"]*\//g, '"source":"'))
      .sort();
  return {
    findings: all(({ findings }) => findings),
    clients: all(({ clients }) => clients),
    responders: all(({ responders }) => responders),
  };
}

async function shares(captures: readonly Uint8Array[], count: number, options: AnalyzeOptions = {}) {
  const reports: Report[] = [];
  for (let index = 1; index <= count; index += 1) {
    reports.push(await reportOn(captures, { ...options, partition: { index, count } }));
  }
  return reports;
}

it("is FNV-1a of the address, modulo the number of partitions", () => {
  // The 32-bit FNV-1a of "a" and "foobar" are test vectors of draft-eastlake-fnv: 0xe40c292c and 0xbf9cf968.
  expect(partitionOf("a", 65_536)).toBe(0x292c + 1);
  expect(partitionOf("foobar", 65_536)).toBe(0xf968 + 1);
  expect(partitionOf("192.0.2.1", 1)).toBe(1);
});

it.each(names)("%s: the shares together are the whole", async (name) => {
  const captures = [await readFile(join(samples, name))];
  const whole = await reportOn(captures);
  for (const count of COUNTS) {
    const reports = await shares(captures, count);
    expect(union(reports), `${count} shares`).toEqual(union([whole]));
    for (const { coverage } of reports) expect(coverage.gaps.map(({ code }) => code)).toContain("partition");
  }
});

it("of worlds with two gateways as well, seen whole or in part", async () => {
  let several = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = simulate(seed);
    // Where a gateway renews phase 1 itself, the roles are not yet the same in every share.
    if (world.gateways.length < 2 || world.theme === "renew") continue;
    several += 1;
    const { files } = capturesOf(world, (["whole", "late-start", "loss-3", "one-sided"] as const)[seed % 4]);
    const all = await reportOn(files);
    const whole = union([all]);
    for (const count of COUNTS) {
      const parts = await shares(files, count);
      expect(union(parts), `seed ${seed}`).toEqual(whole);
      if (seed % 4 !== 0) continue;
      // Where phase 1 is seen, each quick mode is kept by the analyser of its responder alone.
      const kept = parts.reduce((sum, { summary }) => sum + summary.quickModeExchanges, 0);
      expect(kept, `seed ${seed}`).toBe(all.summary.quickModeExchanges);
    }
  }
  expect(several).toBeGreaterThan(6);
});

it("addresses of one gateway go with the one that names it", async () => {
  const captures = [await readFile(join(samples, "two-windows-clients.pcap"))];
  const options: AnalyzeOptions = { aliases: [["192.0.2.77", "192.0.2.1"]] };
  const whole = union([await reportOn(captures, options)]);
  expect(whole.findings).not.toEqual([]);
  for (const count of COUNTS) expect(union(await shares(captures, count, options))).toEqual(whole);
});

it("message records that are routed by their keys give the share of the findings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-partition-"));
  for (let seed = 1; seed <= 40; seed += 1) {
    const world = simulate(seed);
    if (world.gateways.length < 2 || world.theme === "renew") continue;
    const path = join(folder, `${seed}.pcap`);
    await writeFile(path, capturesOf(world, "whole").files[0]);
    let text = "";
    await extract([path], { sensor: "tap" }, async (lines) => {
      text += lines;
    });
    const lines = text.trimEnd().split("\n");
    // As a router does it: lines without keys, which tell the time of a source, go to all.
    const routed = [1, 2, 3].map((index) =>
      lines.filter((line) => {
        const { keys } = JSON.parse(line) as { keys?: string[] };
        return keys === undefined || keys.some((key) => partitionOf(key, 3) === index);
      }),
    );
    const reports: Report[] = [];
    for (const [i, part] of routed.entries()) {
      const partition = { index: i + 1, count: 3 };
      reports.push(await reportOn([Buffer.from(`${part.join("\n")}\n`)], { partition }));
    }
    const whole = await reportOn([Buffer.from(text)]);
    const fingerprints = (all: readonly Report[]) =>
      all
        .flatMap(({ findings }) => findings.map(({ fingerprint, verdict }) => `${fingerprint} ${verdict}`))
        .sort();
    expect(fingerprints(reports), `seed ${seed}`).toEqual(fingerprints([whole]));
  }
  await rm(folder, { recursive: true });
});

it.each(["", "1", "0/2", "3/2", "1/0", "1/2/3", "a/b"])(
  "--partition %s is refused in one sentence",
  (value) => {
    const { status, stderr } = runProgram(["--partition", value, "nosuch.pcap"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ike-dupcheck: .*--partition.*1\/4 to 4\/4/);
  },
);
