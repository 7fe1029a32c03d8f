/**
 * Finds the IKE SA of a message by its cookie pair. An SA whose responder cookie is not known yet stands
 * under (initiator cookie, 0) and under both pairs afterwards, so that a late copy of its first message is
 * still its own.
 *
 * Bounded in the number of SAs and in what they hold together: when full, SAs that never came beyond phase 1 go
 * first, then the longest silent; counted.
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Moment } from "../collections/moment.ts";
import { WordTable } from "../collections/word-table.ts";
import { Pool } from "../linear/rows.ts";
import type { Message } from "../wire/datagram.ts";
import { Exchange } from "./exchange.ts";
import { longestSilent } from "./longest-silent.ts";
import { IkeSa } from "./sa.ts";

/** SAs from different hosts under one initiator cookie, before the responder answers. */
const MAX_SIBLINGS = 32;
/** Parts (quick modes, paths, fragment headers) that there is room for beside each SA of the bound. */
const PARTS_PER_SA = 4;

/** Where parts of IKE SAs are counted, and those whose quick modes somebody else keeps. */
export interface KeptSas {
  table: SaTable;
  isLeftOut: (sa: IkeSa) => boolean;
}

export class SaTable {
  readonly #maxSas: number;
  #table = new WordTable(4);
  #rows: (IkeSa | null)[] = [];
  /** Of half-open SAs that share the initiator cookie, from different hosts, the next one after each. */
  #siblings = new Map<IkeSa, IkeSa>();
  #created = 0;
  #pool = new Pool(IkeSa);
  /** All SAs in the order of first appearance. */
  sas: IkeSa[] = [];
  evicted = 0;
  /** Somebody may hold on to SAs that are given up: as long as nobody does, their numbers need not be moved. */
  #areShown = false;
  /** Where the numbers of quick modes lie. */
  exchanges = new Pool(Exchange);
  /** Parts of all SAs; whoever adds one counts it here. */
  parts = 0;
  readonly #released: (gone: ReadonlySet<IkeSa>) => void;
  readonly #lastLifeOf: (sa: IkeSa) => Moment;

  /**
   * @param released is told of the SAs that are given up, so that nothing else holds them
   * @param lastLifeOf when something of an SA was seen last
   */
  constructor(
    maxSas: number,
    released: (gone: ReadonlySet<IkeSa>) => void = () => {},
    lastLifeOf: (sa: IkeSa) => Moment = (sa) => ({ at: sa.lastLifeAt, segment: sa.lifeSegment }),
  ) {
    this.#maxSas = maxSas;
    this.#released = released;
    this.#lastLifeOf = lastLifeOf;
  }

  /** Makes room where there are too many parts. Between messages: the SA of the current one may be given up. */
  makeRoom(): void {
    if (this.parts > this.#maxSas * PARTS_PER_SA) this.#evict();
  }

  /** The message's SA, made when it is the first message of one; null when it belongs to none and begins none. */
  find(message: Message): IkeSa | null {
    return message.responderCookieZero ? this.#opening(message) : this.#established(message);
  }

  /** Responder cookie zero: the first message of phase 1, or something that answers it without a cookie. */
  #opening(message: Message): IkeSa | null {
    const first = this.#at(message.cookies[0], message.cookies[1], 0, 0);
    let siblings = 0;
    for (let sa = first; sa !== null; sa = this.#siblingOf(sa)) {
      if (sa.sideOf(message.from, message.to) >= 0 && sameHosts(sa, message)) return sa;
      siblings += 1;
    }
    if (!message.phase1) return null;
    if (siblings >= MAX_SIBLINGS) {
      this.evicted += 1;
      return null;
    }
    const sa = this.#create(message);
    sa.phase1Seen = true;
    if (first !== null) this.#siblings.set(sa, first);
    this.#set(message.cookies[0], message.cookies[1], 0, 0, sa);
    return sa;
  }

  #established(message: Message): IkeSa {
    const { cookies } = message;
    const i0 = cookies[0];
    const i1 = cookies[1];
    const r0 = cookies[2];
    const r1 = cookies[3];
    const known = this.#at(i0, i1, r0, r1);
    if (known !== null) return known;
    let opening: IkeSa | null = null;
    for (let sa = this.#at(i0, i1, 0, 0); sa !== null; sa = this.#siblingOf(sa)) {
      if (sameHosts(sa, message)) opening = sa;
    }
    if (opening === null) {
      const sa = this.#create(message);
      this.#set(i0, i1, r0, r1, sa);
      return sa;
    }
    if (opening.answered) {
      // A second answer to one first message: an SA of its own, begun by the same message.
      const sa = this.#create(message);
      sa.phase1Seen = true;
      sa.firstAt = opening.firstAt;
      sa.mode = opening.mode;
      sa.vendorLists = opening.vendorLists;
      sa.setVendorList(0, opening.vendorListOf(0));
      sa.pathOf(opening.endOf(0, 0), opening.endOf(0, 1), 0, opening.pathAt(0).natTraversal);
      this.#set(i0, i1, r0, r1, sa);
      return sa;
    }
    for (let i = 0; i < 4; i += 1) opening.setCookies(i, cookies[i]);
    this.#set(i0, i1, r0, r1, opening);
    return opening;
  }

  /** The SA with a running number, of which the message, or one with the same bytes, is; null where it was given up. */
  countedFor({ cookies }: Message, number: number): IkeSa | null {
    if (number < 0) return null;
    let sa = this.#at(cookies[0], cookies[1], cookies[2], cookies[3]);
    while (sa !== null && sa.number !== number) sa = this.#siblingOf(sa);
    return sa;
  }

  #at(i0: number, i1: number, r0: number, r1: number): IkeSa | null {
    this.#fill(i0, i1, r0, r1);
    const row = this.#table.find();
    return row < 0 ? null : this.#rows[row];
  }

  #set(i0: number, i1: number, r0: number, r1: number, sa: IkeSa): void {
    this.#fill(i0, i1, r0, r1);
    this.#rows[this.#table.ensure()] = sa;
  }

  #fill(i0: number, i1: number, r0: number, r1: number): void {
    const key = this.#table.key;
    key[0] = i0;
    key[1] = i1;
    key[2] = r0;
    key[3] = r1;
  }

  #create(message: Message): IkeSa {
    if (this.sas.length >= this.#maxSas) this.#evict();
    const sa = new IkeSa(this.#created, message, this.#pool);
    this.#created += 1;
    this.sas.push(sa);
    return sa;
  }

  /** Gives up SAs until a quarter of the room for SAs and for parts is free. */
  #evict(): void {
    const maxSas = Math.floor((this.#maxSas * 3) / 4);
    const maxParts = maxSas * PARTS_PER_SA;
    const gone = new Set<IkeSa>();
    let { parts } = this;
    for (const sa of longestSilent(this.sas, this.#lastLifeOf)) {
      if (this.sas.length - gone.size <= maxSas && parts <= maxParts) break;
      gone.add(sa);
      parts -= sa.parts;
    }
    this.evicted += gone.size;
    this.remove(gone);
  }

  /** Forgets these SAs: a later message of one begins a new one. */
  remove(gone: ReadonlySet<IkeSa>): void {
    this.sas = this.sas.filter((sa) => !gone.has(sa));
    for (const sa of gone) this.parts -= sa.parts;
    this.#giveBack(gone);
    this.#forget(gone);
    this.#released(gone);
  }

  /** Their places may be used again; what still holds one of them reads what was there. */
  #giveBack(gone: ReadonlySet<IkeSa>): void {
    for (const sa of gone) {
      this.#pool.giveBack(sa);
      for (const exchange of sa.exchanges) this.exchanges.giveBack(exchange);
    }
    if (!this.#areShown) return;
    const sas = new Pool(IkeSa);
    const exchanges = new Pool(Exchange);
    for (const sa of gone) {
      sa.moveTo(sas);
      for (const exchange of sa.exchanges) exchange.moveTo(exchanges);
    }
  }

  /** All SAs in the order of first appearance, for somebody who may hold on to them. */
  get shown(): readonly IkeSa[] {
    this.#areShown = true;
    return this.sas;
  }

  /** All SAs and what finds them, to be kept in a state file. */
  save() {
    const { sas, exchanges, evicted, parts } = this;
    // Who asks for paths makes them anew.
    for (const sa of sas) sa.pathList = null;
    const pools = { sas: this.#pool, exchanges };
    const found = { keys: this.#table.save(), rows: this.#rows, siblings: this.#siblings };
    return { ...found, created: this.#created, pools, sas, evicted, parts };
  }

  restore({ keys, rows, siblings, created, pools, sas, evicted, parts }: ReturnType<SaTable["save"]>): void {
    Pool.revive(pools.sas);
    Pool.revive(pools.exchanges);
    for (const sa of sas) IkeSa.revive(sa);
    this.#table.restore(keys);
    this.#rows = rows;
    this.#siblings = siblings;
    this.#created = created;
    this.#pool = pools.sas;
    this.exchanges = pools.exchanges;
    this.sas = sas;
    this.evicted = evicted;
    this.parts = parts;
  }

  #siblingOf(sa: IkeSa): IkeSa | null {
    return this.#siblings.size === 0 ? null : (this.#siblings.get(sa) ?? null);
  }

  #forget(gone: ReadonlySet<IkeSa>): void {
    const rows = this.#rows;
    const siblings = new Map<IkeSa, IkeSa>();
    const leftOf = (first: IkeSa | null) => {
      let sa = first;
      while (sa !== null && gone.has(sa)) sa = this.#siblingOf(sa);
      return sa;
    };
    for (let row = 0; row < rows.length; row += 1) {
      rows[row] = leftOf(rows[row]);
      for (let sa = rows[row]; sa !== null; ) {
        const next = leftOf(this.#siblingOf(sa));
        if (next !== null) siblings.set(sa, next);
        sa = next;
      }
    }
    this.#siblings = siblings;
    const moved = this.#table.retain((row) => rows[row] !== null);
    const kept: (IkeSa | null)[] = [];
    for (let row = 0; row < rows.length; row += 1) if (moved[row] >= 0) kept[moved[row]] = rows[row];
    this.#rows = kept;
  }
}

function sameHosts(sa: IkeSa, message: Message): boolean {
  const from = hostOf(message.from);
  const to = hostOf(message.to);
  for (let i = 0; i < sa.pathCount; i += 1) {
    const a = hostOf(sa.endOf(i, 0));
    const b = hostOf(sa.endOf(i, 1));
    if ((a === from && b === to) || (a === to && b === from)) return true;
  }
  return false;
}
