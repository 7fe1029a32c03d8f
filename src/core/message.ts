/** Where an ISAKMP message of IKEv1 stands in a plain packet: `locate` and `classifyHeader` (wire/) take all others. */

import { be16, be32 } from "./columns";

/** Values of multi-byte fields as they stand in little-endian memory. */
const FRAGMENT: u32 = 0xff3f;

const UDP: u32 = 17;
const IP_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
const MARKER_BYTES: usize = 4;
const ISAKMP_HEADER: u32 = 28;
/** IKEv1, in the upper half of a byte. */
const MAJOR_VERSION: u32 = 1;

/** Codes of `PortRule` (wire/ports.ts). */
const IKE: u32 = 1;
const NAT_TRAVERSAL: u32 = 2;

/** Behind the last byte of the UDP datagram, by both headers. @param ip an IPv4 header without options */
export function datagramEnd(ip: usize): usize {
  return min(ip + IP_HEADER + be16(ip + 24), ip + be16(ip + 2));
}

/** First byte behind the UDP header. */
export function payload(ip: usize): usize {
  return ip + IP_HEADER + UDP_HEADER;
}

/**
 * @param ip an IPv4 header without options, and 8 bytes
 * @param end behind the last captured byte
 * @param ports rule of each port
 * @returns the message, its header captured; 0 where there is none, or it is not plain
 */
export function messageIn(ip: usize, end: usize, ports: usize): usize {
  if ((load<u16>(ip, 6) & FRAGMENT) !== 0 || <u32>load<u8>(ip, 9) !== UDP) return 0;
  const source = <u32>load<u8>(ports + be16(ip + 20));
  const destination = <u32>load<u8>(ports + be16(ip + 22));
  const isIke = source === IKE || destination === IKE;
  const isNatTraversal = source === NAT_TRAVERSAL || destination === NAT_TRAVERSAL;
  if (!isIke && !isNatTraversal) return 0;
  const first = payload(ip);
  const sentTo = datagramEnd(ip);
  if (first + MARKER_BYTES + ISAKMP_HEADER > min(end, sentTo)) return 0;
  // ESP of the old drafts stands behind eight zeros on port 500, ISAKMP behind four on 4500.
  if (isIke && load<u64>(first) === 0) return 0;
  const isMarked = isNatTraversal && load<u32>(first) === 0;
  if (!isMarked && !isIke) return 0;
  const message = isMarked ? first + MARKER_BYTES : first;
  return isIkev1(message, <u32>(sentTo - message)) ? message : 0;
}

/** @param length bytes of the datagram from the header on */
function isIkev1(header: usize, length: u32): bool {
  const exchange = <u32>load<u8>(header, 18);
  const isKnown = (exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33;
  if (!isKnown || <u32>load<u8>(header, 17) >> 4 !== MAJOR_VERSION) return false;
  if (load<u64>(header) === 0) return false;
  const stated = statedLength(header);
  return stated >= ISAKMP_HEADER && stated <= length;
}

/** Bytes of the whole message, by its header. */
export function statedLength(header: usize): u32 {
  return be32(header + 24);
}
