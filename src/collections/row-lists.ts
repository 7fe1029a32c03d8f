/** Lists by row number, 0, 1, 2, ...: what a Map does in four times the room and, while it grows, the time. */

const EMPTY: readonly never[] = [];

export class RowLists<T> {
  #lists: (T[] | null)[] = [];

  append(row: number, value: T): void {
    while (this.#lists.length <= row) this.#lists.push(null);
    const list = this.#lists[row];
    if (list === null) this.#lists[row] = [value];
    else list.push(value);
  }

  /** The list of a row, which has none from then on. */
  take(row: number): readonly T[] {
    const list = this.#lists[row] ?? null;
    if (list === null) return EMPTY;
    this.#lists[row] = null;
    return list;
  }

  /** Drops the values for which `isGone` is true; `emptied` is told of rows that have none any more. */
  drop(isGone: (value: T) => boolean, emptied: (row: number) => void): void {
    this.#lists.forEach((list, row) => {
      if (list === null || !list.some(isGone)) return;
      const left = list.filter((value) => !isGone(value));
      this.#lists[row] = left.length > 0 ? left : null;
      if (left.length === 0) emptied(row);
    });
  }

  /** Rows were numbered anew, in the same order; -1 where one was dropped. */
  move(moved: Int32Array): void {
    const lists = this.#lists;
    this.#lists = [];
    lists.forEach((list, row) => {
      if (list === null || moved[row] < 0) return;
      while (this.#lists.length <= moved[row]) this.#lists.push(null);
      this.#lists[moved[row]] = list;
    });
  }

  /** All lists, to be kept in a state file. */
  save(): (T[] | null)[] {
    return this.#lists;
  }

  restore(lists: (T[] | null)[]): void {
    this.#lists = lists;
  }
}
