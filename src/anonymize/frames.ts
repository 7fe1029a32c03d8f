/**
 * A datagram as a frame of its own: raw IP (LINKTYPE_RAW), without the link layer, tags, tunnels and options that it
 * came with, and with checksums that are right.
 */

import type { FrameBatch } from "../capture/batch.ts";
import { writeU16 } from "../wire/bytes.ts";
import type { Datagram } from "../wire/decoded.ts";
import { Kind } from "../wire/kinds.ts";

/** LINKTYPE_RAW: the frame begins with the IP header. */
export const LINKTYPE_RAW = 101;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const MARKER = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;
/** For experiments (RFC 3692): stands for a packet that is not shown. */
const PROTOCOL_NONE = 253;
const TTL = 64;

/** The frame of a datagram, as a batch of one row with the time of row `i` of `rows`. */
export function frameOfDatagram(datagram: Datagram, rows: FrameBatch, i: number): FrameBatch {
  const { ipVersion, kind, bytes, payload, captured, length, marker } = datagram;
  const udp = kind !== Kind.esp;
  const head = (ipVersion === 4 ? IPV4_HEADER : IPV6_HEADER) + (udp ? UDP_HEADER : 0) + (marker ? MARKER : 0);
  const frame = new Uint8Array(head + captured);
  frame.set(bytes.subarray(payload, payload + captured), head);
  const original = head + Math.max(captured, length);
  writeIp(frame, datagram, udp ? PROTOCOL_UDP : PROTOCOL_ESP, original);
  if (udp) writeUdp(frame, datagram, original);
  return oneRow(frame, original, rows, i);
}

/** A frame that stands for one which is not shown: a bare header, so that the capture begins and ends when it did. */
export function emptyFrame(rows: FrameBatch, i: number): FrameBatch {
  const frame = new Uint8Array(IPV4_HEADER);
  ipv4Header(frame, PROTOCOL_NONE, IPV4_HEADER, 0);
  return oneRow(frame, frame.length, rows, i);
}

function oneRow(frame: Uint8Array, original: number, rows: FrameBatch, i: number): FrameBatch {
  return {
    provenance: "packet",
    count: 1,
    firstFrame: rows.firstFrame + i,
    interfaces: rows.interfaces.slice(i, i + 1),
    micros: rows.micros.slice(i, i + 1),
    nanos: rows.nanos.slice(i, i + 1),
    bytes: frame,
    offsets: Uint32Array.of(0),
    captured: Uint32Array.of(frame.length),
    original: Uint32Array.of(original),
    linkTypes: Uint16Array.of(LINKTYPE_RAW),
  };
}

function writeIp(frame: Uint8Array, datagram: Datagram, protocol: number, original: number): void {
  const { ipVersion, bytes, source, destination, identification } = datagram;
  if (ipVersion === 4) {
    frame.set(bytes.subarray(source, source + 4), 12);
    frame.set(bytes.subarray(destination, destination + 4), 16);
    ipv4Header(frame, protocol, original, identification);
    return;
  }
  frame[0] = 0x60;
  writeU16(frame, 4, original - IPV6_HEADER);
  frame[6] = protocol;
  frame[7] = TTL;
  frame.set(bytes.subarray(source, source + 16), 8);
  frame.set(bytes.subarray(destination, destination + 16), 24);
}

/** RFC 791 3.1; the addresses stand already. */
function ipv4Header(frame: Uint8Array, protocol: number, length: number, identification: number): void {
  frame[0] = 0x45;
  writeU16(frame, 2, length);
  writeU16(frame, 4, identification);
  frame[8] = TTL;
  frame[9] = protocol;
  writeU16(frame, 10, 0xffff - sum(frame, 0, IPV4_HEADER, 0));
}

function writeUdp(frame: Uint8Array, datagram: Datagram, original: number): void {
  const at = datagram.ipVersion === 4 ? IPV4_HEADER : IPV6_HEADER;
  const length = original - at;
  writeU16(frame, at, datagram.sourcePort);
  writeU16(frame, at + 2, datagram.destinationPort);
  writeU16(frame, at + 4, length);
  // Of a datagram that was cut no checksum can be made: over IPv4 zero says that there is none (RFC 768).
  if (frame.length < original && datagram.ipVersion === 4) return;
  const pseudo = sum(frame, datagram.ipVersion === 4 ? 12 : 8, at, 0) + PROTOCOL_UDP + length;
  const checksum = 0xffff - sum(frame, at, frame.length, pseudo);
  writeU16(frame, at + 6, checksum === 0 ? 0xffff : checksum);
}

/** The one's complement sum of 16-bit words (RFC 1071), folded. */
function sum(bytes: Uint8Array, from: number, to: number, begin: number): number {
  let total = begin;
  for (let at = from; at < to; at += 2) total += (bytes[at] << 8) | (at + 1 < to ? bytes[at + 1] : 0);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return total;
}
