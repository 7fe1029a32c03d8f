/** Builds tunnels and mirrors, from the outer IP header on. */

import { ip, udp } from "./frames.ts";

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

const isV6 = (packet: Uint8Array) => packet[0] >> 4 === 6;
const FROM = "203.0.113.10";
const TO = "203.0.113.20";

/** IP with that protocol around a payload. */
export function over(protocol: number, payload: Uint8Array): Buffer {
  return ip(FROM, TO, protocol, payload);
}

/** UDP to that port, or from it, around a payload. */
export function overUdp(port: number, payload: Uint8Array, reply = false): Buffer {
  return over(17, reply ? udp(port, 49_152, payload) : udp(49_152, port, payload));
}

const u16 = (value: number) => hex(value.toString(16).padStart(4, "0"));

/** Protocols that TZSP can carry. */
export const TZSP_ETHERNET = 1;
export const TZSP_WLAN = 18;

/** TZSP with the tags given, in hex, in front of the end tag. */
export function tzsp(frame: Uint8Array, protocol: number, tags = ""): Buffer {
  return overUdp(37008, hex("01 00", u16(protocol), hex(`${tags} 01`), frame));
}

/** MikroTik's EoIP: GRE version 1 with a tunnel number in little-endian. */
export function eoip(frame: Uint8Array): Buffer {
  return over(47, hex("2001 6400", u16(frame.length), hex("0700"), frame));
}

/** CAPWAP data with Ethernet, or with the T flag 802.11; `radioHeader` bytes more of optional headers. */
export function capwap(frame: Uint8Array, native = false, reply = false): Buffer {
  return overUdp(
    5247,
    hex(`00 10 42 00 00000000`.replace("42 00", native ? "43 00" : "42 00"), frame),
    reply,
  );
}

/** CAPWAP data with the optional headers of a radio's address and of wireless information. */
export function capwapWithOptions(frame: Uint8Array): Buffer {
  return overUdp(5247, hex("00 30 42 30 00000000  06 020000000003 00  04 00000000 000000", frame));
}

/** GTP-U: plain, with a sequence number, or with an extension header of a PDU session. */
export function gtpUser(packet: Uint8Array, form: "plain" | "sequence" | "extension" = "plain"): Buffer {
  const header = { plain: "30 ff", sequence: "32 ff", extension: "34 ff" }[form];
  const more = { plain: "", sequence: "0001 00 00", extension: "0000 00 85  01 10 09 00" }[form];
  const optional = hex(more);
  return overUdp(2152, hex(header, u16(optional.length + packet.length), hex("00000001"), optional, packet));
}

function pppFrame(packet: Uint8Array, address: boolean): Buffer {
  return hex(`${address ? "ff03" : ""} ${isV6(packet) ? "0057" : "0021"}`, packet);
}

/** L2TPv2 data over UDP: with nothing but the identifiers, or with length, sequence numbers and an offset. */
export function l2tp2(packet: Uint8Array, all = false, address = true): Buffer {
  const payload = pppFrame(packet, address);
  const header = all
    ? hex("4a02", u16(16 + payload.length), hex("0001 0002 0000 0000 0002 0000"))
    : hex("0002 0001 0002");
  return overUdp(1701, Buffer.concat([header, payload]), all);
}

/** L2TPv3 over IP or UDP, with a cookie and a sublayer in hex. */
export function l2tp3(frame: Uint8Array, overIp: boolean, between = ""): Buffer {
  const session = hex(`00000005 ${between}`, frame);
  return overIp ? over(115, session) : overUdp(1701, hex("0003 0000", session));
}

/** PPTP: GRE version 1 with a sequence number, perhaps an acknowledgment, PPP with or without address. */
export function pptp(packet: Uint8Array, acknowledged = false, address = true): Buffer {
  const payload = pppFrame(packet, address);
  const flags = acknowledged ? "3081" : "3001";
  return over(
    47,
    hex(
      `${flags} 880b`,
      u16(payload.length),
      hex(`0001 00000005 ${acknowledged ? "00000004" : ""}`),
      payload,
    ),
  );
}

/** EtherIP (RFC 3378). */
export function etherIp(frame: Uint8Array): Buffer {
  return over(97, hex("3000", frame));
}

/** VXLAN-GPE around what `next` names: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS. */
export function vxlanGpe(payload: Uint8Array, next: number): Buffer {
  return overUdp(4790, hex(`0c 0000 0${next} 00006400`, payload));
}

/** NSH of metadata type 1 (16 bytes of context) or 2 (none). */
export function nsh(payload: Uint8Array, next: number, type: 1 | 2 = 2): Buffer {
  const header = type === 1 ? `0fc6 01 0${next}` : `0fc2 02 0${next}`;
  return hex(`${header} 00000100`, Buffer.alloc(type === 1 ? 16 : 0), payload);
}

/** GRE with that protocol type. */
export function greOf(type: number, payload: Uint8Array): Buffer {
  return over(47, hex("0000", u16(type), payload));
}

/** LISP data. */
export function lisp(packet: Uint8Array): Buffer {
  return overUdp(4341, hex("c0000000 00000000", packet));
}

/** Juniper's mirror around a packet, or around PPP. */
export function juniperMirror(packet: Uint8Array, inPpp = false): Buffer {
  return overUdp(30030, hex("00000001 00000002", inPpp ? pppFrame(packet, true) : packet));
}

/** WCCP over GRE: version 1, or version 2 with its redirect header. */
export function wccp(packet: Uint8Array, version: 1 | 2): Buffer {
  return greOf(0x883e, version === 1 ? packet : hex("00000000", packet));
}

/** Cisco MetaData in GRE: the EtherType in front. */
export function metaDataInGre(packet: Uint8Array): Buffer {
  return greOf(0x8909, hex(`${isV6(packet) ? "86dd" : "0800"} 0101 0001 0064`, packet));
}

/** A label stack of one in UDP (RFC 7510). */
export function mplsInUdp(packet: Uint8Array): Buffer {
  return overUdp(6635, hex("003e8140", packet));
}

/** GRE in UDP (RFC 8086). */
export function greInUdp(packet: Uint8Array): Buffer {
  return overUdp(4754, hex(`0000 ${isV6(packet) ? "86dd" : "0800"}`, packet));
}

/** Teredo around IPv6, with the indications of authentication and origin. */
export function teredo(packet: Uint8Array, indications = false): Buffer {
  return overUdp(3544, hex(indications ? "0001 00 00 0000000000000000 00  0000 1234 01020304" : "", packet));
}

/** Aruba's mirror with a pcap record's header, and with radio information behind that (its types 0 and 3). */
export function arubaMirror(frame: Uint8Array, radio = false): Buffer {
  const information = radio ? hex("006c 01 64") : Buffer.alloc(0);
  const length = u16(information.length + frame.length);
  return overUdp(5555, hex("00000001 00000002 0000", length, hex("0000"), length, information, frame));
}

/** The header of remote captures of Wi-Fi: old (20 bytes), or new with a magic number and a length (its types 1 and 5). */
export function peek(frame: Uint8Array, newer: boolean, port = 5555): Buffer {
  const header = newer ? hex("00ffabcd 02 00000037 00000002", Buffer.alloc(42)) : Buffer.alloc(20);
  return overUdp(port, Buffer.concat([header, frame]));
}
