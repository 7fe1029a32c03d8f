/**
 * The hop of src/core/ over the records of a classic pcap: fills the columns of a batch, up to a record that has to be
 * looked at more closely.
 *
 *     const hop = PcapHop.over(memory, batch);
 *     if (hop !== null) batch.count = hop.take(bytes, from, end, form);
 */

import {
  HOP_BLOCK_BYTES,
  HOP_BYTES,
  HOP_CAPTURED,
  HOP_CAPTURED_AT,
  HOP_MICROS,
  HOP_NANOS,
  HOP_OFFSETS,
  HOP_ORIGINAL,
  HOP_ORIGINAL_AT,
  HOP_RECORD_HEADER,
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

/** How the header of a record is laid out: its bytes, and where the two lengths lie in it. */
export interface RecordForm {
  littleEndian: boolean;
  nanos: boolean;
  recordHeader: number;
  capturedAt: number;
  originalAt: number;
}

export class PcapHop {
  readonly #core: Core;
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  readonly #border: Border;
  readonly #rows: number;
  /** Where the bytes lie was written of these. */
  #bytes: Uint8Array | null = null;

  private constructor(core: Core, memory: LinearMemory, block: Uint32Array, columns: RecordColumns) {
    this.#core = core;
    this.#memory = memory;
    this.#block = block;
    this.#rows = columns.capacity;
    this.#border = new Border(memory, block);
    this.#border.column(HOP_OFFSETS, columns.offsets);
    this.#border.column(HOP_CAPTURED, columns.captured);
    this.#border.column(HOP_ORIGINAL, columns.original);
    this.#border.column(HOP_MICROS, columns.micros);
    this.#border.column(HOP_NANOS, columns.nanos);
  }

  /** null without a core, and where a column lies elsewhere. */
  static over(memory: Memory, columns: RecordColumns): PcapHop | null {
    const core = coreOver(memory);
    if (core === null) return null;
    const linear = memory.linear!;
    const block = memory.column(Uint32Array, HOP_BLOCK_BYTES / 4);
    if (!linear.has(block)) return null;
    const hop = new PcapHop(core, linear, block, columns);
    return hop.#border.isWhole ? hop : null;
  }

  /**
   * Takes records from `from` on into the first rows.
   * @param end behind the bytes at hand
   * @returns records taken; 0 also where the bytes lie elsewhere
   */
  take(bytes: Uint8Array, from: number, end: number, form: RecordForm): number {
    if (!this.#memory.has(bytes)) return 0;
    if (this.#bytes !== bytes) this.#border.column(HOP_BYTES, bytes);
    this.#bytes = bytes;
    this.#border.value(HOP_SWAPPED, form.littleEndian ? 0 : 1);
    this.#border.value(HOP_WITH_NANOS, form.nanos ? 1 : 0);
    this.#border.value(HOP_RECORD_HEADER, form.recordHeader);
    this.#border.value(HOP_CAPTURED_AT, form.capturedAt);
    this.#border.value(HOP_ORIGINAL_AT, form.originalAt);
    return this.#core.pcapRecords(this.#block.byteOffset, from, end, this.#rows);
  }
}
