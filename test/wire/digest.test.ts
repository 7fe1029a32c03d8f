import { describe, expect, it } from "vitest";
import { Digest, digest, publicDigest } from "../../src/wire/digest.ts";
import { random32 } from "../support/random.ts";

function digestOf(bytes: Uint8Array, offset = 0, length = bytes.length - offset): Digest {
  const out = new Digest();
  digest(bytes, offset, length, out);
  return out;
}

/** Adds digests, and returns how many there were before of the same number. */
function collisions(count: number, next: (i: number) => Uint8Array, part: "full" | "prefix"): number {
  const seen = new Set<number>();
  const out = new Digest();
  for (let i = 0; i < count; i += 1) {
    const bytes = next(i);
    digest(bytes, 0, bytes.length, out);
    seen.add(out[part]);
  }
  return count - seen.size;
}

describe("different messages have different digests", () => {
  /** Of so many numbers of 32 bits four or five pairs would meet, of 53 bits one in 450,000 tries. */
  const MANY = 200_000;
  const message = new Uint8Array(76);
  const view = new DataView(message.buffer);
  const fillAtRandom = random32(1);

  it("two hundred thousand random messages of 76 bytes", () => {
    const random = () => {
      for (let at = 0; at < 76; at += 4) view.setUint32(at, fillAtRandom());
      return message;
    };
    expect(collisions(MANY, random, "full")).toBe(0);
    expect(collisions(MANY, random, "prefix")).toBe(0);
  });

  it.each<[string, number]>([
    ["the message ID counts", 20],
    ["the first bytes of the cipher text count", 28],
    ["the last four bytes count", 72],
  ])("two hundred thousand messages in which only %s", (_, at) => {
    message.fill(0x5a);
    const counting = (i: number) => {
      view.setUint32(at, i);
      return message;
    };
    expect(collisions(MANY, counting, "full")).toBe(0);
  });

  it("two hundred thousand messages in which two words far apart change together", () => {
    message.fill(0);
    const twin = (i: number) => {
      view.setUint32(20, i >>> 10);
      view.setUint32(60, i & 1023);
      return message;
    };
    expect(collisions(MANY, twin, "full")).toBe(0);
  });

  it("messages of zeros that differ in length alone", () => {
    expect(collisions(1_500, (i) => new Uint8Array(i), "full")).toBe(0);
  });

  it("every message that differs from one in one bit", () => {
    const flipped = (i: number) => {
      message.fill(0x33);
      if (i > 0) message[(i - 1) >> 3] ^= 1 << ((i - 1) & 7);
      return message;
    };
    expect(collisions(76 * 8 + 1, flipped, "full")).toBe(0);
  });

  it.each([
    ["of this run", digest],
    ["that programs exchange", publicDigest],
  ])("%s, of messages that differ in the highest bits of two words", (_, digestOfKind) => {
    // A multiplication hands on the highest bit alone: of lanes that were added up, two would cancel out.
    const words = 76 / 4;
    const seen = new Set<number>();
    const out = new Digest();
    for (let i = 0; i < words; i += 1) {
      for (let j = 0; j < i; j += 1) {
        message.fill(0x33);
        for (const word of [i, j]) message[word * 4 + 3] ^= 0x80;
        digestOfKind(message, 0, message.length, out);
        seen.add(out.full);
      }
    }
    expect(seen.size).toBe((words * (words - 1)) / 2);
  });
});

describe("a digest", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 31 + 7) & 0xff);

  it("of the first 44 bytes alone is the prefix, whatever follows", () => {
    const changed = bytes.slice();
    changed.fill(0, 44);
    expect(digestOf(changed).prefix).toBe(digestOf(bytes).prefix);
    expect(digestOf(changed).full).not.toBe(digestOf(bytes).full);
    expect(digestOf(bytes, 0, 44).prefix).toBe(digestOf(bytes).prefix);
  });

  it("differs in its prefix when byte 43 does, and not when byte 44 does", () => {
    const at43 = bytes.slice();
    at43[43] ^= 1;
    const at44 = bytes.slice();
    at44[44] ^= 1;
    expect(digestOf(at43).prefix).not.toBe(digestOf(bytes).prefix);
    expect(digestOf(at44).prefix).toBe(digestOf(bytes).prefix);
  });

  it("of at most 44 bytes is its own prefix", () => {
    for (const length of [0, 1, 28, 43, 44]) {
      const { full, prefix } = digestOf(bytes, 0, length);
      expect(prefix, `${length} bytes`).toBe(full);
    }
  });

  it("does not depend on where the bytes lie", () => {
    expect(digestOf(bytes, 100, 80)).toEqual(digestOf(bytes.slice(100, 180)));
  });

  it("is an exact integer below 2^53", () => {
    for (let length = 0; length < 300; length += 1) {
      const { full, prefix } = digestOf(bytes, 0, length);
      expect(Number.isSafeInteger(full) && full >= 0 && Number.isSafeInteger(prefix) && prefix >= 0).toBe(
        true,
      );
    }
  });

  it("uses all of its 53 bits", () => {
    // Over 2,000 random-looking numbers each bit is set about half the time; 40 to 60 % is 9 standard deviations.
    const counts = new Array<number>(53).fill(0);
    for (let i = 0; i < 2000; i += 1) {
      const { full } = digestOf(Uint8Array.from([i & 0xff, i >> 8, 9, 9, 9, 9]));
      for (let bit = 0; bit < 53; bit += 1) counts[bit] += Math.floor(full / 2 ** bit) % 2;
    }
    expect(counts.filter((count) => count < 800 || count > 1200)).toEqual([]);
  });
});
