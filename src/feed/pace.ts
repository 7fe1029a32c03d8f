/**
 * Whether a pipe is a live capture or a file that somebody pipes in: packets of a live one come no faster than
 * their times say. Judging again and again would only slow a file down.
 */

/** What is asked of the analysis: packets so far, and the time of the last one on the capture's clock. */
interface Seen {
  readonly packets: number;
  readonly lastAt: number;
}

/** How much faster than its times a live capture may come: bursts, and the buffers of whoever writes it. */
const HASTE = 2;
const SLACK_SECONDS = 0.5;

export class Pace {
  /** A live capture does not become a file again. */
  live: boolean;
  #tickedAt = Number.NaN;
  #lastAt = Number.NaN;
  #packets = 0;

  constructor(certain: boolean) {
    this.live = certain;
  }

  /** @param now milliseconds of a clock that does not step */
  tick(now: number, { packets, lastAt }: Seen): boolean {
    if (this.live || packets === 0) return this.live;
    const elapsed = (now - this.#tickedAt) / 1_000;
    const passed = (lastAt - this.#lastAt) / 1_000_000;
    // The first look has nothing to compare with.
    if (this.#packets > 0 && passed <= elapsed * HASTE + SLACK_SECONDS) this.live = true;
    this.#tickedAt = now;
    this.#lastAt = lastAt;
    this.#packets = packets;
    return this.live;
  }
}
