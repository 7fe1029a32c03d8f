/** Forms of other capture programs, by their published layouts: ERF (Endace) and Network Monitor. */

import { describe, expect, it } from "vitest";
import { openBytes, readAll } from "../support/sources.ts";

const SECONDS = 1_772_438_400;
const FRAME = Buffer.alloc(60, 0xa1);

interface ErfRecord {
  type?: number;
  seconds?: number;
  fraction?: number;
  /** Headers of eight bytes; the last one may say that more follow. */
  extensions?: readonly number[];
  frame?: Buffer;
  length?: number;
}

/** A record of Ethernet, unless it is of another type: 16 bytes, extensions, padding of 2, the frame. */
function erf({
  type = 2,
  seconds = SECONDS,
  fraction = 0,
  extensions = [],
  frame = FRAME,
  length,
}: ErfRecord): Buffer {
  const padding = type === 2 ? 2 : 0;
  const header = Buffer.alloc(16 + 8 * extensions.length + padding);
  header.writeUInt32LE(fraction >>> 0, 0);
  header.writeUInt32LE(seconds, 4);
  header[8] = type | (extensions.length > 0 ? 0x80 : 0);
  header.writeUInt16BE(length ?? header.length + frame.length, 10);
  header.writeUInt16BE(frame.length, 14);
  for (const [i, kind] of extensions.entries()) header[16 + 8 * i] = kind;
  return Buffer.concat([header, frame]);
}

const erfFile = (records: readonly ErfRecord[]) => Buffer.concat(records.map(erf));

describe("ERF", () => {
  it.each([
    [0x8000_0000, 500_000_000],
    [0x4000_0000, 250_000_000],
    [1, 0],
    // A step is 0.23 ns: three of them round up.
    [3, 1],
    [0xffff_ffff, 1_000_000_000],
  ])("has %i of 2^32 parts of a second as %i ns", async (fraction, nanos) => {
    const [{ at }] = await readAll(await openBytes(erfFile([{ fraction }, {}, {}])));
    expect(at).toBe(BigInt(SECONDS) * 1_000_000_000n + BigInt(nanos));
  });

  it.each<[string, string, number]>([
    ["PPP", `ff030021${"45".repeat(40)}`, 50],
    ["Cisco's HDLC", `0f000800${"45".repeat(40)}`, 104],
    ["one byte, which says nothing", "ff", 104],
  ])("tells %s in HDLC by its first bytes", async (_, hex, linkType) => {
    const frame = Buffer.from(hex, "hex");
    const [record] = await readAll(await openBytes(erfFile([{ type: 1, frame }, {}, {}])));
    expect(record).toMatchObject({ linkType, bytes: hex });
  });

  it("tells HDLC alone so, and by its own bytes", async () => {
    const frame = Buffer.from(`ff03${"a1".repeat(58)}`, "hex");
    expect(await readAll(await openBytes(erfFile([{ frame }, {}, {}])))).toMatchObject([
      { linkType: 1 },
      {},
      {},
    ]);
    // The next record begins with 03.
    const single = { type: 1, frame: Buffer.from("ff", "hex") };
    const [record] = await readAll(await openBytes(erfFile([single, { fraction: 3 }, {}])));
    expect(record.linkType).toBe(104);
  });

  it("is kept as a record where its headers would go on in the next one", async () => {
    const record = { type: 22, extensions: [0x83], frame: Buffer.alloc(4, 0x83) };
    const records = await readAll(await openBytes(erfFile([record, {}, {}]), undefined, 4_096));
    expect(records.map(({ linkType }) => linkType)).toEqual([197, 1, 1]);
  });

  it("is kept as a record where its headers would go on behind the end of the file", async () => {
    const record = { type: 22, extensions: [0x83], frame: Buffer.alloc(7, 0x83) };
    const records = await readAll(await openBytes(erfFile([{}, {}, {}, record])));
    expect(records.map(({ linkType }) => linkType)).toEqual([1, 1, 1, 197]);
  });

  it("may have a header of an extension and nothing behind it", async () => {
    const bare = { type: 22, extensions: [0x03], frame: Buffer.alloc(0) };
    const records = await readAll(await openBytes(erfFile([{}, {}, {}, bare])));
    expect(records.at(-1)).toMatchObject({ linkType: 101, bytes: "" });
  });

  it("may begin with a record of its header alone", async () => {
    const padding = { type: 48, frame: Buffer.alloc(0) };
    expect(await readAll(await openBytes(erfFile([padding, {}, {}])))).toHaveLength(2);
  });

  it("is kept as a record where its headers do not end in it", async () => {
    const record = { extensions: [0x83], frame: Buffer.alloc(4) };
    const [first] = await readAll(await openBytes(erfFile([record, {}, {}])));
    expect(first).toMatchObject({ linkType: 197, bytes: erf(record).toString("hex") });
    // One that says its last header is read as ever.
    const [second] = await readAll(await openBytes(erfFile([{ extensions: [0x83, 0x03] }, {}, {}])));
    expect(second).toMatchObject({ linkType: 1, bytes: FRAME.toString("hex") });
  });

  const DAY = 86_400;
  it.each<[string, ErfRecord[], boolean]>([
    ["three records", [{}, {}, {}], true],
    ["one record that is all of the file", [{}], true],
    ["a record of a type that is known and not read", [{ type: 21 }, {}, {}], true],
    ["not of a type that nobody defined", [{}, { type: 99 }, {}], false],
    ["not of a record shorter than its header", [{}, { length: 15 }, {}], false],
    ["not of a time before such cards", [{ seconds: 915_148_799 }, {}, {}], false],
    ["the first second of 1999", [{ seconds: 915_148_800 }], true],
    ["the last second of 2099", [{ seconds: 4_102_444_800 }], true],
    ["not of a time behind it", [{ seconds: 4_102_444_801 }], false],
    ["a day between two records", [{}, { seconds: SECONDS + DAY }, {}], true],
    ["a day back", [{ seconds: SECONDS + DAY }, {}, {}], true],
    ["not of more than a day", [{}, { seconds: SECONDS + DAY + 1 }, {}], false],
    ["padding, which has no time", [{}, { type: 48, seconds: 0 }, {}], true],
  ])("has no magic number and is known by its records: %s", async (_, records, isKnown) => {
    const opened = openBytes(erfFile(records));
    if (isKnown) expect((await opened).summary.format).toBe("erf");
    else await expect(opened).rejects.toMatchObject({ code: "not-a-capture" });
  });

  it("cut off in its first record is not known", async () => {
    await expect(openBytes(erfFile([{}]).subarray(0, -1))).rejects.toMatchObject({ code: "not-a-capture" });
    // Three whole ones are enough, whatever follows.
    const cut = await openBytes(erfFile([{}, {}, {}, {}]).subarray(0, -1));
    expect(await readAll(cut)).toHaveLength(3);
    expect(cut.summary.end).toBe("truncated");
  });
});

/** A file of Network Monitor of version 1 or 2.0 with one frame, which began at 08:00:00.250 of local time. */
function netmon(major: 1 | 2, { micros = 1_500_000n, captured = 60, media = 1, frame = FRAME } = {}): Buffer {
  const header = Buffer.alloc(128);
  header.write(major === 1 ? "RTSS" : "GMBU", "latin1");
  header[4] = 0;
  header[5] = major;
  header.writeUInt16LE(media, 6);
  for (const [i, value] of [2026, 3, 1, 2, 8, 0, 0, 250].entries()) header.writeUInt16LE(value, 8 + 2 * i);
  const record = Buffer.alloc(major === 1 ? 8 : 16);
  if (major === 1) {
    record.writeUInt32LE(Number(micros / 1_000n), 0);
    record.writeUInt16LE(1_500, 4);
    record.writeUInt16LE(captured, 6);
  } else {
    record.writeBigInt64LE(micros, 0);
    record.writeUInt32LE(1_500, 8);
    record.writeUInt32LE(captured, 12);
  }
  const table = Buffer.alloc(4);
  table.writeUInt32LE(128, 0);
  header.writeUInt32LE(128 + record.length + frame.length, 24);
  header.writeUInt32LE(4, 28);
  return Buffer.concat([header, record, frame, table]);
}

describe("Network Monitor", () => {
  const began = BigInt(new Date(2026, 2, 2, 8, 0, 0, 250).getTime()) * 1_000_000n;

  it.each([1, 2] as const)("%i has times since its beginning, and the length on the wire", async (major) => {
    const source = await openBytes(netmon(major));
    expect(await readAll(source)).toMatchObject([
      { at: began + 1_500_000_000n, bytes: FRAME.toString("hex"), original: 1_500, linkType: 1 },
    ]);
    expect(source.summary).toMatchObject({ format: `netmon${major}`, end: "clean", linkTypes: [1] });
  });

  it("2 may have a frame of before its beginning", async () => {
    const [{ at }] = await readAll(await openBytes(netmon(2, { micros: -250_000n })));
    expect(at).toBe(began - 250_000_000n);
  });

  it("2 has a header of its own before frames of Wi-Fi, no longer than what was captured", async () => {
    const frame = Buffer.from(FRAME);
    frame.writeUInt16LE(32, 1);
    const [whole] = await readAll(await openBytes(netmon(2, { media: 6, frame })));
    expect(whole).toMatchObject({
      linkType: 105,
      bytes: frame.subarray(32).toString("hex"),
      original: 1_468,
    });
    const short = Buffer.from([2, 32]);
    const [cut] = await readAll(await openBytes(netmon(2, { media: 6, frame: short, captured: 2 })));
    expect(cut).toMatchObject({ linkType: 105, bytes: "" });
    const least = Buffer.from([2, 2, 0]);
    const [one] = await readAll(await openBytes(netmon(2, { media: 6, frame: least, captured: 3 })));
    expect(one).toMatchObject({ bytes: "00" });
  });

  it.each<[string, number]>([
    ["the table of its frames", 2],
    ["its only frame, whose table lies before it", 0],
  ])("cut off in %s is truncated", async (_, cut) => {
    const bytes = netmon(2);
    const table = bytes.length - 4;
    if (cut === 0) {
      // The table is put where nothing else is, and the frame is the last.
      bytes.writeUInt32LE(128, 100);
      bytes.writeUInt32LE(100, 24);
    }
    const source = await openBytes(bytes.subarray(0, cut === 0 ? table - 1 : bytes.length - cut));
    expect(await readAll(source)).toEqual([]);
    expect(source.summary.end).toBe("truncated");
  });

  it("is read so far as its frames and its table, of all of it", async () => {
    const bytes = netmon(2);
    const source = await openBytes(bytes);
    expect(source.position()).toBe(0);
    await source.next();
    expect(source.position()).toBe(bytes.length - 128);
    expect(source.summary.bytes).toBe(bytes.length - 4);
  });

  it("that is cut off in a later frame is so once the frames before it were handed on", async () => {
    const bytes = netmon(2);
    const frame = bytes.subarray(128, bytes.length - 4);
    const table = Buffer.alloc(8);
    table.writeUInt32LE(128, 0);
    table.writeUInt32LE(bytes.length + 1_000, 4);
    const whole = Buffer.concat([bytes.subarray(0, 128), frame, table]);
    whole.writeUInt32LE(8, 28);
    const source = await openBytes(whole);
    expect((await source.next())?.count).toBe(1);
    expect(source.summary.end).toBe("clean");
    expect(await source.next()).toBeNull();
    expect(source.summary.end).toBe("truncated");
  });

  it("may have more frames than a batch holds", async () => {
    const one = netmon(2, { frame: Buffer.of(7), captured: 1 });
    const record = one.subarray(128, one.length - 4);
    const count = 8_200;
    const table = Buffer.alloc(4 * count);
    for (let i = 0; i < count; i += 1) table.writeUInt32LE(128 + i * record.length, 4 * i);
    const records = Buffer.concat(Array<Uint8Array>(count).fill(record));
    const whole = Buffer.concat([one.subarray(0, 128), records, table]);
    whole.writeUInt32LE(128 + records.length, 24);
    whole.writeUInt32LE(table.length, 28);
    const back = await readAll(await openBytes(whole));
    expect([back.length, new Set(back.map(({ bytes }) => bytes)).size]).toEqual([count, 1]);
  });

  it.each([0, 3])("of version %i was never written", async (version) => {
    const bytes = netmon(2);
    bytes[5] = version;
    await expect(openBytes(bytes)).rejects.toMatchObject({ code: "unsupported", offset: 5 });
  });

  it("cut off in its header is not read", async () => {
    const cut = openBytes(netmon(2).subarray(0, 127));
    await expect(cut).rejects.toMatchObject({ code: "unreadable", offset: 127 });
  });

  it("that claims a frame larger than any is corrupt", async () => {
    const source = await openBytes(netmon(2, { captured: 0x7fff_0000 }));
    expect(await readAll(source)).toEqual([]);
    expect(source.summary).toMatchObject({
      end: "corrupt",
      problem: expect.stringContaining("claims 2147418112"),
    });
  });
});
