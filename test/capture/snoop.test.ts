/** Captures of snoop, by its published layout (RFC 1761), and of Surveyor, which writes the same in its own way. */

import { describe, expect, it } from "vitest";
import { openBytes, readAll } from "../support/sources.ts";

const SECONDS = 1_772_438_400;
const FRAME = Buffer.alloc(60, 0xa1);

interface SnoopRecord {
  frame?: Buffer;
  /** Bytes on the wire, captured, and of the record, where they are not those of the frame. */
  original?: number;
  captured?: number;
  length?: number;
  padding?: number;
  micros?: number;
}

/** RFC 1761: a header of 16 bytes, and records whose header has 24, all big-endian. */
function snoop(records: readonly SnoopRecord[], { version = 2, datalink = 4 } = {}): Buffer {
  const header = Buffer.alloc(16);
  header.write("snoop\0\0\0", "latin1");
  header.writeUInt32BE(version, 8);
  header.writeUInt32BE(datalink, 12);
  const parts = records.map(({ frame = FRAME, padding = 0, micros = 123_456, ...said }) => {
    const head = Buffer.alloc(24);
    const { captured = frame.length, original = frame.length } = said;
    const { length = 24 + captured + padding } = said;
    for (const [i, value] of [original, captured, length, 0, SECONDS, micros].entries())
      head.writeUInt32BE(value, 4 * i);
    return Buffer.concat([head, frame, Buffer.alloc(padding)]);
  });
  return Buffer.concat([header, ...parts]);
}

describe("snoop", () => {
  it("has times in microseconds, the lengths on the wire, and padding between records", async () => {
    const source = await openBytes(snoop([{ original: 1_500, padding: 3 }, { micros: 999_999 }]), 7);
    expect(await readAll(source)).toEqual(
      [
        [1_500, 123_456],
        [60, 999_999],
      ].map(([original, micros], i) => ({
        frame: i + 1,
        at: BigInt(SECONDS) * 1_000_000_000n + BigInt(micros) * 1_000n,
        bytes: FRAME.toString("hex"),
        original,
        linkType: 1,
        interface: 0,
      })),
    );
    const bytes = 16 + 24 + 60 + 3 + 24 + 60;
    expect(source.summary).toMatchObject({
      format: "snoop",
      linkTypes: [1],
      end: "clean",
      packets: 2,
      bytes,
    });
  });

  it.each([2, 3, 4, 5])("of version %i is read", async (version) => {
    expect(await readAll(await openBytes(snoop([{}], { version })))).toHaveLength(1);
  });

  it.each([1, 6])("of version %i was never written", async (version) => {
    await expect(openBytes(snoop([{}], { version }))).rejects.toMatchObject({
      code: "unsupported",
      offset: 8,
    });
  });

  it.each([
    ["Ethernet", 4, 0, 1],
    ["Token Ring", 2, 0, 6],
    ["FDDI", 8, 0, 10],
    ["IP over ATM", 18, 0, 123],
    ["Ethernet at 100 Mbit/s, by Surveyor", 10, 16, 1],
    ["FDDI, by Surveyor", 8, 40, 10],
  ])("of %s (datalink %i, padding of %i) has link type %i", async (_, datalink, padding, linkType) => {
    const [record] = await readAll(await openBytes(snoop([{ padding }], { datalink })));
    expect(record).toMatchObject({ linkType, bytes: FRAME.toString("hex") });
  });

  it.each([
    ["Surveyor's own without its trailer", 10, 15],
    ["snoop's own with Surveyor's trailer", 16, 16],
  ])(
    "has a list of datalink types of its own beside Surveyor's: %s is none",
    async (_, datalink, padding) => {
      const source = await openBytes(snoop([{ padding }], { datalink }));
      expect(await readAll(source)).toEqual([]);
      expect(source.summary).toMatchObject({
        end: "corrupt",
        problem: expect.stringContaining(`datalink type ${datalink} is not one`),
      });
    },
  );

  it.each([
    ["as long as its fourth byte says", 20, 24],
    ["of twelve bytes at least", 0, 12],
    ["no longer than what was captured", 200, 60],
  ])("by Surveyor has a radio header before frames of Wi-Fi, %s", async (_, rest, skipped) => {
    const frame = Buffer.from(FRAME);
    frame[3] = rest;
    const [record] = await readAll(await openBytes(snoop([{ frame, padding: 16 }], { datalink: 18 })));
    expect(record).toMatchObject({
      linkType: 105,
      bytes: frame.subarray(skipped).toString("hex"),
      original: 60 - skipped,
    });
  });

  it("by Surveyor may end with a frame too short for that header", async () => {
    const short = { frame: Buffer.of(1, 2) };
    const records = await readAll(await openBytes(snoop([{ padding: 16 }, short], { datalink: 18 })));
    // The first one's says that it is longer than what was captured.
    expect(records.map(({ bytes }) => bytes)).toEqual(["", ""]);
  });

  it.each<[string, SnoopRecord]>([
    ["shorter than its header and its frame", { length: 83 }],
    ["longer than any padding makes it", { length: 24 + 60 + 4_097 }],
    ["of a frame that no program captures", { captured: 0x7fff_0000 }],
  ])("ends where a record is %s, and what came before stands", async (_, record) => {
    const source = await openBytes(snoop([{}, record]));
    expect(await readAll(source)).toHaveLength(1);
    expect(source.summary).toMatchObject({
      end: "corrupt",
      problem: expect.stringContaining("impossible length"),
    });
  });

  it("is of the datalink type that its first record tells, whatever padding another one has", async () => {
    const records = await readAll(await openBytes(snoop([{}, { padding: 16 }], { datalink: 18 })));
    expect(records.map(({ linkType }) => linkType)).toEqual([123, 123]);
  });

  it("may have more records than a batch holds", async () => {
    const frame = Buffer.alloc(0);
    const source = await openBytes(snoop(Array(9_000).fill({ frame })), undefined, 1024 * 1024);
    expect(await readAll(source)).toHaveLength(9_000);
    expect(source.summary.packets).toBe(9_000);
  });

  it("that is cut off in a record is truncated, and what came before stands", async () => {
    const bytes = snoop([{}, {}]);
    const source = await openBytes(bytes.subarray(0, bytes.length - 1));
    expect(await readAll(source)).toHaveLength(1);
    expect(source.summary.end).toBe("truncated");
  });

  it("tells of a fault once the records before it were handed on", async () => {
    const source = await openBytes(snoop([{}, { length: 83 }]), undefined, 4_096);
    expect((await source.next())?.count).toBe(1);
    expect(source.summary.end).toBe("clean");
    expect(await source.next()).toBeNull();
    expect(source.summary.end).toBe("corrupt");
  });

  it("of records with the most padding that there is is read to its end", async () => {
    expect(await readAll(await openBytes(snoop([{}, { padding: 4_096 }, {}])))).toHaveLength(3);
  });
});
