/** The hop over records in linear memory gives the rows, and the end, that the reader gives without it. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { PcapHop } from "../../src/linear/pcap-hop.ts";
import { Mutator } from "../fuzz/mutate.ts";
import { random32 } from "../support/random.ts";
import { read } from "./rows-read.ts";

interface Form {
  magic: number;
  version?: [number, number];
  linkType?: number;
  fileHeader?: number;
  recordHeader?: number;
  originalFirst?: boolean;
}

/** Every dialect that the reader knows. */
const FORMS: Record<string, Form> = {
  pcap: { magic: 0xa1b2c3d4 },
  nanoseconds: { magic: 0xa1b23c4d },
  modified: { magic: 0xa1b2cd34, recordHeader: 24 },
  "modified, SuSE": { magic: 0xa1b2cd34, recordHeader: 28 },
  Nokia: { magic: 0xa1b2c3d4, recordHeader: 20 },
  AIX: { magic: 0xa1b2c3d4, version: [2, 2], linkType: 6, originalFirst: true },
  "version 2.2": { magic: 0xa1b2c3d4, version: [2, 2], originalFirst: true },
  "version 2.3": { magic: 0xa1b2c3d4, version: [2, 3] },
  IxNetwork: { magic: 0x1c0001ab, fileHeader: 28 },
  "IxNetwork, nanoseconds": { magic: 0x1c0001ac, fileHeader: 28 },
};

/** Records of all lengths, some of them empty, and with fractions of a second or more. */
function captureOf(form: Form, littleEndian: boolean, seed: number, records = 120): Uint8Array {
  const { magic, version = [2, 4], linkType = 1, fileHeader = 24, recordHeader = 16 } = form;
  const next = random32(seed);
  const view = new DataView(new ArrayBuffer(fileHeader + records * (recordHeader + 400)));
  view.setUint32(0, magic, littleEndian);
  view.setUint16(4, version[0], littleEndian);
  view.setUint16(6, version[1], littleEndian);
  view.setUint32(16, 262_144, littleEndian);
  view.setUint32(20, linkType, littleEndian);
  let at = fileHeader;
  for (let i = 0; i < records; i += 1) {
    const length = i > 3 && next() % 40 === 0 ? 0 : 60 + (next() % 300);
    view.setUint32(at, 1_772_438_400 + i - (next() % 3), littleEndian);
    view.setUint32(at + 4, next() % (i > 3 && next() % 9 === 0 ? 0xffff_ffff : 1_000_000), littleEndian);
    const [captured, original] = form.originalFirst === true ? [12, 8] : [8, 12];
    view.setUint32(at + captured, length, littleEndian);
    view.setUint32(at + original, length + (next() % 100), littleEndian);
    if (recordHeader >= 24) view.setUint16(at + 20, 0x0800, littleEndian);
    view.setUint16(at + recordHeader + 12, 0x0800);
    at += recordHeader + length;
  }
  return new Uint8Array(view.buffer, 0, at);
}

const { take } = PcapHop.prototype;
let hopped = 0;
beforeAll(() => {
  PcapHop.prototype.take = function (...of) {
    const count = take.apply(this, of);
    hopped += count;
    return count;
  };
});
afterAll(() => {
  PcapHop.prototype.take = take;
});

/** One memory for all: 48 MB of addresses each would not last. */
const memory = LinearMemory.make();

async function compare(bytes: Uint8Array, piece: number, what: string): Promise<void> {
  expect(await read(bytes, piece, memory), what).toEqual(await read(bytes, piece, ordinaryMemory));
}

describe("the hop over the records of a pcap", () => {
  it.each(Object.entries(FORMS))("takes records of %s as the reader does", async (name, form) => {
    for (const littleEndian of [true, false]) {
      hopped = 0;
      for (let seed = 1; seed <= 4; seed += 1) {
        const bytes = captureOf(form, littleEndian, seed);
        for (const piece of [700, 5_000, Number.POSITIVE_INFINITY]) await compare(bytes, piece, `${seed}`);
      }
      // Which of its lengths is the captured one, the reader alone can tell.
      if (name === "version 2.3") expect(hopped).toBe(0);
      // Of two dialects a few first records may suit the wrong one, whose records end soon.
      else expect(hopped).toBeGreaterThan(4 * 3 * 30);
    }
  });

  it("agrees on captures that are damaged, cut off, or joined with others", async () => {
    const mutator = new Mutator(7);
    const into = new Uint8Array(100_000);
    const captures = Object.values(FORMS).flatMap((form) =>
      [true, false].map((littleEndian) => captureOf(form, littleEndian, 9, 40)),
    );
    hopped = 0;
    for (let i = 0; i < 1_500; i += 1) {
      const one = captures[mutator.below(captures.length)];
      const other = captures[mutator.below(captures.length)];
      const joined = i % 4 === 0 ? Buffer.concat([one, i % 8 === 0 ? one : other]) : one;
      const bytes = into.slice(0, mutator.mutated(joined, other, into));
      await compare(bytes, 3_000, `damage ${i}`);
    }
    expect(hopped).toBeGreaterThan(10_000);
  });

  it("leaves a reader alone whose columns lie elsewhere", async () => {
    const filled = LinearMemory.make(65_536, false);
    filled.column(Uint8Array, 60_000);
    const bytes = captureOf(FORMS.pcap, true, 1, 400);
    hopped = 0;
    expect(await read(bytes, 5_000, filled)).toEqual(await read(bytes, 5_000, ordinaryMemory));
    expect(hopped).toBe(0);
  });

  it("leaves a reader alone whose bytes found no room where they had to be more", async () => {
    const [before, behind] = [1, 2].map((seed) => captureOf(FORMS.pcap, true, seed, 100));
    const large = new DataView(new ArrayBuffer(16 + 60_000));
    for (const at of [8, 12]) large.setUint32(at, 60_000, true);
    const bytes = Buffer.concat([before, new Uint8Array(large.buffer), behind.subarray(24)]);
    hopped = 0;
    const rows = await read(bytes, 5_000, LinearMemory.make(65_536, false));
    expect(rows).toEqual(await read(bytes, 5_000, ordinaryMemory));
    expect([hopped > 50, hopped <= 100]).toEqual([true, true]);
  });
});
