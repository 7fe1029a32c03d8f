/**
 * Readers of what lies below IP: EtherTypes, VLAN tags, LLC, PPP, PPPoE, MPLS, address families.
 *
 * Each takes the bytes, where its layer begins, and where the frame's captured bytes end; it names the next
 * layer or decides. A protocol that carries no IP is `notIp`; nothing is guessed beyond what is said here.
 */

import { Kind } from "./kinds.ts";
import { go, Layer, readU16 } from "./layers.ts";

const MAX_LABELS = 32;

/** An EtherType at `at`, and what it announces behind it. */
export function etherType(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  return announced(readU16(bytes, at), bytes, at + 2, end);
}

/** What a type field announces at `at`; a value up to 1500 is a length of IEEE 802.3, with LLC behind it. */
function announced(type: number, bytes: Uint8Array, at: number, end: number): number {
  return type > 1500 ? protocol(type, bytes, at, end) : llc(bytes, at, end);
}

/** What an EtherType announces at `at`. */
export function protocol(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case 0x0800:
    case 0x86dd:
      return go(Layer.ip, at);
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return at + 4 > end ? Kind.truncatedFrame : go(Layer.etherType, at + 2);
    case 0x8864:
      return go(Layer.pppoe, at);
    case 0x8847:
    case 0x8848:
      return mpls(bytes, at, end);
    case 0x6558:
      return go(Layer.ethernet, at);
    default:
      return Kind.notIp;
  }
}

/** LLC: SNAP with an EtherType, or the old access point of IP (RFC 1042, RFC 948); any other is no IP. */
function llc(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return Kind.truncatedFrame;
  const accessPoint = bytes[at];
  if (bytes[at + 1] !== accessPoint || bytes[at + 2] !== 3) return Kind.notIp;
  if (accessPoint === 0x06) return go(Layer.ip, at + 3);
  if (accessPoint !== 0xaa) return Kind.notIp;
  if (at + 8 > end) return Kind.truncatedFrame;
  const organization = (bytes[at + 3] << 16) | readU16(bytes, at + 4);
  return organization === 0 ? protocol(readU16(bytes, at + 6), bytes, at + 8, end) : Kind.notIp;
}

/** Linux cooked capture v1: 16 bytes, the last two an EtherType or a small number that stands for LLC. */
export function linuxSll(bytes: Uint8Array, at: number, end: number): number {
  return at + 16 > end ? Kind.truncatedFrame : etherType(bytes, at + 14, end);
}

/** Linux cooked capture v2: 20 bytes, the type first. */
export function linuxSll2(bytes: Uint8Array, at: number, end: number): number {
  return at + 20 > end ? Kind.truncatedFrame : announced(readU16(bytes, at), bytes, at + 20, end);
}

/** Address families of IP: all systems' IPv4, and the IPv6 of NetBSD, FreeBSD, macOS and Linux. */
function isIpFamily(family: number): boolean {
  return family === 2 || family === 24 || family === 28 || family === 30 || family === 10;
}

/** An address family in whichever byte order it stands (LINKTYPE_NULL and LINKTYPE_LOOP). */
export function bsdNull(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  if (bytes[at + 1] !== 0 || bytes[at + 2] !== 0) return Kind.notIp;
  const first = bytes[at];
  const last = bytes[at + 3];
  const oneIsZero = first === 0 || last === 0;
  return oneIsZero && isIpFamily(first | last) ? go(Layer.ip, at + 4) : Kind.notIp;
}

/**
 * PPP, with or without address and control, and with a compressed protocol field (RFC 1661, RFC 1662). An
 * address of 0x0f or 0x8f is Cisco HDLC instead (RFC 1547 4.3.1), which LINKTYPE_PPP_HDLC covers too.
 */
export function ppp(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  if (from + 2 > end) return Kind.truncatedFrame;
  if (bytes[from] === 0x0f || bytes[from] === 0x8f) return go(Layer.ciscoHdlc, at);
  if (bytes[from] === 0xff && bytes[from + 1] === 3) from += 2;
  if (from + 2 > end) return Kind.truncatedFrame;
  const short = (bytes[from] & 1) === 1;
  const type = short ? bytes[from] : readU16(bytes, from);
  const payload = from + (short ? 1 : 2);
  if (type === 0x21 || type === 0x57) return go(Layer.ip, payload);
  return type === 0x281 || type === 0x283 ? mpls(bytes, payload, end) : Kind.notIp;
}

/** PPPoE session (RFC 2516): version and type 1, code 0, then PPP without address and control. */
export function pppoe(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end) return Kind.truncatedFrame;
  return bytes[at] === 0x11 && bytes[at + 1] === 0 ? go(Layer.ppp, at + 6) : Kind.notIp;
}

/** Address, control, EtherType. */
export function ciscoHdlc(bytes: Uint8Array, at: number, end: number): number {
  return at + 4 > end ? Kind.truncatedFrame : etherType(bytes, at + 2, end);
}

/**
 * A label stack (RFC 3032) says nothing of what follows. By the first nibble (RFC 4928 3): 4 and 6 are IP; 0 is
 * a pseudo-wire with Ethernet, behind a control word whose first two bytes are zero (RFC 4448 4.6) or behind
 * none, where the nibble is that of a hardware address.
 */
function mpls(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  for (let labels = 0; ; labels += 1) {
    if (labels === MAX_LABELS) return Kind.tooDeep;
    if (from + 4 > end) return Kind.truncatedFrame;
    from += 4;
    if ((bytes[from - 2] & 1) === 1) break;
  }
  if (from + 2 > end) return Kind.truncatedFrame;
  const nibble = bytes[from] >> 4;
  if (nibble === 4 || nibble === 6) return go(Layer.ip, from);
  if (nibble !== 0) return Kind.notIp;
  return go(Layer.ethernet, readU16(bytes, from) === 0 ? from + 4 : from);
}

/** Ethernet II or IEEE 802.3. */
export function ethernet(bytes: Uint8Array, at: number, end: number): number {
  return at + 14 > end ? Kind.truncatedFrame : announced(readU16(bytes, at + 12), bytes, at + 14, end);
}
