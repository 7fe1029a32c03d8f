/**
 * Hash table from keys of a fixed number of 32-bit words to row numbers 0, 1, 2, ...
 *
 * Addresses, endpoint pairs and cookies are looked up once per packet; a Map would need a string for each.
 * Other columns of a row live in arrays of the owner, indexed by the row number. The seed differs from run
 * to run, so that nobody can choose cookies or addresses that all fall into one bucket.
 */

export class WordTable {
  /** The key to look up: the caller fills all words, then calls `find` or `ensure`. */
  readonly key: Uint32Array;
  /** Number of rows. */
  size = 0;
  /** The keys of all rows, `words` of them each. */
  keys: Uint32Array;
  readonly #words: number;
  readonly #seed = Math.floor(Math.random() * 0x7fffffff);
  /** Row number + 1, or 0 for an empty slot; the length is a power of two, at most half full. */
  #slots: Int32Array;

  constructor(words: number, rows = 256) {
    this.#words = words;
    this.key = new Uint32Array(words);
    this.keys = new Uint32Array(rows * words);
    this.#slots = new Int32Array(rows * 2);
  }

  /** Row of the key, or -1. */
  find(): number {
    return this.#slots[this.#slotOf(this.key, 0)] - 1;
  }

  /** Row of the key; a new key gets the row `size`, which then grows by one. */
  ensure(): number {
    let slot = this.#slotOf(this.key, 0);
    const found = this.#slots[slot];
    if (found > 0) return found - 1;
    if ((this.size + 1) * 2 > this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(this.key, 0);
    }
    this.keys.set(this.key, this.size * this.#words);
    this.size += 1;
    this.#slots[slot] = this.size;
    return this.size - 1;
  }

  /** Removes all rows but those for which `keep` is true, in order; gives the new row of each old one, or -1. */
  retain(keep: (row: number) => boolean): Int32Array {
    const moved = new Int32Array(this.size).fill(-1);
    let next = 0;
    for (let row = 0; row < this.size; row += 1) {
      if (!keep(row)) continue;
      moved[row] = next;
      this.keys.copyWithin(next * this.#words, row * this.#words, (row + 1) * this.#words);
      next += 1;
    }
    this.size = next;
    this.#rehash();
    return moved;
  }

  #grow(): void {
    const keys = new Uint32Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#rehash();
  }

  #rehash(): void {
    this.#slots.fill(0);
    for (let row = 0; row < this.size; row += 1) {
      this.#slots[this.#slotOf(this.keys, row * this.#words)] = row + 1;
    }
  }

  /** The slot that holds the key found at `start` of `from`, or the empty one where it belongs. */
  #slotOf(from: Uint32Array, start: number): number {
    const words = this.#words;
    let hash = this.#seed;
    for (let i = 0; i < words; i += 1) {
      hash = Math.imul(hash ^ from[start + i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const row = this.#slots[slot] - 1;
      if (row < 0) return slot;
      let i = 0;
      while (i < words && this.keys[row * words + i] === from[start + i]) i += 1;
      if (i === words) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
