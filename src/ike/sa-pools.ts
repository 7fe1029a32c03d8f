/** Where the rows of IKE SAs lie, and of what belongs to them. */

import type { Moment } from "../collections/moment.ts";
import { EXCHANGE_POOL, SA_POOL, TOLD_POOL } from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import { Pool } from "../linear/rows.ts";
import type { Border } from "../linear/walk.ts";
import { Exchange, timeFor } from "./exchange.ts";
import { Informationals } from "./informationals.ts";
import { IkeSa } from "./sa.ts";
import { replacePathEnds } from "./sa-ends.ts";

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

  /**
   * The places of IKE SAs that are given up may be used again.
   * @param areShown somebody may hold on to one, and is to read what was there
   */
  giveBack(gone: ReadonlySet<IkeSa>, areShown: boolean): void {
    for (const { sa, exchanges, told } of rowsOf(gone)) {
      this.sas.giveBack(sa);
      for (const exchange of exchanges) this.exchanges.giveBack(exchange);
      if (told !== null) this.informationals.giveBack(told);
    }
    if (!areShown) return;
    const [sas, quickModes, informationals] = [IkeSa, Exchange, Informationals].map((each) => new Pool(each));
    for (const { sa, exchanges, told } of rowsOf(gone)) {
      sa.moveTo(sas);
      for (const exchange of exchanges) exchange.moveTo(quickModes);
      told?.moveTo(informationals);
    }
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

/** IKE SAs with what belongs to each. */
function* rowsOf(sas: Iterable<IkeSa>) {
  for (const sa of sas) yield { sa, exchanges: sa.exchanges, told: sa.told };
}
