/**
 * What the core finds out of messages, and notes of them, is what is made of the same packets without it: every fact,
 * the datagrams that may still be echoed, and the report.
 */

import { describe, expect, it } from "vitest";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { pcap, pcapng } from "../support/capture-files.ts";
import { isSame, type Known, known, settledIn } from "./known.ts";
import { type MessagesOptions, messages } from "./messages.ts";

/** Compares reading with the core and without; gives how many messages the core took, and what found no room. */
async function arrived(captures: readonly Uint8Array[], what: string, isJudged = true) {
  let walked: Known | null = null;
  const count = await settledIn(async () => {
    walked = await known(captures, LinearMemory.make(), { isJudged });
  });
  const plain = await known(captures, ordinaryMemory, { isJudged });
  // The one is quick, the other says what differs.
  if (!isSame(walked!, plain)) expect(walked, what).toStrictEqual(plain);
  const { evicted } = (plain.facts as { tracker: { copyFilter: { evicted: number } } }).tracker.copyFilter;
  return { count, evicted };
}

/** As many interfaces as the records name. */
function seenAt(records: ReturnType<typeof messages>, points: number): Buffer {
  return pcapng(records, { interfaces: Array.from({ length: points }, () => ({})) });
}

describe("the arrival of messages", () => {
  it("is the same by the core, copies and retransmissions included", async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const records = messages(seed, {
        messages: 3_000,
        clients: [2, 30, 400][seed % 3],
        pause: [2_000, 60_000, 400_000][seed % 3],
        repeated: 50,
        points: 3,
      });
      const { count } = await arrived([seenAt(records, 3)], `seed ${seed}`);
      expect(count, `seed ${seed}`).toBeGreaterThan(1_000);
    }
  });

  it("agrees on frames that are damaged or cut off, and under a short snaplen", async () => {
    for (let seed = 100; seed < 106; seed += 1) {
      const options = { messages: 3_000, clients: 20, pause: 20_000, repeated: 40, points: 1, damaged: 300 };
      const records = messages(seed, options);
      const snaplen = seed % 2 === 0 ? seed - 10 : 262_144;
      const { count } = await arrived([pcap(records, { snaplen })], `seed ${seed}`);
      expect(count, `seed ${seed}`).toBeGreaterThan(300);
    }
  });

  it("agrees on captures of one time that are read together", async () => {
    for (let seed = 200; seed < 203; seed += 1) {
      const options = { messages: 3_000, clients: 20, pause: 30_000, repeated: 60, points: 1 };
      const records = messages(seed, options);
      const parts = [0, 1, 2].map((part) => pcap(records.filter((_, i) => (i * 7 + seed) % 3 === part)));
      const { count } = await arrived(parts, `seed ${seed}`);
      expect(count, `seed ${seed}`).toBeGreaterThan(1_000);
    }
  });

  it("agrees beyond the bounds: of datagrams that begin alike, of places, of all", async () => {
    const evictedOf = async (seed: number, options: MessagesOptions) => {
      const capture = seenAt(messages(seed, options), options.points);
      return (await arrived([capture], `seed ${seed}`, false)).evicted;
    };
    const alike = { messages: 4_000, clients: 1, pause: 60, repeated: 20, points: 2, beginnings: 2 };
    expect(await evictedOf(300, alike)).toBeGreaterThan(100);
    const places = { messages: 6_000, clients: 4, pause: 500, repeated: 95, points: 60 };
    expect(await evictedOf(301, places)).toBeGreaterThan(100);
    const all = { messages: 45_000, clients: 300, pause: 2, repeated: 0, points: 1, steady: true };
    expect(await evictedOf(302, all)).toBeGreaterThan(1_000);
  });
});
