/** Packed bytes of a stream, for readers that take them piece by piece. */

/** Packed data that is damaged; cut off where `code` says so. The codes are those of zlib, which readers know. */
export class PackedError extends Error {
  readonly code: "Z_BUF_ERROR" | "Z_DATA_ERROR";

  constructor(message: string, isCut = false) {
    super(message);
    this.code = isCut ? "Z_BUF_ERROR" : "Z_DATA_ERROR";
  }
}

/** @throws PackedError, always */
export function damaged(): never {
  throw new PackedError("a block is damaged");
}

/** Packed data that may be whole and is of a kind that is not unpacked here. `message` says which, and what to do. */
export class UnsupportedPackingError extends Error {
  readonly code = "UNSUPPORTED_PACKING";
}

/** Numbers are little-endian. */
export class PackedInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Bytes at hand are `#bytes[#at .. #end)`. */
  #at = 0;
  #end = 0;

  constructor(packed: AsyncIterable<Uint8Array>) {
    this.#chunks = packed[Symbol.asyncIterator]();
  }

  /** Waits for `count` bytes; false at a clean end. @throws PackedError where there are fewer */
  async more(count: number): Promise<boolean> {
    while (this.#end - this.#at < count) {
      const { value, done } = await this.#chunks.next();
      if (done === true) {
        if (this.#at === this.#end) return false;
        throw new PackedError("unexpected end of file", true);
      }
      this.#append(value);
    }
    return true;
  }

  /** Puts a chunk behind what is at hand; the room doubles, so that small chunks cost no more than large ones. */
  #append(chunk: Uint8Array): void {
    const left = this.#end - this.#at;
    if (this.#end + chunk.length > this.#bytes.length) {
      const room = left + chunk.length > this.#bytes.length ? 2 * (left + chunk.length) : this.#bytes.length;
      const larger = new Uint8Array(room);
      larger.set(this.#bytes.subarray(this.#at, this.#end));
      this.#bytes = larger;
      this.#at = 0;
      this.#end = left;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Waits for `count` bytes. @throws PackedError where there are fewer */
  async need(count: number): Promise<void> {
    if (count > 0 && !(await this.more(count))) throw new PackedError("unexpected end of file", true);
  }

  /** Waits for `count` bytes or the end, and gives what is at hand without taking it; valid until the next call. */
  async upTo(count: number): Promise<Uint8Array> {
    while (this.#end - this.#at < count) {
      const { value, done } = await this.#chunks.next();
      if (done === true) break;
      this.#append(value);
    }
    return this.#bytes.subarray(this.#at, this.#end);
  }

  async take(count: number): Promise<Uint8Array> {
    await this.need(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      await this.need(1);
      const part = Math.min(left, this.#end - this.#at);
      this.#at += part;
      left -= part;
    }
  }

  /** The next byte, which is at hand. */
  u8(): number {
    this.#at += 1;
    return this.#bytes[this.#at - 1];
  }

  /** The next byte but `ahead`, which is at hand, without taking it. */
  peekU8(ahead: number): number {
    return this.#bytes[this.#at + ahead];
  }

  /** The next four bytes, which are at hand, without taking them. */
  peek(): number {
    const [bytes, at] = [this.#bytes, this.#at];
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  u32(): number {
    const value = this.peek();
    this.#at += 4;
    return value;
  }
}
