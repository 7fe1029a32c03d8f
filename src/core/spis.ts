/** Sequence numbers of an SPI, and how long its sender goes on without an answer: `SpiTable` (ike/spis.ts). */

import { MAX_PAUSE, MAX_STEP, SPIS_PER_FLOW, UNHEARD, UNHEARD_SPAN, WINDOW } from "./bounds";
import { doubleOf, field, isNone, isUnseen, lineOf, wordOf } from "./columns";
import {
  EVICTED,
  FREE,
  MOST_SPIS,
  SPI,
  SPI_COUNTED,
  SPI_EXPECTED,
  SPI_FIRST_AT,
  SPI_FIRST_SEGMENT,
  SPI_FIRST_SEQUENCE,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_AT,
  SPI_LAST_SEGMENT,
  SPI_LAST_SEQUENCE,
  SPI_LATEST,
  SPI_NEXT,
  SPI_PACKETS,
  SPI_ROOM,
  SPI_STATE,
  SPI_UNHEARD,
  SPI_UNHEARD_SINCE,
  SPI_UNHEARD_THIRD_AT,
  SPIS,
  USED,
} from "./layout";
import { SAME_POINT_WINDOW } from "./message-layout";

const ALL_SEEN: u32 = 0xffffffff;

/** There is a slot for one more SPI. */
function hasSlot(block: usize): bool {
  const state = <usize>field(block, SPI_STATE);
  return load<i32>(state, FREE) > 0 || load<i32>(state, USED) < <i32>field(block, SPI_ROOM);
}

/** All slots that there may be are taken: a flow that has none gets none. */
function isFull(block: usize): bool {
  const state = <usize>field(block, SPI_STATE);
  return load<i32>(state, FREE) === 0 && load<i32>(state, USED) >= <i32>field(block, MOST_SPIS);
}

/** What becomes of an SPI that its flow has not carried yet: the host has to see to it, */
export const TO_HOST: u32 = 0;
/** it gets a slot, */
export const ADDED: u32 = 1;
/** or it is counted among those that are not kept. */
export const LEFT_OUT: u32 = 2;

export function fateOf(block: usize, row: i32): u32 {
  if (!hasHead(block, row)) return TO_HOST;
  if (load<i32>(wordOf(block, SPI_HEADS, row)) === 0 && isFull(block)) return LEFT_OUT;
  return mayAdd(block, row) ? ADDED : TO_HOST;
}

/** There is a place for the first slot of a flow. */
function hasHead(block: usize, row: i32): bool {
  return row < <i32>field(block, SPI_HEADS_LENGTH);
}

/** The row of flows can begin with an SPI. */
export function mayCome(block: usize, row: i32): bool {
  const isUsed = hasHead(block, row) && load<i32>(wordOf(block, SPI_HEADS, row)) !== 0;
  return !isUsed && fateOf(block, row) !== TO_HOST;
}

/** Counts an SPI that is not kept. */
export function leaveOut(block: usize): void {
  add(<usize>field(block, SPI_STATE) + EVICTED, 1);
}

/** There is a slot, and the flow has fewer SPIs than are kept of one. */
function mayAdd(block: usize, row: i32): bool {
  let count = 0;
  let slot = load<i32>(wordOf(block, SPI_HEADS, row));
  while (slot > 0) {
    count += 1;
    slot = load<i32>(lineOf(block, SPIS, slot - 1), SPI_NEXT);
  }
  return count < SPIS_PER_FLOW && hasSlot(block);
}

/**
 * An SPI of a flow that it has not carried yet, where `fateOf` says so.
 *
 * @param sequence low 32 bits of its first packet's number
 * @param at clock microseconds
 * @returns its line, of which no packet is counted yet
 */
export function addSpi(block: usize, row: i32, spi: u32, segment: u32, sequence: f64, at: f64): usize {
  const slot = newSlot(block);
  const line = lineOf(block, SPIS, slot);
  const head = wordOf(block, SPI_HEADS, row);
  store<u32>(line, spi, SPI);
  store<f64>(doubleOf(block, SPI_FIRST_AT, slot), at);
  store<u32>(wordOf(block, SPI_FIRST_SEGMENT, slot), segment);
  store<f64>(doubleOf(block, SPI_FIRST_SEQUENCE, slot), sequence);
  store<f64>(line, at, SPI_LAST_AT);
  store<f64>(line, sequence, SPI_LAST_SEQUENCE);
  store<u32>(line, 0, SPI_PACKETS);
  store<u32>(line, 0, SPI_EXPECTED);
  store<u32>(line, 0, SPI_COUNTED);
  store<u32>(line, ALL_SEEN, SPI_LATEST);
  store<u32>(line, 0, SPI_UNHEARD);
  store<f64>(line, NaN, SPI_UNHEARD_SINCE);
  store<f64>(line, NaN, SPI_UNHEARD_THIRD_AT);
  store<i32>(line, load<i32>(head), SPI_NEXT);
  store<i32>(head, slot + 1);
  return line;
}

/** The slot that was given up last, or else one that was never used. */
function newSlot(block: usize): i32 {
  const state = <usize>field(block, SPI_STATE);
  const free = load<i32>(state, FREE);
  if (free > 0) {
    store<i32>(state, load<i32>(lineOf(block, SPIS, free - 1), SPI_NEXT), FREE);
    return free - 1;
  }
  const used = load<i32>(state, USED);
  store<i32>(state, used + 1, USED);
  return used;
}

/**
 * @param slot its line
 * @param sequence its low 32 bits
 * @param at clock microseconds
 * @param otherAt when the other side was seen last; NaN for never
 */
export function carried(slot: usize, segment: u32, sequence: f64, at: f64, otherAt: f64): void {
  if (BEGINS_FLOWS && load<u32>(slot, SPI_LAST_SEGMENT) !== segment) enterSegment(slot, at, otherAt);
  const isCopy =
    sequence === load<f64>(slot, SPI_LAST_SEQUENCE) &&
    at - load<f64>(slot, SPI_LAST_AT) < <f64>SAME_POINT_WINDOW;
  count(slot, sequence, at);
  store<f64>(slot, at, SPI_LAST_AT);
  store<u32>(slot, segment, SPI_LAST_SEGMENT);
  add(slot + SPI_PACKETS, 1);
  const times = load<u32>(slot, SPI_UNHEARD);
  if (times === 0 || otherAt >= load<f64>(slot, SPI_UNHEARD_SINCE)) {
    store<u32>(slot, 1, SPI_UNHEARD);
    store<f64>(slot, at, SPI_UNHEARD_SINCE);
    store<f64>(slot, NaN, SPI_UNHEARD_THIRD_AT);
  } else if (!isCopy && times < <u32>UNHEARD) {
    store<u32>(slot, times + 1, SPI_UNHEARD);
    if (times + 1 === <u32>UNHEARD) store<f64>(slot, at, SPI_UNHEARD_THIRD_AT);
  }
}

/** The clock stepped back: unless the other side was heard since, the sender goes on unheard, by the new clock. */
function enterSegment(slot: usize, at: f64, otherAt: f64): void {
  if (load<u32>(slot, SPI_UNHEARD) === 0) return;
  if (!isNone(otherAt)) store<u32>(slot, 0, SPI_UNHEARD);
  store<f64>(slot, at, SPI_UNHEARD_SINCE);
  if (!isUnseen(slot + SPI_UNHEARD_THIRD_AT)) store<f64>(slot, at, SPI_UNHEARD_THIRD_AT);
}

function count(slot: usize, sequence: f64, at: f64): void {
  const step = sequence - load<f64>(slot, SPI_LAST_SEQUENCE);
  if (Math.abs(step) > <f64>MAX_STEP || at - load<f64>(slot, SPI_LAST_AT) > <f64>MAX_PAUSE) {
    store<f64>(slot, sequence, SPI_LAST_SEQUENCE);
    store<u32>(slot, ALL_SEEN, SPI_LATEST);
  } else if (step > 0) {
    add(slot + SPI_EXPECTED, <u32>step);
    add(slot + SPI_COUNTED, 1);
    store<f64>(slot, sequence, SPI_LAST_SEQUENCE);
    const latest = load<u32>(slot, SPI_LATEST);
    store<u32>(slot, step < <f64>WINDOW ? (latest << (<u32>step)) | 1 : 1, SPI_LATEST);
  } else if (step > -(<f64>WINDOW)) {
    // It fills a gap that reordering had made; a number that was seen is a copy.
    const bit: u32 = 1 << (<u32>-step);
    const latest = load<u32>(slot, SPI_LATEST);
    if ((latest & bit) !== 0) return;
    store<u32>(slot, latest | bit, SPI_LATEST);
    add(slot + SPI_COUNTED, 1);
  }
}

function add(at: usize, more: u32): void {
  store<u32>(at, load<u32>(at) + more);
}

/** The other side of a flow was heard, by a message that is not ESP: `SpiTable.heardOther`. @param row of the flow */
export function heardOther(tables: usize, row: i32): void {
  for (let line = firstSlot(tables, row); line !== 0; line = nextSlot(tables, line)) {
    if (!wentOn(line)) store<u32>(line, 0, SPI_UNHEARD);
  }
}

/** The last packet of a flow in a segment of the clock, whatever its SPI: `SpiTable.lastIn`. @param row -1 for none */
export function lastEspAt(tables: usize, row: i32, segment: u32): f64 {
  let last = NaN;
  for (let line = firstSlot(tables, row); line !== 0; line = nextSlot(tables, line)) {
    if (load<u32>(line, SPI_LAST_SEGMENT) !== segment) continue;
    if (!(load<f64>(line, SPI_LAST_AT) <= last)) last = load<f64>(line, SPI_LAST_AT);
  }
  return last;
}

/** `SpiTable.isUnheard`. */
export function isUnheard(tables: usize, row: i32, segment: u32, otherAt: f64): bool {
  for (let line = firstSlot(tables, row); line !== 0; line = nextSlot(tables, line)) {
    const isSince =
      load<u32>(line, SPI_LAST_SEGMENT) === segment && load<f64>(line, SPI_UNHEARD_SINCE) > otherAt;
    if (isSince && wentOn(line)) return true;
  }
  return false;
}

/** The line of the first SPI of a flow, the one seen last; 0 for none. */
function firstSlot(tables: usize, row: i32): usize {
  if (row < 0 || row >= <i32>field(tables, SPI_HEADS_LENGTH)) return 0;
  return slotLine(tables, load<i32>(wordOf(tables, SPI_HEADS, row)));
}

function nextSlot(tables: usize, line: usize): usize {
  return slotLine(tables, load<i32>(line, SPI_NEXT));
}

/** @param slot its number + 1, or 0 */
function slotLine(tables: usize, slot: i32): usize {
  return slot > 0 ? lineOf(tables, SPIS, slot - 1) : 0;
}

/** Without an answer, for three packets or more over `UNHEARD_SPAN` or more. */
function wentOn(line: usize): bool {
  const isLong = load<f64>(line, SPI_LAST_AT) - load<f64>(line, SPI_UNHEARD_SINCE) >= <f64>UNHEARD_SPAN;
  return isLong && !isUnseen(line + SPI_UNHEARD_THIRD_AT);
}
