/** What a message of phase 1, an Informational and a notify change in the facts of an IKE SA. */

import type { Pool } from "../linear/rows.ts";
import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_AGGRESSIVE, EXCHANGE_MAIN } from "../wire/isakmp.ts";
import { FIRST_STATUS_NOTIFY, NOTIFY_INVALID_MESSAGE_ID } from "../wire/notifies.ts";
import { type Exchange, isPrompt, OPEN_EXCHANGES, stampOf, timeFor } from "./exchange.ts";
import type { Side } from "./paths.ts";
import type { IkeSa } from "./sa.ts";
import type { VendorLists } from "./vendor-lists.ts";

/**
 * A message of phase 1: its clear payloads, and whether the side has finished (RFC 2409 5.1 to 5.4).
 * @param lists those that the IKE SA has numbers of
 */
export function phase1(sa: IkeSa, side: Side, message: Message, lists: VendorLists): void {
  // What a log tells may be what a capture showed already; that it was encrypted says enough.
  if (!message.logged) sa.setPhase1Messages(side, sa.phase1MessagesOf(side) + 1);
  if (sa.mode === 0) sa.mode = message.exchange;
  if (!message.encrypted) {
    const clear = message.clearPayloads();
    sa.setVendorList(side, lists.extended(sa.vendorListOf(side), clear.vendorIds));
    if (Number.isNaN(sa.lifetimesOf(side))) sa.setLifetimes(side, clear.lifeSeconds ?? Number.NaN);
    // What the first message offers is not agreed on; where the capture lost it, the answer is the first one seen.
    if (!message.responderCookieZero) sa.hashNumber = sa.hash ?? clear.hash ?? Number.NaN;
    if (clear.natDiscovery > 0) sa.natDiscovery = true;
    if (clear.natHashes.length > 0) {
      sa.setNatHashes(side, agreed(sa.natHashesOf(side), clear.natHashes));
    }
  }
  // Main mode is encrypted from the fifth message on, so an encrypted one is the side's third, whatever was lost.
  const finished =
    message.exchange === EXCHANGE_AGGRESSIVE ||
    (message.exchange === EXCHANGE_MAIN && (message.encrypted || sa.phase1MessagesOf(side) >= 3));
  if (finished && Number.isNaN(sa.phase1FinishedAtOf(side))) sa.setPhase1FinishedAt(side, message.at);
}

/** NAT-D hashes that name nobody: two messages of one side differ in them, and one may be forged. */
const CONTRADICTORY: readonly number[] = [];

function agreed(known: readonly number[] | null, hashes: readonly number[]): readonly number[] {
  if (known === null) return hashes;
  const same = known.length === hashes.length && known.every((word, i) => word === hashes[i]);
  return same ? known : CONTRADICTORY;
}

/** The latest quick modes, which an Informational may concern. */
function openExchanges({ exchanges }: IkeSa): readonly Exchange[] {
  return exchanges.length <= OPEN_EXCHANGES ? exchanges : exchanges.slice(-OPEN_EXCHANGES);
}

/**
 * An Informational: what it ends, if anything, is encrypted as a rule, so that its time is what is kept.
 * @param pool where the times are to lie
 */
export function informational(sa: IkeSa, side: Side, message: Message, isTwoWay: boolean, pool?: Pool): void {
  // Nothing vouches for one in the clear: it ends no session and nobody leaves with it.
  const isVouchedFor = message.encrypted || message.logged;
  if (isVouchedFor) sa.noteInformational(side, message, pool);
  // From an address that the other side never spoke to, anybody could have sent one in the clear.
  const mayRefuse = message.encrypted || isTwoWay;
  for (const exchange of openExchanges(sa)) {
    if (exchange.starter === side) {
      if (isVouchedFor) noteLeft(exchange, message);
    } else if (mayRefuse) noteOther(exchange, message);
  }
  if (!message.encrypted && isTwoWay) readNotify(sa, side, message);
}

/** The starter of a quick mode may have left with it. */
function noteLeft(exchange: Exchange, message: Message): void {
  const leftAt = timeFor(exchange, message);
  if (Number.isNaN(exchange.starterInformationalAt)) exchange.starterInformationalAt = leftAt;
  if (Number.isNaN(exchange.starterLeftAt) && !isPrompt(exchange, leftAt)) exchange.starterLeftAt = leftAt;
}

/** The other side may have refused a quick mode with it. */
function noteOther(exchange: Exchange, message: Message): void {
  if (!Number.isNaN(exchange.otherInformationalAt)) return;
  // Behind a step of the clock its time would not tell that the starter had left before.
  if (message.segment !== exchange.segment && !Number.isNaN(exchange.starterInformationalAt)) return;
  exchange.otherInformationalAt = message.at;
  exchange.otherInformational = stampOf(message);
}

/** What an Informational in the clear, or the decrypted copy of one, says of the quick modes that wait for an answer. */
export function readNotify(sa: IkeSa, side: Side, message: Message): void {
  noteNotifies(sa, side, message.clearPayloads().notifies);
}

/** Notifies of one message, by their types. */
export function noteNotifies(sa: IkeSa, side: Side, types: readonly number[]): void {
  const errors = types.filter((type) => type > 0 && type < FIRST_STATUS_NOTIFY);
  if (errors.length === 0) return;
  const telling = errors.find((type) => type !== NOTIFY_INVALID_MESSAGE_ID) ?? NOTIFY_INVALID_MESSAGE_ID;
  for (const exchange of openExchanges(sa)) {
    if (exchange.starter === side || !Number.isNaN(exchange.replyAt)) continue;
    if (!Number.isNaN(exchange.starterLeftAt)) continue;
    if (exchange.otherNotify === 0 || exchange.otherNotify === NOTIFY_INVALID_MESSAGE_ID) {
      exchange.otherNotify = telling;
    }
  }
}
