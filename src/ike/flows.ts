/**
 * ESP and NAT keepalives, per direction of an endpoint pair: when they were seen, in which sources, and with which
 * SPIs. To which IKE SA they belong is judged later.
 *
 * Most packets of a capture end here, so a flow is a row of typed arrays, found by its raw address bytes.
 * ESP over IP (protocol 50) has no ports: its rows have ports 0.
 */

import { addressWords, hostOf, portOf, word } from "../collections/endpoints.ts";
import { WordTable } from "../collections/word-table.ts";
import type { Located } from "../wire/locate.ts";
import type { Exchange } from "./exchange.ts";
import type { HostTable } from "./hosts.ts";
import { SpiTable, wider } from "./spis.ts";

/** Kinds of ESP seen to or from a host. */
export const ESP_IN_UDP = 1;
export const ESP_OVER_IP = 2;

const WORDS = 9;
const PORTS_WORD = 8;
/** Bytes of the SPI and of the sequence number (RFC 4303 2.1, 2.2). */
const SPI = 4;
const SEQUENCE = 4;
const NON_IKE_MARKER = 8;
/** Segments of the clock that the end of a row's packets is remembered of. */
const MAX_EARLIER = 8;
/** Bits of a source mask: the last one stands for all further sources. */
const MAX_SOURCE = 30;
/** Keepalives are steady when so many came, each within this time of the one before (RFC 3948 4 says 20 s). */
const STEADY_KEEPALIVES = 10;
const KEEPALIVE_INTERVAL = 30_000_000;
/** A client that sends so long without a sign of its responder sends to one that knows it no more. */
export const UNHEARD_SPAN = 20_000_000;
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
  firstSegment = new Int32Array(256);
  /** Segment of the clock that the times are of; what was last in earlier ones stands in `#earlier`. */
  #segment = new Int32Array(256);
  #earlier = new Map<number, { at: number; segment: number }[]>();
  /** The row of the other direction, or -1. */
  reverse = new Int32Array(256);
  /** Sources that showed the flow: one bit each, the last for all further ones. */
  sources = new Int32Array(256);
  /** Last keepalive, and how many came in a row at less than `KEEPALIVE_INTERVAL`; 255 stands for more. */
  keepaliveAt = new Float64Array(256);
  keepalives = new Uint8Array(256);
  /** 1 where ESP was seen, not keepalives alone. */
  #esp = new Uint8Array(256);
  readonly spis = new SpiTable();
  #watched = new Uint8Array(256);
  #waiting = new Map<number, { exchange: Exchange; fromStarter: boolean }[]>();
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
  see(
    bytes: Uint8Array,
    located: Located,
    esp: boolean,
    at: number,
    segment: number,
    source = 0,
    whole = true,
  ): void {
    const row = located.ipVersion === 4 ? this.#recentRow(bytes, located) : this.#packetRow(bytes, located);
    if (this.#segment[row] !== segment) this.#enterSegment(row, segment);
    if (Number.isNaN(this.firstAt[row])) {
      this.firstAt[row] = at;
      this.firstSegment[row] = segment;
    }
    this.lastAt[row] = at;
    const bit = sourceBit(source);
    if ((this.sources[row] & bit) === 0) this.sources[row] |= bit;
    this.#hosts.sent(this.from[row], at);
    if (esp) this.#seeEsp(row, bytes, located, at, segment, whole);
    else this.#seeKeepalive(row, at);
  }

  #seeEsp(
    row: number,
    bytes: Uint8Array,
    { payload, captured }: Located,
    at: number,
    segment: number,
    whole: boolean,
  ): void {
    if (this.#esp[row] === 0) this.#markEsp(row);
    // 0 stands for an SPI that was not captured: it is reserved (RFC 4303 2.1).
    let spi = captured >= SPI ? word(bytes, payload) : 0;
    let from = payload;
    // The old drafts put eight zero bytes before ESP on port 500.
    if (spi === 0 && captured >= NON_IKE_MARKER + SPI) {
      from += NON_IKE_MARKER;
      spi = word(bytes, from);
    }
    const sequence = captured >= from - payload + SPI + SEQUENCE ? word(bytes, from + SPI) : Number.NaN;
    const other = this.reverse[row];
    const otherAt = other >= 0 && this.#segment[other] === segment ? this.lastAt[other] : Number.NaN;
    this.spis.see(row, spi, sequence, at, segment, otherAt, whole);
    if (this.#watched[row] === 1) this.#notify(row, at);
  }

  #seeKeepalive(row: number, at: number): void {
    const steady = at - this.keepaliveAt[row] < KEEPALIVE_INTERVAL;
    if (!steady && this.keepalives[row] < STEADY_KEEPALIVES) this.keepalives[row] = 0;
    if (this.keepalives[row] < 255) this.keepalives[row] += 1;
    this.keepaliveAt[row] = at;
  }

  /** The clock stepped back: what was before cannot be compared with what comes. */
  #enterSegment(row: number, segment: number): void {
    if (!Number.isNaN(this.lastAt[row])) {
      const ended = { at: this.lastAt[row], segment: this.#segment[row] };
      this.#earlier.set(row, [...(this.#earlier.get(row) ?? []).slice(1 - MAX_EARLIER), ended]);
    }
    this.#segment[row] = segment;
    this.lastAt[row] = Number.NaN;
    this.keepaliveAt[row] = Number.NaN;
  }

  /** The last packet of a row in a segment of the clock; NaN where there is none. */
  lastIn(row: number, segment: number): number {
    if (row < 0) return Number.NaN;
    if (this.#segment[row] === segment) return this.lastAt[row];
    return this.#earlier.get(row)?.find((each) => each.segment === segment)?.at ?? Number.NaN;
  }

  /** The segment of the row's last packet. */
  segmentOf(row: number): number {
    return this.#segment[row];
  }

  /** The row of ESP was seen, not keepalives alone. */
  hasEsp(row: number): boolean {
    return row >= 0 && this.#esp[row] === 1;
  }

  /** The row's sender kept up keepalives at a steady interval. */
  hasSteadyKeepalives(row: number): boolean {
    return this.keepalives[row] >= STEADY_KEEPALIVES;
  }

  /**
   * The row's sender went on without a sign of the other side, which had sent before: three packets of ESP or more,
   * over 20 s or more.
   */
  isUnheard(row: number): boolean {
    const otherAt = row < 0 || this.reverse[row] < 0 ? Number.NaN : this.lastAt[this.reverse[row]];
    if (Number.isNaN(otherAt)) return false;
    const { spis } = this;
    for (const slot of spis.slots(row)) {
      const since = spis.unheardSince[slot];
      const long = spis.lastAt[slot] - since >= UNHEARD_SPAN && !Number.isNaN(spis.unheardThirdAt[slot]);
      if (long && since > otherAt) return true;
    }
    return false;
  }

  /** The last ESP of a row, whatever its SPI; NaN where there is none. */
  lastEspAt(row: number, segment: number): number {
    let last = Number.NaN;
    for (const slot of this.spis.slots(row)) {
      if (this.spis.lastSegment[slot] === segment && !(this.spis.lastAt[slot] <= last)) {
        last = this.spis.lastAt[slot];
      }
    }
    return last;
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

  /** The same, or -1 where nothing was seen: no row is made. */
  find(from: number, to: number, overIp: boolean): number {
    const key = this.#table.key;
    this.#hosts.copyWords(hostOf(from), key, 0);
    this.#hosts.copyWords(hostOf(to), key, 4);
    key[PORTS_WORD] = overIp ? 0 : portOf(from) * 65536 + portOf(to);
    return this.#table.find();
  }

  /** Tells `exchange` when ESP next comes on the row. */
  watch(row: number, exchange: Exchange, fromStarter: boolean): void {
    this.#watched[row] = 1;
    const waiting = this.#waiting.get(row);
    const entry = { exchange, fromStarter };
    if (waiting === undefined) this.#waiting.set(row, [entry]);
    else waiting.push(entry);
  }

  /** Drops quick modes that are given up from those that wait for ESP. */
  release(exchanges: ReadonlySet<Exchange>): void {
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
    const { from, to, firstAt, firstSegment, lastAt, reverse, sources, keepaliveAt, keepalives } = this;
    const { evicted } = this;
    return {
      keys: this.#table.save(),
      columns: {
        from,
        to,
        firstAt,
        firstSegment,
        lastAt,
        reverse,
        sources,
        keepaliveAt,
        keepalives,
        evicted,
      },
      segment: this.#segment,
      earlier: this.#earlier,
      esp: this.#esp,
      spis: this.spis.save(),
      watched: this.#watched,
      waiting: this.#waiting,
      kinds: this.#kinds,
    };
  }

  restore(saved: ReturnType<FlowTable["save"]>): void {
    this.#table.restore(saved.keys);
    Object.assign(this, saved.columns);
    this.#segment = saved.segment;
    this.#earlier = saved.earlier;
    this.#esp = saved.esp;
    this.spis.restore(saved.spis);
    this.#watched = saved.watched;
    this.#waiting = saved.waiting;
    this.#kinds = saved.kinds;
    this.#recentRows.fill(0);
  }

  /** Source and destination port of a row; 0 and 0 for ESP over IP. */
  ports(row: number): { source: number; destination: number } {
    const ports = this.#table.keys[row * WORDS + PORTS_WORD];
    return { source: Math.floor(ports / 65536), destination: ports % 65536 };
  }

  #notify(row: number, at: number): void {
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
    this.#segment[row] = -1;
    this.sources[row] = 0;
    this.keepaliveAt[row] = Number.NaN;
    this.keepalives[row] = 0;
    this.#esp[row] = 0;
    this.#watched[row] = 0;
    this.spis.clear(row);
    this.#pair(row);
    return row;
  }

  /** Finds the row of the other direction. */
  #pair(row: number): void {
    const { key, keys } = this.#table;
    const at = row * WORDS;
    for (let i = 0; i < 4; i += 1) {
      key[i] = keys[at + 4 + i];
      key[4 + i] = keys[at + i];
    }
    const { source, destination } = this.ports(row);
    key[PORTS_WORD] = destination * 65536 + source;
    const other = this.#table.find();
    this.reverse[row] = other;
    if (other >= 0) this.reverse[other] = row;
  }

  /** Makes room: drops the half that was silent longest, but for `added` and rows of hosts that spoke ISAKMP. */
  #evict(added: number): void {
    const times = this.lastAt.slice(0, added).sort();
    const limit = times[added >> 1];
    let kept = 0;
    const moved = this.#table.retain((row) => {
      const keep =
        row === added || (kept < this.#maxRows * 0.75 && (this.#hasPeer(row) || this.lastAt[row] > limit));
      if (keep) kept += 1;
      return keep;
    });
    this.evicted += added + 1 - kept;
    this.#recentRows.fill(0);
    for (let row = 0; row < added; row += 1) if (moved[row] >= 0) this.#move(row, moved[row]);
    this.spis.move(moved);
    for (let row = 0; row < this.#table.size; row += 1) {
      const other = this.reverse[row];
      this.reverse[row] = other >= 0 && other <= added ? moved[other] : -1;
    }
    this.#earlier = new Map(
      [...this.#earlier].filter(([row]) => moved[row] >= 0).map(([row, ended]) => [moved[row], ended]),
    );
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [row, entries] of waiting) if (moved[row] >= 0) this.#waiting.set(moved[row], entries);
  }

  /** Both ends of the row spoke ISAKMP: it may be the life of an IKE SA. */
  #hasPeer(row: number): boolean {
    return this.#hosts.isakmp[this.from[row]] === 1 && this.#hosts.isakmp[this.to[row]] === 1;
  }

  #move(row: number, to: number): void {
    this.from[to] = this.from[row];
    this.to[to] = this.to[row];
    this.firstAt[to] = this.firstAt[row];
    this.firstSegment[to] = this.firstSegment[row];
    this.lastAt[to] = this.lastAt[row];
    this.#segment[to] = this.#segment[row];
    this.#esp[to] = this.#esp[row];
    this.#watched[to] = this.#watched[row];
    this.reverse[to] = this.reverse[row];
    this.sources[to] = this.sources[row];
    this.keepaliveAt[to] = this.keepaliveAt[row];
    this.keepalives[to] = this.keepalives[row];
  }

  #grow(): void {
    this.from = wider(this.from, Int32Array);
    this.to = wider(this.to, Int32Array);
    this.firstAt = wider(this.firstAt, Float64Array);
    this.firstSegment = wider(this.firstSegment, Int32Array);
    this.lastAt = wider(this.lastAt, Float64Array);
    this.#segment = wider(this.#segment, Int32Array);
    this.#esp = wider(this.#esp, Uint8Array);
    this.#watched = wider(this.#watched, Uint8Array);
    this.reverse = wider(this.reverse, Int32Array);
    this.sources = wider(this.sources, Int32Array);
    this.keepaliveAt = wider(this.keepaliveAt, Float64Array);
    this.keepalives = wider(this.keepalives, Uint8Array);
  }
}

/** One bit for each source; from the 31st on they share one. */
export function sourceBit(source: number): number {
  return 1 << Math.min(source, MAX_SOURCE);
}
