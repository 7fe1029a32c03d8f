/**
 * What a dumped packet begins with, which no dump says: an IP header (tcpdump -x, FortiGate 2), or Ethernet (-xx,
 * FortiGate 3, an ASA), or the headers of Linux's "any" interface.
 */

const ETHERNET = 1;
const RAW = 101;
const LINUX_SLL = 113;
const LINUX_SLL2 = 276;

const ETHERNET_TYPE = 12;
const SLL_TYPE = 14;
const SLL_HEADER = 16;
const SLL2_HEADER = 20;
const IPV6_HEADER = 40;
/** Version 4, and a header without options. */
const PLAIN_IPV4 = 0x45;
/** EtherTypes that a packet with IKE may have before its IP header. */
const TYPES = new Set([0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x0806, 0x8926, 0x8909, 0x9100]);

export interface Guess {
  linkType: number;
  /** Bytes that the packet had on its wire, as its IP header has them: more than dumped where that was cut. */
  original: number;
}

/** @returns null where the bytes are none of these */
export function guessLink(bytes: Uint8Array, start: number, length: number): Guess | null {
  const at = (offset: number) => (bytes[start + offset] << 8) | bytes[start + offset + 1];
  const made = (linkType: number, header: number): Guess => {
    const original = Math.max(length, header + ipLength(bytes, start + header, length - header));
    return { linkType, original };
  };
  if (isIp(bytes, start, length)) return made(RAW, 0);
  if (length >= ETHERNET_TYPE + 2 && TYPES.has(at(ETHERNET_TYPE))) return made(ETHERNET, ETHERNET_TYPE + 2);
  if (length >= SLL_HEADER && at(0) <= 4 && TYPES.has(at(SLL_TYPE))) return made(LINUX_SLL, SLL_HEADER);
  if (length >= SLL2_HEADER && TYPES.has(at(0)) && at(2) === 0) return made(LINUX_SLL2, SLL2_HEADER);
  // An IPv4 header with a checksum that is wrong, but of a length that may be right.
  const isLike = bytes[start] === PLAIN_IPV4 && ipLength(bytes, start, length) >= length;
  return isLike ? made(RAW, 0) : null;
}

/** An IPv4 header whose checksum is right, or an IPv6 header whose length is. */
function isIp(bytes: Uint8Array, start: number, length: number): boolean {
  const version = bytes[start] >> 4;
  if (version === 6)
    return length >= IPV6_HEADER && ipLength(bytes, start, length) >= length && bytes[start + 7] > 0;
  const header = (bytes[start] & 15) * 4;
  if (version !== 4 || header < 20 || header > length) return false;
  let sum = 0;
  for (let i = 0; i < header; i += 2) sum += (bytes[start + i] << 8) | bytes[start + i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  // Zero where a network card fills the checksum in: then the length has to be right.
  const isUnset = ((bytes[start + 10] << 8) | bytes[start + 11]) === 0;
  return sum === 0xffff || (isUnset && ipLength(bytes, start, length) >= length);
}

/** The length that an IP header states; 0 where there is none. */
function ipLength(bytes: Uint8Array, start: number, length: number): number {
  if (length < 20) return 0;
  const version = bytes[start] >> 4;
  if (version === 4) return (bytes[start + 2] << 8) | bytes[start + 3];
  return version === 6 ? IPV6_HEADER + ((bytes[start + 4] << 8) | bytes[start + 5]) : 0;
}
