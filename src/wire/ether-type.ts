/**
 * What an EtherType, an LLC header or a SNAP header announces (IEEE 802.3, RFC 1042).
 *
 * Each reader takes the bytes, where its layer begins, and where the frame's captured bytes end; it names the next
 * layer or decides. A protocol that carries no IP is `notIp`; nothing is guessed beyond what is said here.
 *
 *     protocol(ETHERTYPE_IPV4, bytes, at, end)   // CONTINUE, next is IP at `at`
 */

import { Encapsulation } from "./encapsulations.ts";
import { isIsl, isl } from "./isl.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, readU16 } from "./layers.ts";
import {
  edsa,
  eTag,
  fabricPath,
  hsr,
  macsec,
  metaData,
  providerBackbone,
  redundancyTag,
  trill,
  vlan,
  vnTag,
} from "./tags.ts";

/** IEEE 802 numbers of IANA, and those that vendors assigned to themselves. */
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_TRILL = 0x22f3;
const ETHERTYPE_ROHC = 0x22f1;
const ETHERTYPE_BATMAN_ADV = 0x4305;
const ETHERTYPE_BRIDGED_ETHERNET = 0x6558;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** LLC in frames longer than 1500 bytes (draft-ietf-isis-ext-eth-01). */
const ETHERTYPE_JUMBO_LLC = 0x8870;
const ETHERTYPE_BROADCOM = 0x8874;
const ETHERTYPE_REALTEK = 0x8899;
const ETHERTYPE_SERVICE_VLAN = 0x88a8;
const ETHERTYPE_LWAPP = 0x88bb;
const ETHERTYPE_MACSEC = 0x88e5;
const ETHERTYPE_PROVIDER_BACKBONE = 0x88e7;
const ETHERTYPE_FABRICPATH = 0x8903;
const ETHERTYPE_METADATA = 0x8909;
const ETHERTYPE_WLAN = 0x890d;
const ETHERTYPE_VNTAG = 0x8926;
const ETHERTYPE_HSR = 0x892f;
const ETHERTYPE_ETAG = 0x893f;
const ETHERTYPE_NSH = 0x894f;
/** Tags of the time before 802.1ad. */
const ETHERTYPE_OLD_QINQ = 0x9100;
const ETHERTYPE_OLD_QINQ_2 = 0x9200;
const ETHERTYPE_6LOWPAN = 0xa0ed;
const ETHERTYPE_LWAPP_OLD = 0xbbbb;
const ETHERTYPE_EDSA = 0xdada;
const ETHERTYPE_REDUNDANCY = 0xf1c1;

/** The greatest length that a type field of IEEE 802.3 can state (3.2.6). */
const MAX_LENGTH = 1500;

const ETHERNET_HEADER = 14;

/** An EtherType at `at`, and what it announces behind it. */
export function etherType(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  return announced(readU16(bytes, at), bytes, at + 2, end);
}

/** What a type field announces at `at`; a value up to 1500 is a length of IEEE 802.3, with LLC behind it. */
export function announced(type: number, bytes: Uint8Array, at: number, end: number): number {
  return type > MAX_LENGTH ? protocol(type, bytes, at, end) : llc(bytes, at, end);
}

/** What an EtherType announces at `at`. */
export function protocol(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
      return go(Layer.ip, at);
    case ETHERTYPE_VLAN:
    case ETHERTYPE_SERVICE_VLAN:
    case ETHERTYPE_OLD_QINQ:
    case ETHERTYPE_OLD_QINQ_2:
      return vlan(bytes, at, end);
    case ETHERTYPE_PPPOE_SESSION:
      return go(Layer.pppoe, at);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return go(Layer.mpls, at);
    case ETHERTYPE_BRIDGED_ETHERNET:
      return go(Layer.ethernet, at);
    case ETHERTYPE_NSH:
      return go(Layer.nsh, at);
    case ETHERTYPE_JUMBO_LLC:
      return go(Layer.llc, at);
    default:
      return taggedProtocol(type, bytes, at, end);
  }
}

/** Tags beside those of VLANs. */
function taggedProtocol(type: number, bytes: Uint8Array, at: number, end: number): number {
  switch (type) {
    case ETHERTYPE_VNTAG:
      return vnTag(bytes, at, end);
    case ETHERTYPE_METADATA:
      return metaData(bytes, at, end);
    case ETHERTYPE_PROVIDER_BACKBONE:
      return providerBackbone(bytes, at, end);
    case ETHERTYPE_FABRICPATH:
      return fabricPath(bytes, at, end);
    case ETHERTYPE_MACSEC:
      return macsec(bytes, at, end);
    case ETHERTYPE_TRILL:
      return trill(bytes, at, end);
    case ETHERTYPE_HSR:
      return hsr(bytes, at, end);
    case ETHERTYPE_REDUNDANCY:
      return redundancyTag(bytes, at, end);
    case ETHERTYPE_ETAG:
      return eTag(bytes, at, end);
    case ETHERTYPE_EDSA:
      return edsa(bytes, at, end);
    default:
      return unreadProtocol(type);
  }
}

/** Known, and not looked into; anything else carries no IP. */
function unreadProtocol(type: number): number {
  switch (type) {
    case ETHERTYPE_BROADCOM:
      return notLookedInto(Encapsulation.broadcomTag);
    case ETHERTYPE_REALTEK:
      return notLookedInto(Encapsulation.realtekTag);
    case ETHERTYPE_BATMAN_ADV:
      return notLookedInto(Encapsulation.batmanAdv);
    case ETHERTYPE_LWAPP:
    case ETHERTYPE_LWAPP_OLD:
      return notLookedInto(Encapsulation.lwapp);
    case ETHERTYPE_ROHC:
      return notLookedInto(Encapsulation.rohc);
    case ETHERTYPE_6LOWPAN:
      return notLookedInto(Encapsulation.lowpan);
    case ETHERTYPE_WLAN:
      return notLookedInto(Encapsulation.wlanOverEthernet);
    default:
      return Kind.notIp;
  }
}

const UNNUMBERED_INFORMATION = 0x03;
/** Access points of LLC: IP (RFC 948), SNAP (RFC 1042), and network layer protocol identifiers (RFC 2684 5.1). */
const ACCESS_POINT_IP = 0x06;
const ACCESS_POINT_SNAP = 0xaa;
const ACCESS_POINT_NLPID = 0xfe;
const SNAP_HEADER = 8;

/** LLC: SNAP, or the access point of IP or of a network layer protocol; any other is no IP. */
export function llc(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return Kind.truncatedFrame;
  const accessPoint = bytes[at];
  if (bytes[at + 1] !== accessPoint || bytes[at + 2] !== UNNUMBERED_INFORMATION) return Kind.notIp;
  switch (accessPoint) {
    case ACCESS_POINT_IP:
      return go(Layer.ip, at + 3);
    case ACCESS_POINT_SNAP:
      return at + SNAP_HEADER > end ? Kind.truncatedFrame : snap(bytes, at + 3, end, BRIDGE_PAD);
    case ACCESS_POINT_NLPID:
      return at + 4 > end ? Kind.truncatedFrame : networkLayer(bytes[at + 3], bytes, at + 4, end);
    default:
      return Kind.notIp;
  }
}

/** Organisations of SNAP: none, bridge tunnels (IEEE 802.1H), and bridged frames (RFC 2684 5.2). */
const ORGANIZATION_NONE = 0x000000;
const ORGANIZATION_BRIDGE_TUNNEL = 0x0000f8;
const ORGANIZATION_BRIDGED = 0x0080c2;
const BRIDGED_ETHERNET_WITH_FCS = 0x0001;
const BRIDGED_ETHERNET = 0x0007;
/** RFC 2684 5.2 aligns a bridged frame by two bytes; over frame relay (RFC 2427 4.2) nothing stands there. */
const BRIDGE_PAD = 2;

/** Organisation (3) and type (2) at `at`, which were captured. */
export function snap(bytes: Uint8Array, at: number, end: number, bridgePad: number): number {
  const organization = (bytes[at] << 16) | readU16(bytes, at + 1);
  const type = readU16(bytes, at + 3);
  if (organization === ORGANIZATION_NONE || organization === ORGANIZATION_BRIDGE_TUNNEL) {
    return protocol(type, bytes, at + 5, end);
  }
  const bridged = type === BRIDGED_ETHERNET || type === BRIDGED_ETHERNET_WITH_FCS;
  return organization === ORGANIZATION_BRIDGED && bridged
    ? go(Layer.ethernet, at + 5 + bridgePad)
    : Kind.notIp;
}

/** Network layer protocol identifiers (ISO 9577, RFC 2427 8). */
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;
const NLPID_PPP = 0xcf;

/** What an NLPID announces at `at`. */
export function networkLayer(nlpid: number, bytes: Uint8Array, at: number, end: number): number {
  switch (nlpid) {
    case NLPID_IPV4:
    case NLPID_IPV6:
      return go(Layer.ip, at);
    case NLPID_PPP:
      return go(Layer.ppp, at);
    case NLPID_SNAP:
      return at + 5 > end ? Kind.truncatedFrame : snap(bytes, at, end, 0);
    default:
      return Kind.notIp;
  }
}

/** Ethernet II or IEEE 802.3; or Cisco ISL, which begins with an address of its own. */
export function ethernet(bytes: Uint8Array, at: number, end: number): number {
  if (at + ETHERNET_HEADER > end) return Kind.truncatedFrame;
  if (isIsl(bytes, at)) return isl(bytes, at, end);
  return announced(readU16(bytes, at + 12), bytes, at + ETHERNET_HEADER, end);
}
