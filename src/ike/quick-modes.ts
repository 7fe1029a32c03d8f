/** Quick modes (RFC 2409 5.5) as their messages come: begun, answered, repeated, followed. */

import { hostOf } from "../collections/endpoints.ts";
import { later } from "../collections/moment.ts";
import type { Message } from "../wire/datagram.ts";
import { Exchange, stampOf, timeFor, UNUSABLE_AFTER } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";
import type { HostTable } from "./hosts.ts";
import type { Side } from "./paths.ts";
import type { IkeSa } from "./sa.ts";
import type { KeptSas } from "./sa-table.ts";

/** Quick modes kept per IKE SA; a client that counts makes one an hour. */
const MAX_EXCHANGES = 1024;

export class QuickModes {
  readonly #flows: FlowTable;
  readonly #hosts: HostTable;
  readonly #sas: KeptSas;
  /** Beyond the bound of one IKE SA. */
  evicted = 0;

  constructor(flows: FlowTable, hosts: HostTable, sas: KeptSas) {
    this.#flows = flows;
    this.#hosts = hosts;
    this.#sas = sas;
  }

  /** A message of exchange type 32. @returns it is the exchange's first message again */
  take(sa: IkeSa, side: Side, message: Message): boolean {
    const exchange = sa.exchangeOf(message.messageId);
    if (exchange === undefined) {
      if (this.#sas.isLeftOut(sa)) return false;
      if (sa.exchangeCount < MAX_EXCHANGES) this.#begin(sa, side, message);
      else this.evicted += 1;
      return false;
    }
    if (side !== exchange.starter) {
      if (Number.isNaN(exchange.replyAt)) {
        exchange.replyAt = message.at;
        exchange.replyLength = message.logged ? Number.NaN : message.length;
      }
      return false;
    }
    // No content: it may be the first message again, or a part of it.
    if (message.logged) return false;
    if (exchange.isFirstAgain(message)) {
      if (exchange.retransmissions === 0) this.#firstCopy(exchange, message);
      exchange.retransmissions += 1;
      if (timeFor(exchange, message) - exchange.replyAt > UNUSABLE_AFTER) exchange.copiesAfterReply += 1;
      exchange.lastRetransmissionAt = message.at;
      exchange.lastRetransmission = stampOf(message);
      return true;
    }
    if (!Number.isNaN(exchange.replyAt)) exchange.followedReply = true;
    if (message.length < exchange.firstLength) exchange.followedShorter = true;
    if (Number.isNaN(exchange.followedAt)) exchange.followedAt = message.at;
    if (Number.isNaN(exchange.followedLength)) exchange.followedLength = message.length;
    return false;
  }

  #firstCopy(exchange: Exchange, { at, segment, to }: Message): void {
    const host = hostOf(to);
    const steady = this.#hosts.activity.isSteady(host, at, segment);
    exchange.firstCopy = { at, steady, otherSentAt: Number.NaN };
    this.#hosts.watch(host, exchange);
  }

  #begin(sa: IkeSa, side: Side, message: Message): void {
    const exchange = new Exchange(message, side, this.#sas.table.pools.exchanges);
    sa.addExchange(exchange);
    this.#sas.table.parts += 1;
    this.#hosts.watch(hostOf(message.to), exchange);
    // ESP over IP has no ports; NAT-T carries it in UDP between the endpoints of the quick mode.
    const overIp = !message.natTraversal;
    const flows = this.#flows;
    const there = flows.find(message.from, message.to, overIp);
    const back = flows.find(message.to, message.from, overIp);
    const hasFlows = there >= 0 || back >= 0;
    if (hasFlows) {
      const { segment } = message;
      const sentAt = flows.lastIn(there, segment);
      exchange.before = {
        lifeAt: later(sentAt, flows.lastIn(back, segment)),
        sentAt,
        espAt: later(flows.lastEspAt(there, segment), flows.lastEspAt(back, segment)),
        unheard: flows.isUnheard(there, segment, sa.lastFromIn(side === 0 ? 1 : 0, segment)),
      };
    }
    this.#sas.begun.add(exchange, message.to, overIp, hasFlows);
  }
}
