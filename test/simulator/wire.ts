/**
 * The wire of a simulated world: what was sent, kept as a description, and written as a frame only where a
 * capture holds it. Written for speed: many thousand worlds are played.
 */

/** Where a client stands: what the gateway sees of it, and its address behind a NAT. */
export interface Place {
  address: string;
  natted: boolean;
  port500: number;
  port4500: number;
  inside: string;
}

export type Direction = "up" | "down";

export type Body =
  | { isakmp: Buffer }
  /** `size` bytes of ESP in all. */
  | { esp: { spi: number; sequence: number; size: number } }
  | { keepalive: true };

/** A datagram as a capture point beside the gateway, or inside a client's NAT, sees it. */
export interface Seen {
  /** Seconds. */
  at: number;
  direction: Direction;
  /** Initiator cookie of the IKE SA that it belongs to. */
  sa: string;
  place: Place;
  gateway: string;
  /** On the NAT-T port. */
  floated: boolean;
  body: Body;
  ipId: number;
}

const octetCache = new Map<string, number>();

/** An IPv4 address as a 32-bit number. */
export function addressNumber(address: string): number {
  let value = octetCache.get(address);
  if (value === undefined) {
    value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    octetCache.set(address, value);
  }
  return value;
}

const ETHERNET = 14;
const IP = 20;
const UDP = 8;
const MARKER = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;

export function isEsp(seen: Seen): boolean {
  return "esp" in seen.body;
}

export function isIsakmp(seen: Seen): boolean {
  return "isakmp" in seen.body;
}

function payloadSize({ body, floated }: Seen): number {
  if ("isakmp" in body) return body.isakmp.length + (floated ? MARKER : 0);
  return "esp" in body ? body.esp.size : 1;
}

/** Bytes of the Ethernet frame. */
export function frameSize(seen: Seen): number {
  const overIp = "esp" in seen.body && !seen.floated;
  return ETHERNET + IP + (overIp ? 0 : UDP) + payloadSize(seen);
}

/** Writes the frame and returns where it ends. Inside the client's NAT its own address and ports are seen. */
export function writeFrame(into: Buffer, offset: number, seen: Seen, inside: boolean): number {
  const { place, floated, direction, gateway, body } = seen;
  const size = frameSize(seen);
  const overIp = "esp" in body && !floated;
  const client = addressNumber(inside ? place.inside : place.address);
  const responder = addressNumber(gateway);
  const up = direction === "up";
  into.writeUInt32BE(0x02000000, offset);
  into.writeUInt32BE(up ? 0x00010200 : 0x00020200, offset + 4);
  into.writeUInt32BE(up ? 0x00000002 : 0x00000001, offset + 8);
  into.writeUInt16BE(0x0800, offset + 12);
  const ip = offset + ETHERNET;
  into.writeUInt16BE(0x4500, ip);
  into.writeUInt16BE(size - ETHERNET, ip + 2);
  into.writeUInt16BE(seen.ipId & 0xffff, ip + 4);
  into.writeUInt16BE(0, ip + 6);
  into[ip + 8] = 64;
  into[ip + 9] = overIp ? PROTOCOL_ESP : PROTOCOL_UDP;
  into.writeUInt16BE(0, ip + 10);
  into.writeUInt32BE(up ? client : responder, ip + 12);
  into.writeUInt32BE(up ? responder : client, ip + 16);
  let at = ip + IP;
  if (!overIp) {
    const port = floated ? (inside ? 4500 : place.port4500) : inside ? 500 : place.port500;
    const boxPort = floated ? 4500 : 500;
    into.writeUInt16BE(up ? port : boxPort, at);
    into.writeUInt16BE(up ? boxPort : port, at + 2);
    into.writeUInt16BE(size - ETHERNET - IP, at + 4);
    into.writeUInt16BE(0, at + 6);
    at += UDP;
  }
  return writeBody(into, at, body, floated);
}

function writeBody(into: Buffer, offset: number, body: Body, floated: boolean): number {
  if ("isakmp" in body) {
    const start = floated ? offset + MARKER : offset;
    if (floated) into.writeUInt32BE(0, offset);
    into.set(body.isakmp, start);
    return start + body.isakmp.length;
  }
  if ("esp" in body) {
    const { spi, sequence, size } = body.esp;
    into.writeUInt32BE(spi, offset);
    into.writeUInt32BE(sequence, offset + 4);
    into.fill(sequence & 0xff, offset + 8, offset + size);
    return offset + size;
  }
  into[offset] = 0xff;
  return offset + 1;
}
