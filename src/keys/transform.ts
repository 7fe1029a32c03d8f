/** Cipher and hash of an IKE SA, from the transform that its responder chose in the clear (RFC 2409 Appendix A). */

import { proposals, transforms } from "../wire/inside.ts";
import type { CipherName, HashName } from "./ciphers.ts";

export interface Transform {
  cipher: CipherName;
  hash: HashName;
  /** Bytes of the key; 0 where neither the transform nor the cipher states it. */
  keyLength: number;
}

const ATTRIBUTE_ENCRYPTION = 1;
const ATTRIBUTE_HASH = 2;
const ATTRIBUTE_KEY_LENGTH = 14;
const CIPHERS: Readonly<Record<number, CipherName>> = { 1: "des", 5: "3des", 7: "aes" };
const HASHES: Readonly<Record<number, HashName>> = {
  1: "md5",
  2: "sha1",
  4: "sha256",
  5: "sha384",
  6: "sha512",
};
const FIXED_KEY: Readonly<Record<CipherName, number>> = { des: 8, "3des": 24, aes: 0 };
const PROPOSAL_FIXED = 8;

/** Reads the content of an SA payload with one transform; null where it names a cipher that is not read. */
export function chosenTransform(bytes: Uint8Array, from: number, to: number): Transform | null {
  for (const { at, end } of proposals(bytes, from, to)) {
    const values = new Map(transforms(bytes, at + PROPOSAL_FIXED + bytes[at + 6], end));
    const cipher = CIPHERS[values.get(ATTRIBUTE_ENCRYPTION) ?? 0];
    const hash = HASHES[values.get(ATTRIBUTE_HASH) ?? 0];
    if (cipher === undefined || hash === undefined) return null;
    const stated = (values.get(ATTRIBUTE_KEY_LENGTH) ?? 0) >> 3;
    return { cipher, hash, keyLength: FIXED_KEY[cipher] || stated };
  }
  return null;
}
