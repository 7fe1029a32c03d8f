/** Bytes of the frames of a batch that do not lie in one window; the room grows with them. */

import { type BatchBuffer, MAX_RECORD } from "./batch-buffer.ts";

/** Most bytes of one batch. */
const MOST = 1024 * 1024;
const FIRST = 4096;

export class FrameArena {
  #bytes = new Uint8Array(FIRST);
  #used = 0;

  /** There is not room for a frame of any size: the batch is to be handed on. */
  get isFull(): boolean {
    return this.#used + MAX_RECORD > MOST;
  }

  /** Begins a batch; the bytes of the one before are given up. */
  begin(batch: BatchBuffer): void {
    this.#used = 0;
    batch.begin(this.#bytes);
  }

  /** Copies a frame of up to `MAX_RECORD` bytes into the batch's bytes; returns its offset there. */
  put(batch: BatchBuffer, frame: Uint8Array): number {
    const offset = this.#used;
    this.#used += frame.length;
    if (this.#used > this.#bytes.length) this.#grow();
    this.#bytes.set(frame, offset);
    batch.bytes = this.#bytes;
    return offset;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#used, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
