/**
 * One block of bzip2: Huffman codes, move-to-front, runs of zeros, and the Burrows-Wheeler transform undone. Facts: the
 * format has no standard; Joe Tsai, "BZIP2: Format Specification" (2016), sections 2.2 and 2.3, and bzip2 1.0.8.
 */

import type { Bits } from "./bits.ts";
import { damaged, UnsupportedPackingError } from "./packed-input.ts";

const MAX_CODE_BITS = 20;
/** Bytes, two kinds of runs less one, and the end. */
const MAX_SYMBOLS = 258;
const MIN_TABLES = 2;
const MAX_TABLES = 6;
/** Symbols that are coded by one table before the next is chosen. */
const GROUP = 50;
const RUN_A = 0;
const RUN_B = 1;
/** Codes up to this length are found at once. */
const QUICK_BITS = 9;
/** Steps between the lengths of two codes; an encoder goes straight from one to the other. */
const MAX_STEPS = 2 * MAX_CODE_BITS;

/** Codes of a table, in the order of their lengths. */
class CodeTable {
  /** By the next bits: the symbol, and how long its code is in the lowest five bits; 0 where it is longer. */
  readonly quick = new Uint16Array(1 << QUICK_BITS);
  readonly symbols = new Uint16Array(MAX_SYMBOLS);
  /** By length: the first value that is not a code of it; and what leads from a code to its symbol. */
  readonly limit = new Int32Array(MAX_CODE_BITS + 2);
  readonly base = new Int32Array(MAX_CODE_BITS + 2);
  longest = 0;

  fill(lengths: Uint8Array, count: number): void {
    this.quick.fill(0);
    const counts = new Int32Array(MAX_CODE_BITS + 2);
    for (let i = 0; i < count; i += 1) counts[lengths[i]] += 1;
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length += 1) {
      if (counts[length] > 0) this.longest = length;
      this.base[length] = index - code;
      for (let symbol = 0; symbol < count; symbol += 1) {
        if (counts[length] === 0) break;
        if (lengths[symbol] !== length) continue;
        this.symbols[index] = symbol;
        this.#quicken(code, length, symbol);
        index += 1;
        code += 1;
      }
      this.limit[length] = code;
      code *= 2;
    }
  }

  #quicken(code: number, length: number, symbol: number): void {
    if (length > QUICK_BITS) return;
    const from = code << (QUICK_BITS - length);
    this.quick.fill((symbol << 5) | length, from, from + (1 << (QUICK_BITS - length)));
  }

  /** @throws PackedError where the next bits are not a code */
  next(bits: Bits): number {
    const entry = this.quick[bits.peek(QUICK_BITS)];
    if (entry !== 0) {
      bits.drop(entry & 31);
      return entry >> 5;
    }
    const ahead = bits.peek(MAX_CODE_BITS);
    for (let length = 1; length <= this.longest; length += 1) {
      const code = ahead >> (MAX_CODE_BITS - length);
      if (code >= this.limit[length] || code + this.base[length] < 0) continue;
      bits.drop(length);
      return this.symbols[code + this.base[length]];
    }
    damaged();
  }
}

/** The room that one block after another is unpacked in. */
export class Bzip2Block {
  /** Bytes of the block that is unpacked, in no order: each with the place of the one that follows it above it. */
  chain: Uint32Array = new Uint32Array(0);
  count = 0;
  /** The place of the first. */
  first = 0;
  readonly #tables = Array.from({ length: MAX_TABLES }, () => new CodeTable());
  readonly #selectors = new Uint8Array(1 << 15);
  readonly #lengths = new Uint8Array(MAX_SYMBOLS);
  /** Bytes that occur, the one that was seen last at the front. */
  readonly #recent = new Uint8Array(256);
  readonly #starts = new Int32Array(257);

  /**
   * Reads what is behind a block's magic number and checksum.
   * @param most bytes of a block of this stream
   * @throws PackedError where it is damaged
   */
  read(bits: Bits, most: number): void {
    if (bits.read(1) === 1) {
      throw new UnsupportedPackingError("was made by bzip2 before 0.9.5: unpack it by bzip2 -dc");
    }
    const origin = bits.read(24);
    if (this.chain.length < most) this.chain = new Uint32Array(most);
    const used = this.#readBytes(bits);
    const selectors = this.#readTables(bits, used + 2);
    this.#readSymbols(bits, { most, selectors, end: used + 1 });
    if (origin >= this.count) damaged();
    this.#link();
    this.first = this.chain[origin] >>> 8;
  }

  /** Which bytes occur: sixteen bits for sixteen ranges, then sixteen for each of those. */
  #readBytes(bits: Bits): number {
    const ranges = bits.read(16);
    let used = 0;
    for (let range = 0; range < 16; range += 1) {
      if (((ranges >> (15 - range)) & 1) === 0) continue;
      const members = bits.read(16);
      for (let i = 0; i < 16; i += 1) {
        if (((members >> (15 - i)) & 1) === 0) continue;
        this.#recent[used] = range * 16 + i;
        used += 1;
      }
    }
    if (used === 0) damaged();
    return used;
  }

  #readTables(bits: Bits, symbols: number): number {
    const tables = bits.read(3);
    const selectors = bits.read(15);
    if (tables < MIN_TABLES || tables > MAX_TABLES || selectors === 0) damaged();
    const order = [0, 1, 2, 3, 4, 5];
    for (let i = 0; i < selectors; i += 1) {
      let place = 0;
      while (bits.read(1) === 1) {
        place += 1;
        if (place >= tables) damaged();
      }
      order.unshift(...order.splice(place, 1));
      this.#selectors[i] = order[0];
    }
    for (let table = 0; table < tables; table += 1) {
      let length = bits.read(5);
      for (let symbol = 0; symbol < symbols; symbol += 1) {
        for (let steps = 0; bits.read(1) === 1; steps += 1) {
          length += bits.read(1) === 1 ? -1 : 1;
          if (steps > MAX_STEPS) damaged();
        }
        if (length < 1 || length > MAX_CODE_BITS) damaged();
        this.#lengths[symbol] = length;
      }
      this.#tables[table].fill(this.#lengths, symbols);
    }
    return selectors;
  }

  #readSymbols(bits: Bits, { most, selectors, end }: { most: number; selectors: number; end: number }): void {
    const [chain, recent, starts] = [this.chain, this.#recent, this.#starts.fill(0)];
    let count = 0;
    let run = 0;
    let weight = 1;
    for (let selector = 0; selector < selectors; selector += 1) {
      const table = this.#tables[this.#selectors[selector]];
      for (let i = 0; i < GROUP; i += 1) {
        const symbol = table.next(bits);
        if (symbol === RUN_A || symbol === RUN_B) {
          run += weight << symbol;
          weight *= 2;
          if (count + run > most) damaged();
          continue;
        }
        if (run > 0) {
          chain.fill(recent[0], count, count + run);
          starts[recent[0] + 1] += run;
          count += run;
          run = 0;
          weight = 1;
        }
        if (symbol === end) {
          this.count = count;
          return;
        }
        if (count >= most) damaged();
        const byte = recent[symbol - 1];
        recent.copyWithin(1, 0, symbol - 1);
        recent[0] = byte;
        chain[count] = byte;
        starts[byte + 1] += 1;
        count += 1;
      }
    }
    damaged();
  }

  /** Writes above each byte the place of the one that follows it. */
  #link(): void {
    const [chain, starts] = [this.chain, this.#starts];
    for (let byte = 0; byte < 256; byte += 1) starts[byte + 1] += starts[byte];
    for (let i = 0; i < this.count; i += 1) {
      const byte = chain[i] & 0xff;
      chain[starts[byte]] |= i << 8;
      starts[byte] += 1;
    }
  }
}
