/** From enhanced packet block to enhanced packet block of a pcapng, of a section with one interface. */

import { MAX_BLOCK, MAX_RECORD } from "./bounds";
import { doubleOf, field, u32At, wordOf } from "./columns";
import {
  HOP_BYTES,
  HOP_CAPTURED,
  HOP_MICROS,
  HOP_NANOS,
  HOP_OFFSETS,
  HOP_ORIGINAL,
  HOP_STOPPED_AT,
  HOP_SWAPPED,
  HOP_WITH_NANOS,
} from "./layout";

const ENHANCED_PACKET: u32 = 6;
/** Bytes before the packet, and behind it and its options: the block's length again. */
const FIXED: u32 = 28;
const TRAILER: u32 = 4;
const LENGTH: usize = 4;
const INTERFACE: usize = 8;
const TIME_HIGH: usize = 12;
const TIME_LOW: usize = 16;
const CAPTURED: usize = 20;
const ORIGINAL: usize = 24;
/** Microseconds from here on are not exact any more as a number of 64 bits: 2^53 by 2^32. */
const MOST_HIGH: u32 = 0x200000;
const WORD: f64 = 4_294_967_296;
const NANOS_OF_MICRO: u32 = 1_000;

/**
 * Takes whole blocks, as `PcapngSource` does, and stops at one that it would look at more closely. Leaves at HOP_STOPPED_AT
 * where that begins.
 *
 * @param block address of the block of the reader
 * @param from offset of the first block into the bytes
 * @param end offset behind the bytes at hand
 * @param first row of the first packet
 * @param most rows that there are
 * @param offset of the interface's clock, microseconds
 * @returns rows in use
 */
export function pcapngPackets(block: usize, from: u32, end: u32, first: i32, most: i32, offset: f64): i32 {
  const bytes = <usize>field(block, HOP_BYTES);
  const isSwapped = field(block, HOP_SWAPPED) !== 0;
  const withNanos = field(block, HOP_WITH_NANOS) !== 0;
  let at = from;
  let row = first;
  while (row < most && at + FIXED + TRAILER <= end) {
    const packet = bytes + at;
    if (u32At(packet, isSwapped) !== ENHANCED_PACKET || u32At(packet + INTERFACE, isSwapped) !== 0) break;
    const length = u32At(packet + LENGTH, isSwapped);
    if (length < FIXED + TRAILER || (length & 3) !== 0 || length > <u32>MAX_BLOCK) break;
    if (length > end - at || u32At(packet + length - TRAILER, isSwapped) !== length) break;
    const size = u32At(packet + CAPTURED, isSwapped);
    if (size > length - FIXED - TRAILER || size > <u32>MAX_RECORD) break;
    const high = u32At(packet + TIME_HIGH, isSwapped);
    if (!withNanos && high >= MOST_HIGH) break;
    setTime(block, row, high, u32At(packet + TIME_LOW, isSwapped), withNanos, offset);
    store<u32>(wordOf(block, HOP_OFFSETS, row), at + FIXED);
    store<u32>(wordOf(block, HOP_CAPTURED, row), size);
    store<u32>(wordOf(block, HOP_ORIGINAL, row), u32At(packet + ORIGINAL, isSwapped));
    row += 1;
    at += length;
  }
  store<u32>(block, at, HOP_STOPPED_AT);
  return row;
}

/** A count of microseconds or of nanoseconds in two words. */
function setTime(block: usize, row: i32, high: u32, low: u32, withNanos: bool, offset: f64): void {
  const nanos = <usize>field(block, HOP_NANOS) + ((<usize>row) << 1);
  let micros = <f64>high * WORD + <f64>low;
  let below: u32 = 0;
  if (withNanos) {
    const count = ((<u64>high) << 32) | <u64>low;
    micros = <f64>(count / NANOS_OF_MICRO);
    below = <u32>(count % NANOS_OF_MICRO);
  }
  store<f64>(doubleOf(block, HOP_MICROS, row), micros + offset);
  store<u16>(nanos, <u16>below);
}
