import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Report } from "../src/index.ts";
import { reportOn } from "./support/analyzed.ts";

/** Classic pcap, little-endian, Ethernet and IPv4 without options: what the samples used here are. */
const HEADER = 24;
const RECORD = 16;
const IP = RECORD + 14;

function sample(name: string): Buffer {
  return Buffer.from(readFileSync(new URL(`../samples/${name}`, import.meta.url)));
}

function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = HEADER; at < bytes.length; at += RECORD + bytes.readUInt32LE(at + 8)) {
    records.push(bytes.subarray(at, at + RECORD + bytes.readUInt32LE(at + 8)));
  }
  return records;
}

function changed(bytes: Buffer, change: (record: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  for (const record of recordsOf(copy)) change(record);
  return copy;
}

function file(bytes: Buffer, records: readonly Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, HEADER), ...records]);
}

/** All names in a report, in no order. */
function namesOf({ findings, responders }: Report): { findings: string[]; responders: string[] } {
  const names = (list: readonly { fingerprint: string }[]) => list.map(({ fingerprint }) => fingerprint);
  return { findings: names(findings).sort(), responders: names(responders).sort() };
}

async function names(...captures: Buffer[]) {
  return namesOf(await reportOn(captures));
}

const ADDRESSES = [Buffer.from([198, 51, 100, 11]), Buffer.from([198, 51, 100, 12])];

/** The two clients change places: who came first comes second. */
function swapClients(record: Buffer): void {
  for (const at of [IP + 12, IP + 16]) {
    const who = ADDRESSES.findIndex((address) => address.equals(record.subarray(at, at + 4)));
    if (who >= 0) ADDRESSES[1 - who].copy(record, at);
  }
}

describe.each(["two-windows-clients.pcap", "same-nat.pcap", "lab-two-clients.pcap"])("%s", (name) => {
  const bytes = sample(name);
  const records = recordsOf(bytes);
  const half = Math.floor(records.length / 2);
  const first = file(bytes, records.slice(0, half));
  const second = file(bytes, records.slice(half));

  it("has findings to name", async () => {
    const { findings, responders } = await names(bytes);
    expect(findings.length).toBeGreaterThan(0);
    expect(responders.length).toBeGreaterThan(0);
    expect(new Set([...findings, ...responders]).size).toBe(findings.length + responders.length);
  });

  it("in files, in any order, under any names", async () => {
    const whole = await names(bytes);
    expect(await names(first, second)).toEqual(whole);
    expect(await names(second, first)).toEqual(whole);
  });

  it("on another day", async () => {
    const later = changed(bytes, (record) => record.writeUInt32LE(record.readUInt32LE(0) + 86_400 * 9, 0));
    expect(await names(later)).toEqual(await names(bytes));
  });

  it("with other cookies and a capture that ran longer", async () => {
    const again = changed(bytes, (record) => {
      record.writeUInt32LE(record.readUInt32LE(0) + 86_400, 0);
      const udp = IP + 20;
      if (record[IP + 9] !== 17 || record.length < udp + 8 + 4 + 16) return;
      const isakmp = udp + (record.readUInt32BE(udp + 8) === 0 ? 12 : 8);
      // The first byte of both cookies, where there is one.
      record[isakmp] ^= 0x5a;
      if (!record.subarray(isakmp + 8, isakmp + 16).equals(Buffer.alloc(8))) record[isakmp + 8] ^= 0x5a;
    });
    const longer = file(bytes, [...records, ...recordsOf(again)]);
    const { findings, responders } = await names(longer);
    const whole = await names(bytes);
    expect(findings).toEqual(expect.arrayContaining(whole.findings));
    expect(responders).toEqual(whole.responders);
  });
});

it("with the roles swapped: the one who came first comes second", async () => {
  const bytes = sample("two-windows-clients.pcap");
  const [before] = (await reportOn([bytes])).findings;
  const [after] = (await reportOn([changed(bytes, swapClients)])).findings;
  expect([after.holder.address, after.contender.address]).toEqual([
    before.contender.address,
    before.holder.address,
  ]);
  expect(after.fingerprint).toBe(before.fingerprint);
});

it("of another responder, or another client, is another", async () => {
  const bytes = sample("two-windows-clients.pcap");
  const replaced = (from: number[], to: number[]) =>
    changed(bytes, (record) => {
      for (const at of [IP + 12, IP + 16]) {
        if (Buffer.from(from).equals(record.subarray(at, at + 4))) record.set(to, at);
      }
    });
  const one = await names(bytes);
  const otherBox = await names(replaced([192, 0, 2, 1], [192, 0, 2, 9]));
  const otherClient = await names(replaced([198, 51, 100, 12], [198, 51, 100, 99]));
  expect(new Set([...one.findings, ...otherBox.findings, ...otherClient.findings]).size).toBe(3);
  expect(otherBox.responders).not.toEqual(one.responders);
  expect(otherClient.responders).toEqual(one.responders);
});
