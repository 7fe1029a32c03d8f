/** Parts of a report, from what is handed to it: whose clock was shifted, how clients count, and which codes warnings have. */

import { describe, expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import type { ClockOffset } from "../../src/feed/feed.ts";
import type { Hosts } from "../../src/ike/facts.ts";
import type { Judgement } from "../../src/judgement/judge.ts";
import { buildWarnings } from "../../src/report/warnings.ts";
import { PlayedInputs, playLive } from "../support/played-live.ts";
import { NO_INPUT_FACTS, report } from "../support/reports.ts";
import { Client, Session, Stage } from "../support/session.ts";

it("the source whose clock was aligned says by how much, and no other", () => {
  const [one] = new PlayedInputs().summaries;
  const shifts = (...differing: Pick<ClockOffset, "source" | "micros" | "isApplied">[]) => {
    const more = { reference: 0, agreeing: 9, messages: 9, isEstablished: true };
    const inputs = Object.assign(new PlayedInputs(), {
      summaries: [one, one],
      times: [
        { first: null, last: null },
        { first: null, last: null },
      ],
      clockOffsets: differing.map((each) => ({ ...more, ...each })),
    });
    const { sources } = new LiveAnalysis(inputs).report().capture;
    expect(sources.map(({ linkTypes }) => linkTypes)).toEqual([[1], [1]]);
    return sources.map(({ clockShiftSeconds }) => clockShiftSeconds);
  };
  expect(shifts()).toEqual([undefined, undefined]);
  expect(shifts({ source: 1, micros: 1_500_000.4, isApplied: true })).toEqual([undefined, 1.5]);
  expect(shifts({ source: 1, micros: 1_500_000 })).toEqual([undefined, undefined]);
  expect(
    shifts({ source: 0, micros: -2_000_000, isApplied: true }, { source: 1, micros: 3, isApplied: true }),
  ).toEqual([-2, 0.000_003]);
});

it.each<[string, number[][], number, string[], number | null]>([
  ["by one", [[1, 2, 3]], 3, ["1", "2", "3"], 1],
  [
    "by one in each IKE SA",
    [
      [1, 2],
      [1, 2, 3],
    ],
    5,
    ["1", "2", "1", "2", "3"],
    1,
  ],
  ["by steps that differ", [[1, 2, 4]], 3, ["1", "2", "4"], null],
  [
    "by steps that differ from one IKE SA to the other",
    [
      [1, 2],
      [1, 4],
    ],
    4,
    ["1", "2", "1", "4"],
    null,
  ],
  ["nothing, with one quick mode", [[7]], 1, ["7"], null],
])("a client counts %s", (_, sas, count, shown, step) => {
  const stage = new Stage(1);
  const one = new Client(stage, { address: "198.51.100.11" }, sas.flat());
  for (const [i, ids] of sas.entries()) {
    const session = one.connect(100 * i);
    for (const k of ids.keys()) session.quickMode(100 * i + 1 + 5 * k);
    session.farewell(100 * i + 50);
  }
  const [{ pattern }] = playLive(stage.sorted(), 0).report.clients;
  expect(pattern).toMatchObject({ ids: count, step });
  expect(pattern.messageIds.map((id) => String(Number(id)))).toEqual(shown);
});

it("a warning has the code of what it warns of", () => {
  const judgement = {
    responders: [],
    refusals: [],
    aliasCandidates: [{ responder: { host: 1 }, other: { host: 2 }, exchange: { messageId: 5 } }],
  } as unknown as Judgement;
  const hosts = { text: (host: number) => `192.0.2.${host}` } as unknown as Hosts;
  const anomalies = ["198.51.100.11: it is odd."];
  expect(buildWarnings(report().capture, judgement, anomalies, NO_INPUT_FACTS, hosts)).toEqual([
    {
      code: "alias-candidate",
      message:
        "192.0.2.2 has vendor IDs like those of 192.0.2.1 and a client that holds message ID 0x00000005: if both are one gateway, say so with --alias 192.0.2.1=192.0.2.2.",
    },
    { code: "pattern-contradicts-vendor", message: "198.51.100.11: it is odd." },
  ]);
});

describe("a client that is met twice", () => {
  const HOLDER = { address: "198.51.100.11" };
  const nat = (port4500: number) => ({ ...HOLDER, port500: port4500 - 40_000, port4500 });

  it.each([
    [41_101, 10],
    [42_202, 70],
  ])("held the ID at the port that it had then: %i", (port, at) => {
    const stage = new Stage(1);
    new Client(stage, nat(41_101)).connect(0).quickMode(0.2).esp(1, 40).farewell(41);
    new Client(stage, nat(42_202)).connect(60).quickMode(60.2).esp(61, 100);
    new Client(stage, { address: "198.51.100.12" })
      .connect(at)
      .unanswered(at + 0.2)
      .farewell(at + 20);
    const { report: made } = playLive(stage.sorted(), 0);
    expect(made.findings.map(({ holder, verdict }) => [verdict, holder.port])).toEqual([["rejected", port]]);
  });

  it("has the platform, and its gateway the make, of the session whose beginning is seen", () => {
    const stage = new Stage(1);
    // Begun before the capture: nothing of phase 1 is in it.
    new Session(stage, HOLDER).float().quickMode(0.2, 1).esp(1, 30).farewell(31);
    new Client(stage, HOLDER).connect(60).quickMode(60.2).esp(61, 90);
    const { report: made } = playLive(stage.sorted(), 0);
    expect(made.clients).toMatchObject([{ platform: "Windows 8 or later", rolesInferred: true }]);
    expect(made.responders).toMatchObject([{ vendor: expect.stringMatching(/Cisco/) }]);
  });

  it("has no inferred roles where all its sessions are seen from their beginning", () => {
    const stage = new Stage(1);
    new Client(stage, HOLDER).connect(0).quickMode(0.2);
    expect(playLive(stage.sorted(), 0).report.clients).toMatchObject([{ rolesInferred: false }]);
  });
});

it("headers that were cut are counted, where there are such", () => {
  const cut = (bytes: number) => {
    const stage = new Stage(1);
    new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2);
    // Ethernet, IPv4 and UDP take 42 bytes, the header 28; the message ID ends four bytes before.
    const records = stage.sorted().map((each) => ({ ...each, frame: each.frame.subarray(0, bytes) }));
    return playLive(records, 0).report.capture.headersCut;
  };
  expect([cut(42 + 28), cut(42 + 24)]).toEqual([undefined, 9]);
});
