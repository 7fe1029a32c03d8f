/**
 * A source's clock made strictly monotone. Records keep their order; small steps back (several queues of one network
 * card, merged files) are levelled out, a step of more than 1 s begins a new segment, across which times
 * cannot be compared.
 */

import type { Rows } from "../capture/batch.ts";

const TOLERATED_STEP = 1_000_000;
/** What keeps records of one timestamp in their order: small beside every time that matters, exact until 2112. */
const NEXT = 0.5;

export class SourceClock {
  #latest = Number.NEGATIVE_INFINITY;

  /**
   * Fills `clock` with the monotone times (microseconds) of the batch's records from `start` on.
   * @returns index of the first record that steps back by more than 1 s (the clock restarts with it when it is
   *   asked again from there), or `batch.count`
   */
  fill(batch: Rows, start: number, clock: Float64Array): number {
    const { micros, count } = batch;
    let latest = this.#latest;
    for (let i = start; i < count; i += 1) {
      const at = micros[i];
      if (at > latest) latest = at;
      else if (at < latest - TOLERATED_STEP) {
        this.#latest = latest;
        return i;
      } else latest += NEXT;
      clock[i] = latest;
    }
    this.#latest = latest;
    return count;
  }

  /** The latest time, to be kept in a state file. */
  save(): number {
    return this.#latest;
  }

  restore(latest: number): void {
    this.#latest = latest;
  }

  /** The record at `at` begins a new segment. Returns how far the clock stepped back, in microseconds. */
  restart(at: number): number {
    const back = this.#latest - at;
    this.#latest = Number.NEGATIVE_INFINITY;
    return back;
  }
}
