/** Bits of a buffer, the highest of each byte first, as bzip2 writes them. */

/** Behind the end come zeros: whoever reads looks at `isOver` when done, and not at each bit. */
export class Bits {
  readonly #bytes: Uint8Array;
  /** The next byte that is not in the word. */
  #at: number;
  #word = 0;
  /** Bits of the word that are not taken yet. */
  #left = 0;

  /** @param skipped bits of the first byte that were taken before */
  constructor(bytes: Uint8Array, skipped: number) {
    this.#bytes = bytes;
    this.#at = 0;
    if (skipped > 0) this.read(skipped);
  }

  /** Bits taken so far, those that were skipped included. */
  get position(): number {
    return this.#at * 8 - this.#left;
  }

  /** More was taken than there is. */
  get isOver(): boolean {
    return this.position > this.#bytes.length * 8;
  }

  /** The next bits, 24 at most, without taking them. */
  peek(count: number): number {
    while (this.#left < count) {
      this.#word = (this.#word << 8) | (this.#at < this.#bytes.length ? this.#bytes[this.#at] : 0);
      this.#at += 1;
      this.#left += 8;
    }
    return (this.#word >>> (this.#left - count)) & ((1 << count) - 1);
  }

  /** Passes over bits that were looked at. */
  drop(count: number): void {
    this.#left -= count;
  }

  /** The next bits, 24 at most. */
  read(count: number): number {
    const value = this.peek(count);
    this.#left -= count;
    return value;
  }

  /** The next 32 bits as an unsigned number. */
  word(): number {
    return this.read(16) * 0x10000 + this.read(16);
  }
}
