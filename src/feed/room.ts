/** How much linear memory a run over some inputs needs. */

import { LinearMemory, type Memory } from "../linear/memory.ts";
import type { FeedInput } from "./feed.ts";

/** A chunk of bytes and the columns of a batch, in bytes; once more for what is not an input's. */
const ROOM_OF_INPUT = 1_536 * 1_024;
/** The tables of flows, per byte of captures that hold nothing else; with as much again for compressed ones. */
const ROOM_PER_BYTE = 8;

export function memoryFor(inputs: readonly FeedInput[]): Memory {
  let room = ROOM_OF_INPUT;
  for (const { size } of inputs) {
    // What comes as it happens, and what an archive holds, may be anything.
    if (size === undefined) return LinearMemory.make();
    room += ROOM_OF_INPUT + size * ROOM_PER_BYTE;
  }
  return LinearMemory.make(room);
}
