/** Which UDP ports carry ISAKMP, and under which rules; and which may carry a tunnel. */

import { TUNNEL_PORTS } from "./udp-tunnels.ts";

export const PortRule = {
  none: 0,
  /** 500: ISAKMP without a marker (RFC 2408 2.5.1). */
  ike: 1,
  /** 4500: ISAKMP behind the non-ESP marker, ESP otherwise (RFC 3948 2). */
  natTraversal: 2,
  /** A port that the user added: either of the two. */
  extra: 3,
  /** A tunnel or a mirror, perhaps (udp-tunnels.ts). A bit of its own, so that the short cut can combine two ports. */
  tunnel: 4,
} as const;

/** Where a responder listens (RFC 2408 2.5.1, RFC 3948 2). */
export const IKE_PORT = 500;
export const NAT_TRAVERSAL_PORT = 4_500;

/** Rule by port number. */
export type PortSet = Uint8Array;

/** How many port numbers there are. */
export const PORTS = 65_536;

/** The rules of 500 and 4500, of the ports in `extra`, and of those of tunnels. @param rules zeros, which they are put into */
export function portSet(extra: readonly number[], rules = new Uint8Array(PORTS)): PortSet {
  for (const port of TUNNEL_PORTS) rules[port] = PortRule.tunnel;
  for (const port of extra) rules[port] = PortRule.extra;
  rules[IKE_PORT] = PortRule.ike;
  rules[NAT_TRAVERSAL_PORT] = PortRule.natTraversal;
  return rules;
}
