/** IKE SAs that the core has begun (src/core/sas.ts), and what belongs to them: objects are made when somebody asks for one. */

import type { Border } from "../linear/walk.ts";
import type { CoreNotes, Reader } from "./core-notes.ts";
import type { Exchange } from "./exchange.ts";
import { Informationals } from "./informationals.ts";
import { IkeSa } from "./sa.ts";
import type { SaKeys } from "./sa-keys.ts";
import type { SaList } from "./sa-list.ts";
import type { SaPools } from "./sa-pools.ts";
import type { VendorLists } from "./vendor-lists.ts";

/** Where they stand, and where their rows lie. */
interface Tables {
  list: SaList;
  keys: SaKeys;
  pools: SaPools;
  vendorLists: VendorLists;
}

/** Takes quick modes. @param to endpoint that the first message went to. @param overIp that was not on the NAT-T port */
export interface BegunTaker {
  takeObject(exchange: Exchange, to: number, overIp: boolean): void;
  /**
   * The same of one that has no object, nor its IKE SA.
   * @param index of the IKE SA in the list
   * @returns false: one is to be made
   */
  takeRow(index: number, address: number, to: number, overIp: boolean): boolean;
}

export class BegunSas {
  readonly #notes: CoreNotes;
  readonly #tables: Tables;
  /** Made once: something is taken in with nearly every message that is not plain. */
  readonly #reader: Reader;
  #quickModes: BegunTaker | null = null;

  constructor(notes: CoreNotes, tables: Tables) {
    const { list, keys } = tables;
    this.#notes = notes;
    this.#tables = tables;
    this.#reader = {
      sa: (key, address) => keys.hold(key, list.pushRow(address)),
      name: (key, known) => keys.hold(key, keys.indexAt(known)),
      quickMode: (key, address, to, overIp) => this.#take(keys.indexAt(key), address, to, overIp),
      informationals: (key, address) => {
        // Of those without an object nothing is told before there is one.
        const sa = list.madeAt(keys.indexAt(key));
        if (sa !== null) this.#tell(sa, address);
      },
    };
  }

  lieAt(border: Border): void {
    this.#notes.lieAt(border);
  }

  /** Takes in what the core has begun since the last time, in that order. */
  takeIn(quickModes: BegunTaker): void {
    if (!this.#notes.any) return;
    this.#quickModes = quickModes;
    this.#notes.read(this.#reader);
  }

  #take(index: number, address: number, to: number, overIp: boolean): void {
    const quickModes = this.#quickModes!;
    const { list } = this.#tables;
    if (list.madeAt(index) === null && quickModes.takeRow(index, address, to, overIp)) return;
    const sa = list.at(index);
    quickModes.takeObject(sa.exchangeAt(address) ?? this.#addExchange(sa, address), to, overIp);
  }

  /** The object of a quick mode. @param index of its IKE SA. @param address of its row */
  exchangeAt(index: number, address: number): Exchange {
    return this.#tables.list.at(index).exchangeAt(address)!;
  }

  /** Makes an object of the row at an address, and of all that belongs to it. */
  made(address: number): IkeSa {
    const { pools, vendorLists } = this.#tables;
    const sa = new IkeSa(0, null, null);
    pools.sas.lieAtAddress(sa, address);
    sa.vendorLists = vendorLists.all;
    if (sa.toldAddress !== 0) this.#tell(sa, sa.toldAddress);
    for (const each of pools.quickModesOf(sa)) sa.holdExchange(each);
    return sa;
  }

  #addExchange(sa: IkeSa, address: number): Exchange {
    const exchange = this.#tables.pools.quickModeAt(address);
    sa.holdExchange(exchange);
    return exchange;
  }

  #tell(sa: IkeSa, address: number): void {
    const told = new Informationals(null);
    this.#tables.pools.informationals.lieAtAddress(told, address);
    sa.told = told;
  }
}
