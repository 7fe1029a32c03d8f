/**
 * tar: POSIX ustar and pax, GNU, and the old form before them. Headers of 512 bytes, each followed by its file.
 * Facts: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format".
 */

import type { RandomAccess } from "../capture/byte-source.ts";
import { Glass, RangeSource } from "../capture/random-access.ts";
import { CaptureError, failureReason, type ReadFailure } from "../capture/source.ts";
import { type ArchiveIndex, MAX_MEMBERS, MAX_PATH, tidyPath } from "./members.ts";

const BLOCK = 512;
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = 257;
const PREFIX = [345, 155] as const;
const REGULAR = ["0", "\0", "7"];
const PAX = "x";
const GNU_LONG_NAME = "L";
/** Extended headers are small; of larger ones nothing is taken. */
const MAX_EXTENDED = 64 * 1024;

const text = new TextDecoder();

/** Whether the bytes at hand begin a tar archive: by the checksum of the first header, which also the oldest have. */
export function looksLikeTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && isHeader(bytes) && bytes[0] !== 0;
}

function isHeader(block: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1)
    sum += i >= CHECKSUM[0] && i < CHECKSUM[0] + CHECKSUM[1] ? 0x20 : block[i];
  return numberAt(block, CHECKSUM) === sum;
}

/** Counts the headers of an archive that passes by, so that one of endless names is not kept to its end. */
export class TarHeaders {
  readonly #block = new Uint8Array(BLOCK);
  /** Bytes of a header that are at hand. */
  #filled = 0;
  /** Bytes of a file that are still to pass. */
  #skip = 0;
  #count = 0;
  #isOver = false;

  /** Takes the next piece; true once there are more headers than are looked at. */
  isEnough(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length && !this.#isOver && this.#count <= MAX_MEMBERS; ) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, piece.length - at);
        this.#skip -= passed;
        at += passed;
        continue;
      }
      const part = piece.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK) this.#header();
    }
    return this.#count > MAX_MEMBERS;
  }

  #header(): void {
    this.#filled = 0;
    this.#count += 1;
    this.#isOver = !isHeader(this.#block);
    this.#skip = Math.ceil(numberAt(this.#block, SIZE) / BLOCK) * BLOCK;
  }
}

/** Lists the files of a tar archive; reads the headers alone. */
export async function indexTar(bytes: RandomAccess, name: string): Promise<ArchiveIndex> {
  const index: ArchiveIndex = { format: "tar", members: [], failures: [] };
  const fail = (what: string, at: number) =>
    index.failures.push(new CaptureError("unreadable", `${name}: ${what}`, at));
  const glass = new Glass(bytes);
  let longName: string | null = null;
  let paxSize: number | null = null;
  for (let at = 0, headers = 0; at + BLOCK <= bytes.size; headers += 1) {
    const block = await glass.at(at, BLOCK).catch((error: ReadFailure) => {
      // The files before it can still be read.
      if (index.members.length === 0) throw error;
      fail(`reading failed at byte ${at} (${failureReason(error)}); what is behind it was not looked at`, at);
      return null;
    });
    if (block === null || block.every((byte) => byte === 0)) break;
    if (!isHeader(block)) {
      fail(`the archive is damaged at byte ${at}; what is behind it was not looked at`, at);
      break;
    }
    if (headers >= MAX_MEMBERS) {
      fail(`it holds more than ${MAX_MEMBERS} files; what is behind them was not looked at`, at);
      break;
    }
    const type = String.fromCharCode(block[TYPE]);
    const size: number = paxSize ?? numberAt(block, SIZE);
    const start = at + BLOCK;
    const path: string = longName ?? pathOf(block);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === PAX || type === GNU_LONG_NAME) {
      const extended = size > MAX_EXTENDED ? null : await glass.at(start, size);
      if (extended === null) continue;
      if (type === GNU_LONG_NAME) longName = text.decode(extended).replace(/\0.*$/s, "");
      else [longName, paxSize] = [paxValue(extended, "path") ?? longName, paxNumber(extended) ?? paxSize];
      continue;
    }
    longName = null;
    paxSize = null;
    if (!REGULAR.includes(type) || size === 0) continue;
    if (start + size > bytes.size) fail(`${tidyPath(path)} is cut off`, start);
    const range = Math.min(size, bytes.size - start);
    index.members.push({
      name: tidyPath(path),
      packedSize: range,
      open: async () => new RangeSource(bytes, start, range),
    });
  }
  return index;
}

function pathOf(block: Uint8Array): string {
  const name = textAt(block, NAME);
  const isUstar = textAt(block, [MAGIC, 5]) === "ustar";
  const prefix = isUstar ? textAt(block, PREFIX) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textAt(block: Uint8Array, [at, length]: readonly [number, number]): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return text.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits; or, with the first bit set, a big-endian number (GNU, for sizes beyond 8 GB). */
function numberAt(block: Uint8Array, field: readonly [number, number]): number {
  const [at, length] = field;
  if ((block[at] & 0x80) === 0) return Number.parseInt(textAt(block, field).trim(), 8) || 0;
  let value = block[at] & 0x7f;
  for (let i = 1; i < length; i += 1) value = value * 256 + block[at + i];
  return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}

/** A value of pax records, "LENGTH KEY=VALUE\n" each; the last one counts. */
function paxValue(records: Uint8Array, key: string): string | null {
  let value: string | null = null;
  for (const line of text.decode(records).split("\n")) {
    const found = /^\d+ ([^=]+)=(.*)$/s.exec(line);
    if (found?.[1] === key) value = found[2].slice(0, MAX_PATH);
  }
  return value;
}

function paxNumber(records: Uint8Array): number | null {
  const value = paxValue(records, "size");
  const size = value === null ? Number.NaN : Number(value);
  return Number.isSafeInteger(size) && size >= 0 ? size : null;
}
