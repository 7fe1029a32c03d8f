/**
 * One IKE SA: everything the capture showed under one pair of cookies (RFC 2408 2.4), as facts. Which side is
 * the client is decided later (roles.ts): side 0 is the sender of the first message seen.
 *
 * Times are monotone clock values in microseconds; NaN means "not seen".
 */

import { hostOf } from "../collections/endpoints.ts";
import { sourceBit } from "../collections/sources.ts";
import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_INFORMATIONAL } from "../wire/isakmp.ts";
import type { Exchange, Stamp } from "./exchange.ts";
import type { OpenedNote } from "./opened-note.ts";
import { isTwoWay, newPath, type Path, type Side, sideOf } from "./paths.ts";
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
const MAX_RECENT = 8;
const MAX_INFORMATIONALS = 16;
const MAX_EARLIER = 8;
/** From so many on, quick modes are looked up and not searched for. */
const MANY_EXCHANGES = 16;
/** Shared by all IKE SAs without any. */
const NO_TIMES: readonly number[] = [];
const NO_LIFE: readonly { at: number; segment: number }[] = [];
const NOTHING_OPENED: readonly OpenedNote[] = [];
const MAX_OPENED = 32;

/**
 * Tens of thousands are held at a time, so the lists of one are as large as what is in them: one that grows by `push`
 * takes room for 17 at its first element.
 */
export class IkeSa {
  /** Running number, in the order of first appearance. */
  readonly number: number;
  /** Initiator and responder cookie, two 32-bit words each. */
  readonly cookies: number[];
  /** The first message (responder cookie zero, RFC 2408 3.1) was seen: side 0 began phase 1. */
  phase1Seen = false;
  /** Exchange type of phase 1: 2 main, 4 aggressive; 0 when no message of it was seen. */
  mode = 0;
  firstAt: number;
  firstSegment: number;
  paths: readonly Path[] = [];
  /** Per side: distinct phase-1 messages, and when the side finished its part of phase 1. */
  readonly phase1Messages: [number, number] = [0, 0];
  readonly phase1FinishedAt: [number, number] = [Number.NaN, Number.NaN];
  /** Per side: vendor IDs in order, and the life duration offered or chosen, in seconds. */
  readonly vendorIds: [readonly string[], readonly string[]] = [NO_VENDOR_IDS, NO_VENDOR_IDS];
  readonly lifeSeconds: [number | null, number | null] = [null, null];
  natDiscovery = false;
  /**
   * Per side: its NAT-D hashes (RFC 3947 3.2), the first 8 bytes of each as two words; null where none was seen, empty
   * where two messages contradict each other.
   */
  readonly natHashes: [readonly number[] | null, readonly number[] | null] = [null, null];
  /** Hash algorithm that phase 1 agreed on (RFC 2409 App. A); null where that was not seen. */
  hash: number | null = null;
  /** Sources that showed a message of each side (see `sourceBit`). */
  readonly sources: [number, number] = [0, 0];
  /** Quick modes in order of first appearance. */
  exchanges: Exchange[] = [];
  outers: Map<string, OuterHeader> | null = null;
  /** The quick modes by message ID, once there are many. */
  private byId: Map<number, Exchange> | null = null;
  /** Per side: times of the latest distinct Informationals. */
  readonly informationals: [readonly number[], readonly number[]] = [NO_TIMES, NO_TIMES];
  /** Per side: its first message, but for Informationals in the clear, which anybody can send. */
  readonly firstFromAt: [number, number] = [Number.NaN, Number.NaN];
  /** Per side: the last sign of the side itself (IKE, ESP, keepalive). */
  readonly lastFromAt: [number, number] = [Number.NaN, Number.NaN];
  /** Last sign of life of any kind in `lifeSegment`; earlier segments in `earlierLife`. */
  lastLifeAt: number;
  lifeSegment: number;
  earlierLife = NO_LIFE;
  /** Last sign of life that is not a retransmission. */
  lastFreshAt: number;
  /** Informationals answered within 1 s by one of the same length: DPD (RFC 3706), which Windows does not have. */
  answeredInformationals = 0;
  /** The last Informational: time, length, side. */
  private lastInformational = [Number.NaN, 0, 0];
  /** A short snaplen cut a message. */
  cut = false;
  /** Deletes and notifies of it that could be read: of the latest, `MAX_OPENED`. */
  opened: readonly OpenedNote[] = NOTHING_OPENED;
  /** When each side deleted the SA, by a message that could be read; NaN where it did not. */
  readonly deletedAt: [number, number] = [Number.NaN, Number.NaN];
  /** What others than the capture say of it. */
  testimony: SessionTestimony | null = null;
  /** A log told of a message, which has no content: that an answer was missed is not proven on this SA. */
  logged = false;
  /** Half-open SAs that share the initiator cookie, from different hosts. */
  sibling: IkeSa | null = null;
  // No #fields below: an IKE SA is kept in a state file as it is, and gets its methods back (see `revive`).
  /**
   * The latest distinct messages, a ring: prefix, and full print or NaN where the capture cut the message. Of
   * `MAX_RECENT` that is what a list has room for at its first element.
   */
  private readonly recent: number[] = [];
  private nextRecent = 0;
  /** Their sides, a bit for each. */
  private recentSides = 0;
  /** The last message of each side, to know a decrypted copy: exchange, message ID, E flag, time. */
  private readonly last = [Number.NaN, 0, 0, 0, Number.NaN, 0, 0, 0];

  constructor(number: number, message: Message) {
    this.number = number;
    this.cookies = Array.from(message.cookies);
    this.firstAt = message.at;
    this.firstSegment = message.segment;
    this.lastLifeAt = message.at;
    this.lifeSegment = message.segment;
    this.lastFreshAt = message.at;
  }

  /** Makes an IKE SA again of the plain object that one became in a state file. */
  static revive(plain: IkeSa): void {
    Object.setPrototypeOf(plain, IkeSa.prototype);
  }

  /** Quick modes, paths and fragment headers: what it holds beside itself. */
  get parts(): number {
    return this.exchanges.length + this.paths.length + (this.outers?.size ?? 0);
  }

  get answered(): boolean {
    return this.cookies[2] !== 0 || this.cookies[3] !== 0;
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
      this.informationals.fill(NO_TIMES);
      this.lifeSegment = segment;
      this.lastLifeAt = at;
      this.lastFreshAt = at;
      this.lastFromAt[side] = at;
      return;
    }
    if (at > this.lastLifeAt) this.lastLifeAt = at;
    if (at > this.lastFreshAt) this.lastFreshAt = at;
    if (!(at <= this.lastFromAt[side])) this.lastFromAt[side] = at;
  }

  /** A message of `side`, a retransmission or not. */
  noteActivity(message: Message, side: Side, repeated: boolean): void {
    const fresh = this.lastFreshAt;
    this.noteLife(side, message.at, message.segment);
    if (repeated && message.segment === this.lifeSegment) this.lastFreshAt = fresh;
    if (Number.isNaN(this.firstFromAt[side]) && !isUnsigned(message)) this.firstFromAt[side] = message.at;
    this.sources[side] |= sourceBit(message.source);
    if (message.cut) this.cut = true;
    if (message.logged) this.logged = true;
  }

  /**
   * True when the same bytes came before from anyone; remembers them otherwise. Of messages that were cut the
   * header may be all there is, and an answer can have that of its request: there the side must be the same.
   */
  repeats(message: Message, side: Side): boolean {
    const recent = this.recent;
    const { prefix, full } = message.digest;
    for (let i = 0; i < recent.length; i += 2) {
      if (recent[i] !== prefix) continue;
      const whole = !message.cut && !Number.isNaN(recent[i + 1]);
      if (whole ? recent[i + 1] === full : ((this.recentSides >> (i >> 1)) & 1) === side) return true;
    }
    const at = this.nextRecent;
    recent[2 * at] = prefix;
    recent[2 * at + 1] = message.cut ? Number.NaN : full;
    this.recentSides = (this.recentSides & ~(1 << at)) | (side << at);
    this.nextRecent = (at + 1) % MAX_RECENT;
    return false;
  }

  /** True for the decrypted twin that an ASA's capture holds beside the encrypted message (within 10 ms). */
  twinOfLast(message: Message, side: Side): boolean {
    const last = this.last;
    const from = side * 4;
    const encrypted = message.encrypted ? 1 : 0;
    if (
      last[from] === message.exchange &&
      last[from + 1] === message.messageId &&
      last[from + 2] !== encrypted &&
      // Phase 1 begins in the clear, and is never so again once it is encrypted.
      (message.exchange > 4 || encrypted === 0) &&
      message.at - last[from + 3] <= 10_000
    ) {
      return true;
    }
    last[from] = message.exchange;
    last[from + 1] = message.messageId;
    last[from + 2] = encrypted;
    last[from + 3] = message.at;
    return false;
  }

  noteOpened(note: OpenedNote): void {
    this.opened = [...this.opened.slice(1 - MAX_OPENED), note];
  }

  noteInformational(side: Side, { at, length }: Message): void {
    if (this.informationals[side].length === 0) this.informationals[side] = [];
    const times = this.informationals[side] as number[];
    if (times.length === MAX_INFORMATIONALS) times.shift();
    times.push(at);
    const last = this.lastInformational;
    const [before, lengthBefore, sideBefore] = last;
    const answers = sideBefore !== side && lengthBefore === length && at - before <= ANSWERED_WITHIN;
    if (answers) this.answeredInformationals += 1;
    last[0] = answers ? Number.NaN : at;
    last[1] = answers ? 0 : length;
    last[2] = answers ? 0 : side;
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

/** Nothing shows that the peer itself sent it. */
function isUnsigned({ encrypted, logged, exchange }: Message): boolean {
  return !encrypted && !logged && exchange === EXCHANGE_INFORMATIONAL;
}
