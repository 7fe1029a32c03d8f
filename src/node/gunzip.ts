/** Gzip by Node's zlib. */

import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

const CHUNK = 256 * 1024;

/** Unpacks a stream of gzip; several members follow each other. */
export function gunzip(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> & { destroy(): void } {
  const unpacker = createGunzip({ chunkSize: CHUNK });
  // A failure reaches the reader through the unpacker, which the pipeline destroys with it.
  pipeline(packed, unpacker, () => {});
  return unpacker;
}
