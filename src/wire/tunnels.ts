/**
 * Tunnels as mirrors and overlays use them: GRE with ERSPAN types I to III, VXLAN, Geneve.
 *
 * What they carry is walked like a frame of its own. GRE version 1 (PPTP) and GRE with source routing are
 * passed over as `notUdp`.
 */

import { Kind } from "./kinds.ts";
import { go, Layer, readU16 } from "./layers.ts";
import { protocol } from "./link-layer.ts";

const CHECKSUM = 0x80;
const ROUTING = 0x40;
const KEY = 0x20;
const SEQUENCE = 0x10;
const VERSION = 0x07;

const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;

/** GRE (RFC 2784, RFC 2890): four bytes, and four more for each flag; then what an EtherType names. */
export function gre(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  const flags = bytes[at];
  if ((bytes[at + 1] & VERSION) !== 0 || (flags & ROUTING) !== 0) return Kind.notUdp;
  const sequenced = (flags & SEQUENCE) !== 0;
  let from = at + 4;
  if ((flags & CHECKSUM) !== 0) from += 4;
  if ((flags & KEY) !== 0) from += 4;
  if (sequenced) from += 4;
  if (from > end) return Kind.truncatedFrame;
  const type = readU16(bytes, at + 2);
  // ERSPAN type I has neither a sequence number nor a header of its own; that of type II is 8 bytes.
  if (type === ERSPAN) return go(Layer.ethernet, sequenced ? from + 8 : from);
  return type === ERSPAN_III ? erspan3(bytes, from, end) : protocol(type, bytes, from, end);
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

/** IANA's port, and the one that Linux used before there was any. */
const VXLAN_PORT = 4789;
const VXLAN_PORT_LINUX = 8472;
const GENEVE_PORT = 6081;

/** Whether UDP to this port may be a tunnel. */
export function isTunnelPort(port: number): boolean {
  return port === VXLAN_PORT || port === VXLAN_PORT_LINUX || port === GENEVE_PORT;
}

/** UDP that is not ISAKMP by its ports: a tunnel, or nothing to look into. `at` is the UDP header. */
export function udpTunnel(bytes: Uint8Array, at: number, end: number, destinationPort: number): number {
  if (destinationPort === VXLAN_PORT || destinationPort === VXLAN_PORT_LINUX)
    return vxlan(bytes, at + 8, end);
  return destinationPort === GENEVE_PORT ? geneve(bytes, at + 8, end) : Kind.otherPort;
}

/** VXLAN (RFC 7348 5): 8 bytes, the I flag set, then Ethernet. */
function vxlan(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return Kind.truncatedFrame;
  return (bytes[at] & 0x08) !== 0 ? go(Layer.ethernet, at + 8) : Kind.otherPort;
}

/** Geneve (RFC 8926 3.4): version 0, 8 bytes and options, then what an EtherType names. */
function geneve(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return Kind.truncatedFrame;
  if (bytes[at] >> 6 !== 0) return Kind.otherPort;
  return protocol(readU16(bytes, at + 2), bytes, at + 8 + (bytes[at] & 0x3f) * 4, end);
}
