/** Archives byte by byte: zip after PKWARE's APPNOTE 4.3, tar after POSIX.1-2017 pax, LZ4 after its frame format. */

import { deflateRawSync } from "node:zlib";

export interface ZipFile {
  name: string;
  bytes: Uint8Array;
  /** 0 stored, 8 deflated; what else is not packed here. */
  method?: number;
  flags?: number;
  latin1?: boolean;
  /** Sizes and place stand in the extra field, as of files beyond 4 GB. */
  is64?: boolean;
  /** Its local header is said to be this much further on. */
  displaced?: number;
}

export interface ZipOptions {
  comment?: Buffer;
  /** Bytes before the first file, which offsets do not count. */
  before?: Buffer;
  /** Number, size and place of the directory stand in the record of zip64. */
  is64?: boolean;
}

const u16 = (value: number) => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const u64 = (value: number) => Buffer.concat([u32(value), u32(Math.floor(value / 2 ** 32))]);
const FULL = 0xffffffff;

export function zipOf(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, method = 8, flags = 0, latin1 = false, is64 = false, displaced = 0 } of files) {
    const packed = method === 8 ? deflateRawSync(bytes) : Buffer.from(bytes);
    const path = Buffer.from(name, latin1 ? "latin1" : "utf8");
    // The local header has an extra field that the directory does not have.
    const local = Buffer.concat([
      ...[u32(0x04034b50), u16(20), u16(flags), u16(method), u32(0), u32(0)],
      ...[u32(packed.length), u32(bytes.length), u16(path.length), u16(7), path, Buffer.alloc(7)],
    ]);
    const other = Buffer.concat([u16(0x5455), u16(5), Buffer.alloc(5)]);
    const large = Buffer.concat([
      u16(1),
      u16(24),
      u64(bytes.length),
      u64(packed.length),
      u64(at + displaced),
    ]);
    const extra = is64 ? Buffer.concat([other, large]) : other;
    directory.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16(20), u16(20), u16(flags), u16(method), u32(0), u32(0)],
        ...[u32(is64 ? FULL : packed.length), u32(is64 ? FULL : bytes.length)],
        ...[u16(path.length), u16(extra.length), u16(3), u16(0), u16(0), u32(0)],
        ...[u32(is64 ? FULL : at + displaced), path, extra, Buffer.from("abc")],
      ]),
    );
    parts.push(local, packed);
    at += local.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const record64 = Buffer.concat([
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0)],
    ...[u64(files.length), u64(files.length), u64(listed.length), u64(at)],
    ...[u32(0x07064b50), u32(0), u64(at + listed.length), u32(1)],
  ]);
  const { comment = Buffer.alloc(0), before = Buffer.alloc(0), is64 = false } = options;
  const [count, size, offset] = is64 ? [0xffff, FULL, FULL] : [files.length, listed.length, at];
  const end = Buffer.concat([
    ...[u32(0x06054b50), u16(0), u16(0), u16(count), u16(count), u32(size), u32(offset)],
    ...[u16(comment.length), comment],
  ]);
  return Buffer.concat([before, ...parts, listed, ...(is64 ? [record64] : []), end]);
}

export interface TarFile {
  name: string;
  bytes: Uint8Array;
  type?: string;
  prefix?: string;
  /** "ustar", or "" for the form before it. */
  magic?: string;
  /** The size as a binary number with its first bit set. */
  binarySize?: boolean;
  /** A size that is not that of the bytes. */
  size?: number;
}

const padded = (bytes: Uint8Array) =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

export function tarFile({ name, bytes, type = "0", prefix = "", magic = "ustar", ...more }: TarFile): Buffer {
  const { binarySize = false, size = bytes.length } = more;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${size.toString(8).padStart(11, "0")} `, 124);
  if (binarySize) {
    header.fill(0, 124, 136);
    header[124] = 0x80;
    header.writeUIntBE(size, 130, 6);
  }
  header.write(type, 156, "latin1");
  header.write(magic, 257);
  header.write(prefix, 345, 155);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, padded(bytes)]);
}

/** Files, and the two blocks of zeros that end an archive. */
export function tarOf(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.map(tarFile), Buffer.alloc(1024)]);
}

/** An extended header of pax with these records. */
export function paxHeader(records: Readonly<Record<string, string>>): TarFile {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    const digits = String(rest.length + String(rest.length).length).length;
    return `${rest.length + digits}${rest}`;
  });
  return { name: "PaxHeaders/x", type: "x", bytes: Buffer.from(lines.join("")) };
}

/** A sequence of an LZ4 block: bytes as they are, then `length` of those `distance` before; the last has none. */
export interface Sequence {
  literals: string;
  distance?: number;
  length?: number;
}

/** The bytes behind a nibble of 15. */
function more(value: number): number[] {
  if (value < 15) return [];
  const rest = value - 15;
  return [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
}

export function lz4Block(sequences: readonly Sequence[]): Buffer {
  const parts = sequences.map(({ literals, distance, length = 4 }) => {
    const [own, match] = [literals.length, distance === undefined ? 0 : length - 4];
    const token = (Math.min(own, 15) << 4) | Math.min(match, 15);
    const tail = distance === undefined ? [] : [distance & 0xff, distance >> 8, ...more(match)];
    return Buffer.from([token, ...more(own), ...Buffer.from(literals, "latin1"), ...tail]);
  });
  return Buffer.concat(parts);
}

export interface Lz4Options {
  /** Block checksums 0x10, content size 0x08, content checksum 0x04, dictionary 0x01. */
  flags?: number;
  /** 4 to 7: blocks of 64 KB to 4 MB. */
  size?: number;
}

/** A frame of blocks; a string is stored as it is. */
export function lz4Frame(
  blocks: readonly (Buffer | string)[],
  { flags = 0, size = 4 }: Lz4Options = {},
): Buffer {
  const header = [0x40 | flags, size << 4];
  const fields = Buffer.alloc(((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0) + 1, 0x5a);
  const parts = blocks.flatMap((block) => {
    const bytes = typeof block === "string" ? Buffer.from(block, "latin1") : block;
    const word = typeof block === "string" ? bytes.length + 0x8000_0000 : bytes.length;
    return [u32(word), bytes, Buffer.alloc((flags & 0x10) !== 0 ? 4 : 0, 0x5a)];
  });
  const end = Buffer.alloc((flags & 4) !== 0 ? 4 : 0, 0x5a);
  return Buffer.concat([u32(0x184d2204), Buffer.from(header), fields, ...parts, u32(0), end]);
}

/** The form of LZ4 before frames. */
export function lz4Legacy(blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(0x184c2102), ...blocks.flatMap((block) => [u32(block.length), block])]);
}

/** A frame of user data, which readers of LZ4 and of Zstandard pass over. */
export function skippable(bytes: Uint8Array, kind = 0): Buffer {
  return Buffer.concat([u32(0x184d2a50 + kind), u32(bytes.length), bytes]);
}
