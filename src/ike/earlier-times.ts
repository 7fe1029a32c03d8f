/**
 * What was last on each of some rows in earlier segments of the clock: the last few of each. Numbers in one array, since
 * a clock may step back with every packet.
 */

import { EARLIER_PER_FLOW as MOST } from "../core/bounds.ts";
import { EARLIER_PLACES, EARLIER_PLACES_LENGTH, EARLIER_TIMES } from "../core/layout.ts";
import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

export interface EarlierTime {
  /** Clock microseconds of its segment. */
  at: number;
  segment: number;
}

/** Numbers of a row: how many there are, and time and segment of each, the oldest first. */
const NUMBERS = 1 + 2 * MOST;
const FIRST_ROWS = 64;
const FIRST_ROOM = 16;

export class EarlierTimes {
  readonly #memory: Memory;
  /** Which each row is of those that have numbers, from 1 on; 0 for a row that has none. */
  #places: Int32Array;
  #count = 0;
  #numbers: Float64Array;

  constructor(memory: Memory = ordinaryMemory) {
    this.#memory = memory;
    this.#places = memory.column(Int32Array, FIRST_ROWS);
    this.#numbers = memory.column(Float64Array, FIRST_ROOM * NUMBERS);
  }

  /** Where the core finds the times of rows that have some, and adds others. */
  lieAt(border: Border): void {
    border.column(EARLIER_PLACES, this.#places);
    border.value(EARLIER_PLACES_LENGTH, this.#places.length);
    border.column(EARLIER_TIMES, this.#numbers);
  }

  /** Adds one to those of a row; beyond the bound the oldest goes. */
  add(row: number, at: number, segment: number): void {
    const known = this.#placeOf(row);
    const place = known < 0 ? this.#begin(row) : known;
    const numbers = this.#numbers;
    const first = place + 1;
    let count = numbers[place];
    if (count === MOST) {
      // So few that `copyWithin` takes longer.
      for (let i = first; i < first + 2 * (MOST - 1); i += 1) numbers[i] = numbers[i + 2];
      count -= 1;
    }
    numbers[first + 2 * count] = at;
    numbers[first + 2 * count + 1] = segment;
    numbers[place] = count + 1;
  }

  /** Where the numbers of a row lie; below 0 where it has none. */
  #placeOf(row: number): number {
    return row < this.#places.length ? (this.#places[row] - 1) * NUMBERS : -1;
  }

  #begin(row: number): number {
    const place = this.#count * NUMBERS;
    if (place + NUMBERS > this.#numbers.length) {
      this.#numbers = this.#memory.wider(this.#numbers, Float64Array);
    }
    while (row >= this.#places.length) this.#places = this.#memory.wider(this.#places, Int32Array);
    this.#numbers[place] = 0;
    this.#count += 1;
    this.#places[row] = this.#count;
    return place;
  }

  /** The time of a row in a segment; NaN without one. */
  lastIn(row: number, segment: number): number {
    const place = this.#placeOf(row);
    if (place < 0) return Number.NaN;
    const numbers = this.#numbers;
    const end = place + 1 + 2 * numbers[place];
    for (let i = place + 1; i < end; i += 2) if (numbers[i + 1] === segment) return numbers[i];
    return Number.NaN;
  }

  /** Those of a row, the oldest first. @param from the first segment that is asked for */
  of(row: number, from = 0): EarlierTime[] {
    const times: EarlierTime[] = [];
    const place = this.#placeOf(row);
    if (place < 0) return times;
    const numbers = this.#numbers;
    const end = place + 1 + 2 * numbers[place];
    for (let i = place + 1; i < end; i += 2) {
      if (numbers[i + 1] >= from) times.push({ at: numbers[i], segment: numbers[i + 1] });
    }
    return times;
  }

  /** Rows were numbered anew: -1 for those that are gone. */
  move(moved: Int32Array): void {
    const kept = [...this.save()].filter(([row]) => moved[row] >= 0);
    this.restore(new Map(kept.map(([row, times]) => [moved[row], times])));
  }

  /** All that is known, to be kept in a state file. */
  save(): Map<number, EarlierTime[]> {
    const saved = new Map<number, EarlierTime[]>();
    this.#places.forEach((place, row) => {
      if (place > 0) saved.set(row, this.of(row));
    });
    return saved;
  }

  restore(saved: ReadonlyMap<number, readonly EarlierTime[]>): void {
    this.#places.fill(0);
    this.#count = 0;
    for (const [row, times] of saved) for (const { at, segment } of times) this.add(row, at, segment);
  }
}
