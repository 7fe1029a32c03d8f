/**
 * Community ID, version 1, seed 0: one name for a flow in the logs of many sensors
 * (https://github.com/corelight/community-id-spec). Both directions have the same.
 */

import { createHash } from "node:crypto";

const UDP = 17;

export interface FlowEnd {
  /** 4 or 16 bytes, network byte order. */
  address: Uint8Array;
  port: number;
}

/** The ID of a UDP flow between two ends of one IP version. */
export function communityId(a: FlowEnd, b: FlowEnd): string {
  const [lower, upper] = isOrdered(a, b) ? [a, b] : [b, a];
  const ports = new Uint8Array(4);
  const view = new DataView(ports.buffer);
  view.setUint16(0, lower.port);
  view.setUint16(2, upper.port);
  const hash = createHash("sha1")
    .update(new Uint8Array(2))
    .update(lower.address)
    .update(upper.address)
    .update(Uint8Array.of(UDP, 0))
    .update(ports);
  return `1:${hash.digest("base64")}`;
}

function isOrdered(a: FlowEnd, b: FlowEnd): boolean {
  for (let i = 0; i < a.address.length; i += 1) {
    if (a.address[i] !== b.address[i]) return a.address[i] < b.address[i];
  }
  return a.port <= b.port;
}
