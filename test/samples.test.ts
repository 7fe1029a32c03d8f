import { readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Report } from "../src/analyze.ts";
import { accountedFor, essence, reportOn } from "./support/analyzed.ts";
import { pcap } from "./support/capture-files.ts";
import { captures } from "./support/captures.ts";
import { FIRST_CLIENT, SECOND_CLIENT, TRUTH } from "./support/sample-truth.ts";
import { buildSamples } from "./support/samples.ts";

const folder = new URL("../samples/", import.meta.url);
const samples = buildSamples();

/** Captures of real daemons among the samples, and what they are called where they come from. */
const FROM_LAB: readonly [string, string][] = [
  ["lab-two-clients.pcap", "vista-like-two-clients.pcap"],
  ["lab-asa-drops-second.pcap", "vista-like-asa-drops-second.pcap"],
  ["lab-one-client-reconnects.pcap", "vista-like-one-client-reconnects.pcap"],
  ["lab-nat-two-clients.pcap", "04-nat-two-clients.pcap"],
];

describe("samples are what they are said to be", () => {
  it.each([...samples])("%s is what its builder makes, byte by byte", (name, { bytes }) => {
    const file = new URL(name, folder);
    if (process.env.UPDATE_SAMPLES === "1") writeFileSync(file, bytes);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(60_000);
  });

  it.each(FROM_LAB)("%s is the capture %s of real daemons", (name, original) => {
    const path = captures("lab", original);
    if (path === null) {
      console.log(`skipped: ${original} is not at hand to compare with`);
      return;
    }
    expect(readFileSync(new URL(name, folder)).equals(readFileSync(path))).toBe(true);
  });

  it("every capture has a truth and a line in the README, and the other way round", async () => {
    const files = (await readdir(folder)).filter((name) => /\.pcap(ng)?$/.test(name)).sort();
    expect(files).toEqual(Object.keys(TRUTH).sort());
    const readme = readFileSync(new URL("README.md", folder), "utf8");
    for (const name of files) expect(readme).toContain(`\`${name}\``);
  });
});

async function reportOnSample(name: string): Promise<Report> {
  return reportOn([readFileSync(new URL(name, folder))]);
}

describe("what the program says of each sample", () => {
  it.each(Object.entries(TRUTH))("%s", async (name, truth) => {
    const report = await reportOnSample(name);
    const built = samples.get(name);
    if (built !== undefined && truth.lost === undefined) {
      expect(report.capture.messages.ikev1).toBe(built.ikev1);
      expect(report.capture.quickModeMessages).toBe(built.quickModeMessages);
    }
    if (truth.messages !== undefined) expect(report.capture.messages).toMatchObject(truth.messages);
    expect(accountedFor(report)).toBe(report.capture.packets);
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(
      truth.finding === undefined ? [] : [truth.finding.verdict],
    );
    expect(report.warnings.map(({ code }) => code)).toEqual(truth.warnings ?? []);
    if (truth.patterns !== undefined) {
      expect(
        Object.fromEntries(report.clients.map((each) => [`${each.address}:${each.port}`, each.pattern.kind])),
      ).toEqual(truth.patterns);
    }
    if (truth.finding === undefined) return;
    const [finding] = report.findings;
    const { holder = FIRST_CLIENT, contender = SECOND_CLIENT, ...rest } = truth.finding;
    expect(finding).toMatchObject(rest);
    expect([finding.holder.address, finding.contender.address]).toEqual([holder, contender]);
  });
});

describe("how a capture is cut into files does not matter", () => {
  const whole = [...samples].filter(([name]) => name.endsWith(".pcap") && !/truncated|clock-step/.test(name));

  /** Cuts a classic pcap into two by a rule on the number of the record. */
  function cut(bytes: Buffer, first: (i: number, count: number) => boolean): [Buffer, Buffer] {
    const header = bytes.subarray(0, 24);
    const records: Buffer[] = [];
    for (let at = 24; at < bytes.length; ) {
      const end = at + 16 + bytes.readUInt32LE(at + 8);
      records.push(bytes.subarray(at, end));
      at = end;
    }
    const part = (wanted: boolean) =>
      Buffer.concat([header, ...records.filter((_, i) => first(i, records.length) === wanted)]);
    return [part(true), part(false)];
  }

  it.each(whole)(
    "%s in two files, one after the other or interleaved, in either order",
    async (_name, { bytes }) => {
      const expected = essence(await reportOn([bytes]));
      for (const rule of [(i: number, count: number) => i < count / 2, (i: number) => i % 3 === 0]) {
        const [one, two] = cut(bytes, rule);
        expect(essence(await reportOn([one, two]))).toEqual(expected);
        expect(essence(await reportOn([two, one]))).toEqual(expected);
      }
      expect(essence(await reportOn([bytes, pcap([])]))).toEqual(expected);
    },
  );
});
