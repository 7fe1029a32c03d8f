/** What firewalls and hosts put in front of a packet that they log: NFLOG, PFLOG, enc, PKTAP. */

import { readU16Le, readU32Le } from "./bytes.ts";
import { goLink } from "./inner-link.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, readU16 } from "./layers.ts";
import { isHostIpFamily, isIpFamily } from "./point-to-point.ts";

const ENC_HEADER = 12;

/** OpenBSD's enc interface: address family in the host's byte order, SPI, flags; then the packet in the clear. */
export function enc(bytes: Uint8Array, at: number, end: number): number {
  if (at + ENC_HEADER > end) return Kind.truncatedFrame;
  return isHostIpFamily(bytes, at) ? go(Layer.ip, at + ENC_HEADER) : Kind.notIp;
}

const PFLOG_MIN_HEADER = 4;

/** OpenBSD's pf: length of the header without its padding to four bytes, address family. */
export function pflog(bytes: Uint8Array, at: number, end: number): number {
  if (at + PFLOG_MIN_HEADER > end) return Kind.truncatedFrame;
  const length = (bytes[at] + 3) & ~3;
  return length >= PFLOG_MIN_HEADER && isIpFamily(bytes[at + 1]) ? go(Layer.ip, at + length) : Kind.notIp;
}

/** Address family, version, resource; then attributes: length with its own four bytes, type, value, padding. */
const NFLOG_HEADER = 4;
const ATTRIBUTE_HEADER = 4;
/** NFULA_PAYLOAD of linux/netfilter/nfnetlink_log.h. */
const ATTRIBUTE_PAYLOAD = 9;
const MAX_ATTRIBUTES = 64;

/**
 * Linux netfilter's log. The attributes are in the byte order of the host, which nothing states: little-endian unless
 * the first one is too long for the frame then. (Wireshark 4.0 reads no big-endian ones.) The payload is a
 * packet, also that of a bridge.
 */
export function nflog(bytes: Uint8Array, at: number, end: number): number {
  let from = at + NFLOG_HEADER;
  if (from + ATTRIBUTE_HEADER > end) return Kind.truncatedFrame;
  const littleEndian = isAttribute(readU16Le(bytes, from), from, end);
  for (let count = 0; count < MAX_ATTRIBUTES; count += 1) {
    if (from + ATTRIBUTE_HEADER > end) return Kind.truncatedFrame;
    const length = littleEndian ? readU16Le(bytes, from) : readU16(bytes, from);
    const type = littleEndian ? readU16Le(bytes, from + 2) : readU16(bytes, from + 2);
    if (length < ATTRIBUTE_HEADER) return Kind.notIp;
    if ((type & 0x7fff) === ATTRIBUTE_PAYLOAD) return packet(bytes, from + ATTRIBUTE_HEADER, end);
    from += (length + 3) & ~3;
  }
  return Kind.tooDeep;
}

function isAttribute(length: number, at: number, end: number): boolean {
  return length >= ATTRIBUTE_HEADER && at + length <= end;
}

/** IP by its version, or no IP at all. */
function packet(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return Kind.truncatedFrame;
  const version = bytes[at] >> 4;
  return version === 4 || version === 6 ? go(Layer.ip, at) : Kind.notIp;
}

/** Length, type of record, link type; all little-endian (Apple, bsd/net/pktap.h). */
const PKTAP_MIN_HEADER = 12;
const PKTAP_PACKET = 1;
/** Of the header with all fields that Apple writes. */
const PKTAP_HEADER = 108;
const PKTAP_MAX_HEADER = 1024;

/** Apple's PKTAP: a header of its own length, then a frame of the link type that it names. */
export function pktap(bytes: Uint8Array, at: number, end: number): number {
  if (at + PKTAP_MIN_HEADER > end) return Kind.truncatedFrame;
  const length = readU32Le(bytes, at);
  if (length < PKTAP_MIN_HEADER || length > PKTAP_MAX_HEADER) return Kind.notIp;
  return readU32Le(bytes, at + 4) === PKTAP_PACKET
    ? goLink(readU32Le(bytes, at + 8), at + length)
    : Kind.notIp;
}

/** LINKTYPE_USER2: PKTAP if it has the form of that; otherwise nobody knows. */
export function user2(bytes: Uint8Array, at: number, end: number): number {
  if (at + PKTAP_MIN_HEADER > end) return Kind.unsupportedLinkType;
  const length = readU32Le(bytes, at);
  const isPktap = length >= PKTAP_HEADER && length <= PKTAP_MAX_HEADER && readU32Le(bytes, at + 4) <= 2;
  return isPktap ? pktap(bytes, at, end) : Kind.unsupportedLinkType;
}
