/** gzip, and the raw deflate data of zip archives, by Node's zlib. */

import { pipeline } from "node:stream";
import { createGunzip, createInflateRaw } from "node:zlib";
import type { UnpackedChunks } from "../../feed/decompression.ts";

const CHUNK = 256 * 1024;

/** Unpacks a stream of gzip; several members follow each other. */
export function gunzip(packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  const unpacker = createGunzip({ chunkSize: CHUNK });
  // A failure reaches the reader through the unpacker, which the pipeline destroys with it.
  pipeline(packed, unpacker, () => {});
  return unpacker;
}

/** Unpacks raw deflate data. */
export function inflateRaw(packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  const unpacker = createInflateRaw({ chunkSize: CHUNK });
  pipeline(packed, unpacker, () => {});
  return unpacker;
}
