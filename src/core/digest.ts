/** Digests of messages: `digest` (wire/digest.ts). */

import { DIGEST_PREFIX, FULL, PREFIX } from "./message-layout";

/**
 * @param at the message
 * @param length bytes of it, `DIGEST_PREFIX` or fewer or more
 * @param out the record that the two numbers are of
 */
export function digest(at: usize, length: u32, seedA: u32, seedB: u32, out: usize): void {
  let a = seedA;
  let b = seedB;
  const end = at + length;
  const prefixEnd = at + <u32>DIGEST_PREFIX;
  let i = at;
  for (; i + 4 <= end; i += 4) {
    if (i === prefixEnd) store<f64>(out, finish(a, b, DIGEST_PREFIX), PREFIX << 3);
    const word = load<u32>(i);
    a = (a ^ word) * 0x01000193;
    a ^= a >> 15;
    b = (b ^ word) * 0x5bd1e995;
    b ^= b >> 13;
  }
  if (i === prefixEnd) store<f64>(out, finish(a, b, DIGEST_PREFIX), PREFIX << 3);
  for (; i < end; i += 1) {
    const byte = <u32>load<u8>(i);
    a = (a ^ byte) * 0x01000193;
    b = (b ^ byte) * 0x5bd1e995;
    b ^= b >> 13;
  }
  const full = finish(a, b, length);
  store<f64>(out, full, FULL << 3);
  if (length < <u32>DIGEST_PREFIX) store<f64>(out, full, PREFIX << 3);
}

function finish(a: u32, b: u32, length: u32): f64 {
  let x = (a ^ (a >> 16) ^ length) * 0x85ebca6b;
  let y = (b ^ (b >> 15)) * 0xc2b2ae35;
  x ^= (y ^ (y >> 13)) * 0x27d4eb2f;
  y ^= (x ^ (x >> 16)) * 0x165667b1;
  return <f64>x * 0x200000 + <f64>(y >> 11);
}
