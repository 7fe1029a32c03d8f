/** Quick modes that wait for the next ESP of a flow, by its row. */

import { RowLists } from "../collections/row-lists.ts";
import { FLOW_WATCHED } from "../core/layout.ts";
import { type Memory, moved as movedTo, wider } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { type Exchange, timeFor } from "./exchange.ts";

export interface Waiting {
  exchange: Exchange;
  fromStarter: boolean;
}

export class EspWatch {
  /** 1 where a quick mode waits. */
  isWatched: Uint8Array;
  readonly #waiting = new RowLists<Waiting>();
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.isWatched = memory.column(Uint8Array, 256);
  }

  lieAt(border: Border): void {
    border.column(FLOW_WATCHED, this.isWatched);
  }

  add(row: number, exchange: Exchange, fromStarter: boolean): void {
    this.isWatched[row] = 1;
    this.#waiting.append(row, { exchange, fromStarter });
  }

  /** ESP came on the row. */
  notify(row: number, at: number, segment: number): void {
    this.isWatched[row] = 0;
    for (const { exchange, fromStarter } of this.#waiting.take(row)) {
      const espAt = timeFor(exchange, { at, segment });
      if (fromStarter) exchange.espFromStarterAt = espAt;
      else exchange.espFromOtherAt = espAt;
    }
  }

  /** Drops quick modes that are given up. */
  release(exchanges: ReadonlySet<Exchange>): void {
    this.#waiting.drop(
      ({ exchange }) => exchanges.has(exchange),
      (row) => {
        this.isWatched[row] = 0;
      },
    );
  }

  /** Rows were numbered anew, -1 where one was dropped; `last` is the last old one. */
  move(moved: Int32Array, last: number): void {
    for (let row = 0; row <= last; row += 1) {
      if (moved[row] >= 0) this.isWatched[moved[row]] = this.isWatched[row];
    }
    this.#waiting.move(moved);
  }

  grow(): void {
    this.isWatched = wider(this.#memory, this.isWatched, Uint8Array);
  }

  /** All that is known, to be kept in a state file. */
  save() {
    return { watched: this.isWatched, waiting: this.#waiting.save() };
  }

  restore({ watched, waiting }: ReturnType<EspWatch["save"]>): void {
    this.isWatched = movedTo(this.#memory, watched, Uint8Array);
    this.#waiting.restore(waiting);
  }
}
