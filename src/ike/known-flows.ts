import { PROBES } from "../core/bounds.ts";
import { KNOWN, KNOWN_FACTOR, KNOWN_MASK, KNOWN_MIX } from "../core/layout.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

/** Entries; a power of two, 65,536 at most. */
const ENTRIES = 16_384;
/** Words of an entry: source, destination, ports, row + 1 or 0. */
const WORDS = 4;
const ROW = 3;

/**
 * The rows of the IPv4 flows that were seen lately: most packets of a capture are ESP of a few hundred flows. It forgets
 * what finds no place, so nobody gains by choosing addresses that meet.
 */
export class KnownFlows {
  readonly #entries: Uint32Array;
  /** Odd, and drawn anew in every run. */
  readonly #factor = oddWord();
  readonly #mix = oddWord();

  constructor(memory: Memory) {
    this.#entries = memory.column(Uint32Array, ENTRIES * WORDS);
  }

  lieAt(border: Border): void {
    border.column(KNOWN, this.#entries);
    border.value(KNOWN_MASK, ENTRIES - 1);
    border.value(KNOWN_FACTOR, this.#factor);
    border.value(KNOWN_MIX, this.#mix);
  }

  /** The row, or -1. Addresses as words; `ports` is the source's and the destination's as one, 0 for ESP over IP. */
  find(source: number, destination: number, ports: number): number {
    const entries = this.#entries;
    const first = this.#firstOf(source, destination, ports);
    for (let i = 0; i < PROBES; i += 1) {
      const at = ((first + i) & (ENTRIES - 1)) * WORDS;
      if (entries[at + ROW] === 0) return -1;
      if (entries[at] === source && entries[at + 1] === destination && entries[at + 2] === ports) {
        return entries[at + ROW] - 1;
      }
    }
    return -1;
  }

  /** Keeps the row of a flow that was not found: where it finds no place, instead of the first one there. */
  keep(source: number, destination: number, ports: number, row: number): void {
    const entries = this.#entries;
    const first = this.#firstOf(source, destination, ports);
    let at = first * WORDS;
    for (let i = 0; i < PROBES; i += 1) {
      const place = ((first + i) & (ENTRIES - 1)) * WORDS;
      if (entries[place + ROW] !== 0) continue;
      at = place;
      break;
    }
    entries[at] = source;
    entries[at + 1] = destination;
    entries[at + 2] = ports;
    entries[at + ROW] = row + 1;
  }

  clear(): void {
    this.#entries.fill(0);
  }

  #firstOf(source: number, destination: number, ports: number): number {
    const all = source ^ Math.imul(destination, this.#factor) ^ ports;
    // Neighbouring addresses would meet under some factors, were the upper bits not mixed in before and after.
    const mixed = Math.imul(all ^ (all >>> 15), this.#mix);
    return ((mixed ^ (mixed >>> 13)) >>> 8) & (ENTRIES - 1);
  }
}

function oddWord(): number {
  return (Math.floor(Math.random() * 0x100000000) | 1) >>> 0;
}
