/**
 * From what the user named to a source: a file, standard input or a directory; plain or gzip, told by the
 * first bytes and never by the name. What is no capture is refused with a sentence that says what to do.
 */

import { readSync } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CaptureError, type CaptureSource } from "./batch.ts";
import { isPcapMagic, PCAP_HEADER, PcapSource } from "./pcap.ts";
import { PcapngSource, SECTION_HEADER } from "./pcapng.ts";
import { type ByteSource, ByteWindow, CHUNK, IterableSource } from "./window.ts";

export const STDIN = "-";

/** How far the lines of message records may be out of order unless the user says otherwise, microseconds. */
export const REORDER = 5_000_000;
const OPEN_BRACE = 0x7b;
const HASH = 0x23;

/** Beginnings of files that are not read here, and what to do with them. NAME stands for the input's name. */
const OTHERS: readonly { magic: readonly number[]; what: string; instead: string }[] = [
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd data", instead: "zstd -dc NAME | ike-dupcheck -" },
  { magic: [0x04, 0x22, 0x4d, 0x18], what: "lz4 data", instead: "lz4 -dc NAME | ike-dupcheck -" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "xz data", instead: "xz -dc NAME | ike-dupcheck -" },
  { magic: [0x42, 0x5a, 0x68], what: "bzip2 data", instead: "bzip2 -dc NAME | ike-dupcheck -" },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive", instead: "unzip -p NAME | ike-dupcheck -" },
  ...[
    { magic: [0x73, 0x6e, 0x6f, 0x6f, 0x70, 0], what: "a snoop capture" },
    { magic: [0x47, 0x4d, 0x42, 0x55], what: "a Network Monitor capture" },
    { magic: [0x52, 0x54, 0x53, 0x53], what: "a Network Monitor capture" },
    { magic: [0x58, 0x43, 0x50, 0], what: "a NetXray capture" },
    { magic: [0x54, 0x52, 0x53, 0x4e, 0x49, 0x46, 0x46], what: "a Sniffer capture" },
  ].map((each) => ({ ...each, instead: "tshark -r NAME -F pcap -w - | ike-dupcheck -" })),
];

/**
 * Opens a capture.
 * @throws CaptureError when it cannot be read, is empty or is no capture
 */
export async function openCapture(name: string, chunk = CHUNK, reorder = REORDER): Promise<CaptureSource> {
  const source = name === STDIN ? standardInput() : await openFile(name);
  try {
    return await openSource(source, name, chunk, reorder);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Reads the beginning of a byte source and gives the reader of its format. */
export async function openSource(
  source: ByteSource,
  name: string,
  chunk = CHUNK,
  reorder = REORDER,
): Promise<CaptureSource> {
  const window = new ByteWindow(source, chunk);
  await window.have(4);
  if (window.available === 0) {
    if (window.failure !== null) throw unreadable(name, window.failure);
    throw new CaptureError("empty", `${label(name)} is empty`);
  }
  if (isGzip(window)) {
    const { gunzip } = await import("./gunzip.ts");
    return openFormat(gunzip(window), name, "+gzip", reorder);
  }
  return openFormat(window, name, "", reorder);
}

function isGzip({ bytes, start, available }: ByteWindow): boolean {
  return available >= 3 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8;
}

async function openFormat(
  window: ByteWindow,
  name: string,
  suffix: string,
  reorder: number,
): Promise<CaptureSource> {
  await window.have(PCAP_HEADER);
  const begin = window.available > 0 ? window.bytes[window.start] : 0;
  if (begin === OPEN_BRACE || begin === HASH) {
    const { openLog } = await import("../logs/open.ts");
    const log = await openLog(window, name, suffix, reorder);
    if (log !== null) return log;
    const { openRecords } = await import("../records/source.ts");
    return openRecords(window, name, suffix, reorder);
  }
  const { bytes, start, available } = window;
  const magic = available < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0);
  if (magic === SECTION_HEADER) return new PcapngSource(window, name, suffix);
  if (isPcapMagic(magic)) {
    if (available >= PCAP_HEADER) return new PcapSource(window, name, suffix);
    throw new CaptureError(
      "not-a-capture",
      `${label(name)} ends inside the file header of a capture`,
      available,
    );
  }
  if (available === 0 && window.failure !== null) {
    throw new CaptureError("unreadable", `${label(name)} holds damaged compressed data`);
  }
  if (available === 0) throw new CaptureError("empty", `${label(name)} is empty`);
  const other = OTHERS.find((each) => each.magic.every((byte, i) => bytes[start + i] === byte));
  if (other === undefined) {
    throw new CaptureError("not-a-capture", `${label(name)} is no capture (neither pcap nor pcapng)`);
  }
  const command = other.instead.replace("NAME", name === STDIN ? "FILE" : name);
  throw new CaptureError(
    "unsupported",
    `${label(name)} is ${other.what}, which is not read here; try: ${command}`,
  );
}

function label(name: string): string {
  return name === STDIN ? "standard input" : name;
}

/** Lets go of standard input, also while the first byte of it is waited for. */
export function closeStandardInput(): void {
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
    throw error instanceof CaptureError ? error : unreadable(name, error as NodeJS.ErrnoException);
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

const REASONS = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "you have no permission to read it"],
  ["EPERM", "you have no permission to read it"],
  ["EISDIR", "it is a directory"],
  ["ENOTDIR", "a part of its path is no directory"],
  ["EMFILE", "too many files are open"],
  ["ELOOP", "its links lead in a circle"],
  ["ENAMETOOLONG", "the name is too long"],
]);

function unreadable(name: string, error: NodeJS.ErrnoException): CaptureError {
  const reason = REASONS.get(error.code ?? "") ?? error.message;
  return new CaptureError("unreadable", `cannot read ${label(name)}: ${reason}`);
}

export interface Inputs {
  names: string[];
  /** Names left out because they are a file that is read already. */
  duplicates: string[];
  /** Directories without captures, or that cannot be read. */
  failures: CaptureError[];
}

/**
 * Replaces directories by the captures directly in them, in the order of their names, and drops files that
 * were named before.
 */
export async function expandInputs(named: readonly string[]): Promise<Inputs> {
  const inputs: Inputs = { names: [], duplicates: [], failures: [] };
  const seen = new Set<string>();
  for (const name of named) {
    const found = await capturesIn(name).catch((error: unknown) => {
      if (!(error instanceof CaptureError)) throw error;
      inputs.failures.push(error);
      return [];
    });
    for (const each of found) {
      const id = await identity(each);
      if (id !== null && seen.has(id)) inputs.duplicates.push(each);
      else {
        inputs.names.push(each);
        if (id !== null) seen.add(id);
      }
    }
  }
  return inputs;
}

async function capturesIn(name: string): Promise<string[]> {
  if (name === STDIN) return [name];
  const info = await stat(name).catch(() => null);
  if (info === null || !info.isDirectory()) return [name];
  const entries = await readdir(name).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(name, error);
  });
  const found: string[] = [];
  for (const entry of entries.sort()) {
    const path = join(name, entry);
    if (await looksLikeCapture(path)) found.push(path);
  }
  if (found.length > 0) return found;
  throw new CaptureError("no-captures", `${name} is a directory without captures`);
}

/** By the first bytes: pcap, pcapng, or gzip around one of them. */
async function looksLikeCapture(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isFile()) return false;
  try {
    const source = await openCapture(path, 4096);
    await source.close();
    return true;
  } catch {
    return false;
  }
}

/** Device and inode, where the name has them. */
async function identity(name: string): Promise<string | null> {
  if (name === STDIN) return name;
  const info = await stat(name, { bigint: true }).catch(() => null);
  return info?.isFile() === true ? `${info.dev}:${info.ino}` : null;
}
