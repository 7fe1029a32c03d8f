/** Quick modes that wait for the next ESP of a flow, by its row. */

import { RowLists } from "../collections/row-lists.ts";
import { FLOW_WATCHED } from "../core/layout.ts";
import { type Memory, moved as movedTo, wider } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { type Exchange, timeFor } from "./exchange.ts";

export class EspWatch {
  /** 1 where a quick mode waits. */
  isWatched: Uint8Array;
  /** Those whose starter sends on the flow, and those whose other side does. */
  readonly #ofStarter = new RowLists<Exchange>();
  readonly #ofOther = new RowLists<Exchange>();
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
    (fromStarter ? this.#ofStarter : this.#ofOther).append(row, exchange);
  }

  /** ESP came on the row. */
  notify(row: number, at: number, segment: number): void {
    this.isWatched[row] = 0;
    const moment = { at, segment };
    for (const each of this.#ofStarter.take(row)) each.espFromStarterAt = timeFor(each, moment);
    for (const each of this.#ofOther.take(row)) each.espFromOtherAt = timeFor(each, moment);
  }

  /** Drops quick modes that are given up. */
  release(exchanges: ReadonlySet<Exchange>): void {
    const isGone = (exchange: Exchange) => exchanges.has(exchange);
    this.#ofStarter.drop(isGone, (row) => this.#emptied(row, this.#ofOther));
    this.#ofOther.drop(isGone, (row) => this.#emptied(row, this.#ofStarter));
  }

  /** One of the lists of a row is empty. */
  #emptied(row: number, others: RowLists<Exchange>): void {
    if (!others.has(row)) this.isWatched[row] = 0;
  }

  /** Rows were numbered anew, -1 where one was dropped; `last` is the last old one. */
  move(moved: Int32Array, last: number): void {
    for (let row = 0; row <= last; row += 1) {
      if (moved[row] >= 0) this.isWatched[moved[row]] = this.isWatched[row];
    }
    this.#ofStarter.move(moved);
    this.#ofOther.move(moved);
  }

  grow(): void {
    this.isWatched = wider(this.#memory, this.isWatched, Uint8Array);
  }

  /** All that is known, to be kept in a state file. */
  save() {
    const [ofStarter, ofOther] = [this.#ofStarter.save(), this.#ofOther.save()];
    return { watched: this.isWatched, waiting: { ofStarter, ofOther } };
  }

  restore({ watched, waiting }: ReturnType<EspWatch["save"]>): void {
    this.isWatched = movedTo(this.#memory, watched, Uint8Array);
    this.#ofStarter.restore(waiting.ofStarter);
    this.#ofOther.restore(waiting.ofOther);
  }
}
