/**
 * The clear messages of main mode: vendor IDs and payload chains, with the sizes known from public logs. What
 * can be chosen freely (the SPI of the proposal, the length of the nonce) is chosen so that those come out.
 */

import { payloads } from "./frames.ts";

export const VENDOR = {
  microsoft: (version: number) => `1e2b516905991c7d7c96fcbfb587e461${version.toString(16).padStart(8, "0")}`,
  keyMods: "01528bbbc00696121849ab9a1c5b2a5100000001",
  natT: "4a131c81070358455c5728f20e95452f",
  natTDraft2n: "90cb80913ebb696e086381b5ec427b1f",
  fragmentation: "4048b7d56ebce88525e7de7f00d6c2d3",
  fragmentationCisco: "4048b7d56ebce88525e7de7f00d6c2d3c0000000",
  negotiationDiscovery: "fb1de3cdf341b7ea16b7e5be0855f120",
  initialContact: "26244d38eddb61b3172a36e3d0cfb819",
  cga: "e3a5966a76379fe707228231e5ce8652",
  unity: "12f5f28c457168a9702d9fe274cc0100",
  xauth: "09002689dfd6b712",
  asa: "1f07f70eaa6514d3b0fa96542a500100",
  strongSwan: "882fe56d6fd20dbc2251613b2ebe5beb",
  openswan: "4f457e717f6b5a4e727d576b",
  dpd: "afcad71368a1f1c96b8696fc77570100",
} as const;

/** Vendor IDs of a Windows client in the order in which it sends them. */
export function windowsVendorIds(version: number): string[] {
  if (version <= 4) return [VENDOR.microsoft(version), VENDOR.fragmentation, VENDOR.natTDraft2n];
  const since7 = [
    VENDOR.microsoft(version),
    VENDOR.natT,
    VENDOR.natTDraft2n,
    VENDOR.fragmentation,
    VENDOR.negotiationDiscovery,
    VENDOR.initialContact,
    VENDOR.cga,
  ];
  return version >= 9 ? [VENDOR.keyMods, ...since7] : since7;
}

export interface Payload {
  type: number;
  body: Buffer;
}

const PAYLOAD = { sa: 1, keyExchange: 4, nonce: 10, vendorId: 13, natD: 20 } as const;
const HEADER = 28;
const MM2_LENGTH = 144;
const MM3_LENGTH = 388;
const MM4_LENGTH = 356;

/** Oakley groups with the bytes of their public values (RFC 2409 6.2, RFC 3526 3). */
export const GROUP = { modp1024: { number: 2, bytes: 128 }, modp2048: { number: 14, bytes: 256 } } as const;
export type Group = (typeof GROUP)[keyof typeof GROUP];

/** Life type seconds, life duration 28800 in the long form, as Windows offers it. */
const LIFE_28800 = "800b0001000c000400007080";

function attribute(type: number, value: number): string {
  return (0x8000 | type).toString(16) + value.toString(16).padStart(4, "0");
}

/** Cipher, key length where it has one, SHA-1, pre-shared key, group, life (RFC 2409 appendix A). */
function transform(number: number, last: boolean, group: number, keyLength: number | null): Buffer {
  const cipher = keyLength === null ? attribute(1, 5) : attribute(1, 7) + attribute(14, keyLength);
  const rest = attribute(2, 2) + attribute(4, group) + attribute(3, 1) + LIFE_28800;
  const attributes = Buffer.from(cipher + rest, "hex");
  return Buffer.concat([
    Buffer.from([last ? 0 : 3, 0, 0, 8 + attributes.length, number, 1, 0, 0]),
    attributes,
  ]);
}

/** An SA payload with one proposal (RFC 2408 3.4 to 3.6); its SPI may be of 0 to 16 bytes that mean nothing. */
function saPayload(transforms: readonly Buffer[], spiLength = 0): Payload {
  const list = Buffer.concat(transforms);
  const proposal = Buffer.alloc(8 + spiLength);
  proposal.writeUInt16BE(proposal.length + list.length, 2);
  proposal.set([1, 1, spiLength, transforms.length], 4);
  const situation = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]);
  return { type: PAYLOAD.sa, body: Buffer.concat([situation, proposal, list]) };
}

function vendorPayloads(ids: readonly string[]): Payload[] {
  return ids.map((id) => ({ type: PAYLOAD.vendorId, body: Buffer.from(id, "hex") }));
}

function lengthOf(list: readonly Payload[]): number {
  return HEADER + payloads(list).body.length;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** MM1 as Windows offers it: AES with groups 20, 19 and 14, then 3DES with 14 and 2; 384 or 408 bytes. */
export function offer(vendorIds: readonly string[]): Payload[] {
  const transforms = [
    transform(1, false, 20, 256),
    transform(2, false, 19, 128),
    transform(3, false, 14, 256),
    transform(4, false, 14, null),
    transform(5, true, 2, null),
  ];
  return [saPayload(transforms), ...vendorPayloads(vendorIds)];
}

/** MM2, filled up to 144 bytes by the SPI of its proposal. */
export function choice(vendorIds: readonly string[], group: Group): Payload[] {
  const chosen = group.number === 2 ? transform(5, true, 2, null) : transform(3, true, 14, 256);
  const vendors = vendorPayloads(vendorIds);
  const missing = MM2_LENGTH - lengthOf([saPayload([chosen]), ...vendors]);
  return [saPayload([chosen], clamp(missing, 0, 16)), ...vendors];
}

/** MM3 or MM4, filled up to 388 or 356 bytes by its nonce (8 to 256 bytes, RFC 2409 5). */
export function keyExchange(options: {
  from: "client" | "responder";
  group: Group;
  vendorIds: readonly string[];
  /** NAT-D payloads are sent only where both sides know NAT traversal. */
  natTraversal: boolean;
  random: (length: number) => Buffer;
}): Payload[] {
  const { from, group, vendorIds, natTraversal, random } = options;
  const wanted = from === "client" ? MM3_LENGTH : MM4_LENGTH;
  const key = { type: PAYLOAD.keyExchange, body: random(group.bytes) };
  const natD = natTraversal ? [0, 1].map(() => ({ type: PAYLOAD.natD, body: random(20) })) : [];
  const others = [...vendorPayloads(vendorIds), ...natD];
  const nonceLength = clamp(wanted - lengthOf([key, ...others]) - 4, 8, 256);
  return [key, { type: PAYLOAD.nonce, body: random(nonceLength) }, ...others];
}
