/**
 * The hop of src/core/ over the enhanced packet blocks of a pcapng with one interface: fills the columns of a batch, up to a
 * block that has to be looked at more closely.
 *
 *     const hop = PcapngHop.over(memory, batch);
 *     if (hop !== null) at = hop.take(batch, bytes, from, end, clock);
 */

import {
  HOP_BLOCK_BYTES,
  HOP_BYTES,
  HOP_CAPTURED,
  HOP_MICROS,
  HOP_NANOS,
  HOP_OFFSETS,
  HOP_ORIGINAL,
  HOP_STOPPED_AT,
  HOP_SWAPPED,
  HOP_WITH_NANOS,
} from "../core/layout.ts";
import { Border } from "./border.ts";
import { type Core, coreOver } from "./core.ts";
import type { LinearMemory, Memory } from "./memory.ts";
import type { RecordColumns } from "./pcap-hop.ts";

/** How the times of the interface are written. */
export interface InterfaceClock {
  littleEndian: boolean;
  /** Units of nanoseconds, not of microseconds. */
  nanos: boolean;
  /** Added to each, microseconds. */
  offset: number;
}

export class PcapngHop {
  readonly #core: Core;
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  readonly #border: Border;
  /** Where the bytes lie was written of these. */
  #bytes: Uint8Array | null = null;

  private constructor(core: Core, memory: LinearMemory, block: Uint32Array, columns: RecordColumns) {
    this.#core = core;
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
  static over(memory: Memory, columns: RecordColumns): PcapngHop | null {
    const core = coreOver(memory);
    if (core === null) return null;
    const linear = memory.linear!;
    const block = memory.column(Uint32Array, HOP_BLOCK_BYTES / 4);
    if (!linear.has(block)) return null;
    const hop = new PcapngHop(core, linear, block, columns);
    return hop.#border.isWhole ? hop : null;
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
    { littleEndian, nanos, offset }: InterfaceClock,
  ): number {
    if (!this.#memory.has(bytes)) return from;
    if (this.#bytes !== bytes) this.#border.column(HOP_BYTES, bytes);
    this.#bytes = bytes;
    this.#border.value(HOP_SWAPPED, littleEndian ? 0 : 1);
    this.#border.value(HOP_WITH_NANOS, nanos ? 1 : 0);
    const { capacity, count } = batch;
    const block = this.#block.byteOffset;
    batch.count = this.#core.pcapngPackets(block, from, end, count, capacity, offset);
    return this.#block[HOP_STOPPED_AT / 4];
  }
}
