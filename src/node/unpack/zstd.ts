/**
 * Zstandard, by fzstd on every Node: that of zlib (from 22.15 on) takes neither several frames nor windows of more
 * than 128 MB, and two ways to unpack would be one more to test. fzstd moves its whole window for each block, which
 * it is spared up to the usual size; frames with a larger one (`zstd --long`) are left to the system's program, where it is
 * installed.
 */

import { Decompress } from "fzstd";
import { PackedError } from "../../archives/packed-input.ts";
import { SlidingWindow } from "../../archives/sliding-window.ts";
import { MAX_WINDOW, windowOfFirstFrame, zstdPieces } from "../../archives/zstd-frames.ts";
import { BLOCK_MAXIMUM } from "../../archives/zstd-sequences.ts";
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
    window.came(chunk);
  });
  const window = new SparedWindow(unpacker);
  for await (const piece of zstdPieces(packed, () => unpacked)) {
    window.goOn();
    push(unpacker, piece);
    yield* ready.splice(0);
  }
  push(unpacker, new Uint8Array(0), true);
  yield* ready;
}

/** What fzstd keeps of the frame that it unpacks, and tells nobody: package.json names its one version. */
interface Frame {
  /** The window, which is moved once a block has come, and its size. */
  w: Uint8Array;
  e: number;
}

/** Spares fzstd to move the window: for that it has a small one, and before the next block the real one again. */
class SparedWindow {
  /** A number or nothing between frames. */
  readonly #unpacker: { s?: Frame | number };
  readonly #small = new Uint8Array(BLOCK_MAXIMUM);
  #frame: Frame | null = null;
  #window: SlidingWindow | null = null;

  constructor(unpacker: Decompress) {
    this.#unpacker = unpacker as unknown as { s?: Frame | number };
  }

  /** One block is pushed next, or a header: what comes with that, several blocks where they are small, is left to fzstd. */
  goOn(): void {
    const { s: frame } = this.#unpacker;
    const isSpared = typeof frame === "object" && frame.e <= USUAL_WINDOW;
    if (!isSpared) this.#window = null;
    else if (frame !== this.#frame) this.#window = new SlidingWindow(frame.w);
    this.#frame = isSpared ? frame : null;
    if (this.#frame !== null) this.#frame.w = this.#window!.bytes;
  }

  /** A block came, and would be moved into the window next; one that is larger is an error of fzstd's. */
  came(block: Uint8Array): void {
    const frame = this.#frame;
    if (frame === null || frame !== this.#unpacker.s || block.length > frame.e) return;
    this.#window!.add(block);
    frame.w = this.#small.subarray(0, block.length);
  }
}

/** Errors of the package as zlib's, which readers know. It waits for 18 bytes of a frame unless this is the last piece. */
function push(unpacker: Decompress, piece: Uint8Array, isLast = false): void {
  try {
    unpacker.push(piece, isLast);
  } catch (error) {
    throw new PackedError(error instanceof Error ? error.message : String(error));
  }
}
