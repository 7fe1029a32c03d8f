/** What a key and a hash make of bytes: the same always, and nothing that leads back without the key. */

export type HashName = "md5" | "sha1" | "sha256" | "sha384" | "sha512";
/** Handed in: node:crypto on Node, another library in a page. */
export type Hash = (name: HashName, data: Uint8Array) => Uint8Array;

/** Bytes of a key. */
export const KEY_LENGTH = 32;
const DIGEST = 32;

export class Keyed {
  readonly #key: Uint8Array;
  readonly hash: Hash;

  /** @throws RangeError for a key of another length */
  constructor(key: Uint8Array, hash: Hash) {
    if (key.length !== KEY_LENGTH) throw new RangeError(`a key has ${KEY_LENGTH} bytes, not ${key.length}`);
    this.#key = key;
    this.hash = hash;
  }

  /** As many bytes as `content` has, which stand for it: one for one, as far as a hash has no collisions. */
  substitute(label: string, content: Uint8Array): Uint8Array {
    const out = new Uint8Array(content.length);
    for (let at = 0, block = 0; at < out.length; at += DIGEST, block += 1) {
      out.set(this.digest(`${label}/${block}/`, content).subarray(0, out.length - at), at);
    }
    return out;
  }

  /** 32 bytes. */
  digest(label: string, content: Uint8Array): Uint8Array {
    const name = new TextEncoder().encode(label);
    const data = new Uint8Array(this.#key.length + name.length + content.length);
    data.set(this.#key);
    data.set(name, this.#key.length);
    data.set(content, this.#key.length + name.length);
    return this.hash("sha256", data);
  }
}
