/** What became of each client, from captures that are played with a known truth. */

import { describe, expect, it } from "vitest";
import { outcomeText } from "../../src/printers/clients-section.ts";
import type { ClientOutcome } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Stage } from "../support/session.ts";

const HOLDER = "198.51.100.11";
const OTHER = "198.51.100.12";
/** The stage begins at 08:00:00. */
const at = (seconds: number) =>
  new Date(Date.UTC(2026, 2, 2, 8, 0, 0) + seconds * 1_000).toISOString().replace("Z", "000Z");

async function outcomes(play: (stage: Stage) => void): Promise<Map<string, ClientOutcome>> {
  const stage = new Stage(7);
  play(stage);
  const { clients } = await reportOn([pcap(stage.sorted())]);
  return new Map(clients.map(({ address, outcome }) => [address, outcome]));
}

function holder(stage: Stage, until = 90): void {
  new Client(stage, { address: HOLDER }).connect(0).quickMode(0.2).esp(1, until);
}

describe("the outcome of a client", () => {
  it("connected: no try failed", async () => {
    const all = await outcomes((stage) => holder(stage));
    expect(all.get(HOLDER)).toEqual({
      kind: "connected",
      keptOut: 0,
      firstAt: null,
      lastAt: null,
      connectedAt: at(0.2),
      keptOutSeconds: 0,
    });
  });

  it("kept out: how often, from the first try to the last retransmission of the last", async () => {
    const all = await outcomes((stage) => {
      holder(stage);
      new Client(stage, { address: OTHER }).connect(10).unanswered(10.2);
      new Client(stage, { address: OTHER }).connect(30).unanswered(30.2);
    });
    const outcome = all.get(OTHER)!;
    expect(outcome).toMatchObject({ kind: "kept-out", keptOut: 2, firstAt: at(10.2), connectedAt: null });
    // Retransmissions after 1, 3 and 5 seconds, as the stage plays them.
    expect(Date.parse(outcome.lastAt!)).toBeGreaterThan(Date.parse(at(30.2)));
    expect(Date.parse(outcome.lastAt!)).toBeLessThanOrEqual(Date.parse(at(40)));
    const span = (Date.parse(outcome.lastAt!) - Date.parse(outcome.firstAt!)) / 1_000;
    expect(outcome.keptOutSeconds).toBeCloseTo(span, 1);
  });

  it("kept out, then connected: the time until it got in counts", async () => {
    const all = await outcomes((stage) => {
      holder(stage, 40);
      new Client(stage, { address: OTHER }).connect(10).unanswered(10.2);
      new Client(stage, { address: OTHER }).connect(80).quickMode(80.2).esp(81, 120);
    });
    expect(all.get(OTHER)).toMatchObject({
      kind: "kept-out",
      keptOut: 1,
      firstAt: at(10.2),
      connectedAt: at(80.2),
      keptOutSeconds: 70,
    });
  });

  it("not known: no quick mode, or one whose answer is not shown", async () => {
    const all = await outcomes((stage) => {
      holder(stage);
      new Client(stage, { address: OTHER }).connect(89);
    });
    expect(all.get(OTHER)?.kind).toBe("unknown");
  });

  it("two tries far apart are two spells: the hours between do not count", async () => {
    const all = await outcomes((stage) => {
      holder(stage, 4_000);
      new Client(stage, { address: OTHER }).connect(10).unanswered(10.2);
      new Client(stage, { address: OTHER }).connect(3_600).unanswered(3_600.2);
    });
    expect(all.get(OTHER)!.keptOut).toBe(2);
    expect(all.get(OTHER)!.keptOutSeconds).toBeLessThan(60);
  });
});

const base = { firstAt: at(1), lastAt: at(2), keptOutSeconds: 1 };
it.each([
  ["connected", { ...base, kind: "connected", keptOut: 0, connectedAt: at(0) }],
  ["not known", { ...base, kind: "unknown", keptOut: 0, connectedAt: null }],
  ["kept out (1 try)", { ...base, kind: "kept-out", keptOut: 1, connectedAt: null }],
  ["kept out (2 tries), then connected", { ...base, kind: "kept-out", keptOut: 2, connectedAt: at(9) }],
] as const)("in words: %s", (words, outcome) => {
  expect(outcomeText({ outcome })).toBe(words);
});
