/** What a reading of captures comes to: all facts, and the report. */

import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { Sink } from "../../src/feed/decoder.ts";
import { drive } from "../../src/feed/drive.ts";
import type { Reading } from "../../src/feed/feed.ts";
import { openSource } from "../../src/feed/formats.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import type { TrackerOptions } from "../../src/ike/tracker-options.ts";
import type { Memory } from "../../src/linear/memory.ts";
import { Arrivals } from "../../src/linear/arrivals.ts";
import { Walk } from "../../src/linear/walk.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { chunks } from "../support/sources.ts";

/** Bytes handed on at a time: records lie across many of them. */
const PIECE = 60_000;

/** Counts messages that are taken to their IKE SAs while `read` runs. */
export async function takenIn<T>(read: () => Promise<T>): Promise<{ count: number; result: T }> {
  let count = 0;
  const { forgetTaken } = Arrivals.prototype;
  Arrivals.prototype.forgetTaken = function () {
    count += this.taken;
    forgetTaken.call(this);
  };
  try {
    return { result: await read(), count };
  } finally {
    Arrivals.prototype.forgetTaken = forgetTaken;
  }
}

/** Counts what every walk settles while `read` runs, and messages: those that it takes to their IKE SAs twice. */
export async function settledIn(read: () => Promise<void>): Promise<number> {
  let frames = 0;
  const { past, takeTurns } = Walk.prototype;
  const arrival = Object.getOwnPropertyDescriptor(Walk.prototype, "arrival")!;
  Walk.prototype.past = function (from, end) {
    const to = past.call(this, from, end);
    frames += to - from;
    return to;
  };
  Walk.prototype.takeTurns = function (...of) {
    const settled = takeTurns.apply(this, of);
    frames += settled;
    return settled;
  };
  Object.defineProperty(Walk.prototype, "arrival", {
    configurable: true,
    get() {
      const found = arrival.get!.call(this);
      if (found !== null) frames += 1;
      return found;
    },
  });
  try {
    const { count } = await takenIn(read);
    return frames + count;
  } finally {
    Object.assign(Walk.prototype, { past, takeTurns });
    Object.defineProperty(Walk.prototype, "arrival", arrival);
  }
}

export interface Known {
  facts: unknown;
  /** Of each capture: packets, and the last time; null for none. */
  taken: unknown[];
  /** As JSON. */
  report: string;
}

/** How captures are read: with what bounds of the tables, and the rest as it is said. */
export interface KnownOptions extends TrackerOptions {
  /** false leaves the report out. */
  isJudged?: boolean;
  /** Packets taken at most. */
  limit?: number;
  /** Who sees datagrams beside the analysis. */
  sinks?: readonly Sink[];
  /** Files, which are looked into, and opened when their turn comes: what each of them holds then. */
  files?: readonly Uint8Array[];
}

/** Everything that is known of captures that are read together. */
export async function known(
  captures: readonly Uint8Array[],
  memory: Memory,
  { isJudged = true, limit, files, ...bounds }: KnownOptions = {},
): Promise<Known> {
  const inputs = captures.map((bytes, i) => ({
    name: `capture-${i}`,
    once: false,
    open: async (reading: Reading = {}) => {
      const content = (reading.chunk === undefined ? files?.[i] : undefined) ?? bytes;
      const options = { ...reading, decompressors: DECOMPRESSORS };
      const source = await openSource(new IterableSource(chunks(content, PIECE)), `capture-${i}`, options);
      if (files !== undefined) Object.defineProperty(source, "size", { value: content.length });
      return source;
    },
    abandon: () => {},
  }));
  const feed = new Sequencer(inputs, memory);
  const options = { ...bounds, memory };
  const analysis = new LiveAnalysis(feed, options);
  await drive(feed, analysis.decoder, { limit, drain: () => analysis.boundHosts() });
  const report = isJudged ? analysis.finish(0).report : null;
  await feed.close();
  const taken = captures.map((_, i) => structuredClone(analysis.decoder.taken(i)));
  // A copy: a reading goes on, and its columns may be used for another.
  const facts = deserialize(serialize(analysis.save()));
  sortWaiting(facts.tracker.hosts.waiting);
  return { facts, taken, report: JSON.stringify(report) };
}

/** All quick modes that wait for a host are told at once, so that it does not matter in which order they stand. */
function sortWaiting(ofHosts: readonly unknown[]): void {
  for (const waiting of ofHosts) {
    if (Array.isArray(waiting))
      waiting.sort((a: { begin: number }, b: { begin: number }) => a.begin - b.begin);
  }
}

/** Both are the same to the byte as V8 writes them, or else piece by piece: that takes far longer. */
export function isSame(one: Known, other: Known): boolean {
  return serialize(one).equals(serialize(other)) || isDeepStrictEqual(one, other);
}
