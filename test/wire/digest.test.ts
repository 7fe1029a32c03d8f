import { describe, expect, it } from "vitest";
import { Digest, digest, publicDigest } from "../../src/wire/digest.ts";

const LENGTH = 100;
const PREFIX = 44;
const message = Uint8Array.from({ length: LENGTH }, (_, i) => (i * 37) & 0xff);

describe.each([
  ["of this run", digest],
  ["that programs exchange", publicDigest],
])("a digest %s", (_, digestOf) => {
  function of(bytes: Uint8Array): Digest {
    const out = new Digest();
    digestOf(bytes, 0, bytes.length, out);
    return out;
  }

  /** The message with the highest bits of these words flipped: what a single multiplication hands on unmixed. */
  function flipped(...words: number[]): Uint8Array {
    const bytes = message.slice();
    for (const word of words) bytes[word * 4 + 3] ^= 0x80;
    return bytes;
  }

  it("of the beginning is that of the first 44 bytes alone", () => {
    for (let length = PREFIX; length <= LENGTH; length += 1) {
      expect(of(message.subarray(0, length)).prefix).toBe(of(message.subarray(0, PREFIX)).full);
    }
  });

  it("of a shorter message is the same for its beginning and all of it", () => {
    for (let length = 0; length < PREFIX; length += 1) {
      const { full, prefix } = of(message.subarray(0, length));
      expect(prefix).toBe(full);
    }
  });

  it("is another one for each length, and for each byte that differs", () => {
    const seen = new Set<number>();
    for (let length = 0; length <= LENGTH; length += 1) seen.add(of(message.subarray(0, length)).full);
    for (let i = 0; i < LENGTH; i += 1) {
      const other = message.slice();
      other[i] ^= 1;
      seen.add(of(other).full);
      expect(of(other).prefix === of(message).prefix).toBe(i >= PREFIX);
    }
    expect(seen.size).toBe(2 * LENGTH + 1);
  });

  it("is another one where differences of two words might cancel out", () => {
    const words = LENGTH / 4;
    const seen = new Set([of(message).full]);
    for (let i = 0; i < words; i += 1) {
      for (let j = i; j < words; j += 1) seen.add(of(i === j ? flipped(i) : flipped(i, j)).full);
    }
    expect(seen.size).toBe(1 + (words * (words + 1)) / 2);
  });
});
