/**
 * The chain of payloads of a message that can be read (RFC 2408 3.2): sent in the clear, or decrypted.
 *
 *   const chain = readChain(bytes, 0, bytes.length);
 *   for (const { type, from, to } of chain.payloads) ...
 */

import { readU16 } from "./bytes.ts";
import { headerLength, nextPayload } from "./isakmp.ts";

/** Payload types (RFC 2408 3.1; NAT-D and NAT-OA RFC 3947 3.2, 5.2, and the numbers of their drafts). */
export const Payload = {
  none: 0,
  sa: 1,
  keyExchange: 4,
  id: 5,
  certificate: 6,
  certificateRequest: 7,
  hash: 8,
  signature: 9,
  nonce: 10,
  notify: 11,
  delete: 12,
  vendorId: 13,
  attributes: 14,
  natD: 20,
  natOa: 21,
  natDDraft: 130,
  natOaDraft: 131,
} as const;

/** Name of each payload type, as the report counts it. */
export const payloadNames: Readonly<Record<number, string>> = {
  [Payload.sa]: "sa",
  [Payload.keyExchange]: "key-exchange",
  [Payload.id]: "id",
  [Payload.certificate]: "certificate",
  [Payload.certificateRequest]: "certificate-request",
  [Payload.hash]: "hash",
  [Payload.signature]: "signature",
  [Payload.nonce]: "nonce",
  [Payload.notify]: "notify",
  [Payload.delete]: "delete",
  [Payload.vendorId]: "vendor-id",
  [Payload.attributes]: "attributes",
  [Payload.natD]: "nat-d",
  [Payload.natOa]: "nat-oa",
  [Payload.natDDraft]: "nat-d",
  [Payload.natOaDraft]: "nat-oa",
};

/** Bytes of the generic payload header: next payload, reserved, length (RFC 2408 3.2). */
export const GENERIC_HEADER = 4;
const RESERVED = 1;
const LENGTH = 2;
const MAX_PAYLOADS = 64;

/** A payload's type and the place of its content, without the generic header. */
export interface PlacedPayload {
  type: number;
  from: number;
  to: number;
}

export interface Chain {
  payloads: PlacedPayload[];
  /** Every length and reserved byte is as the RFC wants it, and the chain ended by itself. */
  whole: boolean;
  /** First byte behind the last payload: what follows is padding. */
  end: number;
}

/** Walks the chain of the message that begins at `offset` and ends at `end`. Never reads beyond `end`. */
export function readChain(bytes: Uint8Array, offset: number, end: number): Chain {
  return walkChain(bytes, nextPayload(bytes, offset), offset + headerLength, end);
}

/** The same from a payload of `firstType` at `at` on. */
export function walkChain(bytes: Uint8Array, firstType: number, at: number, end: number): Chain {
  const payloads: PlacedPayload[] = [];
  let type = firstType;
  let here = at;
  while (type !== Payload.none) {
    if (payloads.length === MAX_PAYLOADS || here + GENERIC_HEADER > end) break;
    const length = readU16(bytes, here + LENGTH);
    const known = payloadNames[type] !== undefined && bytes[here + RESERVED] === 0;
    if (!known || length < GENERIC_HEADER || here + length > end) break;
    payloads.push({ type, from: here + GENERIC_HEADER, to: here + length });
    type = bytes[here];
    here += length;
  }
  return { payloads, whole: type === Payload.none && payloads.length > 0, end: here };
}
