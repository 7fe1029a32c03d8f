/** A clock that does not step back. */

import { NEXT, TOLERATED_STEP } from "./bounds";

/**
 * Makes times strictly monotone, as `SourceClock` does.
 *
 * @param micros address of the times as written (f64)
 * @param clock address of the monotone times (f64), which are written
 * @param from index of the first row
 * @param to index behind the last one
 * @param latest the monotone time before
 * @returns index of the first row that steps back by more than is tolerated, or `to`
 */
export function monotone(micros: usize, clock: usize, from: i32, to: i32, latest: f64): i32 {
  let now = latest;
  for (let i = from; i < to; i += 1) {
    const at = load<f64>(micros + ((<usize>i) << 3));
    if (at > now) now = at;
    else if (at < now - <f64>TOLERATED_STEP) return i;
    else now += <f64>NEXT;
    store<f64>(clock + ((<usize>i) << 3), now);
  }
  return to;
}
