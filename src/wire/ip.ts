/**
 * IPv4 and IPv6 headers, fragments and extension headers included, down to UDP, ESP or a tunnel.
 *
 * Sets the addresses of the innermost header. Checksums are never validated: offloading and ASA captures
 * leave them wrong.
 */

import type { Located } from "./datagram.ts";
import { Encapsulation } from "./encapsulations.ts";
import { Kind } from "./kinds.ts";
import { l2tpOverIp } from "./l2tp.ts";
import { go, Layer, notLookedInto, readU16, UNKNOWN_END } from "./layers.ts";
import type { PortSet } from "./ports.ts";
import { udp } from "./udp.ts";

const PROTOCOL_ICMP = 1;
const PROTOCOL_IPV4 = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_ESP = 50;
const PROTOCOL_AH = 51;
const PROTOCOL_MINIMAL_ENCAPSULATION = 55;
const PROTOCOL_ICMPV6 = 58;
const PROTOCOL_ETHERIP = 97;
const PROTOCOL_IPCOMP = 108;
const PROTOCOL_L2TP = 115;
const PROTOCOL_MPLS = 137;
const PROTOCOL_ETHERNET = 143;

const IPV6_HOP_BY_HOP = 0;
const IPV6_ROUTING = 43;
const IPV6_FRAGMENT = 44;
const IPV6_DESTINATION = 60;
const IPV6_MOBILITY = 135;
const IPV6_HIP = 139;
const IPV6_SHIM6 = 140;

const MAX_EXTENSION_HEADERS = 32;

export function ip(bytes: Uint8Array, at: number, end: number, ports: PortSet, out: Located): number {
  if (at >= end) return Kind.truncatedFrame;
  const version = bytes[at] >> 4;
  if (version === 4) return ipv4(bytes, at, end, ports, out);
  return version === 6 ? ipv6(bytes, at, end, ports, out) : Kind.badHeader;
}

/** RFC 791 3.1. */
function ipv4(bytes: Uint8Array, at: number, end: number, ports: PortSet, out: Located): number {
  if (at + 20 > end) return Kind.truncatedFrame;
  const headerLength = (bytes[at] & 0x0f) * 4;
  const total = readU16(bytes, at + 2);
  if (headerLength < 20 || (total !== 0 && total < headerLength)) return Kind.badHeader;
  const fragment = readU16(bytes, at + 6);
  if ((fragment & 0x1fff) !== 0) return Kind.laterFragment;
  out.ipVersion = 4;
  out.identification = readU16(bytes, at + 4);
  out.source = at + 12;
  out.destination = at + 16;
  // Segmentation offload leaves a total length of 0.
  const ipEnd = total === 0 ? UNKNOWN_END : at + total;
  const fragmented = (fragment & 0x2000) !== 0;
  const protocol = bytes[at + 9];
  const from = at + headerLength;
  return protocol === PROTOCOL_AH
    ? extensions(protocol, 4, bytes, from, ipEnd, end, fragmented, ports, out)
    : transport(protocol, bytes, from, ipEnd, end, fragmented, ports, out);
}

/** RFC 8200 3. */
function ipv6(bytes: Uint8Array, at: number, end: number, ports: PortSet, out: Located): number {
  if (at + 40 > end) return Kind.truncatedFrame;
  out.ipVersion = 6;
  out.identification = 0;
  out.source = at + 8;
  out.destination = at + 24;
  const payloadLength = readU16(bytes, at + 4);
  // A payload length of 0 announces a jumbogram (RFC 2675) or comes from offload.
  const ipEnd = payloadLength === 0 ? UNKNOWN_END : at + 40 + payloadLength;
  return extensions(bytes[at + 6], 6, bytes, at + 40, ipEnd, end, false, ports, out);
}

/** Walks over extension headers (RFC 8200 4) and AH, which IPv4 has as well. */
function extensions(
  first: number,
  ipVersion: number,
  bytes: Uint8Array,
  at: number,
  ipEnd: number,
  end: number,
  fragmentedBefore: boolean,
  ports: PortSet,
  out: Located,
): number {
  let header = first;
  let from = at;
  let fragmented = fragmentedBefore;
  for (let count = 0; count < MAX_EXTENSION_HEADERS; count += 1) {
    if (header !== PROTOCOL_AH && (ipVersion === 4 || !isExtension(header))) {
      return transport(header, bytes, from, ipEnd, end, fragmented, ports, out);
    }
    if (from + 8 > ipEnd) return Kind.badHeader;
    if (from + 8 > end) return Kind.truncatedFrame;
    if (header === IPV6_FRAGMENT) {
      const fragment = readU16(bytes, from + 2);
      if ((fragment & 0xfff8) !== 0) return Kind.laterFragment;
      // Offset 0 and no more fragments: an atomic fragment, which is whole (RFC 6946).
      fragmented ||= (fragment & 1) !== 0;
    }
    const length = extensionLength(header, bytes[from + 1]);
    header = bytes[from];
    from += length;
    // The headers of a fragmented packet are all in its first fragment (RFC 7112), so this holds for it too.
    if (from > ipEnd) return Kind.badHeader;
  }
  return Kind.tooDeep;
}

/** Extension headers of the common form: next header, length. */
function isExtension(header: number): boolean {
  switch (header) {
    case IPV6_HOP_BY_HOP:
    case IPV6_ROUTING:
    case IPV6_FRAGMENT:
    case IPV6_DESTINATION:
    case IPV6_MOBILITY:
    case IPV6_HIP:
    case IPV6_SHIM6:
      return true;
    default:
      return false;
  }
}

/** In bytes. AH counts 32-bit words less two (RFC 4302 2.2), the others 64-bit words less one (RFC 6564 4). */
function extensionLength(header: number, stated: number): number {
  if (header === IPV6_FRAGMENT) return 8;
  return header === PROTOCOL_AH ? (stated + 2) * 4 : (stated + 1) * 8;
}

/** The payload of IP at `at`; `ipEnd` by the IP header, `end` by the capture. */
export function transport(
  protocol: number,
  bytes: Uint8Array,
  at: number,
  ipEnd: number,
  end: number,
  fragmented: boolean,
  ports: PortSet,
  out: Located,
): number {
  switch (protocol) {
    case PROTOCOL_UDP:
      return udp(bytes, at, ipEnd, end, fragmented, ports, out);
    case PROTOCOL_ESP:
      out.sourcePort = 0;
      out.destinationPort = 0;
      out.payload = at;
      out.captured = Math.max(0, Math.min(end, ipEnd) - at);
      out.length = ipEnd === UNKNOWN_END ? out.captured : ipEnd - at;
      out.marker = false;
      return Kind.esp;
    case PROTOCOL_GRE:
      return go(Layer.gre, at);
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      return go(Layer.ip, at);
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return Kind.icmp;
    default:
      return tunnel(protocol, bytes, at, end);
  }
}

/** Tunnels beside those that are common. */
function tunnel(protocol: number, bytes: Uint8Array, at: number, end: number): number {
  switch (protocol) {
    case PROTOCOL_ETHERIP:
      return etherIp(bytes, at, end);
    case PROTOCOL_L2TP:
      return l2tpOverIp(bytes, at, end);
    case PROTOCOL_MPLS:
      return go(Layer.mpls, at);
    case PROTOCOL_ETHERNET:
      return go(Layer.ethernet, at);
    case PROTOCOL_IPCOMP:
      return notLookedInto(Encapsulation.ipComp);
    case PROTOCOL_MINIMAL_ENCAPSULATION:
      return notLookedInto(Encapsulation.minimalEncapsulation);
    default:
      return Kind.notUdp;
  }
}

const ETHERIP_HEADER = 2;
const ETHERIP_VERSION = 3;

/** EtherIP (RFC 3378 3): version 3 and twelve bits reserved, then Ethernet. */
function etherIp(bytes: Uint8Array, at: number, end: number): number {
  if (at + ETHERIP_HEADER > end) return Kind.truncatedFrame;
  return bytes[at] >> 4 === ETHERIP_VERSION ? go(Layer.ethernet, at + ETHERIP_HEADER) : Kind.notUdp;
}
