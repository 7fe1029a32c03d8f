/** A window over what is made of the bytes of another: unpacked, decoded, or dumped as text. */

import { IterableSource } from "./byte-source.ts";
import { ByteWindow } from "./byte-window.ts";

/** What is made comes in larger pieces than those in which a beginning is looked at. */
const LEAST_CHUNK = 64 * 1024;

/**
 * Closing it closes the other window. Its size and position are those of that one's source.
 * @param chunks what is made, by whoever reads the other window
 * @param destroy ends the making of them while one is waited for
 */
export function windowOver(
  inner: ByteWindow,
  chunks: AsyncIterable<Uint8Array>,
  destroy: () => void = () => {},
): ByteWindow {
  const source = new IterableSource(chunks, {
    size: inner.source.size,
    position: () => inner.source.position(),
    onClose: () => {
      destroy();
      void inner.close();
    },
  });
  return new ByteWindow(source, Math.max(inner.chunk, LEAST_CHUNK), inner.memory);
}
