/**
 * A source's clock made strictly monotone. Records keep their order; small steps back (several queues of one network
 * card, merged files) are levelled out, a step of more than 1 s begins a new segment, across which times
 * cannot be compared.
 */

import type { Rows } from "../capture/batch.ts";
import { coreOver, NEXT, TOLERATED_STEP } from "../linear/core.ts";
import { type Memory, ordinaryMemory } from "../linear/memory.ts";

export class SourceClock {
  #latest = Number.NEGATIVE_INFINITY;
  readonly #memory: Memory;

  /** @param memory where times may lie, of which the core fills the clock then */
  constructor(memory: Memory = ordinaryMemory) {
    this.#memory = memory;
  }

  /**
   * Fills `clock` with the monotone times (microseconds) of the batch's records from `start` on.
   * @returns index of the first record that steps back by more than 1 s (the clock restarts with it when it is
   *   asked again from there), or `batch.count`
   */
  fill(batch: Rows, start: number, clock: Float64Array): number {
    const { micros, count } = batch;
    const core = this.#reaches(micros) && this.#reaches(clock) ? coreOver(this.#memory) : null;
    if (core !== null) {
      const end = core.monotone(micros.byteOffset, clock.byteOffset, start, count, this.#latest);
      if (end > start) this.#latest = clock[end - 1];
      return end;
    }
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

  #reaches(times: Float64Array): boolean {
    return this.#memory.linear?.has(times) === true;
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
