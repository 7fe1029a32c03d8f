/**
 * Captures of one time: lanes of frames that take turns, in the order that `Sequence` and `Lane` (feed/) have. They do so
 * at every frame, and a call from TypeScript takes longer than all that is done with a frame here.
 */

import { doubleOf, field, wordOf } from "./columns";
import {
  BYTES,
  CAPTURED,
  CLOCK,
  LANE_AT,
  LANE_BATCH,
  LANE_END,
  LANE_HEAD,
  LANE_SOURCE,
  LANE_SOURCE_BIT,
  OFFSETS,
  SOURCE_BIT,
} from "./layout";
import { walk } from "./walk";

/** Bytes of an entry of the order. */
const ENTRY: usize = 4;
/** Bytes of a frame with ESP in UDP: Ethernet, IPv4, UDP, SPI and sequence number (RFC 4303 2). */
const HEADERS: u32 = 50;

/**
 * Settles frames of several lanes, each as `walk` does. Stops at one that is not settled, at one that is older than what
 * came before, and where the first lane has nothing at hand.
 *
 * @param tables address of the block of the tables
 * @param order addresses of the lanes (u32), the first one first: those with frames, and one without behind them
 * @param count lanes with frames
 * @param released time of the latest frame before, microseconds
 * @param most frames settled at most
 * @returns frames that were settled
 */
export function takeTurns(tables: usize, order: usize, count: i32, released: f64, most: i32): i32 {
  let latest = released;
  let left = most;
  while (left > 0) {
    const lane = <usize>load<u32>(order);
    const from = load<i32>(lane, LANE_AT);
    const filled = load<i32>(lane, LANE_END);
    if (from === filled || load<f64>(lane, LANE_HEAD) < latest) break;
    const batch = <usize>load<u32>(lane, LANE_BATCH);
    const next = <usize>load<u32>(order, ENTRY);
    const to = runEnd(batch, from, from + min(filled - from, left), load<f64>(next, LANE_HEAD));
    store<u32>(tables, load<u32>(lane, LANE_SOURCE_BIT), SOURCE_BIT);
    const at = walk(tables, batch, from, to);
    left -= at - from;
    store<i32>(lane, at, LANE_AT);
    if (at < to || at === filled) break;
    latest = load<f64>(doubleOf(batch, CLOCK, at - 1));
    store<f64>(lane, load<f64>(doubleOf(batch, CLOCK, at)), LANE_HEAD);
    fetch(batch, at);
    place(order, lane, count);
  }
  return most - left;
}

/** Index behind the frames of a batch that come before a time; one frame at least, and none from `filled` on. */
function runEnd(batch: usize, from: i32, filled: i32, before: f64): i32 {
  const clock = <usize>field(batch, CLOCK);
  let end = from + 1;
  while (end < filled && load<f64>(clock + ((<usize>end) << 3)) < before) end += 1;
  return end;
}

/**
 * Touches both ends of a frame's headers, which mostly lie in two lines of the cache: frames of other lanes come before it,
 * and meanwhile the processor fetches what megabytes of their captures have driven out.
 */
function fetch(batch: usize, i: i32): void {
  const frame = <usize>field(batch, BYTES) + load<u32>(wordOf(batch, OFFSETS, i));
  load<u8>(frame);
  load<u8>(frame + min(load<u32>(wordOf(batch, CAPTURED, i)), HEADERS) - 1);
}

/** Moves the first lane to where the time of its next frame belongs. */
function place(order: usize, lane: usize, count: i32): void {
  let entry = order;
  for (const behind = order + <usize>count * ENTRY; entry < behind; entry += ENTRY) {
    const next = <usize>load<u32>(entry, ENTRY);
    if (!isBefore(next, lane)) break;
    store<u32>(entry, <u32>next);
  }
  store<u32>(entry, <u32>lane);
}

function isBefore(lane: usize, other: usize): bool {
  const head = load<f64>(lane, LANE_HEAD);
  const others = load<f64>(other, LANE_HEAD);
  return head < others || (head === others && load<i32>(lane, LANE_SOURCE) < load<i32>(other, LANE_SOURCE));
}
