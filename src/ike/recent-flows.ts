import { word } from "../collections/endpoints.ts";
import type { Located } from "../wire/locate.ts";

/** Entries; a power of two. */
const RECENT = 4096;

/**
 * The IPv4 flows seen last, a direct-mapped cache: most packets of a capture are ESP of a few hundred flows. An entry is
 * a row + 1, or 0, with the addresses and ports that it is for.
 */
export class RecentFlows {
  readonly rows = new Int32Array(RECENT);
  readonly #sources = new Uint32Array(RECENT);
  readonly #destinations = new Uint32Array(RECENT);
  readonly #ports = new Uint32Array(RECENT);

  /** The entry of a packet's flow: its row + 1 stands in `rows` there, or 0 where it is not known. */
  look(bytes: Uint8Array, located: Located): number {
    const source = word(bytes, located.source);
    const destination = word(bytes, located.destination);
    const ports = located.sourcePort * 65536 + located.destinationPort;
    const hash = Math.imul(source ^ Math.imul(destination, 0x9e3779b1) ^ ports, 0x85ebca6b);
    const slot = (hash >>> 16) & (RECENT - 1);
    const isKnown =
      this.rows[slot] > 0 &&
      this.#sources[slot] === source &&
      this.#destinations[slot] === destination &&
      this.#ports[slot] === ports;
    if (isKnown) return slot;
    this.rows[slot] = 0;
    this.#sources[slot] = source;
    this.#destinations[slot] = destination;
    this.#ports[slot] = ports;
    return slot;
  }

  /** Keeps the row of the flow that was looked for last; returns it. */
  keep(slot: number, row: number): number {
    this.rows[slot] = row + 1;
    return row;
  }

  clear(): void {
    this.rows.fill(0);
  }
}
