import { describe, expect, it } from "vitest";
import { type IpOptions, ip, isakmp, udp } from "../support/frames.ts";
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

/** Authentication header (RFC 4302) with a 12-byte check value. */
const AH = hex("11 04 0000 00000100 00000001 000102030405060708090a0b");
const HOP_BY_HOP = { type: 0, body: hex("00 00 01 04 00000000") };
const FIRST_FRAGMENT = { type: 44, body: hex("00 00 0001 00000042") };

describe("how long the datagram is", () => {
  const padding = Buffer.alloc(40, 0xee);
  it.each<[string, Uint8Array, { captured: number; length: number }, number?]>([
    [
      "link-layer padding behind IPv4 is not payload",
      Buffer.concat([v4(17, UDP), padding]),
      { captured: 100, length: 100 },
    ],
    [
      "link-layer padding behind IPv6 is not payload",
      Buffer.concat([v6(17, UDP), padding]),
      { captured: 100, length: 100 },
    ],
    [
      "a UDP length shorter than IP's: the rest is not the datagram's",
      v4(17, udp(500, 500, MESSAGE, 8 + 90)),
      { captured: 90, length: 90 },
    ],
    [
      "a UDP length beyond IP's: IP decides",
      v4(17, udp(500, 500, MESSAGE, 8 + 900)),
      { captured: 100, length: 100 },
    ],
    [
      "a UDP length of 0: as far as IP reaches",
      Buffer.concat([v4(17, udp(500, 500, MESSAGE, 0)), padding]),
      { captured: 100, length: 100 },
    ],
    [
      "a UDP length of 0, cut by a snaplen: as far as IP reaches",
      v4(17, udp(500, 500, MESSAGE, 0)),
      { captured: 30, length: 100 },
      58,
    ],
    [
      "a UDP length of 0 in a jumbogram: to the end of the frame",
      v6(17, udp(500, 500, MESSAGE, 0), { length: 0 }),
      { captured: 100, length: 100 },
    ],
    ["cut by a snaplen: the headers say how much there was", v4(17, UDP), { captured: 28, length: 100 }, 56],
    [
      "an IP length of 0, cut by a snaplen: the UDP length says it",
      v4(17, UDP, { length: 0 }),
      { captured: 28, length: 100 },
      56,
    ],
    [
      "an IPv6 length of 0, cut by a snaplen: the UDP length says it",
      v6(17, UDP, { length: 0 }),
      { captured: 28, length: 100 },
      76,
    ],
    [
      "an IP length of 0 and padding: the UDP length says it",
      Buffer.concat([v4(17, UDP, { length: 0 }), padding]),
      { captured: 100, length: 100 },
    ],
    [
      "a first fragment of IPv4: the UDP length is that of the whole",
      v4(17, udp(500, 500, MESSAGE, 8 + 2000), { moreFragments: true }),
      { captured: 100, length: 2000 },
    ],
    [
      "a first fragment of IPv6",
      v6(17, udp(500, 500, MESSAGE, 8 + 2000), { extensionHeaders: [FIRST_FRAGMENT] }),
      { captured: 100, length: 2000 },
    ],
    [
      "link-layer padding behind a first fragment is not payload",
      Buffer.concat([v4(17, udp(500, 500, MESSAGE, 8 + 2000), { moreFragments: true }), padding]),
      { captured: 100, length: 2000 },
    ],
  ])("%s", (_, packet, expected, captured) => {
    expect(raw(packet, captured)).toMatchObject({ kind: "candidate", ...expected });
  });
});

describe("a frame cut by a snaplen", () => {
  it.each<[string, Uint8Array, number, string]>([
    ["inside the IPv4 header", v4(17, UDP), 19, "truncated-frame"],
    ["inside the IPv6 header", v6(17, UDP), 39, "truncated-frame"],
    ["inside an extension header", v6(17, UDP, { extensionHeaders: [HOP_BY_HOP] }), 47, "truncated-frame"],
    ["inside an authentication header of IPv4", v4(51, Buffer.concat([AH, UDP])), 27, "truncated-frame"],
    ["before the ports", v4(17, UDP), 23, "truncated-frame"],
    ["behind the ports, which are those of ISAKMP", v4(17, UDP), 27, "truncated-frame"],
    [
      "before the UDP length, which would have been bad",
      v4(17, udp(500, 500, MESSAGE, 7)),
      25,
      "truncated-frame",
    ],
    [
      "inside the UDP length, whatever it would have said",
      v4(17, udp(4500, 4500, Buffer.alloc(2))),
      27,
      "truncated-frame",
    ],
    [
      "before the ports, which would have been other ones",
      v4(17, udp(53, 1025, MESSAGE)),
      23,
      "truncated-frame",
    ],
    ["behind the ports, which are other ones: they decide", v4(17, udp(53, 1025, MESSAGE)), 24, "other-port"],
    ["behind the IP header of TCP: enough to know", v4(6, UDP), 20, "not-udp"],
    [
      "behind the IP header of a later fragment: enough to know",
      v4(17, UDP, { fragmentOffset: 185 }),
      20,
      "later-fragment",
    ],
  ])("%s", (_, packet, captured, kind) => {
    expect(raw(packet, captured)).toEqual({ kind });
  });
});
