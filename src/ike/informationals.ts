/** When the latest distinct Informationals of an IKE SA came: a row, since dead peer detection sends them all day. */

import { rowOf } from "../linear/row-names.ts";
import type { Side } from "./paths.ts";

/** Of each side. */
const MOST = 16;

export class Informationals extends rowOf({
  numbers: [],
  /** A ring for each side. */
  lists: { times: 2 * MOST },
  /** How many of each side there were. */
  wordLists: { counts: 2 },
}) {
  /** Times of a side in their order; capture clock, microseconds. */
  of(side: Side): readonly number[] {
    const count = this.countsOf(side);
    const times: number[] = [];
    for (let i = Math.max(0, count - MOST); i < count; i += 1)
      times.push(this.timesOf(side * MOST + (i % MOST)));
    return times;
  }

  add(side: Side, at: number): void {
    const count = this.countsOf(side);
    this.setTimes(side * MOST + (count % MOST), at);
    this.setCounts(side, count + 1);
  }

  forget(): void {
    this.counts = [0, 0];
  }
}
