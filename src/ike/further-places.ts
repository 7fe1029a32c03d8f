import { FREE, FURTHER, FURTHER_ROOM, FURTHER_STATE, USED } from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { type Place, SeenPlaces } from "./seen-places.ts";

/** Lists of places, whose rows are used again. A list is the row of what was added last, -1 where it has none. */
export class FurtherPlaces extends SeenPlaces {
  /** Rows that were ever used, and the first of those that are free + 1. */
  readonly #state: Int32Array;

  constructor(memory: Memory) {
    super(memory);
    this.#state = memory.column(Int32Array, 2);
  }

  lieAt(border: Border): void {
    border.column(FURTHER, this.numbers);
    border.column(FURTHER_STATE, this.#state);
    border.value(FURTHER_ROOM, this.room);
  }

  count(list: number): number {
    let count = 0;
    for (let row = list; row >= 0; row = this.next(row)) count += 1;
    return count;
  }

  /** @returns the list with a place more */
  added(list: number, place: Place): number {
    const state = this.#state;
    let row = state[FREE] - 1;
    if (row >= 0) state[FREE] = this.next(row) + 1;
    else {
      if (state[USED] === this.room) this.take(this.numbers, 2 * this.room);
      row = state[USED];
      state[USED] += 1;
    }
    this.setPlace(row, place);
    this.setNext(row, list);
    return row;
  }

  /** The rows of a list may be used again. */
  giveBack(list: number): void {
    for (let row = list; row >= 0; ) {
      const next = this.next(row);
      this.setNext(row, this.#state[FREE] - 1);
      this.#state[FREE] = row + 1;
      row = next;
    }
  }
}
