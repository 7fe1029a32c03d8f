/**
 * Ends the reading of a run.
 *
 *     const stop = new Stop();
 *     env.analyze(inputs, { signal: stop.signal });
 *     stop.abort();   // the input counts as ended
 */

import type { Stopping } from "../index.ts";

/** An AbortController, or a Stop. */
export interface Stopper {
  readonly signal: Stopping;
  abort(): void;
}

/** Does what an AbortController does, which Node takes a millisecond to load and few runs use. */
export class Stop implements Stopper, Stopping {
  readonly signal: Stopping = this;
  readonly #listeners = new Set<() => void>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  addEventListener(_: "abort", listener: () => void): void {
    if (!this.#aborted) this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
