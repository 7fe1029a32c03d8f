/**
 * From a name to a source: a file, standard input, or a file in an archive; what it holds is told by its first
 * bytes and never by the name. What is not a capture is refused with a sentence that says what to do.
 */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { type ByteSource, CHUNK, IterableSource, type RandomAccess } from "../capture/byte-source.ts";
import {
  CaptureError,
  type CaptureSource,
  label,
  type ReadFailure,
  STDIN,
  unreadable,
} from "../capture/source.ts";
import { plainBytes } from "../feed/decompression.ts";
import type { Expansion, FeedInput } from "../feed/feed.ts";
import { type Opened, type OpenOptions, openInput } from "../feed/formats.ts";
import { Sequencer } from "../feed/sequencer.ts";
import { statusOf } from "./file-status.ts";
import { abandonPipe, openPipe } from "./named-pipe.ts";
import { DECOMPRESSORS } from "./unpack/decompressors.ts";

/**
 * Opens an input, which may be an archive; or a file in one, as "captures.zip/monday.pcap".
 * @throws CaptureError when it cannot be read, is empty or is not a capture
 */
export async function openNamed(name: string, options: OpenOptions = {}): Promise<Opened> {
  const withNode = { ...NODE_OPTIONS, ...options };
  const source = name === STDIN ? standardInput() : await openFile(name);
  if (source === null) return (await import("./archive-shelf.ts")).openMember(name, withNode, openNamed);
  try {
    return await openInput(source, name, withNode);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Opens a capture.
 * @throws CaptureError when it cannot be read, is empty or is not a capture
 */
export async function openCapture(name: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const { capture, archive } = await openNamed(name, options);
  if (capture !== undefined) return capture;
  await archive.bytes.close();
  throw new CaptureError(
    "unsupported",
    `${label(name)} is a ${archive.format} archive and not a single capture`,
  );
}

/**
 * The bytes of a file, or of standard input, unpacked where they are compressed.
 * @throws CaptureError when it cannot be opened; what reading throws
 */
export async function* readNamed(name: string): AsyncGenerator<Uint8Array> {
  const source = name === STDIN ? standardInput() : await openFile(name);
  if (source === null) throw new CaptureError("unreadable", `${name} is in an archive: unpack it`);
  yield* plainBytes(source, DECOMPRESSORS);
}

/** What Node adds to opening: what unpacks, and a disk for what has to be read at any place. */
const NODE_OPTIONS: OpenOptions = {
  decompressors: DECOMPRESSORS,
  spool: async (...stream) => (await import("./spool.ts")).spoolToDisk(...stream),
};

export type FileFeed = Sequencer;

/** The feed of these names. */
export function fileFeed(names: readonly string[], options: OpenOptions = {}): FileFeed {
  return Sequencer.over(fileInputs(names, options));
}

/** The inputs of these names, for a feed. */
export function fileInputs(names: readonly string[], options: OpenOptions = {}): FeedInput[] {
  return names.map((name) => ({
    name,
    size: name === STDIN ? undefined : sizeOf(name),
    once: name === STDIN,
    open: (reading) => openCapture(name, { ...options, ...reading }),
    ...(name === STDIN ? { expand: () => expandStandardInput(options) } : {}),
    abandon: () => abandonNamed(name),
  }));
}

/** Ends the waiting for the first byte of an input. */
export function abandonNamed(name: string): void {
  if (name === STDIN) closeStandardInput();
  else if (statusOf(name)?.isFIFO() === true) abandonPipe(name);
}

/** Of what is not a regular file nobody knows; nor of one in an archive. */
function sizeOf(name: string): number | undefined {
  try {
    const status = statSync(name, { throwIfNoEntry: false });
    return status?.isFile() === true ? status.size : undefined;
  } catch {
    // Opening it says why.
    return undefined;
  }
}

/** Standard input, or what is in it where it is an archive. */
async function expandStandardInput(options: OpenOptions): Promise<Expansion> {
  const opened = await openNamed(STDIN, options);
  if (opened.archive !== undefined) {
    const { someInArchive } = await import("./archive-shelf.ts");
    const leftOut: CaptureError[] = [];
    const names = await someInArchive(STDIN, opened.archive, openNamed, leftOut);
    return { inputs: fileInputs(names, options), leftOut };
  }
  const { capture } = opened;
  return {
    inputs: [{ name: STDIN, once: true, open: async () => capture, abandon: closeStandardInput }],
    leftOut: [],
  };
}

/** Releases standard input, also while the first byte of it is waited for. */
function closeStandardInput(): void {
  process.stdin.destroy();
}

function standardInput(): ByteSource {
  return new IterableSource(process.stdin, { onClose: closeStandardInput });
}

/** null where a part of the path is a file: an archive, perhaps, as standard input may be one. */
async function openFile(name: string): Promise<ByteSource | null> {
  try {
    const status = statSync(name);
    if (status.isDirectory()) {
      throw new CaptureError("unreadable", `${name} is a directory without files that can be read`);
    }
    if (status.isFile()) return new FileSource(openSync(name, "r"));
    if (status.isFIFO()) return await openPipe(name);
    // A device has no size and no positions.
    const handle = await open(name);
    return new IterableSource(handle.createReadStream({ highWaterMark: CHUNK }));
  } catch (error) {
    const { code } = error as ReadFailure;
    if (code === "ENOTDIR" || (code === "ENOENT" && name.startsWith(`${STDIN}/`))) return null;
    throw error instanceof CaptureError ? error : unreadable(name, error as ReadFailure);
  }
}

/** Reads until `into` is full or the file ends: one call may give less than there is. */
function readFully(file: number, into: Uint8Array, position: number): number {
  let count = 0;
  while (count < into.length) {
    const bytesRead = readSync(file, into, count, into.length - count, position + count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
}

/** How long reads may follow each other before signals and timers get their turn, in milliseconds. */
const TURN = 50;
/** When they had it last. Of many small files no single one is read for so long. */
let turnAt = Date.now();

/** Where the clock steps, they get a turn as well: one that does not takes a sixth of the time of a read. */
function isTurnOver(): boolean {
  return Math.abs(Date.now() - turnAt) > TURN;
}

/**
 * A regular file. Read synchronously: its bytes are mostly in the page cache, where a trip through the thread
 * pool costs as much as the copy. Signals and timers get a turn often enough for a person not to notice.
 */
class FileSource implements ByteSource {
  readonly size: number;
  readonly #file: number;
  #position = 0;
  #open = true;

  /** Takes an open file, which is closed with the source. */
  constructor(file: number) {
    this.size = fstatSync(file).size;
    this.#file = file;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    if (isTurnOver()) {
      await new Promise((resolve) => setImmediate(resolve));
      turnAt = Date.now();
      // Closed in between: its number may be another file's.
      if (!this.#open) return 0;
    }
    return this.#read(into, at);
  }

  readNow(into: Uint8Array, at: number): number | null {
    return isTurnOver() ? null : this.#read(into, at);
  }

  #read(into: Uint8Array, at: number): number {
    const bytesRead = readSync(this.#file, into, at, into.length - at, this.#position);
    this.#position += bytesRead;
    // A file that grows is read on; of one that ends before its size, something was cut off meanwhile.
    if (bytesRead === 0 && this.#position < this.size) throw new Error("it became shorter while it was read");
    return bytesRead;
  }

  position(): number {
    return this.#position;
  }

  random(): RandomAccess {
    return {
      size: this.size,
      read: async (into, position) => readFully(this.#file, into, position),
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
  }
}
