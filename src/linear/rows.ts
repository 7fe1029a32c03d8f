/**
 * Structures of fixed size in linear memory: a row of numbers each, with named fields. What the rest of the program
 * sees of a row is a flyweight: an object that knows where the numbers lie, and reads and writes them by name.
 *
 *   class Visit extends rowOf({ numbers: ["at"], words: ["port"], flags: ["isLate"] }) {}   (row-names.ts)
 *   const visit = new Visit(new Pool(Visit));
 *   visit.at = 7;
 *
 * A JavaScript object of as many times takes three times the room, since V8 keeps each of them in a box of its own, and
 * the garbage collector looks at every box.
 */

import { CHUNK, END, FREE_COUNT, FREE_ROWS, LENGTH } from "../core/message-layout.ts";
import type { Border } from "./border.ts";
import { type Memory, moved, ordinaryMemory } from "./memory.ts";

/** Bytes of the first chunk, and of all others at most: each is twice as large as the one before. */
const FIRST_CHUNK = 4_096;
const FIRST_FREE = 64;
/** Of `#end`, how many places were given back. */
const FREE = FREE_COUNT / 4;
const LARGEST_CHUNK = 1 << 20;

/** Where rows lie. An object of its own, since a state file keeps what several objects share. */
interface Chunk {
  readonly numbers: Float64Array;
  /** The same bytes. Not enumerable: a state file keeps them once. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** Where they begin in linear memory; 0 elsewhere. Not enumerable either. */
  readonly address: number;
}

function chunkOf(numbers: Float64Array, memory: Memory): Chunk {
  return withViews({ numbers }, memory);
}

function withViews(chunk: { readonly numbers: Float64Array }, { linear }: Memory): Chunk {
  const { numbers } = chunk;
  const { buffer, byteOffset, byteLength } = numbers;
  return Object.defineProperties(chunk, {
    words: { value: new Uint32Array(buffer, byteOffset, byteLength / 4) },
    bytes: { value: new Uint8Array(buffer, byteOffset, byteLength) },
    address: { value: linear?.has(numbers) === true ? byteOffset : 0 },
  }) as Chunk;
}

const NOWHERE = chunkOf(new Float64Array(0), ordinaryMemory);

/** How large the rows of one kind are. */
export interface Size {
  /** What a row takes, in units of eight bytes; the first of them are numbers. */
  readonly width: number;
  readonly numbers: number;
}

/** A pool in a state file; the chunks of its rows are kept with them. */
export interface SavedPool {
  latest: { readonly numbers: Float64Array };
  end: number;
  free: readonly (readonly [chunk: { readonly numbers: Float64Array }, begin: number])[];
}

/** Rows of one kind, whose places are used again once they are given back. */
export class Pool {
  readonly width: number;
  readonly numbers: number;
  readonly #memory: Memory;
  #latest: Chunk;
  /** All in linear memory, the latest one last. */
  readonly #chunks: Chunk[] = [];
  /** The one in which a row was found last. */
  #found: Chunk = NOWHERE;
  /** Where the first row begins in the latest chunk that was never taken, and how many places of `#free` are. */
  readonly #end: Int32Array;
  /** Addresses of places in linear memory that were given back. The core takes rows there as well. */
  #free: Uint32Array;
  /** Places elsewhere. */
  #freeChunks: Chunk[] = [];
  #freeBegins: number[] = [];

  /** @param rows rows to make room for at first */
  constructor(
    { width, numbers }: Size,
    rows = Math.ceil(FIRST_CHUNK / (8 * width)),
    memory: Memory = ordinaryMemory,
  ) {
    this.width = width;
    this.numbers = numbers;
    this.#memory = memory;
    this.#end = memory.column(Int32Array, 2);
    this.#free = memory.column(Uint32Array, memory.linear === null ? 0 : FIRST_FREE);
    this.#latest = this.#chunkOf(width * rows);
  }

  #chunkOf(length: number): Chunk {
    const chunk = chunkOf(this.#memory.column(Float64Array, length), this.#memory);
    if (chunk.address !== 0) this.#chunks.push(chunk);
    return chunk;
  }

  /** Where the core finds room for rows: nowhere as long as there are places that were given back. */
  lieAt(border: Border, field: number): void {
    const isLatest = this.#freeChunks.length === 0 && this.#latest.address !== 0;
    border.value(field + CHUNK, this.#latest.address);
    border.value(field + LENGTH, isLatest ? this.#latest.numbers.length : 0);
    border.column(field + END, this.#end);
    border.column(field + FREE_ROWS, this.#free);
  }

  /** Gives a row a place that nobody uses; what is there is left open. */
  place(row: Row): void {
    const { width } = this;
    const free = this.#end[FREE];
    if (free > 0) {
      this.#end[FREE] = free - 1;
      this.lieAtAddress(row, this.#free[free - 1]);
      return;
    }
    const chunk = this.#freeChunks.pop();
    if (chunk !== undefined) {
      row.chunk = chunk;
      row.begin = this.#freeBegins.pop()!;
      if (this.#freeChunks.length === 0) this.#changed();
      return;
    }
    const end = this.#end[0];
    if (end + width > this.#latest.numbers.length) {
      const rows = Math.max(1, Math.floor(LARGEST_CHUNK / (8 * width)));
      this.#latest = this.#chunkOf(Math.min(this.#latest.numbers.length * 2, rows * width));
      this.#end[0] = 0;
    }
    row.chunk = this.#latest;
    row.begin = this.#end[0];
    this.#end[0] += width;
  }

  /** Lets a row lie where the core has made one. @param address in linear memory */
  lieAtAddress(row: Row, address: number): void {
    const chunk = this.#chunkAt(address);
    row.chunk = chunk;
    row.begin = (address - chunk.address) / 8;
  }

  #chunkAt(address: number): Chunk {
    // Rows that are asked for one after another lie side by side, as a rule.
    if (!isIn(this.#found, address)) this.#found = this.#chunks.findLast((each) => isIn(each, address))!;
    return this.#found;
  }

  /** Makes a row one of which nothing is known. */
  clear({ chunk, begin }: Row): void {
    // So few that `fill` takes longer.
    const { numbers, words } = chunk;
    const end = begin + this.numbers;
    for (let i = begin; i < end; i += 1) numbers[i] = Number.NaN;
    for (let i = end * 2; i < (begin + this.width) * 2; i += 1) words[i] = 0;
  }

  /** Takes the place of a row back. */
  giveBack(row: Row): void {
    this.#giveBack(row.chunk, row.begin);
  }

  /** The same of a row that the core has made. @param address in linear memory */
  giveBackAt(address: number): void {
    const free = this.#end[FREE];
    if (free === this.#free.length) this.#free = this.#memory.wider(this.#free, Uint32Array);
    this.#free[free] = address;
    this.#end[FREE] = free + 1;
  }

  #giveBack(chunk: Chunk, begin: number): void {
    if (chunk.address !== 0) {
      this.giveBackAt(chunk.address + begin * 8);
      return;
    }
    this.#freeChunks.push(chunk);
    this.#freeBegins.push(begin);
    if (this.#freeChunks.length === 1) this.#changed();
  }

  /** The core has to look again where rows may be made. */
  #changed(): void {
    if (this.#memory.linear !== null) this.#memory.linear.changes += 1;
  }

  save(): SavedPool {
    const begins = this.#freeBegins;
    const free = this.#freeChunks.map((chunk, i): [Chunk, number] => [chunk, begins[i]]);
    for (let i = 0; i < this.#end[FREE]; i += 1) {
      const chunk = this.#chunkAt(this.#free[i]);
      free.push([chunk, (this.#free[i] - chunk.address) / 8]);
    }
    return { latest: this.#latest, end: this.#end[0], free };
  }

  /**
   * Takes back what was saved. Rows of the pool are to be given to `adopt`.
   * @throws RangeError where a free place does not lie in its chunk
   */
  restore({ latest, end, free }: SavedPool): void {
    this.#latest = this.#settled(latest);
    this.#end[0] = end;
    this.#end[FREE] = 0;
    this.#freeChunks = [];
    this.#freeBegins = [];
    for (const [chunk, begin] of free) {
      const settled = this.#settled(chunk);
      this.#check(settled, begin);
      this.#giveBack(settled, begin);
    }
  }

  /** @throws RangeError where a row would not lie in the chunk */
  #check({ numbers }: Chunk, begin: number): void {
    const isInside = Number.isInteger(begin) && begin >= 0 && begin + this.width <= numbers.length;
    if (!isInside) throw new RangeError("a row lies outside of its chunk");
  }

  /**
   * Lets a row that came out of a state file lie in the memory of the pool again.
   * @throws RangeError where the row does not lie in its chunk
   */
  adopt(row: Row): void {
    this.#check(this.#settled(row.chunk), row.begin);
  }

  #settled(chunk: { numbers: Float64Array }): Chunk {
    if ("words" in chunk) return chunk as Chunk;
    chunk.numbers = moved(this.#memory, chunk.numbers, Float64Array);
    const settled = withViews(chunk, this.#memory);
    if (settled.address !== 0) this.#chunks.push(settled);
    return settled;
  }
}

function isIn({ address: first, numbers }: Chunk, address: number): boolean {
  return address >= first && address < first + numbers.byteLength;
}

/** No #fields: rows are kept in a state file as they are. */
export class Row {
  /** Where it lies, and where it begins there, in units of eight bytes. For pools alone. */
  declare chunk: Chunk;
  declare begin: number;

  /** Fields that most rows of the kind have nothing of; null where this one has nothing of any. */
  declare protected rare: object | null;

  /** @param pool gives it a place; null: it stands in for a row inside another one, see `lieIn` */
  constructor(pool: Pool | null) {
    this.chunk = NOWHERE;
    this.begin = 0;
    this.rare = null;
    pool?.place(this);
    pool?.clear(this);
  }

  /** Where it lies in linear memory; 0 where it lies elsewhere. */
  get address(): number {
    const { address } = this.chunk;
    return address === 0 ? 0 : address + this.begin * 8;
  }

  /** It has nothing of what most rows of the kind have nothing of. */
  get isUsual(): boolean {
    return this.rare === null;
  }

  /** Lets it lie in the room that another row has for it. @param at where that begins there */
  lieIn(row: Row, at: number): void {
    this.chunk = row.chunk;
    this.begin = row.begin + at;
  }

  /** Moves what it holds into another pool, so that whoever still holds the row reads what was there. */
  moveTo(other: Pool): void {
    this.copyTo(this, other);
  }

  /** Gives another row, which may be this one, the same values in a place of its own. */
  protected copyTo(row: Row, pool: Pool): void {
    const { chunk, begin } = this;
    pool.place(row);
    // Word by word: as numbers, bits of words that look like a NaN might be changed.
    const [from, to] = [chunk.words, row.chunk.words];
    const [first, second] = [begin * 2, row.begin * 2];
    for (let i = 0; i < pool.width * 2; i += 1) to[second + i] = from[first + i];
    if (row !== this) row.rare = this.rare === null ? null : { ...this.rare };
  }
}
