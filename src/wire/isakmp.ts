/**
 * The ISAKMP header (RFC 2408 3.1) and the payload chain of messages in the clear (RFC 2408 3.2 to 3.16).
 *
 * Comes in: bytes at an offset, all multi-byte fields big-endian. Goes out: numbers, or a reason why it is no
 * ISAKMP. The header's length is checked once, by `classifyHeader`; the accessors cannot fail afterwards.
 */

import { readU32, writeHex, writeU32 } from "./bytes.ts";

export const headerLength = 28;
/** Cookies, types, flags and message ID: what a snap length must have left of a header for it to count. */
const identityLength = 24;
export const NEXT_PAYLOAD = 16;
const VERSION = 17;
const EXCHANGE = 18;
export const FLAGS = 19;
const MESSAGE_ID = 20;
const LENGTH = 24;

/** What a candidate datagram is; codes from 3 on are reasons why it is malformed. */
export const HeaderClass = {
  ikev1: 0,
  ikev2: 1,
  authip: 2,
  headerCut: 3,
  tooShort: 4,
  zeroInitiatorCookie: 5,
  badVersion: 6,
  badExchange: 7,
  badLength: 8,
} as const;

/** Name of each class, as the report counts it. */
export const headerClassNames: readonly string[] = [
  "ikev1",
  "ikev2",
  "authip",
  "header-cut",
  "too-short",
  "zero-initiator-cookie",
  "bad-version",
  "bad-exchange",
  "bad-length",
];

export function exchangeType(bytes: Uint8Array, offset: number): number {
  return bytes[offset + EXCHANGE];
}

/** E 0x01, C 0x02, A 0x04 (RFC 2408 3.1). */
export function flags(bytes: Uint8Array, offset: number): number {
  return bytes[offset + FLAGS];
}

export function messageId(bytes: Uint8Array, offset: number): number {
  return readU32(bytes, offset + MESSAGE_ID);
}

/** Length of the whole message, header included, in bytes. */
export function lengthField(bytes: Uint8Array, offset: number): number {
  return readU32(bytes, offset + LENGTH);
}

/**
 * The same of a message whose header may be cut: where the snap length took the length field, the datagram's
 * length stands for it.
 *
 * @param captured bytes that the capture holds from `offset`
 * @param length bytes that the UDP datagram has from `offset`
 */
export function messageLength(bytes: Uint8Array, offset: number, captured: number, length: number): number {
  return captured < headerLength ? length : lengthField(bytes, offset);
}

export function nextPayload(bytes: Uint8Array, offset: number): number {
  return bytes[offset + NEXT_PAYLOAD];
}

/**
 * Is this an ISAKMP message, and of which kind?
 *
 * @param captured bytes that the capture holds from `offset`
 * @param length bytes that the UDP datagram has from `offset`; more than the message's own length is padding
 * @returns a code of `HeaderClass`
 */
export function classifyHeader(bytes: Uint8Array, offset: number, captured: number, length: number): number {
  if (length < headerLength) return HeaderClass.tooShort;
  if (captured < identityLength) return HeaderClass.headerCut;
  if (readU32(bytes, offset) === 0 && readU32(bytes, offset + 4) === 0)
    return HeaderClass.zeroInitiatorCookie;
  const major = bytes[offset + VERSION] >> 4;
  if (major !== 1 && major !== 2) return HeaderClass.badVersion;
  const exchange = bytes[offset + EXCHANGE];
  const kind =
    major === 1
      ? ikev1Kind(exchange)
      : isIkev2Exchange(exchange)
        ? HeaderClass.ikev2
        : HeaderClass.badExchange;
  if (kind === HeaderClass.badExchange) return kind;
  const stated = messageLength(bytes, offset, captured, length);
  return stated < headerLength || stated > length ? HeaderClass.badLength : kind;
}

/** RFC 2408 3.1 (1 to 5), the mode-config draft (6), RFC 2409 (32, 33); MS-AIPS 2.2 (243 to 246) is AuthIP. */
function ikev1Kind(exchange: number): number {
  if ((exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33) return HeaderClass.ikev1;
  return exchange >= 243 && exchange <= 246 ? HeaderClass.authip : HeaderClass.badExchange;
}

/** IANA "IKEv2 Exchange Types": IKE_SA_INIT (34) to IKE_FOLLOWUP_KE (44). */
function isIkev2Exchange(exchange: number): boolean {
  return exchange >= 34 && exchange <= 44;
}

/** A header as another program tells it: all but its next payload. */
export interface ToldHeader {
  /** 16 hexadecimal digits each. */
  initiatorCookie: string;
  responderCookie: string;
  /** Major and minor, four bits each. */
  version: number;
  exchange: number;
  flags: number;
  messageId: number;
  /** Of the whole message, bytes. */
  length: number;
}

/** Writes a header where zeros stand. */
export function writeHeader(header: ToldHeader, bytes: Uint8Array, offset: number): void {
  writeHex(header.initiatorCookie, bytes, offset);
  writeHex(header.responderCookie, bytes, offset + 8);
  bytes[offset + VERSION] = header.version;
  bytes[offset + EXCHANGE] = header.exchange;
  bytes[offset + FLAGS] = header.flags;
  writeU32(bytes, offset + MESSAGE_ID, header.messageId);
  writeU32(bytes, offset + LENGTH, header.length);
}

export const EXCHANGE_BASE = 1;
export const EXCHANGE_MAIN = 2;
export const EXCHANGE_AGGRESSIVE = 4;
export const EXCHANGE_INFORMATIONAL = 5;
export const EXCHANGE_QUICK = 32;
export const FLAG_ENCRYPTED = 0x01;
