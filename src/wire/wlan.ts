/**
 * IEEE 802.11: data frames that are not encrypted, with what capture drivers put in front of them.
 *
 * Management and control frames carry no IP; of an A-MSDU the first frame is read that is IKE, or else ESP, or else the
 * first (one packet is one datagram), and further ones of IKE are counted; of a fragmented frame the first fragment.
 *
 *     wlan(bytes, at, end)       // CONTINUE, next is LLC
 *     radiotap(bytes, at, end)   // CONTINUE, next is 802.11
 */

import { readU16, readU16Le, readU32, readU32Le } from "./bytes.ts";
import { Encapsulation } from "./encapsulations.ts";
import { goLink } from "./inner-link.ts";
import { Kind } from "./kinds.ts";
import { CONTINUE, go, Layer, next, notLookedInto } from "./layers.ts";

/** IEEE 802.11-2020 9.2.4.1: version and type of the first byte, flags of the second. */
const VERSION_AND_TYPE = 0x0f;
const VERSION_0_DATA = 0x08;
const SUBTYPE_NO_DATA = 0x40;
const SUBTYPE_QOS = 0x80;
const BOTH_DISTRIBUTION_SYSTEMS = 0x03;
const PROTECTED = 0x40;
const HT_CONTROL = 0x80;

/** Frame control, duration, three addresses, sequence control (9.3.2.1). */
const HEADER = 24;
const SEQUENCE_CONTROL = 22;
const FRAGMENT_NUMBER = 0x0f;
const FOURTH_ADDRESS = 6;
const QOS_CONTROL = 2;
const HT_CONTROL_FIELD = 4;
/** Of the QoS control field (9.2.4.5.9, 9.2.4.5.7). */
const AMSDU_PRESENT = 0x80;
const MESH_CONTROL_PRESENT = 0x01;
/** Two addresses and a length (9.3.2.2.2); each subframe but the last is padded to four bytes. */
const AMSDU_SUBFRAME_HEADER = 14;
const AMSDU_LENGTH = 12;
/** LLC with SNAP and an EtherType; then IP and the ports of UDP. */
const SNAP_HEADER = 8;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const IPV6_HEADER = 40;
const UDP_PORTS = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;
const UDP_HEADER = 8;
const IKE_PORT = 500;
const NAT_TRAVERSAL_PORT = 4500;
/** What a glance at a subframe shows; what shows more is read rather. */
const Glance = { other: 0, esp: 1, ike: 2 } as const;
/** Flags, time to live, sequence number, and addresses by the flags (9.2.4.8.3). */
const MESH_CONTROL = 6;
const MESH_ADDRESSES = 0x03;

/** A frame of 802.11. */
export function wlan(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 > end ? Kind.truncatedFrame : data(bytes, at, end, bytes[at], bytes[at + 1]);
}

/** A frame of 802.11 whose frame control stands the other way round, as some access points send it. */
export function wlanSwapped(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 > end ? Kind.truncatedFrame : data(bytes, at, end, bytes[at + 1], bytes[at]);
}

/** A frame of 802.11 whose header a driver made a multiple of four bytes long. */
export function wlanPadded(bytes: Uint8Array, at: number, end: number): number {
  const kind = wlan(bytes, at, end);
  return kind === CONTINUE ? go(Layer.llc, llcOf(bytes, at + padded(bytes, at), at, end)) : kind;
}

/** Header length rounded up; what an A-MSDU or a mesh adds stands behind the padding. */
function padded(bytes: Uint8Array, at: number): number {
  const header = headerLength(bytes[at], bytes[at + 1]);
  return ((header + 3) & ~3) + bodyOffset(bytes, at, bytes[at], bytes[at + 1]);
}

/** @param type first byte of the frame control, `flags` its second */
function data(bytes: Uint8Array, at: number, end: number, type: number, flags: number): number {
  if ((type & VERSION_AND_TYPE) !== VERSION_0_DATA || (type & SUBTYPE_NO_DATA) !== 0) return Kind.notIp;
  if ((flags & PROTECTED) !== 0) return notLookedInto(Encapsulation.encryptedWlan);
  const header = headerLength(type, flags);
  if (at + header + MESH_CONTROL > end) return Kind.truncatedFrame;
  if ((bytes[at + SEQUENCE_CONTROL] & FRAGMENT_NUMBER) !== 0) return Kind.laterFragment;
  const body = at + header;
  if (!isAmsdu(bytes, at, type, flags)) return go(Layer.llc, body + bodyOffset(bytes, at, type, flags));
  return go(Layer.llc, subframe(bytes, body, end));
}

/** Where LLC stands of a frame whose first one stands at `first`. */
function llcOf(bytes: Uint8Array, first: number, at: number, end: number): number {
  if (!isAmsdu(bytes, at, bytes[at], bytes[at + 1])) return first;
  return subframe(bytes, first - AMSDU_SUBFRAME_HEADER, end);
}

/** The caller has checked that the header was captured. */
function isAmsdu(bytes: Uint8Array, at: number, type: number, flags: number): boolean {
  if ((type & SUBTYPE_QOS) === 0) return false;
  const relayed = (flags & BOTH_DISTRIBUTION_SYSTEMS) === BOTH_DISTRIBUTION_SYSTEMS;
  return (bytes[at + HEADER + (relayed ? FOURTH_ADDRESS : 0)] & AMSDU_PRESENT) !== 0;
}

/** LLC of the subframe that is read. Subframes begin at `begin`. */
function subframe(bytes: Uint8Array, begin: number, end: number): number {
  let found: number = Glance.other;
  let llc = begin + AMSDU_SUBFRAME_HEADER;
  for (let at = begin; at + AMSDU_SUBFRAME_HEADER + SNAP_HEADER < end; ) {
    const seen = glance(bytes, at + AMSDU_SUBFRAME_HEADER, end);
    if (seen > found) {
      found = seen;
      llc = at + AMSDU_SUBFRAME_HEADER;
    } else if (seen === Glance.ike) next.further += 1;
    at += (AMSDU_SUBFRAME_HEADER + readU16(bytes, at + AMSDU_LENGTH) + 3) & ~3;
  }
  return llc;
}

/** What is found is read as any other frame. */
function glance(bytes: Uint8Array, llc: number, end: number): number {
  const ip = llc + SNAP_HEADER;
  const etherType = readU16(bytes, ip - 2);
  const isIpv4 = etherType === ETHERTYPE_IPV4;
  if ((!isIpv4 && etherType !== ETHERTYPE_IPV6) || ip + IPV6_HEADER > end) return Glance.other;
  const protocol = bytes[ip + (isIpv4 ? 9 : 6)];
  if (protocol === PROTOCOL_ESP) return Glance.esp;
  const udp = ip + (isIpv4 ? (bytes[ip] & 0x0f) * 4 : IPV6_HEADER);
  if (protocol !== PROTOCOL_UDP || udp + UDP_PORTS > end) return Glance.other;
  const ports = [readU16(bytes, udp), readU16(bytes, udp + 2)];
  if (ports.includes(IKE_PORT)) return Glance.ike;
  if (!ports.includes(NAT_TRAVERSAL_PORT)) return Glance.other;
  // The non-ESP marker (RFC 3948 2.2).
  const marker = udp + UDP_HEADER;
  return marker + 4 <= end && readU32(bytes, marker) === 0 ? Glance.ike : Glance.esp;
}

function headerLength(type: number, flags: number): number {
  let length = HEADER;
  if ((flags & BOTH_DISTRIBUTION_SYSTEMS) === BOTH_DISTRIBUTION_SYSTEMS) length += FOURTH_ADDRESS;
  if ((type & SUBTYPE_QOS) === 0) return length;
  length += QOS_CONTROL;
  // In a frame without QoS the bit says only that frames are to stay in order.
  return (flags & HT_CONTROL) !== 0 ? length + HT_CONTROL_FIELD : length;
}

/** Bytes between the header and LLC. The caller has checked that the header and a mesh control were captured. */
function bodyOffset(bytes: Uint8Array, at: number, type: number, flags: number): number {
  if ((type & SUBTYPE_QOS) === 0) return 0;
  const relayed = (flags & BOTH_DISTRIBUTION_SYSTEMS) === BOTH_DISTRIBUTION_SYSTEMS;
  const qos = at + HEADER + (relayed ? FOURTH_ADDRESS : 0);
  if ((bytes[qos] & AMSDU_PRESENT) !== 0) return AMSDU_SUBFRAME_HEADER;
  if (!relayed || (bytes[qos + 1] & MESH_CONTROL_PRESENT) === 0) return 0;
  const mesh = qos + QOS_CONTROL + ((flags & HT_CONTROL) !== 0 ? HT_CONTROL_FIELD : 0);
  return MESH_CONTROL + (bytes[mesh] & MESH_ADDRESSES) * 6;
}

/** Whether LLC with SNAP stands where a data frame with this frame control has it. */
export function isSnapData(bytes: Uint8Array, at: number, end: number, swapped = false): boolean {
  const type = bytes[at + (swapped ? 1 : 0)];
  const flags = bytes[at + (swapped ? 0 : 1)];
  if (data(bytes, at, end, type, flags) !== CONTINUE) return false;
  const llc = at + headerLength(type, flags) + bodyOffset(bytes, at, type, flags);
  return llc + 3 <= end && bytes[llc] === 0xaa && bytes[llc + 1] === 0xaa && bytes[llc + 2] === 0x03;
}

/** radiotap.org: version, padding, length (little-endian), words of which fields are present. */
const RADIOTAP_HEADER = 8;
const PRESENT_TSFT = 0x01;
const PRESENT_FLAGS = 0x02;
const PRESENT_MORE = 0x80;
const TSFT = 8;
const FLAG_DATA_PAD = 0x20;

/** Radiotap, of which one bit matters: whether the driver padded the header of 802.11. */
export function radiotap(bytes: Uint8Array, at: number, end: number): number {
  if (at + RADIOTAP_HEADER > end) return Kind.truncatedFrame;
  const length = readU16Le(bytes, at + 2);
  if (bytes[at] !== 0 || length < RADIOTAP_HEADER) return Kind.notIp;
  const payload = at + length;
  if (payload > end) return Kind.truncatedFrame;
  return go(isDataPadded(bytes, at, payload) ? Layer.wlanPadded : Layer.wlan, payload);
}

function isDataPadded(bytes: Uint8Array, at: number, payload: number): boolean {
  const present = bytes[at + 4];
  if ((present & PRESENT_FLAGS) === 0) return false;
  let words = at + 4;
  while (words + 4 <= payload && (bytes[words + 3] & PRESENT_MORE) !== 0) words += 4;
  let fields = words + 4;
  // The time stands at a multiple of its size, counted from the header's first byte.
  if ((present & PRESENT_TSFT) !== 0) fields = at + ((fields - at + TSFT - 1) & ~(TSFT - 1)) + TSFT;
  return fields < payload && (bytes[fields] & FLAG_DATA_PAD) !== 0;
}

const PRISM_HEADER = 144;
/** The first word of the AVS header (its versions 1 and 2), which drivers give under the Prism link type too. */
const AVS_MAGIC = 0x8021100;

/** Prism monitor header: fixed. */
export function prism(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return Kind.truncatedFrame;
  return readU32(bytes, at) >>> 4 === AVS_MAGIC ? avs(bytes, at, end) : go(Layer.wlan, at + PRISM_HEADER);
}

/** AVS header: version, length. */
export function avs(bytes: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return Kind.truncatedFrame;
  const length = readU32(bytes, at + 4);
  if (readU32(bytes, at) >>> 4 !== AVS_MAGIC || length < 8) return Kind.notIp;
  return at + length > end ? Kind.truncatedFrame : go(Layer.wlan, at + length);
}

const PPI_HEADER = 8;

/** Per-Packet Information (CACE): version, flags, length, link type of what follows; all little-endian. */
export function ppi(bytes: Uint8Array, at: number, end: number): number {
  if (at + PPI_HEADER > end) return Kind.truncatedFrame;
  const length = readU16Le(bytes, at + 2);
  if (bytes[at] !== 0 || length < PPI_HEADER) return Kind.notIp;
  return goLink(readU32Le(bytes, at + 4), at + length);
}
