/**
 * Structures of fixed size in linear memory: a row of numbers each, with named fields. What the rest of the program
 * sees of a row is a flyweight: an object that knows where the numbers lie, and reads and writes them by name.
 *
 *   class Visit extends rowOf({ numbers: ["at", "port"], flags: ["isLate"] }) {}
 *   const visit = new Visit(pool);
 *   visit.at = 7;
 *
 * A JavaScript object of as many times takes three times the room, since V8 keeps each of them in a box of its own, and
 * the garbage collector looks at every box.
 */

/** Bytes of the first chunk, and of all others at most: each is twice as large as the one before. */
const FIRST_CHUNK = 4_096;
const LARGEST_CHUNK = 1 << 20;

/** Where numbers of rows lie. An object of its own, since a state file keeps what several objects share. */
interface Chunk {
  readonly numbers: Float64Array;
}

/** Rows of one kind, whose places are used again once they are given back. */
export class Pool {
  /** Numbers of a row. */
  readonly width: number;
  /** The latest chunk, and where the first row begins there that was never taken. */
  private latest: Chunk;
  private end = 0;
  private readonly free: { chunk: Chunk; begin: number }[] = [];

  /** @param rows rows to make room for at first */
  constructor(width: number, rows = Math.ceil(FIRST_CHUNK / (8 * width))) {
    this.width = width;
    this.latest = { numbers: new Float64Array(width * rows) };
  }

  /** Gives a row a place that nobody uses; what numbers are there is left open. */
  place(row: Row): void {
    const { width } = this;
    const given = this.free.pop();
    if (given === undefined && this.end + width > this.latest.numbers.length) {
      const rows = Math.max(1, Math.floor(LARGEST_CHUNK / (8 * width)));
      this.latest = { numbers: new Float64Array(Math.min(this.latest.numbers.length * 2, rows * width)) };
      this.end = 0;
    }
    row.chunk = given?.chunk ?? this.latest;
    row.begin = given?.begin ?? this.end;
    if (given === undefined) this.end += width;
  }

  /** Takes the place of a row back. */
  giveBack({ chunk, begin }: Row): void {
    this.free.push({ chunk, begin });
  }

  /** Gives a pool that came out of a state file its methods back. */
  static revive(plain: Pool): void {
    Object.setPrototypeOf(plain, Pool.prototype);
  }
}

/** No #fields: rows are kept in a state file as they are. */
export class Row {
  /** Where its numbers lie, and where they begin there. For pools alone. */
  chunk!: Chunk;
  begin!: number;

  constructor(pool: Pool) {
    pool.place(this);
    this.chunk.numbers.fill(Number.NaN, this.begin, this.begin + pool.width);
  }

  /** Moves its numbers into another pool, so that whoever still holds the row reads what was there. */
  moveTo(other: Pool): void {
    this.copyTo(this, other);
  }

  /** Gives another row, which may be this one, the same numbers in a place of its own. */
  protected copyTo(row: Row, pool: Pool): void {
    const { chunk, begin } = this;
    pool.place(row);
    const [from, to] = [chunk.numbers, row.chunk.numbers];
    for (let i = 0; i < pool.width; i += 1) to[row.begin + i] = from[begin + i];
  }
}

/** Numbers, flags, and lists of numbers of a fixed length, by their names. */
interface Names<N extends string, F extends string, L extends string> {
  /** NaN at first. */
  numbers: readonly N[];
  /** False at first; 31 at most, since all of them are bits of one number. */
  flags?: readonly F[];
  /** How long each list is; NaN at first. Reading one makes an array, `...Of` and `set...` take one number. */
  lists?: Readonly<Record<L, number>>;
}

export type RowOf<N extends string, F extends string, L extends string> = Row & { [name in N]: number } & {
  [flag in F]: boolean;
} & { readonly [list in L]: number[] } & { [list in `${L}Of`]: (i: number) => number } & {
  [list in `set${Capitalize<L>}`]: (i: number, value: number) => void;
};

export interface RowClass<N extends string, F extends string, L extends string> {
  new (pool: Pool): RowOf<N, F, L>;
  /** Numbers of a row. */
  readonly width: number;
  /** Its names, in the order in which they lie there. */
  readonly layout: string;
}

/** A class of rows with these names. */
export function rowOf<N extends string, F extends string = never, L extends string = never>({
  numbers,
  flags = [],
  lists = {} as Record<L, number>,
}: Names<N, F, L>): RowClass<N, F, L> {
  class NamedRow extends Row {
    static width = 0;
    static get layout(): string {
      return JSON.stringify([numbers, lists, flags]);
    }
  }
  for (const name of numbers) defineNumber(NamedRow, name);
  for (const [name, length] of Object.entries<number>(lists)) defineList(NamedRow, name, length);
  const at = NamedRow.width;
  NamedRow.width += 1;
  flags.forEach((name, bit) => {
    defineFlag(NamedRow, name, at, 1 << bit);
  });
  return NamedRow as unknown as RowClass<N, F, L>;
}

interface RowMade {
  prototype: object;
  width: number;
}

function defineNumber(row: RowMade, name: string): void {
  const at = row.width;
  row.width += 1;
  Object.defineProperty(row.prototype, name, {
    get(this: Row): number {
      return this.chunk.numbers[this.begin + at];
    },
    set(this: Row, value: number) {
      this.chunk.numbers[this.begin + at] = value;
    },
  });
}

function defineFlag(row: RowMade, name: string, at: number, bit: number): void {
  Object.defineProperty(row.prototype, name, {
    // NaN, where no flag was ever set, has no bits.
    get(this: Row): boolean {
      return (this.chunk.numbers[this.begin + at] & bit) !== 0;
    },
    set(this: Row, value: boolean) {
      const others = this.chunk.numbers[this.begin + at] & ~bit;
      this.chunk.numbers[this.begin + at] = value ? others | bit : others;
    },
  });
}

function defineList(row: RowMade, name: string, length: number): void {
  const at = row.width;
  row.width += length;
  Object.defineProperty(row.prototype, name, {
    get(this: Row): number[] {
      const { chunk, begin } = this;
      const list: number[] = [];
      for (let i = 0; i < length; i += 1) list.push(chunk.numbers[begin + at + i]);
      return list;
    },
  });
  Object.assign(row.prototype, {
    [`${name}Of`](this: Row, i: number): number {
      return this.chunk.numbers[this.begin + at + i];
    },
    [`set${name[0].toUpperCase()}${name.slice(1)}`](this: Row, i: number, value: number): void {
      this.chunk.numbers[this.begin + at + i] = value;
    },
  });
}
