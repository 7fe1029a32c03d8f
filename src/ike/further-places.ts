import { type Place, RECORD, SeenPlaces } from "./seen-places.ts";

/** Lists of places, whose rows are used again. A list is the row of what was added last, -1 where it has none. */
export class FurtherPlaces extends SeenPlaces {
  #used = 0;
  /** Rows that are free, as a list. */
  #free = -1;

  count(list: number): number {
    let count = 0;
    for (let row = list; row >= 0; row = this.next(row)) count += 1;
    return count;
  }

  /** @returns the list with a place more */
  added(list: number, place: Place): number {
    let row = this.#free;
    if (row >= 0) this.#free = this.next(row);
    else {
      if (this.#used === this.room) this.take(this.numbers, 2 * this.room);
      row = this.#used;
      this.#used += 1;
    }
    this.setPlace(row, place);
    this.setNext(row, list);
    return row;
  }

  /** The rows of a list may be used again. */
  giveBack(list: number): void {
    for (let row = list; row >= 0; ) {
      const next = this.next(row);
      this.setNext(row, this.#free);
      this.#free = row;
      row = next;
    }
  }

  /** All rows, to be kept in a state file. */
  save() {
    return { numbers: this.numbers, used: this.#used, free: this.#free };
  }

  restore({ numbers, used, free }: ReturnType<FurtherPlaces["save"]>): void {
    this.take(numbers, numbers.length / RECORD);
    this.#used = used;
    this.#free = free;
  }
}
