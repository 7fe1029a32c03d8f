/**
 * Times of arrival in microseconds: the system's clock tells the date, a clock that cannot step the microseconds,
 * and when the two drift apart (the system's clock was set) the date wins.
 */

const TOLERATED_MS = 100;

export class ArrivalClock {
  readonly #date: () => number;
  readonly #steady: () => number;
  #offset: number;

  /** @param date milliseconds since the epoch @param steady milliseconds of a clock that does not step */
  constructor(date: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#date = date;
    this.#steady = steady;
    this.#offset = date() - steady();
  }

  /** Whole microseconds since the epoch. */
  micros(): number {
    const steady = this.#steady();
    const date = this.#date();
    if (Math.abs(date - steady - this.#offset) > TOLERATED_MS) this.#offset = date - steady;
    return Math.floor((steady + this.#offset) * 1000);
  }
}
