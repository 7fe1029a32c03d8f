/** Sequence numbers of an SPI, and how long its sender goes on without an answer: `SpiTable.see` (ike/spis.ts). */

import { MAX_PAUSE, MAX_STEP, UNHEARD, WINDOW } from "./bounds";
import { byteOf, doubleOf, field, wordOf } from "./columns";
import {
  SEGMENT,
  SPI_COUNTED,
  SPI_EXPECTED,
  SPI_LAST_AT,
  SPI_LAST_SEGMENT,
  SPI_LAST_SEQUENCE,
  SPI_LATEST,
  SPI_PACKETS,
  SPI_UNHEARD,
  SPI_UNHEARD_SINCE,
  SPI_UNHEARD_THIRD_AT,
} from "./layout";

const ALL_SEEN: u32 = 0xffffffff;

/**
 * @param sequence its low 32 bits
 * @param at clock microseconds
 * @param otherAt when the other side was seen last; NaN for never
 */
export function carried(block: usize, slot: i32, sequence: f64, at: f64, otherAt: f64): void {
  count(block, slot, sequence, at);
  store<f64>(doubleOf(block, SPI_LAST_AT, slot), at);
  store<u32>(wordOf(block, SPI_LAST_SEGMENT, slot), field(block, SEGMENT));
  add(wordOf(block, SPI_PACKETS, slot), 1);
  const unheard = byteOf(block, SPI_UNHEARD, slot);
  const since = doubleOf(block, SPI_UNHEARD_SINCE, slot);
  const times = <u32>load<u8>(unheard);
  if (times === 0 || otherAt >= load<f64>(since)) {
    store<u8>(unheard, 1);
    store<f64>(since, at);
    store<f64>(doubleOf(block, SPI_UNHEARD_THIRD_AT, slot), NaN);
  } else if (times < <u32>UNHEARD) {
    store<u8>(unheard, times + 1);
    if (times + 1 === <u32>UNHEARD) store<f64>(doubleOf(block, SPI_UNHEARD_THIRD_AT, slot), at);
  }
}

function count(block: usize, slot: i32, sequence: f64, at: f64): void {
  const last = doubleOf(block, SPI_LAST_SEQUENCE, slot);
  const latest = wordOf(block, SPI_LATEST, slot);
  const step = sequence - load<f64>(last);
  if (Math.abs(step) > <f64>MAX_STEP || at - load<f64>(doubleOf(block, SPI_LAST_AT, slot)) > <f64>MAX_PAUSE) {
    store<f64>(last, sequence);
    store<u32>(latest, ALL_SEEN);
  } else if (step > 0) {
    add(wordOf(block, SPI_EXPECTED, slot), <u32>step);
    add(wordOf(block, SPI_COUNTED, slot), 1);
    store<f64>(last, sequence);
    store<u32>(latest, step < <f64>WINDOW ? (load<u32>(latest) << (<u32>step)) | 1 : 1);
  } else if (step > -(<f64>WINDOW)) {
    // It fills a gap that reordering had made; a number that was seen is a copy.
    const bit: u32 = 1 << (<u32>-step);
    if ((load<u32>(latest) & bit) !== 0) return;
    store<u32>(latest, load<u32>(latest) | bit);
    add(wordOf(block, SPI_COUNTED, slot), 1);
  }
}

function add(at: usize, more: u32): void {
  store<u32>(at, load<u32>(at) + more);
}
