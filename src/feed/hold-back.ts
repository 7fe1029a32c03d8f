/**
 * Rows that are pushed, by live interfaces, in the order of their times. A row is held back for a moment, because an
 * older one may still be on its way from another interface; a question and its answer can come from two of them.
 */

import { type Batch, frameNumber, type Slice } from "../capture/batch.ts";
import type { ClockStep } from "./feed.ts";
import { Lane } from "./lane.ts";
import { Sequence } from "./sequence.ts";
import { SourceClock } from "./source-clock.ts";

/** Rows of one batch within one segment of the clock. */
interface Held {
  batch: Batch;
  clock: Float64Array<ArrayBuffer>;
  start: number;
  end: number;
  segment: number;
  /** When it came, on a clock that does not step (milliseconds). */
  arrivedAt: number;
}

class PushedLane extends Lane {
  readonly isAwaited = false;
  /** The first one is at hand. */
  readonly queue: Held[] = [];
  readonly sourceClock = new SourceClock();

  override get isReady(): boolean {
    return this.queue.length > 0 && this.at < this.filled;
  }

  override advance(): boolean {
    if (this.isReady) return true;
    this.queue.shift();
    return this.stand();
  }

  /** Stands at the first row that waits; false where there is none. */
  stand(): boolean {
    const held = this.queue.at(0);
    if (held === undefined) return false;
    this.batch = held.batch;
    this.clock = held.clock;
    this.at = held.start;
    this.filled = held.end;
    this.segment = held.segment;
    this.head = held.clock[held.start];
    return true;
  }

  /** Steps were noted when the rows came. */
  arrive(): null {
    this.head = this.clock[this.at];
    // What was released is not held any more.
    this.queue[0].start = this.at;
    return null;
  }
}

export class HoldBack {
  readonly #holdMs: number;
  readonly #lanes: PushedLane[];
  readonly #sequence = new Sequence<PushedLane>();

  /** @param holdMs how long a row waits for older ones; 0 for a single source */
  constructor(sources: number, holdMs: number) {
    this.#lanes = Array.from({ length: sources }, (_, index) => new PushedLane(index));
    this.#holdMs = holdMs;
  }

  get clockSteps(): { readonly count: number; readonly first: readonly ClockStep[] } {
    return this.#sequence.clockSteps;
  }

  /** Takes a batch, which stays as it is, at `now` (milliseconds of a clock that does not step). */
  add(source: number, batch: Batch, now: number): void {
    const lane = this.#lanes[source];
    const clock = new Float64Array(batch.count);
    for (let start = 0; start < batch.count; ) {
      const end = lane.sourceClock.fill(batch, start, clock);
      if (end > start) {
        const { segment } = this.#sequence;
        lane.queue.push({ batch, clock, start, end, segment, arrivedAt: now });
      }
      if (end < batch.count) this.#sequence.step(stepIn(lane, batch, end));
      start = end;
    }
  }

  /** Batches that wait. */
  get size(): number {
    return this.#lanes.reduce((sum, { queue }) => sum + queue.length, 0);
  }

  /** Milliseconds until something may be released; null when nothing waits. */
  dueIn(now: number): number | null {
    const heads = this.#lanes.filter(({ queue }) => queue.length > 0).map(({ queue }) => queue[0].arrivedAt);
    return heads.length === 0 ? null : Math.max(0, Math.min(...heads) + this.#holdMs - now);
  }

  /** What has waited long enough, and all that is older, in the order of time. `all`: nothing more will come. */
  release(now: number, all = false): Iterable<Slice> {
    this.#sequence.begin(this.#lanes.filter((lane) => lane.stand()));
    return this.#sequence.release(all ? Number.POSITIVE_INFINITY : this.#limit(now));
  }

  /** Time of the latest row that has waited long enough. */
  #limit(now: number): number {
    let limit = Number.NEGATIVE_INFINITY;
    for (const { queue } of this.#lanes) {
      for (const { arrivedAt, clock, end, segment } of queue) {
        if (arrivedAt + this.#holdMs > now) break;
        // A clock that was set back must not hold its rows until the old time comes again.
        if (segment !== this.#sequence.releasedSegment) return Number.POSITIVE_INFINITY;
        limit = Math.max(limit, clock[end - 1]);
      }
    }
    return limit;
  }
}

/** The clock of a lane steps back before a row that just came. */
function stepIn(lane: PushedLane, batch: Batch, row: number): ClockStep {
  const backMicros = lane.sourceClock.restart(batch.micros[row]);
  return { source: lane.index, frame: frameNumber(batch, row), backMicros };
}
