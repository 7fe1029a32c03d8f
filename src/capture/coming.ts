/**
 * Bytes that are on their way, waited for with an end: a reader of an input that grows asks again and again, perhaps for
 * days, while one and the same read is open. `Promise.race` would leave a reaction on that read at every round.
 */

export class Coming {
  readonly #begin: () => Promise<void>;
  #open = false;
  /** What the read ended with while nobody waited; null while it did not. */
  #failure: { error: unknown } | null = null;
  #wake: () => void = () => {};

  /** @param begin begins a read, which settles when there are bytes, or when there will be none */
  constructor(begin: () => Promise<void>) {
    this.#begin = begin;
  }

  /**
   * Waits until the read that is open, or a new one, is over; one caller at a time.
   * @param milliseconds how long at most; null for as long as it takes
   * @returns false when that time passed before
   * @throws whatever the read rejects with
   */
  async wait(milliseconds: number | null): Promise<boolean> {
    if (!this.#open && this.#failure === null) this.#start();
    if (this.#open) await this.#settledWithin(milliseconds);
    const failure = this.#failure;
    if (failure === null) return !this.#open;
    this.#failure = null;
    throw failure.error;
  }

  #start(): void {
    this.#open = true;
    const over = (failure: { error: unknown } | null) => {
      this.#open = false;
      this.#failure = failure;
      this.#wake();
    };
    this.#begin().then(
      () => over(null),
      (error: unknown) => over({ error }),
    );
  }

  async #settledWithin(milliseconds: number | null): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== null) timer = setTimeout(resolve, milliseconds);
    });
    this.#wake = () => {};
    clearTimeout(timer);
  }
}
