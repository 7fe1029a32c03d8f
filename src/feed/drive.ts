/**
 * The one loop that everything runs in: rounds of a feed go through a decoder to its sinks, until the feed ends, is
 * told to stop, or enough packets were taken.
 *
 *   const feed = new Sequencer(inputs);
 *   const decoder = new Decoder(portSet([]), [sink]);
 *   await drive(feed, decoder, { signal });
 *   await feed.close();
 */

import type { Slice } from "../capture/batch.ts";
import type { Decoder } from "./decoder.ts";
import type { Feed } from "./feed.ts";
import type { Turns } from "./turns.ts";

/** Says when to stop: an AbortSignal, or what does the same. */
export interface Stopping {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface DriveOptions {
  /** When aborted, the feed counts as ended. */
  signal?: Stopping | undefined;
  /** Packets taken at most. */
  limit?: number | undefined;
  /** Stop after so many milliseconds. */
  stopAfter?: number | undefined;
  /** Called every so many milliseconds while the feed is read. */
  every?: readonly [ms: number, tick: () => void] | undefined;
  /** Called behind each round and in long ones, and waited for: output that must not pile up. */
  drain?: (() => Promise<void> | void) | undefined;
  /** Called when the rounds are over, before what the feed held back is taken. */
  beforeHeldBack?: (() => Promise<void> | void) | undefined;
}

/** Why the reading is over: the feed ended, it was told to stop, or `limit` was reached. */
export type DriveEnd = "ended" | "stopped" | "limit";

/** Packets after which output is let out in a round that goes on. */
const DRAIN_EVERY = 8_192;
/** How long a stopped feed may take to hand over what is on its way, in milliseconds. */
const DRAIN_MS = 2_000;

/** @throws what the feed, a sink or `drain` throws */
export async function drive(feed: Feed, decoder: Decoder, options: DriveOptions = {}): Promise<DriveEnd> {
  const { limit = Number.POSITIVE_INFINITY, signal, every, stopAfter, drain } = options;
  let drainedAt = 0;
  const take = async (slices: Iterable<Slice>) => {
    for (const slice of slices) {
      decoder.decode(slice, limit - decoder.packets);
      if (decoder.packets >= limit) return;
      if (decoder.packets < drainedAt + DRAIN_EVERY) continue;
      drainedAt = decoder.packets;
      await drain?.();
    }
  };
  const reader = new RoundReader(feed, decoder.turns(limit));
  const stop = () => reader.stop();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  const ticking = every === undefined ? undefined : setInterval(every[1], every[0]);
  const stopping = stopAfter === undefined ? undefined : setTimeout(stop, stopAfter);
  try {
    while (decoder.packets < limit) {
      const round = await reader.next();
      if (round === null) break;
      await take(round);
      await drain?.();
    }
  } finally {
    clearInterval(ticking);
    clearTimeout(stopping);
    signal?.removeEventListener("abort", stop);
    reader.end();
    feed.stop?.();
  }
  await options.beforeHeldBack?.();
  if (decoder.packets >= limit) return "limit";
  await take(feed.heldBack?.() ?? []);
  return reader.isStopped ? "stopped" : "ended";
}

/** The rounds of a feed, one by one, until it ends or is stopped. */
class RoundReader {
  isStopped = false;
  readonly #feed: Feed;
  readonly #rounds: AsyncIterator<Iterable<Slice>>;
  #release: (round: null) => void = () => {};
  #over = false;
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor(feed: Feed, turns: Turns | null) {
    this.#feed = feed;
    this.#rounds = feed.rounds(turns);
  }

  /** null at the end. A promise of its own each time: one that all raced with would remember every round. */
  next(): Promise<Iterable<Slice> | null> {
    if (this.#over) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#release = resolve;
      this.#rounds.next().then(({ done, value }) => resolve(done === true ? null : value), reject);
    });
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    if (this.#feed.stop === undefined) this.end();
    else {
      this.#feed.stop();
      this.#ending = setTimeout(() => this.end(), DRAIN_MS);
    }
  }

  /** Nothing more is read. */
  end(): void {
    clearTimeout(this.#ending);
    this.#over = true;
    this.#release(null);
  }
}
