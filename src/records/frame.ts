/**
 * Message records as frames of raw IP, so that everything behind a reader takes them like a capture: addresses,
 * ports, header, clear payloads and length are those of the message; what was encrypted is zero, and the digest of
 * the true bytes goes beside the frame.
 */

import { parseAddress } from "../wire/address.ts";
import { headerLength } from "../wire/isakmp.ts";
import type { IkeRecord, LifeRecord, MessageRecord } from "./schema.ts";

const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;
/** EtherType for private use (IEEE 802): the frame of a header or trailer is a time and no packet. */
const NO_PACKET = Buffer.from("00000000000000000000000088b5", "hex");
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const MARKER = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_ESP = 50;
const FLAG_ENCRYPTED = 0x01;
const IKEV1 = 0x10;

/** Addresses read lately: a few thousand clients send most of the records. */
const addresses = new Map<string, Uint8Array | null>();
const MAX_ADDRESSES = 16_384;

function addressOf(text: string): Uint8Array | null {
  let address = addresses.get(text);
  if (address !== undefined) return address;
  if (addresses.size >= MAX_ADDRESSES) addresses.clear();
  address = parseAddress(text);
  addresses.set(text, address);
  return address;
}

/** The addresses of a record are two of one family. */
export function hasAddresses(record: MessageRecord): boolean {
  if (record.type === "header" || record.type === "trailer") return true;
  const from = addressOf(record.from);
  return from !== null && from.length === addressOf(record.to)?.length;
}

/** The frame of a record that `hasAddresses`. See `linkTypeOf`. */
export function frameOf(record: MessageRecord): Buffer {
  if (record.type === "header" || record.type === "trailer") return NO_PACKET;
  const from = addressOf(record.from)!;
  const to = addressOf(record.to)!;
  if (record.type === "esp") return ip(from, to, PROTOCOL_ESP, Buffer.alloc(8, 1), 8);
  const payload = record.type === "ike" ? message(record) : life(record);
  const length = record.type === "ike" ? record.length + (record.natTraversal ? MARKER : 0) : payload.length;
  const udp = Buffer.alloc(UDP_HEADER);
  udp.writeUInt16BE(record.fromPort, 0);
  udp.writeUInt16BE(record.toPort, 2);
  udp.writeUInt16BE(UDP_HEADER + length, 4);
  return ip(from, to, PROTOCOL_UDP, Buffer.concat([udp, payload]), UDP_HEADER + length);
}

/** Writes the digests of a record's message to `out` at `at`: full and prefix; NaN where the frame has its bytes. */
export function digestsOf(record: MessageRecord, out: Float64Array, at: number): void {
  if (record.type !== "ike" || record.fragment !== undefined) {
    out[at] = Number.NaN;
    return;
  }
  const [prefix, full = prefix] = record.digest.split("-");
  out[at] = Number.parseInt(full, 16);
  out[at + 1] = Number.parseInt(prefix, 16);
}

/** LINKTYPE_ of a record's frame. */
export function linkTypeOf({ type }: MessageRecord): number {
  return type === "header" || type === "trailer" ? LINKTYPE_ETHERNET : LINKTYPE_RAW;
}

function ip(from: Uint8Array, to: Uint8Array, protocol: number, payload: Buffer, length: number): Buffer {
  const header = Buffer.alloc(from.length === 4 ? IPV4_HEADER : IPV6_HEADER);
  if (from.length === 4) {
    header[0] = 0x45;
    header.writeUInt16BE(IPV4_HEADER + length, 2);
    header[9] = protocol;
    header.set(from, 12);
    header.set(to, 16);
  } else {
    header[0] = 0x60;
    header.writeUInt16BE(length, 4);
    header[6] = protocol;
    header.set(from, 8);
    header.set(to, 24);
  }
  return Buffer.concat([header, payload]);
}

function life({ type }: LifeRecord): Buffer {
  if (type === "keepalive") return Buffer.of(0xff);
  return type === "old-draft-esp" ? Buffer.alloc(16) : Buffer.alloc(8, 1);
}

function message(record: IkeRecord): Buffer {
  const marker = Buffer.alloc(record.natTraversal ? MARKER : 0);
  if (record.fragment !== undefined) return Buffer.concat([marker, Buffer.from(record.fragment, "hex")]);
  const captured = record.captured ?? record.length;
  const bytes = Buffer.alloc(Math.max(captured, headerLength));
  bytes.write(record.initiatorCookie, 0, "hex");
  bytes.write(record.responderCookie, 8, "hex");
  bytes[17] = record.version;
  bytes[18] = record.exchange;
  bytes[19] = record.flags;
  bytes.writeUInt32BE(Number(record.messageId), 20);
  bytes.writeUInt32BE(record.length, 24);
  if (record.version === IKEV1 && (record.flags & FLAG_ENCRYPTED) === 0) clearPayloads(record, bytes);
  return Buffer.concat([marker, bytes.subarray(0, captured)]);
}

/** The payloads that phase 1 shows (RFC 2408 3.2): proposal, vendor IDs, NAT-D. */
function clearPayloads(record: IkeRecord, bytes: Buffer): void {
  const payloads: { type: number; body: Buffer }[] = [];
  if (record.lifeSeconds !== undefined) payloads.push({ type: 1, body: proposal(record.lifeSeconds) });
  for (const id of record.vendorIds ?? []) payloads.push({ type: 13, body: Buffer.from(id, "hex") });
  if (record.natDiscovery) payloads.push({ type: 20, body: Buffer.alloc(0) });
  if (payloads.length === 0) return;
  bytes[16] = payloads[0].type;
  let at = headerLength;
  for (const [i, { body }] of payloads.entries()) {
    const end = at + 4 + body.length;
    if (end > bytes.length) break;
    bytes[at] = payloads[i + 1]?.type ?? 0;
    bytes[at + 1] = 0;
    bytes.writeUInt16BE(4 + body.length, at + 2);
    bytes.set(body, at + 4);
    at = end;
  }
}

/** An SA payload's body with one proposal of one transform that has a life duration (RFC 2409 App. A). */
function proposal(lifeSeconds: number): Buffer {
  const long = lifeSeconds > 0xffff;
  const value = Buffer.alloc(lifeSeconds > 0xffffffff ? 8 : 4);
  if (value.length === 8) value.writeBigUInt64BE(BigInt(lifeSeconds));
  else value.writeUInt32BE(lifeSeconds);
  const duration = long
    ? Buffer.concat([Buffer.of(0, 12, 0, value.length), value])
    : Buffer.of(0x80, 12, lifeSeconds >> 8, lifeSeconds & 0xff);
  const attributes = Buffer.concat([Buffer.of(0x80, 11, 0, 1), duration]);
  const transform = Buffer.concat([Buffer.of(0, 0, 0, 8 + attributes.length, 1, 1, 0, 0), attributes]);
  return Buffer.concat([
    Buffer.of(0, 0, 0, 1, 0, 0, 0, 1),
    Buffer.of(0, 0, 0, 8 + transform.length, 1, 1, 0, 1),
    transform,
  ]);
}
