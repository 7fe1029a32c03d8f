/**
 * A message's bytes as two numbers: for telling copies and retransmissions, not for security.
 */

/** Header (28 bytes) and the first cipher block: enough to tell messages of one IKE SA under a short snaplen. */
const PREFIX = 44;

export class Digest {
  /** Over all bytes; an exact integer below 2^53. */
  full = 0;
  /** Over the first 44 bytes; an exact integer below 2^53. */
  prefix = 0;
}

/**
 * Different in every run: nobody can choose messages whose digests are equal, or fall together in a table.
 */
export const SEED_A = Math.floor(Math.random() * 0x100000000) | 0;
export const SEED_B = Math.floor(Math.random() * 0x100000000) | 0;

const PUBLIC_SEED_A = 0x811c9dc5 | 0;
const PUBLIC_SEED_B = 0x5bd1e995;

/** Digests that programs exchange: the same in every run. */
export function publicDigest(bytes: Uint8Array, offset: number, length: number, out: Digest): void {
  digest(bytes, offset, length, out, PUBLIC_SEED_A, PUBLIC_SEED_B);
}

/**
 * Digest of a header without its length field: the length of the datagram is a part of it, since it is all that tells
 * one message of an exchange from another. The same in every run.
 */
export function digestOfCutHeader(
  bytes: Uint8Array,
  offset: number,
  captured: number,
  datagramLength: number,
  out: Digest,
): void {
  digest(bytes, offset, captured, out, PUBLIC_SEED_A ^ datagramLength, PUBLIC_SEED_B);
}

/** Digests `length` bytes from `offset`. The mixing is that of two multiply-xorshift lanes. */
export function digest(
  bytes: Uint8Array,
  offset: number,
  length: number,
  out: Digest,
  seedA = SEED_A,
  seedB = SEED_B,
): void {
  let a = seedA;
  let b = seedB;
  const prefix = Math.min(length, PREFIX);
  const end = offset + length;
  const prefixEnd = offset + prefix;
  let i = offset;
  // Four bytes at a time; the prefix is a whole number of words unless the message ends in it.
  for (; i + 4 <= end; i += 4) {
    if (i === prefixEnd) out.prefix = finish(a, b, prefix);
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x5bd1e995);
    b ^= b >>> 13;
  }
  if (i === prefixEnd) out.prefix = finish(a, b, prefix);
  for (; i < end; i += 1) {
    a = Math.imul(a ^ bytes[i], 0x01000193);
    b = Math.imul(b ^ bytes[i], 0x5bd1e995);
    b ^= b >>> 13;
  }
  out.full = finish(a, b, length);
  if (length < PREFIX) out.prefix = out.full;
}

function finish(a: number, b: number, length: number): number {
  let x = Math.imul(a ^ (a >>> 16) ^ length, 0x85ebca6b);
  let y = Math.imul(b ^ (b >>> 15), 0xc2b2ae35);
  x ^= Math.imul(y ^ (y >>> 13), 0x27d4eb2f);
  y ^= Math.imul(x ^ (x >>> 16), 0x165667b1);
  return (x >>> 0) * 0x200000 + ((y >>> 11) & 0x1fffff);
}
