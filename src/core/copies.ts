/** The copy filter: `CopyFilter.see` (ike/copies.ts), where the rules and the reasons stand. */

import { field, NONE, wordOf } from "./columns";
import {
  AT,
  CAPTURE_POINT,
  CUT,
  EVICTED,
  FREE,
  FROM,
  FULL,
  FURTHER,
  FURTHER_OF,
  FURTHER_ROOM,
  FURTHER_STATE,
  IDENTIFICATION,
  MAX_ALIKE,
  MAX_POINTS,
  MAX_REMEMBERED,
  NEXT,
  OLDEST,
  OTHER_POINT_WINDOW,
  PREFIX,
  RECENT,
  RECENT_FACTORS,
  RECENT_HEADS,
  RECENT_MASK,
  RECENT_RING,
  RECENT_SAS,
  RECORD_SHIFT,
  REST,
  SAME_IDENTIFICATION_WINDOW,
  SAME_POINT_WINDOW,
  SEGMENT_OF,
  SIZE,
  TO,
  USED,
} from "./message-layout";
import { number } from "./message-record";

const RECORD: usize = 1 << RECORD_SHIFT;
/** Of the numbers of a place, which come first. */
const PLACE: usize = 4 << 3;
/** All room is taken: nothing was noted. */
export const NO_ROOM: i32 = -2;

/** Row of the datagram that the message is a copy of, or NONE. @param message a record of it */
export function copied(block: usize, message: usize): i32 {
  forget(block, message);
  const prefix = number(message, PREFIX);
  for (let row = head(block, prefix); row >= 0; row = next(recent(block, row))) {
    const known = recent(block, row);
    if (number(known, PREFIX) !== prefix) continue;
    const isCut = ((word(known, REST) | word(message, REST)) & CUT) !== 0;
    if (!isCut && number(known, FULL) !== number(message, FULL)) continue;
    if (!isReflected(known, message) && isCopy(block, known, message)) return row;
  }
  return NONE;
}

/** Notes where a copy of a datagram was seen. @returns false where all room is taken: nothing was noted */
export function noteCopy(block: usize, row: i32, message: usize): bool {
  const known = recent(block, row);
  let places = 1;
  if (isAt(known, message)) return true;
  for (let each = further(known); each >= 0; each = next(place(block, each))) {
    if (isAt(place(block, each), message)) return true;
    places += 1;
  }
  if (places >= MAX_POINTS) {
    add(ring(block, EVICTED), 1);
    return true;
  }
  const taken = freePlace(block);
  if (taken === NONE) return false;
  const added = place(block, taken);
  copy(added, message, PLACE);
  setWord(added, NEXT, word(known, FURTHER_OF));
  setWord(known, FURTHER_OF, taken + 1);
  return true;
}

/** Remembers a datagram of its own. @returns its row, NONE where there are too many, or NO_ROOM */
export function remembered(block: usize, message: usize): i32 {
  const prefix = number(message, PREFIX);
  let alike = 0;
  let last: usize = 0;
  for (let row = head(block, prefix); row >= 0; row = next(last)) {
    last = recent(block, row);
    alike += <i32>(number(last, PREFIX) === prefix);
  }
  const size = load<i32>(ring(block, SIZE));
  if (alike >= MAX_ALIKE || size >= MAX_REMEMBERED) {
    add(ring(block, EVICTED), 1);
    return NONE;
  }
  const mask = field(block, RECENT_MASK);
  if (<u32>size > mask) return NO_ROOM;
  const row = <i32>((load<u32>(ring(block, OLDEST)) + <u32>size) & mask);
  add(ring(block, SIZE), 1);
  copy(recent(block, row), message, RECORD);
  store<u32>(wordOf(block, RECENT_SAS, row), 0);
  // Behind the others of its list.
  if (last === 0) store<i32>(headOf(block, prefix), row + 1);
  else setWord(last, NEXT, row + 1);
  return row;
}

/** Drops what can no longer be echoed. */
function forget(block: usize, message: usize): void {
  const at = number(message, AT);
  const segment = word(message, SEGMENT_OF);
  const oldest = ring(block, OLDEST);
  const mask = field(block, RECENT_MASK);
  for (let left = load<i32>(ring(block, SIZE)); left > 0; left -= 1) {
    const known = recent(block, load<i32>(oldest));
    const age = at - number(known, AT);
    if (word(known, SEGMENT_OF) === segment && age < <f64>SAME_IDENTIFICATION_WINDOW) return;
    giveBack(block, further(known));
    store<i32>(headOf(block, number(known, PREFIX)), word(known, NEXT));
    store<i32>(oldest, (load<i32>(oldest) + 1) & <i32>mask);
    add(ring(block, SIZE), -1);
  }
}

/** The same bytes going back to where they came from. */
function isReflected(known: usize, message: usize): bool {
  return number(known, FROM) === number(message, TO) && number(known, TO) === number(message, FROM);
}

function isCopy(block: usize, known: usize, message: usize): bool {
  const at = number(message, AT);
  const since = at - number(known, AT);
  const identification = word(known, REST) & IDENTIFICATION;
  if (identification !== 0 && identification === (word(message, REST) & IDENTIFICATION)) {
    return since < <f64>SAME_IDENTIFICATION_WINDOW;
  }
  if (isAt(known, message)) return since < <f64>SAME_POINT_WINDOW;
  for (let each = further(known); each >= 0; each = next(place(block, each))) {
    const seen = place(block, each);
    if (isAt(seen, message)) return at - number(seen, AT) < <f64>SAME_POINT_WINDOW;
  }
  return since < <f64>OTHER_POINT_WINDOW;
}

function isAt(seen: usize, message: usize): bool {
  return (
    number(seen, FROM) === number(message, FROM) &&
    number(seen, TO) === number(message, TO) &&
    number(seen, CAPTURE_POINT) === number(message, CAPTURE_POINT)
  );
}

/** Takes a row of the further places, or NONE. */
function freePlace(block: usize): i32 {
  const state = <usize>field(block, FURTHER_STATE);
  const free = load<i32>(state, FREE << 2) - 1;
  if (free >= 0) {
    store<i32>(state, word(place(block, free), NEXT), FREE << 2);
    return free;
  }
  const used = load<i32>(state, USED << 2);
  if (used >= <i32>field(block, FURTHER_ROOM)) return NONE;
  store<i32>(state, used + 1, USED << 2);
  return used;
}

function giveBack(block: usize, list: i32): void {
  const free = <usize>field(block, FURTHER_STATE) + (FREE << 2);
  for (let row = list; row >= 0; ) {
    const following = next(place(block, row));
    setWord(place(block, row), NEXT, load<i32>(free));
    store<i32>(free, row + 1);
    row = following;
  }
}

/** Row of the oldest datagram in the list of a beginning, or -1; and where that stands. */
function head(block: usize, prefix: f64): i32 {
  return load<i32>(headOf(block, prefix)) - 1;
}

function headOf(block: usize, prefix: f64): usize {
  const factors = <usize>field(block, RECENT_FACTORS);
  const bits = <u64>prefix;
  const sum =
    load<u32>(factors) +
    load<u32>(factors, 4) * (<u32>bits & 0xffff) +
    load<u32>(factors, 8) * (<u32>(bits >> 16) & 0xffff) +
    load<u32>(factors, 12) * (<u32>(bits >> 32) & 0xffff) +
    load<u32>(factors, 16) * <u32>(bits >> 48);
  return <usize>field(block, RECENT_HEADS) + ((<usize>((sum >> 16) & field(block, RECENT_MASK))) << 2);
}

function recent(block: usize, row: i32): usize {
  return <usize>field(block, RECENT) + ((<usize>row) << RECORD_SHIFT);
}

function place(block: usize, row: i32): usize {
  return <usize>field(block, FURTHER) + ((<usize>row) << RECORD_SHIFT);
}

function ring(block: usize, index: usize): usize {
  return <usize>field(block, RECENT_RING) + (index << 2);
}

function word(record: usize, index: usize): i32 {
  return load<i32>(record + (index << 2));
}

function setWord(record: usize, index: usize, value: i32): void {
  store<i32>(record + (index << 2), value);
}

/** The next of a list, and the first further place of a datagram; -1 for none. */
function next(record: usize): i32 {
  return word(record, NEXT) - 1;
}

function further(record: usize): i32 {
  return word(record, FURTHER_OF) - 1;
}

/** Copies so many bytes, in steps of 8. */
function copy(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) store<u64>(to + at, load<u64>(from + at));
}

function add(at: usize, more: i32): void {
  store<i32>(at, load<i32>(at) + more);
}
