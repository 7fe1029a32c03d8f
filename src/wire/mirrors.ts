/** Mirrors in UDP: TZSP, CAPWAP, Aruba's and Cisco's remote captures of Wi-Fi, Juniper's lawful intercept. */

import { readU16Le, readU32, readU32Le } from "./bytes.ts";
import { Encapsulation } from "./encapsulations.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, readU16 } from "./layers.ts";
import { isSnapData } from "./wlan.ts";

/** Version 1, type, encapsulated protocol (2); then tags: type, and for most of them length and value. */
const TZSP_HEADER = 4;
const TZSP_VERSION = 1;
/** Types above carry no frame: keepalives, port openers. */
const TZSP_LAST_WITH_FRAME = 3;
const TAG_PADDING = 0;
const TAG_END = 1;
const MAX_TAGS = 128;

/** TaZmen Sniffer Protocol (UDP 37008): MikroTik's mirror, and that of Wi-Fi sensors. */
export function tzsp(bytes: Uint8Array, at: number, end: number): number {
  if (at + TZSP_HEADER > end) return Kind.truncatedFrame;
  if (bytes[at] !== TZSP_VERSION || bytes[at + 1] > TZSP_LAST_WITH_FRAME) return Kind.otherPort;
  let from = at + TZSP_HEADER;
  for (let count = 0; count < MAX_TAGS; count += 1) {
    if (from >= end) return Kind.truncatedFrame;
    const tag = bytes[from];
    if (tag === TAG_END) return tzspFrame(readU16(bytes, at + 2), from + 1);
    if (tag === TAG_PADDING) from += 1;
    else {
      if (from + 2 > end) return Kind.truncatedFrame;
      from += 2 + bytes[from + 1];
    }
  }
  return Kind.tooDeep;
}

/** Numbers of the frame's link type, as Wireshark's packet-tzsp.c knows them. */
function tzspFrame(protocol: number, at: number): number {
  switch (protocol) {
    case 1:
      return go(Layer.ethernet, at);
    case 2:
      return go(Layer.tokenRing, at);
    case 4:
      return go(Layer.ppp, at);
    case 5:
      return go(Layer.fddi, at);
    case 7:
      return go(Layer.ip, at);
    case 18:
      return go(Layer.wlan, at);
    case 119:
      return go(Layer.prism, at);
    case 127:
      return go(Layer.avs, at);
    default:
      return Kind.otherPort;
  }
}

/** RFC 5415 4.1: a preamble of version and type; 4.3: lengths in words, binding and flags in bits. */
const CAPWAP_HEADER = 8;
const CAPWAP_PLAIN = 0x00;
const CAPWAP_DTLS = 0x01000000;
const DTLS_FIRST_TYPE = 20;
const DTLS_LAST_TYPE = 25;
/** One's complement of 1, the major version. */
const DTLS_VERSION_1 = 0xfe;
const CAPWAP_NATIVE = 0x01;
const CAPWAP_KEEPALIVE = 0x08;
const BINDING_WLAN = 1;
const FRAGMENT_OFFSET = 0xfff8;

/** CAPWAP data (UDP 5247): Ethernet, or with the T flag the frame of the binding, which is 802.11. */
export function capwap(bytes: Uint8Array, at: number, end: number): number {
  if (at + CAPWAP_HEADER > end) return Kind.truncatedFrame;
  if (isCapwapInDtls(bytes, at)) return notLookedInto(Encapsulation.encryptedCapwap);
  const payload = at + (bytes[at + 1] >> 3) * 4;
  const keepalive = (bytes[at + 3] & CAPWAP_KEEPALIVE) !== 0;
  if (bytes[at] !== CAPWAP_PLAIN || keepalive || payload < at + CAPWAP_HEADER) return Kind.otherPort;
  if ((readU16(bytes, at + 6) & FRAGMENT_OFFSET) !== 0) return Kind.laterFragment;
  if ((bytes[at + 2] & CAPWAP_NATIVE) === 0) return go(Layer.ethernet, payload);
  if (((bytes[at + 2] >> 1) & 0x1f) !== BINDING_WLAN) return Kind.otherPort;
  return go(isSwapped(bytes, payload, end) ? Layer.wlanSwapped : Layer.wlan, payload);
}

/** The preamble of DTLS, three bytes reserved, and a record of DTLS: its type, its version (RFC 6347 4.1). */
function isCapwapInDtls(bytes: Uint8Array, at: number): boolean {
  return (
    readU32(bytes, at) === CAPWAP_DTLS &&
    bytes[at + 4] >= DTLS_FIRST_TYPE &&
    bytes[at + 4] <= DTLS_LAST_TYPE &&
    bytes[at + 5] === DTLS_VERSION_1
  );
}

/**
 * Cisco's access points swap the two bytes of the frame control; RFC 5416 2.7 does not. (Wireshark expects them
 * swapped unless it is told otherwise.) Told by which of the two is that of a data frame, and by LLC behind it.
 */
function isSwapped(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 2 > end) return false;
  const plain = (bytes[at] & 0x0f) === 0x08;
  const swapped = (bytes[at + 1] & 0x0f) === 0x08;
  return swapped && (!plain || (!isSnapData(bytes, at, end) && isSnapData(bytes, at, end, true)));
}

const PEEK_MAGIC = 0x00ffabcd;
/** Magic, version, length of the header, type. */
const PEEK_MIN_HEADER = 9;
const PEEK_MAX_HEADER = 256;
/** Of the form without a magic number. */
const PEEK_OLD_HEADER = 20;
const PCAP_RECORD = 16;
/** Rate (2), channel, signal. */
const RADIO_HEADER = 4;

/**
 * A Wi-Fi frame behind one of the headers of Aruba's remote mirror (UDP 5555) and of sniffer-mode access points
 * (UDP 5000); `at` is the payload of UDP: a pcap record's, with or without radio information, PPI, radiotap, PEEK old and new. Which of them
 * is a setting of the mirror that no packet states (Wireshark has to be told).
 */
export function remoteWlan(bytes: Uint8Array, at: number, end: number): number {
  if (at + PCAP_RECORD + 2 > end) return Kind.otherPort;
  if (readU32(bytes, at) === PEEK_MAGIC) return peek(bytes, at);
  const rest = end - at;
  const length = readU16Le(bytes, at + 2);
  // PPI and radiotap: version 0, flags or padding 0, a length within the frame.
  if (readU16(bytes, at) === 0 && length >= 8 && length <= rest - 2) {
    const isPpi = readU32Le(bytes, at + 4) === LINKTYPE_WLAN;
    return go(isPpi ? Layer.ppi : Layer.radiotap, at);
  }
  return pcapRecord(bytes, at, end);
}

const LINKTYPE_WLAN = 105;
const UDP_HEADER = 8;
/** The length field of UDP stands so many bytes before its payload. */
const UDP_LENGTH = 4;

/** Seconds, microseconds, captured and original length, big-endian; the captured length fills the datagram. */
function pcapRecord(bytes: Uint8Array, at: number, end: number): number {
  const captured = readU32(bytes, at + 8);
  const inDatagram = readU16(bytes, at - UDP_LENGTH) - UDP_HEADER - PCAP_RECORD;
  if (captured === inDatagram || captured === inDatagram - RADIO_HEADER) {
    const withRadio = isSnapData(bytes, at + PCAP_RECORD + RADIO_HEADER, end);
    return go(Layer.wlan, at + PCAP_RECORD + (withRadio ? RADIO_HEADER : 0));
  }
  return isSnapData(bytes, at + PEEK_OLD_HEADER, end) ? go(Layer.wlan, at + PEEK_OLD_HEADER) : Kind.otherPort;
}

function peek(bytes: Uint8Array, at: number): number {
  const length = readU32(bytes, at + 5);
  return length >= PEEK_MIN_HEADER && length <= PEEK_MAX_HEADER
    ? go(Layer.wlan, at + length)
    : Kind.otherPort;
}

/** Intercept and session identifiers. */
const JMIRROR_HEADER = 8;
const PPP_ADDRESS_AND_CONTROL = 0xff03;

/** Juniper's packet mirror (UDP 30030): a packet, or PPP in HDLC framing, behind two identifiers. */
export function juniperMirror(bytes: Uint8Array, at: number, end: number): number {
  const from = at + JMIRROR_HEADER;
  if (from + 2 > end) return Kind.truncatedFrame;
  if (readU16(bytes, from) === PPP_ADDRESS_AND_CONTROL) return go(Layer.ppp, from);
  const version = bytes[from] >> 4;
  return version === 4 || version === 6 ? go(Layer.ip, from) : Kind.otherPort;
}
