/** Builds frames of link types beside Ethernet and those of frames.ts. */

import { snap } from "./frames-wlan.ts";

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

const isV6 = (packet: Uint8Array) => packet[0] >> 4 === 6;
const etherTypeOf = (packet: Uint8Array) => (isV6(packet) ? "86dd" : "0800");
const MACS = "020000000001 020000000002";

/** Attribute of NFLOG: length, type, value, padding to four bytes. */
function attribute(type: number, value: Uint8Array): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(4 + value.length, 0);
  header.writeUInt16LE(type, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** NFLOG (239), of a little-endian host: a prefix, a time stamp, the packet. */
export function nflog(packet: Uint8Array): Buffer {
  const family = isV6(packet) ? "0a" : "02";
  const prefix = attribute(10, Buffer.from("nf\0", "latin1"));
  return hex(`${family} 00 0005`, prefix, attribute(3, Buffer.alloc(16)), attribute(9, packet));
}

/** Apple's PKTAP (258, and 149 before): a header of that length, a frame of that link type. */
export function pktap(frame: Uint8Array, linkType: number, length = 108): Buffer {
  const header = Buffer.alloc(length);
  header.writeUInt32LE(length, 0);
  header.writeUInt32LE(1, 4);
  header.writeUInt32LE(linkType, 8);
  header.write("en0", 12, "latin1");
  return Buffer.concat([header, frame]);
}

/** PFLOG (117) with a header of that length; IPv6 is 24 on OpenBSD, 28 on FreeBSD, 30 on macOS. */
export function pflog(packet: Uint8Array, length = 61, family6 = 24): Buffer {
  const header = Buffer.alloc(Math.ceil(length / 4) * 4);
  header[0] = length;
  header[1] = isV6(packet) ? family6 : 2;
  return Buffer.concat([header, packet]);
}

/** OpenBSD's enc (109), of a host of either byte order. */
export function enc(packet: Uint8Array, littleEndian = true): Buffer {
  const family = isV6(packet) ? "18" : "02";
  return hex(`${littleEndian ? `${family}000000` : `000000${family}`} 00000001 00000000`, packet);
}

/** Juniper's header in front of a frame, with or without extensions. */
export function juniper(frame: Uint8Array, extensions = false): Buffer {
  return extensions ? hex("4d4743 81 0006 0101 02 020300", frame) : hex("4d4743 01", frame);
}

/** Juniper's header in front of a packet without layer 2. */
export function juniperBare(packet: Uint8Array): Buffer {
  return hex(`4d4743 03 ${isV6(packet) ? "06" : "02"}000000`, packet);
}

/** Frame relay (107): RFC 2427, with SNAP, bridged, or Cisco's EtherType; an address of 2 or 4 bytes. */
export function frameRelay(
  packet: Uint8Array,
  form: "nlpid" | "snap" | "cisco" = "nlpid",
  long = false,
): Buffer {
  const address = long ? "18404041" : "1841";
  if (form === "cisco") return hex(`${address} ${etherTypeOf(packet)}`, packet);
  if (form === "snap") return hex(`${address} 03 00 80 000000 ${etherTypeOf(packet)}`, packet);
  return hex(`${address} 03 ${isV6(packet) ? "8e" : "cc"}`, packet);
}

/** A frame bridged over frame relay (RFC 2427 4.2). */
export function frameRelayBridged(frame: Uint8Array): Buffer {
  return hex("1841 03 00 80 0080c2 0007", frame);
}

/** A frame bridged over ATM (100; RFC 2684 5.2). */
export function atmBridged(frame: Uint8Array): Buffer {
  return hex("aaaa03 0080c2 0007 0000", frame);
}

/** SunATM (123): of LLC, or of LAN emulation. */
export function sunAtm(packet: Uint8Array): Buffer {
  return hex("02 00 0064", snap(packet));
}

export function sunAtmLane(frame: Uint8Array): Buffer {
  return hex("81 00 0064 0001", frame);
}

/** Token Ring (6), with a route of three steps or none. */
export function tokenRing(packet: Uint8Array, routed = false): Buffer {
  return routed
    ? hex("10 40 020000000001 820000000002 0670 0011 0022", snap(packet))
    : hex(`10 40 ${MACS}`, snap(packet));
}

/** FDDI (10), asynchronous. */
export function fddi(packet: Uint8Array): Buffer {
  return hex(`54 ${MACS}`, snap(packet));
}

/** ERF (197): a record of that type with so many extension headers. */
export function erf(type: number, payload: Uint8Array, extensions = 0): Buffer {
  const header = Buffer.alloc(16);
  header[8] = type | (extensions > 0 ? 0x80 : 0);
  header[9] = 4;
  header.writeUInt16BE(16 + extensions * 8 + payload.length, 10);
  header.writeUInt16BE(payload.length, 14);
  const more = Array.from({ length: extensions }, (_, i) =>
    hex(`${i + 1 < extensions ? "83" : "03"} 00000000000000`),
  );
  return Buffer.concat([header, ...more, payload]);
}

/** ERF of Ethernet, which begins with two bytes of padding. */
export function erfEthernet(frame: Uint8Array, extensions = 0): Buffer {
  return erf(2, hex("0000", frame), extensions);
}

/** PPP with a byte of direction (204). */
export function pppWithDirection(packet: Uint8Array, address = true): Buffer {
  return hex(`01 ${address ? "ff03" : ""} ${isV6(packet) ? "0057" : "0021"}`, packet);
}

/** IP over InfiniBand (242). */
export function ipoib(packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(40), hex(`${etherTypeOf(packet)} 0000`), packet]);
}

/** IP over Fibre Channel (122). */
export function ipOverFc(packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(16), snap(packet)]);
}

/** Apple's IP over IEEE 1394 (138). */
export function ieee1394(packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(16), hex(etherTypeOf(packet)), packet]);
}

/** A tag of an exported PDU (252), padded to four bytes. */
export function pduTag(type: number, value: Uint8Array): Buffer {
  const length = Math.ceil(value.length / 4) * 4;
  const tag = Buffer.alloc(4 + length);
  tag.writeUInt16BE(type, 0);
  tag.writeUInt16BE(length, 2);
  tag.set(value, 4);
  return tag;
}

/** An exported PDU of the dissector of that name, with more tags. */
export function exportedPdu(name: string, pdu: Uint8Array, ...tags: Uint8Array[]): Buffer {
  return Buffer.concat([pduTag(12, Buffer.from(name, "latin1")), ...tags, Buffer.alloc(4), pdu]);
}
