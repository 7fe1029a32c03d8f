/** What the rules ask about moments. */

import { isBefore, later, type Moment } from "../collections/moment.ts";
import type { IkeSa, Side } from "../ike/facts.ts";

export { isBefore, later, type Moment };

export const SECOND = 1_000_000;

/** Before anything that a capture shows. */
export const BEFORE_ALL: Moment = { at: Number.NEGATIVE_INFINITY, segment: Number.NEGATIVE_INFINITY };

/** A time of a segment; before all where it was not seen. */
export function momentIn(segment: number, at: number): Moment {
  return seen(at) ? { at, segment } : BEFORE_ALL;
}

/** When a quick mode began. */
export function momentOf({ firstAt, segment }: { firstAt: number; segment: number }): Moment {
  return { at: firstAt, segment };
}

/** When an IKE SA or an SPI was first seen. */
export function firstOf({ firstAt, firstSegment }: { firstAt: number; firstSegment: number }): Moment {
  return { at: firstAt, segment: firstSegment };
}

/** When an SPI, or an IKE SA on a path, was last seen. */
export function lastOf({ lastAt, lastSegment }: { lastAt: number; lastSegment: number }): Moment {
  return { at: lastAt, segment: lastSegment };
}

/** When a side of an IKE SA was last heard on it; before all where it never was. */
export function lastFrom(sa: IkeSa, side: Side): Moment {
  return momentIn(sa.lastFromSegmentOf(side), sa.lastFromAtOf(side));
}

/** The earliest of some; null where there is none. */
export function earliestOf(moments: readonly (Moment | null)[]): Moment | null {
  return moments.reduce((a, b) => (a === null || (b !== null && isBefore(b, a)) ? b : a), null);
}

/** The latest of some; before all where there is none. */
export function latestOf(moments: readonly Moment[]): Moment {
  return moments.reduce((a, b) => (isBefore(a, b) ? b : a), BEFORE_ALL);
}

/** Ascending order, for `sort`. */
export function inOrder(a: Moment, b: Moment): number {
  return a.segment - b.segment || a.at - b.at;
}

/** A time was seen: NaN stands for one that was not. */
export function seen(time: number): boolean {
  return !Number.isNaN(time);
}

/** The earlier of two times; one that was not seen is later than any. */
export function earlier(a: number, b: number): number {
  return a <= b || Number.isNaN(b) ? a : b;
}
