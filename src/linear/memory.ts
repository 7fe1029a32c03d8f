/**
 * Where columns of numbers lie: in arrays of their own, or side by side in one linear memory, where the walk
 * (src/core/) reaches them as well.
 */

import { TEXT_END } from "../core/report-layout.ts";
import { type Column, type ColumnType, columnOfZeros, LINE } from "./column.ts";
import { aligned, Gaps } from "./gaps.ts";

export type { Column, ColumnType } from "./column.ts";

export interface Memory {
  /**
   * A column of zeros.
   * @param most it may grow to so many: where addresses cost nothing, so many are kept for it
   */
  column<T extends Column>(type: ColumnType<T>, length: number, most?: number): T;
  /** The same numbers with room for as many more. The old column is used no more. */
  wider<T extends Column>(column: T, type: ColumnType<T>): T;
  /** The column is used no more: its place may be given to another one. */
  free(column: Column): void;
  /** Where the walk reaches what lies here; null where there is none. */
  readonly linear: LinearMemory | null;
}

/** Arrays of their own, or small ones side by side. */
export const ordinaryMemory: Memory = {
  column: columnOfZeros,
  wider: (column, type) => copied(column, columnOfZeros(type, column.length * 2)),
  free: () => {},
  linear: null,
};

function copied<T extends Column>(column: T, to: T): T {
  to.set(column);
  return to;
}

/** What one user takes of a memory, to be given back at once. */
export class Lease implements Memory {
  readonly #memory: Memory;
  readonly #columns = new Set<Column>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get linear(): LinearMemory | null {
    return this.#memory.linear;
  }

  column<T extends Column>(type: ColumnType<T>, length: number): T {
    const column = this.#memory.column(type, length);
    this.#columns.add(column);
    return column;
  }

  wider<T extends Column>(column: T, type: ColumnType<T>): T {
    this.#columns.delete(column);
    const larger = this.#memory.wider(column, type);
    this.#columns.add(larger);
    return larger;
  }

  free(column: Column): void {
    if (this.#columns.delete(column)) this.#memory.free(column);
  }

  /** Nothing that was taken is used any more. */
  end(): void {
    for (const column of this.#columns) this.#memory.free(column);
    this.#columns.clear();
  }
}

/** Moves numbers that lie anywhere into a memory. */
export function moved<T extends Column>(memory: Memory, column: T, type: ColumnType<T>): T {
  if (memory.linear === null) return column;
  return copied(column, memory.column(type, column.length));
}

/** Columns of one length that grow together; `replaceEach` is to hand each of them on and keep what it gets. */
export abstract class Columns {
  protected readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  protected abstract replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void;

  /** Twice as many rows. */
  protected grow(): void {
    this.replaceEach((column, type) => this.memory.wider(column, type));
  }

  /** Columns that were taken from elsewhere lie in the memory again. */
  protected settle(): void {
    this.replaceEach((column, type) => moved(this.memory, column, type));
  }
}

/** Of what a runtime may have. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
}

interface Pages {
  initial: number;
  maximum: number;
  shared: boolean;
}

interface Runtime {
  WebAssembly?: { Memory: new (pages: Pages) => WebAssemblyMemory };
  TextDecoder?: new () => { decode(bytes: Uint8Array): string };
  SharedArrayBuffer?: new (length: number) => ArrayBufferLike;
}

/** Of WebAssembly, whatever the machine's are. */
const PAGE = 65_536;
/**
 * Of addresses: real memory is taken as it is used. Room for some twenty inputs side by side and the tables of 250,000
 * flows; what finds no room lies in arrays of its own, and is not walked. More than 64 MB would make V8 collect garbage.
 */
const MOST = 768 * PAGE;
/** The same of memory that is shared, which V8 does not count: room for a million IKE SAs as well. */
const MOST_SHARED = 16_384 * PAGE;

/** The first addresses are for the core that writes reports (src/core/report-layout.ts), which has them fixed. */
const REPORT_ROOM = TEXT_END;

/** The kernel copies out of its page cache two to four times faster where the places in memory and in the file have one
 * offset in their pages; JavaScript's own arrays begin anywhere. */
const MACHINE_PAGE = 4_096;

/** Smaller columns move when they grow, so that they lie on few pages where a capture is small. */
const GROWS_IN_PLACE = 16_384;

/** Of a column that grows, in bytes: what it may come to, and the addresses that are kept for it where it lies. */
interface Room {
  most: number;
  kept: number;
}

export class LinearMemory implements Memory {
  readonly memory: WebAssemblyMemory;
  /** Columns were given or freed so often: who keeps their addresses has to look again. */
  changes = 0;
  #end = aligned(REPORT_ROOM, LINE);
  /** A report is being written. */
  #reportRoomIsTaken = false;
  /** Where columns were that are used no more. */
  readonly #free = new Gaps();
  /** Of columns that grow, by where they begin. */
  readonly #rooms = new Map<number, Room>();

  /** Threads could reach it. None do: it is for the sake of the garbage collector. */
  readonly isShared: boolean;

  private constructor(memory: WebAssemblyMemory, isShared: boolean) {
    this.memory = memory;
    this.isShared = isShared;
  }

  /**
   * Where the runtime has no WebAssembly, or the system refuses its addresses (`ulimit -v`): arrays of their own.
   * @param room bytes that will do where memory cannot be shared: V8 takes all of them for used, and collects garbage
   *   the more often
   * @param isShared it may be
   */
  static make(room = MOST, isShared = mayShare()): Memory {
    const shared = isShared ? LinearMemory.#of(MOST_SHARED, true) : null;
    return shared ?? LinearMemory.#of(Math.min(REPORT_ROOM + room, MOST), false) ?? ordinaryMemory;
  }

  static #of(room: number, shared: boolean): LinearMemory | null {
    const { WebAssembly } = globalThis as unknown as Runtime;
    if (WebAssembly === undefined) return null;
    try {
      const pages = Math.ceil(room / PAGE);
      return new LinearMemory(new WebAssembly.Memory({ initial: pages, maximum: pages, shared }), shared);
    } catch {
      return null;
    }
  }

  get linear(): LinearMemory {
    return this;
  }

  column<T extends Column>(type: ColumnType<T>, length: number, most = 0): T {
    const size = length * type.BYTES_PER_ELEMENT;
    this.changes += 1;
    const line = size >= MACHINE_PAGE ? MACHINE_PAGE : LINE;
    const place = this.#free.take(size, line);
    const begins = place ?? this.#placeAtEnd(size, line);
    if (begins === null) return new type(length);
    const column = new type(this.memory.buffer, begins, length);
    if (most > length) this.#rooms.set(begins, { most: most * type.BYTES_PER_ELEMENT, kept: size });
    return place === null ? column : (column.fill(0) as T);
  }

  /** Takes addresses that nothing was ever written to; null where there are not so many. */
  #placeAtEnd(size: number, line: number): number | null {
    const begins = aligned(this.#end, line);
    if (begins + size > this.memory.buffer.byteLength) return null;
    this.#end = begins + size;
    return begins;
  }

  wider<T extends Column>(column: T, type: ColumnType<T>): T {
    const length = column.length * 2;
    const room = this.has(column) ? this.#rooms.get(column.byteOffset) : undefined;
    if (room !== undefined && column.byteLength * 2 <= room.kept) {
      this.changes += 1;
      return new type(this.memory.buffer, column.byteOffset, length);
    }
    const larger =
      this.#withRoom(room, type, length) ??
      this.column(type, length, (room?.most ?? 0) / type.BYTES_PER_ELEMENT);
    larger.set(column);
    this.free(column);
    return larger;
  }

  /** A column where it can grow from now on; null where it need not, or there are not the addresses. */
  #withRoom<T extends Column>(room: Room | undefined, type: ColumnType<T>, length: number): T | null {
    const size = length * type.BYTES_PER_ELEMENT;
    if (room === undefined || !this.isShared || size < GROWS_IN_PLACE) return null;
    let kept = size;
    while (kept < room.most) kept *= 2;
    const place = this.#placeAtEnd(kept, MACHINE_PAGE);
    if (place === null) return null;
    this.changes += 1;
    this.#rooms.set(place, { most: room.most, kept });
    return new type(this.memory.buffer, place, length);
  }

  free(column: Column): void {
    if (!this.has(column)) return;
    this.changes += 1;
    const { byteOffset, byteLength } = column;
    this.#free.add(byteOffset, this.#rooms.get(byteOffset)?.kept ?? byteLength);
    this.#rooms.delete(byteOffset);
  }

  /** Lets somebody have the first addresses, up to `TEXT_END`, as long as nobody else has; false where somebody has. */
  takeReportRoom(): boolean {
    if (this.#reportRoomIsTaken) return false;
    this.#reportRoomIsTaken = true;
    return true;
  }

  giveReportRoomBack(): void {
    this.#reportRoomIsTaken = false;
  }

  /** The column lies here. */
  has(column: Column): boolean {
    return column.buffer === this.memory.buffer;
  }
}

/** The runtime decodes text in shared memory: Node does, browsers refuse to. */
export function mayShare(): boolean {
  const runtime = globalThis as unknown as Runtime;
  if (runtime.SharedArrayBuffer === undefined || runtime.TextDecoder === undefined) return false;
  try {
    new runtime.TextDecoder().decode(new Uint8Array(new runtime.SharedArrayBuffer(1)));
    return true;
  } catch {
    return false;
  }
}
