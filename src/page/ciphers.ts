/** The ciphers and hashes that keys/ needs where there is no Node: collections/, @noble/ciphers, @noble/hashes and des.js. */

import { cbc } from "@noble/ciphers/aes.js";
import { sha384, sha512 } from "@noble/hashes/sha2.js";
import des from "des.js";
import { md5, sha1, sha256 } from "../collections/hashes.ts";
import type { Ciphers, HashName } from "../keys/ciphers.ts";

const HASHES: Readonly<Record<HashName, (data: Uint8Array) => Uint8Array>> = {
  md5,
  sha1,
  sha256,
  sha384,
  sha512,
};
const desCbc = des.CBC.instantiate(des.DES);
const tripleDesCbc = des.CBC.instantiate(des.EDE);

export const pageCiphers: Ciphers = {
  decrypt(cipher, key, iv, data) {
    if (cipher === "aes") return cbc(key, iv, { disablePadding: true }).decrypt(data);
    const mode = cipher === "des" ? desCbc : tripleDesCbc;
    const state = mode.create({ type: "decrypt", key, iv, padding: false });
    return Uint8Array.from([...state.update(data), ...state.final()]);
  },
  hash: (name, data) => HASHES[name](data),
};
