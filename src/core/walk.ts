/**
 * The walk over the frames of a batch: settles those that most captures are made of, and stops at any other.
 *
 * Written in AssemblyScript. It imports nothing, allocates nothing, and touches only what the blocks of layout.ts
 * point at. What it settles it settles as `Decoder`, `locate` and `FlowTable.see` do, which take all the rest.
 */

import { doubleOf, field } from "./columns";
import { isSettled } from "./flows";
import { BYTES, CAPTURED, CLOCK, KINDS, LINK_TYPES, OFFSETS, PORTS } from "./layout";
import { ESP, ipHeader, kindOf, NOT_UDP, OTHER_PORT, TO_HOST } from "./packet";

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
  // Stores might change a block, for all that the compiler knows: it would read them again for every frame.
  const bytes = <usize>field(batch, BYTES);
  const offsets = <usize>field(batch, OFFSETS);
  const captured = <usize>field(batch, CAPTURED);
  const linkTypes = <usize>field(batch, LINK_TYPES);
  const clock = <usize>field(batch, CLOCK);
  const ports = <usize>field(tables, PORTS);
  let tcp = 0;
  let otherPorts = 0;
  let i = from;
  for (; i < to; i += 1) {
    if (load<u16>(linkTypes + ((<usize>i) << 1)) !== ETHERNET) break;
    const frame = bytes + load<u32>(offsets + ((<usize>i) << 2));
    const end = frame + load<u32>(captured + ((<usize>i) << 2));
    const ip = ipHeader(frame, end);
    if (ip === 0) break;
    const kind = kindOf(ip, end, ports);
    if (kind <= ESP) {
      if (!isSettled(tables, ip, end, kind, load<f64>(clock + ((<usize>i) << 3)))) break;
      count(tables, kind, 1);
    } else {
      if (kind === TO_HOST) break;
      tcp += <i32>(kind === NOT_UDP);
      otherPorts += <i32>(kind === OTHER_PORT);
    }
  }
  count(tables, NOT_UDP, tcp);
  count(tables, OTHER_PORT, otherPorts);
  return i;
}

function count(tables: usize, kind: u32, packets: i32): void {
  const sum = doubleOf(tables, KINDS, <i32>kind);
  store<f64>(sum, load<f64>(sum) + <f64>packets);
}
