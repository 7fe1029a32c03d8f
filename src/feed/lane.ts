/** One input of a sequence: the rows at hand, and the time of the next one. */

import { type Batch, frameNumber } from "../capture/batch.ts";

/** A clock steps back: before which packet of a source, and by how much. */
export interface ClockStep {
  source: number;
  frame: number;
  backMicros: number;
}

export abstract class Lane {
  /** Index of the source. */
  index: number;
  batch: Batch | null = null;
  /** Monotone time of each row of the batch, microseconds. */
  clock = new Float64Array(0);
  /** Next row of the batch, and its monotone time. */
  at = 0;
  head = Number.NaN;
  /** Segment of the clock that the next row belongs to: rows of an older one come first. */
  segment = 0;
  /** End of the rows that `clock` is filled for: a step of the clock, or the end of the batch. */
  filled = 0;

  constructor(index: number) {
    this.index = index;
  }

  /** The others wait for what comes next in this lane. */
  abstract readonly isAwaited: boolean;

  /** Goes on to what waits behind the batch, where the batch is over; false where nothing is at hand. */
  advance(): boolean {
    return this.isReady;
  }

  /** Stands at a row behind a step back of the clock: takes its time, and gives the step. Null without one. */
  abstract arrive(): ClockStep | null;

  /** The next row is at hand. */
  get isReady(): boolean {
    return this.batch !== null && this.at < this.batch.count;
  }

  isBefore(other: Lane): boolean {
    if (this.segment !== other.segment) return this.segment < other.segment;
    return this.head < other.head || (this.head === other.head && this.index < other.index);
  }

  /** End of the run of rows that come before `next` and not after `limit`; one row at least. */
  runEnd(next: Lane | undefined, limit: number): number {
    const before = next === undefined || this.segment < next.segment ? Number.POSITIVE_INFINITY : next.head;
    if (before === Number.POSITIVE_INFINITY && limit === before) return this.filled;
    const { clock, filled } = this;
    const winsTies = next !== undefined && this.index < next.index;
    let end = this.at + 1;
    while (
      end < filled &&
      clock[end] <= limit &&
      (clock[end] < before || (winsTies && clock[end] === before))
    )
      end += 1;
    return end;
  }

  protected stepAt(backMicros: number): ClockStep {
    return { source: this.index, frame: frameNumber(this.batch!, this.at), backMicros };
  }
}
