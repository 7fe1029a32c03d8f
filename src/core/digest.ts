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
  let c = ~seedA;
  let d = ~seedB;
  const end = at + length;
  let stop = at + min(length, <u32>DIGEST_PREFIX);
  for (let i = at; ; stop = end) {
    for (; i + 8 <= stop; i += 8) {
      const first = load<u32>(i);
      const second = load<u32>(i, 4);
      a = (a ^ first) * 0x01000193;
      a ^= a >> 15;
      b = (b ^ first) * 0x5bd1e995;
      b ^= b >> 13;
      c = (c ^ second) * 0x01000193;
      c ^= c >> 15;
      d = (d ^ second) * 0x5bd1e995;
      d ^= d >> 13;
    }
    for (; i < stop; i += 1) {
      const byte = <u32>load<u8>(i);
      a = (a ^ byte) * 0x01000193;
      b = (b ^ byte) * 0x5bd1e995;
      b ^= b >> 13;
    }
    const read = <u32>(stop - at);
    const number = finish(a * 0x9e3779b1 + c, b * 0x85ebca77 + d, read);
    if (read <= <u32>DIGEST_PREFIX) store<f64>(out, number, PREFIX << 3);
    if (stop === end) {
      store<f64>(out, number, FULL << 3);
      return;
    }
  }
}

function finish(a: u32, b: u32, length: u32): f64 {
  let x = (a ^ (a >> 16) ^ length) * 0x85ebca6b;
  let y = (b ^ (b >> 15)) * 0xc2b2ae35;
  x ^= (y ^ (y >> 13)) * 0x27d4eb2f;
  y ^= (x ^ (x >> 16)) * 0x165667b1;
  return <f64>x * 0x200000 + <f64>(y >> 11);
}
