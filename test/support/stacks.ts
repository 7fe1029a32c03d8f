/** Random stacks of layers around an ISAKMP message, each layer by the builders of this folder. */

import {
  bsdNull,
  erspan,
  ethernet,
  geneve,
  gre,
  ip,
  isakmp,
  mpls,
  nonEspMarker,
  packet,
  ppp,
  pppoe,
  sll,
  sll2,
  vxlan,
} from "./frames.ts";
import * as links from "./frames-links.ts";
import { fabricPath, isl, providerBackbone, TAGS, tagged, trill } from "./frames-tags.ts";
import * as tunnels from "./frames-tunnels.ts";
import { avs, ppi, prism, radiotap, snap, type WlanOptions, wlan } from "./frames-wlan.ts";

const MAX_DEPTH = 5;

export type Next = () => number;
export type Wrap = (inner: Buffer, next: Next) => Buffer;

const isV6 = (inner: Uint8Array) => inner[0] >> 4 === 6;
/** The builders put tunnels into Ethernet, whose header is 14 bytes. */
const withoutEthernet = (frame: Buffer) => frame.subarray(14);
const vlans = (next: Next) => Array.from({ length: next() % 3 }, () => 1 + (next() % 4000));
const flip = (next: Next) => next() % 2 === 0;
const pick = <T>(list: readonly T[], next: Next): T => list[next() % list.length];
const tunnel = (protocol: number, payload: Uint8Array, next: Next) =>
  flip(next)
    ? ip("203.0.113.1", "203.0.113.2", protocol, payload)
    : ip("2001:db8:7::1", "2001:db8:7::2", protocol, payload);

const wlanOptions = (next: Next): WlanOptions => {
  const qos = flip(next);
  const direction = pick(["to", "from", "none", "both"] as const, next);
  return { direction, qos, htControl: qos && flip(next), amsdu: qos && flip(next) };
};

/** A frame around an IP packet. */
const FRAMES: readonly Wrap[] = [
  (inner, next) => ethernet(inner, { vlans: vlans(next) }),
  (inner) => pppoe(inner),
  (inner, next) => mpls(inner, 1 + (next() % 4)),
  (inner, next) => tagged(ethernet(inner, { vlans: vlans(next) }), pick(Object.values(TAGS), next)),
  (inner, next) => {
    const twice = tagged(ethernet(inner), pick(Object.values(TAGS), next));
    return tagged(twice, pick(["8100 0064", TAGS["Cisco VN-Tag"], TAGS["Cisco MetaData"]], next));
  },
];

/** A frame around a frame. */
const BACKBONES: readonly Wrap[] = [
  (frame, next) => providerBackbone(frame, flip(next)),
  (frame) => fabricPath(frame),
  (frame, next) => trill(frame, next() % 3),
  (frame, next) => isl(frame, flip(next) ? "01000c0000" : "0c000c0000"),
];

/** An IP packet around a frame. */
const OVERLAYS: readonly Wrap[] = [
  (frame) => withoutEthernet(vxlan(frame)),
  (frame) => withoutEthernet(geneve(frame)),
  (frame) => withoutEthernet(gre(frame, 0x6558)),
  (frame) => withoutEthernet(erspan(frame, 1)),
  (frame) => withoutEthernet(erspan(frame, 2)),
  (frame) => withoutEthernet(erspan(frame, 3)),
  (frame, next) =>
    tunnels.tzsp(frame, tunnels.TZSP_ETHERNET, pick(["", "0a01c4 00 0c0101", "29020040"], next)),
  (frame) => tunnels.eoip(frame),
  (frame, next) => tunnels.capwap(frame, false, flip(next)),
  (frame) => tunnels.etherIp(frame),
  (frame) => tunnels.over(143, frame),
  (frame) => tunnels.vxlanGpe(frame, 3),
  (frame, next) => tunnels.vxlanGpe(tunnels.nsh(frame, 3, flip(next) ? 1 : 2), 4),
  (frame) => tunnels.greOf(0x894f, tunnels.nsh(frame, 3)),
  (frame) => tunnels.greOf(0x6559, links.frameRelayBridged(frame)),
];

/** An IP packet around an IP packet. */
const TUNNELS: readonly Wrap[] = [
  (inner, next) => tunnel(isV6(inner) ? 41 : 4, inner, next),
  (inner, next) => {
    const type = isV6(inner) ? 0x86dd : 0x0800;
    return withoutEthernet(gre(inner, type, flip(next)));
  },
  (inner, next) => {
    const header = Buffer.from("00040000000001000000000100010203040506070809 0a0b".replace(" ", ""), "hex");
    header[0] = isV6(inner) ? 41 : 4;
    return tunnel(51, Buffer.concat([header, inner]), next);
  },
  (inner, next) => tunnels.gtpUser(inner, pick(["plain", "sequence", "extension"] as const, next)),
  (inner, next) => tunnels.l2tp2(inner, flip(next), flip(next)),
  (inner, next) => tunnels.pptp(inner, flip(next), flip(next)),
  (inner) => tunnels.vxlanGpe(inner, isV6(inner) ? 2 : 1),
  (inner) => tunnels.greOf(0x894f, tunnels.nsh(inner, isV6(inner) ? 2 : 1, 1)),
  (inner) => tunnels.lisp(inner),
  (inner, next) => tunnels.juniperMirror(inner, flip(next)),
  (inner) => tunnels.metaDataInGre(inner),
  (inner) => tunnels.mplsInUdp(inner),
  (inner) => tunnels.greInUdp(inner),
  (inner, next) => tunnels.greOf(0x6559, links.frameRelay(inner, flip(next) ? "nlpid" : "snap")),
  (inner, next) =>
    isV6(inner) ? tunnels.teredo(inner, flip(next)) : tunnels.wccp(inner, flip(next) ? 1 : 2),
  // 802.11: by TZSP, by CAPWAP (tshark expects the frame control swapped there), by Aruba's GRE.
  (inner, next) => tunnels.tzsp(wlan(inner, wlanOptions(next)), tunnels.TZSP_WLAN),
  (inner, next) => tunnels.capwap(wlan(inner, { ...wlanOptions(next), swapped: true }), true, flip(next)),
  (inner, next) => tunnels.greOf(pick([0x8200, 0x8210, 0x8370], next), wlan(inner, wlanOptions(next))),
];

const framed: Wrap = (inner, next) => pick(FRAMES, next)(inner, next);

export const LINKS: readonly (readonly [string, number, Wrap])[] = [
  [
    "Ethernet",
    1,
    (inner, next) =>
      next() % 4 === 0 ? pick(BACKBONES, next)(framed(inner, next), next) : framed(inner, next),
  ],
  ["raw IP", 101, (inner) => inner],
];

/** Link types that are read in one file, each being an interface of it. */
export const OTHER_LINKS: readonly (readonly [string, number, Wrap])[] = [
  ["BSD loopback", 0, (inner, next) => bsdNull(inner, flip(next))],
  ["PPP", 9, (inner) => ppp(inner)],
  ["Linux cooked capture", 113, (inner) => sll(inner)],
  ["Linux cooked capture, version 2", 276, (inner) => sll2(inner)],
  ["802.11", 105, (inner, next) => wlan(inner, wlanOptions(next))],
  [
    "radiotap",
    127,
    (inner, next) => {
      const padded = flip(next);
      const options = { direction: "to", qos: flip(next), padded } as const;
      return radiotap(wlan(inner, options), { padded, time: flip(next), words: next() % 3 });
    },
  ],
  [
    "PPI",
    192,
    (inner, next) =>
      flip(next)
        ? ppi(wlan(inner, wlanOptions(next)), 105, flip(next) ? 20 : 0)
        : ppi(framed(inner, next), 1),
  ],
  ["Prism", 119, (inner, next) => (flip(next) ? prism : avs)(wlan(inner, wlanOptions(next)))],
  ["AVS", 163, (inner, next) => avs(wlan(inner, wlanOptions(next)))],
  ["NFLOG", 239, (inner) => links.nflog(inner)],
  [
    "PKTAP",
    258,
    (inner, next) =>
      flip(next) ? links.pktap(framed(inner, next), 1, flip(next) ? 108 : 156) : links.pktap(inner, 12),
  ],
  [
    "PKTAP under its old number",
    149,
    (inner, next) =>
      flip(next) ? links.pktap(bsdNull(inner), 0) : links.pktap(wlan(inner, wlanOptions(next)), 105),
  ],
  [
    "PFLOG",
    117,
    (inner, next) => links.pflog(inner, pick([48, 61, 64, 69, 100], next), pick([24, 28, 30], next)),
  ],
  ["OpenBSD enc", 109, (inner, next) => links.enc(inner, flip(next))],
  [
    "Juniper Ethernet",
    178,
    (inner, next) =>
      next() % 3 === 0 ? links.juniperBare(inner) : links.juniper(framed(inner, next), flip(next)),
  ],
  ["Juniper PPP", 179, (inner) => links.juniper(ppp(inner))],
  ["Juniper frame relay", 180, (inner) => links.juniper(links.frameRelay(inner), true)],
  ["Juniper HDLC", 181, (inner) => links.juniper(hdlc(inner))],
  [
    "frame relay",
    107,
    (inner, next) =>
      next() % 4 === 0
        ? links.frameRelayBridged(framed(inner, next))
        : links.frameRelay(inner, pick(["nlpid", "snap", "cisco"] as const, next), flip(next)),
  ],
  ["ATM", 100, (inner, next) => (flip(next) ? snap(inner) : links.atmBridged(framed(inner, next)))],
  [
    "SunATM",
    123,
    (inner, next) => (flip(next) ? links.sunAtm(inner) : links.sunAtmLane(framed(inner, next))),
  ],
  ["Token Ring", 6, (inner, next) => links.tokenRing(inner, flip(next))],
  ["FDDI", 10, (inner) => links.fddi(inner)],
  [
    "ERF",
    197,
    (inner, next) => {
      const extensions = next() % 3;
      const kinds = [
        () => links.erfEthernet(framed(inner, next), extensions),
        () => links.erf(isV6(inner) ? 23 : 22, inner, extensions),
        () => links.erf(1, flip(next) ? hdlc(inner) : ppp(inner), extensions),
      ];
      return pick(kinds, next)();
    },
  ],
  ["PPP with direction", 204, (inner, next) => links.pppWithDirection(inner, flip(next))],
  ["IP over InfiniBand", 242, (inner) => links.ipoib(inner)],
  ["IP over Fibre Channel", 122, (inner) => links.ipOverFc(inner)],
  ["IP over IEEE 1394", 138, (inner) => links.ieee1394(inner)],
  [
    "exported PDU",
    252,
    (inner, next) =>
      flip(next)
        ? links.exportedPdu(isV6(inner) ? "ipv6" : "ip", inner)
        : links.exportedPdu("eth_withoutfcs", framed(inner, next)),
  ],
];

/** Cisco HDLC. */
function hdlc(inner: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(isV6(inner) ? "0f0086dd" : "0f000800", "hex"), inner]);
}

function innermost(id: number, next: () => number): Buffer {
  const message = isakmp({
    initiatorCookie: "11".repeat(8),
    responderCookie: "22".repeat(8),
    exchange: 32,
    messageId: id,
    body: Buffer.alloc(32, 0xa5),
  });
  const v6 = next() % 2 === 0;
  const [from, to] = v6 ? ["[2001:db8::11]", "[2001:db8::1]"] : ["192.0.2.11", "192.0.2.1"];
  return next() % 2 === 0
    ? packet(`${from}:500`, `${to}:500`, message)
    : packet(`${from}:61000`, `${to}:4500`, nonEspMarker(message));
}

/** An ISAKMP message below up to five tunnels and overlays in random order. */
export function stack(id: number, link: Wrap, next: Next): Buffer {
  let inner = innermost(id, next);
  for (let depth = next() % (MAX_DEPTH + 1); depth > 0; depth -= 1) {
    inner = flip(next) ? pick(TUNNELS, next)(inner, next) : pick(OVERLAYS, next)(framed(inner, next), next);
  }
  return link(inner, next);
}
