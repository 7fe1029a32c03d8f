import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { AddressMap } from "../../src/anonymize/address-map.ts";
import { Keyed } from "../../src/anonymize/keyed.ts";
import { nodeHash } from "../../src/node/anonymize.ts";

const keyOf = (seed: number) => new Uint8Array(32).map((_, i) => (seed * 31 + i * 7) & 255);
const mapOf = (seed: number) => new AddressMap(new Keyed(keyOf(seed), nodeHash));

function shared(a: Uint8Array, b: Uint8Array): number {
  for (let bit = 0; bit < a.length * 8; bit += 1) {
    const mask = 0x80 >> (bit & 7);
    if ((a[bit >> 3] & mask) !== (b[bit >> 3] & mask)) return bit;
  }
  return a.length * 8;
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Two addresses that share some bits, often many. */
const pairs = fc
  .constantFrom(4, 16)
  .chain((length) => fc.tuple(bytes(length), bytes(length), fc.integer({ min: 0, max: length })))
  .map(([a, b, keep]) => {
    const other = Uint8Array.from(b);
    other.set(a.subarray(0, keep));
    return [a, other] as const;
  });

describe("addresses are replaced one for one, preserving prefixes", () => {
  it("any two share exactly as many leading bits after as before", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 50 }), ([a, b], seed) => {
        const map = mapOf(seed);
        expect(shared(map.map(a), map.map(b))).toBe(shared(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it("which bits are turned depends on all that stands before them, and on the key", () => {
    const turned = (seed: number, address: readonly number[]) =>
      [...mapOf(seed).map(Uint8Array.from(address))].map((byte, i) => byte ^ address[i]);
    // They differ in one byte: behind it 16 bits, or 64, are turned otherwise nearly always.
    const v4 = Array.from({ length: 60 }, (_, i) => turned(1, [20 + i, 20, 30, 40]).slice(2));
    const v6 = Array.from({ length: 60 }, (_, i) =>
      turned(1, [32, 1, 13, 184, 0, i, ...new Array(10).fill(0)]).slice(8),
    );
    const keys = Array.from({ length: 60 }, (_, seed) => turned(seed, [20, 20, 30, 40]).slice(2));
    for (const masks of [v4, v6, keys]) {
      expect(new Set(masks.map(String)).size).toBeGreaterThan(57);
      // Each bit is turned in about half of them.
      for (let bit = 0; bit < 16; bit += 1) {
        const count = masks.filter((mask) => (mask[bit >> 3] >> (7 - (bit & 7))) & 1).length;
        expect(count).toBeGreaterThan(10);
        expect(count).toBeLessThan(50);
      }
    }
  });

  it("addresses of the same digits are others", () => {
    const map = mapOf(1);
    const all = [
      [21, 12, 1, 1],
      [2, 112, 1, 1],
      [21, 121, 1, 1],
      [211, 2, 1, 1],
    ].map((address) => Uint8Array.from(address));
    for (const a of all) for (const b of all) expect(shared(map.map(a), map.map(b))).toBe(shared(a, b));
  });

  it.each([
    [0, 1, 2, 3],
    [224, 0, 0, 251],
    [239, 1, 2, 3],
    [255, 255, 255, 255],
  ])("an address of nobody stays what it is: %i.%i.%i.%i", (...address) => {
    expect([...mapOf(1).map(Uint8Array.from(address))]).toEqual(address);
  });

  test.each([
    ["10/8", [10, 1, 2, 3], [10], 8],
    ["172.16/12", [172, 20, 2, 3], [172, 16], 12],
    ["192.168/16", [192, 168, 0, 7], [192, 168], 16],
    ["link-local", [169, 254, 9, 9], [169, 254], 16],
    ["carrier NAT", [100, 100, 1, 1], [100, 64], 10],
  ])("an address of %s stays there, and is another one", (_, address, range, bits) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const mapped = mapOf(seed).map(Uint8Array.from(address));
      const base = Uint8Array.from([...range, 0, 0, 0, 0].slice(0, 4));
      expect(shared(mapped, base)).toBeGreaterThanOrEqual(bits);
      expect([...mapped]).not.toEqual(address);
    }
  });

  it("IPv6: unique local and link-local stay, global stays global", () => {
    const map = mapOf(3);
    const of = (first: number, second: number) =>
      map.map(Uint8Array.of(first, second, ...new Array(14).fill(1)));
    expect(of(0xfe, 0x80)[0]).toBe(0xfe);
    expect(of(0xfe, 0x80)[1] & 0xc0).toBe(0x80);
    expect(of(0xfd, 0x12)[0] & 0xfe).toBe(0xfc);
    expect(of(0x20, 0x01)[0] >> 5).toBe(1);
  });

  it("no public address keeps its prefix: beyond what a special range forces, the next bit is turned", () => {
    fc.assert(
      fc.property(bytes(4), fc.integer({ min: 0, max: 50 }), (address, seed) => {
        const special = [0, 10, 127].includes(address[0]) || address[0] >= 224;
        // Neighbours of a special range could only turn into it.
        fc.pre(!special && ![1, 11, 100, 101, 126, 168, 169, 172, 173, 192, 193].includes(address[0]));
        expect(mapOf(seed).map(address)[0]).not.toBe(address[0]);
      }),
      { numRuns: 300 },
    );
  });

  it("a public address never becomes a private one, nor loopback, nor multicast", () => {
    const isSpecial = ([a, b]: Uint8Array) =>
      [0, 10, 127].includes(a) ||
      a >= 224 ||
      (a === 172 && b >> 4 === 1) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254);
    fc.assert(
      fc.property(bytes(4), fc.integer({ min: 0, max: 50 }), (address, seed) => {
        expect(isSpecial(mapOf(seed).map(address))).toBe(isSpecial(address));
      }),
      { numRuns: 500 },
    );
  });

  it("another key gives other addresses, the same key the same", () => {
    const address = Uint8Array.of(198, 51, 100, 7);
    expect([...mapOf(1).map(address)]).toEqual([...mapOf(1).map(address)]);
    expect([...mapOf(1).map(address)]).not.toEqual([...mapOf(2).map(address)]);
  });
});
