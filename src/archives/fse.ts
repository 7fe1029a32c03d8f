/** Finite State Entropy tables of Zstandard (RFC 8878 section 4.1), and the two ways its bits are read. */

import { damaged } from "./packed-input.ts";

/** Of each state: its symbol, and where the next state begins, to which so many bits are added. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly baselines: Uint16Array;
}

/** @param count 16 at most */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >> 3;
  const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  return (word >>> (bit & 7)) & ((1 << count) - 1);
}

/** Bits from a byte on, the lowest of each first, as descriptions of tables are written. */
export class ForwardBits {
  readonly #bytes: Uint8Array;
  #bit: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#bit = at * 8;
  }

  /** The byte behind those of which bits were taken. */
  get nextByte(): number {
    return Math.ceil(this.#bit / 8);
  }

  /** @param count 16 at most */
  read(count: number): number {
    if (this.#bit + count > this.#bytes.length * 8) damaged();
    const value = bitsAt(this.#bytes, this.#bit, count);
    this.#bit += count;
    return value;
  }

  giveBack(count: number): void {
    this.#bit -= count;
  }
}

/** Bits from the end of some bytes backwards: the last one set is behind the first to be read. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  readonly #begin: number;
  #bit: number;

  /** Of the bytes from `begin` to `end`. */
  constructor(bytes: Uint8Array, begin: number, end: number) {
    if (end <= begin || bytes[end - 1] === 0) damaged();
    this.#bytes = bytes;
    this.#begin = begin * 8;
    this.#bit = end * 8 - 1 - Math.clz32(bytes[end - 1] << 24);
  }

  /** All were taken, and no more. */
  get isOver(): boolean {
    return this.#bit === this.#begin;
  }

  skip(count: number): void {
    this.#bit -= count;
    if (this.#bit < this.#begin) damaged();
  }

  /** @param count 16 at most */
  read(count: number): number {
    this.skip(count);
    return bitsAt(this.#bytes, this.#bit, count);
  }
}

/** The table that always gives one symbol, and takes no bits. */
export function constantTable(symbol: number): FseTable {
  const [bits, baselines] = [new Uint8Array(1), new Uint16Array(1)];
  return { log: 0, symbols: Uint8Array.of(symbol), bits, baselines };
}

/** Probabilities of symbols, as a block describes them (4.1.1); they add up to 2^log, -1 counting as one. */
export function readProbabilities(
  input: ForwardBits,
  maxLog: number,
  maxSymbol: number,
): { log: number; probabilities: number[] } {
  const log = input.read(4) + 5;
  if (log > maxLog) damaged();
  const probabilities: number[] = [];
  let left = 1 << log;
  while (left > 0) {
    const probability = readProbability(input, left);
    probabilities.push(probability);
    left -= Math.abs(probability);
    if (probability === 0) {
      for (let zeros = 3; zeros === 3; ) {
        zeros = input.read(2);
        for (let i = 0; i < zeros; i += 1) probabilities.push(0);
      }
    }
    if (probabilities.length > maxSymbol + 1) damaged();
  }
  if (left < 0) damaged();
  return { log, probabilities };
}

/** What cannot be so large takes a bit less. */
function readProbability(input: ForwardBits, left: number): number {
  const bits = 32 - Math.clz32(left + 1);
  const low = (1 << (bits - 1)) - 1;
  const threshold = (1 << bits) - 1 - (left + 1);
  const value = input.read(bits);
  if ((value & low) < threshold) {
    input.giveBack(1);
    return (value & low) - 1;
  }
  return (value > low ? value - threshold : value) - 1;
}

/** The states of symbols with these probabilities (4.1.1). */
export function tableOf(log: number, probabilities: readonly number[]): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = probabilities.map((probability) => Math.abs(probability));
  let last = size - 1;
  probabilities.forEach((probability, symbol) => {
    if (probability !== -1) return;
    symbols[last] = symbol;
    last -= 1;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let state = 0;
  probabilities.forEach((probability, symbol) => {
    for (let i = 0; i < probability; i += 1) {
      symbols[state] = symbol;
      do state = (state + step) & (size - 1);
      while (state > last);
    }
  });
  const bits = new Uint8Array(size);
  const baselines = new Uint16Array(size);
  for (let i = 0; i < size; i += 1) {
    const count = next[symbols[i]];
    next[symbols[i]] += 1;
    bits[i] = log - (31 - Math.clz32(count));
    baselines[i] = (count << bits[i]) - size;
  }
  return { log, symbols, bits, baselines };
}
