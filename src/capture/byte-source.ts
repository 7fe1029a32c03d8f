/** Where bytes come from. */

/** Bytes that can be read at any place. */
export interface RandomAccess {
  readonly size: number;
  /** Fills `into` with the bytes from `position` on; returns how many there were, fewer only at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface ByteSource {
  /** Fills `into` from `at` on, as far as bytes are at hand; 0 at the end. @throws what the stream throws */
  read(into: Uint8Array, at: number): Promise<number>;
  /** The same where that needs no waiting: null where it does, and `read` is to be asked. */
  readNow?(into: Uint8Array, at: number): number | null;
  /** Bytes of the input consumed so far (before decompression). */
  position(): number;
  /** Bytes of the input in all; null when not known. */
  readonly size: number | null;
  /** The whole of it at any place, where it can be read so. Closing that closes the source. */
  random?(): RandomAccess;
  close(): Promise<void>;
}

/** Bytes read at a time: near the size of a core's cache; larger chunks are not faster. */
export const CHUNK = 1536 * 1024;

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

  /** What is left may be damaged, or fail to end: it is not wanted any more. */
  async close(): Promise<void> {
    this.#onClose();
    await this.#iterator.return?.().catch(() => {});
  }
}
