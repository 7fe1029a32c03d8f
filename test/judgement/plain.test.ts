import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { PlainSas } from "../../src/judgement/plain.ts";
import { Bench } from "../simulator/bench.ts";
import { pcap } from "../support/capture-files.ts";
import { crowd } from "../support/crowds.ts";
import { playLive } from "../support/played-live.ts";
import { type PlayedRecord, Session, Stage, windowsVendorIds } from "../support/session.ts";

const bench = new Bench();

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  bench.close();
});

/** Everything that is said of frames while they come, and at their end. */
function said(records: readonly PlayedRecord[]): unknown {
  const seen: unknown[] = [];
  const { told, report, analysis } = playLive(records, 70, {
    watch: (live, now) => {
      if (now % 4_700 === 0) seen.push(live.presence(now), live.tally);
    },
  });
  return structuredClone({ told, report: { ...report }, seen, timelines: analysis.timelines() });
}

/** How many IKE SAs were passed over as plain since, in all judgements together. */
function countPlain(): () => number {
  const { settle } = PlainSas.prototype;
  let count = 0;
  vi.spyOn(PlainSas.prototype, "settle").mockImplementation(function (
    this: PlainSas,
    responder,
    order,
    others,
  ) {
    settle.call(this, responder, order, others);
    count += order.filter((index) => this.isPlain(index)).length;
  });
  return () => count;
}

/** What `say` returns where nobody is passed over. */
function withRulesForAll<T>(say: () => T): T {
  vi.spyOn(PlainSas.prototype, "take").mockReturnValue(false);
  return say();
}

describe("the rules would say the same of what is passed over as plain", () => {
  const crowds = Array.from({ length: 80 }, (_, seed) => ({
    seed,
    clients: [4, 25, 60, 240][seed % 4],
    unusual: [1_000, 60, 20, 8, 30][seed % 5],
  }));

  it.each(crowds)("in captures: %o", async ({ seed, clients, unusual }) => {
    const capture = pcap(crowd(seed, clients, unusual));
    const plain = countPlain();
    const report = await bench.report([capture]);
    if (unusual === 1_000) expect(plain()).toBeGreaterThan(clients / 5);
    expect(await withRulesForAll(() => bench.report([capture]))).toEqual(report);
  });

  it("of an ID that ESP shows somebody to have used unseen", async () => {
    const stage = new Stage(1);
    const vendorIds = windowsVendorIds(9);
    new Session(stage, { address: "10.0.0.1", vendorIds }).mainMode(0).esp(1, 60, 1);
    new Session(stage, { address: "10.0.0.2", vendorIds }).mainMode(20).quickMode(21, 1);
    const capture = pcap(stage.sorted());
    const report = await bench.report([capture]);
    expect(report.findings).toHaveLength(1);
    expect(await withRulesForAll(() => bench.report([capture]))).toEqual(report);
  });

  it.each(crowds.slice(0, 10))("while packets come: %o", ({ seed, clients, unusual }) => {
    const records = crowd(seed, clients, unusual);
    const live = said(records);
    expect(withRulesForAll(() => said(records))).toEqual(live);
  });
});
