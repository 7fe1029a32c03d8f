import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { blockHash, HASH_MD5, HASH_SHA1, HASH_SHA256, paddedBlock } from "../../src/wire/one-block-hash.ts";
import { random32 } from "../support/random.ts";

describe("hashes of one block", () => {
  const ALGORITHMS = [
    [HASH_MD5, "md5"],
    [HASH_SHA1, "sha1"],
    [HASH_SHA256, "sha256"],
  ] as const;
  it("begin as those of node:crypto do, for messages of every length that fit", () => {
    for (const [algorithm, name] of ALGORITHMS) {
      const next = random32(7);
      for (let length = 0; length < 56; length += 1) {
        const message = Uint8Array.from({ length }, () => next() & 0xff);
        const out = { first: 0, second: 0 };
        const hash = blockHash(algorithm)!;
        hash.begin(paddedBlock(message, algorithm));
        hash.of(0, out);
        const expected = createHash(name).update(message).digest();
        expect([out.first, out.second], name).toEqual([expected.readUInt32BE(0), expected.readUInt32BE(4)]);
      }
    }
  });

  it("are those of each message that differs in the last byte of the fifth word", () => {
    for (const [algorithm, name] of ALGORITHMS) {
      const next = random32(8);
      const message = Uint8Array.from({ length: 22 }, () => next() & 0xff);
      const hash = blockHash(algorithm)!;
      hash.begin(paddedBlock(message, algorithm));
      const begun = message[19];
      const out = { first: 0, second: 0 };
      for (let change = 255; change >= 0; change -= 1) {
        hash.of(change, out);
        message[19] = begun ^ change;
        const expected = createHash(name).update(message).digest();
        expect([out.first, out.second], name).toEqual([expected.readUInt32BE(0), expected.readUInt32BE(4)]);
      }
    }
  });

  it("knows no others", () => {
    expect(blockHash(5)).toBeNull();
  });
});
