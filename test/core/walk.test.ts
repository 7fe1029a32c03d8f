/**
 * What the walk settles in linear memory is what the decoder and the tables of flows make of the same packets without it:
 * every fact, every count, and the report.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { TrackerOptions } from "../../src/ike/tracker-options.ts";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { pcap } from "../support/capture-files.ts";
import { allCaptures } from "../support/captures.ts";
import { simulate } from "../support/world.ts";
import { isSame, known, settledIn } from "./known.ts";
import { CROWDS, crowd } from "./crowd.ts";
import { atBounds, traffic } from "./traffic.ts";

/** Compares reading with the walk and without; gives how many frames the walk settled. @param bounds of the tables */
function settled(
  captures: readonly Uint8Array[],
  what: string,
  bounds: TrackerOptions = {},
): Promise<number> {
  return settledIn(async () => {
    const walked = await known(captures, LinearMemory.make(), bounds);
    const plain = await known(captures, ordinaryMemory, bounds);
    // The one is quick, the other says what differs.
    if (!isSame(walked, plain)) expect(walked, what).toStrictEqual(plain);
  });
}

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));

describe("the walk", () => {
  it("settles most of traffic of ESP, TCP and other UDP, and changes nothing of what is known", async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const packets = 4_000;
      const records = traffic(seed, { packets, hosts: [3, 40, 700][seed % 3] });
      const frames = await settled([pcap(records)], `seed ${seed}`);
      // With many hosts most packets are the first of their flow.
      expect(frames, `seed ${seed}`).toBeGreaterThan(packets * [0.6, 0.45, 0.15][seed % 3]);
    }
  });

  it.each(CROWDS)("begins flows and SPIs as they are begun without it: $what", async (crowds) => {
    const { what, share, options, bounds } = crowds;
    for (let seed = 1; seed <= 3; seed += 1) {
      const frames = await settled([pcap(crowd(seed, options))], `${what}, seed ${seed}`, bounds);
      expect(frames / options.packets, `${what}, seed ${seed}`).toBeGreaterThan(share);
    }
  });

  it("agrees on frames that are damaged or cut off", async () => {
    for (let seed = 100; seed < 112; seed += 1) {
      const records = traffic(seed, { packets: 3_000, hosts: 20, damaged: 200 });
      expect(await settled([pcap(records)], `seed ${seed}`)).toBeGreaterThan(500);
    }
  });

  it("agrees at the bounds of pauses, sequence numbers and lengths", async () => {
    expect(await settled([pcap(atBounds())], "bounds")).toBeGreaterThan(100);
  });

  it("agrees where the clock steps back again and again", async () => {
    for (let seed = 150; seed < 162; seed += 1) {
      const records = traffic(seed, { packets: 3_000, hosts: 4, steps: seed % 2 === 0 ? 30 : 1_000 });
      expect(await settled([pcap(records)], `seed ${seed}`)).toBeGreaterThan(1_500);
    }
  });

  it("agrees on captures of one time that are read together", async () => {
    for (let seed = 200; seed < 206; seed += 1) {
      const records = traffic(seed, { packets: 3_000, hosts: 20 });
      const halves = [0, 1].map((half) => pcap(records.filter((_, i) => (i * 7 + seed) % 3 > half)));
      expect(await settled(halves, `seed ${seed}`)).toBeGreaterThan(500);
    }
  });

  it("leaves link types that are not Ethernet", async () => {
    const records = traffic(300, { packets: 200, hosts: 3 }).map(({ at, frame }) => ({
      at,
      frame: frame.subarray(14),
    }));
    expect(await settled([pcap(records, { linkType: 101 })], "raw IP")).toBe(0);
  });

  it.each(readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name)))("agrees on %s", async (name) => {
    await settled([readFileSync(join(samples, name))], name);
  });

  it.each([...allCaptures("kinds"), ...allCaptures("lab")])("agrees on %s", async (path) => {
    await settled([readFileSync(path)], path);
  });

  it("agrees on simulated worlds", async () => {
    for (let seed = 1; seed <= 60; seed += 1) await settled([pcap(simulate(seed).records)], `world ${seed}`);
  });
});
