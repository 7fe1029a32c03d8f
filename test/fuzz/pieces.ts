/** Bytes in memory as readers get them: in pieces of one size, without a stream, which would cost more than the reading. */

import type { ByteSource } from "../../src/capture/byte-source.ts";
import type { Column, ColumnType, Memory } from "../../src/linear/memory.ts";

/** More pieces of one input find nothing that other inputs in as many do not. */
const MAX_PIECES = 64;

export class PieceSource implements ByteSource {
  readonly size = null;
  readonly #bytes: Uint8Array;
  readonly #piece: number;
  #position = 0;

  constructor(bytes: Uint8Array, piece: number) {
    this.#bytes = bytes;
    this.#piece = piece;
  }

  read(into: Uint8Array, at: number): Promise<number> {
    const begin = this.#position;
    const count = Math.min(this.#piece, this.#bytes.length - begin, into.length - at);
    into.set(this.#bytes.subarray(begin, begin + count), at);
    this.#position += count;
    return Promise.resolve(count);
  }

  position(): number {
    return this.#position;
  }

  async close(): Promise<void> {}
}

/** A size of pieces that a byte of the input chooses. */
export function pieceOf(input: Uint8Array, at: number): number {
  return Math.max(1 + ((input[at] ?? 0) % 97), Math.ceil(input.length / MAX_PIECES));
}

/**
 * Columns that are given back are given out again, as in the program's linear memory: making new ones would take longer
 * than reading a kilobyte.
 */
export const reusedMemory: Memory = {
  column<T extends Column>(type: ColumnType<T>, length: number): T {
    const column = freeOf(type, length).pop();
    return column === undefined ? new type(length) : (column.fill(0) as T);
  },
  wider<T extends Column>(column: T, type: ColumnType<T>): T {
    const larger = this.column(type, column.length * 2);
    larger.set(column);
    this.free(column);
    return larger;
  },
  free(column) {
    const columns = freeOf(column.constructor as ColumnType<Column>, column.length);
    if (columns.length < MAX_FREE) columns.push(column);
  },
  linear: null,
};

const MAX_FREE = 8;
const MAX_LENGTHS = 4096;
const free = new Map<ColumnType<Column>, Map<number, Column[]>>();

function freeOf(type: ColumnType<Column>, length: number): Column[] {
  const lengths = free.get(type) ?? new Map<number, Column[]>();
  free.set(type, lengths);
  if (lengths.size > MAX_LENGTHS) lengths.clear();
  const columns = lengths.get(length) ?? [];
  lengths.set(length, columns);
  return columns;
}

/**
 * Runs without the linear memory, of which one for each input would take ten times as long as reading it: most inputs go
 * the way of runtimes that have none.
 */
export async function withoutLinearMemory<T>(run: () => Promise<T>): Promise<T> {
  const runtime = globalThis as { WebAssembly?: unknown };
  const { WebAssembly } = runtime;
  runtime.WebAssembly = undefined;
  try {
    return await run();
  } finally {
    runtime.WebAssembly = WebAssembly;
  }
}
