/** Reading an input that goes on, until it ends or is told to stop. */

import type { LiveInputs, Slice } from "./feed.ts";

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
