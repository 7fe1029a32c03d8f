/** A column of numbers, and columns of zeros outside of linear memory. */

import { aligned } from "./gaps.ts";

export type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

export interface ColumnType<T extends Column> {
  new (length: number): T;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** In bytes. What is not small is a block of its own already (`M_MMAP_THRESHOLD` of glibc). */
const SMALL = 131_072;
const BLOCK = 8 * SMALL;
/** A column begins at one of these: a line of the cache. */
export const LINE = 64;

let block: ArrayBuffer | null = null;
/** What follows in the block was given to nobody. */
let end = 0;

/**
 * Small columns lie side by side in blocks, each of which lives as long as one of them does. A small array of its own is
 * touched all over before it is used, since malloc clears it; of a large one the system gives pages of zeros as they are
 * written to, and the first touch of a page costs a microsecond, or up to twenty of a virtual machine.
 */
export function columnOfZeros<T extends Column>(type: ColumnType<T>, length: number): T {
  const size = length * type.BYTES_PER_ELEMENT;
  if (size >= SMALL) return new type(length);
  if (block === null || end + size > BLOCK) {
    block = new ArrayBuffer(BLOCK);
    end = 0;
  }
  const column = new type(block, end, length);
  end = aligned(end + size, LINE);
  return column;
}
