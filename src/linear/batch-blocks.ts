/** What the core is told of batches of frames: where their columns lie. */

import {
  BATCH_BYTES,
  BYTES,
  CAPTURED,
  CLOCK,
  INTERFACES,
  LINK_TYPES,
  MICROS,
  NANOS,
  OFFSETS,
} from "../core/layout.ts";
import { Border } from "./border.ts";
import type { LinearMemory } from "./memory.ts";

/** What the core takes of a batch of frames. */
export interface Frames {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly captured: Uint32Array;
  readonly linkTypes: Uint16Array;
  readonly interfaces: Uint32Array;
  readonly micros: Float64Array;
  readonly nanos: Uint16Array;
  readonly firstFrame: number;
}

/** Batches that places are remembered of: those of so many sources. */
export const BATCHES = 16;

/** The block of a batch, and what was written to it. */
export class BatchBlock {
  readonly address: number;
  readonly #block: Uint32Array;
  #bytes: Uint8Array | null = null;
  #offsets: Uint32Array | null = null;
  #clock: Float64Array | null = null;
  liesHere = false;

  constructor(memory: LinearMemory) {
    this.#block = memory.column(Uint32Array, BATCH_BYTES / 4);
    this.address = this.#block.byteOffset;
  }

  /** All columns of a batch are made together. */
  isOf(frames: Frames, clock: Float64Array): boolean {
    return this.#bytes === frames.bytes && this.#offsets === frames.offsets && this.#clock === clock;
  }

  take(frames: Frames, clock: Float64Array, memory: LinearMemory): void {
    const border = new Border(memory, this.#block);
    border.column(BYTES, frames.bytes);
    border.column(OFFSETS, frames.offsets);
    border.column(CAPTURED, frames.captured);
    border.column(LINK_TYPES, frames.linkTypes);
    border.column(CLOCK, clock);
    border.column(MICROS, frames.micros);
    border.column(NANOS, frames.nanos);
    border.column(INTERFACES, frames.interfaces);
    this.#bytes = frames.bytes;
    this.#offsets = frames.offsets;
    this.#clock = clock;
    this.liesHere = border.isWhole;
  }
}

/** Captures of one time take turns at every frame, so what was written of their batches stays. */
export class BatchBlocks {
  readonly #memory: LinearMemory;
  readonly #blocks: readonly BatchBlock[];

  constructor(memory: LinearMemory) {
    this.#memory = memory;
    this.#blocks = Array.from({ length: BATCHES }, () => new BatchBlock(memory));
  }

  /** The block of a batch of a source, written. */
  of(frames: Frames, clock: Float64Array, source: number): BatchBlock {
    const block = this.#blocks[source % BATCHES];
    if (!block.isOf(frames, clock)) block.take(frames, clock, this.#memory);
    return block;
  }
}
