/**
 * IP addresses as small numbers, and what is known of each address as a sender.
 *
 * An endpoint (address and UDP port) is one exact integer: host number * 65536 + port.
 */

import { addressWords, endpoint, hostOf, isIpv4, portOf } from "../collections/endpoints.ts";
import { RowLists } from "../collections/row-lists.ts";
import { WordTable } from "../collections/word-table.ts";
import { HOST_KEYS, HOST_ROOM, HOST_SENT, HOST_WATCHED, UNWATCHED } from "../core/layout.ts";
import { ISAKMP, WAITING } from "../core/message-layout.ts";
import { type Memory, moved as movedTo, ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { formatAddress } from "../wire/address.ts";
import { ActivityTable } from "./activity.ts";
import { type Exchange, timeFor } from "./exchange.ts";

/** Endpoints of IKEv2 that are told apart; of further ones the address alone is known. */
const MAX_IKEV2_ENDPOINTS = 65_536;
const FIRST_HOSTS = 256;
/** Of `watched`: quick modes wait for the host; those alone that the core has begun (src/core/senders.ts). */
const WATCHED = 1;
const WATCHED_BY_CORE = 2;

export class HostTable {
  readonly #table: WordTable;
  /** 1 where the host was seen sending ISAKMP, ESP or a keepalive. */
  hasSent: Uint8Array;
  /** 1 where the host was seen speaking IKEv2. */
  ikev2 = new Uint8Array(FIRST_HOSTS);
  /** 1 where the host was seen sending or receiving ISAKMP. */
  isakmp: Uint8Array;
  readonly activity: ActivityTable;
  /** Endpoints that were seen speaking IKEv2, as long as there is room. */
  ikev2Endpoints = new Set<number>();
  /** 1 where exchanges wait for the host's next packet. */
  #watched: Uint8Array;
  readonly #waiting = new RowLists<Exchange>();
  /** The first quick mode that waits of those that the core has begun: where its row lies. */
  #begun: Uint32Array;
  /** How many quick modes the core has begun whose ESP nobody looks for yet. */
  readonly unwatched: Int32Array;

  readonly memory: Memory;

  /** @param most how many are expected at most */
  constructor(memory: Memory = ordinaryMemory, most = 0) {
    this.memory = memory;
    this.#table = new WordTable(4, FIRST_HOSTS, memory, most);
    this.activity = new ActivityTable(memory, most);
    this.#watched = memory.column(Uint8Array, FIRST_HOSTS, most);
    this.hasSent = memory.column(Uint8Array, FIRST_HOSTS, most);
    this.isakmp = memory.column(Uint8Array, FIRST_HOSTS, most);
    this.#begun = memory.column(Uint32Array, FIRST_HOSTS, most);
    this.unwatched = memory.column(Int32Array, 1);
  }

  /** Where the walk finds hosts, and what it asks and notes of a sender. */
  lieAt(border: Border): void {
    border.table(HOST_KEYS, this.#table);
    border.value(HOST_ROOM, this.hasSent.length);
    border.column(HOST_SENT, this.hasSent);
    border.column(HOST_WATCHED, this.#watched);
    border.column(UNWATCHED, this.unwatched);
    this.activity.lieAt(border);
  }

  /** What is known of hosts by messages alone. */
  messagesLieAt(border: Border): void {
    border.column(ISAKMP, this.isakmp);
    border.column(WAITING, this.#begun);
  }

  get size(): number {
    return this.#table.size;
  }

  get words(): Uint32Array {
    return this.#table.keys;
  }

  /** Number of the address at `offset` (4 or 16 bytes, network byte order). */
  intern(bytes: Uint8Array, offset: number, ipVersion: number): number {
    addressWords(bytes, offset, ipVersion, this.#table.key, 0);
    const host = this.#table.ensure();
    if (host >= this.hasSent.length) {
      this.hasSent = this.memory.wider(this.hasSent, Uint8Array);
      this.ikev2 = ordinaryMemory.wider(this.ikev2, Uint8Array);
      this.isakmp = this.memory.wider(this.isakmp, Uint8Array);
      this.#begun = this.memory.wider(this.#begun, Uint32Array);
      this.#watched = this.memory.wider(this.#watched, Uint8Array);
    }
    return host;
  }

  /** Both ends of a message speak IKEv2. */
  noteIkev2(from: number, to: number): void {
    this.ikev2[hostOf(from)] = 1;
    this.ikev2[hostOf(to)] = 1;
    if (this.ikev2Endpoints.size >= MAX_IKEV2_ENDPOINTS) return;
    this.ikev2Endpoints.add(from).add(to);
  }

  /** The host sent something to somebody: exchanges that wait for that learn the time. */
  sent(host: number, at: number, segment: number): void {
    this.hasSent[host] = 1;
    this.activity.sent(host, at, segment);
    if (this.#watched[host] === WATCHED) this.#notify(host, at, segment);
  }

  #notify(host: number, at: number, segment: number): void {
    this.#watched[host] = 0;
    for (const exchange of this.#waiting.take(host)) {
      const { firstCopy } = exchange;
      const sentAt = timeFor(exchange, { at, segment });
      if (Number.isNaN(exchange.otherSentAt)) exchange.otherSentAt = sentAt;
      if (firstCopy !== null && Number.isNaN(firstCopy.otherSentAt)) firstCopy.otherSentAt = sentAt;
    }
  }

  wasSeenSending(host: number): boolean {
    return this.hasSent[host] === 1;
  }

  speaksIkev2(host: number): boolean {
    return this.ikev2[host] === 1;
  }

  endpointSpeaksIkev2(end: number): boolean {
    return this.ikev2Endpoints.has(end);
  }

  /** Tells `exchange` when the host sends its next packet to anyone. */
  watch(host: number, exchange: Exchange): void {
    this.#watched[host] = WATCHED;
    this.#waiting.append(host, exchange);
  }

  /** The same of one that the core has begun, if it still waits. */
  watchBegun(host: number, exchange: Exchange): void {
    if (Number.isNaN(exchange.otherSentAt)) this.watch(host, exchange);
  }

  /** The same of all that wait there for the core to tell them; each of them is to be given here. */
  takeOver(host: number, exchange: Exchange): void {
    this.#begun[host] = 0;
    this.watchBegun(host, exchange);
  }

  /** Quick modes wait for the host that are not known to the core, which lets it know of all others as well. */
  isWatched(host: number): boolean {
    return this.#watched[host] === WATCHED;
  }

  /** Of those that the core has begun and that wait for the host, the row of the first; 0 for none. They wait no longer. */
  takeBegun(host: number): number {
    const address = this.#begun[host];
    if (address === 0) return 0;
    this.#begun[host] = 0;
    if (this.#watched[host] === WATCHED_BY_CORE) this.#watched[host] = 0;
    return address;
  }

  /** Exchanges that began before `at` wait no longer. */
  stopWaiting(at: number): void {
    this.#letGo(({ firstAt }) => firstAt < at);
  }

  /**
   * Lets go of quick modes that are given up.
   * @param without takes them out of those that the core has begun and that wait for one host, the row of the first of which it
   *   gets, and gives
   */
  release(exchanges: ReadonlySet<Exchange>, without: (first: number) => number): void {
    this.#letGo((exchange) => exchanges.has(exchange));
    const [begun, { size }] = [this.#begun, this];
    for (let host = 0; host < size; host += 1) {
      if (begun[host] === 0) continue;
      begun[host] = without(begun[host]);
      if (begun[host] === 0 && this.#watched[host] === WATCHED_BY_CORE) this.#watched[host] = 0;
    }
  }

  #letGo(isGone: (exchange: Exchange) => boolean): void {
    this.#waiting.drop(isGone, (host) => {
      this.#watched[host] = 0;
    });
  }

  /** Forgets all hosts but those for which `keep` is true; gives the new number of each old one, or -1. */
  retain(keep: (host: number) => boolean): Int32Array {
    const moved = this.#table.retain((host) => keep(host) || this.#watched[host] !== 0);
    for (const column of [this.hasSent, this.ikev2, this.isakmp, this.#watched, this.#begun]) {
      for (let from = 0; from < moved.length; from += 1) {
        if (moved[from] >= 0) column[moved[from]] = column[from];
      }
      column.fill(0, this.size);
    }
    this.activity.renumber(moved);
    const kept = [...this.ikev2Endpoints].filter((end) => moved[hostOf(end)] >= 0);
    this.ikev2Endpoints = new Set(kept.map((end) => endpoint(moved[hostOf(end)], portOf(end))));
    this.#waiting.move(moved);
    return moved;
  }

  /** All that is known, to be kept in a state file. */
  save() {
    const { hasSent, ikev2, isakmp, ikev2Endpoints } = this;
    const flags = { hasSent, ikev2, isakmp, watched: this.#watched };
    const activity = this.activity.save();
    return { keys: this.#table.save(), flags, waiting: this.#waiting.save(), activity, ikev2Endpoints };
  }

  restore({ keys, flags, waiting, activity, ikev2Endpoints }: ReturnType<HostTable["save"]>): void {
    this.#table.restore(keys);
    this.activity.restore(activity);
    this.ikev2Endpoints = ikev2Endpoints;
    this.isakmp = movedTo(this.memory, flags.isakmp, Uint8Array);
    this.hasSent = movedTo(this.memory, flags.hasSent, Uint8Array);
    this.#begun = this.memory.column(Uint32Array, flags.hasSent.length);
    this.ikev2 = flags.ikev2;
    this.#watched = movedTo(this.memory, flags.watched, Uint8Array);
    this.#waiting.restore(waiting);
  }

  /** Writes the address to `out` as `addressWords` does. */
  copyWords(host: number, out: Uint32Array, at: number): void {
    const { keys } = this.#table;
    for (let i = 0; i < 4; i += 1) out[at + i] = keys[host * 4 + i];
  }

  /** The address's bytes: 4 for IPv4, 16 for IPv6. */
  bytes(host: number): Uint8Array {
    const { keys } = this.#table;
    const isShort = this.#isIpv4(host);
    const first = host * 4 + (isShort ? 3 : 0);
    const bytes = new Uint8Array(isShort ? 4 : 16);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = keys[first + (i >> 2)] >>> (24 - 8 * (i & 3));
    return bytes;
  }

  text(host: number): string {
    if (!this.#isIpv4(host)) return formatAddress(this.bytes(host), 0, 6);
    const address = this.#table.keys[host * 4 + 3];
    return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
  }

  #isIpv4(host: number): boolean {
    return isIpv4(this.#table.keys, host * 4);
  }

  /** RFC 1918, RFC 6598 (carrier NAT) and RFC 4193 addresses: inside a NAT, not outside. */
  isPrivate(host: number): boolean {
    const { keys } = this.#table;
    const at = host * 4;
    if (!this.#isIpv4(host)) return keys[at] >>> 25 === 0x7e;
    const address = keys[at + 3];
    return (
      address >>> 24 === 10 ||
      address >>> 20 === 0xac1 ||
      address >>> 16 === 0xc0a8 ||
      address >>> 22 === 0x191
    );
  }
}
