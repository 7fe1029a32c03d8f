/** What was last of flows in earlier segments of the clock: `EarlierTimes` (ike/earlier-times.ts). */

import { EARLIER_PER_FLOW } from "./bounds";
import { doubleOf, field, isUnseen, wordOf } from "./columns";
import {
  EARLIER_PLACES,
  EARLIER_PLACES_LENGTH,
  EARLIER_TIMES,
  FLOW_KEEPALIVE_AT,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
} from "./layout";

/** Numbers of a flow: how many times there are, and time and segment of each. */
const NUMBERS: i32 = 1 + 2 * EARLIER_PER_FLOW;
/** Bytes of a time and its segment. */
const TIME: usize = 16;

/** The flow can go on in another segment: it did before, so that there is room for what was last. @param flow its line */
export function mayEnter(block: usize, row: i32, flow: usize): bool {
  // Of a host that speaks with itself the host knows what comes first.
  return placeOf(block, row) > 0 && load<i32>(flow, FLOW_REVERSE) !== row;
}

/** `FlowLines.enterSegment` (ike/flow-lines.ts), where `mayEnter` says so. */
export function enterSegment(block: usize, row: i32, flow: usize, segment: u32): void {
  if (!isUnseen(flow + FLOW_LAST_AT)) keepLast(block, row, flow);
  store<u32>(flow, segment, FLOW_SEGMENT);
  store<f64>(flow, NaN, FLOW_LAST_AT);
  store<f64>(flow, NaN, FLOW_KEEPALIVE_AT);
}

/** Beyond the bound the oldest goes. */
function keepLast(block: usize, row: i32, flow: usize): void {
  const numbers = doubleOf(block, EARLIER_TIMES, (placeOf(block, row) - 1) * NUMBERS);
  const times = numbers + sizeof<f64>();
  let count = <usize>load<f64>(numbers);
  if (count === <usize>EARLIER_PER_FLOW) {
    count -= 1;
    memory.copy(times, times + TIME, count * TIME);
  }
  store<f64>(times + count * TIME, load<f64>(flow, FLOW_LAST_AT));
  store<f64>(times + count * TIME, <f64>load<u32>(flow, FLOW_SEGMENT), sizeof<f64>());
  store<f64>(numbers, <f64>(count + 1));
}

/** 0 where nothing is known of earlier segments. */
function placeOf(block: usize, row: i32): i32 {
  return row < <i32>field(block, EARLIER_PLACES_LENGTH) ? load<i32>(wordOf(block, EARLIER_PLACES, row)) : 0;
}
