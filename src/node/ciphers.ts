/** The ciphers and hashes that keys/ needs, by node:crypto. */

import { createDecipheriv, createHash } from "node:crypto";
import type { CipherName, Ciphers } from "../keys/ciphers.ts";

export const nodeCiphers: Ciphers = {
  decrypt(cipher, key, iv, data) {
    const decipher = createDecipheriv(nameOf(cipher, key.length), expanded(cipher, key), iv);
    decipher.setAutoPadding(false);
    const first = decipher.update(data);
    const rest = decipher.final();
    const all = new Uint8Array(first.length + rest.length);
    all.set(first);
    all.set(rest, first.length);
    return all;
  },
  hash: (name, data) => new Uint8Array(createHash(name).update(data).digest()),
};

function nameOf(cipher: CipherName, keyLength: number): string {
  return cipher === "aes" ? `aes-${keyLength * 8}-cbc` : "des-ede3-cbc";
}

/** OpenSSL 3 refuses single DES; triple DES with one key three times is the same. */
function expanded(cipher: CipherName, key: Uint8Array): Uint8Array {
  return cipher === "des" ? Uint8Array.from([...key, ...key, ...key]) : key;
}
