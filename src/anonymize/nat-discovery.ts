/**
 * NAT-D hashes (RFC 3947 3.2: HASH(CKY-I | CKY-R | IP | port)) over replaced addresses: computed anew where the
 * address that was hashed is known or can be found, replaced one for one where not.
 */

import { readU32 } from "../wire/bytes.ts";
import { CHANGED_WORD } from "../wire/block-hash.ts";
import { blockHash, HASH_MD5, HASH_SHA1, HASH_SHA256, paddedBlock } from "../wire/one-block-hash.ts";
import { IKE_PORT, NAT_TRAVERSAL_PORT } from "../wire/ports.ts";
import type { AddressMap } from "./address-map.ts";
import type { HashName, Keyed } from "./keyed.ts";

const COOKIES = 16;
const HASHES: Readonly<Record<number, HashName>> = {
  16: "md5",
  20: "sha1",
  32: "sha256",
  48: "sha384",
  64: "sha512",
};
/** Those of them that can be tried by the thousand, by their numbers in IKE. */
const QUICK: Readonly<Partial<Record<HashName, number>>> = {
  md5: HASH_MD5,
  sha1: HASH_SHA1,
  sha256: HASH_SHA256,
};
/** Bytes of a hash that message records have, and those by which it may have been made: the last one found first. */
const RECORDED = 8;
const RECORDED_HASHES: readonly HashName[] = ["sha1", "md5", "sha256"];
const PORTS = [IKE_PORT, NAT_TRAVERSAL_PORT];
const IPV4_NETWORK = [192, 168];
/** Endpoints that were seen and are tried. */
const MAX_SEEN = 512;
/** Hashes that are tried for private addresses in one run: a bound on time. */
const BUDGET = 3_000_000;
/** Results that are remembered. */
const MAX_KNOWN = 100_000;

export interface Endpoint {
  address: Uint8Array;
  port: number;
}

export class NatDiscovery {
  readonly #keyed: Keyed;
  readonly #addresses: AddressMap;
  readonly #known = new Map<string, Uint8Array>();
  readonly #seen = new Map<string, Endpoint>();
  #budget: number;
  #recordedHashes = RECORDED_HASHES;

  /** @param budget hashes that are tried for private addresses */
  constructor(keyed: Keyed, addresses: AddressMap, budget = BUDGET) {
    this.#keyed = keyed;
    this.#addresses = addresses;
    this.#budget = budget;
  }

  /** An endpoint whose hash may come. */
  saw(endpoint: Endpoint): void {
    const key = `${endpoint.address.join(".")}:${endpoint.port}`;
    if (this.#seen.has(key) || this.#seen.size >= MAX_SEEN) return;
    this.#seen.set(key, { address: Uint8Array.from(endpoint.address), port: endpoint.port });
  }

  /** The hash, or beginning of one, that stands for this one; the same for a copy of the message elsewhere. */
  replace(cookies: Uint8Array, hash: Uint8Array, near: readonly Endpoint[]): Uint8Array {
    const key = `${cookies.join(".")}/${hash.join(".")}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh = this.#fresh(cookies, hash, near) ?? this.#keyed.substitute("nat-d", hash);
    if (this.#known.size < MAX_KNOWN) this.#known.set(key, fresh);
    return fresh;
  }

  /** The hash over the replaced address; null where it is not found out which one was hashed. */
  #fresh(cookies: Uint8Array, hash: Uint8Array, near: readonly Endpoint[]): Uint8Array | null {
    const names =
      hash.length === RECORDED
        ? this.#recordedHashes
        : [HASHES[hash.length]].filter((name) => name !== undefined);
    for (const [i, name] of names.entries()) {
      // Of several hashes the likeliest alone is tried on more than who sent the message and to whom.
      const found = i === 0 ? this.#find(name, cookies, hash, near) : this.#among(near, name, cookies, hash);
      if (found === null) continue;
      if (i > 0) this.#recordedHashes = [name, ...names.filter((each) => each !== name)];
      return this.#hash(name, cookies, this.#addresses.map(found.address), found.port).subarray(
        0,
        hash.length,
      );
    }
    return null;
  }

  #find(name: HashName, cookies: Uint8Array, hash: Uint8Array, near: readonly Endpoint[]): Endpoint | null {
    const seen = [...near, ...this.#seen.values()];
    return this.#among(seen, name, cookies, hash) ?? this.#findPrivate(name, cookies, hash);
  }

  #among(
    endpoints: readonly Endpoint[],
    name: HashName,
    cookies: Uint8Array,
    hash: Uint8Array,
  ): Endpoint | null {
    for (const { address, port } of endpoints) {
      const found = [port, ...PORTS].find((each) => begins(this.#hash(name, cookies, address, each), hash));
      if (found !== undefined) return { address, port: found };
    }
    return null;
  }

  /** 192.168/16, where most inside addresses are; the others cost seconds, and stay one for one. */
  #findPrivate(name: HashName, cookies: Uint8Array, hash: Uint8Array): Endpoint | null {
    const algorithm = QUICK[name];
    const hashed = algorithm === undefined ? null : blockHash(algorithm);
    if (algorithm === undefined || hashed === null) return null;
    const block = paddedBlock(messageOf(cookies, Uint8Array.of(...IPV4_NETWORK, 0, 0), PORTS[0]), algorithm);
    const network = block[CHANGED_WORD];
    const wanted = { first: readU32(hash, 0), second: readU32(hash, 4) };
    const out = { first: 0, second: 0 };
    for (let low = 0; low < 65_536 && this.#budget > 0; low += 1) {
      this.#budget -= 1;
      if (low % 256 === 0) {
        block[CHANGED_WORD] = network | low;
        hashed.begin(block);
      }
      hashed.of(low % 256, out);
      if (out.first !== wanted.first || out.second !== wanted.second) continue;
      const address = Uint8Array.of(...IPV4_NETWORK, low >> 8, low & 255);
      // 64 bits do not prove the rest.
      if (begins(this.#hash(name, cookies, address, PORTS[0]), hash)) return { address, port: PORTS[0] };
    }
    return null;
  }

  #hash(name: HashName, cookies: Uint8Array, address: Uint8Array, port: number): Uint8Array {
    return this.#keyed.hash(name, messageOf(cookies, address, port));
  }
}

/** CKY-I | CKY-R | IP | port. */
function messageOf(cookies: Uint8Array, address: Uint8Array, port: number): Uint8Array {
  const data = new Uint8Array(COOKIES + address.length + 2);
  data.set(cookies);
  data.set(address, COOKIES);
  data[data.length - 2] = port >> 8;
  data[data.length - 1] = port & 255;
  return data;
}

function begins(whole: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, i) => byte === whole[i]);
}
