/**
 * What finds the row of a flow: the words of its two addresses and its two ports, which are 0 for ESP over IP.
 * A key is set first, and then found or entered.
 */

import { addressWords, hostOf, portOf } from "../collections/endpoints.ts";
import { WordTable } from "../collections/word-table.ts";
import type { Located } from "../wire/locate.ts";
import type { HostTable } from "./hosts.ts";

const WORDS = 9;
const RECEIVER = 4;
const PORTS_WORD = 8;

export class FlowKeys extends WordTable {
  constructor() {
    super(WORDS);
  }

  /** Sets the key of a packet. */
  take(bytes: Uint8Array, located: Located): void {
    const { source, destination, sourcePort, destinationPort, ipVersion } = located;
    addressWords(bytes, source, ipVersion, this.key, 0);
    addressWords(bytes, destination, ipVersion, this.key, RECEIVER);
    this.key[PORTS_WORD] = sourcePort * 65536 + destinationPort;
  }

  /** Sets the key of what one endpoint sends to another: UDP, or ESP over IP between their hosts. */
  between(from: number, to: number, overIp: boolean, hosts: HostTable): void {
    hosts.copyWords(hostOf(from), this.key, 0);
    hosts.copyWords(hostOf(to), this.key, RECEIVER);
    this.key[PORTS_WORD] = overIp ? 0 : portOf(from) * 65536 + portOf(to);
  }

  /** Makes the key that of the other direction. */
  turn(): void {
    const { key } = this;
    for (let i = 0; i < RECEIVER; i += 1) {
      const word = key[i];
      key[i] = key[RECEIVER + i];
      key[RECEIVER + i] = word;
    }
    key[PORTS_WORD] = (key[PORTS_WORD] << 16) | (key[PORTS_WORD] >>> 16);
  }

  /** The row of the other direction of a row, or -1. */
  reverse(row: number): number {
    const at = row * WORDS;
    for (let i = 0; i < WORDS; i += 1) this.key[i] = this.keys[at + i];
    this.turn();
    return this.find();
  }

  /** Number of the sending host of a row. */
  sender(row: number, hosts: HostTable): number {
    return hosts.internWords(this.keys, row * WORDS);
  }

  /** Number of the receiving host of a row. */
  receiver(row: number, hosts: HostTable): number {
    return hosts.internWords(this.keys, row * WORDS + RECEIVER);
  }

  /** Source and destination port of a row; 0 and 0 for ESP over IP. */
  ports(row: number): { source: number; destination: number } {
    const ports = this.keys[row * WORDS + PORTS_WORD];
    return { source: Math.floor(ports / 65536), destination: ports % 65536 };
  }
}
