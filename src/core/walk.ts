/**
 * The walk over the frames of a batch: settles those that most captures are made of, and stops at any other.
 *
 * Written in AssemblyScript. It imports nothing, allocates nothing, and touches only what the blocks of layout.ts
 * point at. What it settles it settles as `Decoder`, `locate` and `FlowTable.see` do, which take all the rest.
 */

import { doubleOf, field, wordOf } from "./columns";
import { isSettled } from "./flows";
import { BYTES, CAPTURED, CLOCK, KINDS, LINK_TYPES, OFFSETS, PORTS } from "./layout";
import { ESP, ipHeader, kindOf, TO_HOST } from "./packet";

const ETHERNET: u32 = 1;

/**
 * Settles frames from `from` on.
 *
 * @param tables address of the block of the tables
 * @param batch address of the block of the batch
 * @param from index of a frame of the batch
 * @param to index behind the last one
 * @returns index of the first frame that is not settled, or `to`
 */
export function walk(tables: usize, batch: usize, from: i32, to: i32): i32 {
  const bytes = <usize>field(batch, BYTES);
  const ports = <usize>field(tables, PORTS);
  let i = from;
  for (; i < to; i += 1) {
    if (load<u16>(<usize>field(batch, LINK_TYPES) + ((<usize>i) << 1)) !== ETHERNET) break;
    const frame = bytes + load<u32>(wordOf(batch, OFFSETS, i));
    const end = frame + load<u32>(wordOf(batch, CAPTURED, i));
    const ip = ipHeader(frame, end);
    if (ip === 0) break;
    const kind = kindOf(ip, end, ports);
    if (kind === TO_HOST) break;
    if (kind <= ESP && !isSettled(tables, ip, end, kind, load<f64>(doubleOf(batch, CLOCK, i)))) break;
    const count = doubleOf(tables, KINDS, <i32>kind);
    store<f64>(count, load<f64>(count) + 1);
  }
  return i;
}
