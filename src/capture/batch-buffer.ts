/** A batch of frames that readers fill record by record, and reuse from call to call. */

import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { FrameBatch } from "./batch.ts";
import type { ByteWindow } from "./byte-window.ts";

export { MAX_BLOCK, MAX_RECORD } from "../linear/core.ts";

/** Records per batch. */
const CAPACITY = 8192;
/** No format has shorter records: the header of one in a pcap. */
const LEAST_RECORD = 16;

export class BatchBuffer implements FrameBatch {
  readonly provenance = "packet";
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  readonly offsets: Uint32Array;
  readonly captured: Uint32Array;
  readonly original: Uint32Array;
  readonly linkTypes: Uint16Array;
  readonly interfaces: Uint32Array;
  readonly micros: Float64Array;
  readonly nanos: Uint16Array;
  firstFrame = 1;
  /** Most records. */
  readonly capacity: number;

  /** @param records that may come; of more than a batch holds the others wait */
  constructor(records = CAPACITY, memory: Memory = ordinaryMemory) {
    const capacity = Math.max(1, Math.min(CAPACITY, Math.floor(records)));
    this.capacity = capacity;
    this.offsets = memory.column(Uint32Array, capacity);
    this.captured = memory.column(Uint32Array, capacity);
    this.original = memory.column(Uint32Array, capacity);
    this.linkTypes = memory.column(Uint16Array, capacity);
    this.interfaces = memory.column(Uint32Array, capacity);
    this.micros = memory.column(Float64Array, capacity);
    this.nanos = memory.column(Uint16Array, capacity);
  }

  /** For the records of a window: as many as its chunk can hold. */
  static over({ chunk, memory }: ByteWindow): BatchBuffer {
    return new BatchBuffer(chunk / LEAST_RECORD, memory);
  }

  get full(): boolean {
    return this.count === this.capacity;
  }

  /** Begins a batch over `bytes`, behind the records of the last one. */
  begin(bytes: Uint8Array): void {
    this.firstFrame += this.count;
    this.count = 0;
    this.bytes = bytes;
  }
}
