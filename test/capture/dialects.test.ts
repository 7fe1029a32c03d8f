/** Forms that no program here writes, written by hand in both byte orders; tshark says what is in them. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openBytes, type PlainRecord, readAll } from "../support/sources.ts";
import { hasTool } from "../support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-dialects-"));
afterAll(() => rmSync(folder, { recursive: true }));
const hasTshark = hasTool("tshark");

const SECONDS = 1_772_438_400;
/** Frames whose first one does not look like Ethernet, so that only the records tell the dialect. */
const FRAMES = [60, 301, 98, 1].map((length, i) => Buffer.alloc(length, 0xa1 + i));

const NOTHING: Uint8Array = new Uint8Array(0);

interface Layout {
  magic: number;
  minor?: number;
  network?: number;
  /** Bytes behind the 24 of the file header. */
  fileExtra?: number;
  /** Bytes behind the 16 of a record header. */
  extra?: Uint8Array;
  lengthsSwapped?: boolean;
  fraction?: number;
}

function pcap(
  {
    magic,
    minor = 4,
    network = 1,
    fileExtra = 0,
    extra = NOTHING as Buffer,
    lengthsSwapped = false,
    fraction = 123_456,
  }: Layout,
  little: boolean,
): Buffer {
  const u32 = (values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) {
      if (little) bytes.writeUInt32LE(value, 4 * i);
      else bytes.writeUInt32BE(value, 4 * i);
    }
    return bytes;
  };
  const version = little ? Buffer.from([2, 0, minor, 0]) : Buffer.from([0, 2, 0, minor]);
  const parts: Uint8Array[] = [u32([magic]), version, u32([0, 0, 65_535, network]), Buffer.alloc(fileExtra)];
  for (const [i, frame] of FRAMES.entries()) {
    const lengths = [frame.length, frame.length + i];
    parts.push(u32([SECONDS + i, fraction, ...(lengthsSwapped ? lengths.reverse() : lengths)]), extra, frame);
  }
  return Buffer.concat(parts);
}

const LAYOUTS: [string, string, Layout][] = [
  ["standard", "pcap", { magic: 0xa1b2c3d4 }],
  ["nanoseconds", "pcap-ns", { magic: 0xa1b23c4d, fraction: 123_456_789 }],
  [
    "of version 2.2, with the original length first",
    "pcap",
    { magic: 0xa1b2c3d4, minor: 2, lengthsSwapped: true },
  ],
  [
    "of version 2.3, with the original length first",
    "pcap",
    { magic: 0xa1b2c3d4, minor: 3, lengthsSwapped: true },
  ],
  ["of version 2.3, with the captured length first", "pcap", { magic: 0xa1b2c3d4, minor: 3 }],
  [
    "of AIX: ifType and nanoseconds",
    "pcap-aix",
    { magic: 0xa1b2c3d4, minor: 2, network: 6, lengthsSwapped: true, fraction: 123_456_789 },
  ],
  ["of Nokia", "pcap-nokia", { magic: 0xa1b2c3d4, extra: Buffer.from("40b2c3d4", "hex") }],
  [
    "modified with the standard magic number",
    "pcap-modified",
    { magic: 0xa1b2c3d4, extra: Buffer.from("0000000000000000", "hex") },
  ],
  ["modified", "pcap-modified", { magic: 0xa1b2cd34, extra: Buffer.alloc(8) }],
  ["modified, of SuSE", "pcap-modified", { magic: 0xa1b2cd34, extra: Buffer.alloc(12) }],
  ["of IXIA in hardware", "pcap-ixia", { magic: 0x1c0001ac, fileExtra: 4, fraction: 123_456_789 }],
  ["of IXIA in software", "pcap-ixia", { magic: 0x1c0001ab, fileExtra: 4 }],
];

/** Number, time, captured and original length of each record, by tshark. */
function byTshark(bytes: Buffer): string[] {
  const path = join(folder, "capture");
  writeFileSync(path, bytes);
  const fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((field) => [
    "-e",
    field,
  ]);
  const { stdout } = spawnSync("tshark", ["-n", "-r", path, "-T", "fields", ...fields], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  return stdout.split("\n").filter((line) => line !== "");
}

function line({ frame, at, bytes, original }: PlainRecord): string {
  const nanos = String(at % 1_000_000_000n).padStart(9, "0");
  return [frame, `${at / 1_000_000_000n}.${nanos}`, bytes.length / 2, original].join("\t");
}

describe.each([true, false])("little-endian: %s; pcap", (little) => {
  it.each(LAYOUTS)("%s", async (_name, format, layout) => {
    const bytes = pcap(layout, little);
    const source = await openBytes(bytes, 7);
    const records = await readAll(source);
    expect(source.summary).toMatchObject({ format, end: "clean", linkTypes: [1] });
    expect(records.map((record) => record.bytes)).toEqual(FRAMES.map((frame) => frame.toString("hex")));
    if (hasTshark && !format.includes("ixia")) expect(records.map(line)).toEqual(byTshark(bytes));
  });
});

/** An ERF record: Ethernet unless another type is given. */
function erf(
  frame: Buffer,
  i: number,
  { type = 2, extensions = 0 }: { type?: number; extensions?: number } = {},
): Buffer {
  const padding = type === 2 ? 2 : 0;
  const header = Buffer.alloc(16 + 8 * extensions + padding);
  header.writeUInt32LE(0x1f9add37 + i, 0);
  header.writeUInt32LE(SECONDS + i, 4);
  header[8] = type | (extensions > 0 ? 0x80 : 0);
  header[9] = i & 3;
  header.writeUInt16BE(header.length + frame.length, 10);
  header.writeUInt16BE(frame.length + i, 14);
  for (let at = 0; at < extensions; at += 1) header[16 + 8 * at] = at + 1 < extensions ? 0x83 : 0x03;
  return Buffer.concat([header, frame]);
}

describe("ERF", () => {
  const records = [...FRAMES.map((frame, i) => erf(frame, i)), erf(FRAMES[0], 4, { extensions: 2 })];

  it("is read as tshark reads it, in chunks of any size", async () => {
    const bytes = Buffer.concat(records);
    for (const size of [1, 7, 4096, Number.POSITIVE_INFINITY]) {
      const source = await openBytes(bytes, size);
      const back = await readAll(source);
      expect(back.map((record) => record.bytes)).toEqual(
        [...FRAMES, FRAMES[0]].map((frame) => frame.toString("hex")),
      );
      expect(back.map((record) => record.interface)).toEqual([0, 1, 2, 3, 0]);
      expect(source.summary).toMatchObject({ format: "erf", linkTypes: [1], end: "clean" });
      if (hasTshark) expect(back.map(line)).toEqual(byTshark(bytes));
    }
  });

  it("IP and HDLC have their own link types, padding is no packet, and an unknown type is named by its record", async () => {
    const bytes = Buffer.concat([
      erf(Buffer.from("45".repeat(40), "hex"), 0, { type: 22 }),
      erf(Buffer.from(`0f000800${"45".repeat(40)}`, "hex"), 1, { type: 1 }),
      erf(Buffer.from(`ff030021${"45".repeat(40)}`, "hex"), 2, { type: 1 }),
      erf(Buffer.alloc(8), 3, { type: 48 }),
      erf(Buffer.alloc(40), 4, { type: 21 }),
    ]);
    const back = await readAll(await openBytes(bytes));
    expect(back.map((record) => record.linkType)).toEqual([101, 104, 50, 197]);
  });
});

/** A Network Monitor file of version 2.`minor`, whose records lie in the reverse order of its table. */
function netmon(minor: number, media: number, frame = FRAMES[1]): Buffer {
  const trailer = Buffer.alloc([0, 2, 6, 15][minor]);
  if (minor > 0) trailer.writeUInt16LE(media);
  if (minor === 3)
    trailer.writeBigUInt64LE(116_444_736_000_000_000n + BigInt(SECONDS) * 10_000_000n + 1_234_567n, 6);
  const header = Buffer.alloc(128);
  header.write("GMBU");
  header[4] = minor;
  header[5] = 2;
  header.writeUInt16LE(1, 6);
  for (const [i, value] of [2026, 3, 1, 2, 8, 0, 0, 0].entries()) header.writeUInt16LE(value, 8 + 2 * i);
  const record = Buffer.alloc(16);
  record.writeBigUInt64LE(123_456n);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  const whole = Buffer.concat([record, frame, trailer]);
  const table = Buffer.alloc(8);
  table.writeUInt32LE(128 + whole.length, 0);
  table.writeUInt32LE(128, 4);
  header.writeUInt32LE(128 + 2 * whole.length, 24);
  header.writeUInt32LE(8, 28);
  return Buffer.concat([header, whole, whole, table]);
}

describe("Network Monitor 2.x", () => {
  it.each([
    [0, 1, 1, 0],
    [1, 1, 1, 0],
    [2, 1, 1, 0],
    [3, 1, 1, 0],
    [3, 9, 101, 0],
    [3, 0xe071, 113, 0],
    [3, 0xe000, 0, 0],
    [3, 0xe07f, 127, 0],
    [3, 0xe080, 105, 0],
    // What nobody defined, beside Network Monitor's own.
    [3, 0xfffb, 162, 0],
    [3, 0xffff, 162, 0],
  ])("2.%d with media type %d has link type %d", async (minor, media, linkType, skipped) => {
    const bytes = netmon(minor, media);
    const source = await openBytes(bytes, 64);
    const records = await readAll(source);
    expect(source.summary).toMatchObject({ format: "netmon2", linkTypes: [linkType], end: "clean" });
    // All but the table of two entries.
    expect(source.summary.bytes).toBe(bytes.length - 8);
    expect(records.map((record) => record.bytes)).toEqual(
      Array(2).fill(FRAMES[1].subarray(skipped).toString("hex")),
    );
    if (minor === 3) expect(records[0].at).toBe(BigInt(SECONDS) * 1_000_000_000n + 123_456_700n);
    if (hasTshark)
      expect(records.map(line).map((each) => each.replace(/\t[\d.]+\t/, "\t"))).toEqual(
        byTshark(bytes).map((each) => each.replace(/\t[\d.]+\t/, "\t")),
      );
  });

  it("frames of its own making are left out, and its Wi-Fi header is taken off", async () => {
    for (const own of [0xfffc, 0xfffd, 0xfffe])
      expect(await readAll(await openBytes(netmon(3, own)))).toEqual([]);
    const wifi = Buffer.concat([Buffer.from([2, 32, 0]), Buffer.alloc(29), FRAMES[0]]);
    const records = await readAll(await openBytes(netmon(3, 6, wifi)));
    expect(records.map(({ linkType, bytes }) => [linkType, bytes])).toEqual(
      Array(2).fill([105, FRAMES[0].toString("hex")]),
    );
  });

  it("a table that names the same frame again and again ends in an error", async () => {
    const bytes = netmon(0, 1);
    const table = Buffer.alloc(4 * 10_000);
    for (let at = 0; at < table.length; at += 4) table.writeUInt32LE(128, at);
    bytes.writeUInt32LE(table.length, 28);
    const source = await openBytes(Buffer.concat([bytes.subarray(0, bytes.length - 8), table]));
    const records = await readAll(source);
    expect(records.length).toBeLessThan(200);
    expect(source.summary).toMatchObject({
      end: "corrupt",
      problem: expect.stringContaining("again and again"),
    });
  });
});
