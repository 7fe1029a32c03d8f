/**
 * The hop of src/core/ over the records of a classic pcap: fills the columns of a batch, up to a record that has to be
 * looked at more closely.
 *
 *     const hop = PcapHop.over(memory, batch);
 *     if (hop !== null) batch.count = hop.take(bytes, from, end, form);
 */

import { HOP_CAPTURED_AT, HOP_ORIGINAL_AT, HOP_RECORD_HEADER } from "../core/layout.ts";
import { HopBlock, type RecordColumns, type Writing } from "./hop-block.ts";
import type { Memory } from "./memory.ts";

/** How the header of a record is laid out: its bytes, and where the two lengths lie in it. */
export interface RecordForm extends Writing {
  recordHeader: number;
  capturedAt: number;
  originalAt: number;
}

export class PcapHop {
  readonly #block: HopBlock;
  readonly #rows: number;

  private constructor(block: HopBlock, rows: number) {
    this.#block = block;
    this.#rows = rows;
  }

  /** null as `HopBlock.over` says. */
  static over(memory: Memory, columns: RecordColumns): PcapHop | null {
    const block = HopBlock.over(memory, columns);
    return block === null ? null : new PcapHop(block, columns.capacity);
  }

  /**
   * Takes records from `from` on into the first rows.
   * @param end behind the bytes at hand
   * @returns records taken; 0 also where the bytes lie elsewhere
   */
  take(bytes: Uint8Array, from: number, end: number, form: RecordForm): number {
    const block = this.#block;
    if (!block.take(bytes, form)) return 0;
    block.set(HOP_RECORD_HEADER, form.recordHeader);
    block.set(HOP_CAPTURED_AT, form.capturedAt);
    block.set(HOP_ORIGINAL_AT, form.originalAt);
    return block.core.pcapRecords(block.address, from, end, this.#rows);
  }
}
