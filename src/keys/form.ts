/**
 * Is this the plain text of a message? A wrong key, or the wrong initialisation vector, gives noise, and noise
 * does not have the lengths, reserved bytes and constants that payloads have. What fails here is not believed.
 */

import { readU16, readU32 } from "../wire/bytes.ts";
import { EXCHANGE_INFORMATIONAL, EXCHANGE_QUICK } from "../wire/isakmp.ts";
import { type Chain, GENERIC_HEADER, Payload, walkChain } from "../wire/payload-chain.ts";
import { HASH_LENGTH } from "./ciphers.ts";

export const EXCHANGE_TRANSACTION = 6;
/** DOI of IPsec (RFC 2407 4.1) and the situation that all stacks use, identity only (4.2.1). */
const DOI_IPSEC = 1;
const DOI_ISAKMP = 0;
const SITUATION_IDENTITY = 1;
/** Padding (RFC 2409 Appendix B) is less than a block, with some stacks a few blocks. */
const MAX_PADDING = 64;
const HASH_LENGTHS: readonly number[] = Object.values(HASH_LENGTH);

/** How much a form proves: `strong` finds a key among many, `weak` is enough where the key is known. */
export type Form = "strong" | "weak" | "wrong";

/**
 * The form of a decrypted body whose every byte is right.
 * @param firstType the header's next payload
 * @param hashLength of the negotiated hash; 0 where it is not known
 */
export function formOf(body: Uint8Array, firstType: number, exchange: number, hashLength: number): Form {
  const chain = walkChain(body, firstType, 0, body.length);
  if (!chain.whole || body.length - chain.end > MAX_PADDING) return "wrong";
  if (!chain.payloads.every((payload) => isPlausible(body, payload, hashLength))) return "wrong";
  if (!isInOrder(chain, exchange)) return "wrong";
  return chain.payloads.length > 1 ? "strong" : "weak";
}

/** HASH comes first in every message of phase 2 (RFC 2409 5.5, 5.7), an SA second in a quick mode. */
function isInOrder({ payloads }: Chain, exchange: number): boolean {
  if (exchange < EXCHANGE_INFORMATIONAL) return true;
  if (payloads[0].type !== Payload.hash) return false;
  if (exchange === EXCHANGE_QUICK) {
    const second = payloads[1]?.type;
    return second === undefined || second === Payload.sa || second === Payload.notify;
  }
  const expected =
    exchange === EXCHANGE_INFORMATIONAL ? [Payload.notify, Payload.delete] : [Payload.attributes];
  return payloads.length > 1 && payloads.slice(1).every(({ type }) => isOneOf(type, expected));
}

function isOneOf(type: number, expected: readonly number[]): boolean {
  return expected.includes(type) || type === Payload.vendorId;
}

function isPlausible(
  body: Uint8Array,
  { type, from, to }: { type: number; from: number; to: number },
  hashLength: number,
): boolean {
  const length = to - from;
  if (type === Payload.hash) return hashLength === 0 ? HASH_LENGTHS.includes(length) : length === hashLength;
  if (type === Payload.sa) {
    return length >= 8 && readU32(body, from) === DOI_IPSEC && readU32(body, from + 4) === SITUATION_IDENTITY;
  }
  if (type === Payload.notify || type === Payload.delete) {
    if (![DOI_IPSEC, DOI_ISAKMP].includes(readU32(body, from))) return false;
    if (type === Payload.notify) return 8 + body[from + 5] <= length;
    return 8 + body[from + 5] * readU16(body, from + 6) === length;
  }
  if (type === Payload.id) return length >= 4 && body[from] >= 1 && body[from] <= 11;
  return true;
}

/**
 * The same where the first block is noise, because nothing tells its initialisation vector. It lies inside HASH, or
 * is HASH's header, whose length is that of the hash; what follows HASH is known by the exchange.
 * @returns the body with HASH's header put right, or null when the form is wrong
 */
export function withoutFirstBlock(
  body: Uint8Array,
  exchange: number,
  hashLength: number,
): { body: Uint8Array; hashLength: number } | null {
  const types =
    exchange === EXCHANGE_QUICK
      ? [Payload.sa]
      : exchange === EXCHANGE_INFORMATIONAL
        ? [Payload.delete, Payload.notify]
        : [];
  for (const length of hashLength === 0 ? HASH_LENGTHS : [hashLength]) {
    for (const type of types) {
      const repaired = body.slice();
      repaired.set([type, 0, 0, GENERIC_HEADER + length]);
      if (formOf(repaired, Payload.hash, exchange, length) === "strong") {
        return { body: repaired, hashLength: length };
      }
    }
  }
  return null;
}
