/** Where the rows of IKE SAs lie, and of what belongs to them. */

import type { Moment } from "../collections/moment.ts";
import { ANNEX_POOL, EXCHANGE_POOL, SA_POOL, TOLD_POOL } from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import { Pool } from "../linear/rows.ts";
import type { Border } from "../linear/walk.ts";
import { Exchange, timeFor } from "./exchange.ts";
import type { GivenUp } from "./given-up.ts";
import { Informationals } from "./informationals.ts";
import { IkeSa } from "./sa.ts";
import { replacePathEnds } from "./sa-ends.ts";
import type { Listed } from "./longest-silent.ts";
import type { SaList } from "./sa-list.ts";

/** Lies in one row after another, of which nothing but numbers are wanted. */
const glance = new Exchange(null, 0, null);
const glanceOfSa = new IkeSa(0, null, null);

export class SaPools {
  readonly sas: Pool;
  readonly exchanges: Pool;
  /** Of the times of Informationals. */
  readonly informationals: Pool;

  constructor(memory: Memory) {
    this.sas = new Pool(IkeSa, undefined, memory);
    this.exchanges = new Pool(Exchange, undefined, memory);
    this.informationals = new Pool(Informationals, undefined, memory);
  }

  lieAt(border: Border): void {
    this.sas.lieAt(border, SA_POOL);
    this.exchanges.lieAt(border, EXCHANGE_POOL);
    this.exchanges.annexes.lieAt(border, ANNEX_POOL);
    this.informationals.lieAt(border, TOLD_POOL);
  }

  /** The object of a quick mode that the core has begun. */
  quickModeAt(address: number): Exchange {
    const exchange = new Exchange(null, 0, null);
    this.exchanges.lieAtAddress(exchange, address);
    return exchange;
  }

  /** Those of an IKE SA that the core has begun, in their order. */
  quickModesOf({ latestAddress }: IkeSa): Exchange[] {
    const latestFirst: Exchange[] = [];
    for (let address = latestAddress; address !== 0; ) {
      const exchange = this.quickModeAt(address);
      latestFirst.push(exchange);
      address = exchange.olderAddress;
    }
    return latestFirst.reverse();
  }

  /** Replaces endpoints of an IKE SA that the core has begun, and of its quick modes. @param address of its row */
  replaceEndsAt(address: number, replaced: (end: number) => number): void {
    this.sas.lieAtAddress(glanceOfSa, address);
    replacePathEnds(glanceOfSa, replaced);
    for (let at = glanceOfSa.latestAddress; at !== 0; at = glance.olderAddress) {
      this.exchanges.lieAtAddress(glance, at);
      glance.from = replaced(glance.from);
    }
  }

  /** The host of the other side sent something: those that wait for that learn the time. @param first row of one of them, or 0 */
  noteSent(first: number, moment: Moment): void {
    for (let address = first; address !== 0; ) {
      this.exchanges.lieAtAddress(glance, address);
      if (Number.isNaN(glance.otherSentAt)) glance.otherSentAt = timeFor(glance, moment);
      address = glance.waitingAddress;
    }
  }

  /** IKE SAs of a list, to be looked at one after another. */
  listed(list: SaList): Listed {
    return {
      length: list.length,
      glanceAt: (index) => this.#glanceAt(list, index),
      partsOf: (index) => this.partsOf(list, index),
    };
  }

  /** Its object, or one that stands for it until the next one is asked for, without what belongs to it. */
  #glanceAt(list: SaList, index: number): IkeSa {
    const made = list.madeAt(index);
    if (made !== null) return made;
    this.sas.lieAtAddress(glanceOfSa, list.addresses[index]);
    return glanceOfSa;
  }

  /** Quick modes, paths and fragment headers of an IKE SA in the list. */
  partsOf(list: SaList, index: number): number {
    const sa = this.#glanceAt(list, index);
    if (sa !== glanceOfSa) return sa.parts;
    let parts = sa.pathCount;
    for (const _ of this.#addressesOf(sa)) parts += 1;
    return parts;
  }

  /** Where the rows lie of the quick modes of an IKE SA that the core has begun, the latest first. */
  *#addressesOf({ latestAddress }: IkeSa): Generator<number, void, undefined> {
    for (let address = latestAddress; address !== 0; ) {
      this.exchanges.lieAtAddress(glance, address);
      const { olderAddress } = glance;
      yield address;
      address = olderAddress;
    }
  }

  /**
   * The places of IKE SAs that are given up may be used again.
   * @param areShown somebody may hold on to one, and is to read what was there: all of them have objects
   */
  giveBack(list: SaList, gone: readonly number[], areShown: boolean): Omit<GivenUp, "moved"> {
    const sas: IkeSa[] = [];
    const rows = new Set<number>();
    for (const index of gone) {
      const sa = list.madeAt(index);
      if (sa === null) this.#giveBackAt(list.addresses[index], rows);
      else sas.push(sa);
    }
    const exchanges = new Set(sas.flatMap((sa) => sa.exchanges));
    for (const { address } of exchanges) if (address !== 0) rows.add(address);
    for (const exchange of exchanges) this.exchanges.giveBack(exchange);
    for (const sa of sas) {
      this.sas.giveBack(sa);
      if (sa.told !== null) this.informationals.giveBack(sa.told);
    }
    if (areShown) moveAway(sas, exchanges);
    return { sas, exchanges, rows };
  }

  /** The same of an IKE SA without an object. @param rows takes the addresses of its quick modes */
  #giveBackAt(address: number, rows: Set<number>): void {
    this.sas.lieAtAddress(glanceOfSa, address);
    for (const each of this.#addressesOf(glanceOfSa)) {
      rows.add(each);
      this.exchanges.giveBackAt(each);
    }
    if (glanceOfSa.toldAddress !== 0) this.informationals.giveBackAt(glanceOfSa.toldAddress);
    this.sas.giveBackAt(address);
  }

  /**
   * Takes quick modes out of those that wait for one host.
   * @param first row of the first of them
   * @returns the first that is left, or 0
   */
  withoutWaiting(first: number, gone: ReadonlySet<number>): number {
    const left: number[] = [];
    for (let address = first; address !== 0; address = glance.waitingAddress) {
      this.exchanges.lieAtAddress(glance, address);
      if (!gone.has(address)) left.push(address);
    }
    left.forEach((address, i) => {
      this.exchanges.lieAtAddress(glance, address);
      glance.waitingAddress = left[i + 1] ?? 0;
    });
    return left[0] ?? 0;
  }

  /** To be kept in a state file, with the IKE SAs. */
  save() {
    return {
      sas: this.sas.save(),
      exchanges: this.exchanges.save(),
      informationals: this.informationals.save(),
    };
  }

  restore({ sas, exchanges, informationals }: ReturnType<SaPools["save"]>): void {
    this.sas.restore(sas);
    this.exchanges.restore(exchanges);
    this.informationals.restore(informationals);
  }
}

/** Who holds on to what is given up finds the same in other places. */
function moveAway(sas: readonly IkeSa[], exchanges: Iterable<Exchange>): void {
  const [ofSas, ofQuickModes, ofInformationals] = [IkeSa, Exchange, Informationals].map(
    (each) => new Pool(each),
  );
  for (const exchange of exchanges) exchange.moveTo(ofQuickModes);
  for (const sa of sas) {
    sa.moveTo(ofSas);
    sa.told?.moveTo(ofInformationals);
  }
}
