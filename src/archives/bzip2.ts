/**
 * bzip2 as a stream: blocks of up to 900 KB, each of which may stand for fifty times as much. The package that did this
 * put every byte into an array of its own: eight times the memory of such a block, and three megabytes a second.
 */

import { Bits } from "./bits.ts";
import { Bzip2Block } from "./bzip2-block.ts";
import { damaged, PackedError, PackedInput } from "./packed-input.ts";

const STREAM = 0x425a68;
/** Of a block and of a stream's end: the digits of pi, and of its square root; 48 bits, in two halves. */
const BLOCK = [0x314159, 0x265359] as const;
const END = [0x177245, 0x385090] as const;
const LEVEL_BYTES = 100_000;
/** More than a block of 900,000 symbols with codes of 20 bits, and its tables. */
const LONGEST_BLOCK = 2_400_000;
/** Equal bytes behind which a number says how many more there are. */
const RUN = 4;
const PIECE = 256 * 1024;
/** Bytes that are held back until the checksum of their block is known to be right. */
const HELD_BACK = 4 * 1024 * 1024;
/** Blocks are full but for the last of a stream: what is allowed at once, and for each byte that comes out. */
const FREE_BLOCKS = 20_000;
const BYTES_PER_BLOCK = 4096;

/**
 * Unpacks a stream of bzip2; several streams follow each other.
 * @throws PackedError where it is damaged, cut off, or made to keep an unpacker busy, behind what could be unpacked
 */
export async function* unpackBzip2(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new PackedInput(packed);
  const block = new Bzip2Block();
  let blocks = 0;
  let bytes = 0;
  while (await input.more(1)) {
    let skipped = 0;
    const most = LEVEL_BYTES * levelOf(await input.take(4));
    for (let sum = 0, isLast = false; !isLast; ) {
      const bits = new Bits(await input.upTo(LONGEST_BLOCK), skipped);
      const found = whole(bits, () => readBlock(bits, block, most));
      if (found.isEnd) {
        if (found.checksum !== sum) throw new PackedError("a checksum does not match");
        isLast = true;
      } else {
        for (const piece of checked(block, found.checksum)) {
          bytes += piece.length;
          yield piece;
        }
        sum = (((sum << 1) | (sum >>> 31)) ^ found.checksum) >>> 0;
        blocks += 1;
        if (blocks > FREE_BLOCKS + bytes / BYTES_PER_BLOCK) {
          throw new PackedError("it is made of blocks too small to be unpacked in a reasonable time");
        }
      }
      // The next stream begins at a byte, the next block anywhere.
      const { position } = bits;
      await input.skip(isLast ? Math.ceil(position / 8) : position >> 3);
      skipped = position & 7;
    }
  }
}

/** The digit behind "BZh". */
function levelOf(header: Uint8Array): number {
  const level = header[3] - 0x30;
  const magic = (header[0] << 16) | (header[1] << 8) | header[2];
  if (magic !== STREAM || level < 1 || level > 9) throw new PackedError("what follows a stream is not one");
  return level;
}

/** What bits hold that may have ended too soon: no error but that one counts then. */
function whole<T>(bits: Bits, read: () => T): T {
  let result: T | null = null;
  let failure: unknown = null;
  try {
    result = read();
  } catch (error) {
    failure = error;
  }
  if (bits.isOver) throw new PackedError("unexpected end of file", true);
  if (failure !== null) throw failure;
  return result as T;
}

function readBlock(bits: Bits, block: Bzip2Block, most: number): { isEnd: boolean; checksum: number } {
  const magic = [bits.read(24), bits.read(24)];
  const is = (other: readonly number[]) => magic[0] === other[0] && magic[1] === other[1];
  const checksum = bits.word();
  if (is(END)) return { isEnd: true, checksum };
  if (!is(BLOCK)) damaged();
  block.read(bits, most);
  return { isEnd: false, checksum };
}

/** The bytes of a block, of which the first ones are held back until all are known to be right. */
function* checked(block: Bzip2Block, checksum: number): Generator<Uint8Array> {
  const held: Uint8Array[] = [];
  const sum = new Checksum();
  for (const piece of unrolled(block)) {
    sum.add(piece);
    held.push(piece);
    if (held.length * PIECE > HELD_BACK) yield* held.splice(0);
  }
  if (sum.value !== checksum) throw new PackedError("a checksum does not match");
  yield* held;
}

/** The bytes of a block in their order, with their runs written out. */
function* unrolled({ chain, count, first }: Bzip2Block): Generator<Uint8Array> {
  let piece = new Uint8Array(PIECE);
  let filled = 0;
  let place = first;
  let last = -1;
  let run = 0;
  for (let left = count; left > 0; left -= 1) {
    const entry = chain[place];
    const byte = entry & 0xff;
    place = entry >>> 8;
    if (filled + 0x100 > PIECE) {
      yield piece.subarray(0, filled);
      piece = new Uint8Array(PIECE);
      filled = 0;
    }
    if (run === RUN) {
      piece.fill(last, filled, filled + byte);
      filled += byte;
      run = 0;
      last = -1;
      continue;
    }
    piece[filled] = byte;
    filled += 1;
    run = byte === last ? run + 1 : 1;
    last = byte;
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

const POLYNOMIAL = 0x04c11db7;
const SUMS = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ POLYNOMIAL : sum << 1;
  return sum;
});

/** CRC-32 with the highest bit first. */
class Checksum {
  #sum = -1;

  add(bytes: Uint8Array): void {
    let sum = this.#sum;
    for (let i = 0; i < bytes.length; i += 1) sum = (sum << 8) ^ SUMS[(sum >>> 24) ^ bytes[i]];
    this.#sum = sum;
  }

  get value(): number {
    return ~this.#sum >>> 0;
  }
}
