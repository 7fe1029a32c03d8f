/**
 * The walk over the frames of a batch: settles those that most captures are made of, and stops at any other.
 *
 * Written in AssemblyScript. It imports nothing, allocates nothing, and touches only what the block of layout.ts points
 * at. What it settles it settles as `Decoder`, `locate` and `FlowTable.see` do, which take all the rest.
 */

import { doubleOf, field, wordOf } from "./columns";
import { isSettled } from "./flows";
import { BYTES, CAPTURED, CLOCK, KINDS, LINK_TYPES, OFFSETS, PORTS } from "./layout";
import { ESP, ipHeader, kindOf, TO_HOST } from "./packet";

const ETHERNET: u32 = 1;

/**
 * Settles frames from `from` on.
 *
 * @param block address of the block
 * @param from index of a frame of the batch
 * @param to index behind the last one
 * @returns index of the first frame that is not settled, or `to`
 */
export function walk(block: usize, from: i32, to: i32): i32 {
  const bytes = <usize>field(block, BYTES);
  const ports = <usize>field(block, PORTS);
  let i = from;
  for (; i < to; i += 1) {
    if (load<u16>(<usize>field(block, LINK_TYPES) + ((<usize>i) << 1)) !== ETHERNET) break;
    const frame = bytes + load<u32>(wordOf(block, OFFSETS, i));
    const end = frame + load<u32>(wordOf(block, CAPTURED, i));
    const ip = ipHeader(frame, end);
    if (ip === 0) break;
    const kind = kindOf(ip, end, ports);
    if (kind === TO_HOST) break;
    if (kind <= ESP && !isSettled(block, ip, end, kind, load<f64>(doubleOf(block, CLOCK, i)))) break;
    const count = doubleOf(block, KINDS, <i32>kind);
    store<f64>(count, load<f64>(count) + 1);
  }
  return i;
}
