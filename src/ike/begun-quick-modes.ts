/** Quick modes that have begun and whose ESP is not looked for yet: of a capture without ESP nobody ever does. */

import { hostOf } from "../collections/endpoints.ts";
import type { BegunSas, BegunTaker } from "./begun-sas.ts";
import type { Exchange } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";
import type { HostTable } from "./hosts.ts";
import type { Ends } from "./sa-ends.ts";

/** Who tells one with an object that the other side sent something: the table of hosts, or the core as long as it can. */
const BY_HOSTS = -1;
const BY_CORE = -2;

export class BegunQuickModes implements BegunTaker, Ends {
  readonly #flows: FlowTable;
  readonly #hosts: HostTable;
  readonly #sas: BegunSas;
  /** Each, or the address of its row where it has no object yet; and the index of its IKE SA, or one of the two above. */
  #exchanges: (Exchange | number)[] = [];
  #indices: number[] = [];
  /** Of each to which endpoint its first message went; negative, and one less, where that was not on the NAT-T port. */
  #ends: number[] = [];

  /** @param sas where objects are made */
  constructor(flows: FlowTable, hosts: HostTable, sas: BegunSas) {
    this.#flows = flows;
    this.#hosts = hosts;
    this.#sas = sas;
  }

  /** The core, which has begun it, has counted it as well. */
  takeObject(exchange: Exchange, to: number, overIp: boolean): void {
    const isWatched = this.#hosts.isWatched(hostOf(to));
    if (isWatched) this.#hosts.watchBegun(hostOf(to), exchange);
    this.#hold(exchange, isWatched ? BY_HOSTS : BY_CORE, to, overIp);
  }

  /** The core tells those that it has begun when the other side sends something, as long as no others wait for that. */
  takeRow(index: number, address: number, to: number, overIp: boolean): boolean {
    if (this.#hosts.isWatched(hostOf(to))) return false;
    this.#hold(address, index, to, overIp);
    return true;
  }

  /** @param hasFlows there are flows between both, so that it cannot wait until somebody asks */
  add(exchange: Exchange, to: number, overIp: boolean, hasFlows: boolean): void {
    this.#hold(exchange, BY_HOSTS, to, overIp);
    this.#hosts.unwatched[0] += 1;
    if (hasFlows) this.watchAll();
  }

  #hold(exchange: Exchange | number, index: number, to: number, overIp: boolean): void {
    this.#exchanges.push(exchange);
    this.#indices.push(index);
    this.#ends.push(overIp ? -to - 1 : to);
  }

  replaceEnds(replaced: (end: number) => number): void {
    this.#ends = this.#ends.map((end) => (end < 0 ? -replaced(-end - 1) - 1 : replaced(end)));
  }

  /** All get objects, and the table of hosts tells them what they wait for: some are about to be given up. */
  settle(): void {
    this.#exchanges.forEach((each, i) => {
      const index = this.#indices[i];
      const exchange = typeof each === "number" ? this.#sas.exchangeAt(index, each) : each;
      if (index !== BY_HOSTS) this.#hosts.takeOver(hostOf(this.#toOf(i)), exchange);
      this.#exchanges[i] = exchange;
      this.#indices[i] = BY_HOSTS;
    });
  }

  /** These are given up. All have objects since `settle`. */
  release(gone: ReadonlySet<Exchange>): void {
    const kept = this.#exchanges.map((each) => !gone.has(each as Exchange));
    this.#exchanges = this.#exchanges.filter((_, i) => kept[i]);
    this.#indices = this.#indices.filter((_, i) => kept[i]);
    this.#ends = this.#ends.filter((_, i) => kept[i]);
    this.#hosts.unwatched[0] = this.#exchanges.length;
  }

  /** Endpoint that the first message of one went to. */
  #toOf(i: number): number {
    const end = this.#ends[i];
    return end < 0 ? -end - 1 : end;
  }

  /** Nothing is looked for any more. */
  clear(): void {
    this.#exchanges = [];
    this.#indices = [];
    this.#ends = [];
    this.#hosts.unwatched[0] = 0;
  }

  /** Looks for their ESP from now on. Between the beginning of each and now there was none. */
  watchAll(): void {
    if (this.#exchanges.length === 0) return;
    this.settle();
    this.#exchanges.forEach((each, i) => {
      this.#flows.watch(each as Exchange, this.#toOf(i), this.#ends[i] < 0);
    });
    this.clear();
  }
}
