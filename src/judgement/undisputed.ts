/**
 * Quick modes by message ID, and those IDs of which contract 6.7 has nothing to say: one client had each of them alone, or
 * several did one after the other, each accepted when nothing showed that one before it was still there. They are nearly
 * all IDs of most captures, so that nothing is made for them.
 */

import type { Exchange } from "../ike/facts.ts";
import { isAccepted } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import { isNeverDropped } from "./dropping.ts";

/** A quick mode of a client; one that was accepted, where nothing else is said. */
export interface Acceptance {
  contender: ClientSa;
  exchange: Exchange;
}

/** No quick mode of the same ID came before. */
const NONE = -1;

export class QuickModesById {
  /** Of each quick mode: its IKE SA, itself, and the number of the one before that has its ID. */
  readonly #contenders: ClientSa[] = [];
  readonly #exchanges: Exchange[] = [];
  readonly #before: number[] = [];
  /** The number of the last quick mode of each ID. */
  readonly #last = new Map<number, number>();

  add(contender: ClientSa, exchange: Exchange): void {
    const number = this.#exchanges.length;
    this.#contenders.push(contender);
    this.#exchanges.push(exchange);
    this.#before.push(this.#last.get(exchange.messageId) ?? NONE);
    this.#last.set(exchange.messageId, number);
  }

  /** IDs in the order in which they were added first. */
  get ids(): Iterable<number> {
    return this.#last.keys();
  }

  /** The quick modes of an ID, in the order of the capture. */
  of(id: number): Acceptance[] {
    const found: Acceptance[] = [];
    for (let i = this.#last.get(id)!; i !== NONE; i = this.#before[i]) {
      found.push({ contender: this.#contenders[i], exchange: this.#exchanges[i] });
    }
    return found.length === 1 ? found : found.reverse().sort(byCapture);
  }

  /** Nobody who used the ID met anybody who held it, by what was seen: implied claims are for the caller to ask. */
  isUndisputed(id: number): boolean {
    const last = this.#last.get(id)!;
    if (this.#before[last] !== NONE) return isInTurn(this.of(id));
    return isAccepted(this.#contenders[last].outcomes.get(this.#exchanges[last])!);
  }
}

function byCapture({ exchange: a }: Acceptance, { exchange: b }: Acceptance): number {
  return a.segment - b.segment || a.firstAt - b.firstAt || a.first.frame - b.first.frame;
}

/**
 * Each was accepted, after the last sign of all that had the ID before: nobody certainly held it, and nobody was dropped
 * for it, so that it was each one's own at once (contract 6.3, 6.7). Not across a step of the clock; nor where one address
 * has several clients, since who is who may have to be looked for.
 */
function isInTurn(entries: readonly Acceptance[]): boolean {
  const { segment } = entries[0].exchange;
  const clientAt = new Map<number, Client>();
  let lastSign = Number.NEGATIVE_INFINITY;
  for (const { contender, exchange } of entries) {
    const { client, lifespan, outcomes } = contender;
    const { life } = lifespan;
    if (exchange.segment !== segment || life.segment !== segment || exchange.firstAt < lastSign) return false;
    if (!isAccepted(outcomes.get(exchange)!) || !isNeverDropped(contender)) return false;
    if ((clientAt.get(client.host) ?? client) !== client) return false;
    clientAt.set(client.host, client);
    lastSign = Math.max(lastSign, life.lastAt);
  }
  return true;
}
