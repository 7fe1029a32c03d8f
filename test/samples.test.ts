import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { exitStatus } from "../src/cli/exit-status.ts";
import type { Report } from "../src/index.ts";
import { accountedFor, essence, reportOn } from "./support/analyzed.ts";
import { captures } from "./support/captures.ts";
import { buildSamples, playSamples } from "./support/samples.ts";
import type { ExpectedFinding } from "./support/samples-expected.ts";
import { TRUTH } from "./support/samples-truth.ts";

const folder = new URL("../samples/", import.meta.url);
const played = playSamples();
const update = process.env.UPDATE_SAMPLES === "1";

/** Captures of real daemons among the samples, and what they are called where they come from. */
const FROM_LAB: readonly [string, string][] = [
  ["lab-two-clients.pcap", "vista-like-two-clients.pcap"],
  ["lab-asa-drops-second.pcap", "vista-like-asa-drops-second.pcap"],
  ["lab-one-client-reconnects.pcap", "vista-like-one-client-reconnects.pcap"],
  ["lab-nat-two-clients.pcap", "04-nat-two-clients.pcap"],
];

function read(name: string): Buffer {
  return readFileSync(new URL(name, folder));
}

describe("samples are what they are said to be", () => {
  it.each([...buildSamples()])("%s is what its builder makes, byte by byte", (name, bytes) => {
    if (update) writeFileSync(new URL(name, folder), bytes);
    expect(read(name).equals(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(60_000);
  });

  it.for(FROM_LAB)("%s is the capture %s of real daemons", ([name, original], context) => {
    const path = captures("lab", original);
    if (path === null) {
      console.log(`skipped: ${original} is not at hand to compare with`);
      return context.skip();
    }
    if (update) copyFileSync(path, new URL(name, folder));
    expect(read(name).equals(readFileSync(path))).toBe(true);
  });

  it("every capture has a truth and a line in the README, and the other way round", async () => {
    const files = (await readdir(folder)).filter((name) => /\.pcap(ng)?$/.test(name)).sort();
    expect(files).toEqual(Object.keys(TRUTH).sort());
    const readme = readFileSync(new URL("README.md", folder), "utf8");
    const named = [...readme.matchAll(/`([\w-]+\.pcap(?:ng)?)`/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(files);
  });

  it.each<[string, number[]]>([
    ["two-windows-clients.pcap", [408, 144, 388, 356, 76, 76, 332, 172, 60]],
    ["windows-session-nat.pcap", [384, 144, 388, 356, 76, 76, 332, 332, 172, 172, 60, 60, 76, 76]],
  ])("%s has messages of the sizes that Windows sends", (name, sizes) => {
    const lengths = partsOf(read(name)).records.flatMap((record) => {
      const udp = record[16 + 14 + 9] === 17 ? record.subarray(16 + 14 + 20) : Buffer.alloc(0);
      if (udp.length < 8 + 28) return [];
      const floated = [udp.readUInt16BE(0), udp.readUInt16BE(2)].includes(4500);
      // On port 4500, what begins without the non-ESP marker is ESP.
      if (floated && udp.readUInt32BE(8) !== 0) return [];
      return [udp.readUInt32BE(8 + (floated ? 4 : 0) + 24)];
    });
    expect(lengths.slice(0, sizes.length)).toEqual(sizes);
  });
});

/** Address and port as the table of truths has them. */
function endpoint({ address, port }: { address: string | null; port: number | null }): string | null {
  if (address === null) return null;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function byClient<T>(report: Report, pick: (client: Report["clients"][number]) => T): Record<string, T> {
  return Object.fromEntries(report.clients.map((client) => [endpoint(client), pick(client)]));
}

function expectFinding(finding: Report["findings"][number], expected: ExpectedFinding): void {
  const {
    holder,
    contender,
    caveats,
    perhaps = [],
    candidates,
    acceptedWhenFree,
    attempts,
    ...rest
  } = expected;
  expect(finding).toMatchObject(rest);
  expect([endpoint(finding.holder), endpoint(finding.contender)]).toEqual([holder, contender]);
  expect(finding.holder.candidates?.map(({ address }) => address)).toEqual(candidates);
  expect(finding.caveats.filter((caveat) => !perhaps.includes(caveat)).sort()).toEqual([...caveats].sort());
  expect(finding.notes.includes("accepted-when-free")).toBe(acceptedWhenFree === true);
  expect(finding.attempts).toHaveLength(attempts.length);
  attempts.forEach((attempt, i) => {
    expect(finding.attempts[i]).toMatchObject(attempt);
  });
}

describe("what the program says of each sample", () => {
  it.each(Object.entries(TRUTH))("%s", async (name, truth) => {
    const report = await reportOn([read(name)]);
    const { capture } = report;
    const { finding, warnings = [], counted } = truth;
    const sample = played.get(name);
    const { packets, messages, quickModeMessages } = sample ?? {
      packets: counted?.packets,
      messages: { ikev1: counted?.ikev1, ikev2: 0, authip: 0, malformed: 0 },
      quickModeMessages: counted?.quickMode,
    };
    expect({ packets: capture.packets, ...capture.messages }).toEqual({ packets, ...messages });
    expect(capture.quickModeMessages).toBe(quickModeMessages);
    expect(accountedFor(report)).toBe(capture.packets);

    expect(report.findings.map(({ verdict }) => verdict)).toEqual(
      finding === undefined ? [] : [finding.verdict],
    );
    if (finding !== undefined) expectFinding(report.findings[0], finding);
    expect(report.warnings.map(({ code }) => code)).toEqual(warnings);
    if (truth.patterns !== undefined)
      expect(byClient(report, ({ pattern }) => pattern.kind)).toEqual(truth.patterns);
    if (truth.messageIds !== undefined) {
      expect(byClient(report, ({ pattern }) => pattern.messageIds)).toEqual(truth.messageIds);
    }
    if (truth.peak !== undefined) {
      const peaks = report.responders.map((each) => [each.address, each.peakConcurrentSequential]);
      expect(Object.fromEntries(peaks)).toEqual(truth.peak);
    }
    if (truth.echoes !== undefined) expect(capture.echoes).toBe(truth.echoes);
    if (truth.retransmissions !== undefined) expect(capture.retransmissions).toBe(truth.retransmissions);

    const found = finding === undefined || finding.verdict === "tolerated" ? 0 : 1;
    const outcome = { report, failed: false };
    expect(exitStatus(outcome, "possible", false)).toBe(found);
    expect(exitStatus(outcome, "possible", true)).toBe(warnings.length > 0 ? 2 : found);
  });
});

/** The parts of a capture that its pieces share, and its packets: records of pcap, or blocks of pcapng. */
function partsOf(bytes: Buffer): { header: Buffer; records: Buffer[] } {
  const ng = bytes.readUInt32LE(0) === 0x0a0d0d0a;
  const header: Buffer[] = ng ? [] : [bytes.subarray(0, 24)];
  const records: Buffer[] = [];
  for (let at = ng ? 0 : 24; at < bytes.length; ) {
    const end = at + (ng ? bytes.readUInt32LE(at + 4) : 16 + bytes.readUInt32LE(at + 8));
    (ng && bytes.readUInt32LE(at) !== 6 ? header : records).push(bytes.subarray(at, end));
    at = end;
  }
  return { header: Buffer.concat(header), records };
}

/** Cuts a capture into two by a rule on the number of the record. */
function cut(bytes: Buffer, first: (i: number, count: number) => boolean): [Buffer, Buffer] {
  const { header, records } = partsOf(bytes);
  const part = (wanted: boolean) =>
    Buffer.concat([header, ...records.filter((_, i) => first(i, records.length) === wanted)]);
  return [part(true), part(false)];
}

describe("how a capture is cut into files does not matter", () => {
  // A clock that was set back is seen within one source only (6.13): cut there, the files have no step.
  const names = Object.keys(TRUTH).filter((name) => name !== "clock-step.pcap");
  const rules: ((i: number, count: number) => boolean)[] = [
    (i, count) => i < count / 2,
    (i) => i % 3 === 0,
    // Not every second packet: where ESP goes to and fro in turn, each file would show one direction alone, which says
    // less of the other (contract 6.4).
    (i) => i % 5 < 2,
  ];

  it.each(names)("%s in two files, one after the other or interleaved, in either order", async (name) => {
    const bytes = read(name);
    const expected = essence(await reportOn([bytes]));
    for (const rule of rules) {
      const [one, two] = cut(bytes, rule);
      expect(essence(await reportOn([one, two]))).toEqual(expected);
      expect(essence(await reportOn([two, one]))).toEqual(expected);
    }
  });
});
