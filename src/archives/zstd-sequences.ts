/**
 * How much a compressed block of Zstandard unpacks to (RFC 8878 section 3.1.1.3), found out without unpacking it: the
 * package that unpacks takes lengths as they come, and a block of 13 bytes can ask it to copy gigabytes, or to read for
 * ever.
 */

import {
  BackwardBits,
  constantTable,
  ForwardBits,
  type FseTable,
  readProbabilities,
  tableOf,
} from "./fse.ts";
import { damaged } from "./packed-input.ts";

/** No block unpacks to more (3.1.1.2.4). */
export const BLOCK_MAXIMUM = 128 * 1024;

/** What sequences are made of, in the order in which a block describes them. */
interface Kind {
  /** Largest symbol, and largest logarithm of a table's size. */
  maxSymbol: number;
  maxLog: number;
  /** Probabilities where a block describes none (3.1.1.3.2.2), and the logarithm of their sum. */
  usual: readonly number[];
  usualLog: number;
}

const times = (count: number, value: number) => new Array<number>(count).fill(value);

const LITERAL_LENGTHS: Kind = {
  maxSymbol: 35,
  maxLog: 9,
  usual: [4, 3, ...times(11, 2), ...times(3, 1), ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)],
  usualLog: 6,
};
const OFFSETS: Kind = {
  maxSymbol: 31,
  maxLog: 8,
  usual: [...times(6, 1), ...times(3, 2), ...times(15, 1), ...times(5, -1)],
  usualLog: 5,
};
const MATCH_LENGTHS: Kind = {
  maxSymbol: 52,
  maxLog: 9,
  usual: [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)],
  usualLog: 6,
};
const KINDS = [LITERAL_LENGTHS, OFFSETS, MATCH_LENGTHS];
const USUAL_TABLES = KINDS.map(({ usual, usualLog }) => tableOf(usualLog, usual));

/** Bits that are added to each length, by its code (3.1.1.3.2.1.1). */
const LITERAL_BITS = [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS = [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const LITERAL_BASES = basesOf(LITERAL_BITS, 0);
const MATCH_BASES = basesOf(MATCH_BITS, 3);

/** Each code goes on where the one before it ends. */
function basesOf(bits: readonly number[], first: number): number[] {
  let next = first;
  return bits.map((count) => {
    const base = next;
    next += 2 ** count;
    return base;
  });
}

/** Literals of a block: how many, and which bytes hold them; sequences begin behind. */
interface Literals {
  count: number;
  begin: number;
  end: number;
  /** They begin with a description of the Huffman tree that packs them. */
  hasTree: boolean;
}

/** The largest table that weights of a Huffman tree are packed by (4.2.1.2). */
const WEIGHTS_LOG = 6;
const MAX_WEIGHT = 255;

/** The blocks of one frame, in their order. */
export class BlockSizes {
  /** Tables of the last sequences, which the next ones may go on with. */
  #tables: readonly FseTable[] | null = null;

  /**
   * @param block content of a compressed block
   * @returns bytes that it unpacks to
   * @throws PackedError where its sequences are not whole, or make more than a block may hold
   */
  sizeOf(block: Uint8Array): number {
    const literals = literalsOf(block);
    if (literals.count > BLOCK_MAXIMUM || literals.end >= block.length) damaged();
    if (literals.hasTree) refuseEndlessTree(block, literals.begin);
    let at = literals.end;
    let count = block[at];
    at += 1;
    if (count === 0) return literals.count;
    if (count === 255) {
      count = 0x7f00 + block[at] + (block[at + 1] << 8);
      at += 2;
    } else if (count >= 128) {
      count = ((count - 128) << 8) + block[at];
      at += 1;
    }
    if (at >= block.length) damaged();
    return literals.count + this.#matched(block, at, count, literals.count);
  }

  /** Bytes that the sequences copy. @param at where the modes of the tables stand */
  #matched(block: Uint8Array, at: number, count: number, literals: number): number {
    const begin = this.#readTables(block, at);
    const [literalTable, offsetTable, matchTable] = this.#tables!;
    const bits = new BackwardBits(block, begin, block.length);
    let literalState = bits.read(literalTable.log);
    let offsetState = bits.read(offsetTable.log);
    let matchState = bits.read(matchTable.log);
    let copied = 0;
    let used = 0;
    for (let i = 0; i < count; i += 1) {
      const match = matchTable.symbols[matchState];
      const literal = literalTable.symbols[literalState];
      bits.skip(offsetTable.symbols[offsetState]);
      copied += MATCH_BASES[match] + bits.read(MATCH_BITS[match]);
      used += LITERAL_BASES[literal] + bits.read(LITERAL_BITS[literal]);
      if (used > literals || literals + copied > BLOCK_MAXIMUM) damaged();
      if (i + 1 === count) break;
      literalState = literalTable.baselines[literalState] + bits.read(literalTable.bits[literalState]);
      matchState = matchTable.baselines[matchState] + bits.read(matchTable.bits[matchState]);
      offsetState = offsetTable.baselines[offsetState] + bits.read(offsetTable.bits[offsetState]);
    }
    if (!bits.isOver) damaged();
    return copied;
  }

  /** Reads the tables that the block describes; gives where its sequences begin. */
  #readTables(block: Uint8Array, at: number): number {
    const modes = block[at];
    if ((modes & 3) !== 0) damaged();
    let next = at + 1;
    this.#tables = KINDS.map((kind, i) => {
      const mode = (modes >> (6 - 2 * i)) & 3;
      if (mode === 0) return USUAL_TABLES[i];
      if (mode === 1) {
        const symbol = block[next] ?? damaged();
        next += 1;
        return symbol > kind.maxSymbol ? damaged() : constantTable(symbol);
      }
      if (mode === 3) return this.#tables?.[i] ?? damaged();
      const input = new ForwardBits(block, next);
      const { log, probabilities } = readProbabilities(input, kind.maxLog, kind.maxSymbol);
      next = input.nextByte;
      return tableOf(log, probabilities);
    });
    return next;
  }
}

/** The section of literals (3.1.1.3.1), of which only the lengths are read. */
function literalsOf(block: Uint8Array): Literals {
  const [a = damaged(), b = 0, c = 0, d = 0, e = 0] = block;
  const type = a & 3;
  const format = (a >> 2) & 3;
  if (type < 2) {
    const header = format === 1 ? 2 : format === 3 ? 3 : 1;
    const count = header === 1 ? a >> 3 : (a >> 4) | (b << 4) | (header === 3 ? c << 12 : 0);
    return { count, begin: header, end: header + (type === 0 ? count : 1), hasTree: false };
  }
  const packed = (count: number, begin: number, size: number) => ({
    count,
    begin,
    end: begin + size,
    hasTree: type === 2,
  });
  if (format < 2) return packed((a >> 4) | ((b & 63) << 4), 3, (b >> 6) | (c << 2));
  if (format === 2) return packed((a >> 4) | (b << 4) | ((c & 3) << 12), 4, (c >> 2) | (d << 6));
  return packed((a >> 4) | (b << 4) | ((c & 63) << 12), 5, (c >> 6) | (d << 2) | (e << 10));
}

/**
 * A weight that is the only one takes no bits (4.2.1.2): who reads weights until the bits are over never ends.
 * @param at the first byte of the tree's description
 */
function refuseEndlessTree(block: Uint8Array, at: number): void {
  // Weights that are not packed have half a byte each.
  if (block[at] >= 128) return;
  const { log, probabilities } = readProbabilities(new ForwardBits(block, at + 1), WEIGHTS_LOG, MAX_WEIGHT);
  if (probabilities.includes(1 << log)) damaged();
}
