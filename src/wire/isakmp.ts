/**
 * The ISAKMP header (RFC 2408 3.1) and the payload chain of messages in the clear (RFC 2408 3.2 to 3.16).
 *
 * Comes in: bytes at an offset, all multi-byte fields big-endian. Goes out: numbers, or a reason why it is no
 * ISAKMP. The header's length is checked once, by `classifyHeader`; the accessors cannot fail afterwards.
 */

export const headerLength = 28;
export const NEXT_PAYLOAD = 16;
const VERSION = 17;
const EXCHANGE = 18;
const FLAGS = 19;
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

export function readU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  );
}

function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1];
}

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
  if (captured < headerLength) return HeaderClass.headerCut;
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
  const stated = lengthField(bytes, offset);
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

/** What an unencrypted message of phase 1 shows. */
export interface ClearPayloads {
  /** Vendor IDs in order, lower-case hex. */
  vendorIds: string[];
  /** The smallest life duration of the proposal's transforms, in seconds; null when none is stated in seconds. */
  lifeSeconds: number | null;
  /** NAT-D payloads (RFC 3947 3.2). */
  natDiscovery: number;
  /** The capture ended inside the chain. */
  cut: boolean;
}

const PAYLOAD_SA = 1;
const PAYLOAD_VENDOR_ID = 13;
const PAYLOAD_NAT_D = 20;
const PAYLOAD_NAT_D_DRAFT = 130;
const GENERIC_HEADER = 4;
const MAX_PAYLOADS = 64;
const MAX_VENDOR_IDS = 32;
const MAX_VENDOR_ID_BYTES = 64;

/**
 * Walks the payload chain of a message whose E flag is clear (RFC 2408 3.2). A length that lies ends the walk;
 * what was read before it stands.
 */
export function readClearPayloads(bytes: Uint8Array, offset: number, captured: number): ClearPayloads {
  const found: ClearPayloads = { vendorIds: [], lifeSeconds: null, natDiscovery: 0, cut: false };
  const messageEnd = offset + lengthField(bytes, offset);
  const end = Math.min(offset + captured, messageEnd);
  let type = nextPayload(bytes, offset);
  let at = offset + headerLength;
  for (let i = 0; i < MAX_PAYLOADS && type !== 0; i += 1) {
    if (at + GENERIC_HEADER > end) {
      found.cut = end < messageEnd;
      break;
    }
    const length = readU16(bytes, at + 2);
    if (length < GENERIC_HEADER || at + length > messageEnd) break;
    if (at + length > end) {
      found.cut = true;
      break;
    }
    readPayload(type, bytes, at + GENERIC_HEADER, at + length, found);
    type = bytes[at];
    at += length;
  }
  return found;
}

function readPayload(type: number, bytes: Uint8Array, from: number, to: number, found: ClearPayloads): void {
  if (type === PAYLOAD_VENDOR_ID) {
    if (found.vendorIds.length < MAX_VENDOR_IDS) found.vendorIds.push(hex(bytes, from, to));
  } else if (type === PAYLOAD_NAT_D || type === PAYLOAD_NAT_D_DRAFT) found.natDiscovery += 1;
  else if (type === PAYLOAD_SA) found.lifeSeconds = smallestLife(bytes, from, to);
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  const length = Math.min(to - from, MAX_VENDOR_ID_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString("hex");
}

const SA_FIXED = 8;
const PROPOSAL_FIXED = 8;
const TRANSFORM_FIXED = 8;
const MAX_TRANSFORMS = 256;

/** SA payload (RFC 2408 3.4) -> proposals (3.5) -> transforms (3.6) -> life attributes (RFC 2409 App. A). */
function smallestLife(bytes: Uint8Array, from: number, to: number): number | null {
  let smallest: number | null = null;
  let budget = MAX_TRANSFORMS;
  let proposal = from + SA_FIXED;
  while (proposal + PROPOSAL_FIXED <= to && budget > 0) {
    const proposalLength = readU16(bytes, proposal + 2);
    const proposalEnd = proposal + proposalLength;
    if (proposalLength < PROPOSAL_FIXED || proposalEnd > to) break;
    let transform = proposal + PROPOSAL_FIXED + bytes[proposal + 6];
    while (transform + TRANSFORM_FIXED <= proposalEnd && budget > 0) {
      budget -= 1;
      const length = readU16(bytes, transform + 2);
      if (length < TRANSFORM_FIXED || transform + length > proposalEnd) break;
      const life = lifeOf(bytes, transform + TRANSFORM_FIXED, transform + length);
      if (life !== null && (smallest === null || life < smallest)) smallest = life;
      transform += length;
    }
    budget -= 1;
    proposal = proposalEnd;
  }
  return smallest;
}

const ATTRIBUTE_LIFE_TYPE = 11;
const ATTRIBUTE_LIFE_DURATION = 12;
const LIFE_TYPE_SECONDS = 1;

/** Data attributes (RFC 2408 3.3): a type with the high bit set holds its value, another one a length. */
function lifeOf(bytes: Uint8Array, from: number, to: number): number | null {
  let inSeconds = false;
  let at = from;
  while (at + 4 <= to) {
    const type = readU16(bytes, at) & 0x7fff;
    const short = bytes[at] >= 0x80;
    const length = short ? 0 : readU16(bytes, at + 2);
    if (at + 4 + length > to) return null;
    const value = short ? readU16(bytes, at + 2) : readNumber(bytes, at + 4, length);
    if (type === ATTRIBUTE_LIFE_TYPE) inSeconds = value === LIFE_TYPE_SECONDS;
    // No SA lives for 0 seconds: it says no more than an absent attribute.
    else if (type === ATTRIBUTE_LIFE_DURATION && inSeconds) return value === 0 ? null : value;
    at += 4 + length;
  }
  return null;
}

/** An unsigned big-endian number; one beyond 2^53 - 1 is given as that. */
function readNumber(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i += 1) {
    value = Math.min(value * 256 + bytes[offset + i], Number.MAX_SAFE_INTEGER);
  }
  return value;
}
