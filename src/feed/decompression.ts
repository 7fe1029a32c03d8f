/**
 * Compressed inputs. What unpacks them belongs to the runtime (zlib of Node, DecompressionStream of a browser, a
 * package) and is handed in; here a window over packed bytes becomes one over what is in them.
 */

import { PackedError } from "../archives/packed-input.ts";
import type { ByteSource } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";
import { windowOver } from "../capture/window-over.ts";

/** Unpacked bytes. `destroy` ends them while a chunk is waited for. Errors of damaged data are thrown to the reader. */
export type UnpackedChunks = AsyncIterable<Uint8Array> & { destroy?(): void };

/** Unpacks a stream. @param size bytes of it, null where that is not known */
export type Decompressor = (
  packed: AsyncIterable<Uint8Array>,
  size: number | null,
) => Promise<UnpackedChunks>;

/** By the name that a format gets: "pcap+gzip"; "deflate" (raw) for members of zip archives. */
export type Decompressors = Readonly<Record<string, Decompressor>>;

interface Compression {
  name: string;
  /** Unpacks a file on the command line; NAME stands for the file's name. */
  command: string;
  magics: readonly (readonly number[])[];
}

const COMPRESSIONS: readonly Compression[] = [
  { name: "gzip", command: "gzip -dc NAME", magics: [[0x1f, 0x8b, 8]] },
  { name: "zstd", command: "zstd -dc NAME", magics: [[0x28, 0xb5, 0x2f, 0xfd]] },
  { name: "xz", command: "xz -dc NAME", magics: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]] },
  // Behind "BZh" and the block size, the magic number of a block, or of the end of an empty stream.
  ...[
    [0x31, 0x41, 0x59],
    [0x17, 0x72, 0x45],
  ].map((block) => ({
    name: "bzip2",
    command: "bzip2 -dc NAME",
    magics: [0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39].map((size) => [
      0x42,
      0x5a,
      0x68,
      size,
      ...block,
    ]),
  })),
  {
    name: "lz4",
    command: "lz4 -dc NAME",
    magics: [
      [0x04, 0x22, 0x4d, 0x18],
      [0x02, 0x21, 0x4c, 0x18],
    ],
  },
];
/** Frames of user data, which may stand before frames of zstd and lz4: the kind of the first real frame counts. */
const SKIPPABLE = [0x2a, 0x4d, 0x18] as const;
const LONGEST = 7;

/** What a window's bytes are compressed by; null where they are not. */
export async function compressionOf(window: ByteWindow): Promise<Compression | null> {
  const first = window.bytes[window.start];
  const second = window.bytes[window.start + 1];
  const may = (magics: Compression["magics"]) =>
    magics.some((magic) => magic[0] === first && magic[1] === second);
  if (isSkippable(window.bytes, window.start)) return behindSkippable(window);
  if (!COMPRESSIONS.some(({ magics }) => may(magics))) return null;
  await window.have(LONGEST);
  return beginning(window.bytes, window.start);
}

/** Whether bytes begin compressed data. */
export function isCompressed(bytes: Uint8Array): boolean {
  return beginning(bytes, 0) !== null || isSkippable(bytes, 0);
}

function isSkippable(bytes: Uint8Array, start: number): boolean {
  return (bytes[start] & 0xf0) === 0x50 && SKIPPABLE.every((byte, i) => bytes[start + 1 + i] === byte);
}

function beginning(bytes: Uint8Array, start: number): Compression | null {
  const matches = (magic: readonly number[]) => magic.every((byte, i) => bytes[start + i] === byte);
  return COMPRESSIONS.find(({ magics }) => magics.some(matches)) ?? null;
}

/** By what follows the skippable frame, as far as that is near. */
async function behindSkippable(window: ByteWindow): Promise<Compression | null> {
  if (!(await window.have(8))) return null;
  const length = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start + 4, 4).getUint32(
    0,
    true,
  );
  const behind = 8 + length;
  if (behind > window.bytes.length || !(await window.have(behind + 4))) return null;
  return beginning(window.bytes, window.start + behind);
}

/**
 * Data that unpacks to more than this, at more than so many times its size, was made to keep machines busy. bzip2 is
 * unpacked ten times slower than the others, and less of it does.
 */
const LARGE = 1024 * 1024 * 1024;
const LARGE_BY_NAME: Readonly<Record<string, number>> = { bzip2: 64 * 1024 * 1024 };
const BOMB_RATIO = 2000;

/** A window over the unpacked bytes of a window that stands at the beginning of compressed data. */
export async function unpacked(
  packed: ByteWindow,
  name: string,
  decompress: Decompressor,
): Promise<ByteWindow> {
  const chunks = await decompress(pieces(packed), packed.source.size);
  const guarded = guard(chunks, LARGE_BY_NAME[name] ?? LARGE, () => packed.offset);
  return windowOver(packed, guarded, () => chunks.destroy?.());
}

/** A window over what a generator makes of the bytes of another. */
export function windowOf(
  window: ByteWindow,
  make: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): ByteWindow {
  return windowOver(window, make(pieces(window)));
}

/** Compressions around each other; more are a trick. */
export const MAX_LAYERS = 3;

/**
 * The bytes of a source that is not a capture, unpacked where they are compressed.
 * @throws what reading or unpacking throws
 */
export async function* plainBytes(
  source: ByteSource,
  decompressors: Decompressors,
): AsyncGenerator<Uint8Array> {
  let window = new ByteWindow(source);
  try {
    for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
      await window.have(LONGEST);
      const compression = await compressionOf(window);
      if (compression === null) break;
      const decompress = decompressors[compression.name];
      if (decompress === undefined)
        throw new Error(`it is ${compression.name} data, which is not unpacked here`);
      window = await unpacked(window, compression.name, decompress);
    }
    yield* pieces(window);
  } finally {
    await window.close();
  }
}

async function* guard(
  chunks: AsyncIterable<Uint8Array>,
  large: number,
  taken: () => number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > large && bytes > BOMB_RATIO * taken()) {
      throw new PackedError(`it unpacks to more than ${BOMB_RATIO} times its size`);
    }
    yield chunk;
  }
}

async function* pieces(window: ByteWindow): AsyncGenerator<Uint8Array> {
  while (await window.have(1)) {
    const piece = window.bytes.slice(window.start, window.end);
    window.consume(piece.length);
    yield piece;
  }
  if (window.failure !== null) throw window.failure;
}
