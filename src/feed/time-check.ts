/** Whether the times of a source say anything: converters of text and some exporters write none. */

import type { Rows } from "../capture/batch.ts";

/** Nothing is concluded from fewer packets. */
const MIN_PACKETS = 10;
/** Text converters count packets by this step, nanoseconds; all packets at one time have a step of 0. */
const CONVERTERS_STEP = 1_000;

/** Watches the times of one source. A source with real times is known at its first few packets, and costs nothing more. */
export class TimeCheck {
  #packets = 0;
  /** Nanoseconds from each packet to the next so far; NaN before there are two. */
  #step = Number.NaN;
  #isConstant = true;
  #lastMicros = 0;
  #lastNanos = 0;

  /** True where all packets have one time, or follow each other by one step of at most a microsecond. */
  get saysNothing(): boolean {
    return this.#isConstant && this.#packets >= MIN_PACKETS;
  }

  /** Looks at the rows of the source's next batch. */
  see({ micros, nanos, count }: Rows): void {
    for (let i = 0; i < count && this.#isConstant; i += 1) {
      if (this.#packets > 0) {
        const step = (micros[i] - this.#lastMicros) * 1_000 + (nanos[i] - this.#lastNanos);
        if (Number.isNaN(this.#step)) this.#step = step;
        if (step !== this.#step || step < 0 || step > CONVERTERS_STEP) this.#isConstant = false;
      }
      this.#packets += 1;
      this.#lastMicros = micros[i];
      this.#lastNanos = nanos[i];
    }
  }
}
