/** Lanes of frames that take turns in the core (src/core/turns.ts). */

import { sourceBit } from "../collections/sources.ts";
import {
  LANE_AT,
  LANE_BATCH,
  LANE_BYTES,
  LANE_END,
  LANE_HEAD,
  LANE_SOURCE,
  LANE_SOURCE_BIT,
} from "../core/layout.ts";
import { BATCHES, type BatchBlocks, type Frames } from "./batch-blocks.ts";
import type { LinearMemory } from "./memory.ts";

/** `takeTurns` of the core. */
export type TakeTurnsCode = (
  tables: number,
  order: number,
  count: number,
  released: number,
  most: number,
) => number;

/** Words of a lane. */
const WORDS = LANE_BYTES >> 2;
/** Each lane has a block for its batch. */
const MOST_LANES = BATCHES;
/** What the core counts to. */
const MOST_FRAMES = 0x7fff_ffff;

export class TurningLanes {
  readonly #code: TakeTurnsCode;
  readonly #batches: BatchBlocks;
  /** One lane behind another, those with frames and the one without. */
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly #order: Uint32Array;
  #count = 0;
  /** Blocks that are taken, one bit each. */
  #blocks = 0;

  constructor(memory: LinearMemory, code: TakeTurnsCode, batches: BatchBlocks) {
    this.#code = code;
    this.#batches = batches;
    this.#words = memory.column(Uint32Array, (MOST_LANES + 1) * WORDS);
    this.#doubles = new Float64Array(this.#words.buffer, this.#words.byteOffset, this.#words.length / 2);
    this.#order = memory.column(Uint32Array, MOST_LANES + 1);
  }

  /** Other lanes follow. */
  clear(): void {
    this.#count = 0;
    this.#blocks = 0;
  }

  /**
   * Adds a lane behind those that come before it.
   * @param clock time of each frame, microseconds
   * @param at its next frame; @param end index behind the last one at hand
   * @returns false where it cannot take turns: it lies elsewhere, or has no place here
   */
  add(frames: Frames, clock: Float64Array, source: number, at: number, end: number): boolean {
    const bit = 1 << (source % BATCHES);
    if ((this.#blocks & bit) !== 0) return false;
    const block = this.#batches.of(frames, clock, source);
    if (!block.liesHere) return false;
    this.#blocks |= bit;
    this.#write(clock[at], source, at, end);
    this.#set(LANE_BATCH, block.address);
    this.#set(LANE_SOURCE_BIT, sourceBit(source));
    this.#count += 1;
    return true;
  }

  /** The turns end before this time of another source. */
  endAt(head: number, source: number): void {
    this.#write(head, source, 0, 0);
  }

  /**
   * Settles frames.
   * @param tables address of their block
   * @param released time of the latest frame before, microseconds
   * @returns how many, `most` at most
   */
  take(tables: number, released: number, most: number): number {
    const { byteOffset } = this.#order;
    return this.#code(tables, byteOffset, this.#count, released, Math.min(most, MOST_FRAMES));
  }

  /** The next frame of a lane that was added, the first one 0. */
  at(lane: number): number {
    return this.#words[lane * WORDS + (LANE_AT >> 2)];
  }

  #write(head: number, source: number, at: number, end: number): void {
    this.#doubles[(this.#count * WORDS + (LANE_HEAD >> 2)) >> 1] = head;
    this.#set(LANE_SOURCE, source);
    this.#set(LANE_AT, at);
    this.#set(LANE_END, end);
    this.#order[this.#count] = this.#words.byteOffset + this.#count * LANE_BYTES;
  }

  #set(field: number, value: number): void {
    this.#words[this.#count * WORDS + (field >> 2)] = value;
  }
}
