/** Payloads of a message in the clear (RFC 2408 3.2 to 3.14): vendor IDs, proposals, NAT-D, notifies. */

import { hex, readU16, readU32 } from "./bytes.ts";
import { headerLength, lengthField, nextPayload } from "./isakmp.ts";
import { GENERIC_HEADER, Payload } from "./payload-chain.ts";

/** What an unencrypted message of phase 1 shows. */
export interface ClearPayloads {
  /** Vendor IDs in order, lower-case hex. */
  vendorIds: string[];
  /** The smallest life duration of the proposal's transforms, in seconds; null when none is stated in seconds. */
  lifeSeconds: number | null;
  /** NAT-D payloads (RFC 3947 3.2), and the first 8 bytes of each hash as two words. */
  natDiscovery: number;
  natHashes: number[];
  /** Hash algorithm of the first transform (RFC 2409 App. A: 1 MD5, 2 SHA-1, 4 SHA-256, ...); null without one. */
  hash: number | null;
  /** Types of notify payloads (RFC 2408 3.14). */
  notifies: number[];
  /** The capture ended inside the chain. */
  cut: boolean;
}

/** What a message shows of which nothing is known but its header. */
export function noPayloads(): ClearPayloads {
  return {
    vendorIds: [],
    lifeSeconds: null,
    natDiscovery: 0,
    natHashes: [],
    hash: null,
    notifies: [],
    cut: false,
  };
}

const MAX_PAYLOADS = 64;
const MAX_VENDOR_IDS = 32;
const MAX_VENDOR_ID_BYTES = 64;

/**
 * Walks the payload chain of a message whose E flag is clear (RFC 2408 3.2). A length that lies ends the walk;
 * what was read before it stands.
 */
export function readClearPayloads(bytes: Uint8Array, offset: number, captured: number): ClearPayloads {
  const found = noPayloads();
  if (captured < headerLength) return { ...found, cut: true };
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
  if (type === Payload.vendorId) {
    if (found.vendorIds.length < MAX_VENDOR_IDS) found.vendorIds.push(vendorId(bytes, from, to));
  } else if (type === Payload.natD || type === Payload.natDDraft) {
    found.natDiscovery += 1;
    if (to - from >= HASH_PREFIX && found.natHashes.length < 2 * MAX_NAT_HASHES) {
      found.natHashes.push(readU32(bytes, from), readU32(bytes, from + 4));
    }
  } else if (type === Payload.sa) {
    found.lifeSeconds = smallestLife(bytes, from, to);
    found.hash = firstHash(bytes, from, to);
  } else if (type === Payload.notify && to - from >= NOTIFY_FIXED) {
    if (found.notifies.length < MAX_NOTIFIES) found.notifies.push(readU16(bytes, from + NOTIFY_TYPE));
  }
}

/** Of a NAT-D hash so much is kept: more than enough to tell some twenty million addresses apart. */
const HASH_PREFIX = 8;
/** One for the peer, and one for each address of the sender (RFC 3947 3.2). */
const MAX_NAT_HASHES = 5;
/** Notify payload (RFC 2408 3.14): DOI, protocol, length of the SPI, type. */
const NOTIFY_FIXED = 8;
const NOTIFY_TYPE = 6;
const MAX_NOTIFIES = 4;

function vendorId(bytes: Uint8Array, from: number, to: number): string {
  const length = Math.min(to - from, MAX_VENDOR_ID_BYTES);
  return hex(bytes, from, length);
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
const ATTRIBUTE_HASH = 2;

/** The hash algorithm of the first transform of the first proposal: of an answer, the one that was chosen. */
function firstHash(bytes: Uint8Array, from: number, to: number): number | null {
  const proposal = from + SA_FIXED;
  if (proposal + PROPOSAL_FIXED > to) return null;
  const transform = proposal + PROPOSAL_FIXED + bytes[proposal + 6];
  if (transform + TRANSFORM_FIXED > to) return null;
  const end = Math.min(to, transform + readU16(bytes, transform + 2));
  for (let at = transform + TRANSFORM_FIXED; at + 4 <= end; ) {
    const short = bytes[at] >= 0x80;
    if (short && (readU16(bytes, at) & 0x7fff) === ATTRIBUTE_HASH) return readU16(bytes, at + 2);
    at += 4 + (short ? 0 : readU16(bytes, at + 2));
  }
  return null;
}

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
