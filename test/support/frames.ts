/** Builds frames layer by layer, as a capture holds them. Deterministic; checksums are left zero where allowed. */

import { parseAddress } from "../../src/wire/address.ts";

export interface Isakmp {
  /** 16 hex digits each. */
  initiatorCookie: string;
  responderCookie: string;
  /** Default 8 (hash). */
  nextPayload?: number;
  /** Default 0x10. */
  version?: number;
  exchange: number;
  /** Default: encrypted for exchanges 5 and above. */
  flags?: number;
  messageId?: number;
  body?: Uint8Array;
  /** A lying length field. */
  length?: number;
}

export function isakmp(message: Isakmp): Buffer {
  const body = message.body ?? new Uint8Array(0);
  const header = Buffer.alloc(28);
  header.write(message.initiatorCookie, 0, "hex");
  header.write(message.responderCookie, 8, "hex");
  header[16] = message.nextPayload ?? 8;
  header[17] = message.version ?? 0x10;
  header[18] = message.exchange;
  header[19] = message.flags ?? (message.exchange >= 5 ? 1 : 0);
  header.writeUInt32BE(message.messageId ?? 0, 20);
  header.writeUInt32BE(message.length ?? 28 + body.length, 24);
  return Buffer.concat([header, body]);
}

/** A chain of generic payloads (RFC 2408 3.2). */
export function payloads(list: readonly { type: number; body: Uint8Array }[]): {
  nextPayload: number;
  body: Buffer;
} {
  const parts = list.map(({ body }, i) => {
    const header = Buffer.alloc(4);
    header[0] = list[i + 1]?.type ?? 0;
    header.writeUInt16BE(4 + body.length, 2);
    return Buffer.concat([header, body]);
  });
  return { nextPayload: list[0]?.type ?? 0, body: Buffer.concat(parts) };
}

export function nonEspMarker(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.alloc(4), message]);
}

export function udp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
  length?: number,
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt16BE(length ?? 8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

export interface IpOptions {
  id?: number;
  moreFragments?: boolean;
  /** In units of 8 bytes. */
  fragmentOffset?: number;
  /** IPv4 options, a multiple of 4 bytes. */
  headerOptions?: Uint8Array;
  /** IPv6 extension headers, whole; their next-header byte is filled in. */
  extensionHeaders?: readonly { type: number; body: Uint8Array }[];
  /** A lying total or payload length. */
  length?: number;
}

/** IPv4 or IPv6, by the form of the addresses. */
export function ip(
  source: string,
  destination: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions = {},
): Buffer {
  return source.includes(":")
    ? ipv6(source, destination, protocol, payload, options)
    : ipv4(source, destination, protocol, payload, options);
}

function ipv4(
  source: string,
  destination: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions,
): Buffer {
  const extra = options.headerOptions ?? new Uint8Array(0);
  const header = Buffer.alloc(20 + extra.length);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(options.length ?? header.length + payload.length, 2);
  header.writeUInt16BE(options.id ?? 0, 4);
  header.writeUInt16BE((options.moreFragments === true ? 0x2000 : 0) | (options.fragmentOffset ?? 0), 6);
  header[8] = 64;
  header[9] = protocol;
  header.set(parseAddress(source)!, 12);
  header.set(parseAddress(destination)!, 16);
  header.set(extra, 20);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** RFC 1071. */
function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ipv6(
  source: string,
  destination: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions,
): Buffer {
  const extensions = options.extensionHeaders ?? [];
  const headers = extensions.map(({ body }, i) => {
    const copy = Buffer.from(body);
    copy[0] = extensions[i + 1]?.type ?? protocol;
    return copy;
  });
  const rest = Buffer.concat([...headers, payload]);
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(options.length ?? rest.length, 4);
  header[6] = extensions[0]?.type ?? protocol;
  header[7] = 64;
  header.set(parseAddress(source)!, 8);
  header.set(parseAddress(destination)!, 24);
  return Buffer.concat([header, rest]);
}

function etherTypeOf(packet: Uint8Array): number {
  return packet[0] >> 4 === 6 ? 0x86dd : 0x0800;
}

function u16(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    buffer.writeUInt16BE(value, i * 2);
  });
  return buffer;
}

const MACS = Buffer.from("020000000001020000000002", "hex");

export interface EthernetOptions {
  etherType?: number;
  /** Tags, the outermost first; of two the outer one is a service tag (0x88a8). */
  vlans?: readonly number[];
}

export function ethernet(payload: Uint8Array, options: EthernetOptions = {}): Buffer {
  const vlans = options.vlans ?? [];
  const tags = vlans.map((vlan, i) => u16(vlans.length > 1 && i === 0 ? 0x88a8 : 0x8100, vlan));
  return Buffer.concat([MACS, ...tags, u16(options.etherType ?? etherTypeOf(payload)), payload]);
}

/** Linux cooked capture v1 (LINKTYPE 113). */
export function sll(packet: Uint8Array): Buffer {
  return Buffer.concat([u16(0, 1, 6), MACS.subarray(0, 6), u16(0), u16(etherTypeOf(packet)), packet]);
}

/** Linux cooked capture v2 (LINKTYPE 276). */
export function sll2(packet: Uint8Array): Buffer {
  return Buffer.concat([
    u16(etherTypeOf(packet), 0, 0, 2, 1),
    Buffer.from([0, 6]),
    MACS.subarray(0, 6),
    u16(0),
    packet,
  ]);
}

/** BSD loopback (LINKTYPE 0), in either byte order of the capturing host. */
export function bsdNull(packet: Uint8Array, littleEndian = true): Buffer {
  const family = Buffer.alloc(4);
  const value = etherTypeOf(packet) === 0x86dd ? 30 : 2;
  if (littleEndian) family.writeUInt32LE(value);
  else family.writeUInt32BE(value);
  return Buffer.concat([family, packet]);
}

/** PPP with address and control (LINKTYPE 9). */
export function ppp(packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0xff, 3]), pppProtocol(packet), packet]);
}

function pppProtocol(packet: Uint8Array): Buffer {
  return u16(etherTypeOf(packet) === 0x86dd ? 0x57 : 0x21);
}

/** Ethernet with a PPPoE session (RFC 2516). */
export function pppoe(packet: Uint8Array): Buffer {
  return ethernet(
    Buffer.concat([Buffer.from([0x11, 0]), u16(1, packet.length + 2), pppProtocol(packet), packet]),
    {
      etherType: 0x8864,
    },
  );
}

/** Ethernet with a stack of MPLS labels (RFC 3032). */
export function mpls(packet: Uint8Array, labels = 1): Buffer {
  const stack = Array.from({ length: labels }, (_, i) => {
    const entry = Buffer.alloc(4);
    entry.writeUInt32BE(((1000 + i) << 12) | (i === labels - 1 ? 0x100 : 0) | 64);
    return entry;
  });
  return ethernet(Buffer.concat([...stack, packet]), { etherType: 0x8847 });
}

const MIRROR_FROM = "203.0.113.250";
const MIRROR_TO = "203.0.113.251";

/** GRE (RFC 2784) over IPv4 over Ethernet, carrying what `protocol` says; with a sequence number when asked. */
export function gre(payload: Uint8Array, protocol: number, sequenced = false): Buffer {
  const header = u16(sequenced ? 0x1000 : 0, protocol);
  const sequence = sequenced ? Buffer.alloc(4) : Buffer.alloc(0);
  return ethernet(ip(MIRROR_FROM, MIRROR_TO, 47, Buffer.concat([header, sequence, payload])));
}

/** A mirrored Ethernet frame in ERSPAN type I, II or III. */
export function erspan(frame: Uint8Array, type: 1 | 2 | 3): Buffer {
  if (type === 1) return gre(frame, 0x88be);
  if (type === 2) return gre(Buffer.concat([u16(0x1001, 0x0001, 0, 0), frame]), 0x88be, true);
  return gre(Buffer.concat([u16(0x2001, 0x0001, 0, 0, 0, 0), frame]), 0x22eb, true);
}

/** A mirrored Ethernet frame in VXLAN (RFC 7348). */
export function vxlan(frame: Uint8Array): Buffer {
  const header = Buffer.from([8, 0, 0, 0, 0, 0, 42, 0]);
  return ethernet(ip(MIRROR_FROM, MIRROR_TO, 17, udp(49152, 4789, Buffer.concat([header, frame]))));
}

/** A mirrored Ethernet frame in Geneve (RFC 8926). */
export function geneve(frame: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 0x65, 0x58, 0, 0, 42, 0]);
  return ethernet(ip(MIRROR_FROM, MIRROR_TO, 17, udp(49152, 6081, Buffer.concat([header, frame]))));
}

/** "192.0.2.11:500" or "[2001:db8::1]:500". */
export function parseEndpoint(text: string): { address: string; port: number } {
  const colon = text.lastIndexOf(":");
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}

/** IP and UDP around a payload. */
export function packet(from: string, to: string, payload: Uint8Array, options: IpOptions = {}): Buffer {
  const source = parseEndpoint(from);
  const destination = parseEndpoint(to);
  return ip(source.address, destination.address, 17, udp(source.port, destination.port, payload), options);
}

/** Ethernet, IP and UDP around a payload. */
export function datagram(
  from: string,
  to: string,
  payload: Uint8Array,
  vlans: readonly number[] = [],
): Buffer {
  return ethernet(packet(from, to, payload), { vlans });
}

/** Ethernet and IP protocol 50: an SPI, a sequence number and bytes that mean nothing here. */
export function espPacket(
  from: string,
  to: string,
  length = 96,
  header: Buffer = Buffer.from([0xc0, 0, 0, 1, 0, 0, 0, 1]),
): Buffer {
  const esp = Buffer.alloc(length, 0xe5);
  esp.set(header);
  return ethernet(ip(from, to, 50, esp));
}
