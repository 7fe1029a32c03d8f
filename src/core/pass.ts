/** Past frames: those that the walk settles, and messages that are taken to their IKE SAs. Few captures have either alone. */

import { arrive } from "./arrive";
import { field } from "./columns";
import { BECAME, SHOWN, TAKEN, TAKEN_MESSAGES, TAKEN_QUICK_MODE, TAKEN_QUICK_MODES } from "./message-layout";
import { walk } from "./walk";

export { learn } from "./clear-payloads";

/**
 * @param tables address of the block of layout.ts
 * @param block address of the block of message-layout.ts
 * @param batch address of the block of the batch
 * @param from index of a frame of the batch
 * @param to index behind the last one
 * @returns index of the first frame that the host has to look at, or `to`; what became of it stands at BECAME
 */
export function pass(tables: usize, block: usize, batch: usize, from: i32, to: i32): i32 {
  const isShown = field(block, SHOWN) !== 0;
  let i = walk(tables, batch, from, to);
  while (i < to) {
    const became = arrive(tables, block, batch, i);
    store<i32>(block, became, BECAME);
    if (became !== TAKEN && became !== TAKEN_QUICK_MODE) return i;
    count(block + TAKEN_MESSAGES);
    if (became === TAKEN_QUICK_MODE) count(block + TAKEN_QUICK_MODES);
    if (isShown) return i;
    i = walk(tables, batch, i + 1, to);
  }
  return to;
}

function count(messages: usize): void {
  store<u32>(messages, load<u32>(messages) + 1);
}
