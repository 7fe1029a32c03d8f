/** Quick modes that wait for the next ESP between their endpoints, of which there may be no flow yet. */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { RowLists } from "../collections/row-lists.ts";
import { AWAITED, FLOW_WATCHED } from "../core/layout.ts";
import { type Memory, moved as movedTo } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { type Exchange, timeFor } from "./exchange.ts";
import { FlowKeys } from "./flow-keys.ts";

const FIRST_ROOM = 1_024;

export class EspWatch {
  /** By rows of the flow table: 0 where no quick mode waits, 1 where one may. */
  isWatched: Uint8Array;
  /** Pairs of endpoints, the smaller one first. */
  readonly #pairs: FlowKeys;
  /** Of each pair those that wait for what the first endpoint sends, and those that wait for the second one's. */
  readonly #waiting = [new RowLists<Exchange>(), new RowLists<Exchange>()];
  /** Pairs beyond which those that nobody waits for are dropped: twice as many as are needed. */
  #room = FIRST_ROOM;
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#pairs = new FlowKeys(memory);
    this.isWatched = memory.column(Uint8Array, 256);
  }

  lieAt(border: Border): void {
    border.column(FLOW_WATCHED, this.isWatched);
    border.table(AWAITED, this.#pairs);
  }

  /** @param from endpoint of its starter. @param to of the other side; both with port 0 for ESP over IP */
  add(exchange: Exchange, from: number, to: number): void {
    if (this.#pairs.size >= this.#room) {
      this.#dropUnused();
      this.#room = Math.max(FIRST_ROOM, this.#pairs.size * 2);
    }
    const list = this.#takeKey(from, to);
    const pair = this.#pairs.ensure();
    this.#waiting[list].append(pair, exchange);
    if (from !== to) this.#waiting[1 - list].append(pair, exchange);
  }

  /** A quick mode waits for ESP from one endpoint to another. */
  isAwaited(from: number, to: number): boolean {
    const list = this.#takeKey(from, to);
    const pair = this.#pairs.find();
    return pair >= 0 && this.#waiting[list].has(pair);
  }

  /** ESP came from one endpoint to another, on this row of the flow table. */
  notify(row: number, [from, to]: readonly [number, number], at: number, segment: number): void {
    this.isWatched[row] = 0;
    const list = this.#takeKey(from, to);
    const pair = this.#pairs.find();
    if (pair < 0) return;
    const isOverIp = portOf(from) === 0 && portOf(to) === 0;
    for (const each of this.#waiting[list].take(pair)) {
      const time = timeFor(each, { at, segment });
      const starter = isOverIp ? endpoint(hostOf(each.from), 0) : each.from;
      // Both, where a host speaks with itself.
      if (starter === from) each.espFromStarterAt = time;
      if (starter === to) each.espFromOtherAt = time;
    }
  }

  /** Drops quick modes that are given up; who watched a row for them sees once more than is needed. */
  release(exchanges: ReadonlySet<Exchange>): void {
    const isGone = (exchange: Exchange) => exchanges.has(exchange);
    for (const lists of this.#waiting) lists.drop(isGone, () => {});
  }

  /** Rows of the flow table were numbered anew, -1 where one was dropped; `last` is the last old one. */
  move(moved: Int32Array, last: number): void {
    for (let row = 0; row <= last; row += 1) {
      if (moved[row] >= 0) this.isWatched[moved[row]] = this.isWatched[row];
    }
  }

  grow(): void {
    this.isWatched = this.#memory.wider(this.isWatched, Uint8Array);
  }

  /** Marks the hosts of pairs that somebody waits for. */
  markHosts(used: Uint8Array): void {
    this.#dropUnused();
    this.#pairs.markHosts(used);
  }

  /** Hosts were numbered anew, in the same order; those that `markHosts` marks are all there. */
  renumber(moved: Int32Array): void {
    this.#pairs.renumber(moved);
  }

  /** Sets the key of a pair. @returns which of its lists is that of `from` */
  #takeKey(from: number, to: number): 0 | 1 {
    const isTurned = from > to;
    this.#pairs.between(Math.min(from, to), Math.max(from, to));
    return isTurned ? 1 : 0;
  }

  #dropUnused(): void {
    const waiting = this.#waiting;
    const moved = this.#pairs.retain((pair) => waiting.some((lists) => lists.has(pair)));
    for (const lists of waiting) lists.move(moved);
  }

  /** All that is known, to be kept in a state file. */
  save() {
    const waiting = this.#waiting.map((lists) => lists.save());
    return { watched: this.isWatched, pairs: this.#pairs.save(), waiting };
  }

  /** @throws RangeError where there are lists of more pairs than there are */
  restore({ watched, pairs, waiting }: ReturnType<EspWatch["save"]>): void {
    this.isWatched = movedTo(this.#memory, watched, Uint8Array);
    this.#pairs.restore(pairs);
    this.#waiting.forEach((lists, i) => {
      if (waiting[i].length > this.#pairs.size) throw new RangeError("quick modes wait for ESP of no pair");
      lists.restore(waiting[i]);
    });
  }
}
