/** Zstandard: by Node's zlib where it has it (from 22.15 on), else by fzstd. */

import { pipeline } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";
import { PackedError } from "../../archives/packed-input.ts";
import { zstdPieces } from "../../archives/zstd-frames.ts";

const CHUNK = 256 * 1024;

/** Frames of `zstd --long=27`, as far as zstd itself goes without being asked. */
const MAX_WINDOW_LOG = 27;

interface NativeZstd {
  createZstdDecompress?: (
    options: object,
  ) => NodeJS.ReadWriteStream & AsyncIterable<Uint8Array> & { destroy(): void };
  constants: { ZSTD_d_windowLogMax?: number };
}

/** Unpacks a stream of zstd; several frames follow each other. */
export function unpackZstd(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const native = zlib as unknown as NativeZstd;
  if (native.createZstdDecompress === undefined) return byPackage(packed);
  const limit = native.constants.ZSTD_d_windowLogMax;
  const params = limit === undefined ? {} : { [limit]: MAX_WINDOW_LOG };
  const unpacker = native.createZstdDecompress({ chunkSize: CHUNK, params });
  pipeline(packed, unpacker, () => {});
  return unpacker;
}

async function* byPackage(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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
