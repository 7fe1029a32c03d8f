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

/** Bytes of the first chunk, and of all others at most: each is twice as large as the one before. */
const FIRST_CHUNK = 4_096;
const LARGEST_CHUNK = 1 << 20;

/** Where rows lie. An object of its own, since a state file keeps what several objects share. */
interface Chunk {
  readonly numbers: Float64Array;
  /** The same bytes. Not enumerable: a state file keeps them once. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

function chunkOf(numbers: Float64Array): Chunk {
  return withWords({ numbers });
}

function withWords(chunk: { readonly numbers: Float64Array }): Chunk {
  const { buffer, byteOffset, byteLength } = chunk.numbers;
  return Object.defineProperties(chunk, {
    words: { value: new Uint32Array(buffer, byteOffset, byteLength / 4) },
    bytes: { value: new Uint8Array(buffer, byteOffset, byteLength) },
  }) as Chunk;
}

/** How large the rows of one kind are. */
export interface Size {
  /** What a row takes, in units of eight bytes; the first of them are numbers. */
  readonly width: number;
  readonly numbers: number;
}

/** Rows of one kind, whose places are used again once they are given back. */
export class Pool {
  readonly width: number;
  readonly numbers: number;
  /** The latest chunk, and where the first row begins there that was never taken. */
  private latest: Chunk;
  private end = 0;
  /** Places that were given back. */
  private readonly freeChunks: Chunk[] = [];
  private readonly freeBegins: number[] = [];

  /** @param rows rows to make room for at first */
  constructor({ width, numbers }: Size, rows = Math.ceil(FIRST_CHUNK / (8 * width))) {
    this.width = width;
    this.numbers = numbers;
    this.latest = chunkOf(new Float64Array(width * rows));
  }

  /** Gives a row a place that nobody uses; what is there is left open. */
  place(row: Row): void {
    const { width } = this;
    const chunk = this.freeChunks.pop();
    if (chunk !== undefined) {
      row.chunk = chunk;
      row.begin = this.freeBegins.pop()!;
      return;
    }
    if (this.end + width > this.latest.numbers.length) {
      const rows = Math.max(1, Math.floor(LARGEST_CHUNK / (8 * width)));
      this.latest = chunkOf(new Float64Array(Math.min(this.latest.numbers.length * 2, rows * width)));
      this.end = 0;
    }
    row.chunk = this.latest;
    row.begin = this.end;
    this.end += width;
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
  giveBack({ chunk, begin }: Row): void {
    this.freeChunks.push(chunk);
    this.freeBegins.push(begin);
  }

  /** Gives a pool that came out of a state file its methods back. */
  static revive(plain: Pool): void {
    Object.setPrototypeOf(plain, Pool.prototype);
    for (const chunk of [plain.latest, ...plain.freeChunks]) reviveChunk(chunk);
  }
}

function reviveChunk(chunk: Chunk): void {
  if (!(chunk.words instanceof Uint32Array)) withWords(chunk);
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
    pool?.place(this);
    pool?.clear(this);
    this.rare = null;
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

/**
 * Makes the chunk of a row that came out of a state file one that can be read.
 * @throws RangeError where the row does not lie in it
 */
export function reviveRow({ chunk, begin }: Row, { width }: Size): void {
  reviveChunk(chunk);
  const isInside = Number.isInteger(begin) && begin >= 0 && begin + width <= chunk.numbers.length;
  if (!isInside) throw new RangeError("a row lies outside of its chunk");
}
