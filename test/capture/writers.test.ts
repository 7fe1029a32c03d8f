/** What is written as a capture is read again as it was (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng). */

import { describe, expect, it } from "vitest";
import type { FrameBatch } from "../../src/capture/batch.ts";
import { BatchBuffer } from "../../src/capture/batch-buffer.ts";
import { type CaptureWriter, type PacketOrigin, PcapWriter } from "../../src/capture/pcap-writer.ts";
import { PcapngWriter } from "../../src/capture/pcapng-writer.ts";
import { openBytes, readAll } from "../support/sources.ts";

const MICROS = 1_772_438_400_123_456;

/** Frames of 1 to 5 bytes behind some others, with lengths, interfaces and link types of their own. */
function batchOf(count: number, linkTypes: readonly number[] = [1]): FrameBatch {
  const batch = new BatchBuffer();
  batch.begin(Uint8Array.from({ length: 100 }, (_, i) => i));
  batch.count = count;
  for (let i = 0; i < count; i += 1) {
    batch.offsets[i] = 10 + i;
    batch.captured[i] = 1 + i;
    batch.original[i] = 1_000 + i;
    batch.linkTypes[i] = linkTypes[i % linkTypes.length];
    batch.interfaces[i] = i & 1;
    batch.micros[i] = MICROS + i * 1_000_000;
    batch.nanos[i] = 789;
  }
  return batch as unknown as FrameBatch;
}

async function writtenAndRead(writer: CaptureWriter, batch: FrameBatch, origins: readonly PacketOrigin[]) {
  const parts = [writer.begin()];
  for (let i = 0; i < batch.count; i += 1)
    parts.push(writer.packet(batch, i, origins[i % origins.length], "why"));
  const bytes = Buffer.concat(parts);
  const source = await openBytes(bytes);
  return { bytes, records: await readAll(source), source };
}

const origin = (source: number, timeDigits: 6 | 9): PacketOrigin => ({
  source,
  name: `file ${source}`,
  timeDigits,
});

describe("pcap", () => {
  it.each([
    [false, 0n],
    [true, 789n],
  ])("keeps bytes, lengths and times, with nanoseconds: %s", async (nanos, below) => {
    const { bytes, records, source } = await writtenAndRead(new PcapWriter(113, nanos), batchOf(5), [
      origin(0, 9),
    ]);
    expect(records.map(({ at, bytes: hex, original, linkType }) => [at, hex, original, linkType])).toEqual(
      Array.from({ length: 5 }, (_, i) => [
        BigInt(MICROS + i * 1_000_000) * 1_000n + below,
        Buffer.from(Array.from({ length: 1 + i }, (__, k) => 10 + i + k)).toString("hex"),
        1_000 + i,
        113,
      ]),
    );
    expect(source.summary).toMatchObject({ format: nanos ? "pcap-ns" : "pcap", end: "clean" });
    // Version 2.4, no zone, and the snap length that tcpdump writes, little-endian.
    expect(bytes.subarray(4, 24).toString("hex")).toBe("0200040000000000000000000000040071000000");
  });
});

describe("pcapng", () => {
  it("describes an interface by its link type and the snap length that tcpdump writes", async () => {
    const { bytes } = await writtenAndRead(new PcapngWriter("a"), batchOf(1, [113]), [origin(0, 9)]);
    const section = bytes.readUInt32LE(4);
    expect([
      bytes.readUInt32LE(section),
      bytes.readUInt16LE(section + 8),
      bytes.readUInt32LE(section + 12),
    ]).toEqual([1, 113, 262_144]);
  });

  it("has an interface for each source, interface and link type, of the digits of its clock", async () => {
    const batch = batchOf(5, [1, 1, 101]);
    const { records, source } = await writtenAndRead(new PcapngWriter("ike-dupcheck"), batch, [
      origin(0, 9),
      origin(1, 6),
    ]);
    expect(
      records.map(({ at, bytes, original, linkType, interface: place }) => [
        at,
        bytes,
        original,
        linkType,
        place,
      ]),
    ).toEqual(
      [
        [789n, 1, 0],
        [0n, 1, 1],
        [789n, 101, 2],
        [0n, 1, 1],
        [789n, 1, 0],
      ].map(([below, linkType, place], i) => [
        BigInt(MICROS + i * 1_000_000) * 1_000n + (below as bigint),
        Buffer.from(Array.from({ length: 1 + i }, (_, k) => 10 + i + k)).toString("hex"),
        1_000 + i,
        linkType,
        place,
      ]),
    );
    expect(source.summary).toMatchObject({ format: "pcapng", end: "clean", linkTypes: [1, 101] });
  });

  it("says why each packet is there, and what wrote it, in options with their padding", async () => {
    const { bytes } = await writtenAndRead(new PcapngWriter("ike-dupcheck 1"), batchOf(1), [origin(0, 6)]);
    // Code, length, text, padding to four bytes: comment (1), name of the interface (2), application (4).
    expect(bytes.includes(Buffer.from("01000300776879000000 0000".replace(" ", ""), "hex"))).toBe(true);
    expect(bytes.includes(Buffer.concat([Buffer.from("02000600", "hex"), Buffer.from("file 0\0\0")]))).toBe(
      true,
    );
    expect(
      bytes.includes(Buffer.concat([Buffer.from("04000e00", "hex"), Buffer.from("ike-dupcheck 1\0\0")])),
    ).toBe(true);
  });
});
