/**
 * What messages of phase 2 say once they can be read, by a key or by a gateway's clear copy (RFC 2408 3.14, 3.15;
 * RFC 3706): ends of sessions, errors, signs of life, and the selectors of quick modes.
 */

import type { Message } from "../wire/datagram.ts";
import { type Inside, PROTOCOL_ISAKMP, readInside } from "../wire/inside.ts";
import { EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK } from "../wire/isakmp.ts";
import { FIRST_STATUS_NOTIFY, NOTIFY_R_U_THERE, NOTIFY_R_U_THERE_ACK, notifyName } from "../wire/notifies.ts";
import { stampOf } from "./exchange.ts";
import { noteNotifies } from "./exchange-rules.ts";
import type { Side } from "./paths.ts";
import type { IkeSa } from "./sa.ts";
import { selectorsOf } from "./selectors.ts";

/** Opens encrypted messages; handed in by whoever has the keys. */
export interface Opener {
  /** The message in the clear; null where no key opens it. Takes clear messages too, and learns from them. */
  open: (message: Message, side: Side) => Uint8Array | null;
}

export function bytesOf({ bytes, offset, captured }: Message): Uint8Array {
  return bytes.subarray(offset, offset + captured);
}

/** An Informational that neither refuses nor ends anything: DPD, or a status. */
export function saysNothing(clear: Uint8Array | null): boolean {
  if (clear === null) return false;
  const { deletes, notifies } = readInside(clear, 0, clear.length);
  return (
    deletes.length === 0 && notifies.length > 0 && notifies.every(({ type }) => type >= FIRST_STATUS_NOTIFY)
  );
}

/** A message that can be read. */
export interface Readable {
  /** The whole message, header first. */
  clear: Uint8Array;
  /** A key opened it; nothing vouches for one that came in the clear, which ends no session (contract 4). */
  isProven: boolean;
}

/** Keeps what a readable message says. */
export function readOpened(sa: IkeSa, side: Side, message: Message, { clear, isProven }: Readable): void {
  const inside = readInside(clear, 0, clear.length);
  if (message.exchange === EXCHANGE_QUICK) readQuickMode(sa, side, message, inside);
  else if (message.exchange === EXCHANGE_INFORMATIONAL) {
    const isDelete = inside.deletes.some(({ protocol }) => protocol === PROTOCOL_ISAKMP);
    if (isProven && isDelete) sa.setDeletedAt(side, message.at);
    readInformational(sa, side, message, inside);
  }
}

function readQuickMode(sa: IkeSa, side: Side, { messageId }: Message, inside: Inside): void {
  const exchange = sa.exchangeOf(messageId);
  if (exchange === undefined || inside.spis.length === 0) return;
  if (side === exchange.starter) exchange.selectors ??= selectorsOf(inside);
  else exchange.answered ??= selectorsOf(inside);
}

function readInformational(sa: IkeSa, side: Side, message: Message, inside: Inside): void {
  const { notifies } = inside;
  noteNotifies(
    sa,
    side,
    notifies.map(({ type }) => type),
  );
  const what = wordsOf(inside);
  const isDpd = notifies.some(({ type }) => type === NOTIFY_R_U_THERE || type === NOTIFY_R_U_THERE_ACK);
  // Dead-peer detection goes on for as long as the session lives.
  if (what === "" || isDpd) return;
  const errors = notifies.map(({ type }) => type).filter((type) => type > 0 && type < FIRST_STATUS_NOTIFY);
  sa.noteOpened({ stamp: stampOf(message), at: message.at, side, what, errors });
}

const SHOWN_SPIS = 4;

/** The message as evidence shows it. */
function wordsOf({ deletes, notifies }: Inside): string {
  return [
    ...deletes.map(({ protocol, spis }) =>
      protocol === PROTOCOL_ISAKMP
        ? "Delete of the IKE SA"
        : `Delete of IPsec SA ${spis.slice(0, SHOWN_SPIS).join(", ")}`,
    ),
    ...notifies.map(({ type }) => `Notify ${notifyName(type)}`),
  ].join("; ");
}
