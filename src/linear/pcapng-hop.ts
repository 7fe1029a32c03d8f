/**
 * The hop of src/core/ over the enhanced packet blocks of a pcapng with one interface: fills the columns of a batch, up to a
 * block that has to be looked at more closely.
 *
 *     const hop = PcapngHop.over(memory, batch);
 *     if (hop !== null) at = hop.take(batch, bytes, from, end, clock);
 */

import { HOP_STOPPED_AT } from "../core/layout.ts";
import { HopBlock, type RecordColumns, type Writing } from "./hop-block.ts";
import type { Memory } from "./memory.ts";

/** How the times of the interface are written. */
export interface InterfaceClock extends Writing {
  /** Added to each, microseconds. */
  offset: number;
}

export class PcapngHop {
  readonly #block: HopBlock;

  private constructor(block: HopBlock) {
    this.#block = block;
  }

  /** null as `HopBlock.over` says. */
  static over(memory: Memory, columns: RecordColumns): PcapngHop | null {
    const block = HopBlock.over(memory, columns);
    return block === null ? null : new PcapngHop(block);
  }

  /**
   * Takes blocks from `from` on into the rows behind those that are in use, which it counts.
   * @param end behind the bytes at hand
   * @returns where the block begins at which it stopped; `from` also where the bytes lie elsewhere
   */
  take(
    batch: RecordColumns & { count: number },
    bytes: Uint8Array,
    from: number,
    end: number,
    clock: InterfaceClock,
  ): number {
    const block = this.#block;
    if (!block.take(bytes, clock)) return from;
    const { capacity, count } = batch;
    batch.count = block.core.pcapngPackets(block.address, from, end, count, capacity, clock.offset);
    return block.get(HOP_STOPPED_AT);
  }
}
