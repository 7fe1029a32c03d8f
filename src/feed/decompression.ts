/**
 * Compressed inputs. What unpacks them belongs to the runtime (zlib of Node, DecompressionStream of a browser, a
 * package) and is handed in; here a window over packed bytes becomes one over what is in them.
 */

import { IterableSource } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";

/** Unpacks a stream. `destroy` ends it while a chunk is waited for. Errors of damaged data are thrown to the reader. */
export type Decompressor = (
  packed: AsyncIterable<Uint8Array>,
) => Promise<AsyncIterable<Uint8Array> & { destroy?(): void }>;

/** By the name that a format gets: "pcap+gzip". */
export type Decompressors = Readonly<Record<string, Decompressor>>;

/** A window over the unpacked bytes of a window that stands at the beginning of compressed data. */
export async function unpacked(packed: ByteWindow, decompress: Decompressor): Promise<ByteWindow> {
  const chunks = await decompress(pieces(packed));
  const source = new IterableSource(chunks, {
    size: packed.source.size,
    position: () => packed.source.position(),
    onClose: () => {
      chunks.destroy?.();
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
