/** A disk that fails in the middle of a read, without a program: what was read before it stands, with one sentence. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { openInput, openSource } from "../../src/feed/formats.ts";
import { spoolToDisk } from "../../src/node/spool.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { tarOf, zipOf } from "../support/archive-forms.ts";

const SAMPLE = readFileSync(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
const DISK_FAILED = "x: reading failed (the disk or share that it lies on failed).";

/** The first bytes, and then the failure that Node makes of EIO. */
async function* failing(bytes: Uint8Array, after: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, after);
  throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
}

it("of a gzip capture: its packets up to there are read", async () => {
  const packed = gzipSync(SAMPLE);
  const options = { decompressors: DECOMPRESSORS };
  const source = await openSource(new IterableSource(failing(packed, packed.length >> 1)), "x", options);
  let packets = 0;
  for (let batch = await source.next(); batch !== null; batch = await source.next()) packets += batch.count;
  // Half of the packed bytes: some, and not all of the 84.
  expect(packets).toBeGreaterThan(10);
  expect(packets).toBeLessThan(84);
  expect(source.summary).toMatchObject({ end: "corrupt", problem: DISK_FAILED });
});

const FILES = ["a", "b", "c"].map((name) => ({ name: `${name}.pcap`, bytes: SAMPLE }));
const SPOOLS = [
  ["kept in memory", {}],
  ["kept where it may go to disk", { spool: spoolToDisk }],
] as const;

it.each(SPOOLS)("of a packed tar: the files before it stand, %s", async (_, spool) => {
  const packed = gzipSync(tarOf(FILES), { level: 0 });
  const bytes = new IterableSource(failing(packed, packed.length >> 1));
  const { archive } = await openInput(bytes, "x", { decompressors: DECOMPRESSORS, ...spool });
  // Half of three: the first one, and a part of the second.
  expect(archive?.members.map(({ name }) => name)).toEqual(["a.pcap", "b.pcap"]);
  expect(archive?.failures.map(({ message }) => message)).toEqual([
    "x: b.pcap is cut off",
    "x: reading failed (the disk or share that it lies on failed); what is behind it was not looked at",
  ]);
});

it.each(SPOOLS)("of a zip, whose directory stands at its end: nothing of it, %s", async (_, spool) => {
  const zip = zipOf(FILES);
  const bytes = new IterableSource(failing(zip, zip.length >> 1));
  await expect(openInput(bytes, "x", { decompressors: DECOMPRESSORS, ...spool })).rejects.toThrow(
    /^cannot read x: the disk or share that it lies on failed$/,
  );
});

it("of a gateway's log: its lines up to there are read, and the sentence is that of captures", async () => {
  const line =
    "Nov  8 07:10:05 asa1 %ASA-5-713120: Group = g, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=00000001)\n";
  const taken: string[] = [];
  const gatewayLog = () => ({ take: (each: string) => taken.push(each), pass: () => {} });
  const bytes = new TextEncoder().encode(line.repeat(100));
  const source = await openSource(new IterableSource(failing(bytes, 50 * line.length)), "x", { gatewayLog });
  expect(await source.next()).toBeNull();
  expect(taken).toHaveLength(50);
  expect(source.summary).toMatchObject({ end: "corrupt", problem: DISK_FAILED });
});
