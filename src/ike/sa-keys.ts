/**
 * Finds IKE SAs by their cookie pair. One whose responder cookie is not known yet stands under (initiator cookie, 0) and
 * under both pairs afterwards, so that a late copy of its first message is still its own.
 */

import { WordTable } from "../collections/word-table.ts";
import { SA_ADDRESSES, SAS, SIBLINGS } from "../core/message-layout.ts";
import { type Memory, wider } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Message } from "../wire/datagram.ts";
import type { IkeSa } from "./sa.ts";
import type { SaList } from "./sa-list.ts";

const FIRST_KEYS = 256;

/** An IKE SA, or its index in the list where it has no object yet. */
type Entry = IkeSa | number;

export class SaKeys {
  readonly #memory: Memory;
  readonly #list: SaList;
  readonly #table: WordTable;
  #rows: (Entry | null)[] = [];
  /** By rows of the table: where the row of the SA lies in linear memory, or 0. */
  #addresses: Uint32Array;
  /** Of half-open SAs that share the initiator cookie, from different hosts, the next one after each. */
  #siblings = new Map<IkeSa, IkeSa>();

  /** @param list all IKE SAs */
  constructor(memory: Memory, list: SaList) {
    this.#memory = memory;
    this.#list = list;
    this.#table = new WordTable(4, FIRST_KEYS, memory);
    this.#addresses = memory.column(Uint32Array, FIRST_KEYS);
  }

  /** Where the core finds SAs, and enters new ones. */
  lieAt(border: Border): void {
    border.table(SAS, this.#table);
    border.column(SA_ADDRESSES, this.#addresses);
    border.value(SIBLINGS, this.#siblings.size === 0 ? 0 : 1);
  }

  /** The SA under two cookies of two words each, the first of those that share it. */
  at(i0: number, i1: number, r0: number, r1: number): IkeSa | null {
    this.#fill(i0, i1, r0, r1);
    const row = this.#table.find();
    return row < 0 ? null : this.#made(row);
  }

  #made(row: number): IkeSa | null {
    const entry = this.#rows[row];
    if (typeof entry !== "number") return entry;
    const sa = this.#list.at(entry);
    this.#rows[row] = sa;
    return sa;
  }

  /** The SA with a running number, of which the message, or one with the same bytes, is; null where it was given up. */
  countedFor({ cookies }: Message, number: number): IkeSa | null {
    if (number < 0) return null;
    let sa = this.at(cookies[0], cookies[1], cookies[2], cookies[3]);
    while (sa !== null && sa.number !== number) sa = this.siblingOf(sa);
    return sa;
  }

  set(i0: number, i1: number, r0: number, r1: number, sa: IkeSa): void {
    this.#fill(i0, i1, r0, r1);
    const row = this.#table.ensure();
    this.#rows[row] = sa;
    if (row >= this.#addresses.length) this.#addresses = wider(this.#memory, this.#addresses, Uint32Array);
    this.#addresses[row] = sa.address;
  }

  /** What stands under a key, by its row, which the core may have entered. */
  entryOf(row: number): Entry {
    return this.#rows[row]!;
  }

  /** The same with an object. */
  saAt(row: number): IkeSa {
    return this.#made(row)!;
  }

  hold(row: number, entry: Entry): void {
    this.#rows[row] = entry;
  }

  #fill(i0: number, i1: number, r0: number, r1: number): void {
    const key = this.#table.key;
    key[0] = i0;
    key[1] = i1;
    key[2] = r0;
    key[3] = r1;
  }

  /** The next one of half-open SAs that share the initiator cookie. */
  siblingOf(sa: IkeSa): IkeSa | null {
    return this.#siblings.size === 0 ? null : (this.#siblings.get(sa) ?? null);
  }

  addSibling(sa: IkeSa, first: IkeSa): void {
    this.#siblings.set(sa, first);
    if (this.#siblings.size === 1 && this.#memory.linear !== null) this.#memory.linear.changes += 1;
  }

  /** All SAs with objects: their indices in the list are about to change. */
  settle(): (IkeSa | null)[] {
    for (let row = 0; row < this.#rows.length; row += 1) this.#made(row);
    return this.#rows as (IkeSa | null)[];
  }

  /** These SAs are given up. All have objects since `settle`. */
  forget(gone: ReadonlySet<IkeSa>): void {
    const rows = this.#rows as (IkeSa | null)[];
    const siblings = new Map<IkeSa, IkeSa>();
    const leftOf = (first: IkeSa | null) => {
      let sa = first;
      while (sa !== null && gone.has(sa)) sa = this.siblingOf(sa);
      return sa;
    };
    for (let row = 0; row < rows.length; row += 1) {
      rows[row] = leftOf(rows[row]);
      for (let sa = rows[row]; sa !== null; ) {
        const next = leftOf(this.siblingOf(sa));
        if (next !== null) siblings.set(sa, next);
        sa = next;
      }
    }
    this.#siblings = siblings;
    const moved = this.#table.retain((row) => rows[row] !== null);
    const kept: (IkeSa | null)[] = [];
    for (let row = 0; row < rows.length; row += 1) if (moved[row] >= 0) kept[moved[row]] = rows[row];
    this.#rows = kept;
    this.#findRows();
  }

  /** Tells the core anew where the rows of all keys lie. */
  #findRows(): void {
    this.#memory.free(this.#addresses);
    this.#addresses = this.#memory.column(Uint32Array, this.#table.hashes.length);
    for (let row = 0; row < this.#rows.length; row += 1) {
      this.#addresses[row] = this.#made(row)?.address ?? 0;
    }
  }

  /** No message will be looked up any more. */
  clear(): void {
    this.#table.clear();
    this.#rows = [];
    this.#siblings.clear();
    this.#findRows();
  }

  /** All keys, to be kept in a state file. */
  save() {
    return { keys: this.#table.save(), rows: this.settle(), siblings: this.#siblings };
  }

  /** @param saved its SAs have their rows already */
  restore({ keys, rows, siblings }: ReturnType<SaKeys["save"]>): void {
    this.#table.restore(keys);
    this.#rows = rows;
    this.#siblings = siblings;
    this.#findRows();
  }
}
