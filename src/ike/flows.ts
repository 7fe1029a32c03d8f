/**
 * Last-seen times of ESP and NAT keepalives, per direction of an endpoint pair, and to which IKE SA they
 * belong: to the newest one on those endpoints that has a quick mode.
 *
 * Most packets of a capture end here, so a flow is a row of typed arrays, found by its raw address bytes.
 * ESP over IP (protocol 50) has no ports: its rows have ports 0.
 */

import { addressWords, hostOf, portOf, word } from "../collections/endpoints.ts";
import { WordTable } from "../collections/word-table.ts";
import type { Located } from "../wire/locate.ts";
import type { Exchange } from "./exchange.ts";
import type { HostTable } from "./hosts.ts";
import type { IkeSa } from "./sa.ts";

/** Kinds of ESP seen to or from a host. */
export const ESP_IN_UDP = 1;
export const ESP_OVER_IP = 2;

const WORDS = 9;
const PORTS_WORD = 8;
/** Entries of the cache; a power of two. */
const RECENT = 4096;

export class FlowTable {
  readonly #hosts: HostTable;
  readonly #maxRows: number;
  #table = new WordTable(WORDS);
  /** Sender and receiver (host numbers) of each row. */
  from = new Int32Array(256);
  to = new Int32Array(256);
  /** First and last packet, clock microseconds; NaN where none was seen. */
  firstAt = new Float64Array(256);
  lastAt = new Float64Array(256);
  #segment = new Int32Array(256);
  /** 1 where ESP was seen, not keepalives alone. */
  #esp = new Uint8Array(256);
  #watched = new Uint8Array(256);
  #waiting = new Map<number, { exchange: Exchange; fromStarter: boolean }[]>();
  /** The IKE SA that owns the row's packets since `#ownedSince`, and its side that sends them. */
  owner: (IkeSa | null)[] = [];
  #ownerSide = new Uint8Array(256);
  #ownedSince = new Float64Array(256);
  /** Owned rows with packets that are not credited yet, and 1 for each row among them. */
  #unsettled: number[] = [];
  #isUnsettled = new Uint8Array(256);
  /** Kinds of ESP by host. */
  #kinds = new Uint8Array(256);
  /** Direct-mapped cache of IPv4 flows: row + 1, or 0, and the addresses and ports that it is for. */
  readonly #recentRows = new Int32Array(RECENT);
  readonly #recentSources = new Uint32Array(RECENT);
  readonly #recentDestinations = new Uint32Array(RECENT);
  readonly #recentPorts = new Uint32Array(RECENT);
  /** Rows dropped because the table was full. */
  evicted = 0;

  constructor(hosts: HostTable, maxRows = 262_144) {
    this.#hosts = hosts;
    this.#maxRows = maxRows;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Records one ESP packet or keepalive. */
  see(bytes: Uint8Array, located: Located, esp: boolean, at: number, segment: number): void {
    const row = located.ipVersion === 4 ? this.#recentRow(bytes, located) : this.#packetRow(bytes, located);
    if (Number.isNaN(this.lastAt[row])) this.firstAt[row] = at;
    this.lastAt[row] = at;
    this.#segment[row] = segment;
    this.#hosts.sent(this.from[row], at);
    if (this.owner[row] !== null && this.#isUnsettled[row] === 0) {
      this.#isUnsettled[row] = 1;
      this.#unsettled.push(row);
    }
    if (!esp) return;
    if (this.#esp[row] === 0) this.#markEsp(row);
    if (this.#watched[row] === 1) this.#wake(row, at);
  }

  #packetRow(
    bytes: Uint8Array,
    { source, destination, sourcePort, destinationPort, ipVersion }: Located,
  ): number {
    const key = this.#table.key;
    addressWords(bytes, source, ipVersion, key, 0);
    addressWords(bytes, destination, ipVersion, key, 4);
    key[PORTS_WORD] = sourcePort * 65536 + destinationPort;
    return this.#ensure();
  }

  /** The same for IPv4, by way of the flows seen last: most packets of a capture are ESP of a few hundred flows. */
  #recentRow(bytes: Uint8Array, located: Located): number {
    const source = word(bytes, located.source);
    const destination = word(bytes, located.destination);
    const ports = located.sourcePort * 65536 + located.destinationPort;
    const hash = Math.imul(source ^ Math.imul(destination, 0x9e3779b1) ^ ports, 0x85ebca6b);
    const slot = (hash >>> 16) & (RECENT - 1);
    const known =
      this.#recentRows[slot] > 0 &&
      this.#recentSources[slot] === source &&
      this.#recentDestinations[slot] === destination &&
      this.#recentPorts[slot] === ports;
    if (known) return this.#recentRows[slot] - 1;
    const row = this.#packetRow(bytes, located);
    this.#recentRows[slot] = row + 1;
    this.#recentSources[slot] = source;
    this.#recentDestinations[slot] = destination;
    this.#recentPorts[slot] = ports;
    return row;
  }

  /** Kinds of ESP (bits) that the host was seen sending or receiving. */
  espKinds(host: number): number {
    return host < this.#kinds.length ? this.#kinds[host] : 0;
  }

  /** Row of what `from` sends to `to`: UDP between endpoints, or ESP over IP between their hosts. */
  rowOf(from: number, to: number, overIp: boolean): number {
    const key = this.#table.key;
    this.#hosts.copyWords(hostOf(from), key, 0);
    this.#hosts.copyWords(hostOf(to), key, 4);
    key[PORTS_WORD] = overIp ? 0 : portOf(from) * 65536 + portOf(to);
    return this.#ensure();
  }

  /** From now on the row's packets are life of `sa`, sent by its `side`; who waited for them before is let go. */
  own(row: number, sa: IkeSa, side: 0 | 1, at: number): void {
    if (this.owner[row] === sa) return;
    this.settle(row);
    this.#watched[row] = 0;
    this.#waiting.delete(row);
    this.owner[row] = sa;
    this.#ownerSide[row] = side;
    this.#ownedSince[row] = at;
  }

  /** Tells `exchange` when ESP next comes on the row. */
  watch(row: number, exchange: Exchange, fromStarter: boolean): void {
    this.#watched[row] = 1;
    const waiting = this.#waiting.get(row);
    const entry = { exchange, fromStarter };
    if (waiting === undefined) this.#waiting.set(row, [entry]);
    else waiting.push(entry);
  }

  /** Credits the row's last packet to the IKE SA that owns it. */
  settle(row: number): void {
    const owner = this.owner[row];
    if (owner === null || !(this.lastAt[row] >= this.#ownedSince[row])) return;
    owner.live(this.#ownerSide[row] as 0 | 1, this.lastAt[row], this.#segment[row]);
  }

  /** The same for all rows: only those with packets since the last time cost anything. */
  settleAll(): void {
    for (const row of this.#unsettled) {
      this.settle(row);
      this.#isUnsettled[row] = 0;
    }
    this.#unsettled.length = 0;
  }

  /** Lets go of IKE SAs that are given up, and of their quick modes that wait for ESP. */
  release(gone: ReadonlySet<IkeSa>, exchanges: ReadonlySet<Exchange>): void {
    for (let row = 0; row < this.size; row += 1) {
      const owner = this.owner[row];
      if (owner !== null && gone.has(owner)) this.owner[row] = null;
    }
    for (const [row, entries] of this.#waiting) {
      const left = entries.filter(({ exchange }) => !exchanges.has(exchange));
      if (left.length > 0) this.#waiting.set(row, left);
      else {
        this.#waiting.delete(row);
        this.#watched[row] = 0;
      }
    }
  }

  /** Hosts were numbered anew. Every host of a row is among those that were kept. */
  renumber(moved: Int32Array): void {
    for (let row = 0; row < this.size; row += 1) {
      this.from[row] = moved[this.from[row]];
      this.to[row] = moved[this.to[row]];
    }
    const kinds = new Uint8Array(this.#kinds.length);
    moved.forEach((to, from) => {
      if (to >= 0 && from < kinds.length) kinds[to] = this.#kinds[from];
    });
    this.#kinds = kinds;
  }

  /** All rows, to be kept in a state file. */
  save() {
    const { from, to, firstAt, lastAt, owner, evicted } = this;
    return {
      keys: this.#table.save(),
      columns: { from, to, firstAt, lastAt, owner, evicted },
      segment: this.#segment,
      esp: this.#esp,
      watched: this.#watched,
      waiting: this.#waiting,
      ownerSide: this.#ownerSide,
      ownedSince: this.#ownedSince,
      unsettled: this.#unsettled,
      isUnsettled: this.#isUnsettled,
      kinds: this.#kinds,
    };
  }

  restore(saved: ReturnType<FlowTable["save"]>): void {
    this.#table.restore(saved.keys);
    Object.assign(this, saved.columns);
    this.#segment = saved.segment;
    this.#esp = saved.esp;
    this.#watched = saved.watched;
    this.#waiting = saved.waiting;
    this.#ownerSide = saved.ownerSide;
    this.#ownedSince = saved.ownedSince;
    this.#unsettled = saved.unsettled;
    this.#isUnsettled = saved.isUnsettled;
    this.#kinds = saved.kinds;
    this.#recentRows.fill(0);
  }

  /** Source and destination port of a row; 0 and 0 for ESP over IP. */
  ports(row: number): { source: number; destination: number } {
    const ports = this.#table.keys[row * WORDS + PORTS_WORD];
    return { source: Math.floor(ports / 65536), destination: ports % 65536 };
  }

  #wake(row: number, at: number): void {
    this.#watched[row] = 0;
    for (const { exchange, fromStarter } of this.#waiting.get(row) ?? []) {
      if (fromStarter) exchange.espFromStarterAt = at;
      else exchange.espFromOtherAt = at;
    }
    this.#waiting.delete(row);
  }

  #markEsp(row: number): void {
    this.#esp[row] = 1;
    const kind = this.#table.keys[row * WORDS + PORTS_WORD] === 0 ? ESP_OVER_IP : ESP_IN_UDP;
    for (const host of [this.from[row], this.to[row]]) {
      while (host >= this.#kinds.length) this.#kinds = wider(this.#kinds, Uint8Array);
      this.#kinds[host] |= kind;
    }
  }

  #ensure(): number {
    const before = this.#table.size;
    let row = this.#table.ensure();
    if (row < before) return row;
    if (before >= this.#maxRows) {
      this.#evict(row);
      row = this.#table.size - 1;
    }
    if (row >= this.from.length) this.#grow();
    const words = this.#table.keys;
    this.from[row] = this.#hosts.internWords(words, row * WORDS);
    this.to[row] = this.#hosts.internWords(words, row * WORDS + 4);
    this.firstAt[row] = Number.NaN;
    this.lastAt[row] = Number.NaN;
    this.#esp[row] = 0;
    this.#watched[row] = 0;
    this.#isUnsettled[row] = 0;
    this.owner[row] = null;
    return row;
  }

  /** Makes room: drops the half that was silent longest, but for rows that belong to an IKE SA and `added`. */
  #evict(added: number): void {
    this.settleAll();
    const times = this.lastAt.slice(0, added).sort();
    const limit = times[added >> 1];
    let kept = 0;
    const moved = this.#table.retain((row) => {
      const keep =
        row === added ||
        (kept < this.#maxRows * 0.75 && (this.owner[row] !== null || this.lastAt[row] > limit));
      if (keep) kept += 1;
      return keep;
    });
    this.evicted += added + 1 - kept;
    this.#recentRows.fill(0);
    for (let row = 0; row < added; row += 1) if (moved[row] >= 0) this.#move(row, moved[row]);
    this.owner.length = this.#table.size;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [row, entries] of waiting) if (moved[row] >= 0) this.#waiting.set(moved[row], entries);
  }

  #move(row: number, to: number): void {
    this.from[to] = this.from[row];
    this.to[to] = this.to[row];
    this.firstAt[to] = this.firstAt[row];
    this.lastAt[to] = this.lastAt[row];
    this.#segment[to] = this.#segment[row];
    this.#esp[to] = this.#esp[row];
    this.#watched[to] = this.#watched[row];
    this.owner[to] = this.owner[row];
    this.#ownerSide[to] = this.#ownerSide[row];
    this.#ownedSince[to] = this.#ownedSince[row];
  }

  #grow(): void {
    this.from = wider(this.from, Int32Array);
    this.to = wider(this.to, Int32Array);
    this.firstAt = wider(this.firstAt, Float64Array);
    this.lastAt = wider(this.lastAt, Float64Array);
    this.#segment = wider(this.#segment, Int32Array);
    this.#esp = wider(this.#esp, Uint8Array);
    this.#watched = wider(this.#watched, Uint8Array);
    this.#isUnsettled = wider(this.#isUnsettled, Uint8Array);
    this.#ownerSide = wider(this.#ownerSide, Uint8Array);
    this.#ownedSince = wider(this.#ownedSince, Float64Array);
  }
}

function wider<T extends { set(source: T): void; length: number }>(
  array: T,
  make: new (length: number) => T,
): T {
  const larger = new make(array.length * 2);
  larger.set(array);
  return larger;
}
