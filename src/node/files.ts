/**
 * From what the user named to a source: a file, standard input or a directory; plain or gzip, told by the
 * first bytes and never by the name. What is no capture is refused with a sentence that says what to do.
 */

import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type ByteSource, CHUNK, IterableSource } from "../capture/byte-source.ts";
import { CaptureError, type CaptureSource, type ReadFailure, STDIN, unreadable } from "../capture/source.ts";
import type { Decompressors } from "../feed/decompression.ts";
import type { FeedInput } from "../feed/feed.ts";
import { type OpenOptions, openSource } from "../feed/formats.ts";

/** What Node can unpack. Loaded for such a capture alone: the modules of Node that it needs take a while to load. */
const DECOMPRESSORS: Decompressors = {
  gzip: async (packed) => (await import("./gunzip.ts")).gunzip(packed),
};

/**
 * Opens a capture.
 * @throws CaptureError when it cannot be read, is empty or is not a capture
 */
export async function openCapture(name: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const source = name === STDIN ? standardInput() : await openFile(name);
  try {
    return await openSource(source, name, { decompressors: DECOMPRESSORS, ...options });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The inputs of these names, for a feed. */
export function fileInputs(names: readonly string[], options: OpenOptions = {}): FeedInput[] {
  return names.map((name) => ({
    name,
    once: name === STDIN,
    open: (chunk) => openCapture(name, chunk === undefined ? options : { ...options, chunk }),
    abandon: () => {
      if (name === STDIN) closeStandardInput();
    },
  }));
}

/** Releases standard input, also while the first byte of it is waited for. */
function closeStandardInput(): void {
  process.stdin.destroy();
}

function standardInput(): ByteSource {
  return new IterableSource(process.stdin, { onClose: closeStandardInput });
}

async function openFile(name: string): Promise<ByteSource> {
  try {
    const handle = await open(name);
    const info = await handle.stat();
    if (info.isDirectory()) {
      await handle.close();
      throw new CaptureError("unreadable", `${name} is a directory`);
    }
    // A named pipe has no size and no positions.
    if (!info.isFile()) return new IterableSource(handle.createReadStream({ highWaterMark: CHUNK }));
    return new FileSource(handle, info.size);
  } catch (error) {
    throw error instanceof CaptureError ? error : unreadable(name, error as ReadFailure);
  }
}

/** How long reads may follow each other before signals and timers get their turn, in milliseconds. */
const TURN = 50;

/**
 * A regular file. Read synchronously: its bytes are mostly in the page cache, where a trip through the thread
 * pool costs as much as the copy. Signals and timers get a turn often enough for a person not to notice.
 */
class FileSource implements ByteSource {
  readonly size: number;
  readonly #handle: FileHandle;
  #position = 0;
  #open = true;
  #turnAt = Date.now();

  constructor(handle: FileHandle, size: number) {
    this.size = size;
    this.#handle = handle;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    if (Date.now() - this.#turnAt > TURN) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#turnAt = Date.now();
    }
    const bytesRead = readSync(this.#handle.fd, into, at, into.length - at, this.#position);
    this.#position += bytesRead;
    return bytesRead;
  }

  position(): number {
    return this.#position;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}
