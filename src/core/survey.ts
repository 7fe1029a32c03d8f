/** What every rule that goes over all IKE SAs asks of each, side by side: their rows lie far apart in memory. */

import { byteOf, doubleOf, isUnseen, wordOf } from "./columns";
import { hostOf, portOf } from "./message-record";
import {
  BEGAN_AT,
  BEGAN_IN_SEGMENT,
  COOKIES,
  CUT_OR_LOGGED,
  ELSEWHERE,
  ENDS,
  EXCHANGE_FLAGS,
  FIRST_AT,
  FIRST_SEGMENT,
  FOLLOWED_REPLY,
  LAST_LIFE_AT,
  LATEST_ADDRESS,
  LIFE_SEGMENT,
  MESSAGE_ID,
  OLDER_ADDRESS,
  PATH_BYTES,
  PATH_COUNT,
  PATH_ROOM,
  PATHS_INSIDE,
  PHASE1_FINISHED_AT,
  PHASE1_SEEN,
  RARE,
  SA_FLAGS,
  STARTED_BY_SIDE_1,
  TOLD_ADDRESS,
  VENDOR_LIST,
} from "./sa-layout";
import {
  BEGAN_ATS,
  BEGAN_SEGMENTS,
  BITS,
  BOTH_PORTS,
  FIRST_HOSTS,
  FIRST_VENDOR_LISTS,
  HAS_MORE_PATHS,
  HAS_PHASE_1,
  HAS_RARE_QUICK_MODE,
  IS_ANSWERED,
  IS_MOVED,
  IS_PLAIN,
  LAST_ATS,
  MESSAGE_IDS,
  PORT_BITS,
  QUICK_MODES_AT,
  SA_ROWS,
  SECOND_HOSTS,
  SECOND_VENDOR_LISTS,
} from "./survey-layout";

/**
 * Surveys so many IKE SAs.
 * @param block of the columns (survey-layout.ts)
 * @param segment the latest one of the clock, which plain ones are of
 */
export function survey(block: usize, count: i32, segment: u32): void {
  for (let index = 0; index < count; index += 1) {
    const sa = <usize>load<u32>(wordOf(block, SA_ROWS, index));
    if (sa !== 0) take(block, index, sa, segment);
  }
}

/**
 * How many quick modes IKE SAs have that were begun here, and all of them.
 * @param rows words: where the row of each lies; 0 for one that is not to be counted
 */
export function quickModeCount(rows: usize, count: i32): i32 {
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    const sa = <usize>load<u32>(rows + ((<usize>index) << 2));
    if (sa !== 0) sum += quickModesOf(sa);
  }
  return sum;
}

function quickModesOf(sa: usize): i32 {
  let count = 0;
  for (let at = load<u32>(sa, LATEST_ADDRESS); at !== 0; at = load<u32>(<usize>at, OLDER_ADDRESS)) count += 1;
  return count;
}

function take(block: usize, index: i32, sa: usize, segment: u32): void {
  const first = load<f64>(sa, PATH_ROOM + ENDS);
  const second = load<f64>(sa, PATH_ROOM + ENDS + 8);
  store<u32>(wordOf(block, FIRST_HOSTS, index), hostOf(first));
  store<u32>(wordOf(block, SECOND_HOSTS, index), hostOf(second));
  store<u32>(wordOf(block, BOTH_PORTS, index), portOf(first) | (portOf(second) << PORT_BITS));
  store<f64>(doubleOf(block, BEGAN_ATS, index), load<f64>(sa, FIRST_AT));
  store<u32>(wordOf(block, BEGAN_SEGMENTS, index), load<u32>(sa, FIRST_SEGMENT));
  store<u32>(wordOf(block, FIRST_VENDOR_LISTS, index), load<u32>(sa, VENDOR_LIST));
  store<u32>(wordOf(block, SECOND_VENDOR_LISTS, index), load<u32>(sa, VENDOR_LIST + 4));
  let bits: u32 = pathBits(sa);
  if ((load<u8>(sa, SA_FLAGS) & PHASE1_SEEN) !== 0) bits |= HAS_PHASE_1;
  if (load<u64>(sa, COOKIES + 8) !== 0) bits |= IS_ANSWERED;
  const quickMode = onlyQuickMode(sa);
  if (quickMode !== 0 && isPlain(sa, quickMode, segment)) {
    bits |= IS_PLAIN;
    if ((load<u8>(quickMode, EXCHANGE_FLAGS) & RARE) !== 0) bits |= HAS_RARE_QUICK_MODE;
    store<u32>(wordOf(block, MESSAGE_IDS, index), load<u32>(quickMode, MESSAGE_ID));
    store<f64>(doubleOf(block, QUICK_MODES_AT, index), load<f64>(quickMode, BEGAN_AT));
    store<f64>(doubleOf(block, LAST_ATS, index), load<f64>(sa, LAST_LIFE_AT));
  }
  store<u8>(byteOf(block, BITS, index), <u8>bits);
}

function pathBits(sa: usize): u32 {
  const count = load<u8>(sa, PATH_COUNT);
  if (count > <u8>PATHS_INSIDE) return HAS_MORE_PATHS;
  if (count < 2) return 0;
  return isAtOneHost(sa, ENDS) && isAtOneHost(sa, ENDS + 8) ? 0 : IS_MOVED;
}

function isAtOneHost(sa: usize, end: usize): bool {
  const first = sa + PATH_ROOM + end;
  return hostOf(load<f64>(first)) === hostOf(load<f64>(first + PATH_BYTES));
}

/** 0 where there is none, or are several, or it lies elsewhere. */
function onlyQuickMode(sa: usize): usize {
  const latest = load<u32>(sa, LATEST_ADDRESS);
  if (latest === 0 || latest === <u32>ELSEWHERE) return 0;
  return load<u32>(<usize>latest, OLDER_ADDRESS) === 0 ? <usize>latest : 0;
}

/** See `PlainSas` (judgement/plain.ts). */
function isPlain(sa: usize, quickMode: usize, segment: u32): bool {
  const known = load<u8>(quickMode, EXCHANGE_FLAGS);
  if ((known & FOLLOWED_REPLY) === 0 || (known & STARTED_BY_SIDE_1) !== 0) return false;
  if ((load<u8>(sa, SA_FLAGS) & (CUT_OR_LOGGED | RARE)) !== 0 || load<u32>(sa, TOLD_ADDRESS) !== 0)
    return false;
  if (isUnseen(sa + PHASE1_FINISHED_AT + 8)) return false;
  const isOneClock =
    load<u32>(quickMode, BEGAN_IN_SEGMENT) === segment &&
    load<u32>(sa, FIRST_SEGMENT) === segment &&
    load<u32>(sa, LIFE_SEGMENT) === segment;
  return isOneClock && load<f64>(quickMode, BEGAN_AT) < load<f64>(sa, LAST_LIFE_AT);
}
