/** Gzip around a capture; loaded only for one, because the modules of Node that it needs take a while to load. */

import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { IterableSource } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";

/** A window over the unpacked bytes of a window that stands at a gzip header; several members follow each other. */
export function gunzip(packed: ByteWindow): ByteWindow {
  const unpacker = createGunzip({ chunkSize: 256 * 1024 });
  // A failure reaches the reader through the unpacker, which the pipeline destroys with it.
  pipeline(pieces(packed), unpacker, () => {});
  const source = new IterableSource(unpacker, {
    size: packed.source.size,
    position: () => packed.source.position(),
    onClose: () => {
      unpacker.destroy();
      void packed.source.close();
    },
  });
  return new ByteWindow(source);
}

async function* pieces(window: ByteWindow): AsyncGenerator<Uint8Array> {
  while (await window.have(1)) {
    const piece = window.bytes.slice(window.start, window.end);
    window.consume(piece.length);
    yield piece;
  }
  if (window.failure !== null) throw window.failure;
}
