/**
 * Takes ISAKMP messages, ESP and keepalives in the order of the capture and keeps the facts: IKE SAs with
 * their exchanges, flows, hosts. It judges nothing; everything it keeps is bounded.
 */

import { hostOf } from "../collections/endpoints.ts";
import { digestOf, Message, sameDigest } from "../wire/datagram.ts";
import { fragmentNumber, isFragment } from "../wire/fragments.ts";
import { classifyHeader, EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK, HeaderClass } from "../wire/isakmp.ts";
import type { Located } from "../wire/locate.ts";
import { compactHosts } from "./compact-hosts.ts";
import { CopyFilter } from "./copies.ts";
import { Exchange, stampOf, UNUSABLE_AFTER } from "./exchange.ts";
import { informational, phase1, readNotify } from "./exchange-rules.ts";
import { FlowTable } from "./flows.ts";
import { HostTable } from "./hosts.ts";
import { bytesOf, type Opener, readOpened, saysNothing } from "./opened.ts";
import { FragmentAssembler } from "./reassembly.ts";
import { Remembered } from "./remembered.ts";
import { type IkeSa, noteEcho, type OuterHeader, type Path, type Side } from "./sa.ts";
import { SaTable } from "./sa-table.ts";
import { VendorLists } from "./vendor-lists.ts";

/** Quick modes kept per IKE SA; a client that counts makes one an hour. */
const MAX_EXCHANGES = 1024;
/** Headers of unfinished fragment sets, of one IKE SA and of all: who sends fragments sends all of them, as a rule. */
const MAX_OUTERS = 16;
const MAX_ALL_OUTERS = 16_384;
const COMPACT_HOSTS_AT = 65_536;
/** IKE SAs held at a time: with what belongs to each, and the report on them, they take about 150 MB. */
const MAX_SAS = 40_000;

export interface TrackerOptions {
  maxSas?: number;
  maxFlows?: number;
  /** Addresses in memory beyond which those that nothing needs are looked for. */
  compactHostsAt?: number;
}

export class Tracker {
  readonly hosts = new HostTable();
  /** What IKE SAs showed that were dropped since. */
  readonly remembered = new Remembered();
  readonly flows: FlowTable;
  readonly table: SaTable;
  readonly #echoes = new CopyFilter();
  readonly #fragments = new FragmentAssembler();
  readonly #inner = new Message();
  readonly #vendorLists = new VendorLists();
  readonly #fewHosts: number;
  #compactHostsAt: number;
  /** Responders that somebody else judges: quick modes with them are not kept. Null: there are none. */
  isOthers: ((host: number) => boolean) | null = null;
  /** Who has keys; null: encrypted messages stay closed. */
  opener: Opener | null = null;
  echoes = 0;
  retransmissions = 0;
  /** Fragments that completed a quick mode and whose own headers named another exchange. */
  quickModesInFragments = 0;
  /** Quick modes beyond the bound of one IKE SA. */
  #evictedExchanges = 0;
  #outers = 0;

  constructor(options: TrackerOptions = {}) {
    this.#fewHosts = options.compactHostsAt ?? COMPACT_HOSTS_AT;
    this.#compactHostsAt = this.#fewHosts;
    this.flows = new FlowTable(this.hosts, options.maxFlows);
    this.table = new SaTable(
      options.maxSas ?? MAX_SAS,
      (gone) => this.#release(gone),
      (sa) => this.#lastLifeOf(sa),
    );
  }

  /**
   * Forgets IKE SAs that matter no more, and what only they needed.
   * @param at capture clock: exchanges begun before wait for nothing any more
   * @param reservedHosts numbers below are held by others and stay as they are
   */
  forget(gone: ReadonlySet<IkeSa>, at: number, reservedHosts: number): void {
    if (gone.size > 0) this.table.remove(gone);
    this.hosts.stopWaiting(at);
    // A judgement has made quick modes of some.
    this.#outers = this.table.sas.reduce((sum, sa) => sum + (sa.outers?.size ?? 0), 0);
    this.boundHosts(reservedHosts);
  }

  /**
   * Drops addresses that nothing needs any more, once there are many: hosts have other numbers then.
   * @param reserved numbers below are held by others and stay as they are
   */
  boundHosts(reserved: number): void {
    if (this.hosts.size < this.#compactHostsAt) return;
    compactHosts(this.hosts, this.table.sas, this.flows, this.#echoes, reserved);
    this.#compactHostsAt = Math.max(this.#fewHosts, this.hosts.size * 2);
  }

  /** What was dropped because there was no room, by table. */
  get evicted(): Record<string, number> {
    return {
      ikeSas: this.table.evicted,
      exchanges: this.#evictedExchanges,
      fragments: this.#fragments.evicted,
      flows: this.flows.evicted,
      spis: this.flows.spis.evicted,
      echoes: this.#echoes.evicted,
      vendorIds: this.#vendorLists.evicted,
      remembered: this.remembered.evicted,
    };
  }

  /** All that is known, as one graph of objects to be kept in a state file. */
  save() {
    const { echoes, retransmissions, quickModesInFragments } = this;
    return {
      hosts: this.hosts.save(),
      flows: this.flows.save(),
      table: this.table.save(),
      copyFilter: this.#echoes.save(),
      fragments: this.#fragments.save(),
      vendorLists: this.#vendorLists.save(),
      remembered: this.remembered.save(),
      counts: { echoes, retransmissions, quickModesInFragments },
      compactHostsAt: this.#compactHostsAt,
      evictedExchanges: this.#evictedExchanges,
      outers: this.#outers,
    };
  }

  restore(saved: ReturnType<Tracker["save"]>): void {
    this.hosts.restore(saved.hosts);
    this.flows.restore(saved.flows);
    this.table.restore(saved.table);
    this.#echoes.restore(saved.copyFilter);
    this.#fragments.restore(saved.fragments);
    this.#vendorLists.restore(saved.vendorLists);
    this.remembered.restore(saved.remembered);
    Object.assign(this, saved.counts);
    this.#compactHostsAt = saved.compactHostsAt;
    this.#evictedExchanges = saved.evictedExchanges;
    this.#outers = saved.outers;
  }

  /** The last sign of the SA or of ESP and keepalives on its endpoints, whoever they belong to. */
  #lastLifeOf(sa: IkeSa): number {
    let last = sa.lastLifeAt;
    for (const { ends, natTraversal } of sa.paths) {
      for (const overIp of natTraversal ? [false] : [false, true]) {
        for (const [from, to] of [ends, [ends[1], ends[0]]]) {
          const row = this.flows.find(from, to, overIp);
          if (row >= 0) last = later(last, this.flows.lastAt[row]);
        }
      }
    }
    return last;
  }

  /** Nothing may hold on to IKE SAs that are given up. */
  #release(gone: ReadonlySet<IkeSa>): void {
    const exchanges = new Set<Exchange>();
    for (const sa of gone) {
      for (const exchange of sa.exchanges) exchanges.add(exchange);
      this.#outers -= sa.outers?.size ?? 0;
    }
    this.flows.release(exchanges);
    this.hosts.release(exchanges);
    this.#echoes.release(gone);
  }

  /** An ESP packet or a NAT keepalive. */
  life(
    bytes: Uint8Array,
    located: Located,
    esp: boolean,
    at: number,
    segment: number,
    source: number,
    whole = true,
  ): void {
    this.flows.see(bytes, located, esp, at, segment, source, whole);
  }

  /** A message that is not looked into (IKEv2, AuthIP), between endpoints: its sender is seen, and who speaks IKEv2. */
  otherProtocol(from: number, to: number, ikev2: boolean, at: number): void {
    this.hosts.sent(hostOf(from), at);
    if (ikev2) this.hosts.noteIkev2(from, to);
  }

  /** An ISAKMP message of IKEv1. */
  message(message: Message): void {
    const { hosts } = this;
    hosts.sent(hostOf(message.from), message.at);
    hosts.isakmp[hostOf(message.from)] = 1;
    hosts.isakmp[hostOf(message.to)] = 1;
    const occurrence = this.#echoes.see(message);
    const original = this.#echoes.original!;
    if (occurrence === "echo") {
      this.echoes += 1;
      if (original.sa !== null) echoPath(original.sa, original.side, original.points, message);
      return;
    }
    const sa = this.table.find(message);
    if (sa === null) return;
    const side = sa.sideOf(message.from, message.to);
    if (side < 0) return;
    original.sa = sa;
    original.side = side as Side;
    const paths = sa.paths.length;
    const path = sa.pathOf(message.from, message.to, side as Side, message.natTraversal);
    this.table.parts += sa.paths.length - paths;
    this.table.makeRoom();
    if (isFragment(message.bytes, message.offset, message.captured)) {
      this.#fragment(sa, side as Side, path, message);
      return;
    }
    this.#apply(sa, side as Side, path, message);
  }

  #apply(sa: IkeSa, side: Side, path: Path, message: Message): void {
    if (sa.twinOfLast(message, side)) {
      this.echoes += 1;
      // A gateway's clear copy of what it decrypted.
      if (!message.encrypted && !message.cut) readOpened(sa, side, message, bytesOf(message));
      if (message.exchange === EXCHANGE_INFORMATIONAL && !message.encrypted) readNotify(sa, side, message);
      return;
    }
    const repeated = sa.repeats(message, side);
    // A log does not tell the same message from another one with its header.
    if (repeated && !message.logged) this.retransmissions += 1;
    path.heard |= 1 << side;
    if (isSecured(message)) path.secured |= 1 << side;
    path.lastAt = message.at;
    // It proves neither that the sender lives nor that it missed an answer.
    if (repeated && sa.isReplay(side, message.from)) return;
    const clear = repeated ? null : this.#open(message, side);
    if (message.exchange === EXCHANGE_QUICK) {
      if (message.messageId !== 0) this.#quickMode(sa, side, message, repeated);
    } else if (!repeated && message.phase1) phase1(sa, side, message, this.#vendorLists);
    else if (!repeated && message.exchange === EXCHANGE_INFORMATIONAL && !saysNothing(clear)) {
      informational(sa, side, message);
    }
    if (clear !== null) readOpened(sa, side, message, clear);
    sa.noteActivity(message, side, repeated);
  }

  /** The message in the clear, where a key opens it; what records and logs tell of has no content. */
  #open(message: Message, side: Side): Uint8Array | null {
    if (this.opener === null || message.logged || message.captured < message.length) return null;
    return this.opener.open(message, side);
  }

  #fragment(sa: IkeSa, side: Side, path: Path, message: Message): void {
    const { bytes, offset, captured } = message;
    const set = `${sa.number}/${side}`;
    const whole = this.#fragments.add(set, bytes, offset, captured);
    const outer = `${set}/${message.exchange}/${message.messageId}`;
    if (whole === null) {
      const counts =
        message.exchange === EXCHANGE_QUICK && message.messageId !== 0 && !this.#belongsToOthers(sa);
      const known = sa.outers?.get(outer);
      if (counts && known !== undefined) notePiece(known, message);
      else if (counts && (sa.outers?.size ?? 0) < MAX_OUTERS) {
        if (this.#outers >= MAX_ALL_OUTERS) this.#evictedExchanges += 1;
        else this.#addOuter(sa, outer, side, message);
      }
      sa.noteActivity(message, side, false);
      return;
    }
    if (sa.outers?.delete(outer) === true) {
      this.table.parts -= 1;
      this.#outers -= 1;
    }
    const inner = this.#inner;
    const usable =
      classifyHeader(whole, 0, whole.length, whole.length) === HeaderClass.ikev1 &&
      message.cookies.every((word, i) => word === readWord(whole, i * 4));
    if (!usable) {
      sa.noteActivity(message, side, false);
      return;
    }
    inner.hasPublicDigest = message.hasPublicDigest;
    inner.logged = message.logged;
    inner.read(whole, 0, whole.length, whole.length);
    copyPlace(message, inner);
    if (inner.exchange === EXCHANGE_QUICK && message.exchange !== EXCHANGE_QUICK)
      this.quickModesInFragments += 1;
    this.#apply(sa, side, path, inner);
  }

  /** The header of a fragment stands for its message, until the set is whole. */
  #addOuter(sa: IkeSa, key: string, side: Side, message: Message): void {
    this.table.parts += 1;
    this.#outers += 1;
    sa.outers ??= new Map();
    sa.outers.set(key, {
      side,
      messageId: message.messageId,
      exchange: new Exchange(message, side),
      pieces: pieceOf(message),
      copies: 0,
      last: { at: message.at, stamp: stampOf(message) },
    });
  }

  #quickMode(sa: IkeSa, side: Side, message: Message, repeated: boolean): void {
    const exchange = sa.exchangeOf(message.messageId);
    if (exchange === undefined) {
      if (this.#belongsToOthers(sa)) return;
      if (sa.exchanges.length < MAX_EXCHANGES) this.#begin(sa, side, message);
      else this.#evictedExchanges += 1;
      return;
    }
    if (side !== exchange.starter) {
      if (Number.isNaN(exchange.replyAt)) {
        exchange.replyAt = message.at;
        exchange.replyLength = message.logged ? Number.NaN : message.length;
      }
      return;
    }
    // No content: it may be the first message again, or a part of it.
    if (message.logged) return;
    if (sameDigest(exchange.firstDigest, digestOf(message))) {
      if (!repeated) this.retransmissions += 1;
      exchange.retransmissions += 1;
      if (message.at - exchange.replyAt > UNUSABLE_AFTER) exchange.copiesAfterReply += 1;
      exchange.lastRetransmissionAt = message.at;
      exchange.lastRetransmission = stampOf(message);
      return;
    }
    if (!Number.isNaN(exchange.replyAt)) exchange.followedReply = true;
    if (message.length < exchange.firstLength) exchange.followedShorter = true;
    if (Number.isNaN(exchange.followedAt)) exchange.followedAt = message.at;
    if (Number.isNaN(exchange.followedLength)) exchange.followedLength = message.length;
  }

  /** Who saw phase 1 knows the responder. The SA itself stays: without it, later messages would begin another. */
  #belongsToOthers(sa: IkeSa): boolean {
    return (
      this.isOthers !== null && sa.phase1Seen && sa.answered && this.isOthers(hostOf(sa.paths[0].ends[1]))
    );
  }

  #begin(sa: IkeSa, side: Side, message: Message): void {
    const exchange = new Exchange(message, side);
    sa.addExchange(exchange);
    this.table.parts += 1;
    this.hosts.watch(hostOf(message.to), exchange);
    // ESP over IP has no ports; NAT-T carries it in UDP between the endpoints of the quick mode.
    const overIp = !message.natTraversal;
    const there = this.flows.rowOf(message.from, message.to, overIp);
    const back = this.flows.rowOf(message.to, message.from, overIp);
    const { segment } = message;
    const { flows } = this;
    exchange.before = {
      lifeAt: later(flows.lastIn(there, segment), flows.lastIn(back, segment)),
      espAt: later(flows.lastEspAt(there, segment), flows.lastEspAt(back, segment)),
      unheard: flows.isUnheard(there),
      steady: this.hosts.activity.isSteady(hostOf(message.to), message.at),
    };
    flows.watch(there, exchange, true);
    flows.watch(back, exchange, false);
  }
}

/** The later of two times; NaN is none. */
function later(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}

/** What only who took part in phase 1 can send. */
function isSecured({ encrypted, exchange }: Message): boolean {
  return encrypted || exchange === EXCHANGE_QUICK;
}

function readWord(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  );
}

/** A bit for the number of a fragment. */
function pieceOf({ bytes, offset }: Message): number {
  return 1 << (fragmentNumber(bytes, offset) & 31);
}

/** Another fragment under an outer header: a number that was there already begins the message's next copy. */
function notePiece(outer: OuterHeader, message: Message): void {
  const piece = pieceOf(message);
  if ((outer.pieces & piece) === 0) {
    outer.pieces |= piece;
    return;
  }
  outer.pieces = piece;
  outer.copies += 1;
  outer.last = { at: message.at, stamp: stampOf(message) };
}

function copyPlace(from: Message, to: Message): void {
  to.from = from.from;
  to.to = from.to;
  to.identification = from.identification;
  to.natTraversal = from.natTraversal;
  to.at = from.at;
  to.segment = from.segment;
  to.micros = from.micros;
  to.nanos = from.nanos;
  to.frame = from.frame;
  to.source = from.source;
  to.capturePoint = from.capturePoint;
}

/** A copy was seen elsewhere: both places are paths of the SA, and the order tells which end of a NAT each is. */
function echoPath(
  sa: IkeSa,
  side: Side,
  points: readonly { from: number; to: number }[],
  message: Message,
): void {
  const first = sa.pathOf(points[0].from, points[0].to, side, message.natTraversal);
  const later = sa.pathOf(message.from, message.to, side, message.natTraversal);
  if (first === later) return;
  noteEcho(first, later, side);
  if (isSecured(message)) later.secured |= 1 << side;
}
