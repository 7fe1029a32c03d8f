/** IP addresses as small numbers, in the order in which they were first seen. */

import { addressWords } from "./endpoints.ts";
import { WordTable } from "./word-table.ts";

const WORDS = 4;
/** The third word of an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2); the first two are zero. */
const MAPPED = 0xffff;

export class AddressTable {
  readonly #table = new WordTable(WORDS);

  /** Number of the address at `offset` (4 or 16 bytes, network byte order). */
  intern(bytes: Uint8Array, offset: number, ipVersion: number): number {
    addressWords(bytes, offset, ipVersion, this.#table.key, 0);
    return this.#table.ensure();
  }

  /** The address's bytes: 4 for IPv4, 16 for IPv6. */
  bytes(number: number): Uint8Array {
    const { keys } = this.#table;
    const from = number * WORDS;
    const isMapped = keys[from] === 0 && keys[from + 1] === 0 && keys[from + 2] === MAPPED;
    const first = isMapped ? from + 3 : from;
    const bytes = new Uint8Array(isMapped ? 4 : 16);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = keys[first + (i >> 2)] >>> (24 - 8 * (i & 3));
    return bytes;
  }
}
