/**
 * Addresses for addresses, one for one, preserving prefixes exactly: two addresses share as many leading bits after as
 * before (Fan, Xu, Ammar, Moon 2004: each bit is turned or not by a keyed function of the bits before it). Private,
 * link-local and other special ranges map onto themselves; outside them the first bit that no such range shares is
 * always turned, so that no public prefix stays.
 */

import type { Keyed } from "./keyed.ts";

/** Ranges that map onto themselves, as bits. */
type Range = readonly [bytes: readonly number[], bits: number];

const IPV4: readonly Range[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 168], 16],
  // Multicast and what is reserved, the broadcast address among it.
  [[224], 3],
];
const IPV6: readonly Range[] = [
  [[0], 8],
  [[0xfc], 7],
  [[0xfe, 0x80], 10],
  [[0xff], 8],
];
/** Ranges in which nothing is turned: their addresses are those of nobody. */
const FIXED: readonly Range[] = [
  [[0], 8],
  [[224], 3],
];

/** Addresses whose stand-ins are remembered; of more all are forgotten, and found again when they come again. */
const MAX_KNOWN = 100_000;

export class AddressMap {
  readonly #keyed: Keyed;
  readonly #known = new Map<string, Uint8Array>();

  constructor(keyed: Keyed) {
    this.#keyed = keyed;
  }

  /** What stands for this address (4 or 16 bytes, network byte order). */
  map(address: Uint8Array): Uint8Array {
    const key = address.join(".");
    let mapped = this.#known.get(key);
    if (mapped === undefined) {
      mapped = this.#turned(address);
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(key, mapped);
    }
    return mapped;
  }

  #turned(address: Uint8Array): Uint8Array {
    const isV4 = address.length === 4;
    const out = Uint8Array.from(address);
    if (isV4 && FIXED.some((range) => sharedBits(address, range) === range[1])) return out;
    const ranges = isV4 ? IPV4 : IPV6;
    let left = false;
    for (let bit = 0; bit < address.length * 8; bit += 1) {
      const kept = ranges.some(([bytes, bits]) => bit < bits && sharedBits(address, [bytes, bits]) >= bit);
      if (kept) continue;
      // The first bit behind all shared prefixes: turned always.
      const turn = left ? this.#bit(address, bit) : true;
      left = true;
      if (turn) out[bit >> 3] ^= 0x80 >> (bit & 7);
    }
    return out;
  }

  /** The keyed function of the first `bits` bits. */
  #bit(address: Uint8Array, bits: number): boolean {
    const prefix = new Uint8Array(address.length + 2);
    prefix[0] = address.length;
    prefix[1] = bits;
    for (let i = 0; i < bits; i += 1) {
      prefix[2 + (i >> 3)] |= address[i >> 3] & (0x80 >> (i & 7));
    }
    return (this.#keyed.digest("address/", prefix)[0] & 1) === 1;
  }
}

/** Leading bits that an address has in common with a range, at most those of the range. */
function sharedBits(address: Uint8Array, [bytes, bits]: Range): number {
  for (let bit = 0; bit < bits; bit += 1) {
    const mask = 0x80 >> (bit & 7);
    if ((address[bit >> 3] & mask) !== ((bytes[bit >> 3] ?? 0) & mask)) return bit;
  }
  return bits;
}
