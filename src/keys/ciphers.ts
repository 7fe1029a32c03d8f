/**
 * The ciphers and hashes of IKEv1 that are needed to read messages (RFC 2409 4, Appendix A), handed in by
 * whoever runs the program: node:crypto on Node, other libraries in a page.
 */

export type CipherName = "des" | "3des" | "aes";
export type HashName = "md5" | "sha1" | "sha256" | "sha384" | "sha512";

export interface Ciphers {
  /** CBC without padding; `data` is a whole number of blocks, `iv` one block. */
  decrypt(cipher: CipherName, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  hash(name: HashName, data: Uint8Array): Uint8Array;
}

/** Block length in bytes. */
export const BLOCK: Readonly<Record<CipherName, number>> = { des: 8, "3des": 8, aes: 16 };

/** Length of the hash in bytes. */
export const HASH_LENGTH: Readonly<Record<HashName, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Ciphers that take a key of this many bytes: 8, 16, 24 or 32. */
export function ciphersOfKey(length: number): readonly CipherName[] {
  if (length === 8) return ["des"];
  return length === 24 ? ["3des", "aes"] : ["aes"];
}
