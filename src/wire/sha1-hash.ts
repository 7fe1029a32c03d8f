/** SHA-1 (RFC 3174) of blocks that differ in one byte: the hash that clients agree on most, so it is made cheap. */

import type { BlockHash, HashStart } from "./block-hash.ts";

const WORDS = 80;
const BYTES = 256;

export class Sha1Hash implements BlockHash {
  readonly #words = new Int32Array(WORDS);
  readonly #changes: Int32Array;

  /** @param changed the word, of sixteen, in whose last byte the blocks differ */
  constructor(changed: number) {
    this.#changes = changesOf(changed);
  }

  begin(block: Int32Array): void {
    this.#words.set(block);
    expand(this.#words);
  }

  /** RFC 3174 6.1. Constants are local and signed, with which sums stay integers: that is three times as fast. */
  of(change: number, out: HashStart): void {
    const k2 = 0x8f1bbcdc | 0;
    const k3 = 0xca62c1d6 | 0;
    const w = this.#words;
    const changes = this.#changes;
    const at = change * WORDS;
    let a = 0x67452301;
    let b = 0xefcdab89 | 0;
    let c = 0x98badcfe | 0;
    let d = 0x10325476;
    let e = 0xc3d2e1f0 | 0;
    for (let i = 0; i < 20; i += 1) {
      const f = d ^ (b & (c ^ d));
      const next = (((a << 5) | (a >>> 27)) + f + e + 0x5a827999 + (w[i] ^ changes[at + i])) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 20; i < 40; i += 1) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[i] ^ changes[at + i])) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 40; i < 60; i += 1) {
      const f = (b & c) | (d & (b | c));
      const next = (((a << 5) | (a >>> 27)) + f + e + k2 + (w[i] ^ changes[at + i])) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let i = 60; i < WORDS; i += 1) {
      const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + k3 + (w[i] ^ changes[at + i])) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    out.first = (a + 0x67452301) >>> 0;
    out.second = (b + 0xefcdab89) >>> 0;
  }
}

/** The words of all rounds, made of the first sixteen. */
function expand(words: Int32Array, from = 0): void {
  for (let i = from + 16; i < from + WORDS; i += 1) {
    const mixed = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16];
    words[i] = (mixed << 1) | (mixed >>> 31);
  }
}

let made: { changed: number; changes: Int32Array } | null = null;

/**
 * What each value of the byte alone makes of the words. They come of nothing but XOR and rotations, so those of a block
 * with the byte changed are its own and these, by XOR.
 */
function changesOf(changed: number): Int32Array {
  if (made?.changed === changed) return made.changes;
  const changes = new Int32Array(BYTES * WORDS);
  for (let byte = 0; byte < BYTES; byte += 1) {
    changes[byte * WORDS + changed] = byte;
    expand(changes, byte * WORDS);
  }
  made = { changed, changes };
  return changes;
}
