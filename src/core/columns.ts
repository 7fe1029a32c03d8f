/** Columns of the border (layout.ts): elements by the field that says where the column lies, and an index. */

import { LINE_SHIFT } from "./layout";

/** Stands for a row that is not there. */
export const NONE: i32 = -1;

/** Address of a column, or a value that stands in the block itself. */
export function field(block: usize, offset: usize): u32 {
  return load<u32>(block + offset);
}

/** Where an element of 1, 4 or 8 bytes lies, or a line (linear/lines.ts). */
export function byteOf(block: usize, offset: usize, index: i32): usize {
  return <usize>field(block, offset) + <usize>index;
}

export function wordOf(block: usize, offset: usize, index: i32): usize {
  return <usize>field(block, offset) + ((<usize>index) << 2);
}

export function doubleOf(block: usize, offset: usize, index: i32): usize {
  return <usize>field(block, offset) + ((<usize>index) << 3);
}

export function lineOf(block: usize, offset: usize, index: i32): usize {
  return <usize>field(block, offset) + ((<usize>index) << LINE_SHIFT);
}

/** Big-endian (network byte order) fields of a packet. */
export function be16(at: usize): u32 {
  return <u32>bswap<u16>(load<u16>(at));
}

export function be32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

/** A number of 32 bits in the byte order of this machine, which is little-endian, or in the other one. */
export function u32At(at: usize, isSwapped: bool): u32 {
  const word = load<u32>(at);
  return isSwapped ? bswap<u32>(word) : word;
}

/** A time or another number (f64) of a row of which nothing was seen. */
export function isUnseen(at: usize): bool {
  return isNone(load<f64>(at));
}

/** NaN stands for a time that was not seen. */
export function isNone(value: f64): bool {
  // biome-ignore lint/suspicious/noGlobalIsNan: AssemblyScript's, which takes numbers alone
  return isNaN(value);
}
