/**
 * Small columns of zeros side by side. An array of its own is touched all over before it is used, since malloc clears it; of
 * a large block the system gives pages of zeros as they are written to. The first touch of a page costs a microsecond on a
 * machine, and up to twenty on a virtual one.
 */

import type { Column, ColumnType } from "./memory.ts";

/** In bytes. What is not small is a block of its own already (`M_MMAP_THRESHOLD` of glibc). */
const SMALL = 131_072;
const BLOCK = 8 * SMALL;
/** A column begins at one of these: a line of the cache. */
const LINE = 64;

let block: ArrayBuffer | null = null;
/** What follows in the block was given to nobody. */
let end = 0;

/** A block lives as long as one of its columns does. */
export function columnOfZeros<T extends Column>(type: ColumnType<T>, length: number): T {
  const size = length * type.BYTES_PER_ELEMENT;
  if (size >= SMALL) return new type(length);
  if (block === null || end + size > BLOCK) {
    block = new ArrayBuffer(BLOCK);
    end = 0;
  }
  const column = new type(block, end, length);
  end = Math.ceil((end + size) / LINE) * LINE;
  return column;
}
