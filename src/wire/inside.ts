/**
 * What a readable message of phase 2 says: Informationals, quick modes, transactions (RFC 2408 3.8 to 3.15,
 * RFC 2407 4.6, RFC 3947 5.2). Readable means sent in the clear, copied in the clear by a gateway, or decrypted.
 */

import { formatAddress } from "./address.ts";
import { hex, readU16, readU32 } from "./bytes.ts";
import { GENERIC_HEADER, Payload, type PlacedPayload, readChain } from "./payload-chain.ts";

/** Of the protocols that an SPI can belong to (RFC 2407 4.4.1) that of the IKE SA itself. */
export const PROTOCOL_ISAKMP = 1;

export interface Deleted {
  protocol: number;
  /** Lower-case hex: 8 digits of an IPsec SA, 32 (both cookies) of an IKE SA. */
  spis: string[];
}

export interface Notified {
  protocol: number;
  /** Number of the notify message (RFC 2408 3.14.1, RFC 2407 4.6.3). */
  type: number;
  spi: string;
}

/** Content of an ID payload, or of a NAT-OA, which has neither protocol nor port. */
export interface Identity {
  /** Kind of identification (RFC 2407 4.6.2.1): 1 IPv4 address, 4 IPv4 subnet, 5 IPv6 address, ... */
  kind: number;
  /** IP protocol and port; 0 for any. */
  protocol: number;
  port: number;
  /** Address or subnet as text; hex for every other kind. */
  text: string;
}

export interface Inside {
  deletes: Deleted[];
  notifies: Notified[];
  /** IDci and IDcr of a quick mode, in this order. */
  ids: Identity[];
  natOriginals: string[];
  /** SPIs of the proposals, with their protocol. */
  spis: { protocol: number; spi: string }[];
  /** Encapsulation of the proposed IPsec SA: 1 tunnel, 2 transport, 3 and 4 the same in UDP; 0 where not stated. */
  encapsulation: number;
  payloads: readonly PlacedPayload[];
}

/** Reads the message that begins at `offset` and ends at `end`; a payload whose content lies is passed over. */
export function readInside(bytes: Uint8Array, offset: number, end: number): Inside {
  const { payloads } = readChain(bytes, offset, end);
  const inside: Inside = {
    deletes: [],
    notifies: [],
    ids: [],
    natOriginals: [],
    spis: [],
    encapsulation: 0,
    payloads,
  };
  for (const { type, from, to } of payloads) {
    if (type === Payload.delete) readDelete(bytes, from, to, inside);
    else if (type === Payload.notify) readNotify(bytes, from, to, inside);
    else if (type === Payload.id) readIdentity(bytes, from, to, inside);
    else if (type === Payload.natOa || type === Payload.natOaDraft) readNatOriginal(bytes, from, to, inside);
    else if (type === Payload.sa) readSa(bytes, from, to, inside);
  }
  return inside;
}

/** DOI (4), protocol (1), SPI size (1), number of SPIs (2), SPIs (RFC 2408 3.15). */
const DELETE_FIXED = 8;
const MAX_SPIS = 64;

function readDelete(bytes: Uint8Array, from: number, to: number, inside: Inside): void {
  if (to - from < DELETE_FIXED) return;
  const size = bytes[from + 5];
  const count = readU16(bytes, from + 6);
  if (from + DELETE_FIXED + size * count > to) return;
  const spis: string[] = [];
  for (let i = 0; i < Math.min(count, MAX_SPIS); i += 1) {
    const at = from + DELETE_FIXED + i * size;
    spis.push(hex(bytes, at, size));
  }
  inside.deletes.push({ protocol: bytes[from + 4], spis });
}

/** DOI (4), protocol (1), SPI size (1), type (2), SPI, data (RFC 2408 3.14). */
const NOTIFY_FIXED = 8;

function readNotify(bytes: Uint8Array, from: number, to: number, inside: Inside): void {
  if (to - from < NOTIFY_FIXED) return;
  const spiSize = bytes[from + 5];
  if (from + NOTIFY_FIXED + spiSize > to) return;
  inside.notifies.push({
    protocol: bytes[from + 4],
    type: readU16(bytes, from + 6),
    spi: hex(bytes, from + NOTIFY_FIXED, spiSize),
  });
}

/** Kind (1), protocol (1), port (2), data (RFC 2407 4.6.2). */
const ID_FIXED = 4;
const ID_IPV4 = 1;
const ID_IPV4_SUBNET = 4;
const ID_IPV6 = 5;
const ID_IPV6_SUBNET = 6;
const MAX_ID_BYTES = 64;

function readIdentity(bytes: Uint8Array, from: number, to: number, inside: Inside): void {
  if (to - from < ID_FIXED) return;
  inside.ids.push({
    kind: bytes[from],
    protocol: bytes[from + 1],
    port: readU16(bytes, from + 2),
    text: identityText(bytes, bytes[from], from + ID_FIXED, to),
  });
}

/** Kind (1), reserved (3), address (RFC 3947 5.2). */
function readNatOriginal(bytes: Uint8Array, from: number, to: number, inside: Inside): void {
  if (to - from < ID_FIXED) return;
  inside.natOriginals.push(identityText(bytes, bytes[from], from + ID_FIXED, to));
}

function identityText(bytes: Uint8Array, kind: number, from: number, to: number): string {
  const size = to - from;
  if (kind === ID_IPV4 && size === 4) return formatAddress(bytes, from, 4);
  if (kind === ID_IPV6 && size === 16) return formatAddress(bytes, from, 6);
  if (kind === ID_IPV4_SUBNET && size === 8) {
    return `${formatAddress(bytes, from, 4)}/${formatAddress(bytes, from + 4, 4)}`;
  }
  if (kind === ID_IPV6_SUBNET && size === 32) {
    return `${formatAddress(bytes, from, 6)}/${formatAddress(bytes, from + 16, 6)}`;
  }
  return hex(bytes, from, Math.min(to - from, MAX_ID_BYTES));
}

/** DOI and situation (4 each) before the proposals (RFC 2408 3.4). */
const SA_FIXED = 8;
/** Generic header, number, protocol, SPI size, number of transforms (3.5); the same and ID, reserved (3.6). */
const PROPOSAL_FIXED = 8;
const TRANSFORM_FIXED = 8;
const MAX_TRANSFORMS = 256;
/** RFC 2407 4.5. */
const ATTRIBUTE_ENCAPSULATION = 4;
/** UDP-encapsulated tunnel and transport of the drafts of RFC 3947. */
const DRAFT_ENCAPSULATION = 61440;

function readSa(bytes: Uint8Array, from: number, to: number, inside: Inside): void {
  for (const { at, end } of proposals(bytes, from, to)) {
    const size = bytes[at + 6];
    inside.spis.push({
      protocol: bytes[at + 5],
      spi: hex(bytes, at + PROPOSAL_FIXED, size),
    });
    for (const [type, value] of transforms(bytes, at + PROPOSAL_FIXED + size, end)) {
      if (type !== ATTRIBUTE_ENCAPSULATION || inside.encapsulation !== 0) continue;
      inside.encapsulation = value > DRAFT_ENCAPSULATION ? value - DRAFT_ENCAPSULATION : value;
    }
  }
}

/** The proposals of an SA payload's content: where each begins and ends. */
export function* proposals(
  bytes: Uint8Array,
  from: number,
  to: number,
): Iterable<{ at: number; end: number }> {
  let at = from + SA_FIXED;
  for (let i = 0; i < MAX_TRANSFORMS && at + PROPOSAL_FIXED <= to; i += 1) {
    const end = at + readU16(bytes, at + 2);
    if (end < at + PROPOSAL_FIXED + bytes[at + 6] || end > to) return;
    yield { at, end };
    at = end;
  }
}

/** Attributes of a proposal's transforms as type and value, those with long values cut to 32 bits. */
export function* transforms(bytes: Uint8Array, from: number, to: number): Iterable<[number, number]> {
  let at = from;
  for (let i = 0; i < MAX_TRANSFORMS && at + TRANSFORM_FIXED <= to; i += 1) {
    const end = at + readU16(bytes, at + 2);
    if (end < at + TRANSFORM_FIXED || end > to) return;
    yield* attributes(bytes, at + TRANSFORM_FIXED, end);
    at = end;
  }
}

/** Data attributes (RFC 2408 3.3): a type with the high bit set holds its value, another one a length. */
function* attributes(bytes: Uint8Array, from: number, to: number): Iterable<[number, number]> {
  let at = from;
  while (at + GENERIC_HEADER <= to) {
    const type = readU16(bytes, at);
    const second = readU16(bytes, at + 2);
    if (type >= 0x8000) {
      yield [type & 0x7fff, second];
      at += 4;
    } else {
      if (at + 4 + second > to) return;
      if (second >= 4) yield [type, readU32(bytes, at + second)];
      at += 4 + second;
    }
  }
}
