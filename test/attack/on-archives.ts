/** Attacks on what unpacks and lists: data that is small and unpacks to much, archives of names, tables that jump. */

import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { pcap } from "../support/capture-files.ts";
import { random32 } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";
import type { Attack } from "./attack.ts";
import { CLIENT, GATEWAY, SA_BODY } from "./sessions.ts";
import { Frame } from "./writer.ts";

const GIBIBYTE = 1 << 30;
const PIECE = 16 * 1024 * 1024;
const RECORD = 65_536;

/** Records of zeros, 64 KB each. */
function zeros(): Buffer {
  const bytes = Buffer.alloc(PIECE);
  for (let at = 0; at < bytes.length; at += RECORD) bytes.writeUInt32LE(RECORD - 16, at + 8);
  return bytes;
}

function honestCapture(): Buffer {
  const frame = new Frame(SA_BODY).message(2, 0, 1).between(CLIENT, GATEWAY);
  return pcap([{ at: 1_772_438_400_000_000_000n, frame: frame.bytes }]);
}

/** A zip of one deflated file. */
function zipOf(name: string, packed: readonly Buffer[], size: number): Buffer[] {
  const bytes = packed.reduce((sum, { length }) => sum + length, 0);
  const local = Buffer.alloc(30 + name.length);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(bytes, 18);
  local.writeUInt32LE(size, 22);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  const entry = Buffer.alloc(46 + name.length);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(bytes, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.write(name, 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length + bytes, 16);
  return [local, ...packed, entry, end];
}

/** A header of tar, and what pads its file. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size.toString(8).padStart(11, "0"), 124);
  header.write("0ustar\0", 156);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function tarMember(name: string, bytes: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
  bytes.copy(padded);
  return Buffer.concat([tarHeader(name, bytes.length), padded]);
}

/** Bytes of a block for which the work of a window of 8 MB is allowed. */
const WORKED_BLOCK = 2048;

/** Names in one piece of the archive. */
const NAMES = PIECE / 512;

function repeated(path: string, first: Buffer, piece: Buffer, times: number): void {
  const file = openSync(path, "w");
  writeSync(file, first);
  for (let i = 0; i < times; i += 1) writeSync(file, piece);
  closeSync(file);
}

const NETMON_HEADER = 128;

export const ON_ARCHIVES: readonly Attack[] = [
  {
    name: "zip-bomb",
    what: "a zip whose capture of zeros unpacks to a thousand times its size",
    count: GIBIBYTE,
    write: (path, count) => {
      const times = Math.max(1, Math.round(count / PIECE));
      const begin = deflateRawSync(pcap([]), { finishFlush: constants.Z_FULL_FLUSH });
      const piece = deflateRawSync(zeros(), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
      const packed = [begin, ...Array<Buffer>(times).fill(piece), Buffer.from("0300", "hex")];
      writeFileSync(path, Buffer.concat(zipOf("a.pcap", packed, 24 + times * PIECE)));
    },
  },
  {
    name: "tgz-bomb",
    what: "a packed tar whose capture of zeros unpacks to a thousand times its size",
    count: GIBIBYTE,
    unpacksTo: (count) => count,
    write: (path, count) => {
      const times = Math.max(1, Math.round(count / PIECE));
      const first = Buffer.concat([tarMember("a.pcap", honestCapture()), tarHeader("b.pcap", times * PIECE)]);
      repeated(path, gzipSync(first), gzipSync(zeros()), times);
    },
  },
  {
    name: "tar-names",
    what: "a packed tar of one capture and millions of names",
    count: 10_000_000,
    // Of more names than 65,536 none is looked at.
    unpacksTo: (count) => Math.min(count, 65_536) * 512,
    write: (path, count) => {
      const names = Buffer.concat(Array.from({ length: NAMES }, (_, i) => tarHeader(`x/${i}.pcap`, 0)));
      repeated(
        path,
        gzipSync(tarMember("a.pcap", honestCapture())),
        gzipSync(names),
        Math.ceil(count / NAMES),
      );
    },
  },
  {
    name: "zstd-bomb",
    what: "blocks of one byte, repeated 128 thousand times each",
    count: GIBIBYTE,
    write: (path, count) => {
      // A window of 8 MB; the capture's header as it is, then zeros: packets without a byte.
      const header = pcap([]);
      const size = Buffer.alloc(3);
      size.writeUIntLE(header.length << 3, 0, 3);
      const begin = Buffer.concat([Buffer.from("28b52ffd0068", "hex"), size, header]);
      const block = Buffer.alloc(4);
      block.writeUIntLE((131_072 << 3) | 2, 0, 3);
      const last = Buffer.from(block);
      last[0] |= 1;
      const blocks = Buffer.alloc(4 * Math.max(1, Math.round(count / 131_072) - 1), block);
      writeFileSync(path, Buffer.concat([begin, blocks, last]));
    },
  },
  {
    name: "zstd-windows",
    what: "blocks that are just large enough to be unpacked, each of which moves a window of 8 MB",
    count: 50_000,
    unpacksTo: (count) => count * WORKED_BLOCK,
    write: (path, count) => {
      const size = Buffer.alloc(3);
      const header = pcap([]);
      size.writeUIntLE(header.length << 3, 0, 3);
      const begin = Buffer.concat([Buffer.from("28b52ffd0068", "hex"), size, header]);
      const block = Buffer.alloc(4);
      block.writeUIntLE((WORKED_BLOCK << 3) | 2, 0, 3);
      const last = Buffer.from(block);
      last[0] |= 1;
      writeFileSync(path, Buffer.concat([begin, Buffer.alloc(4 * Math.max(0, count - 1), block), last]));
    },
  },
  {
    name: "lz4-frames",
    what: "frames without a block, of which each would have one of four megabytes",
    count: 1_000_000,
    write: (path, count) => {
      const header = pcap([]);
      const size = Buffer.alloc(4);
      size.writeUInt32LE((header.length | 0x8000_0000) >>> 0);
      const frame = Buffer.from("04224d18607073", "hex");
      const empty = Buffer.concat([frame, Buffer.alloc(4)]);
      const first = Buffer.concat([frame, size, header, Buffer.alloc(4)]);
      writeFileSync(path, Buffer.concat([first, Buffer.alloc(count * empty.length, empty)]));
    },
  },
  {
    name: "netmon-table",
    what: "a table of frames that points everywhere, and names each place as often as it likes",
    count: 10_000_000,
    write: (path, count) => {
      const next = random32(1);
      const frames = 24 * 1024 * 1024;
      const file = Buffer.alloc(NETMON_HEADER + frames + 4 * count);
      file.write("GMBU", 0);
      file[5] = 2;
      file.writeUInt16LE(1, 6);
      file.writeUInt32LE(NETMON_HEADER + frames, 24);
      file.writeUInt32LE(4 * count, 28);
      for (let i = 0; i < count; i += 1) {
        file.writeUInt32LE(NETMON_HEADER + (next() % (frames - 64)), NETMON_HEADER + frames + 4 * i);
      }
      writeFileSync(path, file);
    },
  },
  ...(hasTool("xz") ? [xzBomb()] : []),
  ...(hasTool("bzip2") ? [bzip2Bomb(), bzip2Bytes()] : []),
];

const packedBy = (program: string, input: Buffer) =>
  execFileSync(program, ["-c"], { input, maxBuffer: PIECE });

/** Streams of xz may follow each other: one, as often as needed. */
function xzBomb(): Attack {
  return {
    name: "xz-bomb",
    what: "a capture of zeros that unpacks to many thousand times its size",
    count: GIBIBYTE,
    write: (path, count) =>
      repeated(
        path,
        packedBy("xz", pcap([])),
        packedBy("xz", zeros()),
        Math.max(1, Math.round(count / PIECE)),
      ),
  };
}

/** Blocks of 50 bytes that stand for 45 MB each. */
function bzip2Bomb(): Attack {
  const block = 45_000_000;
  return {
    name: "bzip2-bomb",
    what: "a capture of zeros in blocks of 45 MB",
    count: GIBIBYTE,
    write: (path, count) =>
      repeated(
        path,
        packedBy("bzip2", pcap([])),
        packedBy("bzip2", Buffer.alloc(block)),
        Math.max(1, Math.round(count / block)),
      ),
  };
}

function bzip2Bytes(): Attack {
  return {
    name: "bzip2-bytes",
    what: "a stream of bzip2 for each byte",
    count: 1_000_000,
    write: (path, count) =>
      repeated(path, packedBy("bzip2", pcap([])), packedBy("bzip2", Buffer.alloc(1)), count),
  };
}
