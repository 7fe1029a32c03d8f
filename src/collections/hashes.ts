/**
 * MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), synchronous and without Node: names of findings, community IDs,
 * NAT-D payloads. For short inputs; nothing here protects a secret. Loading this takes a twentieth of the time that
 * node:crypto takes.
 */

const BLOCK = 64;
const WORDS = BLOCK / 4;

export function md5(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (const block of blocks(bytes, true)) md5Block(state, block);
  return output(state, true);
}

export function sha1(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Int32Array(80);
  for (const block of blocks(bytes, false)) sha1Block(state, block, schedule);
  return output(state, false);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const { initial, constants } = sha256Tables();
  const state = initial.slice();
  const schedule = new Int32Array(64);
  for (const block of blocks(bytes, false)) sha256Block(state, block, schedule, constants);
  return output(state, false);
}

/** The input in blocks of 16 words: behind it a bit, zeros, and its length in bits. */
function* blocks(bytes: Uint8Array, littleEndian: boolean): Generator<Int32Array> {
  const count = Math.ceil((bytes.length + 9) / BLOCK);
  const padded = new Uint8Array(count * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n, littleEndian);
  const block = new Int32Array(WORDS);
  for (let at = 0; at < padded.length; at += BLOCK) {
    for (let i = 0; i < WORDS; i += 1) block[i] = view.getInt32(at + i * 4, littleEndian);
    yield block;
  }
}

function output(state: Int32Array, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(state.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < state.length; i += 1) view.setInt32(i * 4, state[i], littleEndian);
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

function md5Block(state: Int32Array, words: Int32Array): void {
  md5Sines ??= Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);
  let [a, b, c, d] = state;
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
  add(state, [a, b, c, d]);
}

/** FIPS 180-4 6.1.2. */
function sha1Block(state: Int32Array, words: Int32Array, schedule: Int32Array): void {
  schedule.set(words);
  for (let i = WORDS; i < 80; i += 1) {
    schedule[i] = rotated(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
  }
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i += 1) {
    let mixed: number;
    if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const sum = (rotated(a, 5) + mixed + e + schedule[i]) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = sum;
  }
  add(state, [a, b, c, d, e]);
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
function sha256Block(
  state: Int32Array,
  words: Int32Array,
  schedule: Int32Array,
  constants: Int32Array,
): void {
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

/** RFC 4648 4. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
