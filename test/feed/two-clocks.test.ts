/** Two captures of one conflict, by machines whose clocks differ: together they must say what the better one says alone. */

import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { accountedFor, reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { type PlayedRecord, Session, Stage } from "../support/session.ts";

const SECOND = 1_000_000_000n;

/** Two clients, the second refused while the first is connected, and accepted when it has gone. */
function conflict(): PlayedRecord[] {
  const stage = new Stage(11);
  const first = { address: "198.51.100.11", port500: 1111, port4500: 41_011 };
  const second = { address: "198.51.100.12", port500: 1112, port4500: 41_012 };
  new Session(stage, first).mainMode(0).quickMode(0.2, 1).esp(1, 200).farewell(200);
  new Session(stage, second).mainMode(60).unanswered(60.2, 1, [1, 2, 5, 10]).farewell(95);
  new Session(stage, second).mainMode(230).quickMode(230.2, 1).esp(231, 300).farewell(300);
  return stage.sorted();
}

function ahead(records: readonly PlayedRecord[], seconds: bigint): PlayedRecord[] {
  return records.map((record) => ({ ...record, at: record.at + seconds * SECOND }));
}

function attempts({ findings }: Report): unknown {
  return findings.map(({ verdict, severity, caveats, notes, attempts: all }) => ({
    verdict,
    severity,
    caveats,
    notes,
    attempts: all.map(({ at, outcome, overlap, retransmissions }) => ({
      at,
      outcome,
      overlap,
      retransmissions,
    })),
  }));
}

describe("a second capture of the same", () => {
  const records = conflict();
  /** What the second machine saw: not the whole. */
  const part = records.slice(0, -6);

  it.each<[string, bigint]>([
    ["95 s ahead", 95n],
    ["an hour behind", -3_600n],
  ])("%s: its times are shifted, and its packets are copies", async (_, seconds) => {
    const alone = await reportOn([pcap(records)]);
    const both = await reportOn([pcap(records), pcap(ahead(part, seconds))]);
    expect(attempts(both)).toEqual(attempts(alone));
    expect(both.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    expect(both.capture.retransmissions).toBe(alone.capture.retransmissions);
    expect(both.capture.echoes).toBe(
      part.filter(({ what }) => what === "ikev1" || what === "quick-mode").length,
    );
    expect(both.capture.sources.map(({ clockShiftSeconds }) => clockShiftSeconds)).toEqual([
      undefined,
      -Number(seconds),
    ]);
    expect(both.warnings.map(({ code }) => code)).toEqual(["clock-offset"]);
    expect(both.coverage.complete).toBe(false);
    expect(accountedFor(both)).toBe(records.length + part.length);
  });

  const ofHolder = records.filter(
    ({ frame }) => Buffer.from(frame).indexOf(Buffer.from([198, 51, 100, 11])) >= 0,
  );

  it("of one IKE SA alone, all of which the first has as well, 95 s ahead: its times are shifted", async () => {
    const alone = await reportOn([pcap(records)]);
    const both = await reportOn([pcap(records), pcap(ahead(ofHolder, 95n))]);
    expect(attempts(both)).toEqual(attempts(alone));
    expect(both.capture.sources.map(({ clockShiftSeconds }) => clockShiftSeconds)).toEqual([undefined, -95]);
  });

  it("of one IKE SA alone, and of messages of its own, 7 s ahead: nobody knows what came first", async () => {
    const stage = new Stage(13);
    const other = { address: "198.51.100.13", port500: 1113, port4500: 41_013 };
    new Session(stage, other).mainMode(40).quickMode(40.2, 7).farewell(50);
    const part = [...ofHolder, ...stage.sorted()].sort((a, b) => Number(a.at - b.at));
    const both = await reportOn([pcap(records), pcap(ahead(part, 7n))]);
    expect(both.warnings.map(({ code }) => code)).toEqual(["clock-offset"]);
    expect(both.findings.map(({ verdict }) => verdict)).toEqual(["possible"]);
  });

  it("by the same clock: nothing is said", async () => {
    const both = await reportOn([pcap(records), pcap(part)]);
    expect(both.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    expect(both.warnings).toEqual([]);
  });

  it("of another day, by the same clients: another conflict, and no offset", async () => {
    const other = ahead(records, 86_400n).map((record) => ({ ...record, frame: Buffer.from(record.frame) }));
    // Other cookies, so other messages.
    for (const { frame } of other) {
      const at = frame.readUInt16BE(36) === 500 || frame.readUInt16BE(34) === 500 ? 42 : 46;
      if (frame.length > at + 8) frame[at] ^= 0x5a;
    }
    const both = await reportOn([pcap(records), pcap(other)]);
    expect(both.warnings.map(({ code }) => code)).not.toContain("clock-offset");
  });
});
