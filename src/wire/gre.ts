/**
 * GRE and what it carries: packets, bridged frames, ERSPAN types I to III, EoIP, PPTP, WCCP, Aruba's 802.11.
 *
 * What is inside is walked like a frame of its own. GRE with source routing is passed over as `notUdp`.
 */

import { protocol } from "./ether-type.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, readU16 } from "./layers.ts";
import { metaData } from "./tags.ts";

const CHECKSUM = 0x80;
const ROUTING = 0x40;
const KEY = 0x20;
const SEQUENCE = 0x10;
const VERSION = 0x07;
/** Of version 1, in the second byte. */
const ACKNOWLEDGMENT = 0x80;
const ENHANCED = 1;

const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;

/** Protocol types that GRE has beside EtherTypes. */
const FRAME_RELAY = 0x6559;
const EOIP = 0x6400;
const PPP = 0x880b;
const WCCP = 0x883e;
const METADATA = 0x8909;
/** Aruba numbers its tunnels of 802.11 in steps of 16. */
const ARUBA_FIRST = 0x8200;
const ARUBA_LAST = 0x83f0;
const ARUBA_STEP = 0x0f;

/** GRE (RFC 2784, RFC 2890): four bytes, and four more for each flag; then what an EtherType names. */
export function gre(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  const flags = bytes[at];
  const version = bytes[at + 1] & VERSION;
  if (version === ENHANCED) return enhancedGre(bytes, at, end);
  if (version !== 0 || (flags & ROUTING) !== 0) return Kind.notUdp;
  const sequenced = (flags & SEQUENCE) !== 0;
  let from = at + 4;
  if ((flags & CHECKSUM) !== 0) from += 4;
  if ((flags & KEY) !== 0) from += 4;
  if (sequenced) from += 4;
  if (from > end) return Kind.truncatedFrame;
  const type = readU16(bytes, at + 2);
  // ERSPAN type I has neither a sequence number nor a header of its own; that of type II is 8 bytes.
  if (type === ERSPAN) return go(Layer.ethernet, sequenced ? from + 8 : from);
  return type === ERSPAN_III ? erspan3(bytes, from, end) : carried(type, bytes, from, end);
}

function carried(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case WCCP:
      return wccp(bytes, at, end);
    case METADATA:
      return metaDataInGre(bytes, at, end);
    case FRAME_RELAY:
      return go(Layer.frameRelay, at);
    case PPP:
      return go(Layer.ppp, at);
    default:
      if (type >= ARUBA_FIRST && type <= ARUBA_LAST && (type & ARUBA_STEP) === 0) return go(Layer.wlan, at);
      return protocol(type, bytes, at, end);
  }
}

/** Length of the payload, number of the call; then sequence number and acknowledgment by their flags. */
const ENHANCED_HEADER = 8;

/**
 * GRE version 1: PPTP (RFC 2637 4.1), whose payload is PPP; and MikroTik's EoIP, which has Ethernet in the same
 * header without a sequence number.
 */
function enhancedGre(bytes: Uint8Array, at: number, end: number): number {
  const type = readU16(bytes, at + 2);
  if (type !== PPP && type !== EOIP) return Kind.notUdp;
  if (at + ENHANCED_HEADER > end) return Kind.truncatedFrame;
  // An acknowledgment or a keepalive alone.
  if (readU16(bytes, at + 4) === 0) return Kind.notUdp;
  let from = at + ENHANCED_HEADER;
  if ((bytes[at] & SEQUENCE) !== 0) from += 4;
  if ((bytes[at + 1] & ACKNOWLEDGMENT) !== 0) from += 4;
  return go(type === EOIP ? Layer.ethernet : Layer.ppp, from);
}

const WCCP_REDIRECT_HEADER = 4;
const IPV4_FIRST = 0x45;
const IPV4_LAST = 0x4f;

/** WCCP: IPv4 as it is (version 1), or behind a redirect header of four bytes (draft-mclaggan-wccp-v2rev1 4.1). */
function wccp(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return Kind.truncatedFrame;
  const bare = bytes[at] >= IPV4_FIRST && bytes[at] <= IPV4_LAST;
  return go(Layer.ip, bare ? at : at + WCCP_REDIRECT_HEADER);
}

/** Version, length, option and security group. */
const METADATA_LENGTH = 6;
/** Version 1, one option. */
const METADATA_ONE_OPTION = 0x0101;

/**
 * Cisco MetaData: in GRE the EtherType of what follows stands in front of it. With the EtherType behind, as on
 * Ethernet, it is understood too; Wireshark does not.
 */
function metaDataInGre(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 + METADATA_LENGTH > end) return Kind.truncatedFrame;
  const first = readU16(bytes, at);
  return first === METADATA_ONE_OPTION
    ? metaData(bytes, at, end)
    : protocol(first, bytes, at + 2 + METADATA_LENGTH, end);
}

/**
 * ERSPAN type III (draft-foschiano-erspan-03 4.2): 12 bytes, 8 more with the O flag. The frame type tells
 * Ethernet (0) from IP (2).
 */
function erspan3(bytes: Uint8Array, at: number, end: number): number {
  if (at + 12 > end) return Kind.truncatedFrame;
  const frameType = (bytes[at + 10] >> 2) & 0x1f;
  const payload = at + 12 + ((bytes[at + 11] & 1) !== 0 ? 8 : 0);
  if (frameType === 2) return go(Layer.ip, payload);
  return frameType === 0 ? go(Layer.ethernet, payload) : Kind.notIp;
}
