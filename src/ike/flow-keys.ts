/**
 * What finds the row of a flow: the numbers of its two hosts and its two ports, which are 0 for ESP over IP.
 * A key is set first, and then found or entered.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { WordTable } from "../collections/word-table.ts";
import type { Memory } from "../linear/memory.ts";
import type { Located } from "../wire/locate.ts";
import type { HostTable } from "./hosts.ts";

const WORDS = 4;
const FIRST_ROWS = 256;

export class FlowKeys extends WordTable {
  constructor(memory: Memory) {
    super(WORDS, FIRST_ROWS, memory);
  }

  /** Sets the key of a packet, whose hosts get numbers. */
  take(bytes: Uint8Array, located: Located, hosts: HostTable): void {
    const { source, destination, sourcePort, destinationPort, ipVersion } = located;
    this.key[0] = hosts.intern(bytes, source, ipVersion);
    this.key[1] = hosts.intern(bytes, destination, ipVersion);
    this.key[2] = sourcePort;
    this.key[3] = destinationPort;
  }

  /** Sets the key of what one endpoint sends to another: UDP, or ESP over IP between their hosts. */
  between(from: number, to: number, overIp = false): void {
    this.key[0] = hostOf(from);
    this.key[1] = hostOf(to);
    this.key[2] = overIp ? 0 : portOf(from);
    this.key[3] = overIp ? 0 : portOf(to);
  }

  /** The row of the other direction of a row, or -1. */
  reverse(row: number): number {
    const [from, to] = this.ends(row);
    this.between(to, from);
    return this.find();
  }

  /** Endpoints of the sender and the receiver of a row. */
  ends(row: number): readonly [from: number, to: number] {
    const { keys } = this;
    const at = row * WORDS;
    return [endpoint(keys[at], keys[at + 2]), endpoint(keys[at + 1], keys[at + 3])];
  }

  /** Marks the hosts of all rows. */
  markHosts(used: Uint8Array): void {
    for (let row = 0; row < this.size; row += 1) for (const end of this.ends(row)) used[hostOf(end)] = 1;
  }

  /** Hosts were numbered anew; those that `markHosts` marks are all there. */
  renumber(moved: Int32Array): void {
    const keys = this.save();
    for (let at = 0; at < keys.length; at += WORDS) {
      keys[at] = moved[keys[at]];
      keys[at + 1] = moved[keys[at + 1]];
    }
    this.restore(keys);
  }
}
