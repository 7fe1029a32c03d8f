import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64, md5, sha1, sha256 } from "../../src/collections/hashes.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("hashes without Node", () => {
  it.each([
    // RFC 1321 A.5, FIPS 180 examples.
    ["md5 of abc", md5, "900150983cd24fb0d6963f7d28e17f72"],
    ["sha1 of abc", sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["sha256 of abc", sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ] as const)("%s", (_, hash, wanted) => expect(hex(hash(Buffer.from("abc")))).toBe(wanted));

  it.each([
    ["md5", md5],
    ["sha1", sha1],
    ["sha256", sha256],
  ] as const)("%s is that of node:crypto, at every length around a block", (name, hash) => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
      expect(hex(hash(bytes)), `${length} bytes`).toBe(createHash(name).update(bytes).digest("hex"));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
        expect(hex(hash(bytes))).toBe(createHash(name).update(bytes).digest("hex"));
      }),
    );
  });

  it("base64 is that of Buffer", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (let end = 0; end <= 256; end += 1) {
      expect(base64(bytes.subarray(0, end))).toBe(Buffer.from(bytes.subarray(0, end)).toString("base64"));
    }
  });
});
