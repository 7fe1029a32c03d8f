/**
 * The outside of Zstandard (RFC 8878 section 3.1): frames taken apart into their header and blocks, so that what
 * unpacks them is given one block at a time, and never a window that is larger than agreed.
 */

import { damaged, PackedError, PackedInput } from "./packed-input.ts";
import { BLOCK_MAXIMUM, BlockSizes } from "./zstd-sequences.ts";

const FRAME_MAGIC = 0xfd2fb528;
/** Frames of user data: 0x184d2a50 to 5f. */
const SKIPPABLE_MAGIC = 0x184d2a5;
const SINGLE_SEGMENT = 0x20;
const CONTENT_CHECKSUM = 0x04;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
/** Magic number and descriptor, which tells the length of a frame's header. */
const FRAME_DESCRIPTOR = 5;
const BLOCK_HEADER = 3;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED = 3;
/** `zstd --long=27`, as far as zstd itself goes without being asked. */
export const MAX_WINDOW = 128 * 1024 * 1024;
/**
 * Bytes moved by an unpacker that moves its window for each block: what is allowed at once, a tenth of a second, and for
 * each byte that comes out: with the usual window of 2 MB, blocks of 512 bytes are always allowed.
 */
const FREE_WORK = 4 * 1024 * 1024 * 1024;
const WORK_PER_BYTE = 4096;

/**
 * The frames of a stream, piece by piece: a frame's header, or one block with what follows it.
 * @param unpackedBytes how many bytes came out so far
 * @throws PackedError where they are damaged, cut off, or made to keep an unpacker busy
 */
export async function* zstdPieces(
  packed: AsyncIterable<Uint8Array>,
  unpackedBytes: () => number,
): AsyncGenerator<Uint8Array> {
  const input = new PackedInput(packed);
  let work = 0;
  while (await input.more(4)) {
    if (input.peek() >>> 4 === SKIPPABLE_MAGIC) {
      await input.take(4);
      await input.need(4);
      await input.skip(input.u32());
      continue;
    }
    if (input.peek() !== FRAME_MAGIC) throw new PackedError("what follows a frame is not one");
    await input.need(FRAME_DESCRIPTOR);
    await input.need(headerLength(input));
    const { length, window, checksum } = frameHeader(input);
    yield (await input.take(length)).slice();
    const sizes = new BlockSizes();
    for (let last = false; !last; ) {
      await input.need(BLOCK_HEADER);
      const word = input.peekU8(0) | (input.peekU8(1) << 8) | (input.peekU8(2) << 16);
      last = (word & 1) === 1;
      const kind = (word >> 1) & 3;
      const size = word >> 3;
      if (kind === RESERVED || size > BLOCK_MAXIMUM) damaged();
      const piece = await input.take(BLOCK_HEADER + (kind === RLE ? 1 : size) + (last ? checksum : 0));
      if (kind === COMPRESSED) sizes.sizeOf(piece.subarray(BLOCK_HEADER, BLOCK_HEADER + size));
      yield piece.slice();
      work += window;
      if (work > FREE_WORK + WORK_PER_BYTE * unpackedBytes()) {
        throw new PackedError("it is made of blocks too small to be unpacked in a reasonable time");
      }
    }
  }
}

/**
 * The window that the first frame wants, in bytes, and the stream from its beginning on; 0 where frames of user data
 * or less than a header come first.
 */
export async function windowOfFirstFrame(
  packed: AsyncIterable<Uint8Array>,
): Promise<{ window: number; whole: AsyncIterable<Uint8Array> }> {
  const iterator = packed[Symbol.asyncIterator]();
  const first = await iterator.next();
  const whole = {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    },
  };
  const input = new PackedInput(once(first.done === true ? new Uint8Array(0) : first.value));
  const has = (count: number) => input.more(count).catch(() => false);
  const isFrame = (await has(FRAME_DESCRIPTOR)) && input.peek() === FRAME_MAGIC;
  const hasHeader = isFrame && (await has(headerLength(input)));
  return { window: hasHeader ? readWindow(input).window : 0, whole };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Of a frame whose header is at hand. @throws PackedError for a window that is too large */
function frameHeader(input: PackedInput): { length: number; window: number; checksum: number } {
  const header = readWindow(input);
  if (header.window > MAX_WINDOW) throw new PackedError("it wants a larger window than 128 MB");
  return header;
}

function readWindow(input: PackedInput): { length: number; window: number; checksum: number } {
  const descriptor = input.peekU8(4);
  const sized = contentSizeBytes(descriptor);
  const length = headerLength(input);
  const window = isSingle(descriptor)
    ? contentSize(input, length - sized, sized)
    : windowSize(input.peekU8(FRAME_DESCRIPTOR));
  return { length, window, checksum: (descriptor & CONTENT_CHECKSUM) !== 0 ? 4 : 0 };
}

/** Magic number, descriptor, window, dictionary, size of the content; the descriptor is at hand. */
function headerLength(input: PackedInput): number {
  const descriptor = input.peekU8(4);
  const window = isSingle(descriptor) ? 0 : 1;
  return FRAME_DESCRIPTOR + window + DICTIONARY_BYTES[descriptor & 3] + contentSizeBytes(descriptor);
}

function isSingle(descriptor: number): boolean {
  return (descriptor & SINGLE_SEGMENT) !== 0;
}

function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 && isSingle(descriptor) ? 1 : CONTENT_SIZE_BYTES[flag];
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(input: PackedInput, at: number, bytes: number): number {
  let size = 0;
  for (let i = bytes - 1; i >= 0; i -= 1) size = size * 256 + input.peekU8(at + i);
  return bytes === 2 ? size + 256 : size;
}
