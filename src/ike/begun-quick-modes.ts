/** Quick modes that have begun and whose ESP is not looked for yet: of a capture without ESP nobody ever does. */

import type { Exchange } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";

/** A quick mode, to which endpoint its first message went, and whether not on the NAT-T port. */
export interface BegunQuickMode {
  readonly exchange: Exchange;
  readonly to: number;
  readonly overIp: boolean;
}

export class BegunQuickModes {
  readonly #flows: FlowTable;
  /** How many there are: the core, which begins some that are not in the list yet, counts there as well. */
  readonly #count: Int32Array;
  #list: BegunQuickMode[] = [];

  constructor(flows: FlowTable, count: Int32Array) {
    this.#flows = flows;
    this.#count = count;
  }

  /** One that the core has begun, and counted. */
  hold(quickMode: BegunQuickMode): void {
    this.#list.push(quickMode);
  }

  /** @param hasFlows there are flows between both, so that it cannot wait until somebody asks */
  add(quickMode: BegunQuickMode, hasFlows: boolean): void {
    this.#list.push(quickMode);
    this.#count[0] += 1;
    if (hasFlows) this.watchAll();
  }

  /** Looks for their ESP from now on. Between the beginning of each and now there was none. */
  watchAll(): void {
    if (this.#list.length === 0) return;
    for (const { exchange, to, overIp } of this.#list) this.#flows.watch(exchange, to, overIp);
    this.#list = [];
    this.#count[0] = 0;
  }
}
