/**
 * Community ID, version 1: one name for a flow in Zeek, Suricata, Arkime, Elastic and Wireshark alike
 * (github.com/corelight/community-id-spec).
 */

import { createHash } from "node:crypto";

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
  const order = Buffer.compare(one.address, other.address) || one.port - other.port;
  const [first, second] = order <= 0 ? [one, other] : [other, one];
  const hash = createHash("sha1")
    .update(u16(seed))
    .update(first.address)
    .update(second.address)
    .update(Uint8Array.of(PROTOCOL_UDP, 0))
    .update(u16(first.port))
    .update(u16(second.port));
  return `1:${hash.digest("base64")}`;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}
