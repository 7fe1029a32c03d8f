/**
 * Community ID, version 1: one name for a flow in Zeek, Suricata, Arkime, Elastic and Wireshark alike
 * (github.com/corelight/community-id-spec).
 */

import { isIpv4 } from "../collections/endpoints.ts";
import { base64 } from "../collections/hashes.ts";
import { sha1 } from "../linear/hashes.ts";

const PROTOCOL_UDP = 17;
/** Words of an address as tables keep it, and which of these is an IPv4 one (see `addressWords`). */
const ADDRESS = 4;
const IPV4 = 3;

/** What is hashed, with room for two addresses of IPv6: a report names every flow. */
const message = new Uint8Array(40);
const fields = new DataView(message.buffer);

/**
 * "1:" and the SHA-1 in base64 over seed, addresses, protocol, a zero byte and ports, all in network byte order. The
 * smaller end goes first (address, then port), so both directions have one ID.
 * @param addresses of both ends of a UDP flow, each as `addressWords` (collections/endpoints.ts) writes it
 * @param seed 0..65535; 0 is what all tools use unless told otherwise
 */
export function communityId(addresses: Uint32Array, onePort: number, otherPort: number, seed = 0): string {
  const isInOrder = (compared(addresses) || onePort - otherPort) <= 0;
  fields.setUint16(0, seed);
  let at = putAddress(2, addresses, isInOrder ? 0 : ADDRESS);
  at = putAddress(at, addresses, isInOrder ? ADDRESS : 0);
  fields.setUint16(at, PROTOCOL_UDP << 8);
  fields.setUint16(at + 2, isInOrder ? onePort : otherPort);
  fields.setUint16(at + 4, isInOrder ? otherPort : onePort);
  return base64(sha1(message.subarray(0, at + 6)), "1:");
}

/** @returns where the next field begins */
function putAddress(at: number, addresses: Uint32Array, from: number): number {
  let to = at;
  for (let i = beginOf(addresses, from); i < from + ADDRESS; i += 1) {
    fields.setUint32(to, addresses[i]);
    to += 4;
  }
  return to;
}

/** Where the address at `from` begins: of IPv4 the last word alone counts. */
function beginOf(addresses: Uint32Array, from: number): number {
  return isIpv4(addresses, from) ? from + IPV4 : from;
}

/** By the first word that differs; one is as short as the other but for an IPv4 address that is written as IPv6. */
function compared(addresses: Uint32Array): number {
  let one = beginOf(addresses, 0);
  let other = beginOf(addresses, ADDRESS);
  for (; one < ADDRESS && other < 2 * ADDRESS; one += 1, other += 1) {
    if (addresses[one] !== addresses[other]) return addresses[one] - addresses[other];
  }
  return 0;
}
