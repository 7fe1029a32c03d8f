/** The progress line: one line on a terminal, drawn over itself, and gone before anything else is printed. */

import { counted, span } from "../report/phrases.ts";

/** What the analysis tells while it reads. */
export interface Progress {
  bytes: number;
  /** null when the end is not known (a pipe). */
  totalBytes: number | null;
  packets: number;
}

const INTERVAL_MS = 200;
const MEGABYTE = 1_000_000;

export class ProgressLine {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #length = 0;

  /** @param now milliseconds of a clock that does not step */
  constructor(write: (text: string) => void, columns: number, now: () => number) {
    this.#write = write;
    this.#columns = columns;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Draws the line, but at most five times a second. */
  update(progress: Progress): void {
    const now = this.#now();
    if (now - this.#drawnAt < INTERVAL_MS) return;
    this.#drawnAt = now;
    // One column stays free: a terminal would wrap a full line, and the next \r would not reach its begin.
    const text = progressText(progress, (now - this.#startedAt) / 1000).slice(0, this.#columns - 1);
    this.#write(`\r${text.padEnd(this.#length)}`);
    this.#length = text.length;
  }

  /** Leaves an empty line with the cursor at its begin. */
  erase(): void {
    if (this.#length === 0) return;
    this.#write(`\r${" ".repeat(this.#length)}\r`);
    this.#length = 0;
  }
}

/** Bytes, share, rate and time left, as far as they are known after so many seconds. */
export function progressText({ bytes, totalBytes, packets }: Progress, seconds: number): string {
  const rate = seconds > 0 ? bytes / seconds : 0;
  const parts = [`${(bytes / MEGABYTE).toFixed(1)} MB`, counted(packets, "packet")];
  if (rate > 0) parts.push(`${(rate / MEGABYTE).toFixed(1)} MB/s`);
  if (totalBytes !== null && totalBytes > 0) {
    // A file that grows while it is read is more than whole.
    const share = Math.min(1, bytes / totalBytes);
    parts[0] = `${Math.floor(share * 100)} %, ${(bytes / MEGABYTE).toFixed(1)} of ${(totalBytes / MEGABYTE).toFixed(1)} MB`;
    if (rate > 0) parts.push(`${span(Math.max(0, totalBytes - bytes) / rate)} left`);
  }
  return `ike-dupcheck: ${parts.join(", ")}`;
}
