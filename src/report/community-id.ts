/**
 * Community ID, version 1: one name for a flow in Zeek, Suricata, Arkime, Elastic and Wireshark alike
 * (github.com/corelight/community-id-spec).
 */

import { writeU16 } from "../collections/endpoints.ts";
import { base64, sha1 } from "../collections/hashes.ts";

/** One end of a UDP flow: the address in 4 or 16 bytes, network byte order. */
export interface FlowEnd {
  address: Uint8Array;
  port: number;
}

const PROTOCOL_UDP = 17;

/**
 * "1:" and the SHA-1 in base64 over seed, addresses, protocol, a zero byte and ports, all in network byte order. The
 * smaller end goes first (address, then port), so both directions have one ID.
 * @param seed 0..65535; 0 is what all tools use unless told otherwise
 */
export function communityId(one: FlowEnd, other: FlowEnd, seed = 0): string {
  const order = compare(one.address, other.address) || one.port - other.port;
  const [first, second] = order <= 0 ? [one, other] : [other, one];
  const addresses = first.address.length + second.address.length;
  const bytes = new Uint8Array(2 + addresses + 6);
  writeU16(bytes, 0, seed);
  bytes.set(first.address, 2);
  bytes.set(second.address, 2 + first.address.length);
  bytes[2 + addresses] = PROTOCOL_UDP;
  writeU16(bytes, 4 + addresses, first.port);
  writeU16(bytes, 6 + addresses, second.port);
  return base64(sha1(bytes), "1:");
}

/** By the first byte that differs; both ends have an address of one family. */
function compare(a: Uint8Array, b: Uint8Array): number {
  const i = a.findIndex((byte, at) => byte !== b[at]);
  return i < 0 ? 0 : a[i] - b[i];
}
