/**
 * Where the walk through a frame stands: the kind of the next layer and its first byte. One walk at a time;
 * readers of a layer either decide (a code of `Kind`) or call `go`. So tunnels need no recursion.
 */

import { readU16 } from "./bytes.ts";
import { Kind } from "./kinds.ts";

export { readU16 };

/** What stands at a place in a frame. */
export const Layer = {
  none: 0,
  ethernet: 1,
  /** IPv4 or IPv6, told by the version nibble. */
  ip: 2,
  /** A four-byte address family in the byte order of the capturing host. */
  bsdNull: 3,
  linuxSll: 4,
  linuxSll2: 5,
  ppp: 6,
  pppoe: 7,
  /** Four bytes of address, control and EtherType. */
  ciscoHdlc: 8,
  etherType: 9,
  gre: 10,
  /** IEEE 802.2: access points, control, perhaps SNAP. */
  llc: 11,
  mpls: 12,
  nsh: 13,
  wlan: 14,
  /** 802.11 with padding behind its header, up to four bytes. */
  wlanPadded: 15,
  /** 802.11 whose two bytes of frame control stand the other way round. */
  wlanSwapped: 16,
  radiotap: 17,
  prism: 18,
  avs: 19,
  ppi: 20,
  tokenRing: 21,
  fddi: 22,
  atm: 23,
  sunAtm: 24,
  frameRelay: 25,
  enc: 26,
  pflog: 27,
  nflog: 28,
  pktap: 29,
  /** PKTAP under a number for private use: only when it looks like that. */
  user2: 30,
  ipOverFc: 31,
  ieee1394: 32,
  ipoib: 33,
  pppd: 34,
  pppWithDirection: 35,
  hdlcWithDirection: 36,
  frameRelayWithDirection: 37,
  juniperEthernet: 38,
  juniperPpp: 39,
  juniperFrameRelay: 40,
  juniperHdlc: 41,
  juniperAtm1: 42,
  juniperAtm2: 43,
  juniperGgsn: 44,
  erf: 45,
  tzsp: 46,
  exportedPdu: 47,
  broadcomTagged: 48,
  broadcomPrepended: 49,
  dsaTagged: 50,
  edsaTagged: 51,
} as const;

/** The next layer; set by `go`. */
export const next = {
  layer: 0,
  at: 0,
  /** Set by `notLookedInto`. */
  encapsulation: 0,
  /** Datagrams of IKE beside the one that the walk goes on with. */
  further: 0,
  /** The walk is inside what a UDP port alone says is a tunnel. */
  guessed: false,
};

/** What a reader returns that has set `next`; no code of `Kind`. */
export const CONTINUE = -1;

/**
 * Reads one layer.
 *
 * @param at its first byte
 * @param end end of the frame's captured bytes; nothing at or behind it may be read
 * @returns a code of `Kind`, or CONTINUE
 */
export type Reader = (bytes: Uint8Array, at: number, end: number) => number;

/**
 * Where IP ends when its header does not say: beyond every frame. A number that stays small, so that the
 * engine goes on treating all offsets as 32-bit integers.
 */
export const UNKNOWN_END = 0x3fffffff;

/** The walk goes on with `layer` at byte `at`, which may lie beyond the frame: its reader checks. */
export function go(layer: number, at: number): number {
  next.layer = layer;
  next.at = at;
  return CONTINUE;
}

/** The walk ends at something that is known and not looked into: a code of encapsulations.ts. */
export function notLookedInto(encapsulation: number): number {
  next.encapsulation = encapsulation;
  return Kind.unsupportedEncapsulation;
}

/** A header of fixed length that says nothing of what follows. */
export function skipping(length: number, layer: number): Reader {
  return (_bytes, at, end) => (at + length > end ? Kind.truncatedFrame : go(layer, at + length));
}
