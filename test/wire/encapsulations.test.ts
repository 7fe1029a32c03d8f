import { describe, expect, it } from "vitest";
import { datagram, ethernet, isakmp, packet, ppp } from "../support/frames.ts";
import * as links from "../support/frames-links.ts";
import { fabricPath, isl, providerBackbone, TAGS, tagged, trill } from "../support/frames-tags.ts";
import * as tunnels from "../support/frames-tunnels.ts";
import { avs, ppi, prism, radiotap, snap, wlan } from "../support/frames-wlan.ts";
import { locateFrame } from "../support/located.ts";

const MESSAGE = isakmp({
  initiatorCookie: "11".repeat(8),
  responderCookie: "22".repeat(8),
  exchange: 32,
  body: Buffer.alloc(32, 0xaa),
});
const FROM = "192.0.2.11:500";
const TO = "192.0.2.1:500";
const IPV4 = packet(FROM, TO, MESSAGE);
const FRAME = datagram(FROM, TO, MESSAGE);
const WIFI = wlan(IPV4);

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);
const inEthernet = (packet: Buffer) => ethernet(packet);

type Row = readonly [what: string, linkType: number, frame: Buffer];

/** The message is at the end of each frame, but for `trailer` bytes. */
const ROWS: readonly Row[] = [
  ...Object.entries(TAGS).map(([what, tag]): Row => [what, 1, tagged(FRAME, tag)]),
  ["a VLAN tag behind Cisco MetaData", 1, tagged(tagged(FRAME, "8100 0064"), TAGS["Cisco MetaData"])],
  ["Cisco MetaData behind a VLAN tag", 1, tagged(tagged(FRAME, TAGS["Cisco MetaData"]), "8100 0064")],
  ["Cisco MetaData in GRE", 1, inEthernet(tunnels.metaDataInGre(IPV4))],
  [
    "Cisco MetaData in GRE with its EtherType behind, as on Ethernet",
    1,
    inEthernet(tunnels.greOf(0x8909, hex("0101 0001 0064 0800", IPV4))),
  ],
  ["EDSA under an EtherType of its own", 1, tagged(FRAME, "dada 0000 40000000")],
  ["802.1ah", 1, providerBackbone(FRAME)],
  ["802.1ah behind a backbone VLAN", 1, providerBackbone(FRAME, true)],
  ["FabricPath", 1, fabricPath(FRAME)],
  ["TRILL with options", 1, trill(FRAME, 2)],
  ["LLC in a frame of more than 1500 bytes", 1, hex("020000000001 020000000002 8870", snap(IPV4))],
  ["802.1H", 1, hex("020000000001 020000000002 0060 aaaa03 0000f8 0800", IPV4)],

  ["802.11", 105, WIFI],
  ["802.11 from the distribution system", 105, wlan(IPV4, { direction: "from" })],
  ["802.11 with four addresses", 105, wlan(IPV4, { direction: "both" })],
  ["802.11 with QoS", 105, wlan(IPV4, { qos: true })],
  ["802.11 with QoS and HT control", 105, wlan(IPV4, { qos: true, htControl: true })],
  ["the first frame of an A-MSDU", 105, wlan(IPV4, { qos: true, amsdu: true })],
  [
    "the first frame of an A-MSDU that is IKE",
    105,
    wlan(IPV4, {
      qos: true,
      amsdu: true,
      before: [packet("192.0.2.11:7777", "192.0.2.1:7777", Buffer.alloc(7))],
    }),
  ],
  [
    "the same behind a padded header and two frames",
    127,
    radiotap(
      wlan(IPV4, {
        qos: true,
        amsdu: true,
        padded: true,
        before: [
          packet("192.0.2.11:7777", "192.0.2.1:7777", Buffer.alloc(8)),
          packet("192.0.2.11:7777", "192.0.2.1:7777", Buffer.alloc(9)),
        ],
      }),
      { padded: true },
    ),
  ],
  ["802.11 with QoS and four addresses", 105, wlan(IPV4, { qos: true, direction: "both" })],
  ["radiotap", 127, radiotap(WIFI)],
  ["radiotap with a time", 127, radiotap(WIFI, { time: true })],
  [
    "radiotap that says the header is padded",
    127,
    radiotap(wlan(IPV4, { qos: true, padded: true }), { padded: true, time: true, words: 1 }),
  ],
  ["PPI with 802.11", 192, ppi(WIFI, 105, 20)],
  ["PPI with Ethernet", 192, ppi(FRAME, 1)],
  ["Prism", 119, prism(WIFI)],
  ["AVS", 163, avs(WIFI)],

  ["NFLOG", 239, links.nflog(IPV4)],
  ["NFLOG of a big-endian host", 239, hex("02 00 0005 0008 000a 6e660000", hex("0060 0009", IPV4))],
  ["PKTAP with Ethernet", 258, links.pktap(FRAME, 1)],
  ["PKTAP with 802.11 and radiotap", 258, links.pktap(radiotap(WIFI), 127, 156)],
  ["PKTAP under its old number", 149, links.pktap(IPV4, 12)],
  ["PFLOG", 117, links.pflog(IPV4)],
  ["OpenBSD enc", 109, links.enc(IPV4)],
  ["enc by its number of OpenBSD", 13, links.enc(IPV4, false)],
  ["Juniper Ethernet", 178, links.juniper(FRAME, true)],
  ["Juniper Ethernet without layer 2", 178, links.juniperBare(IPV4)],
  ["Juniper PPP", 179, links.juniper(ppp(IPV4))],
  ["frame relay", 107, links.frameRelay(IPV4)],
  ["frame relay with SNAP and a long address", 107, links.frameRelay(IPV4, "snap", true)],
  ["frame relay of Cisco", 107, links.frameRelay(IPV4, "cisco")],
  ["a frame bridged over frame relay", 107, links.frameRelayBridged(FRAME)],
  ["frame relay with a byte of direction", 206, hex("01", links.frameRelay(IPV4))],
  ["ATM with LLC", 100, snap(IPV4)],
  ["ATM with IP alone", 100, IPV4],
  ["a frame bridged over ATM", 100, links.atmBridged(FRAME)],
  ["classical IP over ATM", 106, IPV4],
  ["SunATM", 123, links.sunAtm(IPV4)],
  ["SunATM with LAN emulation", 123, links.sunAtmLane(FRAME)],
  ["Token Ring", 6, links.tokenRing(IPV4)],
  ["Token Ring with a route", 6, links.tokenRing(IPV4, true)],
  ["FDDI", 10, links.fddi(IPV4)],
  ["ERF of Ethernet", 197, links.erfEthernet(FRAME)],
  ["ERF of Ethernet with extension headers", 197, links.erfEthernet(FRAME, 3)],
  ["ERF of PPP", 197, links.erf(1, ppp(IPV4))],
  ["ERF of AAL5", 197, links.erf(4, hex("00000064", snap(IPV4)))],
  ["PPP with direction", 204, links.pppWithDirection(IPV4)],
  ["PPP of pppd", 166, hex("0003 0021", IPV4)],
  ["Cisco HDLC with a byte of direction", 205, hex("00 0f000800", IPV4)],
  ["HDLC of NetBSD", 112, hex("0f000800", IPV4)],
  ["a frame bridged over PPP", 9, hex("ff03 0031 0001", FRAME)],
  ["the first fragment of multilink PPP", 9, hex("ff03 003d c0000001 0021", IPV4)],
  ["IP over InfiniBand", 242, links.ipoib(IPV4)],
  ["MPLS", 219, hex("003e8140", IPV4)],
  ["TZSP as a link type", 128, hex("01000001 01", FRAME)],
  ["an exported PDU of IP", 252, links.exportedPdu("ip", IPV4)],
  ["a Broadcom tag", 281, Buffer.concat([FRAME.subarray(0, 12), hex("20000001"), FRAME.subarray(12)])],
  ["a Broadcom tag in front", 282, hex("20000001", FRAME)],
  ["a DSA tag", 284, Buffer.concat([FRAME.subarray(0, 12), hex("40000000"), FRAME.subarray(12)])],
  ["an EDSA tag", 285, Buffer.concat([FRAME.subarray(0, 12), hex("dada0000 40000000"), FRAME.subarray(12)])],

  ["TZSP", 1, inEthernet(tunnels.tzsp(FRAME, tunnels.TZSP_ETHERNET, "0a01c4 00 0c0101"))],
  ["TZSP with 802.11", 1, inEthernet(tunnels.tzsp(WIFI, tunnels.TZSP_WLAN))],
  ["EoIP", 1, inEthernet(tunnels.eoip(FRAME))],
  ["CAPWAP with Ethernet", 1, inEthernet(tunnels.capwap(FRAME))],
  ["CAPWAP from the controller", 1, inEthernet(tunnels.capwap(FRAME, false, true))],
  ["CAPWAP with optional headers", 1, inEthernet(tunnels.capwapWithOptions(FRAME))],
  ["CAPWAP with 802.11", 1, inEthernet(tunnels.capwap(WIFI, true))],
  ["CAPWAP with 802.11, swapped", 1, inEthernet(tunnels.capwap(wlan(IPV4, { swapped: true }), true))],
  ["GTP-U", 1, inEthernet(tunnels.gtpUser(IPV4))],
  ["GTP-U with an extension header", 1, inEthernet(tunnels.gtpUser(IPV4, "extension"))],
  ["GTP-U with Ethernet", 1, inEthernet(tunnels.gtpUser(FRAME))],
  ["L2TPv2", 1, inEthernet(tunnels.l2tp2(IPV4))],
  ["L2TPv2 with every field", 1, inEthernet(tunnels.l2tp2(IPV4, true))],
  ["L2TPv3 over IP", 1, inEthernet(tunnels.l2tp3(FRAME, true))],
  [
    "L2TPv3 over UDP with a cookie of 8 bytes and a sublayer",
    1,
    inEthernet(tunnels.l2tp3(FRAME, false, "deadbeefcafebabe 40000001")),
  ],
  ["L2TPv3 with a cookie of 4 bytes and PPP", 1, inEthernet(tunnels.l2tp3(ppp(IPV4), true, "deadbeef"))],
  ["PPTP", 1, inEthernet(tunnels.pptp(IPV4))],
  [
    "PPTP with an acknowledgment and without address and control",
    1,
    inEthernet(tunnels.pptp(IPV4, true, false)),
  ],
  ["EtherIP", 1, inEthernet(tunnels.etherIp(FRAME))],
  ["VXLAN-GPE with Ethernet", 1, inEthernet(tunnels.vxlanGpe(FRAME, 3))],
  ["VXLAN-GPE with IP", 1, inEthernet(tunnels.vxlanGpe(IPV4, 1))],
  ["NSH in VXLAN-GPE", 1, inEthernet(tunnels.vxlanGpe(tunnels.nsh(FRAME, 3, 1), 4))],
  ["NSH on Ethernet", 1, hex("020000000001 020000000002 894f", tunnels.nsh(IPV4, 1))],
  ["LISP", 1, inEthernet(tunnels.lisp(IPV4))],
  ["Juniper's mirror", 1, inEthernet(tunnels.juniperMirror(IPV4))],
  ["Juniper's mirror of PPP", 1, inEthernet(tunnels.juniperMirror(IPV4, true))],
  ["Aruba's mirror", 1, inEthernet(tunnels.arubaMirror(WIFI))],
  ["Aruba's mirror with radio information", 1, inEthernet(tunnels.arubaMirror(WIFI, true))],
  ["Aruba's GRE with 802.11", 1, inEthernet(tunnels.greOf(0x8200, WIFI))],
  ["WCCP version 1 in GRE", 1, inEthernet(tunnels.wccp(IPV4, 1))],
  ["WCCP version 2 in GRE", 1, inEthernet(tunnels.wccp(IPV4, 2))],
  ["MPLS in UDP", 1, inEthernet(tunnels.mplsInUdp(IPV4))],
  ["GRE in UDP", 1, inEthernet(tunnels.greInUdp(IPV4))],
  ["frame relay in GRE", 1, inEthernet(tunnels.greOf(0x6559, links.frameRelay(IPV4)))],
];

describe("the message is found behind", () => {
  it.each(ROWS)("%s", (_, linkType, frame) => {
    expect(locateFrame(frame, { linkType })).toEqual({
      kind: "candidate",
      from: FROM,
      to: TO,
      at: frame.length - MESSAGE.length,
      captured: MESSAGE.length,
      length: MESSAGE.length,
      marker: false,
    });
  });

  it("L2TPv3 with IP, which is taken for IP only where all of it was captured", () => {
    const frame = inEthernet(tunnels.l2tp3(IPV4, true));
    expect(locateFrame(frame)).toMatchObject({ kind: "candidate", at: frame.length - MESSAGE.length });
    expect(locateFrame(frame, { captured: frame.length - 1 }).kind).toBe("unsupported-encapsulation");
  });

  it("ISL, whose check of four bytes ends the frame", () => {
    const frame = isl(FRAME);
    expect(locateFrame(frame)).toMatchObject({ kind: "candidate", at: frame.length - 4 - MESSAGE.length });
  });

  it("MACsec with integrity only, whose check value of 16 bytes ends the frame", () => {
    const frame = Buffer.concat([
      tagged(FRAME, "88e5 20 00 00000001 0200000000010001"),
      Buffer.alloc(16, 0x99),
    ]);
    expect(locateFrame(frame)).toMatchObject({
      kind: "candidate",
      at: frame.length - 16 - MESSAGE.length,
      length: 60,
    });
  });
});

/** What a frame that was cut is taken for in place of a truncated one: of these lengths, from the first to the last. */
const WHEN_CUT: Readonly<Record<string, readonly [kind: string, first: number, last: number][]>> = {
  // Of several frames in one the first is read that is whole.
  "the first frame of an A-MSDU that is IKE": [["other-port", 72, 135]],
  "the same behind a padded header and two frames": [["other-port", 83, 206]],
  // A number that others use for themselves: only the whole header tells.
  "PKTAP under its old number": [["unsupported-link-type", 0, 11]],
  // Behind the port of a tunnel that may be another protocol's.
  "GTP-U with Ethernet": [["other-port", 51, 83]],
  "Aruba's mirror": [["other-port", 38, 59]],
  "Aruba's mirror with radio information": [
    ["other-port", 38, 59],
    ["not-ip", 60, 91],
  ],
  // The form of the header is told by what follows it.
  "L2TPv3 over IP": [["unsupported-encapsulation", 38, 71]],
  "L2TPv3 over UDP with a cookie of 8 bytes and a sublayer": [["unsupported-encapsulation", 50, 95]],
  "L2TPv3 with a cookie of 4 bytes and PPP": [["unsupported-encapsulation", 38, 65]],
};

describe("a frame that was cut anywhere in front of the message is no message", () => {
  it.each(ROWS)("%s", (what, linkType, frame) => {
    const headers = frame.length - MESSAGE.length;
    const kinds = Array.from(
      { length: headers },
      (_, captured) => locateFrame(frame, { linkType, captured }).kind,
    );
    const expected = new Array<string>(headers).fill("truncated-frame");
    for (const [kind, first, last] of WHEN_CUT[what] ?? []) expected.fill(kind, first, last + 1);
    expect(kinds).toEqual(expected);
    // What stands behind the cut, be it the rest of the frame or anything, changes nothing.
    const others = kinds.map((_, captured) => locateFrame(frame.subarray(0, captured), { linkType }).kind);
    expect(others).toEqual(expected);
    expect(locateFrame(frame, { linkType, captured: frame.length - 1 })).toMatchObject({
      kind: "candidate",
      captured: MESSAGE.length - 1,
      length: MESSAGE.length,
    });
  });
});
