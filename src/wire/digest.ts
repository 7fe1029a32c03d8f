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
  seeded(bytes, offset, length, out, PUBLIC_SEED_A, PUBLIC_SEED_B);
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
  seeded(bytes, offset, captured, out, PUBLIC_SEED_A ^ datagramLength, PUBLIC_SEED_B);
}

/**
 * Digests `length` bytes from `offset`, for this run alone. Words go by turns through two pairs of multiply-xorshift lanes,
 * which a processor works on side by side.
 */
export function digest(bytes: Uint8Array, offset: number, length: number, out: Digest): void {
  let a = SEED_A;
  let b = SEED_B;
  let c = ~SEED_A;
  let d = ~SEED_B;
  const end = offset + length;
  let stop = offset + Math.min(length, PREFIX);
  for (let i = offset; ; stop = end) {
    for (; i + 8 <= stop; i += 8) {
      const first = wordAt(bytes, i);
      const second = wordAt(bytes, i + 4);
      a = Math.imul(a ^ first, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ first, 0x5bd1e995);
      b ^= b >>> 13;
      c = Math.imul(c ^ second, 0x01000193);
      c ^= c >>> 15;
      d = Math.imul(d ^ second, 0x5bd1e995);
      d ^= d >>> 13;
    }
    for (; i < stop; i += 1) {
      a = Math.imul(a ^ bytes[i], 0x01000193);
      b = Math.imul(b ^ bytes[i], 0x5bd1e995);
      b ^= b >>> 13;
    }
    const read = stop - offset;
    const number = finish(Math.imul(a, 0x9e3779b1) + c, Math.imul(b, 0x85ebca77) + d, read);
    if (read <= PREFIX) out.prefix = number;
    if (stop === end) {
      out.full = number;
      return;
    }
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** The same whatever the run: two multiply-xorshift lanes, each of which takes every word. */
function seeded(
  bytes: Uint8Array,
  offset: number,
  length: number,
  out: Digest,
  seedA: number,
  seedB: number,
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
    const word = wordAt(bytes, i);
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
