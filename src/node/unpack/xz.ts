/** xz by xz-decompress: Lasse Collin's XZ Embedded as WebAssembly, without an install script. */

import { ReadableStream } from "node:stream/web";
// A CommonJS package whose names Node does not see from outside: its default export holds them.
import xz from "xz-decompress";
import { PackedError } from "../../archives/packed-input.ts";

/** What XZ Embedded says where the input ends too soon. */
const CUT = /error code 8\b/;
/** What it says of options and checks that it does not have (SHA-256, filters for programs). */
const UNSUPPORTED = /error code [2346]\b/;

/** Unpacks a stream of xz; several streams follow each other. */
export async function* unpackXz(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The types are those of a browser, whose streams are the same.
  const stream = new xz.XzReadableStream(ReadableStream.from(packed) as never);
  try {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (UNSUPPORTED.test(message)) throw new PackedError("its check or filter is not known: try xz -dc");
    throw new PackedError(message, CUT.test(message));
  }
}
