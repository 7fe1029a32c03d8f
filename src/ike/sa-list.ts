/**
 * All IKE SAs in the order of first appearance. Those that the core has begun are rows in linear memory; an object stands for
 * one from when somebody first asks for it.
 */

import { SparseList } from "../collections/sparse-list.ts";
import { type Core, coreOver } from "../linear/core.ts";
import type { Memory } from "../linear/memory.ts";
import type { IkeSa } from "./sa.ts";
import { replaceEndsOf } from "./sa-ends.ts";

const FIRST_ROOM = 256;

/** One by one, by their indices. */
export interface IkeSas {
  readonly length: number;
  at(index: number): IkeSa;
  /** Where its row lies in linear memory; 0 where it lies elsewhere. */
  addressOf(index: number): number;
}

/** Those of a list. */
export function eachOf(sas: readonly IkeSa[]): IkeSas {
  return { length: sas.length, at: (index) => sas[index], addressOf: (index) => sas[index].address };
}

/** As long as none is given up all there are; from then on those that there were. */
class Shown implements IkeSas {
  readonly #sas: SparseList<IkeSa>;
  readonly #list: SaList;
  /** How many there were; null as long as none is given up. */
  #count: number | null = null;

  constructor(sas: SparseList<IkeSa>, list: SaList) {
    this.#sas = sas;
    this.#list = list;
  }

  get length(): number {
    return this.#count ?? this.#list.length;
  }

  /** Some are about to be given up. */
  end(): void {
    this.#count = this.#list.length;
  }

  at(index: number): IkeSa {
    return this.#sas.at(index) ?? this.#list.at(index);
  }

  addressOf(index: number): number {
    return this.#sas.at(index)?.address ?? this.#list.addresses[index];
  }
}

export class SaList {
  /** How many there are. */
  length = 0;
  /** Those that have objects. Before any is given up that somebody was shown all have one, and the list becomes another one. */
  #sas = new SparseList<IkeSa>();
  #shown = new Shown(this.#sas, this);
  /** Where the row of each lies in linear memory; 0 elsewhere. */
  addresses: Uint32Array;
  /** How many have no object yet. */
  #unmade = 0;
  readonly #memory: Memory;
  readonly #make: (address: number) => IkeSa;

  /**
   * @param make makes an object of the row at an address
   * @param most how many there are at most
   */
  constructor(memory: Memory, make: (address: number) => IkeSa, most = 0) {
    this.#memory = memory;
    this.#make = make;
    this.addresses = memory.column(Uint32Array, FIRST_ROOM, most);
  }

  /** For somebody who may hold on to it. */
  get shown(): IkeSas {
    return this.#shown;
  }

  at(index: number): IkeSa {
    return this.#sas.at(index) ?? this.#made(index);
  }

  /** The same where it has an object already, or else null. */
  madeAt(index: number): IkeSa | null {
    return this.#sas.at(index);
  }

  addressOf(index: number): number {
    return this.addresses[index];
  }

  #made(index: number): IkeSa {
    const sa = this.#make(this.addresses[index]);
    this.#sas.set(index, sa);
    this.#unmade -= 1;
    return sa;
  }

  /** All of them, with objects. */
  get all(): readonly IkeSa[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  set all(sas: readonly IkeSa[]) {
    this.#replace();
    this.length = sas.length;
    while (this.addresses.length < sas.length) this.#grow();
    sas.forEach((sa, index) => {
      this.#sas.set(index, sa);
      this.addresses[index] = sa.address;
    });
  }

  makeAll(): void {
    for (let i = 0; this.#unmade > 0; i += 1) this.at(i);
  }

  #replace(): void {
    this.#shown.end();
    this.#sas = new SparseList();
    this.#shown = new Shown(this.#sas, this);
    this.#unmade = 0;
  }

  /** Drops some of them. @returns the new index of each that there was, -1 where it was dropped */
  remove(gone: Iterable<number>): Int32Array {
    const moved = new Int32Array(this.length);
    for (const index of gone) moved[index] = -1;
    const before = this.#sas;
    this.#replace();
    let next = 0;
    for (let i = 0; i < moved.length; i += 1) {
      if (moved[i] < 0) continue;
      moved[i] = next;
      this.addresses[next] = this.addresses[i];
      const sa = before.at(i);
      if (sa === null) this.#unmade += 1;
      else this.#sas.set(next, sa);
      next += 1;
    }
    this.length = next;
    return moved;
  }

  /** Of all of them. */
  get quickModeCount(): number {
    // Full memory has no place for a longer column.
    if (this.#memory.linear?.has(this.addresses) !== true) this.makeAll();
    const core = this.#unmade === 0 ? null : coreOver(this.#memory);
    let sum = 0;
    let counted = 0;
    for (let i = 0; i < this.length; i += 1) {
      const sa = this.#sas.at(i);
      if (sa === null) continue;
      sum += sa.exchangeCount + this.#quickModesOfRows(core, counted, i);
      counted = i + 1;
    }
    return sum + this.#quickModesOfRows(core, counted, this.length);
  }

  /** Of those that have no objects, by their indices. */
  #quickModesOfRows(core: Core | null, from: number, end: number): number {
    return core === null || from === end
      ? 0
      : core.quickModeCount(this.addresses.byteOffset + 4 * from, end - from);
  }

  /** @param replaceAt stands in where there are rows alone, by their addresses */
  replaceEnds(replaced: (end: number) => number, replaceAt: (address: number) => void): void {
    for (let i = 0; i < this.length; i += 1) {
      const sa = this.madeAt(i);
      if (sa === null) replaceAt(this.addresses[i]);
      else replaceEndsOf(sa, replaced);
    }
  }

  /** @returns its index */
  push(sa: IkeSa): number {
    const index = this.#add(sa.address);
    this.#sas.set(index, sa);
    return index;
  }

  /** One that the core has begun. @returns its index */
  pushRow(address: number): number {
    this.#unmade += 1;
    return this.#add(address);
  }

  #add(address: number): number {
    if (this.length === this.addresses.length) this.#grow();
    this.addresses[this.length] = address;
    this.length += 1;
    return this.length - 1;
  }

  #grow(): void {
    this.addresses = this.#memory.wider(this.addresses, Uint32Array);
  }
}
