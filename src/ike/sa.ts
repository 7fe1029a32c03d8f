/**
 * One IKE SA: everything the capture showed under one pair of cookies (RFC 2408 2.4), as facts. Which side is
 * the client is decided later (roles.ts): side 0 is the sender of the first message seen.
 *
 * Times are monotone clock values in microseconds; NaN means "not seen".
 */

import { sourceBit } from "../collections/sources.ts";
import { Pool } from "../linear/rows.ts";
import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_INFORMATIONAL } from "../wire/isakmp.ts";
import { Exchange } from "./exchange.ts";
import { Informationals } from "./informationals.ts";
import type { OpenedNote } from "./opened-note.ts";
import type { Side } from "./paths.ts";
import { NEITHER_TOLD, NOT_DELETED } from "./rare-facts.ts";
import { linkExchange, linkInformationals } from "./sa-links.ts";
import { NAT_HASH_WORDS, PATHS_INSIDE, RECENT, SaNumbers } from "./sa-numbers.ts";
import { SaPaths } from "./sa-paths.ts";
import { NO_VENDOR_IDS } from "./vendor-lists.ts";

/** A peer that does DPD answers so soon. */
const ANSWERED_WITHIN = 1_000_000;
const MAX_EARLIER = 8;
/** From so many on, quick modes are looked up and not searched for. */
const MANY_EXCHANGES = 16;
/** Shared by all IKE SAs without any. */
const NO_QUICK_MODES: Exchange[] = [];
const MAX_OPENED = 32;
const NO_LISTS: readonly (readonly string[])[] = [NO_VENDOR_IDS];

/** One of tens of thousands that are held at a time: its numbers lie in a pool. */
export class IkeSa extends SaPaths {
  /** All lists of vendor IDs that somebody sent, by their numbers. */
  vendorLists = NO_LISTS;
  /** Its quick modes in order of first appearance; one alone, as most have, stands for the list. */
  private quickModes: Exchange | Exchange[] = NO_QUICK_MODES;
  // No #fields: an IKE SA is kept in a state file as it is, and gets its methods back (see `revive`).

  /**
   * @param message its first one; null: the core has begun it, and the object is to lie there
   * @param pool where its numbers are to lie; else it has room of its own
   */
  constructor(number: number, message: Message | null, pool: Pool | null = new Pool(IkeSa, 1)) {
    super(pool);
    if (message === null) return;
    this.number = number;
    for (let i = 0; i < 4; i += 1) this.setCookies(i, message.cookies[i]);
    this.firstAt = message.at;
    this.firstSegment = message.segment;
    this.lastLifeAt = message.at;
    this.lifeSegment = message.segment;
    this.lastFreshAt = message.at;
  }

  /** Makes an IKE SA again of the plain object that one became in a state file. */
  static revive(
    plain: IkeSa,
    { sas, exchanges, informationals }: Readonly<Record<"sas" | "exchanges" | "informationals", Pool>>,
  ): void {
    Object.setPrototypeOf(plain, IkeSa.prototype);
    sas.adopt(plain);
    plain.isRare = !plain.isUsual;
    if (plain.pathCount !== Math.min(plain.pathCount, PATHS_INSIDE) + plain.morePaths.length) {
      throw new RangeError("an IKE SA has other paths than it counts");
    }
    const [first, second] = plain.vendorList;
    if (Math.max(first, second) >= plain.vendorLists.length) {
      throw new RangeError("an IKE SA has vendor IDs of a list that is not there");
    }
    for (const { exchange } of plain.outers?.values() ?? []) Exchange.revive(exchange, exchanges);
    for (const exchange of plain.exchanges) Exchange.revive(exchange, exchanges);
    if (plain.told !== null) {
      Object.setPrototypeOf(plain.told, Informationals.prototype);
      informationals.adopt(plain.told);
    }
  }

  /** Quick modes in order of first appearance. */
  get exchanges(): readonly Exchange[] {
    return Array.isArray(this.quickModes) ? this.quickModes : [this.quickModes];
  }

  get exchangeCount(): number {
    return Array.isArray(this.quickModes) ? this.quickModes.length : 1;
  }

  /** Quick modes, paths and fragment headers: what it holds beside itself. */
  get parts(): number {
    return this.exchangeCount + this.pathCount + (this.outers?.size ?? 0);
  }

  get answered(): boolean {
    return this.cookiesOf(2) !== 0 || this.cookiesOf(3) !== 0;
  }

  /** Hash algorithm that phase 1 agreed on (RFC 2409 App. A); null where that was not seen. */
  get hash(): number | null {
    return Number.isNaN(this.hashNumber) ? null : this.hashNumber;
  }

  /** The life duration that a side offered or chose, in seconds; null where that was not seen. */
  lifeSecondsOf(side: Side): number | null {
    const seconds = this.lifetimesOf(side);
    return Number.isNaN(seconds) ? null : seconds;
  }

  /** Vendor IDs of a side, in order. */
  vendorIdsOf(side: Side): readonly string[] {
    return this.vendorLists[this.vendorListOf(side)];
  }

  /**
   * NAT-D hashes of a side (RFC 3947 3.2), the first 8 bytes of each as two words; null where none was seen, empty where
   * two messages contradict each other.
   */
  natHashesOf(side: Side): readonly number[] | null {
    const count = this.natHashCountOf(side) - 1;
    if (count > NAT_HASH_WORDS) return this.moreNatHashes[side];
    const first = side * NAT_HASH_WORDS;
    return count < 0 ? null : this.natHashWords.slice(first, first + count);
  }

  setNatHashes(side: Side, words: readonly number[]): void {
    this.setNatHashCount(side, words.length + 1);
    const [first, second] = this.moreNatHashes;
    if (words.length > NAT_HASH_WORDS) this.moreNatHashes = side === 0 ? [words, second] : [first, words];
    else for (let i = 0; i < words.length; i += 1) this.setNatHashWords(side * NAT_HASH_WORDS + i, words[i]);
  }

  /** A sign of life of `side`. @param unsigned anybody may have sent it, or a box that knows the SA no more */
  noteLife(side: Side, at: number, segment: number, unsigned = false): void {
    if (segment !== this.lifeSegment) {
      if (segment < this.lifeSegment) return;
      const ended = { at: this.lastLifeAt, segment: this.lifeSegment };
      this.earlierLife = [...this.earlierLife.slice(1 - MAX_EARLIER), ended];
      // Times of before the step say nothing about what follows it.
      this.told?.forget();
      this.informationalAt = Number.NaN;
      this.deletedAt = NOT_DELETED;
      this.lifeSegment = segment;
      this.lastLifeAt = at;
      this.lastFreshAt = at;
      if (!unsigned) this.setLastFrom(side, at, segment);
      return;
    }
    if (at > this.lastLifeAt) this.lastLifeAt = at;
    if (at > this.lastFreshAt) this.lastFreshAt = at;
    if (!unsigned && !(at <= this.lastFromIn(side, segment))) this.setLastFrom(side, at, segment);
  }

  private setLastFrom(side: Side, at: number, segment: number): void {
    this.setLastFromAt(side, at);
    this.setLastFromSegment(side, segment);
  }

  /** When the side last sent anything; NaN where that was not in this segment of the clock. */
  lastFromIn(side: Side, segment: number): number {
    return this.lastFromSegmentOf(side) === segment ? this.lastFromAtOf(side) : Number.NaN;
  }

  /** A message of `side`, a retransmission or not. */
  noteActivity(message: Message, side: Side, repeated: boolean): void {
    // Nobody sends an Informational again (RFC 2408 4.8): it is a copy by another clock, of a capture beside this one.
    const isCopy = repeated && message.exchange === EXCHANGE_INFORMATIONAL && !message.logged;
    const fresh = this.lastFreshAt;
    const unsigned = isUnsigned(message);
    if (!isCopy) this.noteLife(side, message.at, message.segment, unsigned);
    if (repeated && message.segment === this.lifeSegment) this.lastFreshAt = fresh;
    if (Number.isNaN(this.firstFromAtOf(side)) && !unsigned) this.setFirstFromAt(side, message.at);
    this.setSources(side, this.sourcesOf(side) | sourceBit(message.source));
    if (message.cut) this.cut = true;
    if (message.logged) this.logged = true;
  }

  /**
   * True when the same bytes came before from anyone; remembers them otherwise. Of messages that were cut the
   * header may be all there is, and an answer can have that of its request: there the side must be the same.
   */
  repeats(message: Message, side: Side): boolean {
    const prefix = message.digest.prefix >>> 0;
    const full = message.digest.full >>> 0;
    const known = Math.min(this.distinct, RECENT);
    const { words } = this.chunk;
    const first = this.begin * 2 + SaNumbers.places.recentPrefix;
    for (let i = 0; i < known; i += 1) {
      // Most differ here already: past the accessors, since every message is compared with all of them.
      if (words[first + i] !== prefix) continue;
      const isWhole = !message.cut && ((this.recentCut >> i) & 1) === 0;
      const isSame = isWhole ? this.recentFullOf(i) === full : ((this.recentSides >> i) & 1) === side;
      if (isSame) return true;
    }
    const at = this.distinct % RECENT;
    this.distinct += 1;
    this.setRecentPrefix(at, prefix);
    this.setRecentFull(at, full);
    this.recentSides = (this.recentSides & ~(1 << at)) | (side << at);
    this.recentCut = (this.recentCut & ~(1 << at)) | ((message.cut ? 1 : 0) << at);
    return false;
  }

  /** True for the decrypted twin that an ASA's capture holds beside the encrypted message (within 10 ms). */
  twinOfLast(message: Message, side: Side): boolean {
    const encrypted = message.encrypted ? 1 : 0;
    const kind = message.exchange * 2 + encrypted;
    if (
      // The same exchange, and the other one of both is encrypted.
      (this.lastKindOf(side) ^ kind) === 1 &&
      this.lastIdOf(side) === message.messageId &&
      // Phase 1 begins in the clear, and is never so again once it is encrypted.
      (message.exchange > 4 || encrypted === 0) &&
      message.at - this.lastMessageAtOf(side) <= 10_000
    ) {
      return true;
    }
    this.setLastKind(side, kind);
    this.setLastId(side, message.messageId);
    this.setLastMessageAt(side, message.at);
    return false;
  }

  setDeletedAt(side: Side, at: number): void {
    const [first, second] = this.deletedAt;
    this.deletedAt = side === 0 ? [at, second] : [first, at];
  }

  noteOpened(note: OpenedNote): void {
    this.opened = [...this.opened.slice(1 - MAX_OPENED), note];
  }

  /** Per side: times of the latest distinct Informationals. */
  get informationals(): readonly [readonly number[], readonly number[]] {
    return this.told === null ? NEITHER_TOLD : [this.told.of(0), this.told.of(1)];
  }

  /** @param pool where the times of Informationals lie */
  noteInformational(side: Side, { at, length }: Message, pool = new Pool(Informationals, 1)): void {
    if (this.told === null) {
      this.told = new Informationals(pool);
      linkInformationals(this);
    }
    this.told.add(side, at);
    const answers =
      this.informationalSide === 1 - side &&
      this.informationalLength === length &&
      at - this.informationalAt <= ANSWERED_WITHIN;
    if (answers) this.answeredInformationals += 1;
    this.informationalAt = answers ? Number.NaN : at;
    this.informationalLength = length;
    this.informationalSide = side;
  }

  addExchange(exchange: Exchange): void {
    linkExchange(this, exchange);
    this.holdExchange(exchange);
  }

  /** One that the core has begun, or that is linked already. */
  holdExchange(exchange: Exchange): void {
    if (this.exchangeCount === 0) {
      this.quickModes = exchange;
      return;
    }
    const list = Array.isArray(this.quickModes) ? this.quickModes : [this.quickModes];
    list.push(exchange);
    this.quickModes = list;
    if (list.length <= MANY_EXCHANGES) return;
    if (this.byId !== null) this.byId.set(exchange.messageId, exchange);
    else this.byId = new Map(list.map((each) => [each.messageId, each]));
  }

  /** Puts quick modes that became known late where they belong. */
  sortExchanges(): void {
    if (!Array.isArray(this.quickModes)) return;
    this.quickModes.sort((a, b) => a.segment - b.segment || a.firstAt - b.firstAt);
  }

  /** The quick mode whose row lies at an address. */
  exchangeAt(address: number): Exchange | undefined {
    return this.exchanges.find((each) => each.address === address);
  }

  exchangeOf(messageId: number): Exchange | undefined {
    const { quickModes } = this;
    if (!Array.isArray(quickModes)) return quickModes.messageId === messageId ? quickModes : undefined;
    if (quickModes.length > MANY_EXCHANGES) return this.byId!.get(messageId);
    for (let i = 0; i < quickModes.length; i += 1) {
      if (quickModes[i].messageId === messageId) return quickModes[i];
    }
    return undefined;
  }
}

/** Nothing shows that the peer itself sent it. */
export function isUnsigned({ encrypted, logged, exchange }: Message): boolean {
  return !encrypted && !logged && exchange === EXCHANGE_INFORMATIONAL;
}
