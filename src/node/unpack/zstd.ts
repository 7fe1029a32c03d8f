/**
 * Zstandard, by fzstd on every Node: that of zlib (from 22.15 on) takes neither several frames nor windows of more
 * than 128 MB, and two ways to unpack would be one more to test. fzstd moves its whole window for each block: frames
 * with a large one (`zstd --long`) are left to the system's program, where it is installed.
 */

import { Decompress } from "fzstd";
import { PackedError } from "../../archives/packed-input.ts";
import { MAX_WINDOW, windowOfFirstFrame, zstdPieces } from "../../archives/zstd-frames.ts";
import { bySystem } from "./system.ts";

/** The largest window that zstd makes without being asked, up to level 19. */
const USUAL_WINDOW = 8 * 1024 * 1024;

/** Unpacks a stream of zstd; several frames follow each other. */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { window, whole } = await windowOfFirstFrame(packed);
  const isLong = window > USUAL_WINDOW && window <= MAX_WINDOW;
  const elsewhere = isLong ? await bySystem("zstd", whole) : null;
  yield* elsewhere ?? unpackedHere(whole);
}

async function* unpackedHere(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let unpacked = 0;
  const unpacker = new Decompress((chunk) => {
    // The package works on in its own copy.
    if (chunk.length > 0) ready.push(chunk.slice());
    unpacked += chunk.length;
  });
  for await (const piece of zstdPieces(packed, () => unpacked)) {
    push(unpacker, piece);
    yield* ready.splice(0);
  }
  push(unpacker, new Uint8Array(0), true);
  yield* ready;
}

/** Errors of the package as zlib's, which readers know. It waits for 18 bytes of a frame unless this is the last piece. */
function push(unpacker: Decompress, piece: Uint8Array, isLast = false): void {
  try {
    unpacker.push(piece, isLast);
  } catch (error) {
    throw new PackedError(error instanceof Error ? error.message : String(error));
  }
}
