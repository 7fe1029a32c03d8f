/** A batch of frames that readers fill record by record, and reuse from call to call. */

import type { FrameBatch } from "./batch.ts";

/** Records per batch. */
export const CAPACITY = 8192;

/** No capture program writes records larger than this (libpcap's MAXIMUM_SNAPLEN). */
export const MAX_RECORD = 262_144;

export class BatchBuffer implements FrameBatch {
  readonly provenance = "packet";
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  readonly offsets = new Uint32Array(CAPACITY);
  readonly captured = new Uint32Array(CAPACITY);
  readonly original = new Uint32Array(CAPACITY);
  readonly linkTypes = new Uint16Array(CAPACITY);
  readonly interfaces = new Uint32Array(CAPACITY);
  readonly micros = new Float64Array(CAPACITY);
  readonly nanos = new Uint16Array(CAPACITY);
  firstFrame = 1;

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
