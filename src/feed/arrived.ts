import type { Arrival } from "../linear/arrivals.ts";
import { readU16 } from "../wire/bytes.ts";
import type { Datagram } from "../wire/decoded.ts";
import { Kind } from "../wire/locate.ts";

export type { Arrival } from "../linear/arrivals.ts";

/** Bytes behind the source address, in a header without options. */
const DESTINATION = 4;
const PORTS = 8;

/** What `locate` would find of a message that has arrived: in Ethernet, IPv4 without options, UDP. @returns its kind */
export function arrived(arrival: Arrival, out: Datagram): number {
  const { addresses } = arrival;
  out.ipVersion = 4;
  out.identification = arrival.identification;
  out.source = addresses;
  out.destination = addresses + DESTINATION;
  out.sourcePort = readU16(out.bytes, addresses + PORTS);
  out.destinationPort = readU16(out.bytes, addresses + PORTS + 2);
  out.payload = arrival.message;
  out.captured = arrival.captured;
  out.length = arrival.length;
  out.marker = arrival.marker;
  out.further = 0;
  return Kind.candidate;
}
