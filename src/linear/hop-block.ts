/** What a hop of src/core/ reads of a reader: where its bytes and the columns of its batch lie, and how records are written. */

import {
  HOP_BLOCK_BYTES,
  HOP_BYTES,
  HOP_CAPTURED,
  HOP_MICROS,
  HOP_NANOS,
  HOP_OFFSETS,
  HOP_ORIGINAL,
  HOP_SWAPPED,
  HOP_WITH_NANOS,
} from "../core/layout.ts";
import { Border } from "./border.ts";
import { type Core, coreOver } from "./core.ts";
import type { LinearMemory, Memory } from "./memory.ts";

/** What the hop fills, a row for each record. */
export interface RecordColumns {
  readonly capacity: number;
  readonly offsets: Uint32Array;
  readonly captured: Uint32Array;
  readonly original: Uint32Array;
  readonly micros: Float64Array;
  readonly nanos: Uint16Array;
}

/** How numbers are written, and in which units times. */
export interface Writing {
  littleEndian: boolean;
  /** Nanoseconds, not microseconds. */
  nanos: boolean;
}

export class HopBlock {
  readonly core: Core;
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  readonly #border: Border;
  /** Where the bytes lie was written of these. */
  #bytes: Uint8Array | null = null;

  private constructor(core: Core, memory: LinearMemory, block: Uint32Array, columns: RecordColumns) {
    this.core = core;
    this.#memory = memory;
    this.#block = block;
    this.#border = new Border(memory, block);
    this.#border.column(HOP_OFFSETS, columns.offsets);
    this.#border.column(HOP_CAPTURED, columns.captured);
    this.#border.column(HOP_ORIGINAL, columns.original);
    this.#border.column(HOP_MICROS, columns.micros);
    this.#border.column(HOP_NANOS, columns.nanos);
  }

  /** null without a core, and where a column lies elsewhere. */
  static over(memory: Memory, columns: RecordColumns): HopBlock | null {
    const core = coreOver(memory);
    if (core === null) return null;
    const linear = memory.linear!;
    const block = memory.column(Uint32Array, HOP_BLOCK_BYTES / 4);
    if (!linear.has(block)) return null;
    const hop = new HopBlock(core, linear, block, columns);
    return hop.#border.isWhole ? hop : null;
  }

  get address(): number {
    return this.#block.byteOffset;
  }

  /** Takes the bytes at hand. @returns false where they lie elsewhere */
  take(bytes: Uint8Array, { littleEndian, nanos }: Writing): boolean {
    if (!this.#memory.has(bytes)) return false;
    if (this.#bytes !== bytes) this.#border.column(HOP_BYTES, bytes);
    this.#bytes = bytes;
    this.set(HOP_SWAPPED, littleEndian ? 0 : 1);
    this.set(HOP_WITH_NANOS, nanos ? 1 : 0);
    return true;
  }

  /** A value of 32 bits, by its field. */
  set(field: number, value: number): void {
    this.#border.value(field, value);
  }

  get(field: number): number {
    return this.#block[field / 4];
  }
}
