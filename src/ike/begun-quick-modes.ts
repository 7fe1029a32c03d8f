/** Quick modes that have begun and whose ESP is not looked for yet: of a capture without ESP nobody ever does. */

import { hostOf } from "../collections/endpoints.ts";
import { SparseList } from "../collections/sparse-list.ts";
import { type Column, Columns, type ColumnType, ordinaryMemory } from "../linear/memory.ts";
import type { BegunSas, BegunTaker } from "./begun-sas.ts";
import type { Exchange } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";
import type { GivenUp } from "./given-up.ts";
import type { HostTable } from "./hosts.ts";
import type { Ends } from "./sa-ends.ts";

/** Who tells one with an object that the other side sent something: the table of hosts, or the core as long as it can. */
const BY_HOSTS = -1;
const BY_CORE = -2;

const FIRST_ROOM = 256;

export class BegunQuickModes extends Columns implements BegunTaker, Ends {
  readonly #flows: FlowTable;
  readonly #hosts: HostTable;
  readonly #sas: BegunSas;
  #count = 0;
  /** Those that have objects. */
  #exchanges = new SparseList<Exchange>();
  /** Of those without an object where the row lies, and the index of the IKE SA; of others one of the two above. */
  #addresses: Uint32Array;
  #indices: Int32Array;
  /** Of each to which endpoint its first message went; negative, and one less, where that was not on the NAT-T port. */
  #ends: Float64Array;

  /**
   * @param sas where objects are made
   * @param most how many there are at most, as a rule
   */
  constructor(flows: FlowTable, hosts: HostTable, sas: BegunSas, memory = ordinaryMemory, most = 0) {
    super(memory);
    this.#flows = flows;
    this.#hosts = hosts;
    this.#sas = sas;
    this.#addresses = memory.column(Uint32Array, FIRST_ROOM, most);
    this.#indices = memory.column(Int32Array, FIRST_ROOM, most);
    this.#ends = memory.column(Float64Array, FIRST_ROOM, most);
  }

  protected override replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void {
    this.#addresses = to(this.#addresses, Uint32Array);
    this.#indices = to(this.#indices, Int32Array);
    this.#ends = to(this.#ends, Float64Array);
  }

  /** The core, which has begun it, has counted it as well. */
  takeObject(exchange: Exchange, to: number, overIp: boolean): void {
    const isWatched = this.#hosts.isWatched(hostOf(to));
    if (isWatched) this.#hosts.watchBegun(hostOf(to), exchange);
    this.#holdObject(exchange, isWatched ? BY_HOSTS : BY_CORE, to, overIp);
  }

  /** The core tells those that it has begun when the other side sends something, as long as no others wait for that. */
  takeRow(index: number, address: number, to: number, overIp: boolean): boolean {
    if (this.#hosts.isWatched(hostOf(to))) return false;
    const i = this.#add(index, to, overIp);
    this.#addresses[i] = address;
    return true;
  }

  /** @param hasFlows there are flows between both, so that it cannot wait until somebody asks */
  add(exchange: Exchange, to: number, overIp: boolean, hasFlows: boolean): void {
    this.#holdObject(exchange, BY_HOSTS, to, overIp);
    this.#hosts.unwatched[0] += 1;
    if (hasFlows) this.watchAll();
  }

  #holdObject(exchange: Exchange, index: number, to: number, overIp: boolean): void {
    const i = this.#add(index, to, overIp);
    this.#exchanges.set(i, exchange);
  }

  #add(index: number, to: number, overIp: boolean): number {
    if (this.#count === this.#ends.length) this.grow();
    const i = this.#count;
    this.#count += 1;
    this.#indices[i] = index;
    this.#ends[i] = overIp ? -to - 1 : to;
    return i;
  }

  replaceEnds(replaced: (end: number) => number): void {
    for (let i = 0; i < this.#count; i += 1) {
      const end = this.#ends[i];
      this.#ends[i] = end < 0 ? -replaced(-end - 1) - 1 : replaced(end);
    }
  }

  /** The object of one: it is made where there is none. */
  #objectOf(i: number): Exchange {
    return this.#exchanges.at(i) ?? this.#sas.exchangeAt(this.#indices[i], this.#addresses[i]);
  }

  /** These are given up. */
  release({ exchanges, rows, moved }: GivenUp): void {
    const before = this.#exchanges;
    this.#exchanges = new SparseList();
    let kept = 0;
    for (let i = 0; i < this.#count; i += 1) {
      const exchange = before.at(i);
      if (exchange === null ? rows.has(this.#addresses[i]) : exchanges.has(exchange)) continue;
      const index = this.#indices[i];
      this.#addresses[kept] = this.#addresses[i];
      this.#indices[kept] = index < 0 ? index : moved[index];
      this.#ends[kept] = this.#ends[i];
      if (exchange !== null) this.#exchanges.set(kept, exchange);
      kept += 1;
    }
    this.#count = kept;
    this.#hosts.unwatched[0] = kept;
  }

  /** Nothing is looked for any more, and no others will be begun. */
  end(): void {
    this.#clear();
    this.replaceEach((column, type) => {
      this.memory.free(column);
      return this.memory.column(type, FIRST_ROOM);
    });
  }

  #clear(): void {
    this.#exchanges = new SparseList();
    this.#count = 0;
    this.#hosts.unwatched[0] = 0;
  }

  /** Looks for their ESP from now on. Between the beginning of each and now there was none. */
  watchAll(): void {
    if (this.#count === 0) return;
    for (let i = 0; i < this.#count; i += 1) {
      const end = this.#ends[i];
      const to = end < 0 ? -end - 1 : end;
      const exchange = this.#objectOf(i);
      // From now on the table of hosts tells it what it waits for.
      if (this.#indices[i] !== BY_HOSTS) this.#hosts.takeOver(hostOf(to), exchange);
      this.#flows.watch(exchange, to, end < 0);
    }
    this.#clear();
  }
}
