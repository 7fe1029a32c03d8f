import { describe, expect, it } from "vitest";
import { linkTypeName } from "../../src/wire/link-types.ts";
import {
  bsdNull,
  datagram,
  ethernet,
  isakmp,
  mpls,
  packet,
  ppp,
  pppoe,
  sll,
  sll2,
} from "../support/frames.ts";
import { locateFrame } from "../support/located.ts";

const MESSAGE = isakmp({
  initiatorCookie: "1122334455667788",
  responderCookie: "99aabbccddeeff00",
  exchange: 32,
  messageId: 1,
  body: Buffer.alloc(32, 0xaa),
});
const FROM = "192.0.2.11:500";
const TO = "192.0.2.1:500";
const FROM6 = "[2001:db8::11]:500";
const TO6 = "[2001:db8::1]:500";
const IPV4 = packet(FROM, TO, MESSAGE);
const IPV6 = packet(FROM6, TO6, MESSAGE);
/** Bytes of IPv4 or IPv6 and UDP in front of the message. */
const V4 = 28;
const V6 = 48;

const bytes = (hex: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(hex.replaceAll(" ", ""), "hex"), ...rest]);
const MACS = "02 00 00 00 00 01 02 00 00 00 00 02";
const macs = (hex: string, ...rest: Uint8Array[]) => bytes(`${MACS} ${hex}`, ...rest);
const length = (hex: string, rest: Uint8Array) =>
  (hex.replaceAll(" ", "").length / 2 + rest.length).toString(16).padStart(4, "0");
const LLC_SNAP = "aa aa 03 00 00 00 08 00";

type Row = readonly [what: string, linkType: number, frame: Uint8Array, headers: number, v6?: boolean];

const ROWS: readonly Row[] = [
  ["Ethernet II with IPv4", 1, datagram(FROM, TO, MESSAGE), 14 + V4],
  ["Ethernet II with IPv6", 1, datagram(FROM6, TO6, MESSAGE), 14 + V6, true],
  ["one VLAN tag", 1, datagram(FROM, TO, MESSAGE, [100]), 18 + V4],
  ["a service tag before a VLAN tag (802.1ad)", 1, datagram(FROM, TO, MESSAGE, [100, 7]), 22 + V4],
  ["three tags", 1, datagram(FROM6, TO6, MESSAGE, [1, 2, 3]), 26 + V6, true],
  ["the old QinQ tag 0x9100", 1, macs("91 00 00 05 81 00 00 06 08 00", IPV4), 22 + V4],
  ["seventeen tags, more than anyone uses", 1, datagram(FROM, TO, MESSAGE, Array(17).fill(9)), 14 + 68 + V4],
  ["802.3 with LLC and SNAP", 1, macs(`${length(LLC_SNAP, IPV4)} ${LLC_SNAP}`, IPV4), 22 + V4],
  ["802.3 with the greatest length there is", 1, macs(`05 dc ${LLC_SNAP}`, IPV4), 22 + V4],
  [
    "802.3 with SNAP behind a VLAN tag",
    1,
    macs(`81 00 00 05 ${length(LLC_SNAP, IPV4)} ${LLC_SNAP}`, IPV4),
    26 + V4,
  ],
  ["802.3 with the LLC access point of IP", 1, macs(`${length("06 06 03", IPV4)} 06 06 03`, IPV4), 17 + V4],
  ["a PPPoE session", 1, pppoe(IPV4), 22 + V4],
  ["a PPPoE session with IPv6", 1, pppoe(IPV6), 22 + V6, true],
  ["a PPPoE session with a compressed protocol field", 1, macs("88 64 11 00 00 01 00 60 21", IPV4), 21 + V4],
  ["one MPLS label", 1, mpls(IPV4), 18 + V4],
  ["four MPLS labels over IPv6", 1, mpls(IPV6, 4), 30 + V6, true],
  ["MPLS of the multicast EtherType", 1, macs("88 48 00 3e 81 40", IPV4), 18 + V4],
  [
    "Ethernet over MPLS behind a control word",
    1,
    macs("88 47 00 3e 81 40 00 00 00 07", datagram(FROM, TO, MESSAGE)),
    36 + V4,
  ],
  [
    "Ethernet over MPLS without a control word",
    1,
    macs("88 47 00 3e 81 40", datagram(FROM, TO, MESSAGE)),
    32 + V4,
  ],
  ["transparent Ethernet bridging as an EtherType", 1, macs("65 58", datagram(FROM, TO, MESSAGE)), 28 + V4],
  ["Linux cooked capture, version 1", 113, sll(IPV4), 16 + V4],
  ["Linux cooked capture, version 1, IPv6", 113, sll(IPV6), 16 + V6, true],
  [
    "Linux cooked capture with a VLAN tag",
    113,
    bytes("0000 0001 0006 020000000001 0000 8100 0064 0800", IPV4),
    20 + V4,
  ],
  [
    "Linux cooked capture with LLC",
    113,
    bytes(`0000 0001 0006 020000000001 0000 0004 ${LLC_SNAP}`, IPV4),
    24 + V4,
  ],
  ["Linux cooked capture, version 2", 276, sll2(IPV4), 20 + V4],
  ["Linux cooked capture, version 2, IPv6", 276, sll2(IPV6), 20 + V6, true],
  ["raw IPv4", 101, IPV4, V4],
  ["raw IPv6", 101, IPV6, V6, true],
  ["raw IP by its old number", 12, IPV4, V4],
  ["raw IP by its number of OpenBSD", 14, IPV6, V6, true],
  ["LINKTYPE_IPV4", 228, IPV4, V4],
  ["LINKTYPE_IPV6", 229, IPV6, V6, true],
  ["BSD loopback of a little-endian host", 0, bsdNull(IPV4), 4 + V4],
  ["BSD loopback of a big-endian host", 0, bsdNull(IPV4, false), 4 + V4],
  ["OpenBSD loopback, in network byte order", 108, bsdNull(IPV4, false), 4 + V4],
  ["IPv6 of NetBSD on the loopback", 0, bytes("18 00 00 00", IPV6), 4 + V6, true],
  ["IPv6 of FreeBSD on the loopback", 0, bytes("1c 00 00 00", IPV6), 4 + V6, true],
  ["IPv6 of macOS on the loopback", 0, bytes("00 00 00 1e", IPV6), 4 + V6, true],
  ["IPv6 of Linux on the loopback", 0, bytes("0a 00 00 00", IPV6), 4 + V6, true],
  ["PPP with address and control", 9, ppp(IPV4), 4 + V4],
  ["PPP with IPv6", 9, ppp(IPV6), 4 + V6, true],
  ["PPP without address and control", 9, bytes("00 21", IPV4), 2 + V4],
  ["PPP with a compressed protocol field", 9, bytes("21", IPV4), 1 + V4],
  ["PPP with MPLS", 9, bytes("ff 03 02 81 00 3e 81 40", IPV4), 8 + V4],
  ["PPP in HDLC framing", 50, ppp(IPV4), 4 + V4],
  ["Cisco HDLC under the link type of PPP in HDLC", 50, bytes("0f 00 08 00", IPV4), 4 + V4],
  ["PPPoE without Ethernet", 51, pppoe(IPV4).subarray(14), 8 + V4],
  ["Cisco HDLC", 104, bytes("0f 00 08 00", IPV4), 4 + V4],
  ["Cisco HDLC with IPv6, multicast address", 104, bytes("8f 00 86 dd", IPV6), 4 + V6, true],
];

const CASES = ROWS.map(
  ([what, linkType, frame, headers, v6]) => [what, linkType, frame, headers, v6 === true] as const,
);

describe("the message is found behind", () => {
  it.each(CASES)("%s", (_, linkType, frame, headers, v6) => {
    expect(locateFrame(frame, { linkType })).toEqual({
      kind: "candidate",
      from: v6 ? FROM6 : FROM,
      to: v6 ? TO6 : TO,
      at: headers,
      captured: MESSAGE.length,
      length: MESSAGE.length,
      marker: false,
    });
  });

  it.each(CASES)(
    "%s, and every shorter capture is cut or still shows a part of it",
    (_, linkType, frame, headers) => {
      for (let captured = 0; captured < headers + 8; captured += 1) {
        expect(locateFrame(frame, { linkType, captured }).kind, `${captured} bytes`).toBe("truncated-frame");
      }
      const part = locateFrame(frame, { linkType, captured: headers + 8 });
      expect(part).toMatchObject({ kind: "candidate", at: headers, captured: 8, length: MESSAGE.length });
    },
  );
});

describe("nothing is found, and the reason is counted", () => {
  const NO_IP = Buffer.alloc(60, 0x42);
  it.each<[string, number, Uint8Array, string]>([
    ["ARP", 1, ethernet(Buffer.alloc(46), { etherType: 0x0806 }), "not-ip"],
    ["ARP behind a VLAN tag", 1, ethernet(Buffer.alloc(46), { etherType: 0x0806, vlans: [5] }), "not-ip"],
    ["spanning tree (LLC 42 42 03)", 1, macs("00 26 42 42 03", NO_IP), "not-ip"],
    ["LLC of two different access points", 1, macs("00 26 aa 06 03", NO_IP), "not-ip"],
    [
      "SNAP of an organisation of its own, whatever its type looks like",
      1,
      macs("00 26 aa aa 03 00 00 0c 08 00", IPV4),
      "not-ip",
    ],
    ["a type between 802.3 lengths and EtherTypes that stands for nothing", 1, macs("05 dd", IPV4), "not-ip"],
    ["the same type with LLC behind it", 1, macs(`05 dd ${LLC_SNAP}`, IPV4), "not-ip"],
    ["PPPoE discovery", 1, ethernet(Buffer.alloc(46), { etherType: 0x8863 }), "not-ip"],
    ["a PPPoE session of another version", 1, macs("88 64 21 00 00 01 00 5a 00 21", IPV4), "not-ip"],
    ["PPP link control", 9, bytes("ff 03 c0 21 01 01 00 04"), "not-ip"],
    ["a pseudo-wire's associated channel", 1, macs("88 47 00 3e 81 40 10 00 00 07", IPV4), "not-ip"],
    ["Cisco SLARP", 104, bytes("8f 00 80 35 00 00 00 02 00 00 00 00"), "not-ip"],
    ["AppleTalk on the loopback", 0, bytes("10 00 00 00", IPV4), "not-ip"],
    ["an address family with bits at both ends", 0, bytes("02 00 00 02", IPV4), "not-ip"],
    ["an address family with bits in the middle", 0, bytes("02 00 01 00", IPV4), "not-ip"],
    ["labels without a bottom", 1, macs("88 47", Buffer.alloc(200)), "too-deep"],
    ["tags without an end", 1, datagram(FROM, TO, MESSAGE, Array(40).fill(9)), "too-deep"],
    ["neither IPv4 nor IPv6 behind the EtherType of IP", 1, macs("08 00 55", Buffer.alloc(60)), "bad-header"],
    ["USB, whose link type is not read", 249, datagram(FROM, TO, MESSAGE), "unsupported-link-type"],
    ["the highest link type", 65535, datagram(FROM, TO, MESSAGE), "unsupported-link-type"],
    ["an empty frame", 1, Buffer.alloc(0), "truncated-frame"],
    ["an empty frame of raw IP", 101, Buffer.alloc(0), "truncated-frame"],
  ])("%s", (_, linkType, frame, kind) => {
    expect(locateFrame(frame, { linkType })).toEqual({ kind });
  });
});

describe("link types have names", () => {
  it.each([
    [0, "null"],
    [1, "ethernet"],
    [9, "ppp"],
    [101, "raw"],
    [113, "linux-sll"],
    [276, "linux-sll2"],
    [105, "ieee802-11"],
    [249, "usbpcap"],
    [152, "user5"],
    [300, "linktype-300"],
  ])("%i is %s", (linkType, name) => {
    expect(linkTypeName(linkType)).toBe(name);
  });
});
