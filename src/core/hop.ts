/** From record to record of a classic pcap. */

import { field, u32At } from "./columns";
import {
  HOP_BYTES,
  HOP_CAPTURED,
  HOP_CAPTURED_AT,
  HOP_MICROS,
  HOP_NANOS,
  HOP_OFFSETS,
  HOP_ORIGINAL,
  HOP_ORIGINAL_AT,
  HOP_RECORD_HEADER,
  HOP_SWAPPED,
  HOP_WITH_NANOS,
} from "./layout";
import { MAX_RECORD } from "./bounds";

const SECONDS: usize = 0;
const FRACTION: usize = 4;
const NANOS_OF_MICRO: u32 = 1000;

/**
 * Takes whole records, as `PcapSource` does, and stops at one that it would look at more closely: larger than any, or empty.
 *
 * @param block address of the block of the reader
 * @param from offset of the first record into the bytes
 * @param end offset behind the bytes at hand
 * @param most records taken at most: no more than the columns have rows
 * @returns records taken
 */
export function pcapRecords(block: usize, from: u32, end: u32, most: i32): i32 {
  const bytes = <usize>field(block, HOP_BYTES);
  const offsets = <usize>field(block, HOP_OFFSETS);
  const captured = <usize>field(block, HOP_CAPTURED);
  const original = <usize>field(block, HOP_ORIGINAL);
  const micros = <usize>field(block, HOP_MICROS);
  const nanos = <usize>field(block, HOP_NANOS);
  const header = field(block, HOP_RECORD_HEADER);
  const capturedAt = <usize>field(block, HOP_CAPTURED_AT);
  const originalAt = <usize>field(block, HOP_ORIGINAL_AT);
  const isSwapped = field(block, HOP_SWAPPED) !== 0;
  const withNanos = field(block, HOP_WITH_NANOS) !== 0;
  let at = from;
  let count = 0;
  while (count < most && at + header <= end) {
    const record = bytes + at;
    const length = u32At(record + capturedAt, isSwapped);
    if (length === 0 || length > <u32>MAX_RECORD) break;
    const begin = at + header;
    if (begin + length > end) break;
    // A fraction of a second or more is carried.
    const fraction = u32At(record + FRACTION, isSwapped);
    const second = <f64>u32At(record + SECONDS, isSwapped) * 1_000_000;
    if (withNanos) {
      const below = fraction / NANOS_OF_MICRO;
      store<f64>(micros + ((<usize>count) << 3), second + <f64>below);
      store<u16>(nanos + ((<usize>count) << 1), <u16>(fraction - below * NANOS_OF_MICRO));
    } else store<f64>(micros + ((<usize>count) << 3), second + <f64>fraction);
    store<u32>(offsets + ((<usize>count) << 2), begin);
    store<u32>(captured + ((<usize>count) << 2), length);
    store<u32>(original + ((<usize>count) << 2), u32At(record + originalAt, isSwapped));
    count += 1;
    at = begin + length;
  }
  return count;
}
