/**
 * The IKE SA of each message: found by its cookie pair (sa-keys.ts), or made.
 *
 * Bounded in the number of SAs and in what they hold together: when full, SAs that never came beyond phase 1 go
 * first, then the longest silent; counted.
 */

import type { Moment } from "../collections/moment.ts";
import { COUNTS, CREATED, HELD, MAX_HELD, MAX_PARTS, PARTS, SA_COUNTS } from "../core/message-layout.ts";
import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Message } from "../wire/datagram.ts";
import { beginningOf } from "./beginning.ts";
import type { BegunQuickModes } from "./begun-quick-modes.ts";
import { BegunSas } from "./begun-sas.ts";
import { CoreNotes } from "./core-notes.ts";
import type { GivenUp } from "./given-up.ts";
import { tooMany } from "./longest-silent.ts";
import { IkeSa } from "./sa.ts";
import { SaKeys } from "./sa-keys.ts";
import { link, unlink } from "./sa-links.ts";
import { type IkeSas, SaList } from "./sa-list.ts";
import { SaPools } from "./sa-pools.ts";
import { SaSurvey } from "./sa-survey.ts";
import { VendorLists } from "./vendor-lists.ts";

/** SAs from different hosts under one initiator cookie, before the responder answers. */
const MAX_SIBLINGS = 32;
/** Parts (quick modes, paths, fragment headers) that there is room for beside each SA of the bound. */
const PARTS_PER_SA = 4;

/** Where parts of IKE SAs are counted, those whose quick modes somebody else keeps, and where quick modes wait for ESP. */
export interface KeptSas {
  table: SaTable;
  isLeftOut: (sa: IkeSa) => boolean;
  begun: BegunQuickModes;
}

export class SaTable {
  readonly #maxSas: number;
  readonly #memory: Memory;
  /** What finds them. */
  readonly keys: SaKeys;
  /** What the core counts as well. */
  readonly #counts: Int32Array;
  /** Those that the core has begun. */
  readonly begun: BegunSas;
  readonly #list: SaList;
  evicted = 0;
  /** Somebody may hold on to SAs that are given up: as long as nobody does, their numbers need not be moved. */
  #areShown = false;
  /** Quick modes hold no addresses for the core: those of a state file are of no use. */
  #isUnlinked = false;
  readonly pools: SaPools;
  readonly #survey: SaSurvey;
  readonly #vendorLists: VendorLists;
  readonly #released: (gone: GivenUp) => void;
  readonly #lastLifeOf: (sa: IkeSa) => Moment;

  /**
   * @param released is told of what is given up, so that nothing else holds it
   * @param lastLifeOf when something of an SA was seen last
   * @param memory where the core finds SAs as well
   * @param vendorLists lists that SAs have the numbers of
   */
  constructor(
    maxSas: number,
    released: (gone: GivenUp) => void = () => {},
    lastLifeOf: (sa: IkeSa) => Moment = (sa) => ({ at: sa.lastLifeAt, segment: sa.lifeSegment }),
    memory = ordinaryMemory,
    vendorLists = new VendorLists(),
  ) {
    this.#vendorLists = vendorLists;
    this.#maxSas = maxSas;
    this.#released = released;
    this.#lastLifeOf = lastLifeOf;
    this.#memory = memory;
    this.#counts = memory.column(Int32Array, SA_COUNTS);
    this.pools = new SaPools(memory);
    this.#list = new SaList(memory, (address) => this.begun.made(address), maxSas);
    this.keys = new SaKeys(memory, this.#list, maxSas);
    this.begun = new BegunSas(new CoreNotes(memory, this.#counts), {
      list: this.#list,
      keys: this.keys,
      pools: this.pools,
      vendorLists,
    });
    this.#survey = new SaSurvey(memory);
  }

  /** Where the core finds SAs, and begins new ones. */
  lieAt(border: Border): void {
    this.#link();
    this.keys.lieAt(border);
    border.column(COUNTS, this.#counts);
    this.begun.lieAt(border);
    this.pools.lieAt(border);
    border.value(MAX_HELD, this.#maxSas);
    border.value(MAX_PARTS, this.#maxSas * PARTS_PER_SA);
  }

  /** All SAs in the order of first appearance, those among them that the core has begun as far as `begun` has taken them in. */
  get sas(): readonly IkeSa[] {
    return this.#list.all;
  }

  /** SAs that there are. */
  get held(): number {
    return this.#counts[HELD];
  }

  /** Parts of all SAs; whoever adds one counts it here. */
  get parts(): number {
    return this.#counts[PARTS];
  }

  set parts(count: number) {
    this.#counts[PARTS] = count;
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
    const { keys } = this;
    let siblings = 0;
    for (let at = keys.find(message); at >= 0; at = keys.siblingOf(at)) {
      const sa = this.#list.at(at);
      if (sa.sideOf(message.from, message.to) >= 0 && sa.hasHostsOf(message)) return sa;
      siblings += 1;
    }
    if (!message.phase1) return null;
    if (siblings >= MAX_SIBLINGS) {
      this.evicted += 1;
      return null;
    }
    const index = this.#create(message);
    // Looked up again: others may have been given up to make room.
    const first = keys.find(message);
    if (first >= 0) keys.addSibling(index, first);
    keys.set(message, index);
    const sa = this.#list.at(index);
    sa.phase1Seen = true;
    return sa;
  }

  #established(message: Message): IkeSa {
    const { keys } = this;
    const known = keys.find(message);
    if (known >= 0) return this.#list.at(known);
    let opening = -1;
    for (let at = keys.findOpening(message); at >= 0; at = keys.siblingOf(at)) {
      if (this.#list.at(at).hasHostsOf(message)) opening = at;
    }
    const begun = opening < 0 ? null : this.#list.at(opening);
    if (begun === null || begun.answered) return this.#another(message, begun);
    for (let i = 0; i < 4; i += 1) begun.setCookies(i, message.cookies[i]);
    keys.set(message, opening);
    return begun;
  }

  /** @param opening the one that the same first message began, which has another answer: it is an SA of its own */
  #another(message: Message, opening: IkeSa | null): IkeSa {
    // Read beforehand: it may be given up to make room, and its place be that of the new one.
    const tellBeginning = opening === null ? null : beginningOf(opening);
    const index = this.#create(message);
    this.keys.set(message, index);
    const sa = this.#list.at(index);
    tellBeginning?.(sa);
    return sa;
  }

  /** @returns its index in the list */
  #create(message: Message): number {
    if (this.#list.length >= this.#maxSas) this.#evict();
    const sa = new IkeSa(this.#counts[CREATED], message, this.pools.sas);
    sa.vendorLists = this.#vendorLists.all;
    this.#counts[CREATED] += 1;
    this.#counts[HELD] += 1;
    return this.#list.push(sa);
  }

  /** Gives up SAs until a quarter of the room for SAs and for parts is free. */
  #evict(): void {
    const maxSas = Math.floor((this.#maxSas * 3) / 4);
    const bounds = { maxSas, maxParts: maxSas * PARTS_PER_SA };
    const gone = tooMany(this.pools.listed(this.#list), this.parts, bounds, this.#lastLifeOf);
    this.evicted += gone.length;
    this.#giveUp(gone);
  }

  /** Forgets these SAs: a later message of one begins a new one. */
  remove(gone: ReadonlySet<IkeSa>): void {
    this.#giveUp(this.sas.flatMap((sa, index) => (gone.has(sa) ? [index] : [])));
  }

  /** All that the core has begun is taken in. @param gone indices in the list */
  #giveUp(gone: readonly number[]): void {
    const list = this.#list;
    // Who was shown SAs may still ask for any of them, and knows them by other indices.
    if (this.#areShown) list.makeAll();
    for (const index of gone) this.parts -= this.pools.partsOf(list, index);
    const given = this.pools.giveBack(list, gone, this.#areShown);
    const moved = list.remove(gone);
    this.#counts[HELD] = list.length;
    this.keys.forget(moved);
    this.#released({ ...given, moved });
  }

  /** No message comes any more: the room of what finds the SA of one may be used for the judgement. */
  endReading(): void {
    this.keys.clear();
  }

  /** All SAs in the order of first appearance, for somebody who may hold on to them. */
  get shown(): readonly IkeSa[] {
    this.#areShown = true;
    return this.sas;
  }

  /** The same one by one, of which an object is made for whom somebody asks. */
  get shownEach(): IkeSas {
    this.#areShown = true;
    return this.#list.shown;
  }

  replaceEnds(replaced: (end: number) => number): void {
    this.#list.replaceEnds(replaced, (address) => this.pools.replaceEndsAt(address, replaced));
  }

  /** Quick modes of all SAs. */
  get quickModeCount(): number {
    return this.#list.quickModeCount;
  }

  /** What is read of all SAs at once: valid until it is asked for again. @param segment the latest one of the clock */
  surveyIn(segment: number): SaSurvey {
    this.#link();
    this.#survey.take(this.#list, segment);
    return this.#survey;
  }

  /** All SAs and what finds them, to be kept in a state file. */
  save() {
    const { evicted, parts } = this;
    for (const sa of this.sas) {
      // Who asks for paths makes them anew.
      sa.pathList = null;
      unlink(sa);
    }
    this.#relink();
    return {
      ...this.keys.save(),
      created: this.#counts[CREATED],
      pools: this.pools.save(),
      sas: this.sas,
      evicted,
      parts,
    };
  }

  restore(saved: ReturnType<SaTable["save"]>): void {
    const { created, pools, sas, evicted, parts } = saved;
    this.pools.restore(pools);
    for (const sa of sas) IkeSa.revive(sa, this.pools);
    this.#list.all = sas;
    this.keys.restore(saved);
    this.#counts[CREATED] = created;
    this.#counts[HELD] = sas.length;
    this.evicted = evicted;
    this.parts = parts;
    this.#relink();
  }

  /** Lets the core find quick modes. */
  #link(): void {
    if (this.#isUnlinked) for (const sa of this.sas) link(sa);
    this.#isUnlinked = false;
  }

  /** Quick modes are to be linked again before the core looks for any. */
  #relink(): void {
    this.#isUnlinked = true;
    if (this.#memory.linear !== null) this.#memory.linear.changes += 1;
  }
}
