/**
 * The fast path against a plain one: the captures of the benchmark, read here record by record without batches, tables
 * of words or short cuts. Kind by kind the counts, and for each client its IDs and when it was seen, must be the same.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { analyze } from "../src/index.ts";
import { benchCapture, type CaptureKind } from "./bench/captures.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-reference-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  first: number;
  last: number;
  ids: string[];
}

/** Ethernet, IPv4 without options; the only link layer that the benchmark writes (both checked). */
function readPlainly(bytes: Buffer) {
  const counts = { packets: 0, messages: 0, quickModes: 0, esp: 0, espInUdp: 0 };
  const clients = new Map<string, Seen>();
  for (let at = 24; at < bytes.length; ) {
    const micros = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    counts.packets += 1;
    expect([frame.readUInt16BE(12), frame[14]]).toEqual([0x0800, 0x45]);
    const [from, to] = [26, 30].map((offset) => frame.subarray(offset, offset + 4).join("."));
    // The clients of the benchmark are in 10.0.0.0/8, its gateways in 192.0.2.0/24.
    const client = from.startsWith("10.") ? from : to;
    if (frame[23] === 50) counts.esp += 1;
    if (frame[23] !== 17) continue;
    const ports = [frame.readUInt16BE(34), frame.readUInt16BE(36)];
    let message = frame.subarray(42);
    if (ports.includes(4500)) {
      if (message.readUInt32BE(0) !== 0) {
        counts.espInUdp += 1;
        const seen = clients.get(client);
        // ESP belongs to the client from its first quick mode on.
        if (seen !== undefined && seen.ids.length > 0) seen.last = Math.max(seen.last, micros);
        continue;
      }
      message = message.subarray(4);
    } else if (!ports.includes(500)) continue;
    counts.messages += 1;
    const seen = clients.get(client) ?? { first: micros, last: micros, ids: [] };
    clients.set(client, seen);
    seen.last = micros;
    if (message[18] !== 32) continue;
    counts.quickModes += 1;
    const id = `0x${message.subarray(20, 24).toString("hex")}`;
    if (!seen.ids.includes(id)) seen.ids.push(id);
  }
  return { counts, clients };
}

it.each<[CaptureKind, number]>([
  ["esp", 12],
  ["small", 8],
  ["ike", 3],
])("%s: counts and clients are those of a plain reading", async (kind, megabytes) => {
  const path = benchCapture(folder, kind, megabytes);
  const { counts, clients } = readPlainly(readFileSync(path));
  const { report } = await analyze([path]);
  const { capture } = report;
  expect(capture.packets).toBe(counts.packets);
  expect(capture.messages).toEqual({ ikev1: counts.messages, ikev2: 0, authip: 0, malformed: 0 });
  expect(capture.quickModeMessages).toBe(counts.quickModes);
  expect(capture.skipped.esp ?? 0).toBe(counts.esp);
  expect(capture.skipped["esp-in-udp"] ?? 0).toBe(counts.espInUdp);
  const withIds = [...clients].filter(([, { ids }]) => ids.length > 0);
  expect(withIds.length).toBeGreaterThan(0);
  const iso = (micros: number) =>
    `${new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)}.${String(micros % 1e6).padStart(6, "0")}Z`;
  const expected = withIds.map(
    ([address, { ids, first, last }]) => `${address} ${ids} ${iso(first)} ${iso(last)}`,
  );
  const told = report.clients.map(
    ({ address, pattern, firstSeenAt, lastSeenAt }) =>
      `${address} ${pattern.messageIds} ${firstSeenAt} ${lastSeenAt}`,
  );
  expect(told.sort()).toEqual(expected.sort());
});
