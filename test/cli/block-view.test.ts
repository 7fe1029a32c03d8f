import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { BlockView } from "../../src/cli/views/block-view.ts";
import { changesOf } from "../../src/cli/views/changes.ts";
import { ToldFindings } from "../../src/cli/views/view.ts";
import { painter } from "../../src/printers/text.ts";
import { UTC } from "../../src/report/clock.ts";
import type { HostNames } from "../../src/report/host-names.ts";
import { playLive } from "../support/played-live.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";
import { attempt, finding } from "../support/reports.ts";
import { Client, Stage } from "../support/session.ts";

function told(stage: Stage, names: HostNames = new Map()): string[] {
  let text = "";
  const view = new BlockView({
    write: (piece) => {
      text += piece;
    },
    paint: painter(false),
    clock: UTC,
    names,
    all: false,
    now: () => 0,
    width: 80,
  });
  playLive(stage.sorted(), 10, { watch: (analysis, _, lines) => view.lines(lines, analysis) });
  return text.trimEnd().split("\n\n");
}

describe("without a terminal", () => {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 25);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2);
  const blocks = told(stage);

  it("a finding is told whole once", () => {
    expect(blocks[0]).toMatch(/^2026-03-02 08:00:1\d UTC: new finding\n1\. PREDICTED, severity /);
    expect(blocks.filter((block) => block.includes("fingerprint"))).toHaveLength(1);
  });

  it("and then what changed of it, alone", () => {
    const change = blocks.find((block) => block.includes("changed"))!;
    expect(change.split("\n").slice(0, 2)).toEqual([
      "2026-03-02 08:00:15 UTC: finding 1 changed: 198.51.100.12 behind 198.51.100.11 at 192.0.2.1",
      "   verdict: predicted -> rejected",
    ]);
    expect(change).toContain("   outcome: pending -> unanswered: the responder stayed silent");
    expect(change).not.toMatch(/Wireshark|fingerprint|contender/);
  });

  it("names stand beside addresses, in what is new and in what changed", () => {
    const names = new Map([
      ["198.51.100.12", "bob"],
      ["192.0.2.1", "vpn"],
    ]);
    const text = told(stage, names).join("\n");
    expect(text).toMatch(/contender {4}.*198\.51\.100\.12:500 \(bob\)/);
    expect(text).toMatch(/ip\.addr == 192\.0\.2\.1$/m);
    expect(text).toContain("changed: 198.51.100.12 (bob) behind 198.51.100.11 at 192.0.2.1 (vpn)");
  });

  it("never says of a capture that goes on that it ends", () => {
    expect(blocks.join("\n")).not.toMatch(/capture ends|ended before/);
  });
});

test.each([
  ["nothing", {}, []],
  ["a further attempt", { attempts: [attempt(), attempt()] }, ["attempts: 1 -> 2"]],
  [
    "a note that came and a caveat that went",
    { notes: ["accepted-when-free"], caveats: [] },
    [
      "new note accepted-when-free: refused while the ID was held, accepted once it was free",
      "caveat gone: no-control",
    ],
  ],
  ["a verdict that was taken down", { verdict: "possible" as const }, ["verdict: rejected -> possible"]],
])("what changed: %s", (_, over, expected) => {
  expect(
    changesOf(finding({ caveats: ["no-control"] }), finding({ caveats: ["no-control"], ...over })),
  ).toEqual(expected);
});

test("two clients that keep each other out in turn are two findings, and the oldest are forgotten", () => {
  const findings = new ToldFindings();
  const one = finding();
  const other = finding({ contender: { ...one.contender, address: "198.51.100.11" } });
  expect(findings.take(one)).toEqual({ number: 1, before: null });
  expect(findings.take(other)).toEqual({ number: 2, before: null });
  expect(findings.take(one)).toEqual({ number: 1, before: one });
  for (let i = 0; i < 1_000; i += 1) findings.take(finding({ fingerprint: String(i) }));
  expect(findings.take(one).before).toBeNull();
});

test.skipIf(!programIsBuilt())("of a capture that somebody pipes in each finding is printed once", () => {
  const input = readFileSync(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
  const { stdout, stderr, status } = runProgram([], { input });
  expect(status).toBe(1);
  expect(stderr).toBe("");
  expect(stdout.match(/^1\. REJECTED/gm)).toHaveLength(1);
});
