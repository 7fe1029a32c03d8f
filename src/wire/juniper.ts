/**
 * Juniper's own link types: a magic number, flags, perhaps extensions; then a frame, or where the layer-2 header is
 * missing the number of a protocol (the forms that libpcap's gencode.c and Wireshark's packet-juniper.c describe).
 */

import { readU32Le } from "./bytes.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, type Reader, readU16 } from "./layers.ts";

/** "MGC" */
const MAGIC = [0x4d, 0x47, 0x43] as const;
const HEADER = 4;
const FLAG_NO_LAYER_2 = 0x02;
const FLAG_EXTENSIONS = 0x80;

/** @param cookie bytes of a cookie between the header and `layer` */
function juniper(layer: number, cookie = 0): Reader {
  return (bytes, at, end) => {
    if (at + HEADER > end) return Kind.truncatedFrame;
    if (bytes[at] !== MAGIC[0] || bytes[at + 1] !== MAGIC[1] || bytes[at + 2] !== MAGIC[2]) return Kind.notIp;
    const flags = bytes[at + 3];
    let from = at + HEADER;
    if ((flags & FLAG_EXTENSIONS) !== 0) {
      if (from + 2 > end) return Kind.truncatedFrame;
      from += 2 + readU16(bytes, from);
    }
    return (flags & FLAG_NO_LAYER_2) !== 0 ? withoutLayer2(bytes, from, end) : go(layer, from + cookie);
  };
}

/** Protocol numbers of a frame without layer 2, little-endian. */
function withoutLayer2(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return Kind.truncatedFrame;
  const layer = layerOf(readU32Le(bytes, at));
  return layer === Layer.none ? Kind.notIp : go(layer, at + 4);
}

function layerOf(protocol: number): number {
  switch (protocol) {
    case 2: // IPv4, and with an MPLS label that was taken off
    case 3:
    case 6: // IPv6, the same
    case 7:
      return Layer.ip;
    case 4: // MPLS of IPv4, of IPv6, alone
    case 5:
    case 8:
    case 32:
      return Layer.mpls;
    case 200:
      return Layer.ppp;
    case 202: // LLC, and with SNAP
    case 203:
      return Layer.llc;
    case 204:
      return Layer.ethernet;
    case 207:
      return Layer.frameRelay;
    case 208:
      return Layer.ciscoHdlc;
    default:
      return Layer.none;
  }
}

export const juniperEthernet = juniper(Layer.ethernet);
export const juniperPpp = juniper(Layer.ppp);
export const juniperFrameRelay = juniper(Layer.frameRelay);
export const juniperHdlc = juniper(Layer.ciscoHdlc);
export const juniperAtm1 = juniper(Layer.atm, 4);
export const juniperAtm2 = juniper(Layer.atm, 8);

const GGSN_PROTOCOL = 4;

/** The protocol number stands in front of every packet. */
export function juniperGgsn(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER + GGSN_PROTOCOL > end) return Kind.truncatedFrame;
  if (bytes[at] !== MAGIC[0] || bytes[at + 1] !== MAGIC[1] || bytes[at + 2] !== MAGIC[2]) return Kind.notIp;
  return withoutLayer2(bytes, at + HEADER, end);
}
