/**
 * Tunnels and mirrors in UDP, by their ports: VXLAN and VXLAN-GPE, Geneve, GTP-U, LISP, Teredo, MPLS and GRE in UDP,
 * and those of l2tp.ts and mirrors.ts.
 *
 * A port alone proves nothing: what its header or the packet inside contradicts is `otherPort`.
 */

import { protocol } from "./ether-type.ts";
import { isEthernet } from "./guess.ts";
import { Kind } from "./kinds.ts";
import { l2tpOverUdp } from "./l2tp.ts";
import { go, Layer, readU16, skipping } from "./layers.ts";
import { capwap, juniperMirror, remoteWlan, tzsp } from "./mirrors.ts";

const UDP_HEADER = 8;

/** Assigned by IANA, but for those with a comment. */
const L2TP = 1701;
const GTP_USER = 2152;
const GTP_OLD = 3386;
const TEREDO = 3544;
const LISP_DATA = 4341;
const GRE_IN_UDP = 4754;
const VXLAN = 4789;
const VXLAN_GPE = 4790;
const CAPWAP_DATA = 5247;
const GENEVE = 6081;
const MPLS_IN_UDP = 6635;
/** The one that Linux used before VXLAN had any. */
const VXLAN_LINUX = 8472;
/** By their makers: OmniPeek and sniffer-mode access points, Aruba's mirror, Juniper's mirror, TZSP. */
const PEEK_REMOTE = 5000;
const ARUBA_MIRROR = 5555;
const JUNIPER_MIRROR = 30030;
const TZSP = 37008;

/** Ports whose UDP may be a tunnel, as source or destination. */
export const TUNNEL_PORTS: readonly number[] = [
  L2TP,
  GTP_USER,
  GTP_OLD,
  TEREDO,
  LISP_DATA,
  GRE_IN_UDP,
  VXLAN,
  VXLAN_GPE,
  PEEK_REMOTE,
  CAPWAP_DATA,
  ARUBA_MIRROR,
  GENEVE,
  MPLS_IN_UDP,
  VXLAN_LINUX,
  JUNIPER_MIRROR,
  TZSP,
];

/** UDP that is not ISAKMP by its ports: a tunnel, or nothing to look into. `at` is the UDP header. */
export function udpTunnel(
  bytes: Uint8Array,
  at: number,
  end: number,
  sourcePort: number,
  destinationPort: number,
): number {
  const kind = tunnelAt(destinationPort, bytes, at + UDP_HEADER, end);
  return kind === Kind.otherPort && sourcePort !== destinationPort
    ? tunnelAt(sourcePort, bytes, at + UDP_HEADER, end)
    : kind;
}

function tunnelAt(port: number, bytes: Uint8Array, at: number, end: number): number {
  switch (port) {
    case VXLAN:
    case VXLAN_LINUX:
      return vxlan(bytes, at, end);
    case VXLAN_GPE:
      return vxlanGpe(bytes, at, end);
    case GENEVE:
      return geneve(bytes, at, end);
    case TZSP:
      return tzsp(bytes, at, end);
    case CAPWAP_DATA:
      return capwap(bytes, at, end);
    case L2TP:
      return l2tpOverUdp(bytes, at, end);
    case GTP_USER:
      return gtpUser(bytes, at, end);
    default:
      return rarerTunnelAt(port, bytes, at, end);
  }
}

function rarerTunnelAt(port: number, bytes: Uint8Array, at: number, end: number): number {
  switch (port) {
    case GTP_OLD:
      return gtpOld(bytes, at, end);
    case LISP_DATA:
      return lisp(bytes, at, end);
    case TEREDO:
      return teredo(bytes, at, end);
    case GRE_IN_UDP:
      return go(Layer.gre, at);
    case MPLS_IN_UDP:
      return go(Layer.mpls, at);
    case PEEK_REMOTE:
    case ARUBA_MIRROR:
      return remoteWlan(bytes, at, end);
    case JUNIPER_MIRROR:
      return juniperMirror(bytes, at, end);
    default:
      return Kind.otherPort;
  }
}

const VXLAN_HEADER = 8;
const VXLAN_VALID_NETWORK = 0x08;

/** VXLAN (RFC 7348 5): 8 bytes, the I flag set, then Ethernet. */
function vxlan(bytes: Uint8Array, at: number, end: number): number {
  if (at + VXLAN_HEADER > end) return Kind.truncatedFrame;
  return (bytes[at] & VXLAN_VALID_NETWORK) !== 0 ? go(Layer.ethernet, at + VXLAN_HEADER) : Kind.otherPort;
}

const GPE_NEXT_PROTOCOL = 0x04;

/** VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe 3.1): the P flag set, the next protocol in the fourth byte. */
function vxlanGpe(bytes: Uint8Array, at: number, end: number): number {
  if (at + VXLAN_HEADER > end) return Kind.truncatedFrame;
  if ((bytes[at] & GPE_NEXT_PROTOCOL) === 0) return vxlan(bytes, at, end);
  return nextProtocol(bytes[at + 3], at + VXLAN_HEADER, Kind.otherPort);
}

/** Numbers that VXLAN-GPE and NSH share (RFC 8300 2.2). */
function nextProtocol(number: number, at: number, otherwise: number): number {
  switch (number) {
    case 1: // IPv4
    case 2: // IPv6
      return go(Layer.ip, at);
    case 3:
      return go(Layer.ethernet, at);
    case 4:
      return go(Layer.nsh, at);
    case 5:
      return go(Layer.mpls, at);
    default:
      return otherwise;
  }
}

const NSH_BASE_HEADER = 4;
const NSH_MIN_LENGTH = 8;

/** Network service header (RFC 8300 2.2): version 0, length in words, next protocol. */
export function nsh(bytes: Uint8Array, at: number, end: number): number {
  if (at + NSH_BASE_HEADER > end) return Kind.truncatedFrame;
  const length = (bytes[at + 1] & 0x3f) * 4;
  if (bytes[at] >> 6 !== 0 || length < NSH_MIN_LENGTH) return Kind.notIp;
  return nextProtocol(bytes[at + 3], at + length, Kind.notIp);
}

/** Geneve (RFC 8926 3.4): version 0, 8 bytes and options, then what an EtherType names. */
function geneve(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return Kind.truncatedFrame;
  if (bytes[at] >> 6 !== 0) return Kind.otherPort;
  const kind = protocol(readU16(bytes, at + 2), bytes, at + 8 + (bytes[at] & 0x3f) * 4, end);
  return kind === Kind.notIp ? Kind.otherPort : kind;
}

const GTP_HEADER = 8;
const GTP_OPTIONAL = 4;
const GTP_PACKET = 0xff;
/** Version 1 and protocol type; the low three bits say that more fields follow. */
const GTP_VERSION_1 = 0x30;
const GTP_EXTENSION = 0x04;
const GTP_MORE = 0x07;
const MAX_EXTENSIONS = 16;

/** GTP-U version 1 (3GPP TS 29.281 5.1): a packet behind the header and its extensions. */
function gtpUser(bytes: Uint8Array, at: number, end: number): number {
  if (at + GTP_HEADER > end) return Kind.truncatedFrame;
  if ((bytes[at] & 0xf0) !== GTP_VERSION_1 || bytes[at + 1] !== GTP_PACKET) return Kind.otherPort;
  if ((bytes[at] & GTP_MORE) === 0) return packetOrFrame(bytes, at + GTP_HEADER, end);
  let from = at + GTP_HEADER + GTP_OPTIONAL;
  if (from > end) return Kind.truncatedFrame;
  let extension = (bytes[at] & GTP_EXTENSION) !== 0 ? bytes[from - 1] : 0;
  for (let count = 0; extension !== 0; count += 1) {
    if (count === MAX_EXTENSIONS) return Kind.otherPort;
    if (from >= end) return Kind.truncatedFrame;
    const length = bytes[from] * 4;
    if (length === 0) return Kind.otherPort;
    from += length;
    if (from > end) return Kind.truncatedFrame;
    extension = bytes[from - 1];
  }
  return packetOrFrame(bytes, from, end);
}

const GTP_OLD_HEADER = 20;
const GTP_VERSION_0 = 0x10;

/** GTP version 0 (3GPP TS 09.60 6): 20 bytes. */
function gtpOld(bytes: Uint8Array, at: number, end: number): number {
  if (at + GTP_OLD_HEADER > end) return Kind.truncatedFrame;
  if ((bytes[at] & 0xf0) !== GTP_VERSION_0 || bytes[at + 1] !== GTP_PACKET) return Kind.otherPort;
  return packetOrFrame(bytes, at + GTP_OLD_HEADER, end);
}

/** IP by its version; in 5G networks Ethernet too. */
function packetOrFrame(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return Kind.truncatedFrame;
  const version = bytes[at] >> 4;
  if (isEthernet(bytes, at, end)) return go(Layer.ethernet, at);
  return version === 4 || version === 6 ? go(Layer.ip, at) : Kind.otherPort;
}

const LISP_HEADER = 8;

/** LISP data (RFC 9300 5.1): 8 bytes, then IP. */
const lisp = skipping(LISP_HEADER, Layer.ip);

const TEREDO_ORIGIN = 0x0000;
const TEREDO_ORIGIN_LENGTH = 8;
const TEREDO_AUTHENTICATION = 0x0001;
/** Indicator, two lengths, nonce and confirmation. */
const TEREDO_AUTHENTICATION_LENGTH = 13;

/** Teredo (RFC 4380 5.1.1): IPv6, perhaps behind an authentication and an origin indication. */
function teredo(bytes: Uint8Array, at: number, end: number): number {
  let from = at;
  if (from + 4 > end) return Kind.truncatedFrame;
  if (readU16(bytes, from) === TEREDO_AUTHENTICATION) {
    from += TEREDO_AUTHENTICATION_LENGTH + bytes[from + 2] + bytes[from + 3];
  }
  // Lengths beyond the frame: more likely another protocol than a cut frame.
  if (from + 2 > end) return Kind.otherPort;
  if (readU16(bytes, from) === TEREDO_ORIGIN) from += TEREDO_ORIGIN_LENGTH;
  if (from >= end) return Kind.otherPort;
  return bytes[from] >> 4 === 6 ? go(Layer.ip, from) : Kind.otherPort;
}
