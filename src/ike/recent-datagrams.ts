/**
 * The datagrams of the last second, in a ring in the order in which they came. One is looked for by the digest of its
 * beginning.
 *
 *     for (let row = recent.first(prefix); row >= 0; row = recent.next(row)) if (recent.prefixOf(row) === prefix) ...
 *     const row = recent.add(message);
 *
 * They form lists, oldest first, of which each holds several beginnings. Which ones share a list is drawn anew in every
 * run (multilinear hashing, see collections/word-table.ts): records and logs tell digests that anybody may choose.
 */

import {
  CUT,
  EVICTED,
  FULL,
  FURTHER_OF,
  IDENTIFICATION,
  NEXT,
  OLDEST,
  PREFIX,
  RECENT,
  RECENT_FACTORS,
  RECENT_HEADS,
  RECENT_MASK,
  RECENT_RING,
  RECENT_SAS,
  REST,
  SEGMENT_OF,
  SIDE,
  SIZE,
} from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Side } from "./paths.ts";
import { type Place, RECORD, SeenPlaces, WORDS } from "./seen-places.ts";

/** The hash takes 53 bits, 16 at a time, and begins with a sum. */
const FACTORS = 5;
const RING = 3;

/** What is kept of a datagram: its first place and more. */
export interface Sighting extends Place {
  readonly digest: { readonly full: number; readonly prefix: number };
  /** The capture holds only a part, so `digest.full` says nothing. */
  readonly cut: boolean;
  readonly segment: number;
  /** IP identification; 0 where there is none. */
  readonly identification: number;
}

export class RecentDatagrams extends SeenPlaces {
  /** Row of the oldest one, how many there are, and how many were not remembered. */
  readonly #ring: Int32Array;
  /** The first row of each list + 1; as many lists as there is room for records, and 65,536 at most. */
  #heads: Int32Array;
  /** By row: the running number of the IKE SA that the datagram was counted for + 1, or 0. */
  #sas: Uint32Array;
  readonly #factors: Int32Array;

  constructor(memory: Memory) {
    super(memory);
    this.#ring = memory.column(Int32Array, RING);
    this.#heads = memory.column(Int32Array, this.room);
    this.#sas = memory.column(Uint32Array, this.room);
    this.#factors = memory.column(Int32Array, FACTORS);
    for (let i = 0; i < FACTORS; i += 1) this.#factors[i] = Math.random() * 0x100000000;
  }

  lieAt(border: Border): void {
    border.column(RECENT, this.numbers);
    border.column(RECENT_HEADS, this.#heads);
    border.column(RECENT_FACTORS, this.#factors);
    border.column(RECENT_RING, this.#ring);
    border.column(RECENT_SAS, this.#sas);
    border.value(RECENT_MASK, this.#heads.length - 1);
  }

  get size(): number {
    return this.#ring[SIZE];
  }

  /** Datagrams or places of them that were not remembered. */
  get evicted(): number {
    return this.#ring[EVICTED];
  }

  set evicted(count: number) {
    this.#ring[EVICTED] = count;
  }

  /** Row of the datagram that came so many places behind the oldest. */
  rowAt(place: number): number {
    return (this.#ring[OLDEST] + place) & (this.#heads.length - 1);
  }

  /** Row of the oldest datagram in the list of a beginning, or -1. @param prefix its digest, below 2^53 */
  first(prefix: number): number {
    return this.#heads[this.#listOf(prefix)] - 1;
  }

  fullOf(row: number): number {
    return this.numbers[row * RECORD + FULL];
  }

  prefixOf(row: number): number {
    return this.numbers[row * RECORD + PREFIX];
  }

  segmentOf(row: number): number {
    return this.words[row * WORDS + SEGMENT_OF];
  }

  identificationOf(row: number): number {
    return this.words[row * WORDS + REST] & IDENTIFICATION;
  }

  isCut(row: number): boolean {
    return (this.words[row * WORDS + REST] & CUT) !== 0;
  }

  /** A list of `FurtherPlaces`: where copies of it were seen. */
  furtherOf(row: number): number {
    return this.words[row * WORDS + FURTHER_OF] - 1;
  }

  setFurther(row: number, list: number): void {
    this.words[row * WORDS + FURTHER_OF] = list + 1;
  }

  /** The running number of the IKE SA that the datagram was counted for, or -1; and the side of it that sent it. */
  saOf(row: number): number {
    return this.#sas[row] - 1;
  }

  sideOf(row: number): Side {
    return (this.words[row * WORDS + REST] & SIDE) === 0 ? 0 : 1;
  }

  /** Once for each datagram. */
  setSa(row: number, number: number, side: Side): void {
    this.#sas[row] = number + 1;
    if (side === 1) this.words[row * WORDS + REST] |= SIDE;
  }

  /** Adds a datagram as the latest. @returns its row */
  add(datagram: Sighting): number {
    if (this.#ring[SIZE] === this.room) this.#grow();
    const row = this.rowAt(this.#ring[SIZE]);
    this.#ring[SIZE] += 1;
    this.setPlace(row, datagram);
    const { digest, cut, segment, identification } = datagram;
    this.numbers[row * RECORD + FULL] = digest.full;
    this.numbers[row * RECORD + PREFIX] = digest.prefix;
    this.words[row * WORDS + SEGMENT_OF] = segment;
    this.words[row * WORDS + FURTHER_OF] = 0;
    this.words[row * WORDS + REST] = identification | (cut ? CUT : 0);
    this.#sas[row] = 0;
    this.#append(row);
    return row;
  }

  /** Forgets the oldest one, which is the first of its list. */
  dropOldest(): void {
    const row = this.#ring[OLDEST];
    this.#heads[this.#listOf(this.prefixOf(row))] = this.next(row) + 1;
    this.#ring[OLDEST] = this.rowAt(1);
    this.#ring[SIZE] -= 1;
  }

  #listOf(prefix: number): number {
    const factors = this.#factors;
    const low = prefix | 0;
    const high = (prefix / 0x1_0000_0000) | 0;
    let sum = (factors[0] + Math.imul(factors[1], low & 0xffff)) | 0;
    sum = (sum + Math.imul(factors[2], low >>> 16)) | 0;
    sum = (sum + Math.imul(factors[3], high & 0xffff)) | 0;
    sum = (sum + Math.imul(factors[4], high >>> 16)) | 0;
    // The upper half of the sum is what the theorem speaks of.
    return (sum >>> 16) & (this.#heads.length - 1);
  }

  /** Behind the others of its list: the oldest that matches is found first. */
  #append(row: number): void {
    this.setNext(row, -1);
    const prefix = this.prefixOf(row);
    let last = this.first(prefix);
    if (last < 0) {
      this.#heads[this.#listOf(prefix)] = row + 1;
      return;
    }
    for (let next = this.next(last); next >= 0; next = this.next(last)) last = next;
    this.setNext(last, row);
  }

  /** In their order, and without lists and further places, to be kept in a state file. */
  save() {
    const rows = Array.from({ length: this.#ring[SIZE] }, (_, place) => this.rowAt(place));
    const numbers = new Float64Array(this.#ring[SIZE] * RECORD);
    const words = new Int32Array(numbers.buffer);
    rows.forEach((row, place) => {
      numbers.set(this.numbers.subarray(row * RECORD, (row + 1) * RECORD), place * RECORD);
      words[place * WORDS + NEXT] = 0;
      words[place * WORDS + FURTHER_OF] = 0;
    });
    return { numbers, sas: rows.map((row) => this.#sas[row]) };
  }

  restore({ numbers, sas }: ReturnType<RecentDatagrams["save"]>): void {
    this.#ring[SIZE] = sas.length;
    this.#ring[OLDEST] = 0;
    let rows = this.room;
    while (rows < this.#ring[SIZE]) rows *= 2;
    this.#begin(numbers, sas, rows);
  }

  #grow(): void {
    const oldest = this.#ring[OLDEST];
    const inOrder = [...this.#sas.subarray(oldest), ...this.#sas.subarray(0, oldest)];
    this.#begin(this.numbers, inOrder, 2 * this.room);
  }

  /** Puts records into their lists. @param sas of them, in their order */
  #begin(numbers: Float64Array, sas: readonly number[], rows: number): void {
    this.take(numbers, rows, this.#ring[OLDEST]);
    this.#ring[OLDEST] = 0;
    for (const column of [this.#heads, this.#sas]) this.memory.free(column);
    this.#heads = this.memory.column(Int32Array, rows);
    this.#sas = this.memory.column(Uint32Array, rows);
    this.#sas.set(sas);
    for (let row = 0; row < this.#ring[SIZE]; row += 1) this.#append(row);
  }
}
