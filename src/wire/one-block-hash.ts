/**
 * MD5 (RFC 1321), SHA-1 (RFC 3174) and SHA-256 (RFC 6234) of short messages that fit into one block: the first two
 * words of the hash, without an object or a copy for each. For trying many messages that differ in a byte.
 */

import { type BlockHash, CHANGED_WORD, type HashStart } from "./block-hash.ts";
import { Sha1Hash } from "./sha1-hash.ts";

/** Hash algorithms by their numbers in IKE (RFC 2409 App. A, IANA "Hash Algorithm"). */
export const HASH_MD5 = 1;
export const HASH_SHA1 = 2;
export const HASH_SHA256 = 4;

/** Hashes by an algorithm of IKE; null for one that is not known here. */
export function blockHash(algorithm: number): BlockHash | null {
  prepare();
  switch (algorithm) {
    case HASH_MD5:
      return new PlainHash(md5);
    case HASH_SHA1:
      return new Sha1Hash(CHANGED_WORD);
    case HASH_SHA256:
      return new PlainHash(sha256);
    default:
      return null;
  }
}

/** Pads a message of whole bytes into a block (all three pad alike, but for the place of the length). */
export function paddedBlock(message: Uint8Array, algorithm: number): Int32Array {
  const bytes = new Uint8Array(64);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  const bits = message.length * 8;
  // MD5 counts from the least significant byte (RFC 1321 3.2).
  if (algorithm === HASH_MD5) view.setUint32(56, bits, true);
  else view.setUint32(60, bits);
  return Int32Array.from({ length: 16 }, (_, i) => view.getInt32(i * 4));
}

/** Hashes each block from its beginning. */
class PlainHash implements BlockHash {
  readonly #hash: (block: Int32Array, out: HashStart) => void;
  readonly #block = new Int32Array(16);
  #word = 0;

  constructor(hash: (block: Int32Array, out: HashStart) => void) {
    this.#hash = hash;
  }

  begin(block: Int32Array): void {
    this.#block.set(block);
    this.#word = block[CHANGED_WORD];
  }

  of(change: number, out: HashStart): void {
    this.#block[CHANGED_WORD] = this.#word ^ change;
    this.#hash(this.#block, out);
  }
}

const w = new Int32Array(64);

/** Fractional parts of the cube roots of the first 64 primes (RFC 6234 5.1), and the sines of RFC 1321 3.4. */
const K256 = new Int32Array(64);
const H256 = new Int32Array(8);
const SINES = new Int32Array(64);
let isPrepared = false;

/** Few captures need them, so they are not made before a hash is asked for. */
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  K256.set(primes(64).map((prime) => fraction(Math.cbrt(prime))));
  H256.set(primes(8).map((prime) => fraction(Math.sqrt(prime))));
  for (let i = 0; i < SINES.length; i += 1)
    SINES[i] = Math.floor(Math.abs(Math.sin(i + 1)) * 0x100000000) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let each = 2; found.length < count; each += 1) {
    if (found.every((prime) => each % prime !== 0)) found.push(each);
  }
  return found;
}

function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 0x100000000) | 0;
}

/** RFC 6234 6.2. */
function sha256(block: Int32Array, out: HashStart): void {
  for (let i = 0; i < 16; i += 1) w[i] = block[i];
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = H256[0];
  let b = H256[1];
  let c = H256[2];
  let d = H256[3];
  let e = H256[4];
  let f = H256[5];
  let g = H256[6];
  let h = H256[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K256[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  out.first = (a + H256[0]) >>> 0;
  out.second = (b + H256[1]) >>> 0;
}

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** RFC 1321 3.4. */
function md5(block: Int32Array, out: HashStart): void {
  for (let i = 0; i < 16; i += 1) w[i] = swapped(block[i]);
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  for (let i = 0; i < 64; i += 1) {
    const round = i >> 4;
    let f: number;
    let g: number;
    if (round === 0) {
      f = (b & c) | (~b & d);
      g = i;
    } else if (round === 1) {
      f = (d & b) | (~d & c);
      g = (5 * i + 1) & 15;
    } else if (round === 2) {
      f = b ^ c ^ d;
      g = (3 * i + 5) & 15;
    } else {
      f = c ^ (b | ~d);
      g = (7 * i) & 15;
    }
    const sum = (a + f + SINES[i] + w[g]) | 0;
    const shift = SHIFTS[round * 4 + (i & 3)];
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  out.first = swapped((a + 0x67452301) | 0) >>> 0;
  out.second = swapped((b + 0xefcdab89) | 0) >>> 0;
}

function swapped(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | ((word >>> 24) & 0xff);
}
