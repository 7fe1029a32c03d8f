/**
 * NAT-D without keys (RFC 3947 3.2): the address behind a NAT, found by trying the private ranges. NAT-D is
 * HASH(CKY-I | CKY-R | IP | port), with the hash that phase 1 agreed on.
 *
 * Bounded by a number of hashes, not by time: the same capture gives the same answer on any machine.
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Hosts, IkeSa } from "../ike/facts.ts";
import { type BlockHash, CHANGED_WORD } from "../wire/block-hash.ts";
import { blockHash, paddedBlock } from "../wire/one-block-hash.ts";
import { IKE_PORT } from "../wire/ports.ts";
import type { Session } from "./session.ts";

/** All private ranges once: RFC 1918 and RFC 6598. The most used first. */
const RANGES: readonly { first: number; count: number }[] = [
  { first: 0xc0a80000, count: 1 << 16 },
  { first: 0xac100000, count: 1 << 20 },
  { first: 0x0a000000, count: 1 << 24 },
  { first: 0x64400000, count: 1 << 22 },
];
/** Those that are tried where the first hash is not that of the gateway's address as the capture shows it. */
const UNPROVEN_RANGES = 1;
/** Hashes of a whole run: one search through all ranges. */
const MAX_HASHES = 22_100_000;
/** Where the capture goes on: hashes between two turns of other work, some 10 ms. */
const MAX_HASHES_A_TURN = 40_000;
/** Networks of found addresses that are tried first: most sites use one. */
const MAX_NETWORKS = 64;
const NETWORK = 256;
/** IKE SAs whose addresses are remembered. */
const MAX_KNOWN = 65_536;

/** A search that is under way. */
interface Search {
  hash: BlockHash;
  block: Int32Array;
  /** Network of the address that was hashed last. */
  network: number | null;
  /** NAT-D hashes of the client's own addresses: two words each. */
  wanted: readonly number[];
  /** Ranges that are tried. */
  ranges: number;
  range: number;
  next: number;
}

export class InsideAddresses {
  readonly #hosts: Hosts;
  /** Found address, null for none, by running number of the IKE SA. */
  readonly #known = new Map<number, number | null>();
  readonly #searches = new Map<number, Search>();
  readonly #networks: number[] = [];
  readonly #out = { first: 0, second: 0 };
  #left = MAX_HASHES;
  #leftNow = MAX_HASHES;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /** A judgement begins. @param running the capture goes on, and must not wait */
  turn(running: boolean): void {
    this.#leftNow = running ? Math.min(MAX_HASHES_A_TURN, this.#left) : this.#left;
  }

  /** Whether the clients of two sessions have one address behind their NAT. */
  compare(a: Session, b: Session): "same" | "different" | "unknown" {
    const [first, second] = [this.find(a), this.find(b)];
    if (first === null || second === null) return "unknown";
    return first === second ? "same" : "different";
  }

  /** The client's address behind its NAT as a number; null where it is not known, or not yet. */
  find(session: Session): number | null {
    const { sa } = session;
    const known = this.#known.get(sa.number);
    if (known !== undefined) return known;
    let search = this.#searches.get(sa.number);
    if (search === undefined) {
      const begun = this.#begin(session);
      if (begun === null) {
        this.#remember(sa, null);
        return null;
      }
      search = begun;
      this.#searches.set(sa.number, search);
    }
    const found = this.#go(search);
    if (found === undefined) return null;
    this.#searches.delete(sa.number);
    this.#remember(sa, found);
    return found;
  }

  /** Some address was found. */
  get anyFound(): boolean {
    return this.#networks.length > 0;
  }

  /** The address if it was looked for already, as text. */
  shown({ sa }: Pick<Session, "sa">): string | null {
    const address = this.#known.get(sa.number) ?? null;
    if (address === null) return null;
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
  }

  #remember(sa: IkeSa, address: number | null): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(sa.number, address);
    if (address === null) return;
    const network = address - (address % NETWORK);
    if (this.#networks.includes(network)) return;
    this.#networks.unshift(network);
    if (this.#networks.length > MAX_NETWORKS) this.#networks.pop();
  }

  /** Null where there is no NAT-D to try, no hash that is known here, or no NAT: nothing to find. */
  #begin({ sa, client, responder, endpoint, port4500 }: Session): Search | null {
    // Behind a NAT a client floats to port 4500 (RFC 3947 4).
    if (port4500 < 0) return null;
    const hash = sa.hash === null ? null : blockHash(sa.hash);
    const own = sa.natHashesOf(client);
    // The first one is of the other side's address (RFC 3947 3.2).
    if (hash === null || own === null || own.length < 4) return null;
    const message = new Uint8Array(22);
    const view = new DataView(message.buffer);
    sa.cookies.forEach((word, i) => {
      view.setUint32(i * 4, word);
    });
    // NAT-D is exchanged there, before the float.
    view.setUint16(20, IKE_PORT);
    const block = paddedBlock(message, sa.hash!);
    const outside = this.#ipv4(endpoint);
    const gateway = this.#ipv4(sa.paths[0].ends[responder]);
    if (outside === null || gateway === null) return null;
    const tried = { hash, block, network: null, next: 0 };
    const proof: Search = { ...tried, wanted: own.slice(0, 2), ranges: 0, range: 0 };
    // Who fills the payloads at random, to have ESP in UDP in any case, is not worth a search through all ranges.
    const ranges = this.#tries(proof, gateway) ? RANGES.length : UNPROVEN_RANGES;
    const search: Search = { ...tried, wanted: own.slice(2), ranges, range: 0 };
    // Behind no NAT after all.
    if (this.#tries(search, outside)) return null;
    for (const network of this.#networks) {
      for (let i = 0; i < NETWORK; i += 1) {
        if (!this.#tries(search, network + i)) continue;
        search.range = ranges;
        search.next = network + i;
        return search;
      }
    }
    return search;
  }

  #ipv4(endpoint: number): number | null {
    const bytes = this.#hosts.bytes(hostOf(endpoint));
    return bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : null;
  }

  /** Goes on with a search: the address, null when all were tried, undefined when it has to wait. */
  #go(search: Search): number | null | undefined {
    if (search.range === search.ranges && search.next > 0) return search.next;
    for (; search.range < search.ranges; search.range += 1, search.next = 0) {
      const { first, count } = RANGES[search.range];
      for (; search.next < count; search.next += 1) {
        if (this.#leftNow <= 0) return this.#left <= 0 ? null : undefined;
        if (this.#tries(search, first + search.next)) return first + search.next;
      }
    }
    return null;
  }

  #tries(search: Search, address: number): boolean {
    this.#left -= 1;
    this.#leftNow -= 1;
    const { hash, block, wanted } = search;
    const last = address & (NETWORK - 1);
    const network = address - last;
    if (search.network !== network) {
      search.network = network;
      block[CHANGED_WORD] = network;
      hash.begin(block);
    }
    const out = this.#out;
    hash.of(last, out);
    for (let i = 0; i + 1 < wanted.length; i += 2) {
      if (wanted[i] === out.first && wanted[i + 1] === out.second) return true;
    }
    return false;
  }
}
