import { describe, expect, it } from "vitest";
import { Located, locate, portSet } from "../../src/wire/locate.ts";
import { ethernet, type IpOptions, ip, isakmp, nonEspMarker, udp } from "../support/frames.ts";
import { locateFrame } from "../support/located.ts";

const MESSAGE = isakmp({
  initiatorCookie: "11".repeat(8),
  responderCookie: "22".repeat(8),
  exchange: 32,
  body: Buffer.alloc(72, 1),
});
const UDP = udp(500, 500, MESSAGE);
const RAW = 101;

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const v4 = (protocol: number, payload: Uint8Array, options?: IpOptions) =>
  ip("192.0.2.11", "192.0.2.1", protocol, payload, options);
const v6 = (protocol: number, payload: Uint8Array, options?: IpOptions) =>
  ip("2001:db8::11", "2001:db8::1", protocol, payload, options);
const raw = (packet: Uint8Array, captured?: number) =>
  locateFrame(packet, captured === undefined ? { linkType: RAW } : { linkType: RAW, captured });

/** Authentication header (RFC 4302) with a 12-byte check value: 24 bytes, so a length of 4. */
const AH = hex("11 04 0000 00000100 00000001 000102030405060708090a0b");
const HOP_BY_HOP = { type: 0, body: hex("00 00 01 04 00000000") };
const ROUTING = { type: 43, body: hex("00 02 00 01 00000000 20010db8000000000000000000000007") };
const DESTINATION = { type: 60, body: hex("00 01 01 0c 000000000000000000000000") };
const MOBILITY = { type: 135, body: hex("00 00 00 00 0000 0000") };
const HIP = { type: 139, body: Buffer.concat([hex("00 04"), Buffer.alloc(38)]) };
const SHIM6 = { type: 140, body: hex("00 00 80 00 00000001") };
const AH6 = { type: 51, body: AH };
/** An atomic fragment (RFC 6946): offset 0, no more fragments. */
const ATOMIC = { type: 44, body: hex("00 00 0000 00000042") };
const LAST_FRAGMENT = { type: 44, body: hex("00 00 05b8 00000042") };
const LATER_FRAGMENT = { type: 44, body: hex("00 00 05b9 00000042") };

describe("IPv4", () => {
  it.each<[string, Uint8Array, number]>([
    ["without options", v4(17, UDP), 28],
    ["with 4 bytes of options (router alert)", v4(17, UDP, { headerOptions: hex("94040000") }), 32],
    [
      "with 40 bytes of options, the most there can be",
      v4(17, UDP, { headerOptions: Buffer.alloc(40, 1) }),
      68,
    ],
    ["with an authentication header", v4(51, Buffer.concat([AH, UDP])), 52],
    ["with a total length of 0, as segmentation offload leaves it", v4(17, UDP, { length: 0 }), 28],
    ["with the don't-fragment bit", v4(17, UDP, { fragmentOffset: 0x4000 }), 28],
  ])("%s", (_, packet, at) => {
    expect(raw(packet)).toEqual({
      kind: "candidate",
      from: "192.0.2.11:500",
      to: "192.0.2.1:500",
      at,
      captured: 100,
      length: 100,
      marker: false,
    });
  });

  it.each<[string, Uint8Array, string]>([
    ["TCP", v4(6, Buffer.alloc(40)), "not-udp"],
    ["SCTP", v4(132, Buffer.alloc(40)), "not-udp"],
    ["IPv6's hop-by-hop header, which IPv4 has not", v4(0, Buffer.alloc(40)), "not-udp"],
    [
      "an ICMP error that quotes an ISAKMP datagram",
      v4(1, Buffer.concat([hex("0303000000000000"), v4(17, UDP)])),
      "icmp",
    ],
    ["UDP on another port", v4(17, udp(53, 53000, MESSAGE)), "other-port"],
    [
      "a header length of less than 20 bytes",
      hex("44 00 0078 0000 0000 4011 0000 c000020b c0000201"),
      "bad-header",
    ],
    ["a total length shorter than the header", v4(17, UDP, { length: 19 }), "bad-header"],
    ["a total length that ends inside the UDP header", v4(17, UDP, { length: 27 }), "bad-header"],
    ["a UDP length shorter than its header", v4(17, udp(500, 500, MESSAGE, 7)), "bad-header"],
    [
      "an authentication header longer than the packet",
      v4(51, Buffer.concat([hex("11 ff"), AH.subarray(2), UDP])),
      "bad-header",
    ],
    ["an authentication header and nothing else", v4(51, AH.subarray(0, 4)), "bad-header"],
    ["a later fragment", v4(17, MESSAGE, { fragmentOffset: 185, moreFragments: true }), "later-fragment"],
    [
      "a fragment from the middle of the largest packet there can be",
      v4(17, MESSAGE, { fragmentOffset: 0x1000 }),
      "later-fragment",
    ],
    [
      "IPv6's destination options behind an authentication header, which IPv4 has not",
      v4(51, Buffer.concat([hex("3c"), AH.subarray(1), DESTINATION.body, UDP])),
      "not-udp",
    ],
    ["the last fragment", v4(17, MESSAGE, { fragmentOffset: 370 }), "later-fragment"],
    ["a later fragment of ESP", v4(50, MESSAGE, { fragmentOffset: 185 }), "later-fragment"],
    [
      "authentication headers without an end",
      v4(51, Buffer.concat([...Array(40).fill(Buffer.concat([hex("33"), AH.subarray(1)])), UDP])),
      "too-deep",
    ],
  ])("%s", (_, packet, kind) => {
    expect(raw(packet)).toEqual({ kind });
  });

  it("an IP version of 5 is no IP that is read", () => {
    expect(raw(Buffer.alloc(60, 0x55))).toEqual({ kind: "bad-header" });
  });
});

describe("IPv6", () => {
  it.each<[string, Uint8Array, number]>([
    ["without extension headers", v6(17, UDP), 48],
    ["hop-by-hop options", v6(17, UDP, { extensionHeaders: [HOP_BY_HOP] }), 56],
    ["a routing header of 24 bytes", v6(17, UDP, { extensionHeaders: [ROUTING] }), 72],
    ["destination options of 16 bytes", v6(17, UDP, { extensionHeaders: [DESTINATION] }), 64],
    ["a mobility header", v6(17, UDP, { extensionHeaders: [MOBILITY] }), 56],
    ["a HIP header of 40 bytes", v6(17, UDP, { extensionHeaders: [HIP] }), 88],
    ["a shim6 header", v6(17, UDP, { extensionHeaders: [SHIM6] }), 56],
    [
      "an authentication header, whose length counts 4-byte words",
      v6(17, UDP, { extensionHeaders: [AH6] }),
      72,
    ],
    [
      "destination options behind an authentication header",
      v6(17, UDP, { extensionHeaders: [AH6, DESTINATION] }),
      88,
    ],
    ["an atomic fragment", v6(17, UDP, { extensionHeaders: [ATOMIC] }), 56],
    [
      "all of them in the order of RFC 8200 4.1",
      v6(17, UDP, { extensionHeaders: [HOP_BY_HOP, DESTINATION, ROUTING, ATOMIC, AH6, DESTINATION] }),
      144,
    ],
    [
      "as many headers as are walked",
      v6(17, UDP, { extensionHeaders: Array(31).fill(HOP_BY_HOP) }),
      48 + 31 * 8,
    ],
    ["a payload length of 0", v6(17, UDP, { length: 0 }), 48],
    [
      "a payload length of 0 and hop-by-hop options (a jumbogram)",
      v6(17, UDP, { length: 0, extensionHeaders: [HOP_BY_HOP] }),
      56,
    ],
  ])("%s", (_, packet, at) => {
    expect(raw(packet)).toEqual({
      kind: "candidate",
      from: "[2001:db8::11]:500",
      to: "[2001:db8::1]:500",
      at,
      captured: 100,
      length: 100,
      marker: false,
    });
  });

  it.each<[string, Uint8Array, string]>([
    ["TCP", v6(6, Buffer.alloc(40)), "not-udp"],
    ["no next header", v6(59, Buffer.alloc(0)), "not-udp"],
    [
      "an ICMPv6 error that quotes an ISAKMP datagram",
      v6(58, Buffer.concat([hex("0104000000000000"), v6(17, UDP)])),
      "icmp",
    ],
    ["the last fragment", v6(17, MESSAGE, { extensionHeaders: [LAST_FRAGMENT] }), "later-fragment"],
    [
      "a later fragment behind hop-by-hop options, more to come",
      v6(17, MESSAGE, { extensionHeaders: [HOP_BY_HOP, LATER_FRAGMENT] }),
      "later-fragment",
    ],
    [
      "an extension header that ends behind the packet",
      v6(17, UDP, { extensionHeaders: [{ type: 60, body: hex("00 40 01 04 00000000") }] }),
      "bad-header",
    ],
    ["an extension header that the packet has no room for", v6(0, hex("11 00 01 04")), "bad-header"],
    [
      "an extension header that ends behind the packet, ESP or not",
      v6(50, UDP, { extensionHeaders: [{ type: 60, body: hex("00 40 01 04 00000000") }] }),
      "bad-header",
    ],
    [
      "one header more than are walked",
      v6(17, UDP, { extensionHeaders: Array(32).fill(HOP_BY_HOP) }),
      "too-deep",
    ],
  ])("%s", (_, packet, kind) => {
    expect(raw(packet)).toEqual({ kind });
  });
});

describe("ESP", () => {
  it.each<[string, Uint8Array, string, string]>([
    ["over IPv4", v4(50, Buffer.alloc(96)), "192.0.2.11:0", "192.0.2.1:0"],
    ["over IPv6", v6(50, Buffer.alloc(96)), "[2001:db8::11]:0", "[2001:db8::1]:0"],
    [
      "behind destination options",
      v6(50, Buffer.alloc(96), { extensionHeaders: [DESTINATION] }),
      "[2001:db8::11]:0",
      "[2001:db8::1]:0",
    ],
    [
      "behind an authentication header",
      v4(51, Buffer.concat([hex("32"), AH.subarray(1), Buffer.alloc(64)])),
      "192.0.2.11:0",
      "192.0.2.1:0",
    ],
    [
      "of which nothing but the IP header was captured",
      v4(50, Buffer.alloc(0), { length: 116 }),
      "192.0.2.11:0",
      "192.0.2.1:0",
    ],
    ["in a first fragment", v4(50, Buffer.alloc(96), { moreFragments: true }), "192.0.2.11:0", "192.0.2.1:0"],
  ])("%s has addresses and no ports", (_, packet, from, to) => {
    expect(raw(packet)).toEqual({ kind: "esp", from, to });
  });

  it.each<[string, number, Uint8Array]>([
    ["by the short cut", 1, ethernet(v4(50, Buffer.alloc(96)))],
    ["by the walk", RAW, v6(50, Buffer.alloc(96))],
    ["without a length, as segmentation offload leaves it", RAW, v4(50, Buffer.alloc(96), { length: 0 })],
  ])("%s has its own length and no marker, whatever was found before", (_, linkType, packet) => {
    const out = new Located();
    const marked = v4(17, udp(4500, 4500, nonEspMarker(MESSAGE)));
    locate(marked, 0, marked.length, RAW, portSet([]), out);
    expect([out.length, out.marker]).toEqual([MESSAGE.length, true]);
    locate(packet, 0, packet.length, linkType, portSet([]), out);
    expect([out.length, out.marker]).toEqual([96, false]);
  });

  it("has the length that IP states where a snap length cut it", () => {
    const out = new Located();
    const packet = v4(50, Buffer.alloc(96));
    for (const frame of [packet.subarray(0, 40), ethernet(packet).subarray(0, 54)]) {
      locate(frame, 0, frame.length, frame.length === 40 ? RAW : 1, portSet([]), out);
      expect([out.captured, out.length]).toEqual([20, 96]);
    }
  });
});
