/**
 * Takes ISAKMP messages, ESP and keepalives in the order of the capture and keeps the facts: IKE SAs with
 * their exchanges, flows, hosts. It judges nothing; everything it keeps is bounded.
 */

import { hostOf } from "../collections/endpoints.ts";
import { SEED_A, SEED_B } from "../core/message-layout.ts";
import type { Border } from "../linear/walk.ts";
import type { Message } from "../wire/datagram.ts";
import type { Arrival, Datagram } from "../wire/decoded.ts";
import { SEED_A as DIGEST_SEED_A, SEED_B as DIGEST_SEED_B } from "../wire/digest.ts";
import { isFragment } from "../wire/fragments.ts";
import { EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK } from "../wire/isakmp.ts";
import type { Located } from "../wire/locate.ts";
import { BegunQuickModes } from "./begun-quick-modes.ts";
import { compactHosts } from "./compact-hosts.ts";
import { echoPath, isSecured } from "./copied-paths.ts";
import { CopyFilter } from "./copies.ts";
import { informational, phase1, readNotify } from "./exchange-rules.ts";
import { FlowTable } from "./flows.ts";
import { FragmentedMessages } from "./fragmented.ts";
import type { GivenUp } from "./given-up.ts";
import { HostTable } from "./hosts.ts";
import { lastLifeOf } from "./last-life.ts";
import { bytesOf, type Opener, readOpened, saysNothing } from "./opened.ts";
import { isTwoWay, type Path, type Side } from "./paths.ts";
import { QuickModes } from "./quick-modes.ts";
import { Remembered } from "./remembered.ts";
import { type IkeSa, isUnsigned } from "./sa.ts";
import { SaTable } from "./sa-table.ts";
import type { TrackerOptions } from "./tracker-options.ts";
import { VendorLists } from "./vendor-lists.ts";

/** Twice as many as there are IKE SAs at most, unless more are asked for. */
const COMPACT_HOSTS_AT = 131_072;
/** IKE SAs held at a time, with the report on them some 130 MB; 450 where a capture is made to have all looked at. */
const MAX_SAS = 60_000;

export class Tracker {
  readonly hosts: HostTable;
  /** What IKE SAs showed that were dropped since. */
  readonly remembered = new Remembered();
  readonly flows: FlowTable;
  readonly table: SaTable;
  readonly #echoes: CopyFilter;
  readonly #fragments: FragmentedMessages;
  readonly vendorLists = new VendorLists();
  readonly #fewHosts: number;
  #compactHostsAt: number;
  /** Responders that somebody else judges: quick modes with them are not kept. Null: there are none. */
  isOthers: ((host: number) => boolean) | null = null;
  /** Who has keys; null: encrypted messages stay closed. */
  opener: Opener | null = null;
  echoes = 0;
  retransmissions = 0;
  readonly #quickModes: QuickModes;
  readonly #begun: BegunQuickModes;

  constructor(options: TrackerOptions = {}) {
    this.#fewHosts = options.compactHostsAt ?? COMPACT_HOSTS_AT;
    this.#compactHostsAt = this.#fewHosts;
    const maxSas = options.maxSas ?? MAX_SAS;
    this.hosts = new HostTable(options.memory, Math.max(this.#fewHosts, maxSas));
    this.#echoes = new CopyFilter(options.memory);
    this.flows = new FlowTable(this.hosts, options.maxFlows, options.memory, options.maxSpis);
    this.table = new SaTable(
      maxSas,
      (gone) => this.#release(gone),
      (sa) => lastLifeOf(sa, this.flows),
      options.memory,
      this.vendorLists,
    );
    this.#begun = new BegunQuickModes(this.flows, this.hosts, this.table.begun, options.memory, maxSas);
    const kept = { table: this.table, isLeftOut: this.#belongsToOthers.bind(this), begun: this.#begun };
    this.#quickModes = new QuickModes(this.flows, this.hosts, kept);
    this.#fragments = new FragmentedMessages(kept);
  }

  /** Takes in what the core has begun: before anybody asks for it, and before a message that it leaves here. */
  catchUp(): void {
    this.table.begun.takeIn(this.#begun);
  }

  /** The same, and looks for the ESP of quick modes. */
  #catchUpWithEsp(): void {
    this.catchUp();
    this.#begun.watchAll();
  }

  #sent(host: number, at: number, segment: number): void {
    this.table.pools.noteSent(this.hosts.takeBegun(host), { at, segment });
    this.hosts.sent(host, at, segment);
  }

  /**
   * Forgets IKE SAs that matter no more, and what only they needed.
   * @param at capture clock: exchanges begun before wait for nothing any more
   * @param reservedHosts numbers below are held by others and stay as they are
   */
  forget(gone: ReadonlySet<IkeSa>, at: number, reservedHosts: number): void {
    this.#catchUpWithEsp();
    if (gone.size > 0) this.table.remove(gone);
    this.hosts.stopWaiting(at);
    this.#fragments.recount();
    this.boundHosts(reservedHosts);
  }

  /**
   * Drops addresses that nothing needs any more, once there are many: hosts have other numbers then.
   * @param reserved numbers below are held by others and stay as they are
   */
  boundHosts(reserved: number): void {
    if (this.hosts.size < this.#compactHostsAt) return;
    this.catchUp();
    compactHosts(this.hosts, [this.table, this.#begun], this.flows, this.#echoes, reserved);
    this.#compactHostsAt = Math.max(this.#fewHosts, this.hosts.size * 2);
  }

  /** Nothing comes any more: what only messages need is given up. */
  endReading(): void {
    this.catchUp();
    this.#begun.end();
    this.table.endReading();
  }

  /** Fragments that completed a quick mode and whose own headers named another exchange. */
  get quickModesInFragments(): number {
    return this.#fragments.quickModes;
  }

  /** What was dropped because there was no room, by table. */
  get evicted(): Record<string, number> {
    return {
      ikeSas: this.table.evicted,
      exchanges: this.#quickModes.evicted + this.#fragments.evictedOuters,
      fragments: this.#fragments.evicted,
      flows: this.flows.evicted,
      spis: this.flows.spis.evicted,
      echoes: this.#echoes.evicted,
      vendorIds: this.vendorLists.evicted,
      remembered: this.remembered.evicted,
    };
  }

  /** All that is known, as one graph of objects to be kept in a state file. */
  save() {
    this.#catchUpWithEsp();
    const { echoes, retransmissions } = this;
    return {
      hosts: this.hosts.save(),
      flows: this.flows.save(),
      table: this.table.save(),
      copyFilter: this.#echoes.save(),
      fragments: this.#fragments.save(),
      vendorLists: this.vendorLists.save(),
      remembered: this.remembered.save(),
      counts: { echoes, retransmissions },
      compactHostsAt: this.#compactHostsAt,
      evictedExchanges: this.#quickModes.evicted,
    };
  }

  restore(saved: ReturnType<Tracker["save"]>): void {
    this.hosts.restore(saved.hosts);
    this.flows.restore(saved.flows);
    this.table.restore(saved.table);
    this.#echoes.restore(saved.copyFilter);
    this.#fragments.restore(saved.fragments);
    this.vendorLists.restore(saved.vendorLists);
    this.remembered.restore(saved.remembered);
    Object.assign(this, saved.counts);
    this.#compactHostsAt = saved.compactHostsAt;
    this.#quickModes.evicted = saved.evictedExchanges;
  }

  /** Nothing may hold on to IKE SAs that are given up. */
  #release(gone: GivenUp): void {
    for (const sa of gone.sas) this.#fragments.release(sa);
    this.#begun.release(gone);
    this.flows.release(gone.exchanges);
    this.hosts.release(gone.exchanges, (first) => this.table.pools.withoutWaiting(first, gone.rows));
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
    this.#catchUpWithEsp();
    this.flows.see(bytes, located, esp, at, segment, source, whole);
  }

  /** A message that is not looked into (IKEv2, AuthIP), between endpoints: its sender is seen, and who speaks IKEv2. */
  otherProtocol(from: number, to: number, ikev2: boolean, { at, segment }: Datagram): void {
    this.catchUp();
    this.#sent(hostOf(from), at, segment);
    if (ikev2) this.hosts.noteIkev2(from, to);
  }

  messagesLieAt(border: Border): void {
    this.hosts.messagesLieAt(border);
    this.#echoes.lieAt(border);
    this.table.lieAt(border);
    border.value(SEED_A, DIGEST_SEED_A);
    border.value(SEED_B, DIGEST_SEED_B);
  }

  /** An ISAKMP message of IKEv1. @param arrival what is known of it beforehand */
  message(message: Message, arrival: Arrival | null = null): void {
    this.catchUp();
    const { hosts } = this;
    this.#sent(hostOf(message.from), message.at, message.segment);
    hosts.isakmp[hostOf(message.from)] = 1;
    hosts.isakmp[hostOf(message.to)] = 1;
    const copies = this.#echoes;
    const occurrence = arrival === null ? copies.see(message) : copies.saw(arrival.row, arrival.isEcho);
    if (occurrence === "echo") {
      this.echoes += 1;
      const sa = this.table.keys.countedFor(message, copies.sa);
      if (sa !== null) echoPath(sa, copies.side, copies, message);
      return;
    }
    const sa = this.table.find(message);
    if (sa === null) return;
    const side = sa.sideOf(message.from, message.to);
    if (side < 0) return;
    copies.countFor(sa, side as Side);
    const { pathCount } = sa;
    const path = sa.pathAt(sa.pathOf(message.from, message.to, side as Side, message.natTraversal));
    this.table.parts += sa.pathCount - pathCount;
    this.table.makeRoom();
    const isPart = isFragment(message.bytes, message.offset, message.captured);
    const whole = isPart ? this.#fragments.take(sa, side as Side, message) : message;
    if (whole !== null) this.#apply(sa, side as Side, path, whole);
    if (arrival?.asks === true) this.#answer(arrival, sa, side as Side, message);
  }

  /** Tells the core what the message says in the clear, which it does not know yet. */
  #answer(arrival: Arrival, sa: IkeSa, side: Side, message: Message): void {
    const { lifeSeconds, hash } = message.clearPayloads();
    // Lists that find no room are counted each time.
    if (this.vendorLists.evicted === 0)
      arrival.tell(sa.vendorListOf(side), lifeSeconds ?? Number.NaN, hash ?? Number.NaN);
  }

  #apply(sa: IkeSa, side: Side, path: Path, message: Message): void {
    if (sa.twinOfLast(message, side)) {
      this.echoes += 1;
      // A gateway's clear copy of what it decrypted.
      const isReadable = !message.encrypted && isTwoWay(path);
      if (isReadable && !message.cut)
        readOpened(sa, side, message, { clear: bytesOf(message), isProven: false });
      if (isReadable && message.exchange === EXCHANGE_INFORMATIONAL) readNotify(sa, side, message);
      return;
    }
    const repeated = sa.repeats(message, side);
    // A log does not tell the same message from another one with its header.
    if (repeated && !message.logged) this.retransmissions += 1;
    path.heard |= 1 << side;
    if (isSecured(message)) path.secured |= 1 << side;
    path.lastAt = message.at;
    path.lastSegment = message.segment;
    // It proves neither that the sender lives nor that it missed an answer.
    if (repeated && sa.isReplay(side, message.from)) return;
    // First of all: behind a step of the clock what the SA knows of times begins anew.
    sa.noteActivity(message, side, repeated);
    if (!message.phase1 && !isUnsigned(message))
      this.flows.heardByIke(message.from, message.to, !message.natTraversal);
    const clear = repeated ? null : this.#open(message, side);
    if (message.exchange === EXCHANGE_QUICK) {
      const isCopy = message.messageId !== 0 && this.#quickModes.take(sa, side, message);
      if (isCopy && !repeated) this.retransmissions += 1;
    } else if (!repeated && message.phase1) phase1(sa, side, message, this.vendorLists);
    else if (!repeated && message.exchange === EXCHANGE_INFORMATIONAL && !saysNothing(clear)) {
      informational(sa, side, message, isTwoWay(path), this.table.pools.informationals);
    }
    if (clear !== null) readOpened(sa, side, message, { clear, isProven: message.encrypted });
  }

  /** The message in the clear, where a key opens it; what records and logs tell of has no content. */
  #open(message: Message, side: Side): Uint8Array | null {
    if (this.opener === null || message.logged || message.captured < message.length) return null;
    return this.opener.open(message, side);
  }

  /** Who saw phase 1 knows the responder. The SA itself stays: without it, later messages would begin another. */
  #belongsToOthers(sa: IkeSa): boolean {
    return this.isOthers !== null && sa.phase1Seen && sa.answered && this.isOthers(hostOf(sa.endOf(0, 1)));
  }
}
