/** Several captures by clocks that differ (contract 2.8): which are read twice, and which cannot be. */

import { expect, it } from "vitest";
import type { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { runAligned } from "../../src/analysis/aligned.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { FeedInput } from "../../src/feed/feed.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pcap } from "../support/capture-files.ts";
import { type PlayedRecord, Session, Stage } from "../support/session.ts";
import { chunks } from "../support/sources.ts";

const SECOND = 1_000_000_000n;

function played(): PlayedRecord[] {
  const stage = new Stage(12);
  for (const n of [11, 12, 13]) {
    const session = new Session(stage, { address: `198.51.100.${n}` }).mainMode(40 * n);
    session
      .quickMode(40 * n + 0.2, 1)
      .quickMode(40 * n + 1, 2)
      .farewell(40 * n + 30);
  }
  return stage.sorted();
}
const records = played();
const ahead = (seconds: bigint) => records.map((each) => ({ ...each, at: each.at + seconds * SECOND }));

/** Shifts in seconds, how many packets were read in the last reading, and in how many rounds progress was told. */
async function read(
  captures: readonly (readonly PlayedRecord[])[],
  once = false,
  { last, ...options }: { last?: number; maxPackets?: number } = {},
  names: readonly string[] = captures.map((_, i) => String(i)),
) {
  const readings = new Set<unknown>();
  const ending = new AbortController();
  let rounds = 0;
  const inputs = captures.map(
    (each, i): FeedInput => ({
      name: names[i],
      once,
      open: () => {
        const bytes = pcap(each);
        return openSource(new IterableSource(chunks(bytes, 4_096), { size: bytes.length }), names[i]);
      },
      abandon: () => {},
    }),
  );
  const told = {
    ...options,
    signal: ending.signal,
    onRound: (feed: unknown, { packets }: LiveAnalysis) => {
      readings.add(feed);
      rounds += 1;
      if (packets === last) ending.abort();
    },
  };
  const { report, feed, shifts } = await runAligned(inputs, told, () => []);
  await feed.close();
  const codes = report.warnings.map(({ code }) => code).filter((code) => code === "clock-offset");
  expect(rounds).toBeGreaterThan(0);
  return { shifts: shifts.map((each) => each / 1e6), readings: readings.size, warned: codes.length };
}

it.each<[string, () => ReturnType<typeof read>, Awaited<ReturnType<typeof read>>]>([
  ["of one clock: read once", () => read([records, records]), { shifts: [0, 0], readings: 1, warned: 0 }],
  ["one alone: read once", () => read([records]), { shifts: [0], readings: 1, warned: 0 }],
  [
    "of two clocks: read again, the later one shifted",
    () => read([records, ahead(95n)]),
    { shifts: [0, -95], readings: 2, warned: 1 },
  ],
  [
    "of two clocks, of pipes: never shifted, the warning alone",
    () => read([records, ahead(95n)], true),
    { shifts: [0, 0], readings: 1, warned: 1 },
  ],
  [
    "of two clocks, of which so many packets were wanted: as many are read again",
    () => read([records, ahead(95n)], false, { maxPackets: 60 }),
    { shifts: [0, -95], readings: 2, warned: 1 },
  ],
  [
    "of two clocks, whose reading was ended with the last packet: read once",
    () => read([records, ahead(95n)], false, { last: 2 * records.length }),
    { shifts: [0, 0], readings: 1, warned: 1 },
  ],
  [
    "of two clocks and as many packets: the one of the later name is shifted",
    () => read([records, ahead(95n)], false, {}, ["b", "a"]),
    { shifts: [95, 0], readings: 2, warned: 1 },
  ],
])("captures %s", async (_, reading, expected) => {
  expect(await reading()).toEqual(expected);
});
