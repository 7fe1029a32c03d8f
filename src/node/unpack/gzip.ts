/** gzip, and the raw deflate data of zip archives, by Node's zlib. */

import { pipeline } from "node:stream";
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from "node:zlib";
import type { UnpackedChunks } from "../../feed/decompression.ts";

const CHUNK = 256 * 1024;

/** Unpacks a stream of gzip; several members follow each other. */
export function gunzip(packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  return unpackedBy(createGunzip({ chunkSize: CHUNK }), packed);
}

/** Unpacks raw deflate data. */
export function inflateRaw(packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  return unpackedBy(createInflateRaw({ chunkSize: CHUNK }), packed);
}

/** Where reading fails, what was read until then is unpacked first: a pipeline would drop it. */
function unpackedBy(unpacker: Gunzip | InflateRaw, packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  let failed: { with: unknown } | null = null;
  async function* untilItFails(): AsyncGenerator<Uint8Array> {
    try {
      yield* packed;
    } catch (error) {
      failed = { with: error };
    }
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* unpacker;
    } catch (error) {
      // Data whose rest could not be read is cut off.
      throw failed === null ? error : failed.with;
    }
    if (failed !== null) throw failed.with;
  }
  // A failure of the unpacker reaches the reader through it.
  pipeline(untilItFails(), unpacker, () => {});
  return Object.assign(chunks(), { destroy: () => void unpacker.destroy() });
}
