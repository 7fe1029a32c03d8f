/**
 * Several captures as one: their records merged by time, each capture keeping its own order.
 *
 * Files are opened when the merge comes to them and closed at their end, so a directory with a thousand files
 * of a ring needs as many open files as overlap in time.
 */

import { CaptureError, type SourceSummary } from "../capture/source.ts";
import type { ClockStep, FeedInput, Slice, WrittenTime } from "./feed.ts";
import { isBefore, Lane } from "./lane.ts";

const REMEMBERED_STEPS = 16;

export class MergedCapture {
  readonly clockSteps: { count: number; first: ClockStep[] } = { count: 0, first: [] };
  readonly failures: CaptureError[] = [];
  readonly #lanes: Lane[];
  #segment = 0;

  constructor(inputs: readonly FeedInput[]) {
    this.#lanes = inputs.map((input, index) => new Lane(input, index));
  }

  /** Inputs that could be opened; while an interrupted read waits for the first byte of one, it is not among them. */
  get #readable(): (Lane & { summary: SourceSummary })[] {
    return this.#lanes.filter(
      (lane): lane is Lane & { summary: SourceSummary } => !lane.failed && lane.summary !== null,
    );
  }

  /** Summaries of the inputs that could be read, in their order; `Slice.source` is an index into them. */
  get summaries(): SourceSummary[] {
    return this.#readable.map((lane) => lane.summary);
  }

  /** First and last record of each of these inputs. */
  get times(): { first: WrittenTime | null; last: WrittenTime | null }[] {
    return this.#readable.map(({ first, last }) => ({ first, last }));
  }

  /** Bytes of all inputs read so far and in all, and the name of a source. */
  progress(source: number): { bytes: number; totalBytes: number | null; source: string } {
    let bytes = 0;
    let totalBytes: number | null = 0;
    for (const lane of this.#lanes) {
      bytes += lane.position();
      totalBytes = totalBytes === null || lane.size === null ? null : totalBytes + lane.size;
    }
    return { bytes, totalBytes, source: this.summaries[source]?.name ?? "" };
  }

  /**
   * All records, in rounds: a round is what can be merged without waiting for an input. Slices are valid until
   * the next one is asked for. Inputs that cannot be read end up in `failures`.
   */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const alone = this.#lanes.length === 1;
    for (const lane of this.#lanes) await this.#start(lane, !alone);
    this.#lanes
      .filter((lane) => !lane.failed)
      .forEach((lane, index) => {
        lane.index = index;
      });
    const live = this.#lanes.filter((lane) => lane.hasRecord).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    while (live.length > 0) {
      await live[0].ready();
      if (live[0].hasRecord) {
        this.#pass(live);
        yield this.#round(live);
      } else live.shift();
    }
  }

  /**
   * Merges until the first lane needs another batch, or to be opened. No generator, and one object for all slices:
   * captures of the same hours take turns at every record.
   */
  #round(live: Lane[]): Iterable<Slice> {
    const slice = { source: 0, batch: live[0].batch!, clock: live[0].clock, start: 0, end: 0, segment: 0 };
    const result = { done: false, value: slice };
    let isFirst = true;
    const next = () => {
      if (!isFirst && live[0].isReady) this.#pass(live);
      isFirst = false;
      const lane = live[0];
      if (!lane.isReady) {
        result.done = true;
        return result;
      }
      const limit = live.length > 1 ? live[1].head : Number.POSITIVE_INFINITY;
      slice.source = lane.index;
      slice.batch = lane.batch!;
      slice.clock = lane.clock;
      slice.start = lane.at;
      lane.at = lane.runEnd(limit, live.length > 1 && lane.index < live[1].index);
      slice.end = lane.at;
      slice.segment = this.#segment;
      return result;
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }

  /** Of a single input, what it held back when the rounds were given up. */
  *rest(): Generator<Slice> {
    if (this.#lanes.length > 1) return;
    for (const lane of this.#lanes) {
      for (const batch of lane.rest()) {
        lane.take(batch);
        this.#pass([lane]);
        yield* this.#round([lane]);
      }
    }
  }

  /** The first lane stands at another record: notes a step of its clock, and moves it to where its time belongs. */
  #pass(live: Lane[]): void {
    const lane = live[0];
    const step = lane.arrive();
    if (step !== null) {
      this.#segment += 1;
      this.clockSteps.count += 1;
      if (this.clockSteps.first.length < REMEMBERED_STEPS) this.clockSteps.first.push(step);
    }
    let place = 0;
    for (; place + 1 < live.length && isBefore(live[place + 1], lane); place += 1)
      live[place] = live[place + 1];
    live[place] = lane;
  }

  async #start(lane: Lane, peek: boolean): Promise<void> {
    try {
      await lane.start(peek);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      lane.failed = true;
      this.failures.push(error);
    }
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close();
  }
}
