/**
 * Community IDs of flows of UDP over IPv4, as report/community-id.ts has them with the seed 0. Each is the SHA-1 of one block,
 * and four of these are hashed side by side: who writes a row leaves room for one, and `finishFlows` fills what is left.
 */

import { FLOW_BYTES, LANE_HASHES, LANE_PLACES, LANE_SCHEDULE } from "./report-layout";

const LANES: u32 = 4;
/** Bytes of a vector, one word of each lane. */
const VECTOR: usize = 16;
const ROUNDS: usize = 80 * VECTOR;
const UDP: u32 = 17;
const QUOTE: u32 = 0x22;
const COLON: u32 = 0x3a;
const EQUALS: u32 = 0x3d;
const ONE: u32 = 0x31;
/** Of SHA-1, with the padding of FIPS 180-4 5.1.1 behind 16 bytes: a bit, and the length in bits. */
const BEHIND: u32 = 0x8000_0000;
const LENGTH: u32 = 128;
/** What a hash begins with (FIPS 180-4 5.3.1). */
const A: u32 = 0x67452301;
const B: u32 = 0xefcdab89;
const C: u32 = 0x98badcfe;
const D: u32 = 0x10325476;
const E: u32 = 0xc3d2e1f0;

/** Flows that wait. */
let waiting: u32 = 0;

/**
 * Notes a flow, whose ID will stand at `to`, in quotes.
 * @param ports that of the first address above that of the second
 * @returns address behind the ID
 */
export function noteFlow(one: u32, other: u32, ports: u32, to: usize): usize {
  const onePort = ports >> 16;
  const otherPort = ports & 0xffff;
  const isInOrder = one < other || (one === other && onePort <= otherPort);
  const first = isInOrder ? one : other;
  const second = isInOrder ? other : one;
  const inOrder = isInOrder ? ports : (otherPort << 16) | onePort;
  // The seed (16 bits), both addresses, the protocol, a zero, both ports: big-endian words.
  const lane = <usize>LANE_SCHEDULE + ((<usize>waiting) << 2);
  store<u32>(lane, first >> 16);
  store<u32>(lane, (first << 16) | (second >> 16), VECTOR);
  store<u32>(lane, (second << 16) | (UDP << 8), 2 * VECTOR);
  store<u32>(lane, inOrder, 3 * VECTOR);
  store<u32>(<usize>LANE_PLACES + ((<usize>waiting) << 2), <u32>to);
  waiting += 1;
  if (waiting === LANES) finishFlows();
  return to + FLOW_BYTES;
}

/** Writes the IDs of all that wait. */
export function finishFlows(): void {
  if (waiting === 0) return;
  schedule();
  hashLanes();
  for (let lane: u32 = 0; lane < waiting; lane += 1) {
    const hash = <usize>LANE_HASHES + ((<usize>lane) << 2);
    writeId(hash, <usize>load<u32>(<usize>LANE_PLACES + ((<usize>lane) << 2)));
  }
  waiting = 0;
}

/** Words of all rounds, behind the four of the messages. */
function schedule(): void {
  v128.store(<usize>LANE_SCHEDULE + 4 * VECTOR, i32x4.splat(BEHIND));
  for (let i: usize = 5 * VECTOR; i < 15 * VECTOR; i += VECTOR)
    v128.store(<usize>LANE_SCHEDULE + i, i32x4.splat(0));
  v128.store(<usize>LANE_SCHEDULE + 15 * VECTOR, i32x4.splat(LENGTH));
  const end = <usize>LANE_SCHEDULE + ROUNDS;
  for (let at = <usize>LANE_SCHEDULE + 16 * VECTOR; at < end; at += VECTOR) {
    const near = v128.xor(v128.load(at - 3 * VECTOR), v128.load(at - 8 * VECTOR));
    const far = v128.xor(v128.load(at - 14 * VECTOR), v128.load(at - 16 * VECTOR));
    v128.store(at, rotated(v128.xor(near, far), 1));
  }
}

/** The rounds of FIPS 180-4 6.1.2. */
function hashLanes(): void {
  let a = i32x4.splat(A);
  let b = i32x4.splat(B);
  let c = i32x4.splat(C);
  let d = i32x4.splat(D);
  let e = i32x4.splat(E);
  for (let i: usize = 0; i < ROUNDS; i += VECTOR) {
    let mixed: v128;
    if (i < 20 * VECTOR) mixed = i32x4.add(v128.bitselect(c, d, b), i32x4.splat(0x5a827999));
    else if (i < 40 * VECTOR) mixed = i32x4.add(v128.xor(v128.xor(b, c), d), i32x4.splat(0x6ed9eba1));
    else if (i < 60 * VECTOR)
      mixed = i32x4.add(v128.bitselect(d, b, v128.xor(b, c)), i32x4.splat(0x8f1bbcdc));
    else mixed = i32x4.add(v128.xor(v128.xor(b, c), d), i32x4.splat(0xca62c1d6));
    const word = v128.load(<usize>LANE_SCHEDULE + i);
    const next = i32x4.add(i32x4.add(rotated(a, 5), mixed), i32x4.add(e, word));
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  v128.store(<usize>LANE_HASHES, i32x4.add(a, i32x4.splat(A)));
  v128.store(<usize>LANE_HASHES + VECTOR, i32x4.add(b, i32x4.splat(B)));
  v128.store(<usize>LANE_HASHES + 2 * VECTOR, i32x4.add(c, i32x4.splat(C)));
  v128.store(<usize>LANE_HASHES + 3 * VECTOR, i32x4.add(d, i32x4.splat(D)));
  v128.store(<usize>LANE_HASHES + 4 * VECTOR, i32x4.add(e, i32x4.splat(E)));
}

function rotated(words: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(words, bits), i32x4.shr_u(words, 32 - bits));
}

/** "1:", then the hash in Base64, in quotes. @param hash its first word in a lane */
function writeId(hash: usize, to: usize): void {
  store<u8>(to, <u8>QUOTE);
  store<u8>(to, <u8>ONE, 1);
  store<u8>(to, <u8>COLON, 2);
  let at = to + 3;
  let bits: u64 = 0;
  let count: u32 = 0;
  for (let word: usize = 0; word < 5; word += 1) {
    bits = (bits << 32) | <u64>load<u32>(hash + word * VECTOR);
    for (count += 32; count >= 6; count -= 6) {
      store<u8>(at, load<u8>(BASE64 + (<usize>(bits >> (count - 6)) & 63)));
      at += 1;
    }
  }
  // Four bits are left, and an equals sign stands for the byte that was none.
  store<u8>(at, load<u8>(BASE64 + (((<usize>bits) << (6 - count)) & 63)));
  store<u8>(at, <u8>EQUALS, 1);
  store<u8>(at, <u8>QUOTE, 2);
}

/** RFC 4648 4: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", four characters a word. */
const BASE64 = memory.data<u32>([
  0x44434241, 0x48474645, 0x4c4b4a49, 0x504f4e4d, 0x54535251, 0x58575655, 0x62615a59, 0x66656463, 0x6a696867,
  0x6e6d6c6b, 0x7271706f, 0x76757473, 0x7a797877, 0x33323130, 0x37363534, 0x2f2b3938,
]);
