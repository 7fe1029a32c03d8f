/** Changes inputs the way hostile ones differ from honest ones: fields that lie, cuts, repetitions, mixtures. */

import { random32 } from "../support/random.ts";

/** Values on which length checks and sign extensions break. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 27, 28, 29, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff];
const WIDE_EDGES = [
  0, 1, 28, 0xffff, 0x10000, 262_144, 262_145, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff,
];
const LONG_PIECE = 512;
const SHORT_PIECE = 32;

/** Works in place: millions of small arrays would cost more than what is to be tested. */
export class Mutator {
  readonly #next: () => number;
  readonly #piece = new Uint8Array(LONG_PIECE);
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(seed: number) {
    this.#next = random32(seed);
  }

  below(limit: number): number {
    return limit <= 0 ? 0 : this.#next() % limit;
  }

  /**
   * Writes a copy of `input` with one to eight changes, some of them taken from `other`, to `into`, cut where that
   * ends.
   * @returns its length
   */
  mutated(input: Uint8Array, other: Uint8Array, into: Uint8Array): number {
    this.#bytes = into;
    this.#length = Math.min(input.length, into.length);
    into.set(input.length === this.#length ? input : input.subarray(0, this.#length));
    for (let changes = this.#changes(); changes > 0; changes -= 1) this.#change(other);
    return this.#length;
  }

  /** Mostly few: inputs with many changes rarely pass the first check. */
  #changes(): number {
    const draw = this.below(16);
    return draw < 8 ? 1 : draw < 13 ? 2 : 1 + this.below(8);
  }

  #change(other: Uint8Array): void {
    const bytes = this.#bytes;
    if (this.#length === 0) {
      this.#insert(0, this.#take(other, other.length));
      return;
    }
    const at = this.below(this.#length);
    switch (this.below(9)) {
      case 0:
        bytes[at] ^= 1 << this.below(8);
        return;
      case 1:
        bytes[at] = this.below(256);
        return;
      case 2:
        this.#number(at);
        return;
      case 3:
        // A neighbour of the number that is there.
        bytes[at] += this.below(2) === 0 ? 1 : 255;
        return;
      case 4:
        this.#length = at;
        return;
      case 5:
        this.#remove(at, 1 + this.below(64));
        return;
      case 6:
        this.#insert(at, this.#take(bytes, this.#length));
        return;
      case 7:
        this.#insert(at, this.#take(other, other.length));
        return;
      default: {
        const count = Math.min(this.#take(other, other.length), this.#length - at);
        for (let i = 0; i < count; i += 1) bytes[at + i] = this.#piece[i];
      }
    }
  }

  #number(at: number): void {
    const wide = this.below(2) === 0;
    const size = wide ? 4 : 2;
    if (at + size > this.#length) return;
    const value = wide ? WIDE_EDGES[this.below(WIDE_EDGES.length)] : EDGES[this.below(EDGES.length)];
    const little = this.below(2) === 0;
    for (let i = 0; i < size; i += 1) {
      this.#bytes[at + i] = value >>> (8 * (little ? i : size - 1 - i));
    }
  }

  #remove(at: number, count: number): void {
    this.#bytes.copyWithin(at, at + count, this.#length);
    this.#length = Math.max(at, this.#length - count);
  }

  /** Inserts so many bytes of the piece that was taken. */
  #insert(at: number, count: number): void {
    const room = Math.min(count, this.#bytes.length - at);
    this.#bytes.copyWithin(at + room, at, this.#length);
    for (let i = 0; i < room; i += 1) this.#bytes[at + i] = this.#piece[i];
    this.#length = Math.min(this.#bytes.length, this.#length + room);
  }

  /** Takes some bytes out of the first `length` of `bytes`; returns how many. */
  #take(bytes: Uint8Array, length: number): number {
    const from = this.below(length);
    const most = this.below(8) === 0 ? LONG_PIECE : SHORT_PIECE;
    const count = Math.min(1 + this.below(most), length - from);
    for (let i = 0; i < count; i += 1) this.#piece[i] = bytes[from + i];
    return count;
  }
}
