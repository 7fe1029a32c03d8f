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
import { type Annexes, type Chunk, NOWHERE, type Places, type Row, withViews } from "./row.ts";

/** Bytes of the first chunk, and of all others at most: each is twice as large as the one before. */
const FIRST_CHUNK = 4_096;
const FIRST_FREE = 64;
/** Of `#end`, how many places were given back. */
const FREE = FREE_COUNT / 4;
const LARGEST_CHUNK = 1 << 20;

/** How large the rows of one kind are. */
export interface Size {
  /** What a row takes, in units of eight bytes; the first of them are numbers. */
  readonly width: number;
  readonly numbers: number;
  /** Which word of a row says where its annex lies (annexed-row.ts), and the class of that; null where rows have none. */
  readonly annex?: { readonly at: number; readonly kind: Kind } | null;
}

/** A class of rows. */
interface Kind extends Size {
  new (pool: Places | null): Row;
  readonly prototype: Row;
}

/** A pool in a state file; the chunks of its rows are kept with them. */
export interface SavedPool {
  latest: { readonly numbers: Float64Array };
  end: number;
  free: readonly (readonly [chunk: { readonly numbers: Float64Array }, begin: number])[];
  annexes: SavedPool | null;
}

/** Rows of one kind, whose places are used again once they are given back. */
export class Pool implements Places {
  readonly width: number;
  readonly numbers: number;
  readonly #annex: NonNullable<Size["annex"]> | null;
  #annexes: AnnexPool | null = null;
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
    { width, numbers, annex = null }: Size,
    rows = Math.ceil(FIRST_CHUNK / (8 * width)),
    memory: Memory = ordinaryMemory,
  ) {
    this.width = width;
    this.numbers = numbers;
    this.#annex = annex;
    this.#memory = memory;
    this.#end = memory.column(Int32Array, 2);
    this.#free = memory.column(Uint32Array, memory.linear === null ? 0 : FIRST_FREE);
    this.#latest = this.#chunkOf(width * rows);
  }

  #chunkOf(length: number): Chunk {
    const numbers = this.#memory.column(Float64Array, length);
    const chunk = withViews({ numbers }, this.#memory, this);
    if (chunk.address !== 0) this.#chunks.push(chunk);
    return chunk;
  }

  /** Where the annexes of rows lie. Of kinds that have some. */
  get annexes(): AnnexPool {
    this.#annexes ??= new AnnexPool(this.#annex!.kind, this.#memory);
    return this.#annexes;
  }

  /** Where the core finds room for rows: nowhere as long as there are places that were given back. */
  lieAt(border: Border, field: number): void {
    const isLatest = this.#freeChunks.length === 0 && this.#latest.address !== 0;
    border.value(field + CHUNK, this.#latest.address);
    border.value(field + LENGTH, isLatest ? this.#latest.numbers.length : 0);
    border.column(field + END, this.#end);
    border.column(field + FREE_ROWS, this.#free);
  }

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
      row.lieAt(chunk, this.#freeBegins.pop()!);
      if (this.#freeChunks.length === 0) this.#changed();
      return;
    }
    const end = this.#end[0];
    if (end + width > this.#latest.numbers.length) {
      const rows = Math.max(1, Math.floor(LARGEST_CHUNK / (8 * width)));
      this.#latest = this.#chunkOf(Math.min(this.#latest.numbers.length * 2, rows * width));
      this.#end[0] = 0;
    }
    row.lieAt(this.#latest, this.#end[0]);
    this.#end[0] += width;
  }

  /** Lets a row lie where the core has made one. @param address in linear memory */
  lieAtAddress(row: Row, address: number): void {
    const chunk = this.#chunkAt(address);
    row.lieAt(chunk, (address - chunk.address) / 8);
  }

  #chunkAt(address: number): Chunk {
    // Rows that are asked for one after another lie side by side, as a rule.
    if (!isIn(this.#found, address)) this.#found = this.#chunks.findLast((each) => isIn(each, address))!;
    return this.#found;
  }

  clear({ chunk, begin }: Row): void {
    // So few that `fill` takes longer.
    const { numbers, words } = chunk;
    const end = begin + this.numbers;
    for (let i = begin; i < end; i += 1) numbers[i] = Number.NaN;
    for (let i = end * 2; i < (begin + this.width) * 2; i += 1) words[i] = 0;
  }

  /** Takes the place of a row back. */
  giveBack(row: Row): void {
    row.left();
    this.#giveBack(row.chunk, row.begin);
  }

  /** The same of a row that the core has made. @param address in linear memory */
  giveBackAt(address: number): void {
    const annex = this.#annexOf(address);
    if (annex !== 0) this.annexes.giveBackAt(annex);
    this.#giveBackAt(address);
  }

  /** Where the annex of a row lies that the core has made; 0 without one. */
  #annexOf(address: number): number {
    if (this.#annex === null) return 0;
    const chunk = this.#chunkAt(address);
    return chunk.words[(address - chunk.address) / 4 + this.#annex.at];
  }

  #giveBackAt(address: number): void {
    const free = this.#end[FREE];
    if (free === this.#free.length) this.#free = this.#memory.wider(this.#free, Uint32Array);
    this.#free[free] = address;
    this.#end[FREE] = free + 1;
  }

  #giveBack(chunk: Chunk, begin: number): void {
    if (chunk.address !== 0) {
      this.#giveBackAt(chunk.address + begin * 8);
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
    return {
      latest: this.#latest,
      end: this.#end[0],
      free,
      annexes: this.#annex === null ? null : this.annexes.save(),
    };
  }

  /**
   * Takes back what was saved. Rows of the pool are to be given to `adopt`.
   * @throws RangeError where a free place does not lie in its chunk
   */
  restore({ latest, end, free, annexes }: SavedPool): void {
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
    if (annexes !== null) this.annexes.restore(annexes);
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
    row.adopted();
  }

  #settled(chunk: { numbers: Float64Array }): Chunk {
    if ("words" in chunk) return chunk as Chunk;
    chunk.numbers = moved(this.#memory, chunk.numbers, Float64Array);
    const settled = withViews(chunk, this.#memory, this);
    if (settled.address !== 0) this.#chunks.push(settled);
    return settled;
  }
}

function isIn({ address: first, numbers }: Chunk, address: number): boolean {
  return address >= first && address < first + numbers.byteLength;
}

/** Where annexes lie (annexed-row.ts). */
export class AnnexPool extends Pool implements Annexes {
  readonly #kind: Kind;

  constructor(kind: Kind, memory: Memory) {
    super(kind, undefined, memory);
    this.#kind = kind;
  }

  newRow(): Row {
    return new this.#kind(this);
  }

  rowAt(address: number): Row {
    const row = new this.#kind(null);
    this.lieAtAddress(row, address);
    return row;
  }

  copyOf(row: Row): Row {
    const copy = new this.#kind(null);
    row.copyTo(copy, this);
    return copy;
  }

  override adopt(row: Row): void {
    Object.setPrototypeOf(row, this.#kind.prototype);
    super.adopt(row);
  }
}
