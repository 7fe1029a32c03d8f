/** Fragment sets of which the capture lacks a part: what their headers show stands for the message. */

import { type Exchange, UNUSABLE_AFTER } from "./exchange.ts";
import type { OuterHeader } from "./rare-facts.ts";
import type { IkeSa } from "./sa.ts";

/** The outer header of a fragment set that was never complete stands for its message. */
export function closeFragments(sa: IkeSa, before: number): void {
  if (sa.outers === null) return;
  for (const [key, outer] of sa.outers) {
    const { side, messageId, exchange, copies } = outer;
    if (exchange.firstAt >= before) continue;
    sa.outers.delete(key);
    const known = sa.exchangeOf(messageId);
    if (known === undefined) {
      sa.addExchange(exchange);
      if (copies > 0) addCopies(exchange, outer, copies);
    } else if (known.starter === side) addCopies(known, outer, copies + 1);
    else if (Number.isNaN(known.replyAt)) known.replyAt = exchange.firstAt;
  }
  if (sa.outers.size === 0) sa.outers = null;
  sa.sortExchanges();
}

/** Fragments of the starter stand for its first message again: they cannot be told from its third, and prove no answer. */
function addCopies(exchange: Exchange, { last, exchange: first }: OuterHeader, copies: number): void {
  exchange.retransmissions += copies;
  if (first.firstAt - exchange.replyAt > UNUSABLE_AFTER) exchange.copiesAfterReply += copies;
  if (exchange.lastRetransmissionAt >= last.at) return;
  exchange.lastRetransmissionAt = last.at;
  exchange.lastRetransmission = last.stamp;
}
