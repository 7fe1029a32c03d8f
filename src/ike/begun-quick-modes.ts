/** Quick modes that have begun and whose ESP is not looked for yet: of a capture without ESP nobody ever does. */

import type { Exchange } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";

export class BegunQuickModes {
  readonly #flows: FlowTable;
  /** How many there are: the core, which begins some that are not in the list yet, counts there as well. */
  readonly #count: Int32Array;
  #exchanges: Exchange[] = [];
  /** Of each to which endpoint its first message went; negative, and one less, where that was not on the NAT-T port. */
  #ends: number[] = [];

  constructor(flows: FlowTable, count: Int32Array) {
    this.#flows = flows;
    this.#count = count;
  }

  /** One that the core has begun, and counted. @param overIp not on the NAT-T port */
  hold(exchange: Exchange, to: number, overIp: boolean): void {
    this.#exchanges.push(exchange);
    this.#ends.push(overIp ? -to - 1 : to);
  }

  /** @param hasFlows there are flows between both, so that it cannot wait until somebody asks */
  add(exchange: Exchange, to: number, overIp: boolean, hasFlows: boolean): void {
    this.hold(exchange, to, overIp);
    this.#count[0] += 1;
    if (hasFlows) this.watchAll();
  }

  /** Looks for their ESP from now on. Between the beginning of each and now there was none. */
  watchAll(): void {
    if (this.#exchanges.length === 0) return;
    const ends = this.#ends;
    this.#exchanges.forEach((exchange, i) => {
      this.#flows.watch(exchange, ends[i] < 0 ? -ends[i] - 1 : ends[i], ends[i] < 0);
    });
    this.#exchanges = [];
    this.#ends = [];
    this.#count[0] = 0;
  }
}
