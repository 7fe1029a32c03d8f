/** Headers at the bounds of what they may say, written byte by byte. */

import { describe, expect, it } from "vitest";
import { readU16Le, readU32Le, writeHex, writeU16, writeU32 } from "../../src/wire/bytes.ts";
import { Message } from "../../src/wire/datagram.ts";
import { Datagram } from "../../src/wire/decoded.ts";
import { Kind, Located, locate, portSet } from "../../src/wire/locate.ts";
import { readClearPayloads } from "../../src/wire/payloads.ts";
import { datagram, ethernet, isakmp, packet, payloads, ppp } from "../support/frames.ts";
import * as links from "../support/frames-links.ts";
import * as tunnels from "../support/frames-tunnels.ts";
import { avs, ppi, snap, wlan } from "../support/frames-wlan.ts";
import { locateFrame } from "../support/located.ts";

const COOKIES = { initiatorCookie: "11".repeat(8), responderCookie: "22".repeat(8) };
const MESSAGE = isakmp({ ...COOKIES, exchange: 32, body: Buffer.alloc(32, 0xaa) });
const FROM = "192.0.2.11:500";
const TO = "192.0.2.1:500";
const IPV4 = packet(FROM, TO, MESSAGE);
const IPV6 = packet("[2001:db8::11]:500", "[2001:db8::1]:500", MESSAGE);
const FRAME = datagram(FROM, TO, MESSAGE);
const WIFI = wlan(IPV4);
const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);
const le = (value: number, length = 4) => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntLE(value, 0, length);
  return bytes;
};
/** Length, type of record, link type. */
const pktap = (length: number, record = 1) =>
  hex("", le(length), le(record), le(1), Buffer.alloc(Math.max(0, length - 12)), FRAME);
const juniper = (flags: string, ...rest: Uint8Array[]) => hex(`4d4743 ${flags}`, ...rest);
const peek = (length: number) =>
  tunnels.overUdp(
    5_555,
    hex(
      "00ffabcd 02",
      hex(length.toString(16).padStart(8, "0")),
      Buffer.alloc(Math.max(0, length - 9)),
      WIFI,
    ),
  );
const teredo = (indications: string, packet: Uint8Array) =>
  ethernet(tunnels.overUdp(3_544, hex(indications, packet)));
/** Teredo's authentication (RFC 4380 5.1.1): 2 bytes of a client's name, 3 of a value, nonce and confirmation. */
const PROVEN = "0001 02 03 aaaa bbbbbb 0000000000000000 00";
const dtls = (type: string, version = "fe") =>
  tunnels.overUdp(5_247, hex(`01000000 ${type} ${version}fd`, Buffer.alloc(40)));

type Row = readonly [what: string, linkType: number, frame: Uint8Array, kind: string];
const ROWS: readonly Row[] = [
  ["PKTAP of its least length", 258, pktap(12), "candidate"],
  ["PKTAP of less", 258, hex("0b000000 01000000 01000000", FRAME), "not-ip"],
  ["PKTAP of its greatest length", 258, pktap(1_024), "candidate"],
  ["PKTAP of more", 258, pktap(1_025), "not-ip"],
  ["PKTAP with a record that is no packet", 258, pktap(12, 2), "not-ip"],
  ["PKTAP under its old number, of Apple's length", 149, pktap(108), "candidate"],
  ["of less", 149, pktap(107), "unsupported-link-type"],
  ["of more", 149, pktap(1_025), "unsupported-link-type"],
  ["of another record", 149, pktap(108, 3), "unsupported-link-type"],
  ["its first twelve bytes alone", 149, pktap(108).subarray(0, 12), "truncated-frame"],

  ["Juniper GGSN", 133, juniper("00 02000000", IPV4), "candidate"],
  ["Juniper GGSN without its magic number, first byte", 133, hex("4c4743 00 02000000", IPV4), "not-ip"],
  ["second byte", 133, hex("4d4843 00 02000000", IPV4), "not-ip"],
  ["third byte", 133, hex("4d4744 00 02000000", IPV4), "not-ip"],
  ["Juniper Ethernet without its magic number, first byte", 178, hex("4c4743 00", FRAME), "not-ip"],
  ["second byte", 178, hex("4d4843 00", FRAME), "not-ip"],
  ["third byte", 178, hex("4d4744 00", FRAME), "not-ip"],
  ["Juniper with extensions", 178, juniper("80 0003 aabbcc", FRAME), "candidate"],
  ["Juniper ATM1", 137, juniper("00 00000000", snap(IPV4)), "candidate"],
  ["Juniper ATM2", 135, juniper("00 0000000000000000", snap(IPV4)), "candidate"],
  ...[2, 3, 6, 7].map(
    (n): Row => [`Juniper without layer 2: IP, ${n}`, 178, juniper("02", le(n), IPV4), "candidate"],
  ),
  ...[4, 5, 8, 32].map(
    (n): Row => [`MPLS, ${n}`, 178, juniper("02", le(n), hex("003e8140", IPV4)), "candidate"],
  ),
  ["PPP, 200", 178, juniper("02", le(200), ppp(IPV4)), "candidate"],
  ["LLC, 202", 178, juniper("02", le(202), snap(IPV4)), "candidate"],
  ["SNAP, 203", 178, juniper("02", le(203), snap(IPV4)), "candidate"],
  ["Ethernet, 204", 178, juniper("02", le(204), FRAME), "candidate"],
  ["frame relay, 207", 178, juniper("02", le(207), links.frameRelay(IPV4)), "candidate"],
  ["Cisco HDLC, 208", 178, juniper("02", le(208), hex("0f000800", IPV4)), "candidate"],
  ["another number", 178, juniper("02", le(201), IPV4), "not-ip"],
  ["a number and no packet", 178, juniper("02", le(201)), "not-ip"],

  ["ERF of sixteen extension headers", 197, links.erfEthernet(FRAME, 16), "candidate"],
  ["ERF of seventeen", 197, links.erfEthernet(FRAME, 17), "too-deep"],
  ["an empty frame of FDDI", 10, Buffer.alloc(0), "truncated-frame"],
  ["a Token Ring frame of its header alone that is no LLC", 6, Buffer.alloc(14), "not-ip"],
  [
    "SNAP over frame relay that carries no IP, and nothing behind",
    107,
    hex("1841 03 00 80 000000 9999"),
    "not-ip",
  ],
  ["the access point of network layer protocols", 100, hex("fefe03 cc", IPV4), "candidate"],
  ["a bridged frame with its check over ATM", 100, hex("aaaa03 0080c2 0001 0000", FRAME), "candidate"],
  ["another bridged frame over ATM", 100, hex("aaaa03 0080c2 0002 0000", FRAME), "not-ip"],
  ["three bytes of a family that is no IP", 0, hex("100000"), "truncated-frame"],
  ["PPP of which the second byte of the protocol is missing", 9, hex("ff03 c0"), "truncated-frame"],
  ["PPP with the first number of compressed headers", 9, hex("ff03 0061", IPV4), "unsupported-encapsulation"],
  ["and with the last", 9, hex("ff03 0069", IPV4), "unsupported-encapsulation"],
  ["the numbers beside them", 9, hex("ff03 005f", IPV4), "not-ip"],
  ["above", 9, hex("ff03 006b", IPV4), "not-ip"],
  ["PPI of another version", 192, hex("01", ppi(FRAME, 1).subarray(1)), "not-ip"],
  ["PPI of less than its header", 192, hex("00 00 0700 69000000", WIFI), "not-ip"],
  [
    "PPI of no length, whose bytes could be Ethernet",
    192,
    hex("0000000001000000", FRAME.subarray(8)),
    "not-ip",
  ],
  [
    "radiotap with a rate behind the flag of padding",
    127,
    hex("00 00 0a00 06000000 20 03", wlan(IPV4, { qos: true, padded: true })),
    "candidate",
  ],
  ["AVS under the number of Prism", 119, avs(WIFI), "candidate"],
  [
    "an address that only begins like ISL's, before an EtherType",
    1,
    hex("01000c000000", FRAME.subarray(6)),
    "candidate",
  ],

  [
    "GTP-U with Ethernet and IPv6",
    1,
    ethernet(tunnels.gtpUser(ethernet(IPV6, { etherType: 0x86dd }))),
    "candidate",
  ],
  [
    "GTP-U with Ethernet whose IP has too short a header",
    1,
    ethernet(tunnels.gtpUser(ethernet(hex("44", IPV4.subarray(1))))),
    "other-port",
  ],
  ["LISP with neither IPv4 nor IPv6", 1, ethernet(tunnels.lisp(hex("50", IPV4.subarray(1)))), "other-port"],
  ["Aruba's GRE, its last number", 1, ethernet(tunnels.greOf(0x83f0, WIFI)), "candidate"],
  ["a number behind it", 1, ethernet(tunnels.greOf(0x8400, WIFI)), "not-ip"],
  ["a number between", 1, ethernet(tunnels.greOf(0x8208, WIFI)), "not-ip"],
  ["PEEK of its least length", 1, ethernet(peek(9)), "candidate"],
  ["PEEK of less", 1, ethernet(peek(8)), "other-port"],
  ["PEEK of its greatest length", 1, ethernet(peek(256)), "candidate"],
  ["PEEK of more", 1, ethernet(peek(257)), "other-port"],
  ["PEEK in the old form", 1, ethernet(tunnels.peek(WIFI, false)), "candidate"],
  ...["abaa03", "aaab03", "aaaa04", "424203"].map(
    (llc): Row => [
      `the old form with LLC that is not SNAP: ${llc}`,
      1,
      ethernet(tunnels.peek(hex("", WIFI.subarray(0, 24), hex(llc), WIFI.subarray(27)), false)),
      "other-port",
    ],
  ),
  ["Teredo", 1, ethernet(tunnels.teredo(IPV6)), "candidate"],
  ["Teredo behind where its sender was seen", 1, teredo("0000 1234 01020304", IPV6), "candidate"],
  ["and behind a client's name and a value", 1, teredo(`${PROVEN} 0000 1234 01020304`, IPV6), "candidate"],
  ["Teredo whose lengths reach beyond the datagram", 1, teredo("0001 ff ff", IPV6), "other-port"],
  ["Teredo with IPv4", 1, teredo("0000 1234 01020304", IPV4), "other-port"],
  ["Teredo with two bytes of IPv6", 1, teredo(PROVEN, hex("6000")), "truncated-frame"],
  ["and with one", 1, teredo(PROVEN, hex("60")), "other-port"],
  [
    "L2TPv3 with IPv4 behind four bytes of its own",
    1,
    ethernet(tunnels.l2tp3(hex("40000001", IPV4), true)),
    "candidate",
  ],
  ["L2TPv3 with IPv6 in Cisco's HDLC", 1, ethernet(tunnels.l2tp3(hex("0f0086dd", IPV6), true)), "candidate"],
  [
    "L2TPv3 with PPP of IPv4 that is none",
    1,
    ethernet(tunnels.l2tp3(hex("ff030021", Buffer.alloc(60, 0x77)), true)),
    "unsupported-encapsulation",
  ],
  ...["14", "15", "16", "17", "19"].map(
    (type): Row => [`CAPWAP in DTLS, record ${type}`, 1, ethernet(dtls(type)), "unsupported-encapsulation"],
  ),
  ...["13", "1a"].map((type): Row => [`no record of DTLS: ${type}`, 1, ethernet(dtls(type)), "other-port"]),
  ["no version of DTLS", 1, ethernet(dtls("16", "03")), "other-port"],
  [
    "UDP of other ports, whose header was cut",
    1,
    datagram("192.0.2.11:7777", "192.0.2.1:7777", MESSAGE).subarray(0, 37),
    "truncated-frame",
  ],
];
const u16 = (value: number) => value.toString(16).padStart(4, "0");

describe("what a frame is, at the bounds of its headers", () => {
  it.each(ROWS)("%s", (_, linkType, frame, kind) => {
    expect(locateFrame(frame, { linkType }).kind).toBe(kind);
  });

  it("an EtherType that begins like that of IPv4 is not IP, wherever in the chunk the frame lies", () => {
    // ESP, which would be settled without a walk.
    const wake = hex(
      "",
      FRAME.subarray(0, 12),
      hex("0842"),
      FRAME.subarray(14, 23),
      hex("32"),
      FRAME.subarray(24),
    );
    for (const around of [0x00, 0x08, 0x45]) {
      const before = Buffer.alloc(64, around);
      const bytes = Buffer.concat([before, wake, before]);
      const kind = locate(bytes, before.length, wake.length, 1, portSet([]), new Located());
      expect(kind).toBe(Kind.notIp);
    }
  });

  it("of several messages in one A-MSDU the first is read, and the further ones of IKE are counted", () => {
    const other = packet("192.0.2.11:7777", "192.0.2.1:7777", Buffer.alloc(8));
    const further = (...before: Uint8Array[]) => {
      const frame = wlan(IPV4, { qos: true, amsdu: true, before });
      const out = new Located();
      expect(locate(frame, 0, frame.length, 105, portSet([]), out)).toBe(Kind.candidate);
      return out.further;
    };
    expect(further()).toBe(0);
    expect(further(IPV4)).toBe(1);
    expect(further(IPV6, other, IPV4)).toBe(2);
  });

  it.each([
    [1, FRAME],
    [2, links.tokenRing(IPV4)],
    [4, ppp(IPV4)],
    [5, links.fddi(IPV4)],
    [7, IPV4],
    [18, WIFI],
  ])("TZSP with link type %i", (protocol, frame) => {
    expect(locateFrame(ethernet(tunnels.tzsp(frame, protocol))).kind).toBe("candidate");
    expect(locateFrame(ethernet(tunnels.tzsp(frame, 6))).kind).toBe("other-port");
  });
});

describe("an exported PDU above IP, whose tags say where it was", () => {
  const tag = (type: number, value: string) => hex(u16(type), hex(u16(hex(value).length)), hex(value));
  const name = (text: string) => tag(12, Buffer.from(text.padEnd(12, "\0")).toString("hex"));
  const table = (text: string, value: number) =>
    hex("", tag(14, Buffer.from(text.padEnd(12, "\0")).toString("hex")), tag(32, `0000${u16(value)}`));
  const v4 = [tag(20, "c000020b"), tag(21, "c0000201")];
  const v6 = [tag(22, "20010db8 00000000 00000000 0000000b"), tag(23, "20010db8 00000000 00000000 00000001")];
  const ports = [tag(25, "00001234"), tag(26, "000001f4")];
  const found = (pdu: Uint8Array, ...tags: readonly Uint8Array[]) =>
    locateFrame(Buffer.concat([...tags, Buffer.alloc(4), pdu]), { linkType: 252 });
  const UDP = IPV4.subarray(20);

  it("ISAKMP, by its name or by the port", () => {
    const where = {
      kind: "candidate",
      from: "192.0.2.11:4660",
      to: "192.0.2.1:500",
      captured: 60,
      length: 60,
    };
    expect(found(MESSAGE, name("isakmp"), ...v4, ...ports)).toMatchObject(where);
    expect(found(MESSAGE, table("udp.port", 500), ...v4, ...ports)).toMatchObject(where);
    expect(found(hex("00000000", MESSAGE), name("udpencap"), ...v4, ...ports)).toMatchObject({
      ...where,
      marker: true,
    });
    expect(found(MESSAGE, name("isakmp"), ...v6, ...ports)).toMatchObject({
      from: "[2001:db8::b]:4660",
      to: "[2001:db8::1]:500",
    });
    expect(found(MESSAGE, table("udp.port", 53), ...v4, ...ports)).toEqual({ kind: "other-port" });
  });

  it("UDP and ESP, by their names or by the protocol", () => {
    const where = { kind: "candidate", from: FROM, to: TO };
    expect(found(UDP, name("udp"), ...v4)).toMatchObject(where);
    expect(found(UDP, table("ip.proto", 17), ...v4)).toMatchObject(where);
    const esp = { kind: "esp", from: "192.0.2.11:0", to: "192.0.2.1:0" };
    expect([found(UDP, name("esp"), ...v4), found(UDP, table("ip.proto", 50), ...v4)]).toEqual([esp, esp]);
    expect(found(IPV4, table("ethertype", 0x0800)).kind).toBe("candidate");
  });

  it("nothing where an address is missing or short, or the name is another one", () => {
    const other = { kind: "unsupported-encapsulation" };
    expect(found(MESSAGE, name("isakmp"), v4[0], ...ports)).toEqual(other);
    expect(found(MESSAGE, name("isakmp"), v4[1], ...ports)).toEqual(other);
    expect(found(MESSAGE, name("isakmp"), tag(22, "20010db8"), v6[1], ...ports)).toEqual(other);
    expect(found(MESSAGE, name("isakmp"), v6[0], tag(23, "20010db8"), ...ports)).toEqual(other);
    for (const text of ["isakm", "isakmpx", "tcp"])
      expect(found(MESSAGE, name(text), ...v4, ...ports)).toEqual(other);
    expect(found(MESSAGE, ...v4, table("tcp.port", 500))).toEqual(other);
    // 16 bytes from the last tag on would lie behind the frame.
    expect(found(hex("ff"), name("udpencap"), v6[0], v4[1], ...ports)).toEqual(other);
    expect(found(hex("ff"), name("udpencap"), v4[0], v6[1], ...ports)).toEqual(other);
  });

  it("nothing of the frame before: neither its table's value nor its IP identification", () => {
    const isUdp = table("ip.proto", 17);
    expect(found(UDP, isUdp, ...v4).kind).toBe("candidate");
    expect(found(UDP, isUdp.subarray(0, -8), ...v4)).toEqual({ kind: "not-udp" });
    const out = Object.assign(new Located(), { identification: 7 });
    const pdu = Buffer.concat([name("isakmp"), ...v4, ...ports, Buffer.alloc(4), MESSAGE]);
    expect(locate(pdu, 0, pdu.length, 252, portSet([]), out)).toBe(Kind.candidate);
    expect(out.identification).toBe(0);
  });
});

describe("what a datagram shows", () => {
  const spiOf = (kind: number, captured = 16) => {
    const out = new Datagram();
    out.bytes = hex("ffff c0000001 00000007 c0000002 00000008");
    Object.assign(out, { kind, payload: 2, captured });
    return [out.spi, out.sequence];
  };

  it("SPI and sequence number of ESP, as far as both were captured (RFC 4303 2.1, 2.2)", () => {
    expect([spiOf(Kind.esp), spiOf(Kind.espInUdp, 8)]).toEqual([
      [0xc0000001, 7],
      [0xc0000001, 7],
    ]);
    expect([spiOf(Kind.oldDraftEsp), spiOf(Kind.oldDraftEsp, 15)]).toEqual([
      [0xc0000002, 8],
      [-1, -1],
    ]);
    expect([spiOf(Kind.esp, 7), spiOf(Kind.candidate)]).toEqual([
      [-1, -1],
      [-1, -1],
    ]);
    const first = new Datagram();
    first.bytes = hex("c0000001 00000007");
    Object.assign(first, { kind: Kind.esp, payload: 0, captured: 8 });
    expect([first.spi, first.sequence]).toEqual([0xc0000001, 7]);
  });

  it("phase 1 is base mode, main mode, authentication only and aggressive mode (RFC 2408 3.1)", () => {
    const message = new Message();
    const exchanges = Array.from({ length: 7 }, (_, exchange) => Object.assign(message, { exchange }).phase1);
    expect(exchanges).toEqual([false, true, true, true, true, false, false]);
  });

  it("five NAT-D hashes, and the hash of a proposal with an SPI (RFC 3947 3.2, RFC 2408 3.5)", () => {
    const natD = (n: number) => ({ type: 20, body: Buffer.alloc(20, n) });
    const sa = hex("00000001 00000001 0000 001c 01 01 08 01 0102030405060708 0000 000c 01 01 0000 8002 0004");
    const chain = payloads([{ type: 1, body: sa }, ...[1, 2, 3, 4, 5, 6].map(natD)]);
    const bytes = isakmp({ ...COOKIES, exchange: 2, flags: 0, ...chain });
    const { natHashes, natDiscovery, hash } = readClearPayloads(bytes, 0, bytes.length);
    expect([natDiscovery, hash]).toEqual([6, 4]);
    expect(natHashes).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5].map((n) => n * 0x01010101));
  });
});

it("numbers are written as they are read", () => {
  const bytes = new Uint8Array(10).fill(9);
  writeU32(bytes, 1, 0x81020304);
  writeU16(bytes, 6, 0xfe05);
  expect([...bytes]).toEqual([9, 0x81, 2, 3, 4, 9, 0xfe, 5, 9, 9]);
  expect([readU32Le(bytes, 1), readU16Le(bytes, 6)]).toEqual([0x04030281, 0x05fe]);
  expect([writeHex("0aff10", bytes, 2), ...bytes.subarray(1, 6)]).toEqual([5, 0x81, 0x0a, 0xff, 0x10, 9]);
});
