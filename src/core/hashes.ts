/** SHA-1 and SHA-256 of short messages, with the rounds of FIPS 180-4, as in collections/hashes.ts. */

import { HASH, HASHED, SCHEDULE } from "./report-layout";

const BLOCK: u32 = 64;
/** A word of all rounds, by its number times four. */
const WORDS: usize = SCHEDULE;

/** SHA-1 of the message that stands at `HASHED`, which is padded there. @param length bytes, `MOST_HASHED` at most */
export function sha1(length: u32): void {
  const end = padded(length);
  let s0: u32 = 0x67452301;
  let s1: u32 = 0xefcdab89;
  let s2: u32 = 0x98badcfe;
  let s3: u32 = 0x10325476;
  let s4: u32 = 0xc3d2e1f0;
  for (let block = <usize>HASHED; block < end; block += BLOCK) {
    takeBlock(block);
    for (let i: usize = 64; i < 320; i += 4) {
      const w = WORDS + i;
      store<u32>(
        w,
        rotl<u32>(load<u32>(w - 12) ^ load<u32>(w - 32) ^ load<u32>(w - 56) ^ load<u32>(w - 64), 1),
      );
    }
    let a = s0;
    let b = s1;
    let c = s2;
    let d = s3;
    let e = s4;
    for (let i: usize = 0; i < 320; i += 4) {
      let mixed: u32;
      if (i < 80) mixed = (d ^ (b & (c ^ d))) + 0x5a827999;
      else if (i < 160) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 240) mixed = ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
      else mixed = (b ^ c ^ d) + 0xca62c1d6;
      const next = rotl<u32>(a, 5) + mixed + e + load<u32>(WORDS + i);
      e = d;
      d = c;
      c = rotl<u32>(b, 30);
      b = a;
      a = next;
    }
    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
    s4 += e;
  }
  store<u32>(HASH, bswap(s0));
  store<u32>(HASH, bswap(s1), 4);
  store<u32>(HASH, bswap(s2), 8);
  store<u32>(HASH, bswap(s3), 12);
  store<u32>(HASH, bswap(s4), 16);
}

/** The first bits of the fractions of roots of the first primes (FIPS 180-4 4.2.2, 5.3.3): of cube roots, and of square roots. */
const CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** SHA-256 in the same way. */
export function sha256(length: u32): void {
  const end = padded(length);
  memory.copy(HASH, INITIAL, 32);
  for (let block = <usize>HASHED; block < end; block += BLOCK) sha256Block(block);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(<usize>HASH + i, bswap(load<u32>(<usize>HASH + i)));
}

/** The state stands where the hash is to be. */
function sha256Block(block: usize): void {
  takeBlock(block);
  for (let i: usize = 64; i < 256; i += 4) {
    const w = WORDS + i;
    const x = load<u32>(w - 60);
    const y = load<u32>(w - 8);
    const low = rotl<u32>(x, 25) ^ rotl<u32>(x, 14) ^ (x >> 3);
    const high = rotl<u32>(y, 15) ^ rotl<u32>(y, 13) ^ (y >> 10);
    store<u32>(w, load<u32>(w - 64) + low + load<u32>(w - 28) + high);
  }
  let a = load<u32>(HASH);
  let b = load<u32>(HASH, 4);
  let c = load<u32>(HASH, 8);
  let d = load<u32>(HASH, 12);
  let e = load<u32>(HASH, 16);
  let f = load<u32>(HASH, 20);
  let g = load<u32>(HASH, 24);
  let h = load<u32>(HASH, 28);
  for (let i: usize = 0; i < 256; i += 4) {
    const high = rotl<u32>(e, 26) ^ rotl<u32>(e, 21) ^ rotl<u32>(e, 7);
    const first = h + high + (g ^ (e & (f ^ g))) + load<u32>(CONSTANTS + i) + load<u32>(WORDS + i);
    const low = rotl<u32>(a, 30) ^ rotl<u32>(a, 19) ^ rotl<u32>(a, 10);
    const second = low + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  add(HASH, a);
  add(HASH + 4, b);
  add(HASH + 8, c);
  add(HASH + 12, d);
  add(HASH + 16, e);
  add(HASH + 20, f);
  add(HASH + 24, g);
  add(HASH + 28, h);
}

/** Behind the message comes a bit, then zeros, then its length in bits (FIPS 180-4 5.1.1). @returns address behind its blocks */
function padded(length: u32): usize {
  const from = <usize>HASHED + length;
  const end = <usize>HASHED + ((length + 8) / BLOCK + 1) * BLOCK;
  store<u8>(from, 0x80);
  memory.fill(from + 1, 0, end - from - 1);
  store<u32>(end - 4, bswap(length * 8));
  return end;
}

/** The first sixteen words are those of the block. */
function takeBlock(block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(WORDS + i, bswap(load<u32>(block + i)));
}

function add(at: usize, more: u32): void {
  store<u32>(at, load<u32>(at) + more);
}
