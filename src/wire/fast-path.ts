/** The short cut of locate.ts through the frames that most captures are made of. */

import type { Located } from "./datagram.ts";
import { Kind } from "./kinds.ts";
import { CONTINUE, readU16 } from "./layers.ts";
import { PortRule, type PortSet } from "./ports.ts";

const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;
const ETHERNET_HEADER = 14;
const IP_HEADER = 20;
const UDP_HEADER = 8;
const SPI = 4;
/** Ethernet, IPv4 without options, UDP. */
export const PLAIN_HEADERS = ETHERNET_HEADER + IP_HEADER + UDP_HEADER;

/**
 * Decides the bulk of every capture without a walk: TCP, ESP, ESP in UDP, and UDP between ports that concern nobody
 * here, in whole IPv4 packets without options on plain Ethernet. For anything else CONTINUE; `locateByWalk` is the
 * rule, and this agrees with it wherever it decides.
 *
 * @param at the Ethernet header
 * @param captured bytes of the frame, at least `PLAIN_HEADERS`
 */
export function plainPacket(
  bytes: Uint8Array,
  at: number,
  captured: number,
  ports: PortSet,
  out: Located,
): number {
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
    out.identification = readU16(bytes, at + 18);
    out.source = at + 26;
    out.destination = at + 30;
    out.sourcePort = 0;
    out.destinationPort = 0;
    out.payload = at + ETHERNET_HEADER + IP_HEADER;
    out.length = readU16(bytes, at + 16) - IP_HEADER;
    out.captured = Math.min(captured - ETHERNET_HEADER - IP_HEADER, out.length);
    out.marker = false;
    return Kind.esp;
  }
  if (protocol !== PROTOCOL_UDP) return CONTINUE;
  const source = readU16(bytes, at + 34);
  const destination = readU16(bytes, at + 36);
  // 4500 with 500 has the code of a port that the user added, a tunnel's has a bit of its own: the walk knows more.
  const rules = ports[source] | ports[destination];
  if (rules === PortRule.none) return Kind.otherPort;
  return rules === PortRule.natTraversal && isEspInUdp(bytes, at, captured)
    ? espInUdp(bytes, at, captured, out)
    : CONTINUE;
}

/** No keepalive, no non-ESP marker (RFC 3948 2), and lengths of IP and UDP that agree. */
function isEspInUdp(bytes: Uint8Array, at: number, captured: number): boolean {
  const length = readU16(bytes, at + 38);
  return (
    length >= UDP_HEADER + SPI &&
    length + IP_HEADER === readU16(bytes, at + 16) &&
    captured >= PLAIN_HEADERS + SPI &&
    (bytes[at + 42] | bytes[at + 43] | bytes[at + 44] | bytes[at + 45]) !== 0
  );
}

function espInUdp(bytes: Uint8Array, at: number, captured: number, out: Located): number {
  out.ipVersion = 4;
  out.identification = readU16(bytes, at + 18);
  out.source = at + 26;
  out.destination = at + 30;
  out.sourcePort = readU16(bytes, at + 34);
  out.destinationPort = readU16(bytes, at + 36);
  out.payload = at + PLAIN_HEADERS;
  out.length = readU16(bytes, at + 38) - UDP_HEADER;
  out.captured = Math.min(captured - PLAIN_HEADERS, out.length);
  out.marker = false;
  return Kind.espInUdp;
}
