/** The short cut of locate.ts through the frames that most captures are made of. */

import { CONTINUE, readU16 } from "./layers.ts";
import { Kind, type Located } from "./located.ts";
import { PortRule, type PortSet } from "./ports.ts";
import { isTunnelPort } from "./tunnels.ts";

const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;
const ETHERNET_HEADER = 14;
const IP_HEADER = 20;
const UDP_HEADER = 8;
/** Ethernet, IPv4 without options, UDP. */
export const PLAIN_HEADERS = ETHERNET_HEADER + IP_HEADER + UDP_HEADER;

/**
 * Decides the bulk of every capture without a walk: TCP, ESP and UDP between ports that concern nobody here, in
 * whole IPv4 packets without options on plain Ethernet. For anything else CONTINUE; `locateByWalk` is the rule, and
 * this agrees with it wherever it decides.
 *
 * @param at the Ethernet header; at least `PLAIN_HEADERS` bytes are captured from there
 */
export function plainPacket(bytes: Uint8Array, at: number, ports: PortSet, out: Located): number {
  const usual =
    bytes[at + 12] === 0x08 &&
    bytes[at + 13] === 0x00 &&
    bytes[at + 14] === 0x45 &&
    // No fragment, and a length that can be true.
    (bytes[at + 20] & 0x3f) === 0 &&
    bytes[at + 21] === 0 &&
    (bytes[at + 16] !== 0 || bytes[at + 17] >= IP_HEADER + UDP_HEADER);
  if (!usual) return CONTINUE;
  const protocol = bytes[at + 23];
  if (protocol === PROTOCOL_TCP) return Kind.notUdp;
  if (protocol === PROTOCOL_ESP) {
    out.ipVersion = 4;
    out.source = at + 26;
    out.destination = at + 30;
    out.sourcePort = 0;
    out.destinationPort = 0;
    return Kind.esp;
  }
  if (protocol !== PROTOCOL_UDP) return CONTINUE;
  const source = readU16(bytes, at + 34);
  const destination = readU16(bytes, at + 36);
  const concerns = ports[source] !== PortRule.none || ports[destination] !== PortRule.none;
  return concerns || isTunnelPort(destination) ? CONTINUE : Kind.otherPort;
}
