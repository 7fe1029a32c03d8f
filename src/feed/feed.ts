import type { RecordBatch } from "../capture/batch.ts";
import type { CaptureSource, SourceSummary } from "../capture/source.ts";
import type { InterfaceState } from "../node/live/interface.ts";

/** An input that is not opened yet. What opens it belongs to the runtime, and is handed in. */
export interface FeedInput {
  readonly name: string;
  /** It can be opened once: a pipe. Others are looked into, and opened again when their turn comes. */
  readonly once: boolean;
  /**
   * @param chunk bytes read at a time
   * @throws CaptureError when it cannot be read
   */
  open(chunk?: number): Promise<CaptureSource>;
  /** Gives up an opening that waits for its first byte. */
  abandon(): void;
}

/** Consecutive records of one source within one segment of the clock. */

export interface Slice {
  /** Index of the source. */
  source: number;
  batch: RecordBatch;
  /** Monotone time of each record of the batch, microseconds. */
  clock: Float64Array;
  /** Records `start` to `end - 1`. */
  start: number;
  end: number;
  /** How often any clock stepped back so far. */
  segment: number;
}
/** A record's time as written. */

export interface WrittenTime {
  micros: number;
  nanos: number;
}

export interface ClockStep {
  source: number;
  frame: number;
  backMicros: number;
}
/** What is known of the inputs whose records were read, files or live interfaces. */

export interface Inputs {
  /** In their order; `Slice.source` is an index into them. */
  readonly summaries: readonly SourceSummary[];
  /** First and last record of each. */
  readonly times: readonly { first: WrittenTime | null; last: WrittenTime | null }[];
  readonly clockSteps: { readonly count: number; readonly first: readonly ClockStep[] };
}
/** What records come from: live interfaces, a pipe, a test. */

export interface LiveInputs extends Inputs {
  /** All records in rounds of slices; a slice is valid until the next one is asked for. */
  rounds(): AsyncIterator<Iterable<Slice>>;
  /** What `rounds` held back, because older records might have come; to be asked for once, when they are over. */
  rest?(): Iterable<Slice>;
  /** Ends `rounds` in order, once what is on its way has come; without it, what is on its way is left. */
  stop?(): void;
  /** Brings `status` up to date. */
  refresh?(): void;
  /** Absent where nothing is known of a capture, as for a pipe. */
  readonly status?: LiveStatus;
}
export interface LiveStatus {
  sources: { name: string; state: InterfaceState; packets: number }[];
  interruptions: number;
  /** "kernel" when every interface has the kernel's times. */
  times: "arrival" | "kernel";
  dropped: { kernel: number | null; queue: number };
}
