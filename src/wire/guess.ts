/** Does a packet or a frame stand here? For headers whose length is agreed on elsewhere, and for mirrors without one. */

import { readU16 } from "./layers.ts";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const ETHERNET_HEADER = 14;

/** A header of IP that can be true, with all that it announces in the frame. */
export function isWholeIp(bytes: Uint8Array, at: number, end: number): boolean {
  if (!isIp(bytes, at, end)) return false;
  const version4 = bytes[at] >> 4 === 4;
  return at + (version4 ? readU16(bytes, at + 2) : IPV6_HEADER + readU16(bytes, at + 4)) <= end;
}

/** A header of IP that can be true. */
export function isIp(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + IPV4_HEADER > end) return false;
  const version = bytes[at] >> 4;
  if (version === 6) return at + IPV6_HEADER <= end;
  return version === 4 && (bytes[at] & 0x0f) >= 5 && readU16(bytes, at + 2) >= IPV4_HEADER;
}

/** Ethernet with IP, a tag, a label stack, PPPoE or ARP in it. */
export function isEthernet(bytes: Uint8Array, at: number, end: number): boolean {
  const payload = at + ETHERNET_HEADER;
  if (payload > end) return false;
  switch (readU16(bytes, at + 12)) {
    case 0x0800:
      return isIp(bytes, payload, end) && bytes[payload] >> 4 === 4;
    case 0x86dd:
      return isIp(bytes, payload, end) && bytes[payload] >> 4 === 6;
    case 0x0806:
    case 0x8100:
    case 0x88a8:
    case 0x8847:
    case 0x8863:
    case 0x8864:
      return true;
    default:
      return false;
  }
}
