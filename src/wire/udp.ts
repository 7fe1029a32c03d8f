/**
 * The UDP header, and what its payload is by the ports: ISAKMP, ESP or a keepalive (RFC 3948 2; the eight
 * zero bytes of the old drafts on port 500).
 */

import type { Located } from "./datagram.ts";
import { classifyHeader, HeaderClass } from "./isakmp.ts";
import { Kind } from "./kinds.ts";
import { next, readU16, UNKNOWN_END } from "./layers.ts";
import { PortRule, type PortSet } from "./ports.ts";
import { udpTunnel } from "./udp-tunnels.ts";

const UDP_HEADER = 8;
const MARKER = 4;
const OLD_DRAFT_ZEROS = 8;
const KEEPALIVE = 0xff;

/**
 * @param at the UDP header
 * @param ipEnd end of the datagram by the IP header; beyond the frame where that is not known
 * @param end end of the captured bytes
 * @param fragmented this is the first of several IP fragments
 */
export function udp(
  bytes: Uint8Array,
  at: number,
  ipEnd: number,
  end: number,
  fragmented: boolean,
  ports: PortSet,
  out: Located,
): number {
  if (at + UDP_HEADER > ipEnd) return Kind.badHeader;
  // The ports alone tell most frames, even where a short snaplen cut the rest.
  if (at + 4 > end) return Kind.truncatedFrame;
  const sourcePort = readU16(bytes, at);
  const destinationPort = readU16(bytes, at + 2);
  const sourceRule = ports[sourcePort];
  const destinationRule = ports[destinationPort];
  if (!isIkeRule(sourceRule) && !isIkeRule(destinationRule)) {
    if (sourceRule === PortRule.none && destinationRule === PortRule.none) return Kind.otherPort;
    next.guessed = true;
    return udpTunnel(bytes, at, end, sourcePort, destinationPort);
  }
  if (at + UDP_HEADER > end) return Kind.truncatedFrame;
  const stated = readU16(bytes, at + 4);
  if (stated !== 0 && stated < UDP_HEADER) return Kind.badHeader;
  out.sourcePort = sourcePort;
  out.destinationPort = destinationPort;
  setPayload(at, stated, ipEnd, end, fragmented, out);
  return payloadKind(bytes, sourceRule, destinationRule, out);
}

function isIkeRule(rule: number): boolean {
  return rule !== PortRule.none && rule !== PortRule.tunnel;
}

/** Sets what the headers and the capture say of the payload; padding of the link layer is not part of it. */
function setPayload(
  at: number,
  stated: number,
  ipEnd: number,
  end: number,
  fragmented: boolean,
  out: Located,
): void {
  const payload = at + UDP_HEADER;
  const byIp = ipEnd === UNKNOWN_END ? end : ipEnd;
  // A length of 0 is a jumbogram's (RFC 2675 4). Where IP does not say its length, UDP alone does: a short
  // snaplen may have cut the frame. A first fragment carries less than the UDP length; the datagram has it all.
  const udpEnd = stated === 0 ? byIp : fragmented ? at + stated : Math.min(at + stated, ipEnd);
  out.payload = payload;
  out.length = udpEnd - payload;
  out.captured = Math.min(end, ipEnd, udpEnd) - payload;
  out.marker = false;
}

/**
 * ISAKMP, ESP or a keepalive, by the ports' rules.
 *
 * @param out its payload's place, length and captured length are set
 */
export function payloadKind(
  bytes: Uint8Array,
  sourceRule: number,
  destinationRule: number,
  out: Located,
): number {
  const { payload, captured, length } = out;
  // With 500 on one side and 4500 on the other, a NAT chose a port: both forms are possible.
  const ike = sourceRule === PortRule.ike || destinationRule === PortRule.ike;
  const natTraversal = sourceRule === PortRule.natTraversal || destinationRule === PortRule.natTraversal;
  const deciding = Math.min(length, ike ? OLD_DRAFT_ZEROS : MARKER);
  if (captured < deciding) return Kind.truncatedFrame;
  if (length === 1 && bytes[payload] === KEEPALIVE) return Kind.natKeepalive;
  const zeros = leadingZeros(bytes, payload, deciding);
  if (ike && zeros === OLD_DRAFT_ZEROS) return Kind.oldDraftEsp;
  if ((natTraversal || !ike) && zeros >= MARKER) return behindMarker(out);
  if (ike) return Kind.candidate;
  return natTraversal ? Kind.espInUdp : onExtraPort(bytes, out);
}

function behindMarker(out: Located): number {
  out.payload += MARKER;
  out.captured -= MARKER;
  out.length -= MARKER;
  out.marker = true;
  return Kind.candidate;
}

/** A port that the user named may carry ISAKMP or ESP in UDP: the header decides. */
function onExtraPort(bytes: Uint8Array, { payload, captured, length }: Located): number {
  const header = classifyHeader(bytes, payload, captured, length);
  if (header === HeaderClass.headerCut) return Kind.truncatedFrame;
  return header <= HeaderClass.authip ? Kind.candidate : Kind.espInUdp;
}

function leadingZeros(bytes: Uint8Array, at: number, limit: number): number {
  let count = 0;
  while (count < limit && bytes[at + count] === 0) count += 1;
  return count;
}
