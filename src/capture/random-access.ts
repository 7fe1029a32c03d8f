/** Bytes that can be read at any place: a regular file, or what was read of a pipe and kept. */

import { type ByteSource, CHUNK, type RandomAccess } from "./byte-source.ts";
import type { ByteWindow } from "./byte-window.ts";
import { CaptureError } from "./source.ts";

/**
 * Keeps what is left of a stream, so that it can be read at any place; where it fails, what came before.
 * @param isEnough is shown each piece; what is behind one that it says so of is not kept
 */
export type Spool = (
  window: ByteWindow,
  name: string,
  isEnough?: (piece: Uint8Array) => boolean,
) => Promise<RandomAccess>;

/** Most bytes that are kept in memory. */
const MAX_IN_MEMORY = 256 * 1024 * 1024;

/** Chunks of bytes as one. */
export class MemoryBytes implements RandomAccess {
  readonly size: number;
  readonly #chunks: readonly Uint8Array[];
  readonly #starts: number[] = [];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks;
    let size = 0;
    for (const chunk of chunks) {
      this.#starts.push(size);
      size += chunk.length;
    }
    this.size = size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let count = 0;
    for (let i = this.#chunkAt(position); i < this.#chunks.length && count < into.length; i += 1) {
      const from = position + count - this.#starts[i];
      const part = this.#chunks[i].subarray(from, from + into.length - count);
      into.set(part, count);
      count += part.length;
    }
    return count;
  }

  /** Index of the chunk that holds a position, by halves. */
  #chunkAt(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  async close(): Promise<void> {}
}

/**
 * Keeps a stream in memory: where no disk is.
 * @throws CaptureError when it is larger than `MAX_IN_MEMORY`
 */
export async function spoolInMemory(
  window: ByteWindow,
  name: string,
  isEnough: (piece: Uint8Array) => boolean = () => false,
): Promise<RandomAccess> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (await window.have(1)) {
    const chunk = window.bytes.slice(window.start, window.end);
    window.consume(chunk.length);
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_IN_MEMORY) {
      const limit = MAX_IN_MEMORY / (1024 * 1024);
      throw new CaptureError(
        "unsupported",
        `${name} is larger than the ${limit} MB that can be kept: give it as a file`,
      );
    }
    if (isEnough(chunk)) break;
  }
  return new MemoryBytes(chunks);
}

/** A part of random-access bytes as a stream; closing it leaves the bytes open. */
export class RangeSource implements ByteSource {
  readonly size: number;
  readonly #bytes: RandomAccess;
  readonly #start: number;
  #position = 0;

  constructor(bytes: RandomAccess, start: number, size: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.size = size;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    const length = Math.min(into.length - at, this.size - this.#position, CHUNK);
    if (length <= 0) return 0;
    const count = await this.#bytes.read(into.subarray(at, at + length), this.#start + this.#position);
    this.#position += count;
    return count;
  }

  position(): number {
    return this.#position;
  }

  /** The same bytes at any place. */
  random(): RandomAccess {
    const [bytes, start, size] = [this.#bytes, this.#start, this.size];
    return {
      size,
      read: (into, position) =>
        position >= size
          ? Promise.resolve(0)
          : bytes.read(into.subarray(0, Math.min(into.length, size - position)), start + position),
      close: async () => {},
    };
  }

  async close(): Promise<void> {}
}

/** Looks at random-access bytes through a buffer that is small where reads jump, and large where they go on. */
export class Glass {
  readonly #bytes: RandomAccess;
  #buffer = new Uint8Array(JUMP);
  /** Bytes that the last read asked for. */
  #wanted = JUMP;
  #start = 0;
  #end = 0;
  /** Bytes asked for so far, of the input. */
  taken = 0;

  constructor(bytes: RandomAccess) {
    this.#bytes = bytes;
  }

  /** The bytes from `position` on, valid until the next call; null where the input ends before `length` of them. */
  async at(position: number, length: number): Promise<Uint8Array | null> {
    if (position < this.#start || position + length > this.#end) await this.#load(position, length);
    if (position + length > this.#end) return null;
    return this.#buffer.subarray(position - this.#start, position - this.#start + length);
  }

  async #load(position: number, length: number): Promise<void> {
    const follows = position >= this.#start && position <= this.#end + JUMP;
    const wanted = Math.max(length, follows ? Math.min(this.#wanted * 2, CHUNK) : JUMP);
    if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(wanted);
    this.#wanted = wanted;
    const count = await this.#bytes.read(this.#buffer.subarray(0, wanted), position);
    this.#start = position;
    this.#end = position + count;
    this.taken += count;
  }
}

/** What a read takes that does not go on where the last one ended. */
const JUMP = 4096;
