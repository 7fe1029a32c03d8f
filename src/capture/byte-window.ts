/**
 * A window over a stream of bytes: readers look at what is there, consume whole records, and ask for more.
 * Only the tail of a chunk, the beginning of a record, is ever copied.
 */

import { Lease, ordinaryMemory } from "../linear/memory.ts";
import { type ByteSource, CHUNK } from "./byte-source.ts";
import { failureReason, isDamage, type ReadFailure, type SourceEnd } from "./source.ts";

/** Room for what is left of a chunk, in front of the place where the next one is read to: records of usual size fit. */
const TAIL = 65_536;

export class ByteWindow {
  /** The bytes at hand are `bytes[start .. end)`. */
  bytes: Uint8Array;
  /** All of `bytes`: also those that are not at hand. */
  view: DataView;
  start = 0;
  end = 0;
  /** No more bytes will come. */
  ended = false;
  /** The input failed (a damaged gzip stream, a read error): what was read before it stands. */
  failure: ReadFailure | null = null;
  readonly source: ByteSource;
  /** Bytes that are read at a time. */
  readonly chunk: number;
  /** Bytes before `start`. */
  #consumed = 0;
  /** Where chunks are read to, so that each of them begins at a page; 0 where that does not matter. */
  readonly #readAt: number;

  /** What this window and its reader take, until it is closed. */
  readonly memory: Lease;

  /** @param memory where the bytes are read to */
  constructor(source: ByteSource, chunk = CHUNK, memory = ordinaryMemory) {
    this.source = source;
    this.memory = new Lease(memory);
    this.chunk = chunk;
    const isFile = source.size !== null && chunk >= CHUNK;
    this.#readAt = isFile ? TAIL : 0;
    this.bytes = this.memory.column(Uint8Array, this.#readAt + chunk);
    this.view = viewOf(this.bytes);
    this.start = this.#readAt;
    this.end = this.#readAt;
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

  /** Reads more bytes behind those at hand, which make room for them; grows the window when it is full of them. */
  async more(): Promise<void> {
    if (this.ended) return;
    this.#makeRoom();
    try {
      this.#take(await this.source.read(this.bytes, this.end));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The same where that needs no waiting; false where it does. */
  moreNow(): boolean {
    if (this.ended) return true;
    if (this.source.readNow === undefined) return false;
    this.#makeRoom();
    try {
      const count = this.source.readNow(this.bytes, this.end);
      if (count === null) return false;
      this.#take(count);
    } catch (error) {
      this.#fail(error);
    }
    return true;
  }

  #makeRoom(): void {
    this.#moveTo(Math.max(0, this.#readAt - this.available));
    if (this.end < this.bytes.length) return;
    this.bytes = this.memory.wider(this.bytes, Uint8Array);
    this.view = viewOf(this.bytes);
  }

  #take(count: number): void {
    this.end += count;
    this.ended = count === 0;
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.ended = true;
  }

  /** Moves the bytes at hand. */
  #moveTo(start: number): void {
    if (start === this.start) return;
    this.bytes.copyWithin(start, this.start, this.end);
    this.end = start + this.available;
    this.start = start;
  }

  /** Nothing more is read, and the bytes at hand are given up. */
  close(): Promise<void> {
    this.memory.end();
    return this.source.close();
  }

  /** Reads until `count` bytes are at hand; false when the stream ends before. */
  async have(count: number): Promise<boolean> {
    while (this.available < count && !this.ended) await this.more();
    return this.available >= count;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** How a source ended whose window is at its end: between records or inside one, or by a failure of its input. */
export function endOf(window: ByteWindow, name: string): { end: SourceEnd; problem: string | null } {
  const { failure, available } = window;
  if (failure?.code === "Z_BUF_ERROR") {
    return { end: "truncated", problem: `${name}: the compressed data is cut off.` };
  }
  if (failure !== null && isDamage(failure)) {
    return { end: "corrupt", problem: `${name}: the compressed data is damaged (${failure.message}).` };
  }
  if (failure?.code === "UNSUPPORTED_PACKING") {
    return { end: "corrupt", problem: `${name}: the compressed data ${failure.message}.` };
  }
  if (failure !== null)
    return { end: "corrupt", problem: `${name}: reading failed (${failureReason(failure)}).` };
  return available > 0
    ? { end: "truncated", problem: `${name}: the last record is cut off.` }
    : { end: "clean", problem: null };
}
