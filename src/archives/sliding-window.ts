import { BLOCK_MAXIMUM } from "./zstd-sequences.ts";

/**
 * The window of a frame of Zstandard, which goes along in a larger room: to move it for each block, which may have some bytes,
 * would be to move megabytes for these.
 */
export class SlidingWindow {
  readonly #room: Uint8Array;
  readonly #size: number;
  /** Behind the last byte that came out. */
  #end: number;

  /** @param window what came out last, zeros before that */
  constructor(window: Uint8Array) {
    this.#size = window.length;
    // Eight bytes are moved for each that comes out, or fewer.
    this.#room = new Uint8Array(window.length + Math.max(window.length >> 3, BLOCK_MAXIMUM));
    this.#room.set(window);
    this.#end = window.length;
  }

  /** What came out last, as it lies in the room. */
  get bytes(): Uint8Array {
    return this.#room.subarray(this.#end - this.#size, this.#end);
  }

  /** @param block what it unpacks to, `BLOCK_MAXIMUM` bytes at most */
  add(block: Uint8Array): void {
    if (this.#end + block.length > this.#room.length) {
      this.#room.copyWithin(0, this.#end - this.#size, this.#end);
      this.#end = this.#size;
    }
    this.#room.set(block, this.#end);
    this.#end += block.length;
  }
}
