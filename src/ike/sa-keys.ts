/**
 * Finds IKE SAs by their cookie pair. One whose responder cookie is not known yet stands under (initiator cookie, 0) and
 * under both pairs afterwards, so that a late copy of its first message is still its own.
 */

import { WordTable } from "../collections/word-table.ts";
import { SA_ADDRESSES, SAS, SIBLINGS } from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Message } from "../wire/datagram.ts";
import type { IkeSa } from "./sa.ts";
import type { SaList } from "./sa-list.ts";

const FIRST_KEYS = 256;
const NONE = -1;

/** IKE SAs are told by their indices in the list of all; -1 stands for none. */
export class SaKeys {
  readonly #memory: Memory;
  readonly #list: SaList;
  readonly #most: number;
  readonly #table: WordTable;
  /** By rows of the table: index of the SA + 1; and where its row lies in linear memory, or 0. */
  #indices: Uint32Array;
  #addresses: Uint32Array;
  /** Of half-open SAs that share the initiator cookie, from different hosts, the next one after each. */
  #siblings = new Map<number, number>();

  /**
   * @param list all IKE SAs
   * @param mostSas how many there are at most: each stands under two keys, as a rule
   */
  constructor(memory: Memory, list: SaList, mostSas: number) {
    this.#memory = memory;
    this.#list = list;
    this.#most = mostSas * 2;
    this.#table = new WordTable(4, FIRST_KEYS, memory, this.#most);
    this.#indices = memory.column(Uint32Array, FIRST_KEYS, this.#most);
    this.#addresses = memory.column(Uint32Array, FIRST_KEYS, this.#most);
  }

  /** Where the core finds SAs, and enters new ones. */
  lieAt(border: Border): void {
    border.table(SAS, this.#table);
    border.column(SA_ADDRESSES, this.#addresses);
    border.value(SIBLINGS, this.#siblings.size === 0 ? 0 : 1);
  }

  /** The SA under the cookies of a message, the first of those that share it. */
  find({ cookies }: Message): number {
    return this.#find(cookies[0], cookies[1], cookies[2], cookies[3]);
  }

  /** The same under the initiator's alone. */
  findOpening({ cookies }: Message): number {
    return this.#find(cookies[0], cookies[1], 0, 0);
  }

  #find(i0: number, i1: number, r0: number, r1: number): number {
    this.#fill(i0, i1, r0, r1);
    const row = this.#table.find();
    return row < 0 ? NONE : this.indexAt(row);
  }

  /** The SA with a running number, of which the message, or one with the same bytes, is; null where it was given up. */
  countedFor(message: Message, number: number): IkeSa | null {
    if (number < 0) return null;
    let index = this.find(message);
    while (index !== NONE && this.#list.at(index).number !== number) index = this.siblingOf(index);
    return index === NONE ? null : this.#list.at(index);
  }

  /** Enters an SA under the cookies of a message. */
  set({ cookies }: Message, index: number): void {
    this.#fill(cookies[0], cookies[1], cookies[2], cookies[3]);
    const row = this.#table.ensure();
    if (row >= this.#addresses.length) {
      this.#indices = this.#memory.wider(this.#indices, Uint32Array);
      this.#addresses = this.#memory.wider(this.#addresses, Uint32Array);
    }
    this.hold(row, index);
    this.#addresses[row] = this.#list.addressOf(index);
  }

  /** What stands under a key, by its row, which the core may have entered. */
  indexAt(row: number): number {
    return this.#indices[row] - 1;
  }

  hold(row: number, index: number): void {
    this.#indices[row] = index + 1;
  }

  #fill(i0: number, i1: number, r0: number, r1: number): void {
    const key = this.#table.key;
    key[0] = i0;
    key[1] = i1;
    key[2] = r0;
    key[3] = r1;
  }

  /** The next one of half-open SAs that share the initiator cookie. */
  siblingOf(index: number): number {
    return this.#siblings.size === 0 ? NONE : (this.#siblings.get(index) ?? NONE);
  }

  addSibling(index: number, first: number): void {
    this.#siblings.set(index, first);
    if (this.#siblings.size === 1 && this.#memory.linear !== null) this.#memory.linear.changes += 1;
  }

  /** SAs were given up. @param moved the new index of each, -1 where it was given up */
  forget(moved: Int32Array): void {
    const indices = this.#indices;
    const { size } = this.#table;
    if (this.#siblings.size > 0) this.#forgetSiblings(moved);
    else for (let row = 0; row < size; row += 1) indices[row] = moved[indices[row] - 1] + 1;
    const rows = this.#table.retain((row) => indices[row] !== 0);
    for (let row = 0; row < size; row += 1) if (rows[row] >= 0) indices[rows[row]] = indices[row];
    this.#findRows();
  }

  /** The same where keys may stand for several: who is left stands first. */
  #forgetSiblings(moved: Int32Array): void {
    const indices = this.#indices;
    const siblings = new Map<number, number>();
    const leftOf = (first: number) => {
      let index = first;
      while (index !== NONE && moved[index] < 0) index = this.siblingOf(index);
      return index;
    };
    for (let row = 0; row < this.#table.size; row += 1) {
      const first = leftOf(this.indexAt(row));
      indices[row] = first === NONE ? 0 : moved[first] + 1;
      for (let index = first; index !== NONE; ) {
        const next = leftOf(this.siblingOf(index));
        if (next !== NONE) siblings.set(moved[index], moved[next]);
        index = next;
      }
    }
    this.#siblings = siblings;
  }

  /** Tells the core anew where the rows of all keys lie. */
  #findRows(): void {
    const addresses = this.#addresses;
    const { size } = this.#table;
    for (let row = 0; row < size; row += 1) addresses[row] = this.#list.addressOf(this.indexAt(row));
    if (this.#memory.linear !== null) this.#memory.linear.changes += 1;
  }

  /** No message will be looked up any more. */
  clear(): void {
    this.#siblings.clear();
    this.#table.clear();
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const column of [this.#indices, this.#addresses]) this.#memory.free(column);
    const { length } = this.#table.hashes;
    this.#indices = this.#memory.column(Uint32Array, length, this.#most);
    this.#addresses = this.#memory.column(Uint32Array, length, this.#most);
  }

  /** All keys, to be kept in a state file. */
  save() {
    const { all } = this.#list;
    const rows = Array.from({ length: this.#table.size }, (_, row) => all[this.indexAt(row)]);
    const siblings = new Map(Array.from(this.#siblings, ([index, next]) => [all[index], all[next]]));
    return { keys: this.#table.save(), rows, siblings };
  }

  /**
   * @param saved its SAs are in the list already
   * @throws RangeError where one is not
   */
  restore({ keys, rows, siblings }: ReturnType<SaKeys["save"]>): void {
    const indices = new Map(this.#list.all.map((sa, index) => [sa, index]));
    const indexOf = (sa: IkeSa) => {
      const index = indices.get(sa);
      if (index === undefined) throw new RangeError("a key is of an IKE SA that is not there");
      return index;
    };
    this.#table.restore(keys);
    this.#makeRoom();
    if (rows.length !== this.#table.size) throw new RangeError("keys and IKE SAs are not as many");
    rows.forEach((sa, row) => {
      this.hold(row, indexOf(sa));
    });
    this.#siblings = new Map(Array.from(siblings, ([sa, next]) => [indexOf(sa), indexOf(next)]));
    this.#findRows();
  }
}
