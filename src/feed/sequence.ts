/**
 * The one merger: rows of several lanes in the order of time, each lane keeping its own order. Whoever owns the lanes
 * says up to which time rows may be released: files know what comes next in each of them, interfaces wait a moment
 * for older packets of the others.
 */

import type { Slice } from "../capture/batch.ts";
import type { ClockStep } from "./feed.ts";
import type { Lane } from "./lane.ts";
import type { Turns } from "./turns.ts";

const REMEMBERED_STEPS = 16;
/** What keeps rows apart that came too late for their place, in microseconds. */
const NEXT = 0.5;

export class Sequence<L extends Lane> {
  clockSteps: { count: number; first: ClockStep[] } = { count: 0, first: [] };
  /** How often any clock stepped back. */
  segment = 0;
  /** Lanes with a row at hand, the first one first. */
  readonly lanes: L[] = [];
  /** The time that was released last, and its segment. */
  #released = Number.NEGATIVE_INFINITY;
  #releasedSegment = 0;

  /** The segment of what was released last. */
  get releasedSegment(): number {
    return this.#releasedSegment;
  }

  /** A clock steps back; gives the segment that begins. */
  step(step: ClockStep): number {
    this.segment += 1;
    this.clockSteps.count += 1;
    if (this.clockSteps.first.length < REMEMBERED_STEPS) this.clockSteps.first.push(step);
    return this.segment;
  }

  /** Takes the lanes that have a row to give. */
  begin(lanes: readonly L[]): void {
    this.lanes.splice(0, this.lanes.length, ...lanes);
    this.lanes.sort((a, b) => (a.isBefore(b) ? -1 : 1));
  }

  /**
   * Merges until the first lane has nothing at hand, or is behind `limit`. No generator, and one object for all slices:
   * captures of the same hours take turns at every record.
   * @param turns settles what it can before it is given out; not with a limit
   */
  release(limit = Number.POSITIVE_INFINITY, turns: Turns | null = null): Iterable<Slice> {
    const { lanes } = this;
    const slice = { start: 0, end: 0, source: 0, segment: 0 } as Slice;
    const result = { done: false, value: slice };
    let isFirst = true;
    const next = () => {
      if (!isFirst) this.settle();
      isFirst = false;
      if (turns !== null) this.#takeTurns(turns);
      const lane = lanes[0];
      if (lane === undefined || !lane.isReady || lane.head > limit) {
        result.done = true;
        return result;
      }
      this.#cut(lane, slice, limit);
      return result;
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }

  /** The first lane stands at another row: moves it to where its time belongs. */
  settle(): void {
    const { lanes } = this;
    const lane = lanes[0];
    if (!lane.advance()) {
      if (!lane.isAwaited) lanes.shift();
      return;
    }
    const step = lane.arrive();
    // Every lane at hand goes on in the new segment: their times were compared already.
    if (step !== null) {
      const segment = this.step(step);
      for (const each of lanes) each.segment = segment;
    }
    this.#place(0);
  }

  /** Moves a lane to where its time belongs among those behind it. */
  #place(from: number): void {
    const { lanes } = this;
    const lane = lanes[from];
    let place = from;
    for (; place + 1 < lanes.length && lanes[place + 1].isBefore(lane); place += 1)
      lanes[place] = lanes[place + 1];
    lanes[place] = lane;
  }

  /** Lets lanes take turns. What begins the feed or a segment is a slice: whoever takes it has to see it first. */
  #takeTurns(turns: Turns): void {
    const { lanes } = this;
    if (lanes.length < 2 || lanes[0].segment !== this.#releasedSegment) return;
    if (this.#released === Number.NEGATIVE_INFINITY) return;
    const count = turns.settle(lanes, this.#released);
    if (count === 0) return;
    this.#released = turns.released;
    for (let i = count - 1; i >= 0; i -= 1) this.#place(i);
    this.settle();
  }

  /** The rows that come before all of the other lanes. */
  #cut(lane: Lane, slice: Slice, limit: number): void {
    slice.source = lane.index;
    slice.batch = lane.batch!;
    slice.clock = lane.clock;
    slice.segment = lane.segment;
    slice.start = lane.at;
    lane.at = lane.runEnd(this.lanes[1], limit);
    slice.end = lane.at;
    this.#level(slice);
  }

  /** Times that come out never go back within a segment, though a row may come too late for its place. */
  #level({ clock, start, end, segment }: Slice): void {
    if (segment === this.#releasedSegment && clock[start] < this.#released) {
      for (let i = start; i < end && clock[i] <= this.#released; i += 1) {
        clock[i] = this.#released + NEXT;
        this.#released = clock[i];
      }
    }
    this.#releasedSegment = segment;
    this.#released = clock[end - 1];
  }
}
