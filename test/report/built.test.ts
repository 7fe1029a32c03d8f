/** What a report is made of: names that stay the same, the order of things, and what is drawn first. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

const folder = mkdtempSync(join(tmpdir(), "built-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The report on what was played, and what is drawn of it. */
async function built(stage: Stage, options: Parameters<typeof analyze>[1] = {}) {
  files += 1;
  const path = join(folder, `${files}.pcap`);
  writeFileSync(path, pcap(stage.sorted()));
  const { report, timelines } = await analyze([path], options);
  return { report, drawn: timelines() };
}

const HOLDER = { address: "198.51.100.11" };
const NAT = "198.51.100.250";
const behindNat = (n: number) => ({ address: NAT, port500: 1100 + n, port4500: 41_000 + n });

describe("names of findings", () => {
  /** Fingerprints of two that are kept out by a neighbour behind their NAT, the one of the lower port first. */
  async function fingerprints(seed: number, ...order: readonly number[]) {
    const stage = new Stage(seed);
    // Clients elsewhere, whose ports lie between theirs on one of the days.
    for (const n of [2, 13])
      new Session(stage, { ...behindNat(n), address: `203.0.113.${n}` })
        .mainMode(60 + n)
        .quickMode(61 + n, 9 + n);
    new Session(stage, behindNat(1)).mainMode(0).quickMode(0.2, 1).esp(1, 90);
    for (const [i, n] of order.entries()) {
      const at = 10 + 2 * i;
      new Session(stage, behindNat(n))
        .mainMode(at)
        .unanswered(at + 0.2, 1)
        .farewell(at + 14);
    }
    const { report } = await built(stage);
    const found = report.findings.map(
      ({ contender, fingerprint }) => [contender.port!, fingerprint] as const,
    );
    return found.sort(([a], [b]) => a - b).map(([, fingerprint]) => fingerprint);
  }

  it("tell neighbours behind one NAT apart by the order of their ports, whoever came first (8)", async () => {
    const found = await fingerprints(70, 2, 3);
    expect(new Set(found).size).toBe(2);
    expect(await fingerprints(71, 3, 2)).toEqual(found);
    // Other ports of the NAT on another day.
    expect(await fingerprints(75, 12, 13)).toEqual(found);
  });
});

describe("what a finding holds", () => {
  it("has its events in the order of time: a refusal comes before the copy that follows it", async () => {
    const stage = new Stage(72);
    new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).esp(1, 90);
    const contender = new Session(stage, { address: "198.51.100.12" }).mainMode(10);
    const first = contender.encrypted(32, 1, 332);
    contender.send(10.2, "client", first);
    contender.deleteEsp(10.7, "responder");
    contender.send(11.2, "client", first);
    const { report } = await built(stage);
    const events = report.findings.flatMap(({ attempts }) => attempts.flatMap((each) => each.events ?? []));
    expect(events.map(({ what }) => what)).toEqual(["first-message", "informational", "last-retransmission"]);
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort());
  });

  it("has its message IDs in the order of their numbers", async () => {
    const stage = new Stage(77);
    new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 2).quickMode(0.4, 10).esp(1, 90);
    for (const [at, id] of [
      [10, 10],
      [40, 2],
    ])
      new Session(stage, { address: "198.51.100.12" })
        .mainMode(at)
        .unanswered(at + 0.2, id)
        .farewell(at + 12);
    const { report } = await built(stage, { partition: { index: 1, count: 1 } });
    expect(report.findings.map(({ messageIdsDecimal }) => messageIdsDecimal)).toEqual([[2, 10]]);
    expect(report.capture.partition).toEqual({ index: 1, count: 1 });
  });

  it("names each flow of a client once: on port 500, and on 4500 behind a NAT", async () => {
    const stage = new Stage(73);
    new Session(stage, behindNat(1)).mainMode(0).quickMode(0.2, 1);
    new Session(stage, HOLDER).mainMode(5).quickMode(5.2, 1).quickMode(5.4, 2);
    const { report } = await built(stage);
    const flows = report.clients.map(({ communityIds }) => communityIds);
    expect(flows.map((ids) => ids.length)).toEqual([2, 1]);
    expect(new Set(flows.flat()).size).toBe(3);
  });
});

describe("a gateway with several addresses", () => {
  it("is named with those that were declared, and those that one IKE SA went on at (3.7)", async () => {
    const stage = new Stage(76);
    const [first, second, third] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];
    const client = new Session(stage, { ...HOLDER, responder: first }).mainMode(0).quickMode(0.2, 1);
    const { initiatorCookie, responderCookie } = client;
    const moved = new Session(stage, { ...HOLDER, responder: second });
    Object.assign(moved, { initiatorCookie, responderCookie }).quickMode(5, 2);
    const { report } = await built(stage, { aliases: [[first, third]] });
    expect(report.responders.map(({ address, aliases }) => [address, [...aliases].sort()])).toEqual([
      [first, [second, third]],
    ]);
  });
});

describe("what is drawn", () => {
  it("is the gateway with most attempts first, clients in the order in which they came", async () => {
    const stage = new Stage(74);
    // A gateway where nothing happens, before the other.
    new Session(stage, { ...HOLDER, responder: "192.0.2.7" }).mainMode(0).quickMode(0.2, 1).esp(1, 90);
    new Session(stage, HOLDER).mainMode(2).quickMode(2.2, 1).esp(3, 90);
    new Session(stage, { address: "198.51.100.12" }).mainMode(10).unanswered(10.2, 1).farewell(22);
    const { drawn } = await built(stage);
    expect(
      drawn.map(({ responder, joins, lanes, omitted }) => [responder, joins.length, lanes.length, omitted]),
    ).toEqual([
      ["192.0.2.1", 1, 2, 0],
      ["192.0.2.7", 0, 1, 0],
    ]);
    const [{ from, to, lanes }] = drawn;
    const begins = lanes.map(({ lives }) => Math.min(...lives.map((each) => each.from)));
    expect(begins).toEqual([...begins].sort((a, b) => a - b));
    expect([Math.min(...begins), to > from]).toEqual([from, true]);
  });
});
