/**
 * Community ID, version 1: one name for a flow in Zeek, Suricata, Arkime, Elastic and Wireshark alike
 * (github.com/corelight/community-id-spec).
 */

import { hash } from "node:crypto";

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
  const addresses = first.address.length + second.address.length;
  const bytes = Buffer.alloc(2 + addresses + 6);
  bytes.writeUInt16BE(seed, 0);
  bytes.set(first.address, 2);
  bytes.set(second.address, 2 + first.address.length);
  bytes[2 + addresses] = PROTOCOL_UDP;
  bytes.writeUInt16BE(first.port, 4 + addresses);
  bytes.writeUInt16BE(second.port, 6 + addresses);
  return `1:${hash("sha1", bytes, "base64")}`;
}
