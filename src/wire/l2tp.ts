/**
 * L2TP version 2 (RFC 2661) and version 3 (RFC 3931), over UDP 1701 or IP protocol 115. That of clients with IPsec is
 * inside ESP; this one is what a provider carries, or a client without IPsec.
 */

import { readU32 } from "./bytes.ts";
import { Encapsulation } from "./encapsulations.ts";
import { isEthernet, isIp, isWholeIp } from "./guess.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, readU16 } from "./layers.ts";

const CONTROL = 0x8000;
const LENGTH_PRESENT = 0x4000;
const SEQUENCE_PRESENT = 0x0800;
const OFFSET_PRESENT = 0x0200;
const VERSION = 0x000f;
/** Bits that are zero in every data message of version 2 (RFC 2661 3.1). */
const RESERVED = 0x34f0;

/** @param at what follows the UDP header */
export function l2tpOverUdp(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  const flags = readU16(bytes, at);
  if ((flags & CONTROL) !== 0) return Kind.otherPort;
  switch (flags & VERSION) {
    case 2:
      return (flags & RESERVED) === 0 ? version2(bytes, at, end, flags) : Kind.otherPort;
    case 3:
      return version3(bytes, at, end, flags);
    default:
      return Kind.otherPort;
  }
}

/** Version without any flag, two bytes reserved, then as over IP (RFC 3931 4.1.2.1). */
function version3(bytes: Uint8Array, at: number, end: number, flags: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  return flags === 3 && readU16(bytes, at + 2) === 0 ? session(bytes, at + 4, end) : Kind.otherPort;
}

/** Flags, perhaps a length, tunnel and session, perhaps sequence numbers, perhaps an offset; then PPP. */
function version2(bytes: Uint8Array, at: number, end: number, flags: number): number {
  let from = at + 6;
  if ((flags & LENGTH_PRESENT) !== 0) from += 2;
  if ((flags & SEQUENCE_PRESENT) !== 0) from += 4;
  if ((flags & OFFSET_PRESENT) !== 0) {
    if (from + 2 > end) return Kind.truncatedFrame;
    from += 2 + readU16(bytes, from);
  }
  return go(Layer.ppp, from);
}

/** @param at what follows the IP header: session 0 is for control messages (RFC 3931 4.1.1) */
export function l2tpOverIp(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  return readU32(bytes, at) === 0 ? Kind.notUdp : session(bytes, at, end);
}

/** A cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4 (RFC 3931 4.1, 4.6). */
const MAX_OFFSET = 12;

/**
 * Session, cookie, sublayer, payload. The lengths and the kind of payload were agreed on when the session began, which
 * a capture rarely shows: they are told by what makes sense behind them. (Wireshark looks only into sessions whose
 * beginning it saw.)
 */
function session(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  const from = at + 4;
  for (let offset = 0; offset <= MAX_OFFSET; offset += 4) {
    if (isEthernet(bytes, from + offset, end)) return go(Layer.ethernet, from + offset);
  }
  for (let offset = 0; offset <= MAX_OFFSET; offset += 4) {
    if (isPpp(bytes, from + offset, end)) return go(Layer.ppp, from + offset);
    if (isWholeIp(bytes, from + offset, end)) return go(Layer.ip, from + offset);
  }
  return notLookedInto(Encapsulation.unknownPseudowire);
}

const PPP_IPV4 = 0xff030021;
const PPP_IPV6 = 0xff030057;
const HDLC_IPV4 = 0x0f000800;
const HDLC_IPV6 = 0x0f0086dd;

/** PPP in HDLC framing with a packet in it, or Cisco HDLC with one. */
function isPpp(bytes: Uint8Array, at: number, end: number): boolean {
  const header = readU32(bytes, at);
  const known = header === PPP_IPV4 || header === PPP_IPV6 || header === HDLC_IPV4 || header === HDLC_IPV6;
  return known && isIp(bytes, at + 4, end);
}
