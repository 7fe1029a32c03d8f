/** The hop over enhanced packet blocks in linear memory gives the rows, and the end, that the reader gives without it. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { PcapngHop } from "../../src/linear/pcapng-hop.ts";
import { Mutator } from "../fuzz/mutate.ts";
import {
  type FrameRecord,
  type InterfaceOptions,
  interfaceDescription,
  pcapng,
  pcapngBlock,
} from "../support/capture-files.ts";
import { random32 } from "../support/random.ts";
import { read } from "./rows-read.ts";

const CLOCKS: Record<string, InterfaceOptions> = {
  microseconds: {},
  nanoseconds: { tsresol: 9 },
  "an offset": { tsoffset: -1_000n },
  "nanoseconds and an offset": { tsresol: 9, tsoffset: 86_400n, linkType: 101 },
};

/** 2026-03-02 08:00:00 UTC, nanoseconds. */
const START = 1_772_438_400_000_000_000n;

function records(seed: number, count: number, interfaces = 1): FrameRecord[] {
  const next = random32(seed);
  return Array.from({ length: count }, (_, i) => ({
    at: START + BigInt(i) * 1_000_003n - BigInt(next() % 3_000_000),
    frame: Buffer.alloc(next() % 300, i),
    original: 300 + (next() % 100),
    interface: next() % interfaces,
  }));
}

const { take } = PcapngHop.prototype;
let hopped = 0;
beforeAll(() => {
  PcapngHop.prototype.take = function (batch, ...of) {
    const { count } = batch;
    const at = take.call(this, batch, ...of);
    hopped += batch.count - count;
    return at;
  };
});
afterAll(() => {
  PcapngHop.prototype.take = take;
});

/** One memory for all. */
const memory = LinearMemory.make();

async function compare(bytes: Uint8Array, piece: number, what: string): Promise<void> {
  expect(await read(bytes, piece, memory), what).toEqual(await read(bytes, piece, ordinaryMemory));
}

describe("the hop over the enhanced packet blocks of a pcapng", () => {
  it.each(Object.entries(CLOCKS))("takes packets of a clock of %s as the reader does", async (_, clock) => {
    hopped = 0;
    for (const bigEndian of [false, true]) {
      const bytes = pcapng(records(1, 150), { bigEndian, interfaces: [clock] });
      for (const piece of [700, 5_000, Number.POSITIVE_INFINITY]) await compare(bytes, piece, `${piece}`);
    }
    expect(hopped).toBeGreaterThan(2 * 3 * 140);
  });

  it("leaves other clocks, several interfaces and other blocks to the reader", async () => {
    hopped = 0;
    await compare(pcapng(records(2, 60), { interfaces: [{ tsresol: 3 }] }), 5_000, "milliseconds");
    await compare(pcapng(records(3, 60, 2), { interfaces: [{}, {}] }), 5_000, "two interfaces");
    await compare(pcapng(records(4, 60), { block: "simple" }), 5_000, "simple packets");
    await compare(pcapng(records(5, 60), { block: "old" }), 5_000, "old packets");
    expect(hopped).toBe(0);
  });

  it("goes on behind other blocks, with the time before them, until there is a second interface", async () => {
    const section = pcapng(records(6, 40));
    const one = pcapng(records(7, 40)).subarray(pcapng([]).length);
    const simple = pcapng(records(8, 2), { block: "simple" }).subarray(pcapng([]).length);
    const statistics = pcapngBlock(5, Buffer.alloc(20, 7));
    const joined = [section, simple, one, statistics, one, interfaceDescription(), one, section, one];
    hopped = 0;
    for (const piece of [300, 5_000]) await compare(Buffer.concat(joined), piece, `${piece}`);
    expect(hopped).toBeGreaterThanOrEqual(2 * 5 * 40 - 20);
    expect(hopped).toBeLessThanOrEqual(2 * 5 * 40);
  });

  it("agrees where times are not exact any more", async () => {
    for (const clock of Object.values(CLOCKS)) {
      for (const bigEndian of [false, true]) {
        const options = { bigEndian, interfaces: [clock] };
        const bytes = Buffer.from(pcapng(records(9, 30), options));
        // The upper half of the first packet's time.
        const at = pcapng([], options).length + 12;
        for (const high of [0, 1, 0x1f_ffff, 0x20_0000, 0xffff_ffff]) {
          if (bigEndian) bytes.writeUInt32BE(high, at);
          else bytes.writeUInt32LE(high, at);
          await compare(bytes, 5_000, `${high}`);
        }
      }
    }
  });

  it("agrees on captures that are damaged or cut off", async () => {
    const mutator = new Mutator(7);
    const into = new Uint8Array(100_000);
    const captures = Object.values(CLOCKS).flatMap((clock) =>
      [true, false].map((bigEndian) => pcapng(records(9, 30), { bigEndian, interfaces: [clock] })),
    );
    hopped = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const [one, other] = [
        captures[mutator.below(captures.length)],
        captures[mutator.below(captures.length)],
      ];
      await compare(into.slice(0, mutator.mutated(one, other, into)), 3_000, `damage ${i}`);
    }
    expect(hopped).toBeGreaterThan(5_000);
  });
});
