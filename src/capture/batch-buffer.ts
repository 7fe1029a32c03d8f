/** A batch of frames that readers fill record by record, and reuse from call to call. */

import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { FrameBatch } from "./batch.ts";

/** Records per batch. */
export const CAPACITY = 8192;

/** No capture program writes records larger than this (libpcap's MAXIMUM_SNAPLEN). */
export const MAX_RECORD = 262_144;

export class BatchBuffer implements FrameBatch {
  readonly provenance = "packet";
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  readonly offsets: Uint32Array;
  readonly captured: Uint32Array;
  readonly original = new Uint32Array(CAPACITY);
  readonly linkTypes: Uint16Array;
  readonly interfaces = new Uint32Array(CAPACITY);
  readonly micros = new Float64Array(CAPACITY);
  readonly nanos = new Uint16Array(CAPACITY);
  firstFrame = 1;

  constructor(memory: Memory = ordinaryMemory) {
    this.offsets = memory.column(Uint32Array, CAPACITY);
    this.captured = memory.column(Uint32Array, CAPACITY);
    this.linkTypes = memory.column(Uint16Array, CAPACITY);
  }

  get full(): boolean {
    return this.count === CAPACITY;
  }

  /** Begins a batch over `bytes`, behind the records of the last one. */
  begin(bytes: Uint8Array): void {
    this.firstFrame += this.count;
    this.count = 0;
    this.bytes = bytes;
  }
}
