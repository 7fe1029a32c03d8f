/**
 * Captures of one time: what the core makes of lanes that take turns is what the plain merger and the decoder make of the
 * same frames, one by one.
 */

import { describe, expect, it } from "vitest";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { Walk } from "../../src/linear/walk.ts";
import { type FrameRecord, pcap } from "../support/capture-files.ts";
import { random32 } from "../support/random.ts";
import { isSame, type KnownOptions, known } from "./known.ts";
import { type TrafficOptions, traffic } from "./traffic.ts";

/** Reads with turns and without linear memory, and compares; gives the share of packets that were settled in turns. */
async function shareInTurns(
  captures: readonly (readonly FrameRecord[])[],
  what: string,
  options: KnownOptions = {},
): Promise<number> {
  const files = captures.map((records) => pcap(records));
  let settled = 0;
  const { takeTurns } = Walk.prototype;
  Walk.prototype.takeTurns = function (...of) {
    const frames = takeTurns.apply(this, of);
    settled += frames;
    return frames;
  };
  try {
    const inTurns = await known(files, LinearMemory.make(), options);
    const plain = await known(files, ordinaryMemory, options);
    // The one is quick, the other says what differs.
    if (!isSame(inTurns, plain)) expect(inTurns, what).toStrictEqual(plain);
  } finally {
    Walk.prototype.takeTurns = takeTurns;
  }
  return settled / captures.reduce((sum, records) => sum + records.length, 0);
}

/** Traffic that several saw, each some of it: one packet in three is in two captures, at one time. */
function seenBy(count: number, seed: number, options: TrafficOptions): FrameRecord[][] {
  const under = random32(seed + 9_000);
  const captures = Array.from({ length: count }, (): FrameRecord[] => []);
  for (const record of traffic(seed, options)) {
    const first = under() % count;
    captures[first].push(record);
    if (under() % 3 === 0) captures[(first + 1 + (under() % (count - 1))) % count].push(record);
  }
  return captures;
}

describe("captures of one time", () => {
  it.each([2, 3, 4, 9, 16, 17, 40])("take turns as they do without the core: %i of them", async (count) => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const captures = seenBy(count, seed, { packets: 4_000, hosts: 12, steps: 0 });
      const share = await shareInTurns(captures, `${count} captures, seed ${seed}`);
      expect(share, `${count} captures, seed ${seed}`).toBeGreaterThan(0.5);
    }
  });

  it("agree where clocks step back, a little and by much", async () => {
    for (let seed = 20; seed < 26; seed += 1) {
      const often = seenBy(2 + (seed % 4), seed, { packets: 1_500, hosts: 6, steps: 20 });
      await shareInTurns(often, `often, seed ${seed}`);
      const seldom = seenBy(2 + (seed % 4), seed, { packets: 9_000, hosts: 6, steps: 3 });
      expect(await shareInTurns(seldom, `seldom, seed ${seed}`)).toBeGreaterThan(0.1);
    }
  });

  it("agree where all times are equal", async () => {
    for (let seed = 30; seed < 34; seed += 1) {
      const captures = seenBy(3, seed, { packets: 1_000, hosts: 6 });
      const atOnce = captures.map((records) =>
        records.map(({ frame }, i) => ({ at: BigInt(i >> 3), frame })),
      );
      await shareInTurns(atOnce, `seed ${seed}`);
    }
  });

  it("agree where a file that was looked into holds older packets when its turn comes", async () => {
    for (let seed = 40; seed < 50; seed += 1) {
      const captures = seenBy(3, seed, { packets: 3_000, hosts: 6, steps: 0 });
      const lookedInto = captures.map((records, i) => (i === 0 ? records : records.slice(200 * i)));
      const files = captures.map((records) => pcap(records));
      expect(await shareInTurns(lookedInto, `seed ${seed}`, { files })).toBeGreaterThan(0.5);
    }
  });

  it("agree where frames are damaged, of other link types, or messages", async () => {
    for (let seed = 50; seed < 56; seed += 1) {
      const captures = seenBy(3, seed, { packets: 2_000, hosts: 6, damaged: 300 });
      await shareInTurns(captures, `seed ${seed}`);
    }
  });

  it("agree on files of a ring, which follow each other and overlap", async () => {
    for (let seed = 60; seed < 66; seed += 1) {
      const records = traffic(seed, { packets: 4_000, hosts: 6, steps: 0 });
      const captures = Array.from({ length: 12 }, (_, i) =>
        records.slice(Math.max(0, i * 320 - (seed % 3) * 60), (i + 1) * 320),
      );
      await shareInTurns(captures, `seed ${seed}`, { files: captures.map((records) => pcap(records)) });
    }
  });

  it("end with the same packet where not all are to be taken", async () => {
    const captures = seenBy(4, 70, { packets: 1_500, hosts: 6, steps: 3 });
    const records = traffic(71, { packets: 1_500, hosts: 6, steps: 0 });
    const inBursts = [0, 1].map((each) => records.filter((_, i) => ((i >> 4) & 1) === each));
    const limits = [1, 2, 3, 7, 5_000, ...Array.from({ length: 30 }, (_, i) => 900 + i)];
    for (const limit of limits) {
      await shareInTurns(captures, `limit ${limit}`, { limit });
      await shareInTurns(inBursts, `in bursts, limit ${limit}`, { limit });
    }
  });

  it("agree at the bounds of tables", async () => {
    const captures = seenBy(3, 80, { packets: 4_000, hosts: 700, steps: 2 });
    for (const maxFlows of [20, 300]) await shareInTurns(captures, `${maxFlows} flows`, { maxFlows });
  });
});
