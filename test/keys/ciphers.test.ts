/** Ciphers and hashes of Node and of a page: the same bytes, and those of published vectors. */

import { describe, expect, it } from "vitest";
import type { CipherName, HashName } from "../../src/keys/ciphers.ts";
import { BLOCK, HASH_LENGTH } from "../../src/keys/ciphers.ts";
import { nodeCiphers } from "../../src/node/ciphers.ts";
import { pageCiphers } from "../../src/page/ciphers.ts";
import { random32 } from "../support/random.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const next = random32(19);
const noise = (length: number) => Uint8Array.from({ length }, () => next() & 0xff);

/** Plain text, key, vector and cipher text from outside. */
const VECTORS: {
  name: string;
  cipher: CipherName;
  key: string;
  iv: string;
  sealed: string;
  clear: string;
}[] = [
  {
    name: "AES-128 of NIST SP 800-38A F.2.2, two blocks",
    cipher: "aes",
    key: "2b7e151628aed2a6abf7158809cf4f3c",
    iv: "000102030405060708090a0b0c0d0e0f",
    sealed: "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
    clear: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
  },
  {
    name: "AES-256 of NIST SP 800-38A F.2.6, one block",
    cipher: "aes",
    key: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    iv: "000102030405060708090a0b0c0d0e0f",
    sealed: "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
    clear: "6bc1bee22e409f96e93d7e117393172a",
  },
  {
    name: "DES of FIPS 81 table C1, CBC",
    cipher: "des",
    key: "0123456789abcdef",
    iv: "1234567890abcdef",
    sealed: "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6",
    clear: "4e6f77206973207468652074696d6520666f7220616c6c20",
  },
];

const HASHED: { name: HashName; of: string; is: string }[] = [
  { name: "md5", of: "abc", is: "900150983cd24fb0d6963f7d28e17f72" },
  { name: "sha1", of: "abc", is: "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { name: "sha256", of: "abc", is: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
];

describe.each([
  ["node:crypto", nodeCiphers],
  ["the libraries of a page", pageCiphers],
])("%s", (_, ciphers) => {
  it.each(VECTORS)("$name", ({ cipher, key, iv, sealed, clear }) => {
    expect(ciphers.decrypt(cipher, hex(key), hex(iv), hex(sealed))).toEqual(hex(clear));
  });

  it.each(HASHED)("$name of RFC 1321, FIPS 180", ({ name, of, is }) => {
    expect(ciphers.hash(name, new TextEncoder().encode(of))).toEqual(hex(is));
  });
});

describe("node:crypto and the libraries of a page", () => {
  const kinds: [CipherName, number][] = [
    ["des", 8],
    ["3des", 24],
    ["aes", 16],
    ["aes", 24],
    ["aes", 32],
  ];
  it.each(kinds)("decrypt %s with a key of %d bytes to the same bytes", (cipher, length) => {
    for (const blocks of [1, 2, 7, 40]) {
      const [key, iv, data] = [noise(length), noise(BLOCK[cipher]), noise(BLOCK[cipher] * blocks)];
      expect(pageCiphers.decrypt(cipher, key, iv, data)).toEqual(nodeCiphers.decrypt(cipher, key, iv, data));
    }
  });

  it.each(Object.entries(HASH_LENGTH))("hash with %s to the same %d bytes", (name, length) => {
    for (const size of [0, 1, 63, 64, 200, 1000]) {
      const data = noise(size);
      const digest = nodeCiphers.hash(name as HashName, data);
      expect(digest.length).toBe(length);
      expect(pageCiphers.hash(name as HashName, data)).toEqual(digest);
    }
  });
});
