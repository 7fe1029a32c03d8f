/** When hosts sent something: `ActivityTable.sent` (ike/activity.ts). */

import { MICROS, SECONDS } from "./bounds";
import { field, wordOf } from "./columns";
import {
  FREE,
  MOST_PLACES,
  PLACE_ROOM,
  PLACE_SECONDS,
  PLACE_SEGMENTS,
  PLACE_STATE,
  PLACES,
  PLACES_FREE,
  PLACES_LENGTH,
  SECOND_BYTES,
  SECOND_FIRST,
  SECOND_LAST,
  USED,
} from "./layout";

/** A packet of the host can be noted: it is followed, or may be from now on, or no more hosts are. */
export function mayFollow(block: usize, host: i32): bool {
  return placeOf(block, host) >= 0 || (BEGINS_FLOWS && hasPlaceFor(block, host));
}

/** There is a place for the host, or all are taken. */
function hasPlaceFor(block: usize, host: i32): bool {
  const state = <usize>field(block, PLACE_STATE);
  const used = load<i32>(state, USED);
  if (load<i32>(state, FREE) === 0 && used >= <i32>field(block, MOST_PLACES)) return true;
  if (host >= <i32>field(block, PLACES_LENGTH)) return false;
  return load<i32>(state, FREE) > 0 || used < <i32>field(block, PLACE_ROOM);
}

/** The host sent a packet. @param at clock microseconds */
export function follow(block: usize, host: i32, segment: u32, at: f64): void {
  let place = placeOf(block, host);
  if (BEGINS_FLOWS && place < 0) place = newPlace(block, host);
  if (BEGINS_FLOWS && place < 0) return;
  const seconds = <usize>field(block, PLACE_SECONDS) + <usize>(place * SECONDS) * SECOND_BYTES;
  // A flow that was seen before in the segment has told of it.
  if (BEGINS_FLOWS) enterSegment(wordOf(block, PLACE_SEGMENTS, place), segment, seconds);
  const number = Math.floor(at / <f64>MICROS);
  const second = seconds + <usize>(<i32>(<i64>number) & (SECONDS - 1)) * SECOND_BYTES;
  if (!isIn(load<f64>(second, SECOND_FIRST), number)) store<f64>(second, at, SECOND_FIRST);
  store<f64>(second, at, SECOND_LAST);
}

/** The time is in that second, not in one of a minute before; NaN is in none. */
function isIn(at: f64, second: f64): bool {
  return at >= second * <f64>MICROS && at < (second + 1) * <f64>MICROS;
}

function placeOf(block: usize, host: i32): i32 {
  return host < <i32>field(block, PLACES_LENGTH) ? load<i32>(wordOf(block, PLACES, host)) - 1 : -1;
}

/** A place of its own, the one that was given up last, or a new one; -1 where all are taken. */
function newPlace(block: usize, host: i32): i32 {
  const state = <usize>field(block, PLACE_STATE);
  const free = load<i32>(state, FREE);
  let place = load<i32>(state, USED);
  if (free > 0) {
    place = load<i32>(wordOf(block, PLACES_FREE, free - 1));
    store<i32>(state, free - 1, FREE);
  } else {
    if (place >= <i32>field(block, MOST_PLACES)) return -1;
    store<i32>(state, place + 1, USED);
  }
  store<i32>(wordOf(block, PLACE_SEGMENTS, place), -1);
  store<i32>(wordOf(block, PLACES, host), place + 1);
  return place;
}

/** What the host sent before a step of the clock is forgotten. */
function enterSegment(segmentOfPlace: usize, segment: u32, seconds: usize): void {
  if (load<u32>(segmentOfPlace) === segment) return;
  store<u32>(segmentOfPlace, segment);
  for (let i = 0; i < SECONDS; i += 1) store<f64>(seconds + <usize>i * SECOND_BYTES, NaN, SECOND_FIRST);
}
