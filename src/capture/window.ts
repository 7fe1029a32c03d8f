/**
 * A window over a stream of bytes: readers look at what is there, consume whole records, and ask for more.
 * Only the tail of a chunk, the beginning of a record, is ever copied.
 */

import type { SourceEnd } from "./batch.ts";

/** Where bytes come from. */
export interface ByteSource {
  /** Fills `into` from `at` on, as far as bytes are at hand; 0 at the end. @throws what the stream throws */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Bytes of the input consumed so far (before decompression). */
  position(): number;
  /** Bytes of the input in all; null when not known. */
  readonly size: number | null;
  close(): Promise<void>;
}

/** Near the size of a core's cache; larger chunks are not faster. */
export const CHUNK = 1024 * 1024;

export class ByteWindow {
  /** The bytes at hand are `bytes[start .. end)`. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** No more bytes will come. */
  ended = false;
  /** The input failed (a damaged gzip stream, a read error): what was read before it stands. */
  failure: NodeJS.ErrnoException | null = null;
  readonly source: ByteSource;
  /** Bytes before `start`. */
  #consumed = 0;

  constructor(source: ByteSource, chunk = CHUNK) {
    this.source = source;
    this.bytes = new Uint8Array(chunk);
  }

  get available(): number {
    return this.end - this.start;
  }

  /** Offset of `start` in the (decompressed) stream. */
  get offset(): number {
    return this.#consumed;
  }

  /** Passes over `count` bytes that are at hand. */
  consume(count: number): void {
    this.start += count;
    this.#consumed += count;
  }

  /** Reads more bytes behind those at hand, which move to the front; grows the window when it is full of them. */
  async more(): Promise<void> {
    if (this.ended) return;
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.start = 0;
    }
    if (this.end === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    try {
      const count = await this.source.read(this.bytes, this.end);
      this.end += count;
      this.ended = count === 0;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.ended = true;
    }
  }

  /** Reads until `count` bytes are at hand; false when the stream ends before. */
  async have(count: number): Promise<boolean> {
    while (this.available < count && !this.ended) await this.more();
    return this.available >= count;
  }
}

/** Bytes of an async iterable of chunks: standard input, a gunzip stream, a test. */
export class IterableSource implements ByteSource {
  readonly size: number | null;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #position: (() => number) | null;
  readonly #onClose: () => void;
  #chunk: Uint8Array = new Uint8Array(0);
  #read = 0;

  constructor(
    chunks: AsyncIterable<Uint8Array>,
    options: { size?: number | null; position?: () => number; onClose?: () => void } = {},
  ) {
    this.#iterator = chunks[Symbol.asyncIterator]();
    this.size = options.size ?? null;
    this.#position = options.position ?? null;
    this.#onClose = options.onClose ?? (() => {});
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.#chunk.length === 0) {
      const { value, done } = await this.#iterator.next();
      if (done === true) return 0;
      this.#chunk = value;
    }
    const count = Math.min(this.#chunk.length, into.length - at);
    into.set(this.#chunk.subarray(0, count), at);
    this.#chunk = this.#chunk.subarray(count);
    this.#read += count;
    return count;
  }

  position(): number {
    return this.#position?.() ?? this.#read;
  }

  async close(): Promise<void> {
    this.#onClose();
    await this.#iterator.return?.();
  }
}

/** How a source ended whose window is at its end: between records or inside one, or by a failure of its input. */
export function endOf(window: ByteWindow, name: string): { end: SourceEnd; problem: string | null } {
  const { failure, available } = window;
  if (failure?.code === "Z_BUF_ERROR") {
    return { end: "truncated", problem: `${name}: the compressed data is cut off.` };
  }
  if (failure?.code?.startsWith("Z_") === true) {
    return { end: "corrupt", problem: `${name}: the compressed data is damaged (${failure.message}).` };
  }
  if (failure !== null) return { end: "corrupt", problem: `${name}: reading failed (${failure.message}).` };
  return available > 0
    ? { end: "truncated", problem: `${name}: the last record is cut off.` }
    : { end: "clean", problem: null };
}
