/** The feed: what everything behind the readers takes packets from, whatever they come from. */

import type { Slice } from "../capture/batch.ts";
import type { CaptureError, CaptureSource, SourceSummary, WrittenTime } from "../capture/source.ts";
import type { Memory } from "../linear/memory.ts";
import type { ClockStep } from "./lane.ts";
import type { Turns } from "./turns.ts";

export type { Slice } from "../capture/batch.ts";
export type { WrittenTime } from "../capture/source.ts";
export type { ClockStep } from "./lane.ts";

/** How much of a source was decoded. */
export interface Taken {
  packets: number;
  /** Time of the last row. */
  last: WrittenTime;
}

/** What an input turned out to be that may be an archive. */
export interface Expansion {
  inputs: FeedInput[];
  /** Files of it that look like captures and cannot be read. */
  leftOut: CaptureError[];
}

/** How an input is read. */
export interface Reading {
  /** Bytes read at a time. */
  chunk?: number;
  /** Where they are read to. */
  memory?: Memory;
}

/** An input that is not opened yet. What opens it belongs to the runtime, and is handed in. */
export interface FeedInput {
  readonly name: string;
  /** Bytes, as they lie on the disk; absent where that is not known before it is opened. */
  readonly size?: number | undefined;
  /** It can be opened once: a pipe. Others are looked into, and opened again when their turn comes. */
  readonly once: boolean;
  /** @throws CaptureError when it cannot be read */
  open(reading?: Reading): Promise<CaptureSource>;
  /**
   * Of an input that can only be looked into by reading it: itself, or the files in it.
   * @throws CaptureError when it cannot be read
   */
  expand?(): Promise<Expansion>;
  /** Gives up an opening that waits for its first byte. */
  abandon(): void;
}

/** A source whose clock differs from that of another one. */
export interface ClockOffset {
  /** Index of the source whose clock differs, and of the one that it is compared with. */
  source: number;
  reference: number;
  /** To be added to the times of `source`, microseconds. */
  micros: number;
  /** Messages that agree on it, of those in both sources. */
  agreeing: number;
  messages: number;
  /** Two IKE SAs or ten minutes agree, or all that the source has: enough to go by. */
  isEstablished: boolean;
  /** The times of the source are read with `micros` added. */
  isApplied?: boolean;
}

/** Times of a source as written. */
export interface SourceTimes {
  /** Of its first and its last row; null before any. */
  first: WrittenTime | null;
  last: WrittenTime | null;
  /** They are none: all equal, or counted up. See time-check.ts. */
  sayNothing?: boolean;
}

/** What is known of the inputs whose rows were read, files or live interfaces. */
export interface Inputs {
  /** In their order; `Slice.source` is an index into them. */
  readonly summaries: readonly SourceSummary[];
  /** Of each. */
  readonly times: readonly SourceTimes[];
  readonly clockSteps: { readonly count: number; readonly first: readonly ClockStep[] };
  /** Sources whose clock differs from another's, as far as is known by now. */
  readonly clockOffsets?: readonly ClockOffset[];
  /** Inputs that were not even opened, because the reading was ended. */
  readonly unopened?: readonly string[];
}

/** Packets from anywhere, in the order of time: files, a pipe, live interfaces, message records, a test. */
export interface Feed extends Inputs {
  /**
   * All rows in rounds of slices: a round is what is at hand. A slice is valid until the next one is asked for.
   * @param turns settles what it can; what it leaves is in the rounds
   */
  rounds(turns?: Turns | null): AsyncIterator<Iterable<Slice>>;
  /** What `rounds` held back, because older rows might have come; to be asked for once, when they are over. */
  heldBack?(): Iterable<Slice>;
  /** Ends `rounds` in order, once what is on its way has come; without it, what is on its way is left. */
  stop?(): void;
  /**
   * The reading was ended before the feed: marks the files that were not read to their end, with what was taken of each.
   * Absent where the inputs have ended as they should: interfaces, streams.
   */
  interrupt?(taken: (source: number) => Taken | null): Promise<void>;
  /** Brings `status` up to date. */
  refresh?(): void;
  /** Absent where nothing is known of a capture, as for a pipe. */
  readonly status?: LiveStatus;
}

export type InterfaceState = "capturing" | "waiting" | "ended";

export interface LiveStatus {
  sources: { name: string; state: InterfaceState; packets: number }[];
  interruptions: number;
  /** "kernel" when every interface has the kernel's times. */
  times: "arrival" | "kernel";
  dropped: { kernel: number | null; queue: number };
}
