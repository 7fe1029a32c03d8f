/** Rows as the rest of the program sees them: flyweights that know where their numbers lie. See `Pool` (rows.ts). */

import { type Memory, ordinaryMemory } from "./memory.ts";

/** Who gives rows of one kind their places. */
export interface Places {
  /** What a row takes, in units of eight bytes. */
  readonly width: number;
  /** Gives a row a place that nobody uses; what is there is left open. */
  place(row: Row): void;
  /** Makes a row one of which nothing is known. */
  clear(row: Row): void;
  /** Who does so for the annexes of these rows (annexed-row.ts). */
  readonly annexes: Annexes;
}

/** Of annexes. */
export interface Annexes extends Places {
  /** A row of which nothing is known. */
  newRow(): Row;
  /** The row that lies at an address in linear memory. */
  rowAt(address: number): Row;
  copyOf(row: Row): Row;
  giveBack(row: Row): void;
  adopt(row: Row): void;
}

/** Where rows lie. An object of its own, since a state file keeps what several objects share. */
export interface Chunk {
  readonly numbers: Float64Array;
  /** The same bytes. Not enumerable: a state file keeps them once. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  /** Where they begin in linear memory; 0 elsewhere. Not enumerable either, */
  readonly address: number;
  /** nor is who has taken it. */
  readonly places: Places | null;
}

/** @param chunk as it is kept in a state file */
export function withViews(
  chunk: { readonly numbers: Float64Array },
  { linear }: Memory,
  places: Places | null,
): Chunk {
  const { numbers } = chunk;
  const { buffer, byteOffset, byteLength } = numbers;
  return Object.defineProperties(chunk, {
    words: { value: new Uint32Array(buffer, byteOffset, byteLength / 4) },
    bytes: { value: new Uint8Array(buffer, byteOffset, byteLength) },
    address: { value: linear?.has(numbers) === true ? byteOffset : 0 },
    places: { value: places },
  }) as Chunk;
}

export const NOWHERE = withViews({ numbers: new Float64Array(0) }, ordinaryMemory, null);

/** No #fields: rows are kept in a state file as they are. */
export class Row {
  /** Where it lies, and where it begins there, in units of eight bytes. For pools alone. */
  declare chunk: Chunk;
  declare begin: number;

  /** Fields that most rows of the kind have nothing of; null where this one has nothing of any. */
  declare protected rare: object | null;

  /** @param pool gives it a place; null: it stands in for a row inside another one, see `lieIn` */
  constructor(pool: Places | null) {
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

  /** Gives it its place. @param begin in units of eight bytes */
  lieAt(chunk: Chunk, begin: number): void {
    this.chunk = chunk;
    this.begin = begin;
  }

  /** Lets it lie in the room that another row has for it. @param at where that begins there */
  lieIn(row: Row, at: number): void {
    this.lieAt(row.chunk, row.begin + at);
  }

  /** Its place is given back. */
  left(): void {}

  /** It came out of a state file, and has its place. */
  adopted(): void {}

  /** Moves what it holds into another pool, so that whoever still holds the row reads what was there. */
  moveTo(other: Places): void {
    this.copyTo(this, other);
  }

  /** Gives another row, which may be this one, the same values in a place of its own. */
  copyTo(row: Row, pool: Places): void {
    const { chunk, begin } = this;
    pool.place(row);
    // Word by word: as numbers, bits of words that look like a NaN might be changed.
    const [from, to] = [chunk.words, row.chunk.words];
    const [first, second] = [begin * 2, row.begin * 2];
    for (let i = 0; i < pool.width * 2; i += 1) to[second + i] = from[first + i];
    if (row !== this) row.rare = this.rare === null ? null : { ...this.rare };
  }
}
