/** Lists by row number, 0, 1, 2, ...: what a Map does in four times the room and, while it grows, the time. */

const EMPTY: readonly never[] = [];

/** Of anything but arrays: the value of a row with one, as most have, stands for its list. */
export class RowLists<T extends object | string> {
  #lists: (T | T[] | null)[] = [];

  append(row: number, value: T): void {
    while (this.#lists.length <= row) this.#lists.push(null);
    const list = this.#lists[row];
    if (list === null) this.#lists[row] = value;
    else if (Array.isArray(list)) list.push(value);
    else this.#lists[row] = [list, value];
  }

  /** The row has values. */
  has(row: number): boolean {
    return (this.#lists[row] ?? null) !== null;
  }

  /** The list of a row, which has none from then on. */
  take(row: number): readonly T[] {
    const list = this.#lists[row] ?? null;
    if (list === null) return EMPTY;
    this.#lists[row] = null;
    return asArray(list);
  }

  /** Drops the values for which `isGone` is true; `emptied` is told of rows that have none any more. */
  drop(isGone: (value: T) => boolean, emptied: (row: number) => void): void {
    const lists = this.#lists;
    for (let row = 0; row < lists.length; row += 1) {
      const list = lists[row];
      if (list === null) continue;
      if (Array.isArray(list)) {
        const left = list.filter((value) => !isGone(value));
        lists[row] = left.length > 0 ? left : null;
      } else if (isGone(list)) lists[row] = null;
      if (lists[row] === null) emptied(row);
    }
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

  /** All lists, to be kept in a state file: up to the last row that has one. */
  save(): (T | T[] | null)[] {
    const end = this.#lists.findLastIndex((list) => list !== null) + 1;
    return this.#lists.slice(0, end);
  }

  restore(lists: (T | T[] | null)[]): void {
    this.#lists = lists;
  }
}

function asArray<T>(list: T | T[]): readonly T[] {
  return Array.isArray(list) ? list : [list];
}
