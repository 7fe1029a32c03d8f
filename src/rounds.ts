/** Reading an input that goes on, until it ends or is told to stop. */

import type { LiveStatus } from "./capture/live.ts";
import type { Inputs, Slice } from "./capture/merge.ts";

/** What records come from: live interfaces, a pipe, a test. */
export interface LiveInputs extends Inputs {
  /** All records in rounds of slices; a slice is valid until the next one is asked for. */
  rounds(): AsyncIterator<Iterable<Slice>>;
  /** What `rounds` held back, because older records might have come; to be asked for once, when they are over. */
  rest?(): Iterable<Slice>;
  /** Ends `rounds` in order, once what is on its way has come; without it, what is on its way is left. */
  stop?(): void;
  /** Brings `status` up to date. */
  refresh?(): void;
  /** Absent where nothing is known of a capture, as for a pipe. */
  readonly status?: LiveStatus;
}

/** How long an ended capture may take to hand over what is on its way. */
const DRAIN_MS = 2_000;

/** The rounds of an input, one by one, until it ends or is stopped. */
export class RoundReader {
  readonly #inputs: LiveInputs;
  readonly #rounds: AsyncIterator<Iterable<Slice>>;
  #stopped = false;
  #release: (round: null) => void = () => {};
  #over = false;

  constructor(inputs: LiveInputs) {
    this.#inputs = inputs;
    this.#rounds = inputs.rounds();
  }

  /** null at the end. A promise of its own each time: one that all raced with would remember every round. */
  next(): Promise<Iterable<Slice> | null> {
    if (this.#over) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#release = resolve;
      this.#rounds.next().then(({ done, value }) => resolve(done === true ? null : value), reject);
    });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const end = () => {
      this.#over = true;
      this.#release(null);
    };
    if (this.#inputs.stop === undefined) end();
    else {
      this.#inputs.stop();
      setTimeout(end, DRAIN_MS).unref();
    }
  }
}
