/**
 * One IKE SA: everything the capture showed under one pair of cookies (RFC 2408 2.4), as facts. Which side is
 * the client is decided later (roles.ts): side 0 is the sender of the first message seen.
 *
 * Times are monotone clock values in microseconds; NaN means "not seen".
 */

import { hostOf } from "../collections/endpoints.ts";
import { sourceBit } from "../collections/sources.ts";
import { Pool } from "../linear/rows.ts";
import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_INFORMATIONAL } from "../wire/isakmp.ts";
import { Exchange, type Stamp } from "./exchange.ts";
import type { OpenedNote } from "./opened-note.ts";
import { isTwoWay, newPath, type Path, type Side, sideOf } from "./paths.ts";
import { RECENT, SaNumbers } from "./sa-numbers.ts";
import type { SessionTestimony } from "./testimony.ts";
import { NO_VENDOR_IDS } from "./vendor-lists.ts";

/** A fragment set whose outer header names a quick mode; counts when the set is never complete. */
export interface OuterHeader {
  side: Side;
  messageId: number;
  exchange: Exchange;
  /** Pieces of the copy at hand, a bit for each number; copies after the first, and the last of them. */
  pieces: number;
  copies: number;
  last: { at: number; stamp: Stamp };
}

/** A peer that does DPD answers so soon. */
const ANSWERED_WITHIN = 1_000_000;
const MAX_PATHS = 16;
const MAX_INFORMATIONALS = 16;
const MAX_EARLIER = 8;
/** From so many on, quick modes are looked up and not searched for. */
const MANY_EXCHANGES = 16;
/** Shared by all IKE SAs without any. */
const NO_TIMES: readonly number[] = [];
const NEITHER_TOLD: readonly [readonly number[], readonly number[]] = [NO_TIMES, NO_TIMES];
const NEITHER_NAMED: readonly [readonly string[], readonly string[]] = [NO_VENDOR_IDS, NO_VENDOR_IDS];
const NEITHER_HASHED: readonly [null, null] = [null, null];
const NO_LIFE: readonly { at: number; segment: number }[] = [];
const NOTHING_OPENED: readonly OpenedNote[] = [];
const NO_QUICK_MODES: Exchange[] = [];
const MAX_OPENED = 32;

/** One of tens of thousands that are held at a time: its numbers lie in a pool. */
export class IkeSa extends SaNumbers {
  paths: readonly Path[] = [];
  /** Per side: vendor IDs in order. */
  vendorIds = NEITHER_NAMED;
  /**
   * Per side: its NAT-D hashes (RFC 3947 3.2), the first 8 bytes of each as two words; null where none was seen, empty
   * where two messages contradict each other.
   */
  natHashes: readonly [readonly number[] | null, readonly number[] | null] = NEITHER_HASHED;
  /** Quick modes in order of first appearance. */
  exchanges = NO_QUICK_MODES;
  outers: Map<string, OuterHeader> | null = null;
  /** The quick modes by message ID, once there are many. */
  private byId: Map<number, Exchange> | null = null;
  /** Per side: times of the latest distinct Informationals. */
  informationals = NEITHER_TOLD;
  earlierLife = NO_LIFE;
  /** Deletes and notifies of it that could be read: of the latest, `MAX_OPENED`. */
  opened = NOTHING_OPENED;
  /** What others than the capture say of it. */
  testimony: SessionTestimony | null = null;
  /** Half-open SAs that share the initiator cookie, from different hosts. */
  sibling: IkeSa | null = null;
  // No #fields: an IKE SA is kept in a state file as it is, and gets its methods back (see `revive`).

  /** @param pool where its numbers are to lie; else it has room of its own */
  constructor(number: number, message: Message, pool = new Pool(IkeSa.width, 1)) {
    super(pool);
    this.number = number;
    this.mode = 0;
    for (let i = 0; i < 4; i += 1) this.setCookies(i, message.cookies[i]);
    for (const side of [0, 1]) {
      this.setPhase1Messages(side, 0);
      this.setSources(side, 0);
    }
    this.firstAt = message.at;
    this.firstSegment = message.segment;
    this.lastLifeAt = message.at;
    this.lifeSegment = message.segment;
    this.lastFreshAt = message.at;
    this.answeredInformationals = 0;
    this.nextRecent = 0;
  }

  /** Makes an IKE SA again of the plain object that one became in a state file. */
  static revive(plain: IkeSa): void {
    Object.setPrototypeOf(plain, IkeSa.prototype);
    for (const exchange of plain.exchanges) Exchange.revive(exchange);
    for (const { exchange } of plain.outers?.values() ?? []) Exchange.revive(exchange);
  }

  /** Quick modes, paths and fragment headers: what it holds beside itself. */
  get parts(): number {
    return this.exchanges.length + this.paths.length + (this.outers?.size ?? 0);
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

  /** Side that sent a message between these endpoints, or -1 when neither end is known. */
  sideOf(from: number, to: number): Side | -1 {
    return sideOf(this.paths, from, to);
  }

  /** Traffic in both directions was seen between the host of `side` at `endpoint` and the other side. */
  isTwoWayFrom(side: Side, endpoint: number): boolean {
    const host = hostOf(endpoint);
    return this.paths.some((path) => hostOf(path.ends[side]) === host && isTwoWay(path));
  }

  /**
   * A copy from an address that the other side never speaks to, while it does speak to another: anybody who
   * saw the message could have sent it again.
   */
  isReplay(side: Side, from: number): boolean {
    return !this.isTwoWayFrom(side, from) && this.paths.some(isTwoWay);
  }

  /** The path of a message of `side`; made when new. Beyond the bound the last one stands in. */
  pathOf(from: number, to: number, side: Side, natTraversal: boolean): Path {
    const first = side === 0 ? from : to;
    const second = side === 0 ? to : from;
    for (const path of this.paths) {
      if (path.ends[0] === first && path.ends[1] === second) return path;
    }
    if (this.paths.length >= MAX_PATHS) return this.paths[MAX_PATHS - 1];
    const path = newPath([first, second], natTraversal);
    this.paths = this.paths.concat(path);
    return path;
  }

  /** A sign of life of `side`. */
  noteLife(side: Side, at: number, segment: number): void {
    if (segment !== this.lifeSegment) {
      if (segment < this.lifeSegment) return;
      const ended = { at: this.lastLifeAt, segment: this.lifeSegment };
      this.earlierLife = [...this.earlierLife.slice(1 - MAX_EARLIER), ended];
      // Times of before the step say nothing about what follows it.
      this.informationals = NEITHER_TOLD;
      this.informationalAt = Number.NaN;
      for (const each of [0, 1]) this.setDeletedAt(each, Number.NaN);
      this.lifeSegment = segment;
      this.lastLifeAt = at;
      this.lastFreshAt = at;
      this.setLastFrom(side, at, segment);
      return;
    }
    if (at > this.lastLifeAt) this.lastLifeAt = at;
    if (at > this.lastFreshAt) this.lastFreshAt = at;
    if (!(at <= this.lastFromIn(side, segment))) this.setLastFrom(side, at, segment);
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
    if (!isCopy) this.noteLife(side, message.at, message.segment);
    if (repeated && message.segment === this.lifeSegment) this.lastFreshAt = fresh;
    if (Number.isNaN(this.firstFromAtOf(side)) && !isUnsigned(message)) this.setFirstFromAt(side, message.at);
    this.setSources(side, this.sourcesOf(side) | sourceBit(message.source));
    if (message.cut) this.cut = true;
    if (message.logged) this.logged = true;
  }

  /**
   * True when the same bytes came before from anyone; remembers them otherwise. Of messages that were cut the
   * header may be all there is, and an answer can have that of its request: there the side must be the same.
   */
  repeats(message: Message, side: Side): boolean {
    const { prefix, full } = message.digest;
    for (let i = 0; i < RECENT; i += 3) {
      if (this.recentOf(i) !== prefix) continue;
      const whole = !message.cut && !Number.isNaN(this.recentOf(i + 1));
      if (whole ? this.recentOf(i + 1) === full : this.recentOf(i + 2) === side) return true;
    }
    const at = this.nextRecent;
    this.setRecent(at, prefix);
    this.setRecent(at + 1, message.cut ? Number.NaN : full);
    this.setRecent(at + 2, side);
    this.nextRecent = (at + 3) % RECENT;
    return false;
  }

  /** True for the decrypted twin that an ASA's capture holds beside the encrypted message (within 10 ms). */
  twinOfLast(message: Message, side: Side): boolean {
    const from = side * 4;
    const encrypted = message.encrypted ? 1 : 0;
    if (
      this.lastOf(from) === message.exchange &&
      this.lastOf(from + 1) === message.messageId &&
      this.lastOf(from + 2) !== encrypted &&
      // Phase 1 begins in the clear, and is never so again once it is encrypted.
      (message.exchange > 4 || encrypted === 0) &&
      message.at - this.lastOf(from + 3) <= 10_000
    ) {
      return true;
    }
    this.setLast(from, message.exchange);
    this.setLast(from + 1, message.messageId);
    this.setLast(from + 2, encrypted);
    this.setLast(from + 3, message.at);
    return false;
  }

  noteOpened(note: OpenedNote): void {
    this.opened = [...this.opened.slice(1 - MAX_OPENED), note];
  }

  noteInformational(side: Side, { at, length }: Message): void {
    // Both sides share a list as long as nothing is in it, also when they come out of a state file.
    if (this.informationals[0] === this.informationals[1]) this.informationals = [[], []];
    const times = this.informationals[side] as number[];
    if (times.length === MAX_INFORMATIONALS) times.shift();
    times.push(at);
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
    if (this.exchanges.length === 0) this.exchanges = [exchange];
    else this.exchanges.push(exchange);
    if (this.byId !== null) this.byId.set(exchange.messageId, exchange);
    else if (this.exchanges.length > MANY_EXCHANGES) {
      this.byId = new Map(this.exchanges.map((each) => [each.messageId, each]));
    }
  }

  exchangeOf(messageId: number): Exchange | undefined {
    if (this.byId !== null) return this.byId.get(messageId);
    return this.exchanges.find((exchange) => exchange.messageId === messageId);
  }
}

/** The same for both sides but for one of them. */
export function withSide<T>(both: readonly [T, T], side: Side, value: T): readonly [T, T] {
  return side === 0 ? [value, both[1]] : [both[0], value];
}

/** Nothing shows that the peer itself sent it. */
function isUnsigned({ encrypted, logged, exchange }: Message): boolean {
  return !encrypted && !logged && exchange === EXCHANGE_INFORMATIONAL;
}
