/**
 * xz by xz-decompress: Lasse Collin's XZ Embedded as WebAssembly, without an install script. It has neither SHA-256
 * checks nor filters for programs nor dictionaries of more than 64 MB: such data is left to the system's program.
 */

import { ReadableStream } from "node:stream/web";
// A CommonJS package whose names Node does not see from outside: its default export holds them.
import xz from "xz-decompress";
import { PackedError, UnsupportedPackingError } from "../../archives/packed-input.ts";
import { bySystem } from "./system.ts";

/** What XZ Embedded says where the input ends too soon. */
const CUT = /error code 8\b/;
/** What it says of options and checks that it does not have. */
const UNSUPPORTED = /error code [2346]\b/;
/** It says so of the first headers; what was taken until then is given to the system's program as well. */
const MOST_KEPT = 4 * 1024 * 1024;

/**
 * The package lets one stream wait for the end of another, so that two captures could never be merged. Each has
 * memory of its own all the same.
 */
const NEVER_WAITS = { acquire: async () => {}, release: () => {} };

/** Unpacks a stream of xz; several streams follow each other. */
export async function* unpackXz(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const kept = new Kept(packed);
  let isBegun = false;
  try {
    for await (const chunk of unpackedHere(kept.pieces())) {
      isBegun ||= chunk.length > 0;
      kept.forget(isBegun);
      yield chunk;
    }
    return;
  } catch (error) {
    if (!(error instanceof UnsupportedPackingError) || isBegun || kept.isOver) throw error;
  }
  const chunks = await bySystem("xz", kept.again());
  if (chunks === null) throw new UnsupportedPackingError(UNSUPPORTED_HERE);
  yield* chunks;
}

const UNSUPPORTED_HERE =
  "has a check or filter that is not known here, or a dictionary of more than 64 MB: install xz, or unpack it elsewhere";

async function* unpackedHere(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = xz;
  (XzReadableStream as unknown as { _contextMutex: typeof NEVER_WAITS })._contextMutex = NEVER_WAITS;
  // The types are those of a browser, whose streams are the same.
  const stream = new XzReadableStream(ReadableStream.from(packed) as never);
  try {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    if (error instanceof Error && "code" in error) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (UNSUPPORTED.test(message)) throw new UnsupportedPackingError(UNSUPPORTED_HERE);
    throw new PackedError(message, CUT.test(message));
  }
}

/** A stream whose beginning can be had once more. */
class Kept {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #forgets = false;

  constructor(packed: AsyncIterable<Uint8Array>) {
    this.#iterator = packed[Symbol.asyncIterator]();
  }

  /** The beginning is not there any more. */
  get isOver(): boolean {
    return this.#forgets;
  }

  /** The stream. Where its reader leaves, it stays open: see `again`. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      this.forget(this.#bytes > MOST_KEPT);
      if (!this.#forgets) this.#chunks.push(next);
      yield next;
    }
  }

  forget(isTime: boolean): void {
    if (!isTime || this.#forgets) return;
    this.#forgets = true;
    this.#chunks.length = 0;
  }

  /** The stream from its beginning. */
  async *again(): AsyncGenerator<Uint8Array> {
    yield* this.#chunks.splice(0);
    for (let next = await this.#next(); next !== null; next = await this.#next()) yield next;
  }

  async #next(): Promise<Uint8Array | null> {
    const { value, done } = await this.#iterator.next();
    if (done === true) return null;
    this.#bytes += value.length;
    return value;
  }
}
