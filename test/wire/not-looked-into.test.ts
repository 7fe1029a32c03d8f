import { describe, expect, it } from "vitest";
import { encapsulationName } from "../../src/wire/encapsulations.ts";
import { Kind, Located, locate, portSet } from "../../src/wire/locate.ts";
import { datagram, ethernet, packet } from "../support/frames.ts";
import * as links from "../support/frames-links.ts";
import { isl, providerBackbone, TAGS, tagged, trill } from "../support/frames-tags.ts";
import * as tunnels from "../support/frames-tunnels.ts";
import { ppi, radiotap, wlan } from "../support/frames-wlan.ts";
import { locateFrame } from "../support/located.ts";

const ESP = Buffer.alloc(40, 0xaa);
const IPV4 = packet("192.0.2.11:4500", "192.0.2.1:4500", ESP);
const FRAME = datagram("192.0.2.11:4500", "192.0.2.1:4500", ESP);
const WIFI = wlan(IPV4);

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

describe("recognised, not looked into, and named", () => {
  it.each<[string, number, Uint8Array, string]>([
    ["encrypted 802.11", 105, wlan(IPV4, { protected: true }), "encrypted 802.11 (Protected Frame bit)"],
    [
      "encrypted 802.11 behind radiotap",
      127,
      radiotap(wlan(IPV4, { protected: true })),
      "encrypted 802.11 (Protected Frame bit)",
    ],
    [
      "encrypted MACsec",
      1,
      tagged(FRAME, "88e5 2c 00 00000001 0200000000010001"),
      "encrypted MACsec (EtherType 0x88e5)",
    ],
    [
      "MPPE",
      9,
      hex("ff03 00fd", Buffer.alloc(40)),
      "compressed PPP, or PPP encrypted with MPPE (PPP protocol 0x00fd)",
    ],
    ["encrypted PPP", 9, hex("ff03 0053", Buffer.alloc(40)), "encrypted PPP (PPP protocol 0x0053)"],
    [
      "CAPWAP in DTLS",
      1,
      ethernet(tunnels.overUdp(5247, hex("01 000000 17feff", Buffer.alloc(40)))),
      "CAPWAP data in DTLS (UDP port 5247)",
    ],
    [
      "an L2TPv3 session with something else",
      1,
      ethernet(tunnels.l2tp3(Buffer.alloc(60, 0x77), true)),
      "an L2TPv3 pseudowire of unknown kind (IP protocol 115, UDP port 1701)",
    ],
    ["IPComp", 1, ethernet(tunnels.over(108, Buffer.alloc(40))), "IPComp (IP protocol 108)"],
    [
      "ISL with Token Ring",
      1,
      hex("01000c0000 10", isl(FRAME).subarray(6)),
      "ISL around something else than Ethernet (ISL type above 0)",
    ],
    ["batman-adv", 1, ethernet(Buffer.alloc(40), { etherType: 0x4305 }), "batman-adv (EtherType 0x4305)"],
    ["ERF of ATM cells", 197, links.erf(3, Buffer.alloc(52)), "an ERF record of another kind (ERF type)"],
    ["PPI around USB", 192, ppi(FRAME, 249), "usbpcap (link type 249) inside another header"],
    [
      "an exported PDU of DNS",
      252,
      links.exportedPdu("dns", Buffer.alloc(40)),
      "an exported PDU of another protocol (link type 252)",
    ],
  ])("%s", (_, linkType, frame, name) => {
    const out = new Located();
    expect(locate(frame, 0, frame.length, linkType, portSet([]), out)).toBe(Kind.unsupportedEncapsulation);
    expect(encapsulationName(out.encapsulation)).toBe(name);
  });
});

describe("not a tunnel, although the port or the type says so", () => {
  const DNS = hex("0001 8180 0001 0000 0000 0000", Buffer.alloc(30, 0x61));
  /** Its identifier begins like CAPWAP in DTLS, and like TZSP. */
  const OTHER_DNS = hex("0100 8180 0001 0001 0000 0000", Buffer.alloc(30, 0x61));
  it.each<[string, Uint8Array, string]>([
    ...[1701, 2152, 3386, 3544, 4341, 4789, 4790, 5000, 5247, 5555, 6081, 30030, 37008].map(
      (port): [string, Uint8Array, string] => [
        `DNS to a client's port ${port}`,
        ethernet(tunnels.overUdp(port, DNS)),
        "other-port",
      ],
    ),
    ["DNS to port 5247 with another identifier", ethernet(tunnels.overUdp(5247, OTHER_DNS)), "other-port"],
    ["DNS to port 37008 with another identifier", ethernet(tunnels.overUdp(37008, OTHER_DNS)), "other-port"],
    [
      "L2TPv3 with flags that it does not have",
      ethernet(tunnels.overUdp(1701, hex("0803 0000 00000005", FRAME))),
      "other-port",
    ],
    [
      "L2TP's control message",
      ethernet(tunnels.overUdp(1701, hex("c802 000c 0001 0000 0000 0000"))),
      "other-port",
    ],
    ["a GTP echo", ethernet(tunnels.overUdp(2152, hex("3201 0004 00000000 00000000"))), "other-port"],
    ["a TZSP keepalive", ethernet(tunnels.overUdp(37008, hex("0104 0001 01"))), "other-port"],
    [
      "a CAPWAP keepalive",
      ethernet(tunnels.overUdp(5247, hex("00 10 42 08 00000000", Buffer.alloc(22)))),
      "other-port",
    ],
    [
      "a packet in GTP that contradicts itself",
      ethernet(tunnels.gtpUser(hex("41000000", IPV4.subarray(4)))),
      "other-port",
    ],
    ["a keepalive of EoIP", ethernet(tunnels.over(47, hex("2001 6400 0000 0700"))), "not-udp"],
    [
      "a later fragment of CAPWAP",
      ethernet(tunnels.overUdp(5247, hex("00 10 42 80 0001 0100", FRAME))),
      "later-fragment",
    ],
  ])("%s", (_, frame, kind) => {
    expect(locateFrame(frame)).toEqual({ kind });
  });

  it.each<[string, number, Uint8Array, string]>([
    ["a beacon", 105, hex("8000", Buffer.alloc(60)), "not-ip"],
    ["an acknowledgment of 802.11", 105, hex("d400 0000 020000000001"), "not-ip"],
    ["a null frame of 802.11", 105, hex("4801", Buffer.alloc(30)), "not-ip"],
    [
      "a later fragment of 802.11",
      105,
      Buffer.concat([WIFI.subarray(0, 22), hex("0100"), WIFI.subarray(24)]),
      "later-fragment",
    ],
    ["a later fragment of multilink PPP", 9, hex("ff03 003d 40000002", IPV4), "later-fragment"],
    ["radiotap of another version", 127, hex("01", radiotap(WIFI).subarray(1)), "not-ip"],
    ["a control record of PKTAP", 258, hex("6c000000 02000000 01000000", Buffer.alloc(96), FRAME), "not-ip"],
    ["somebody's own use of USER2", 149, FRAME, "unsupported-link-type"],
    ["Juniper's link type without its magic number", 178, FRAME, "not-ip"],
    ["frame relay's local management", 107, hex("0001 03 08 0075", Buffer.alloc(10)), "not-ip"],
    ["Token Ring's own frames", 6, hex("1000", links.tokenRing(IPV4).subarray(2)), "not-ip"],
    ["station management of FDDI", 10, hex("41", links.fddi(IPV4).subarray(1)), "not-ip"],
    ["padding of ERF", 197, links.erf(48, Buffer.alloc(0)), "not-ip"],
  ])("%s", (_, linkType, frame, kind) => {
    expect(locateFrame(frame, { linkType })).toEqual({ kind });
  });
});

it("tunnels in tunnels without end are given up, whatever they are", () => {
  const nest: readonly ((frame: Buffer) => Buffer)[] = [
    (frame) => ethernet(tunnels.tzsp(frame, tunnels.TZSP_ETHERNET)),
    (frame) => ethernet(tunnels.capwap(frame)),
    (frame) => ethernet(tunnels.eoip(frame)),
    (frame) => providerBackbone(frame),
    (frame) => isl(frame),
    (frame) => trill(frame),
    (frame) => tagged(frame, TAGS["Cisco VN-Tag"]),
  ];
  for (const wrap of nest) {
    let frame: Buffer = FRAME;
    for (let depth = 0; depth < 40; depth += 1) frame = wrap(frame);
    expect(locateFrame(frame).kind).toBe("too-deep");
  }
});
