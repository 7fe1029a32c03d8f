/**
 * LZ4 frames (lz4_Frame_format.md 1.6.x) and the older "legacy" frames, as a stream: blocks are unpacked one by one
 * into a window that keeps the 64 KB which the next may refer to.
 */

import { damaged, PackedError, PackedInput } from "./packed-input.ts";

const FRAME_MAGIC = 0x184d2204;
const LEGACY_MAGIC = 0x184c2102;
/** Frames of user data, to be skipped: 0x184d2a50 to 5f. */
const SKIPPABLE_MAGIC = 0x184d2a5;
const LEGACY_BLOCK = 8 * 1024 * 1024;
/** A byte of a block stands for no more than this many: a length goes on by 255 with each. */
const MAX_GROWTH = 255;
/** How far back a match may point. */
const HISTORY = 64 * 1024;
const UNCOMPRESSED = 0x8000_0000;
const VERSION_MASK = 0xc0;
const VERSION = 0x40;
const MIN_MATCH = 4;

/**
 * Unpacks a stream; several frames follow each other.
 * @throws PackedError where it is damaged or cut off, behind what could be unpacked
 */
export async function* unpackLz4(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new PackedInput(packed);
  const outputs = new Map<number, Output>();
  // Room is made for a frame's first block, and used again by later frames: there may be millions of small ones.
  const outputOf = (maximum: number) => {
    const output = outputs.get(maximum) ?? new Output(maximum);
    outputs.set(maximum, output);
    return output;
  };
  while (await input.more(4)) {
    const magic = input.u32();
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      await input.need(4);
      await input.skip(input.u32());
    } else if (magic === FRAME_MAGIC) yield* frame(input, outputOf);
    else if (magic === LEGACY_MAGIC) yield* legacyFrame(input, outputOf);
    else throw new PackedError("what follows a frame is not one");
  }
}

async function* frame(input: PackedInput, outputOf: (maximum: number) => Output): AsyncGenerator<Uint8Array> {
  await input.need(2);
  const flags = input.u8();
  const sizes = input.u8();
  if ((flags & VERSION_MASK) !== VERSION) throw new PackedError("its version is not known");
  const maximum = 1 << (8 + 2 * ((sizes >> 4) & 7));
  if (maximum < HISTORY) throw new PackedError("its block size is not known");
  const has = { blockSum: (flags & 0x10) !== 0, contentSum: (flags & 0x04) !== 0 };
  // Content size, dictionary, checksum of the header.
  await input.skip(((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1);
  let output: Output | null = null;
  for (;;) {
    await input.need(4);
    const word = input.u32();
    if (word === 0) break;
    const size = word & ~UNCOMPRESSED;
    if (size > maximum) throw new PackedError(`a block claims ${size} bytes`);
    const block = await input.take(size);
    output ??= outputOf(maximum).begun();
    yield (word & UNCOMPRESSED) !== 0 ? output.copy(block) : output.unpack(block);
    if (has.blockSum) await input.skip(4);
  }
  if (has.contentSum) await input.skip(4);
}

/** Blocks of up to 8 MB, each on its own, until another frame or the end. */
async function* legacyFrame(
  input: PackedInput,
  outputOf: (maximum: number) => Output,
): AsyncGenerator<Uint8Array> {
  while (await input.more(4)) {
    const size = input.peek();
    if (size === FRAME_MAGIC || size === LEGACY_MAGIC) return;
    input.u32();
    if (size > LEGACY_BLOCK + LEGACY_BLOCK / 128) throw new PackedError(`a block claims ${size} bytes`);
    yield outputOf(LEGACY_BLOCK)
      .begun()
      .unpack(await input.take(size));
  }
}

/** Unpacked bytes: those of the last block, behind the history that it may refer to. */
class Output {
  /** Grows to what blocks need: the maximum of a frame is four megabytes, however small what it holds. */
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #maximum: number;
  #end = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Without a history, for a frame that begins. */
  begun(): this {
    this.#end = 0;
    return this;
  }

  copy(block: Uint8Array): Uint8Array {
    const start = this.#keepHistory(block.length);
    this.#bytes.set(block, start);
    this.#end = start + block.length;
    return this.#bytes.slice(start, this.#end);
  }

  unpack(block: Uint8Array): Uint8Array {
    const room = Math.min(this.#maximum, MAX_GROWTH * block.length);
    const start = this.#keepHistory(room);
    this.#end = unpackBlock(block, this.#bytes, start, start + room);
    return this.#bytes.slice(start, this.#end);
  }

  /** Makes room behind the last 64 KB, which move to the front where it is short; returns where the next block begins. */
  #keepHistory(room: number): number {
    if (this.#end + room <= this.#bytes.length) return this.#end;
    const kept = Math.min(this.#end, HISTORY);
    const bytes = HISTORY + room > this.#bytes.length ? new Uint8Array(HISTORY + 2 * room) : this.#bytes;
    bytes.set(this.#bytes.subarray(this.#end - kept, this.#end));
    this.#bytes = bytes;
    return kept;
  }
}

/** Unpacks one block to `into[start ..]`, not beyond `limit`; returns the end of it. */
function unpackBlock(block: Uint8Array, into: Uint8Array, start: number, limit: number): number {
  let at = 0;
  let out = start;
  while (at < block.length) {
    const token = block[at];
    at += 1;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && at < block.length) {
        more = block[at];
        literals += more;
        at += 1;
      }
    }
    if (at + literals > block.length || out + literals > limit) damaged();
    for (let i = 0; i < literals; i += 1) into[out + i] = block[at + i];
    at += literals;
    out += literals;
    // The last sequence has literals alone.
    if (at === block.length) return out;
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255 && at < block.length) {
        more = block[at];
        length += more;
        at += 1;
      }
    }
    length += MIN_MATCH;
    if (distance === 0 || distance > out || out + length > limit || at > block.length) {
      damaged();
    }
    for (let i = 0; i < length; i += 1) into[out + i] = into[out + i - distance];
    out += length;
  }
  damaged();
}
