/** What logs, events and keys say, as lines for people. */

import { describe, expect, it } from "vitest";
import { witnessInputs, witnessLines } from "../../src/printers/witness-lines.ts";
import type { Capture, Evidence } from "../../src/report/model.ts";
import { evidence, finding, report, type Witness, witness } from "../support/reports.ts";

const spelled = (at: string) => `<${at}>`;
const linesOf = (...list: Evidence[]) => witnessLines(finding({ evidence: list }), spelled);

describe("lines of a finding", () => {
  it.each([
    ["a log", {}, "<2026-11-23T10:02:00.500000Z>: gateway's log 713201: a duplicate (asa.log:7)"],
    [
      "events",
      { witness: "windows-event" },
      "<2026-11-23T10:02:00.500000Z>: client's events 713201: a duplicate (asa.log:7)",
    ],
    [
      "keys",
      { witness: "ike-payload" },
      "<2026-11-23T10:02:00.500000Z>: decrypted 713201: a duplicate (asa.log:7)",
    ],
    ["no line", { line: null }, "<2026-11-23T10:02:00.500000Z>: gateway's log 713201: a duplicate (asa.log)"],
    ["no time", { at: null }, "gateway's log 713201: a duplicate (asa.log:7)"],
    [
      "a clock of its own",
      { joined: false },
      "<2026-11-23T10:02:00.500000Z> by its own clock: gateway's log 713201: a duplicate (asa.log:7, not joined)",
    ],
  ] as [string, Partial<Evidence>, string][])("with %s", (_, over, line) => {
    expect(linesOf(evidence(over))).toEqual([line]);
  });

  it("are twelve, and the rest is counted", () => {
    const many = (count: number) =>
      linesOf(...Array.from({ length: count }, (_, i) => evidence({ line: i + 1 })));
    expect(many(12).at(-1)).toMatch(/asa\.log:12\)$/);
    expect(many(14).slice(11)).toEqual([
      expect.stringMatching(/asa\.log:12\)$/),
      "and 2 more: see the JSON report",
    ]);
    expect(witnessLines(finding(), spelled)).toEqual([]);
  });
});

const clock = { offsetSeconds: 7200.04, uncertaintySeconds: 0.75, matches: 9, driftPpm: 0 };
const measured = (over: Partial<Witness> = {}) => witness({ lines: 900, used: 30, clock, ...over });
const inputs = (over: Partial<Capture>) =>
  witnessInputs({ ...report().capture, ...over }, (name) => `'${name}'`);

describe("what was given beside the captures", () => {
  it.each([
    [
      "a log whose clock is behind",
      {},
      "'asa.log': a gateway's log, 30 of 900 lines tell of IKE or L2TP; its clock is 7200.0 s behind (within 0.8 s, as 9 of them agree).",
    ],
    [
      "a log of one line",
      { lines: 1, used: 1, clock: null },
      "'asa.log': a gateway's log, 1 of 1 line tell of IKE or L2TP; its clock was not compared with the captures'.",
    ],
    [
      "one whose clock is ahead, and drifts",
      { clock: { ...clock, offsetSeconds: -3.26, driftPpm: -80.4 } },
      "'asa.log': a gateway's log, 30 of 900 lines tell of IKE or L2TP; its clock is 3.3 s ahead (within 0.8 s, as 9 of them agree), and it drifts by -80 parts in a million.",
    ],
    [
      "events of a machine",
      { witness: "windows-event", source: "a.evtx", computer: "PC1", lines: 1, clock: null },
      "'a.evtx': 1 event of a client ('PC1'); its clock was not compared with the captures'.",
    ],
    [
      "events of no machine that is named",
      { witness: "windows-event", source: "a.evtx", lines: 2, clock: null },
      "'a.evtx': 2 events of a client; its clock was not compared with the captures'.",
    ],
  ] as [string, Partial<Witness>, string][])("%s", (_, over, line) => {
    expect(inputs({ witnesses: [measured(over)] })).toEqual([line]);
  });

  it("keys, and what they opened, behind the others", () => {
    const decrypted = { keys: 3, keysUsed: 2, ikeSas: 1, messages: 5, payloads: {} };
    const keys = "Keys: 2 of 3 opened 5 messages of 1 IKE SA.";
    expect(inputs({ decrypted })).toEqual([keys]);
    expect(inputs({ decrypted, witnesses: [measured()] })).toEqual([
      expect.stringContaining("asa.log"),
      keys,
    ]);
  });

  it("is nothing where nothing was given, and twelve lines of many", () => {
    expect(inputs({})).toEqual([]);
    const many = (count: number) => inputs({ witnesses: Array<Witness>(count).fill(measured()) });
    expect(many(12).length).toBe(12);
    expect(many(13).slice(12)).toEqual(["And 1 more: see the JSON report."]);
  });
});
