/**
 * zip by its central directory, zip64 included: members are unpacked when they are read. What inflates is handed in.
 * Facts: PKWARE's APPNOTE.TXT 6.3.10.
 */

import type { RandomAccess } from "../capture/byte-source.ts";
import { type ByteSource, IterableSource } from "../capture/byte-source.ts";
import { Glass, RangeSource } from "../capture/random-access.ts";
import { CaptureError } from "../capture/source.ts";
import { type ArchiveIndex, MAX_MEMBERS, type Member, tidyPath } from "./members.ts";

const LOCAL_HEADER = 0x04034b50;
const LOCAL_FIXED = 30;
const DIRECTORY_ENTRY = 0x02014b50;
const ENTRY_FIXED = 46;
const DIRECTORY_END = 0x06054b50;
const END_FIXED = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_FIXED = 20;
const END_64 = 0x06064b50;
const END_64_FIXED = 56;
const MAX_COMMENT = 65_535;
const EXTRA_64 = 1;
const FULL_32 = 0xffffffff;
const FULL_16 = 0xffff;
const ENCRYPTED = 1;
const UTF_8 = 0x0800;
const STORED = 0;
const DEFLATED = 8;
const METHODS: ReadonlyMap<number, string> = new Map([
  [9, "Deflate64"],
  [12, "bzip2"],
  [14, "LZMA"],
  [93, "zstd"],
  [95, "xz"],
  [99, "AES encryption"],
]);

/** Inflates raw deflate data. */
export type Inflate = (
  packed: AsyncIterable<Uint8Array>,
  size: number | null,
) => Promise<AsyncIterable<Uint8Array> & { destroy?(): void }>;

/** Whether the four bytes (little-endian) begin a zip archive; an empty one begins with its end. */
export function isZipMagic(magic: number): boolean {
  return magic === LOCAL_HEADER || magic === DIRECTORY_END;
}

interface Entry {
  name: string;
  flags: number;
  method: number;
  packedSize: number;
  /** Of its local header. */
  offset: number;
}

/**
 * Lists the files of a zip archive.
 * @throws CaptureError where it has no directory: cut off, or damaged
 */
export async function indexZip(bytes: RandomAccess, name: string, inflate: Inflate): Promise<ArchiveIndex> {
  const index: ArchiveIndex = { format: "zip", members: [], failures: [] };
  const directory = await directoryOf(bytes, name);
  const glass = new Glass(bytes);
  let packed = 0;
  for (let at = directory.offset, i = 0; i < directory.entries; i += 1) {
    if (i >= MAX_MEMBERS) {
      index.failures.push(
        new CaptureError(
          "unreadable",
          `${name}: it holds more than ${MAX_MEMBERS} files; the others were not looked at`,
        ),
      );
      break;
    }
    const found = await entryAt(glass, at);
    if (found === null) {
      index.failures.push(
        new CaptureError("unreadable", `${name}: its directory is damaged at byte ${at}`, at),
      );
      break;
    }
    at += found.length;
    found.entry.offset += directory.shift;
    packed += found.entry.packedSize;
    // Files that share bytes unpack to far more than the archive could hold.
    if (packed > bytes.size) {
      throw new CaptureError("unreadable", `${name}: its files overlap, as those of a zip bomb do`);
    }
    if (!found.entry.name.endsWith("/") && found.entry.packedSize > 0) {
      index.members.push(memberOf(found.entry, bytes, { archive: name, inflate }));
    }
  }
  return index;
}

interface Directory {
  offset: number;
  entries: number;
  /** To be added to the places that its entries name. */
  shift: number;
}

/** Finds the directory by the record at the end, behind which there may be a comment. */
async function directoryOf(bytes: RandomAccess, name: string): Promise<Directory> {
  const tail = new Uint8Array(Math.min(bytes.size, END_FIXED + MAX_COMMENT + LOCATOR_FIXED));
  const start = bytes.size - tail.length;
  const count = await bytes.read(tail, start);
  const view = new DataView(tail.buffer, 0, count);
  for (let at = count - END_FIXED; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== DIRECTORY_END) continue;
    if (at + END_FIXED + view.getUint16(at + 20, true) > count) continue;
    const entries = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 12, true);
    const offset = view.getUint32(at + 16, true);
    if (entries === FULL_16 || size === FULL_32 || offset === FULL_32) {
      const large = await directory64(bytes, view, at);
      if (large !== null) return large;
    }
    // Something may stand before the archive, and move all places in it: a program that unpacks it, another archive.
    const stands = start + at - size;
    const shift = stands >= 0 && offset !== FULL_32 ? stands - offset : 0;
    return { offset: offset + shift, entries, shift };
  }
  throw new CaptureError(
    "unreadable",
    `${name} is a zip archive without its directory: it is cut off or damaged`,
    start,
  );
}

async function directory64(bytes: RandomAccess, tail: DataView, end: number): Promise<Directory | null> {
  const at = end - LOCATOR_FIXED;
  if (at < 0 || tail.getUint32(at, true) !== LOCATOR_64) return null;
  const record = new Uint8Array(END_64_FIXED);
  const place = Number(tail.getBigUint64(at + 8, true));
  if (!Number.isSafeInteger(place) || (await bytes.read(record, place)) < END_64_FIXED) return null;
  const view = new DataView(record.buffer);
  if (view.getUint32(0, true) !== END_64) return null;
  const at64 = (place: number) => Number(view.getBigUint64(place, true));
  return { entries: at64(32), offset: at64(48), shift: 0 };
}

async function entryAt(glass: Glass, at: number): Promise<{ entry: Entry; length: number } | null> {
  if (!Number.isSafeInteger(at)) return null;
  const fixed = await glass.at(at, ENTRY_FIXED);
  if (fixed === null) return null;
  const head = new DataView(fixed.buffer, fixed.byteOffset, ENTRY_FIXED);
  if (head.getUint32(0, true) !== DIRECTORY_ENTRY) return null;
  const nameLength = head.getUint16(28, true);
  const extraLength = head.getUint16(30, true);
  const length = ENTRY_FIXED + nameLength + extraLength + head.getUint16(32, true);
  const whole = await glass.at(at, ENTRY_FIXED + nameLength + extraLength);
  if (whole === null) return null;
  const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
  const flags = view.getUint16(8, true);
  const text = new TextDecoder((flags & UTF_8) !== 0 ? "utf-8" : "latin1");
  const entry = {
    name: text.decode(whole.subarray(ENTRY_FIXED, ENTRY_FIXED + nameLength)),
    flags,
    method: view.getUint16(10, true),
    packedSize: view.getUint32(20, true),
    offset: view.getUint32(42, true),
  };
  read64(view, ENTRY_FIXED + nameLength, entry);
  return { entry, length };
}

/** Takes sizes and places beyond 32 bits from the extra field; they stand there in this order, where they are wanted. */
function read64(view: DataView, start: number, entry: Entry): void {
  const wanted = [view.getUint32(24, true), entry.packedSize, entry.offset].map((value) => value === FULL_32);
  for (let at = start; at + 4 <= view.byteLength; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== EXTRA_64) continue;
    let place = at + 4;
    const values = wanted.map((isWanted) => {
      if (!isWanted || place + 8 > view.byteLength) return null;
      place += 8;
      return Number(view.getBigUint64(place - 8, true));
    });
    entry.packedSize = values[1] ?? entry.packedSize;
    entry.offset = values[2] ?? entry.offset;
  }
}

function memberOf(
  entry: Entry,
  bytes: RandomAccess,
  { archive, inflate }: { archive: string; inflate: Inflate },
): Member {
  const name = tidyPath(entry.name);
  const refuse = (why: string) => {
    throw new CaptureError("unsupported", `${archive}/${name} ${why}; unpack it with another program`);
  };
  return {
    name,
    packedSize: entry.packedSize,
    open: async (): Promise<ByteSource> => {
      if ((entry.flags & ENCRYPTED) !== 0) refuse("is encrypted");
      if (entry.method !== STORED && entry.method !== DEFLATED) {
        refuse(
          `is packed by ${METHODS.get(entry.method) ?? `method ${entry.method}`}, which is not unpacked here`,
        );
      }
      const local = new Uint8Array(LOCAL_FIXED);
      const view = new DataView(local.buffer);
      if ((await bytes.read(local, entry.offset)) < LOCAL_FIXED || view.getUint32(0, true) !== LOCAL_HEADER) {
        throw new CaptureError(
          "unreadable",
          `${archive}/${name} is not where the directory says`,
          entry.offset,
        );
      }
      const start = entry.offset + LOCAL_FIXED + view.getUint16(26, true) + view.getUint16(28, true);
      const range = new RangeSource(
        bytes,
        start,
        Math.max(0, Math.min(entry.packedSize, bytes.size - start)),
      );
      if (entry.method === STORED) return range;
      const chunks = await inflate(chunksOf(range), range.size);
      return new IterableSource(chunks, {
        size: range.size,
        position: () => range.position(),
        onClose: () => chunks.destroy?.(),
      });
    },
  };
}

const CHUNK = 64 * 1024;

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = await source.read(chunk, 0);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}
