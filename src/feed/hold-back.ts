/**
 * Records of several live interfaces in the order of their times. A record is held back for a moment, because an
 * older one may still be on its way from another interface; a question and its answer can come from two of them.
 */

import type { Slice } from "./feed.ts";

/** A slice that waits. */
export interface Held extends Slice {
  /** When it came, on a clock that does not step (milliseconds). */
  arrivedAt: number;
}

export class HoldBack {
  readonly #holdMs: number;
  readonly #lanes: Held[][];
  #released = Number.NEGATIVE_INFINITY;
  #segment = 0;

  /** @param holdMs how long a record waits for older ones; 0 for a single source */
  constructor(sources: number, holdMs: number) {
    this.#lanes = Array.from({ length: sources }, () => []);
    this.#holdMs = holdMs;
  }

  add(held: Held): void {
    this.#lanes[held.source].push(held);
  }

  get size(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  /** Milliseconds until something may be released; null when nothing waits. */
  dueIn(now: number): number | null {
    const heads = this.#lanes.filter((lane) => lane.length > 0).map((lane) => lane[0].arrivedAt);
    return heads.length === 0 ? null : Math.max(0, Math.min(...heads) + this.#holdMs - now);
  }

  /** What has waited long enough, and all that is older, in the order of time. `all`: nothing more will come. */
  *release(now: number, all = false): Generator<Slice> {
    const limit = this.#limit(now, all);
    for (;;) {
      const lane = this.#oldest(limit);
      if (lane === null) return;
      const head = lane[0];
      const next = this.#nextHead(lane);
      let end = head.start + 1;
      while (end < head.end && head.clock[end] <= limit && isBefore(head, end, next)) end += 1;
      this.#level(head, end);
      const { source, batch, clock, start, segment } = head;
      head.start = end;
      if (end === head.end) lane.shift();
      yield { source, batch, clock, start, end, segment };
    }
  }

  /** Time of the latest record that has waited long enough. */
  #limit(now: number, all: boolean): number {
    if (all) return Number.POSITIVE_INFINITY;
    let limit = Number.NEGATIVE_INFINITY;
    for (const lane of this.#lanes) {
      for (const { arrivedAt, clock, end, segment } of lane) {
        if (arrivedAt + this.#holdMs > now) break;
        // A clock that was set back must not hold its records until the old time comes again.
        limit = segment === this.#segment ? Math.max(limit, clock[end - 1]) : Number.POSITIVE_INFINITY;
      }
    }
    return limit;
  }

  #oldest(limit: number): Held[] | null {
    let oldest: Held[] | null = null;
    for (const lane of this.#lanes) {
      if (lane.length === 0 || lane[0].clock[lane[0].start] > limit) continue;
      if (oldest === null || isBefore(lane[0], lane[0].start, oldest[0])) oldest = lane;
    }
    return oldest;
  }

  #nextHead(own: Held[]): Held | null {
    let next: Held | null = null;
    for (const lane of this.#lanes) {
      if (lane === own || lane.length === 0) continue;
      if (next === null || isBefore(lane[0], lane[0].start, next)) next = lane[0];
    }
    return next;
  }

  /** Times that come out never go back within a segment. */
  #level({ clock, start, segment }: Held, end: number): void {
    if (segment !== this.#segment) {
      this.#segment = segment;
      this.#released = Number.NEGATIVE_INFINITY;
    }
    for (let i = start; i < end; i += 1) {
      if (clock[i] <= this.#released) clock[i] = this.#released + 0.5;
      this.#released = clock[i];
    }
  }
}

/** True when record `at` of `held` comes before the first of `other`. */
function isBefore(held: Held, at: number, other: Held | null): boolean {
  if (other === null) return true;
  if (held.segment !== other.segment) return held.segment < other.segment;
  return held.clock[at] < other.clock[other.start];
}
