/** How much linear memory a run over some inputs needs. */

import { LinearMemory, type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { FeedInput } from "./feed.ts";

/** A chunk of bytes and the columns of a batch, in bytes; once more for what is not an input's. */
const ROOM_OF_INPUT = 2_048 * 1_024;
/** The tables of flows, per byte of captures that hold nothing else; with as much again for compressed ones. */
const ROOM_PER_BYTE = 8;

/** Bytes of captures that are judged before WebAssembly has begun. */
const SMALL = 128 * 1_024;

export function memoryFor(inputs: readonly FeedInput[]): Memory {
  let bytes = 0;
  for (const { size } of inputs) {
    // What comes as it happens, and what an archive holds, may be anything.
    if (size === undefined) return LinearMemory.make();
    bytes += size;
  }
  if (bytes < SMALL) return ordinaryMemory;
  return LinearMemory.make(ROOM_OF_INPUT * (1 + inputs.length) + bytes * ROOM_PER_BYTE);
}
