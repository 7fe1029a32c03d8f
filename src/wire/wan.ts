/** Frame relay, ATM, Token Ring and FDDI: networks of before, which mirrors and old traces still hold. */

import { llc, networkLayer, protocol } from "./ether-type.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, readU16, skipping } from "./layers.ts";

const MAX_ADDRESS = 4;
const UNNUMBERED_INFORMATION = 0x03;

/**
 * Frame relay: an address of up to four bytes whose last has its lowest bit set (ITU-T Q.922 3.3); then control and
 * an NLPID (RFC 2427 3), or an EtherType (Cisco).
 */
export function frameRelay(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  do {
    if (from >= end) return Kind.truncatedFrame;
    if (from === at + MAX_ADDRESS) return Kind.notIp;
    from += 1;
  } while ((bytes[from - 1] & 1) === 0);
  if (from + 2 > end) return Kind.truncatedFrame;
  if (bytes[from] !== UNNUMBERED_INFORMATION) return protocol(readU16(bytes, from), bytes, from + 2, end);
  // One byte of padding aligns what is behind SNAP.
  if (bytes[from + 1] === 0) from += 1;
  if (from + 2 > end) return Kind.truncatedFrame;
  return networkLayer(bytes[from + 1], bytes, from + 2, end);
}

/**
 * AAL5 (RFC 2684): LLC in front, or nothing. Bare IP is told by its version, which no access point of LLC that is
 * read here can be taken for; a bare bridged frame has two bytes of padding in front (6.2).
 */
export function atm(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  const nibble = bytes[at] >> 4;
  if (nibble === 4 || nibble === 6) return go(Layer.ip, at);
  return readU16(bytes, at) === 0 ? go(Layer.ethernet, at + 2) : llc(bytes, at, end);
}

const SUNATM_TYPE = 0x0f;
const SUNATM_HEADER = 4;
const SUNATM_RAW = 0;
const SUNATM_LANE = 1;
const SUNATM_LLC = 2;
const LANE_CLIENT_ID = 2;

/** SunATM: direction and type, VPI, VCI. */
export function sunAtm(bytes: Uint8Array, at: number, end: number): number {
  if (at + SUNATM_HEADER > end) return Kind.truncatedFrame;
  const from = at + SUNATM_HEADER;
  switch (bytes[at] & SUNATM_TYPE) {
    case SUNATM_RAW:
    case SUNATM_LLC:
      return go(Layer.atm, from);
    case SUNATM_LANE:
      return go(Layer.ethernet, from + LANE_CLIENT_ID);
    default:
      return Kind.notIp;
  }
}

/** Access control, frame control, two addresses (IEEE 802.5 3.1). */
const TOKEN_RING_HEADER = 14;
const TOKEN_RING_SOURCE = 8;
const FRAME_TYPE = 0xc0;
const FRAME_TYPE_LLC = 0x40;
const SOURCE_ROUTED = 0x80;
const ROUTE_LENGTH = 0x1f;

/** Token Ring: a route of up to 30 bytes where the source address says so, then LLC. */
export function tokenRing(bytes: Uint8Array, at: number, end: number): number {
  const from = at + TOKEN_RING_HEADER;
  if (from > end) return Kind.truncatedFrame;
  if ((bytes[at + 1] & FRAME_TYPE) !== FRAME_TYPE_LLC) return Kind.notIp;
  if ((bytes[at + TOKEN_RING_SOURCE] & SOURCE_ROUTED) === 0) return go(Layer.llc, from);
  if (from >= end) return Kind.truncatedFrame;
  const route = bytes[from] & ROUTE_LENGTH;
  return route < 2 || (route & 1) === 1 ? Kind.notIp : go(Layer.llc, from + route);
}

/** Frame control, two addresses (ISO 9314-2). */
const FDDI_HEADER = 13;
const FDDI_CLASS_AND_FORMAT = 0x70;
const FDDI_LLC = 0x50;

/** FDDI: LLC, in asynchronous frames or (what Wireshark does not look into) synchronous ones. */
export function fddi(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return Kind.truncatedFrame;
  if ((bytes[at] & FDDI_CLASS_AND_FORMAT) !== FDDI_LLC) return Kind.notIp;
  return go(Layer.llc, at + FDDI_HEADER);
}

/** IP over Fibre Channel (RFC 4338 3): two names of eight bytes, then LLC. */
export const ipOverFc = skipping(16, Layer.llc);

/** Apple's IP over IEEE 1394: two addresses of eight bytes, then an EtherType. */
export const ieee1394 = skipping(16, Layer.etherType);
