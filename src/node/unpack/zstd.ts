/** Zstandard, by fzstd on every Node: that of zlib (from 22.15 on) takes neither several frames nor long windows. */

import { Decompress } from "fzstd";
import { PackedError } from "../../archives/packed-input.ts";
import { zstdPieces } from "../../archives/zstd-frames.ts";

/** Unpacks a stream of zstd; several frames follow each other. */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array | null = null;
  let unpacked = 0;
  const unpacker = new Decompress((chunk) => {
    if (chunk.length > 0) ready = chunk;
    unpacked += chunk.length;
  });
  for await (const piece of zstdPieces(packed, () => unpacked)) {
    push(unpacker, piece);
    // The package works on in its own copy.
    if (ready !== null) yield (ready as Uint8Array).slice();
    ready = null;
  }
}

/** Errors of the package as zlib's, which readers know. */
function push(unpacker: Decompress, piece: Uint8Array): void {
  try {
    unpacker.push(piece, false);
  } catch (error) {
    throw new PackedError(error instanceof Error ? error.message : String(error));
  }
}
