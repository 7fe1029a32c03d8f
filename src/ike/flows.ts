/**
 * ESP and NAT keepalives, per direction of an endpoint pair: when they were seen, in which sources, and with which
 * SPIs. To which IKE SA they belong is judged later.
 *
 * Most packets of a capture end here, so a flow is a row of typed arrays.
 * ESP over IP (protocol 50) has no ports: its rows have ports 0.
 */

import { endpoint, hostOf, portOf, word } from "../collections/endpoints.ts";
import { sourceBit } from "../collections/sources.ts";
import { FLOW_KEYS, FLOW_ROOM } from "../core/layout.ts";
import { ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Located } from "../wire/locate.ts";
import { EspWatch } from "./esp-watch.ts";
import type { Exchange } from "./exchange.ts";
import { FlowKeys } from "./flow-keys.ts";
import { FlowLines } from "./flow-lines.ts";
import { ESP, HostSigns, SIGNS } from "./host-signs.ts";
import type { HostTable } from "./hosts.ts";
import { KnownFlows } from "./known-flows.ts";
import { SpiTable } from "./spis.ts";

/** Bytes of the SPI and of the sequence number (RFC 4303 2.1, 2.2). */
const SPI = 4;
const SEQUENCE = 4;
const NON_IKE_MARKER = 8;

export class FlowTable extends FlowLines {
  readonly #hosts: HostTable;
  readonly #maxRows: number;
  readonly #keys: FlowKeys;
  readonly spis: SpiTable;
  readonly #watch: EspWatch;
  readonly signs: HostSigns;
  readonly #known: KnownFlows;
  /** Rows dropped because the table was full. */
  evicted = 0;

  /** @param maxSpis the default is that of `SpiTable` */
  constructor(hosts: HostTable, maxRows = 262_144, memory = ordinaryMemory, maxSpis?: number) {
    super(memory);
    this.#hosts = hosts;
    this.#maxRows = maxRows;
    this.#keys = new FlowKeys(memory);
    this.signs = new HostSigns(memory);
    this.spis = new SpiTable(memory, maxSpis);
    this.#watch = new EspWatch(memory);
    this.#known = new KnownFlows(memory);
  }

  /** Where the walk finds the flows that it may take packets of, and begin, as `see` does. */
  override lieAt(border: Border): void {
    super.lieAt(border);
    border.table(FLOW_KEYS, this.#keys);
    border.value(FLOW_ROOM, Math.min(this.#maxRows, this.lines.length, this.#watch.isWatched.length));
    this.signs.lieAt(border);
    this.#watch.lieAt(border);
    this.#known.lieAt(border);
    this.spis.lieAt(border);
    this.#hosts.lieAt(border);
  }

  get size(): number {
    return this.#keys.size;
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
    const row = located.ipVersion === 4 ? this.#knownRow(bytes, located) : this.#packetRow(bytes, located);
    if (this.segments.of(row) !== segment) this.enterSegment(row, segment);
    if (Number.isNaN(this.firstAt.of(row))) {
      this.firstAt.set(row, at);
      this.firstSegment.set(row, segment);
      this.signs.mark(this.from.of(row), this.to.of(row), SIGNS);
    }
    this.lastAt.set(row, at);
    this.sources.set(row, this.sources.of(row) | sourceBit(source));
    this.#hosts.sent(this.from.of(row), at, segment);
    if (esp) this.#seeEsp(row, bytes, located, at, segment, whole);
    else this.seeKeepalive(row, at);
  }

  #seeEsp(
    row: number,
    bytes: Uint8Array,
    { payload, captured }: Located,
    at: number,
    segment: number,
    whole: boolean,
  ): void {
    if (this.esp.of(row) === 0) {
      this.esp.set(row, 1);
      this.signs.mark(this.from.of(row), this.to.of(row), ESP);
    }
    // 0 stands for an SPI that was not captured: it is reserved (RFC 4303 2.1).
    let spi = captured >= SPI ? word(bytes, payload) : 0;
    let from = payload;
    // The old drafts put eight zero bytes before ESP on port 500.
    if (spi === 0 && captured >= NON_IKE_MARKER + SPI) {
      from += NON_IKE_MARKER;
      spi = word(bytes, from);
    }
    const sequence = captured >= from - payload + SPI + SEQUENCE ? word(bytes, from + SPI) : Number.NaN;
    const other = this.reverse.of(row);
    const otherAt = other >= 0 && this.segments.of(other) === segment ? this.lastAt.of(other) : Number.NaN;
    this.spis.see(row, spi, sequence, at, segment, otherAt, whole);
    if (this.#watch.isWatched[row] === 1) this.#watch.notify(row, this.#keys.ends(row), at, segment);
  }

  /**
   * The row's sender went on without a sign of the other side, which had sent before: three packets of ESP or more,
   * over 20 s or more, in a segment of the clock.
   * @param knownAt when the other side last sent on the IKE SA that is asked about, which it knew then; NaN for never
   */
  isUnheard(row: number, segment: number, knownAt: number): boolean {
    const espAt = row < 0 ? Number.NaN : this.lastIn(this.reverse.of(row), segment);
    return !Number.isNaN(espAt) && this.spis.isUnheard(row, segment, knownAt > espAt ? knownAt : espAt);
  }

  /** A message of IKE shows that `from` lives, to which `to` may send ESP; `overIp`: not in UDP. */
  heardByIke(from: number, to: number, overIp: boolean): void {
    if (this.hasEspOf(hostOf(to))) this.spis.heardOther(this.find(to, from, overIp));
  }

  /** The last ESP of a row, whatever its SPI; NaN where there is none. */
  lastEspAt(row: number, segment: number): number {
    return this.spis.lastIn(row, segment);
  }

  #packetRow(bytes: Uint8Array, located: Located): number {
    this.#keys.take(bytes, located, this.#hosts);
    return this.#ensure();
  }

  /** The same for IPv4, by way of the flows that were seen lately. */
  #knownRow(bytes: Uint8Array, located: Located): number {
    const source = word(bytes, located.source);
    const destination = word(bytes, located.destination);
    const ports = located.sourcePort * 65_536 + located.destinationPort;
    const known = this.#known.find(source, destination, ports);
    if (known >= 0) return known;
    const row = this.#packetRow(bytes, located);
    this.#known.keep(source, destination, ports, row);
    return row;
  }

  /** The host was seen sending or receiving ESP. */
  hasEspOf(host: number): boolean {
    return this.signs.has(host, ESP);
  }

  /** Signs of life were seen of the hosts of both endpoints, with whomever. */
  haveSigns(from: number, to: number): boolean {
    return this.signs.has(hostOf(from), SIGNS) && this.signs.has(hostOf(to), SIGNS);
  }

  /**
   * Row of what `from` sends to `to`: UDP between endpoints, or ESP over IP between their hosts. -1 where nothing was
   * seen.
   */
  find(from: number, to: number, overIp: boolean): number {
    // Most hosts send ISAKMP alone, or nothing else yet.
    if (!this.haveSigns(from, to)) return -1;
    this.#keys.between(from, to, overIp);
    return this.#keys.find();
  }

  /** Tells `exchange` when ESP next comes from its starter to `to`, and when from there; `overIp`: not in UDP. */
  watch(exchange: Exchange, to: number, overIp: boolean): void {
    const { from } = exchange;
    if (overIp) this.#watch.add(exchange, endpoint(hostOf(from), 0), endpoint(hostOf(to), 0));
    else this.#watch.add(exchange, from, to);
    for (const row of [this.find(from, to, overIp), this.find(to, from, overIp)]) {
      if (row >= 0) this.#watch.isWatched[row] = 1;
    }
  }

  /** Drops quick modes that are given up from those that wait for ESP. */
  release(exchanges: ReadonlySet<Exchange>): void {
    this.#watch.release(exchanges);
  }

  /** Marks the hosts of all rows, and those whose ESP somebody waits for. */
  markHosts(used: Uint8Array): void {
    this.#keys.markHosts(used);
    this.#watch.markHosts(used);
  }

  /** Hosts were numbered anew. Those that `markHosts` marks are all there. */
  renumber(moved: Int32Array): void {
    for (let row = 0; row < this.size; row += 1) {
      this.from.set(row, moved[this.from.of(row)]);
      this.to.set(row, moved[this.to.of(row)]);
    }
    this.#keys.renumber(moved);
    this.signs.renumber(moved);
    this.#watch.renumber(moved);
  }

  /** All rows, to be kept in a state file. */
  save() {
    return {
      keys: this.#keys.save(),
      lines: this.lines.save(),
      evicted: this.evicted,
      earlier: this.earlier.save(),
      spis: this.spis.save(),
      watch: this.#watch.save(),
      signs: this.signs.save(),
    };
  }

  restore(saved: ReturnType<FlowTable["save"]>): void {
    this.#keys.restore(saved.keys);
    this.lines.restore(saved.lines);
    this.evicted = saved.evicted;
    this.earlier.restore(saved.earlier);
    this.spis.restore(saved.spis);
    this.#watch.restore(saved.watch);
    this.signs.restore(saved.signs);
    this.#known.clear();
  }

  /** Source and destination port of a row; 0 and 0 for ESP over IP. */
  ports(row: number): { source: number; destination: number } {
    const [from, to] = this.#keys.ends(row);
    return { source: portOf(from), destination: portOf(to) };
  }

  /** The row of the key that was set. */
  #ensure(): number {
    const before = this.#keys.size;
    let row = this.#keys.ensure();
    if (row < before) return row;
    if (before >= this.#maxRows) {
      this.#evict(row);
      row = this.#keys.size - 1;
    }
    if (row >= this.lines.length) {
      this.lines.grow();
      this.#watch.grow();
    }
    const [from, to] = this.#keys.ends(row);
    this.from.set(row, hostOf(from));
    this.to.set(row, hostOf(to));
    this.clearRow(row);
    this.spis.clear(row);
    this.#watch.isWatched[row] = this.#watch.isAwaited(from, to) ? 1 : 0;
    this.#pair(row);
    return row;
  }

  /** Finds the row of the other direction. */
  #pair(row: number): void {
    const other = this.#keys.reverse(row);
    this.reverse.set(row, other);
    if (other >= 0) this.reverse.set(other, row);
  }

  /** Makes room: drops the half that was silent longest, but for `added` and rows of hosts that spoke ISAKMP. */
  #evict(added: number): void {
    const lastAt = this.lastTimes(added);
    const limit = lastAt.toSorted()[added >> 1];
    let kept = 0;
    const moved = this.#keys.retain((row) => {
      const keep =
        row === added || (kept < this.#maxRows * 0.75 && (lastAt[row] > limit || this.#hasPeer(row)));
      if (keep) kept += 1;
      return keep;
    });
    this.evicted += added + 1 - kept;
    this.#known.clear();
    for (let row = 0; row < added; row += 1) if (moved[row] >= 0) this.lines.copy(row, moved[row]);
    this.spis.move(moved);
    for (let row = 0; row < this.#keys.size; row += 1) {
      const other = this.reverse.of(row);
      this.reverse.set(row, other >= 0 && other <= added ? moved[other] : -1);
    }
    this.earlier.move(moved);
    this.#watch.move(moved, added);
  }

  /** Both ends of the row spoke ISAKMP: it may be the life of an IKE SA. */
  #hasPeer(row: number): boolean {
    return this.#hosts.isakmp[this.from.of(row)] === 1 && this.#hosts.isakmp[this.to.of(row)] === 1;
  }
}
