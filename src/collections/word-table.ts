/**
 * Hash table from keys of a fixed number of 32-bit words to row numbers 0, 1, 2, ...
 *
 * Addresses, endpoint pairs and cookies are looked up once per packet; a Map would need a string for each.
 * Other columns of a row live in arrays of the owner, indexed by the row number.
 *
 * The hash is multilinear over 16-bit halves with factors drawn anew in every run (strongly universal, Lemire and
 * Kaser 2014): any two keys meet with a chance of one in 2^32, so nobody can choose cookies or addresses that fall
 * into one bucket. A seed alone would not do: differences in the top bits of one word pass through a
 * multiplication whatever the seed is, and the next word can undo them.
 */

type Words = Uint32Array | Int32Array;

interface WordsType<T extends Words> {
  new (length: number): T;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Where the words of a table lie: linear/memory.ts, of which this room knows nothing. */
interface Columns {
  column<T extends Words>(type: WordsType<T>, length: number, most?: number): T;
  wider<T extends Words>(column: T, type: WordsType<T>): T;
  free(column: Words): void;
}

/** Of `WordTable.count`. */
const LATEST = 1;
const OTHER = 2;

const ORDINARY: Columns = {
  column: (type, length) => new type(length),
  wider: (column, type) => {
    const larger = new type(column.length * 2);
    larger.set(column);
    return larger;
  },
  free: () => {},
};

export class WordTable {
  /** The key to look up: the caller fills all words, then calls `find` or `ensure`. */
  readonly key: Uint32Array;
  /**
   * Number of rows, and the two rows that were asked for last, or -1: packets of one talk come one after another, to and
   * fro. In a column of its own: who reaches the columns may find and enter keys as well.
   */
  readonly count: Int32Array;
  /** The keys of all rows, `words` of them each. */
  keys: Uint32Array;
  /** The hash of each row's key: where slots are given out anew, none is made again. */
  hashes: Int32Array;
  readonly #words: number;
  readonly #columns: Columns;
  readonly #most: number;
  /** For each half of a word two factors, and the two sums that begin. */
  readonly factors: Int32Array;
  /** Row number + 1, or 0 for an empty slot; the length is a power of two, at most half full. */
  slots: Int32Array;

  /** @param most rows that are expected at most; more than that find room as well */
  constructor(words: number, rows = 256, columns = ORDINARY, most = 0) {
    this.#words = words;
    this.#columns = columns;
    this.#most = most;
    this.count = columns.column(Int32Array, 3).fill(-1, LATEST);
    this.factors = columns.column(Int32Array, words * 4 + 2);
    for (let i = 0; i < this.factors.length; i += 1) this.factors[i] = Math.random() * 0x100000000;
    this.key = new Uint32Array(words);
    this.keys = columns.column(Uint32Array, rows * words, most * words);
    this.hashes = columns.column(Int32Array, rows, most);
    this.slots = columns.column(Int32Array, rows * 2, most * 2);
  }

  /** Number of rows. */
  get size(): number {
    return this.count[0];
  }

  /** Row of the key, or -1. */
  find(): number {
    const recent = this.#recent();
    if (recent >= 0) return recent;
    const row = this.slots[this.#slotOf(this.#hashOf(this.key, 0))] - 1;
    return row < 0 ? -1 : this.#asLatest(row);
  }

  /** Row of the key; a new key gets the row `size`, which then grows by one. */
  ensure(): number {
    const recent = this.#recent();
    if (recent >= 0) return recent;
    const hash = this.#hashOf(this.key, 0);
    let slot = this.#slotOf(hash);
    const found = this.slots[slot];
    if (found > 0) return this.#asLatest(found - 1);
    if ((this.size + 1) * 2 > this.slots.length) {
      this.#grow();
      slot = this.#slotOf(hash);
    }
    this.keys.set(this.key, this.size * this.#words);
    this.hashes[this.size] = hash;
    this.count[0] += 1;
    this.slots[slot] = this.size;
    return this.#asLatest(this.size - 1);
  }

  /** The row of the key where it is one of the two that were asked for last, or -1. */
  #recent(): number {
    const latest = this.count[LATEST];
    if (this.#hasKey(latest)) return latest;
    const other = this.count[OTHER];
    return this.#hasKey(other) ? this.#asLatest(other) : -1;
  }

  /** The row is there, and has the key to look up. */
  #hasKey(row: number): boolean {
    if (row < 0) return false;
    const words = this.#words;
    const at = row * words;
    for (let i = 0; i < words; i += 1) if (this.keys[at + i] !== this.key[i]) return false;
    return true;
  }

  #asLatest(row: number): number {
    this.count[OTHER] = this.count[LATEST];
    this.count[LATEST] = row;
    return row;
  }

  /** Removes all rows but those for which `keep` is true, in order; gives the new row of each old one, or -1. */
  retain(keep: (row: number) => boolean): Int32Array {
    const { keys, hashes, size } = this;
    const words = this.#words;
    const moved = new Int32Array(size).fill(-1);
    let next = 0;
    for (let row = 0; row < size; row += 1) {
      if (!keep(row)) continue;
      moved[row] = next;
      for (let i = 0; i < words; i += 1) keys[next * words + i] = keys[row * words + i];
      hashes[next] = hashes[row];
      next += 1;
    }
    this.count[0] = next;
    this.#rehash();
    return moved;
  }

  /** The keys, to be kept in a state file. */
  save(): Uint32Array {
    return this.keys.slice(0, this.size * this.#words);
  }

  /** Takes the rows of `save` in place of its own. */
  restore(keys: Uint32Array): void {
    this.count[0] = keys.length / this.#words;
    let rows = 256;
    while (rows < this.size) rows *= 2;
    this.#takeKeys(keys, rows);
    for (let row = 0; row < this.size; row += 1) {
      this.hashes[row] = this.#hashOf(this.keys, row * this.#words);
    }
    this.#rehash();
  }

  /** Forgets all rows, and takes no more room than at first. */
  clear(): void {
    this.restore(new Uint32Array(0));
  }

  #grow(): void {
    const columns = this.#columns;
    this.keys = columns.wider(this.keys, Uint32Array);
    this.hashes = columns.wider(this.hashes, Int32Array);
    this.slots = columns.wider(this.slots, Int32Array);
    this.#rehash();
  }

  /** Takes keys into new columns, which have room for so many rows. */
  #takeKeys(keys: Uint32Array, rows: number): void {
    const columns = this.#columns;
    const [words, most] = [this.#words, this.#most];
    const old = [this.keys, this.hashes, this.slots];
    this.keys = columns.column(Uint32Array, rows * words, most * words);
    this.keys.set(keys);
    for (const column of old) columns.free(column);
    this.hashes = columns.column(Int32Array, rows, most);
    this.slots = columns.column(Int32Array, rows * 2, most * 2);
  }

  #rehash(): void {
    const slots = this.slots;
    const hashes = this.hashes;
    const mask = slots.length - 1;
    slots.fill(0);
    this.count.fill(-1, LATEST);
    for (let row = 0; row < this.size; row += 1) {
      let slot = hashes[row] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
  }

  /** The hash of the key that begins at `start` of `from`. */
  #hashOf(from: Uint32Array, start: number): number {
    const words = this.#words;
    const factors = this.factors;
    let a = factors[words * 4];
    let b = factors[words * 4 + 1];
    for (let i = 0; i < words; i += 1) {
      const word = from[start + i];
      const low = word & 0xffff;
      const high = word >>> 16;
      const at = i * 4;
      a = (a + Math.imul(factors[at], low) + Math.imul(factors[at + 1], high)) | 0;
      b = (b + Math.imul(factors[at + 2], low) + Math.imul(factors[at + 3], high)) | 0;
    }
    // The upper halves of both sums are what the theorem speaks of; mixing them spreads neighbours.
    let hash = (a & 0xffff0000) | (b >>> 16);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash ^= hash >>> 13;
    return hash ^ (hash >>> 16);
  }

  /** The slot that holds the key to look up, which has this hash, or the empty one where it belongs. */
  #slotOf(hash: number): number {
    const { key, keys } = this;
    const words = this.#words;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const row = this.slots[slot] - 1;
      if (row < 0) return slot;
      let i = 0;
      while (i < words && keys[row * words + i] === key[i]) i += 1;
      if (i === words) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
