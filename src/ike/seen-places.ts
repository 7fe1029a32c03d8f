/** Where and when messages were seen: records of 64 bytes, of which a place takes the first numbers. */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { AT, CAPTURE_POINT, FROM, NEXT, TO } from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";

/** Numbers of a record, 8 bytes each; the same bytes are twice as many words. */
export const RECORD = 8;
export const WORDS = 2 * RECORD;
const FIRST_ROWS = 256;

export interface Place {
  /** When something was first seen there, clock microseconds. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Source and interface as one number. */
  readonly capturePoint: number;
}

export class SeenPlaces {
  protected readonly memory: Memory;
  protected numbers: Float64Array;
  /** The same bytes. */
  protected words: Int32Array;

  constructor(memory: Memory) {
    this.memory = memory;
    this.numbers = memory.column(Float64Array, FIRST_ROWS * RECORD);
    this.words = wordsOf(this.numbers);
  }

  protected get room(): number {
    return this.numbers.length / RECORD;
  }

  atOf(row: number): number {
    return this.numbers[row * RECORD + AT];
  }

  fromOf(row: number): number {
    return this.numbers[row * RECORD + FROM];
  }

  toOf(row: number): number {
    return this.numbers[row * RECORD + TO];
  }

  /** The row behind this one in its list, or -1. */
  next(row: number): number {
    return this.words[row * WORDS + NEXT] - 1;
  }

  isAt(row: number, { from, to, capturePoint }: Place): boolean {
    return (
      this.fromOf(row) === from &&
      this.toOf(row) === to &&
      this.numbers[row * RECORD + CAPTURE_POINT] === capturePoint
    );
  }

  placeOf(row: number): Place {
    const capturePoint = this.numbers[row * RECORD + CAPTURE_POINT];
    return { at: this.atOf(row), from: this.fromOf(row), to: this.toOf(row), capturePoint };
  }

  /** Hosts were numbered anew. */
  renumber(row: number, moved: Int32Array): void {
    for (const end of [FROM, TO]) {
      const known = this.numbers[row * RECORD + end];
      this.numbers[row * RECORD + end] = endpoint(moved[hostOf(known)], portOf(known));
    }
  }

  protected setPlace(row: number, { at, from, to, capturePoint }: Place): void {
    this.numbers[row * RECORD + AT] = at;
    this.numbers[row * RECORD + FROM] = from;
    this.numbers[row * RECORD + TO] = to;
    this.numbers[row * RECORD + CAPTURE_POINT] = capturePoint;
  }

  protected setNext(row: number, next: number): void {
    this.words[row * WORDS + NEXT] = next + 1;
  }

  /** Takes other records in place of its own. @param first row that becomes the first; those before it come last */
  protected take(numbers: Float64Array, rows: number, first = 0): void {
    const split = first * RECORD;
    const old = this.numbers;
    this.numbers = this.memory.column(Float64Array, rows * RECORD);
    this.numbers.set(numbers.subarray(split));
    this.numbers.set(numbers.subarray(0, split), numbers.length - split);
    this.words = wordsOf(this.numbers);
    this.memory.free(old);
  }
}

function wordsOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}
