/** The message at hand: its header (RFC 2408 3.1), and the record of what was found out of it (message-layout.ts). */

import { be32 } from "./columns";
import { FROM, TO } from "./message-layout";

export const MAIN: u32 = 2;
export const AGGRESSIVE: u32 = 4;
export const INFORMATIONAL: u32 = 5;
export const QUICK: u32 = 32;
/** IKE fragments (MS-IKEE 2.2.3). */
const FRAGMENT: u32 = 132;
const ENCRYPTED: u32 = 1;
const PORTS_OF_HOST: f64 = 65_536;

/** Words of the cookies: two of the initiator, two of the responder. */
export function cookie(message: usize, index: usize): u32 {
  return be32(message + (index << 2));
}

/** The responder has no cookie yet: the first message of phase 1. */
export function isOpening(message: usize): bool {
  return load<u64>(message, 8) === 0;
}

export function firstPayload(message: usize): u32 {
  return <u32>load<u8>(message, 16);
}

export function exchangeType(message: usize): u32 {
  return <u32>load<u8>(message, 18);
}

export function isPhase1(message: usize): bool {
  const type = exchangeType(message);
  return type >= 1 && type <= 4;
}

export function isEncrypted(message: usize): bool {
  return (<u32>load<u8>(message, 19) & ENCRYPTED) !== 0;
}

export function isFragment(message: usize): bool {
  return firstPayload(message) === FRAGMENT;
}

export function messageId(message: usize): u32 {
  return be32(message + 20);
}

/** A number (f64) of a record. */
export function number(record: usize, index: usize): f64 {
  return load<f64>(record + (index << 3));
}

export function setNumber(record: usize, index: usize, value: f64): void {
  store<f64>(record + (index << 3), value);
}

/** Hosts of the sender and of the receiver. */
export function sender(record: usize): u32 {
  return hostOf(number(record, FROM));
}

export function receiver(record: usize): u32 {
  return hostOf(number(record, TO));
}

/** An endpoint, see collections/endpoints.ts. */
export function endpoint(host: i32, port: u32): f64 {
  return <f64>host * PORTS_OF_HOST + <f64>port;
}

/** Host of an endpoint. */
export function hostOf(end: f64): u32 {
  return <u32>(end / PORTS_OF_HOST);
}

export function portOf(end: f64): u32 {
  return <u32>(end - <f64>hostOf(end) * PORTS_OF_HOST);
}
