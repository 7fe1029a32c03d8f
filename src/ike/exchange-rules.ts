import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_AGGRESSIVE, EXCHANGE_MAIN } from "../wire/isakmp.ts";
import { stampOf } from "./exchange.ts";
import type { IkeSa, Side } from "./sa.ts";
import { OPEN_EXCHANGES } from "./tracker.ts";
import type { VendorLists } from "./vendor-lists.ts";

/** A message of phase 1: its clear payloads, and whether the side has finished (RFC 2409 5.1 to 5.4). */
export function phase1(sa: IkeSa, side: Side, message: Message, lists: VendorLists): void {
  // What a log tells may be what a capture showed already; that it was encrypted says enough.
  if (!message.logged) sa.phase1Messages[side] += 1;
  if (sa.mode === 0) sa.mode = message.exchange;
  if (!message.encrypted) {
    const clear = message.clearPayloads();
    sa.vendorIds[side] = lists.extended(sa.vendorIds[side], clear.vendorIds);
    sa.lifeSeconds[side] ??= clear.lifeSeconds;
    if (clear.natDiscovery > 0) sa.natDiscovery = true;
  }
  // Main mode is encrypted from the fifth message on, so an encrypted one is the side's third, whatever was lost.
  const finished =
    message.exchange === EXCHANGE_AGGRESSIVE ||
    (message.exchange === EXCHANGE_MAIN && (message.encrypted || sa.phase1Messages[side] >= 3));
  if (finished && Number.isNaN(sa.phase1FinishedAt[side])) sa.phase1FinishedAt[side] = message.at;
}
export function informational(sa: IkeSa, side: Side, message: Message): void {
  sa.noteInformational(side, message.at);
  for (const exchange of sa.exchanges.slice(-OPEN_EXCHANGES)) {
    if (exchange.starter === side) {
      if (Number.isNaN(exchange.starterInformationalAt)) exchange.starterInformationalAt = message.at;
    } else if (Number.isNaN(exchange.otherInformationalAt)) {
      exchange.otherInformationalAt = message.at;
      exchange.otherInformational = stampOf(message);
    }
  }
}
