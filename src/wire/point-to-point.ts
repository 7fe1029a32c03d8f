/** Readers of links without addresses of their own: loopback, cooked captures, PPP, Cisco HDLC, label stacks. */

import { Encapsulation } from "./encapsulations.ts";
import { announced, etherType, protocol } from "./ether-type.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, readU16, skipping } from "./layers.ts";

/** Linux cooked capture v1: 16 bytes, the last two an EtherType or a small number that stands for LLC. */
export function linuxSll(bytes: Uint8Array, at: number, end: number): number {
  return at + 16 > end ? Kind.truncatedFrame : etherType(bytes, at + 14, end);
}

/** Linux cooked capture v2: 20 bytes, the type first. */
export function linuxSll2(bytes: Uint8Array, at: number, end: number): number {
  return at + 20 > end ? Kind.truncatedFrame : announced(readU16(bytes, at), bytes, at + 20, end);
}

/** Address families of IP: all systems' IPv4, and the IPv6 of NetBSD, FreeBSD, macOS and Linux. */
export function isIpFamily(family: number): boolean {
  return family === 2 || family === 24 || family === 28 || family === 30 || family === 10;
}

/** Whether the four bytes at `at` are an address family of IP in whichever byte order they stand. */
export function isHostIpFamily(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 1] !== 0 || bytes[at + 2] !== 0) return false;
  const first = bytes[at];
  const last = bytes[at + 3];
  return (first === 0 || last === 0) && isIpFamily(first | last);
}

/** An address family (LINKTYPE_NULL and LINKTYPE_LOOP). */
export function bsdNull(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  return isHostIpFamily(bytes, at) ? go(Layer.ip, at + 4) : Kind.notIp;
}

/** PPP protocol numbers of IANA. */
const PPP_IPV4 = 0x21;
const PPP_BRIDGED = 0x31;
const PPP_MULTILINK = 0x3d;
const PPP_ENCRYPTED = 0x53;
const PPP_ENCRYPTED_LINK = 0x55;
const PPP_IPV6 = 0x57;
const PPP_HEADER_COMPRESSION_FIRST = 0x61;
const PPP_HEADER_COMPRESSION_LAST = 0x69;
const PPP_COMPRESSED_LINK = 0xfb;
const PPP_COMPRESSED = 0xfd;
const PPP_MPLS = 0x281;
const PPP_MPLS_MULTICAST = 0x283;

/** Addresses of Cisco HDLC (RFC 1547 4.3.1): unicast and multicast. */
const HDLC_UNICAST = 0x0f;
const HDLC_MULTICAST = 0x8f;
/** Address and control of PPP in HDLC framing (RFC 1662 3.1). */
const PPP_ADDRESS_AND_CONTROL = 0xff03;

/**
 * PPP, with or without address and control, and with a compressed protocol field (RFC 1661, RFC 1662); or
 * Cisco HDLC instead, which LINKTYPE_PPP_HDLC covers too.
 */
export function ppp(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  if (from + 2 > end) return Kind.truncatedFrame;
  if (bytes[from] === HDLC_UNICAST || bytes[from] === HDLC_MULTICAST) return go(Layer.ciscoHdlc, at);
  if (readU16(bytes, from) === PPP_ADDRESS_AND_CONTROL) from += 2;
  if (from + 2 > end) return Kind.truncatedFrame;
  const short = (bytes[from] & 1) === 1;
  const type = short ? bytes[from] : readU16(bytes, from);
  return pppProtocol(type, bytes, from + (short ? 1 : 2), end);
}

/** What a PPP protocol number announces at `at`. */
function pppProtocol(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case PPP_IPV4:
    case PPP_IPV6:
      return go(Layer.ip, at);
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return go(Layer.mpls, at);
    case PPP_BRIDGED:
      return bridgedPpp(bytes, at, end);
    case PPP_MULTILINK:
      return multilink(bytes, at, end);
    case PPP_COMPRESSED_LINK:
    case PPP_COMPRESSED:
      return notLookedInto(Encapsulation.compressedPpp);
    case PPP_ENCRYPTED:
    case PPP_ENCRYPTED_LINK:
      return notLookedInto(Encapsulation.encryptedPpp);
    default:
      return type >= PPP_HEADER_COMPRESSION_FIRST && type <= PPP_HEADER_COMPRESSION_LAST
        ? notLookedInto(Encapsulation.compressedPppHeaders)
        : Kind.notIp;
  }
}

const MAC_TYPE_ETHERNET = 1;
const BRIDGED_LAN_ID = 0x40;

/** A bridged frame (RFC 3518 4.2): flags, type of MAC, perhaps four bytes of LAN ID. */
function bridgedPpp(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  if (bytes[at + 1] !== MAC_TYPE_ETHERNET) return Kind.notIp;
  return go(Layer.ethernet, at + ((bytes[at] & BRIDGED_LAN_ID) !== 0 ? 6 : 2));
}

const MULTILINK_BEGIN = 0x80;
const MULTILINK_LONG_HEADER = 4;

/** Multilink (RFC 1990 3) with long sequence numbers, the default: the first fragment holds the headers. */
function multilink(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 > end) return Kind.truncatedFrame;
  if ((bytes[at] & MULTILINK_BEGIN) === 0) return Kind.laterFragment;
  return go(Layer.ppp, at + MULTILINK_LONG_HEADER);
}

/** A byte of direction in front (LINKTYPE_PPP_WITH_DIR, LINKTYPE_C_HDLC_WITH_DIR, LINKTYPE_FRELAY_WITH_DIR). */
export const pppWithDirection = skipping(1, Layer.ppp);
export const hdlcWithDirection = skipping(1, Layer.ciscoHdlc);
export const frameRelayWithDirection = skipping(1, Layer.frameRelay);

/** LINKTYPE_PPP_PPPD: the direction in place of the address. */
export const pppd = skipping(2, Layer.ppp);

const PPPOE_HEADER = 6;
/** Version 1, type 1. */
const PPPOE_VERSION = 0x11;

/** PPPoE session (RFC 2516 4): code 0, then PPP without address and control. */
export function pppoe(bytes: Uint8Array, at: number, end: number): number {
  if (at + PPPOE_HEADER > end) return Kind.truncatedFrame;
  return bytes[at] === PPPOE_VERSION && bytes[at + 1] === 0 ? go(Layer.ppp, at + PPPOE_HEADER) : Kind.notIp;
}

/** Address, control, EtherType. */
export function ciscoHdlc(bytes: Uint8Array, at: number, end: number): number {
  return at + 4 > end ? Kind.truncatedFrame : etherType(bytes, at + 2, end);
}

const MAX_LABELS = 32;
const BOTTOM_OF_STACK = 1;

/**
 * A label stack (RFC 3032) says nothing of what follows. By the first nibble (RFC 4928 3): 4 and 6 are IP; 0 is
 * a pseudo-wire with Ethernet, behind a control word whose first two bytes are zero (RFC 4448 4.6) or behind
 * none, where the nibble is that of a hardware address.
 */
export function mpls(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  for (let labels = 0; ; labels += 1) {
    if (labels === MAX_LABELS) return Kind.tooDeep;
    if (from + 4 > end) return Kind.truncatedFrame;
    from += 4;
    if ((bytes[from - 2] & BOTTOM_OF_STACK) === 1) break;
  }
  if (from + 2 > end) return Kind.truncatedFrame;
  const nibble = bytes[from] >> 4;
  if (nibble === 4 || nibble === 6) return go(Layer.ip, from);
  if (nibble !== 0) return Kind.notIp;
  return go(Layer.ethernet, readU16(bytes, from) === 0 ? from + 4 : from);
}

const IPOIB_PSEUDO_HEADER = 40;

/** LINKTYPE_IPOIB: a pseudo header of 40 bytes, then EtherType and two bytes reserved (RFC 4391 6). */
export function ipoib(bytes: Uint8Array, at: number, end: number): number {
  const from = at + IPOIB_PSEUDO_HEADER;
  return from + 4 > end ? Kind.truncatedFrame : protocol(readU16(bytes, from), bytes, from + 4, end);
}
