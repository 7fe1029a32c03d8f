/**
 * Tables whose rows are lines of the cache: all that changes with a packet stands side by side in 64 bytes, which the
 * processor fetches at once. In columns, each of the numbers would be a line of its own.
 *
 *     const lines = new LineTable(memory, 256);
 *     const lastAt = lines.number(LAST_AT);
 *     lastAt.set(row, at);
 *
 * The walk (src/core/) reads and writes the same bytes; src/core/layout.ts says at which offset of its line a field lies.
 */

import { type Column, type Memory, moved } from "./memory.ts";

/** Numbers of 8 bytes, and words of 4 bytes, of a line. */
const NUMBERS = 8;
const WORDS = 16;

/** A number of 8 bytes in each line. */
export class NumberField {
  readonly #table: LineTable;
  readonly #place: number;

  /** @param offset bytes into the line, a multiple of 8 */
  constructor(table: LineTable, offset: number) {
    this.#table = table;
    this.#place = offset / 8;
  }

  of(line: number): number {
    return this.#table.numbers[line * NUMBERS + this.#place];
  }

  set(line: number, value: number): void {
    this.#table.numbers[line * NUMBERS + this.#place] = value;
  }
}

/** An integer of 32 bits in each line, from -2^31 on. */
export class IntegerField {
  readonly #table: LineTable;
  readonly #place: number;

  /** @param offset bytes into the line, a multiple of 4 */
  constructor(table: LineTable, offset: number) {
    this.#table = table;
    this.#place = offset / 4;
  }

  of(line: number): number {
    return this.#table.integers[line * WORDS + this.#place];
  }

  set(line: number, value: number): void {
    this.#table.integers[line * WORDS + this.#place] = value;
  }
}

/** An integer of 32 bits in each line, from 0 on. */
export class WordField extends IntegerField {
  override of(line: number): number {
    return super.of(line) >>> 0;
  }

  /** Adds to it, modulo 2^32. */
  add(line: number, more: number): void {
    this.set(line, this.of(line) + more);
  }
}

export class LineTable {
  readonly #memory: Memory;
  /** All lines, as numbers and as integers over the same bytes. */
  numbers: Float64Array;
  integers: Int32Array;

  /** @param lines zeros at first */
  constructor(memory: Memory, lines: number) {
    this.#memory = memory;
    this.numbers = memory.column(Float64Array, lines * NUMBERS);
    this.integers = integersOf(this.numbers);
  }

  /** Lines that there are. */
  get length(): number {
    return this.numbers.length / NUMBERS;
  }

  /** Where the lines lie. */
  get column(): Column {
    return this.numbers;
  }

  number(offset: number): NumberField {
    return new NumberField(this, offset);
  }

  integer(offset: number): IntegerField {
    return new IntegerField(this, offset);
  }

  word(offset: number): WordField {
    return new WordField(this, offset);
  }

  /** Twice as many lines. */
  grow(): void {
    this.#take(this.#memory.wider(this.numbers, Float64Array));
  }

  /** Gives one line the numbers of another. */
  copy(from: number, to: number): void {
    this.integers.copyWithin(to * WORDS, from * WORDS, (from + 1) * WORDS);
  }

  /** The lines, to be kept in a state file; `restore` takes them back. */
  save(): Float64Array {
    return this.numbers;
  }

  restore(saved: Float64Array): void {
    this.#take(moved(this.#memory, saved, Float64Array));
  }

  #take(numbers: Float64Array): void {
    this.numbers = numbers;
    this.integers = integersOf(numbers);
  }
}

function integersOf({ buffer, byteOffset, byteLength }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
