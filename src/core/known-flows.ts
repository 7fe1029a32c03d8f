/** IPv4 flows that were seen lately: `KnownFlows` (ike/known-flows.ts). */

import { PROBES } from "./bounds";
import { field, NONE } from "./columns";
import { KNOWN, KNOWN_FACTOR, KNOWN_MASK, KNOWN_MIX } from "./layout";

/** Bytes of an entry, as a power of two, and where the row + 1 lies in it. */
const ENTRY_SHIFT: usize = 4;
const ROW: usize = 12;

/** Row of the flow, or NONE. @param ports source and destination, 0 for ESP over IP */
export function knownRow(block: usize, source: u32, destination: u32, ports: u32): i32 {
  const first = firstOf(block, source, destination, ports);
  for (let i: u32 = 0; i < <u32>PROBES; i += 1) {
    const entry = entryAt(block, first + i);
    const row = load<i32>(entry, ROW);
    if (row === 0) return NONE;
    if (load<u32>(entry) !== source) continue;
    if (load<u32>(entry, 4) === destination && load<u32>(entry, 8) === ports) return row - 1;
  }
  return NONE;
}

/** Keeps the row of a flow that was not found: where it finds no place, instead of the first one there. */
export function keepRow(block: usize, source: u32, destination: u32, ports: u32, row: i32): void {
  const first = firstOf(block, source, destination, ports);
  let kept = entryAt(block, first);
  for (let i: u32 = 0; i < <u32>PROBES; i += 1) {
    const entry = entryAt(block, first + i);
    if (load<i32>(entry, ROW) !== 0) continue;
    kept = entry;
    break;
  }
  store<u32>(kept, source);
  store<u32>(kept, destination, 4);
  store<u32>(kept, ports, 8);
  store<i32>(kept, row + 1, ROW);
}

function firstOf(block: usize, source: u32, destination: u32, ports: u32): u32 {
  const all = source ^ (destination * field(block, KNOWN_FACTOR)) ^ ports;
  const mixed = (all ^ (all >> 15)) * field(block, KNOWN_MIX);
  return (mixed ^ (mixed >> 13)) >> 8;
}

function entryAt(block: usize, index: u32): usize {
  return <usize>field(block, KNOWN) + ((<usize>(index & field(block, KNOWN_MASK))) << ENTRY_SHIFT);
}
