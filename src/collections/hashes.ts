/**
 * MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), synchronous and without Node: names of findings, community IDs,
 * NAT-D payloads. For short inputs; nothing here protects a secret. Loading this takes a twentieth of the time that
 * node:crypto takes.
 */

const BLOCK = 64;
const WORDS = BLOCK / 4;

/** Nothing is made anew for a block. */
const words = new Int32Array(WORDS);
const schedule = new Int32Array(80);
const SHA1_INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const MD5_INITIAL = SHA1_INITIAL.slice(0, 4);
const oneBlock = new Uint8Array(BLOCK);

export function md5(bytes: Uint8Array): Uint8Array {
  const state = MD5_INITIAL.slice();
  const all = padded(bytes, true);
  for (let at = 0; at < all.length; at += BLOCK) {
    takeBlock(all, at, true);
    md5Block(state);
  }
  return output(state, true);
}

export function sha1(bytes: Uint8Array): Uint8Array {
  const state = SHA1_INITIAL.slice();
  const all = padded(bytes, false);
  for (let at = 0; at < all.length; at += BLOCK) {
    takeBlock(all, at, false);
    sha1Block(state);
  }
  return output(state, false);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const { initial, constants } = sha256Tables();
  const state = initial.slice();
  const all = padded(bytes, false);
  for (let at = 0; at < all.length; at += BLOCK) {
    takeBlock(all, at, false);
    sha256Block(state, constants);
  }
  return output(state, false);
}

/** The input as whole blocks: behind it a bit, zeros, and its length in bits. */
function padded(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK);
  const all = blocks === 1 ? oneBlock.fill(0) : new Uint8Array(blocks * BLOCK);
  all.set(bytes);
  all[bytes.length] = 0x80;
  let bits = bytes.length * 8;
  for (let i = 0; i < 8; i += 1) {
    all[all.length - (littleEndian ? 8 - i : 1 + i)] = bits % 256;
    bits = Math.floor(bits / 256);
  }
  return all;
}

/** The block at `at` as `words`. */
function takeBlock(all: Uint8Array, at: number, littleEndian: boolean): void {
  for (let i = 0; i < WORDS; i += 1) {
    const from = at + i * 4;
    words[i] = littleEndian
      ? (all[from + 3] << 24) | (all[from + 2] << 16) | (all[from + 1] << 8) | all[from]
      : (all[from] << 24) | (all[from + 1] << 16) | (all[from + 2] << 8) | all[from + 3];
  }
}

function output(state: Int32Array, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(state.length * 4);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = state[i >> 2] >>> (8 * (littleEndian ? i & 3 : 3 - (i & 3)));
  }
  return bytes;
}

/** RFC 1321 3.4: how far each step rotates, by round; the constants are 2^32 |sin(i + 1)|. */
const MD5_SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
let md5Sines: Int32Array | null = null;

function md5Block(state: Int32Array): void {
  md5Sines ??= Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = 0; i < 64; i += 1) {
    const round = i >> 4;
    let mixed: number;
    let word: number;
    if (round === 0) {
      mixed = (b & c) | (~b & d);
      word = i;
    } else if (round === 1) {
      mixed = (d & b) | (~d & c);
      word = (5 * i + 1) & 15;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      word = (3 * i + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * i) & 15;
    }
    const sum = (a + mixed + md5Sines[i] + words[word]) | 0;
    a = d;
    d = c;
    c = b;
    b = (b + rotated(sum, MD5_SHIFTS[round][i & 3])) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

/** FIPS 180-4 6.1.2. Each sum is cut to 32 bits, since V8 takes a longer one for a number that may have a fraction. */
function sha1Block(state: Int32Array): void {
  for (let i = 0; i < WORDS; i += 1) schedule[i] = words[i];
  for (let i = WORDS; i < 80; i += 1) {
    schedule[i] = rotated(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  for (let i = 0; i < 80; i += 1) {
    let mixed: number;
    if (i < 20) mixed = (((b & c) | (~b & d)) + 0x5a827999) | 0;
    else if (i < 40) mixed = ((b ^ c ^ d) + 0x6ed9eba1) | 0;
    else if (i < 60) mixed = (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0;
    else mixed = ((b ^ c ^ d) + 0xca62c1d6) | 0;
    const more = (e + schedule[i]) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = (((rotated(b, 5) + mixed) | 0) + more) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

let tables: { initial: Int32Array; constants: Int32Array } | null = null;

/** FIPS 180-4 4.2.2 and 5.3.3: the first bits of the fractions of roots of the first primes, cube and square. */
function sha256Tables(): { initial: Int32Array; constants: Int32Array } {
  if (tables !== null) return tables;
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  tables = {
    initial: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    constants: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
  return tables;
}

/** FIPS 180-4 6.2.2. */
function sha256Block(state: Int32Array, constants: Int32Array): void {
  schedule.set(words);
  for (let i = WORDS; i < 64; i += 1) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const low = rotated(x, 25) ^ rotated(x, 14) ^ (x >>> 3);
    const high = rotated(y, 15) ^ rotated(y, 13) ^ (y >>> 10);
    schedule[i] = (schedule[i - 16] + low + schedule[i - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const high = rotated(e, 26) ^ rotated(e, 21) ^ rotated(e, 7);
    const first = (h + high + ((e & f) ^ (~e & g)) + constants[i] + schedule[i]) | 0;
    const low = rotated(a, 30) ^ rotated(a, 19) ^ rotated(a, 10);
    const second = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  add(state, [a, b, c, d, e, f, g, h]);
}

function rotated(value: number, left: number): number {
  return (value << left) | (value >>> (32 - left));
}

function add(state: Int32Array, words: readonly number[]): void {
  for (let i = 0; i < words.length; i += 1) state[i] = (state[i] + words[i]) | 0;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = "=".charCodeAt(0);

/** Characters of the text that is being made: put together of pieces, it would take ten times the room. */
let codes: number[] = [];

/** RFC 4648 4, behind a prefix. For short inputs. */
export function base64(bytes: Uint8Array, prefix = ""): string {
  const length = prefix.length + 4 * Math.ceil(bytes.length / 3);
  if (codes.length !== length) codes = new Array<number>(length).fill(PADDING);
  for (let i = 0; i < prefix.length; i += 1) codes[i] = prefix.charCodeAt(i);
  let to = prefix.length;
  for (let at = 0; at < bytes.length; at += 3) {
    const three = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let i = 0; i < 4; i += 1) {
      const isOver = at + i > bytes.length;
      codes[to] = isOver ? PADDING : ALPHABET.charCodeAt((three >>> (18 - 6 * i)) & 63);
      to += 1;
    }
  }
  return String.fromCharCode.apply(null, codes);
}
