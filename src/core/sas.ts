/** IKE SAs: found by their cookies and begun as in `SaTable` (ike/sa-table.ts), which makes objects of them by the notes. */

import { field, wordOf } from "./columns";
import {
  AT,
  CHUNK,
  COUNTS,
  CREATED,
  END,
  FREE_COUNT,
  FREE_ROWS,
  HELD,
  LENGTH,
  MAX_HELD,
  MAX_NOTES,
  MAX_PARTS,
  NOTE_ADDRESS,
  NOTE_HOST,
  NOTE_KEY,
  NOTE_KIND,
  NOTE_WORDS,
  NOTED,
  NOTES,
  PARTS,
  SA_ADDRESSES,
  SA_BEGUN,
  SA_NAMED,
  SA_POOL,
  SAS,
  SEGMENT_OF,
} from "./message-layout";
import { cookie, isOpening, number } from "./message-record";
import {
  COOKIES,
  FIRST_AT,
  FIRST_SEGMENT,
  LAST_FRESH_AT,
  LAST_LIFE_AT,
  LIFE_SEGMENT,
  NUMBER,
  PHASE1_SEEN,
  SA_BYTES,
  SA_FLAGS,
  SA_NUMBERS,
} from "./sa-layout";
import { entered, hasRoom, rowOf } from "./word-table";

/** Notes and parts that one message makes at most: an IKE SA or another key, a path, a quick mode. */
const MOST: i32 = 2;

/** There is room for whatever the message begins. */
export function hasRoomForAll(block: usize): bool {
  if (count(block, NOTED) + MOST > MAX_NOTES) return false;
  return count(block, PARTS) + MOST <= <i32>field(block, MAX_PARTS);
}

/** There is room for one more IKE SA. */
export function mayBegin(block: usize): bool {
  if (count(block, HELD) >= <i32>field(block, MAX_HELD) || !mayName(block)) return false;
  return hasRow(block + SA_POOL, SA_BYTES);
}

/** There is room for one more key. */
export function mayName(block: usize): bool {
  return hasRoom(block + SAS, 1);
}

/** Row of the key of a message's IKE SA, or -1. */
export function keyOf(block: usize, message: usize): i32 {
  return rowOf(block + SAS, cookie(message, 0), cookie(message, 1), cookie(message, 2), cookie(message, 3));
}

/** The same of the half-open IKE SA that the message's initiator began. */
export function openingKeyOf(block: usize, message: usize): i32 {
  return rowOf(block + SAS, cookie(message, 0), cookie(message, 1), 0, 0);
}

/** The row of an IKE SA, or 0 where it lies elsewhere. */
export function saOf(block: usize, key: i32): usize {
  return <usize>load<u32>(wordOf(block, SA_ADDRESSES, key));
}

export function isAnswered(sa: usize): bool {
  return load<u64>(sa, COOKIES + 8) !== 0;
}

/** Begins the IKE SA of a message, for which there is room. @returns the row of its key */
export function beginSa(block: usize, message: usize, record: usize): i32 {
  const sa = newRow(block + SA_POOL, SA_BYTES, SA_NUMBERS);
  store<u32>(sa, count(block, CREATED), NUMBER);
  setCookies(sa, message);
  const at = number(record, AT);
  const segment = load<u32>(record, SEGMENT_OF << 2);
  store<f64>(sa, at, FIRST_AT);
  store<f64>(sa, at, LAST_LIFE_AT);
  store<f64>(sa, at, LAST_FRESH_AT);
  store<u32>(sa, segment, FIRST_SEGMENT);
  store<u32>(sa, segment, LIFE_SEGMENT);
  if (isOpening(message)) store<u8>(sa, PHASE1_SEEN, SA_FLAGS);
  add(block, CREATED);
  add(block, HELD);
  const key = enter(block, message);
  store<u32>(wordOf(block, SA_ADDRESSES, key), <u32>sa);
  note(block, SA_BEGUN, key, <u32>sa, 0);
  return key;
}

/** The responder has answered: the half-open IKE SA stands under both cookies as well. */
export function answer(block: usize, openingKey: i32, message: usize): i32 {
  const sa = saOf(block, openingKey);
  setCookies(sa, message);
  const key = enter(block, message);
  store<u32>(wordOf(block, SA_ADDRESSES, key), <u32>sa);
  note(block, SA_NAMED, key, <u32>openingKey, 0);
  return key;
}

/** Leaves a note for the host, for which there is room. */
export function note(block: usize, kind: u32, key: i32, address: u32, host: u32): void {
  const noted = wordOf(block, NOTES, count(block, NOTED) * NOTE_WORDS);
  store<u32>(noted, kind, NOTE_KIND << 2);
  store<u32>(noted, <u32>key, NOTE_KEY << 2);
  store<u32>(noted, address, NOTE_ADDRESS << 2);
  store<u32>(noted, host, NOTE_HOST << 2);
  add(block, NOTED);
}

/** One more part of an IKE SA. */
export function addPart(block: usize): void {
  add(block, PARTS);
}

/** The pool has room for one more row. @param pool its part of the block */
export function hasRow(pool: usize, bytes: u32): bool {
  return hasRows(pool, bytes, 1);
}

/** The pool has room for so many more. */
export function hasRows(pool: usize, bytes: u32, count: u32): bool {
  const end = <usize>field(pool, END);
  // Those that were given back are taken first.
  const ahead = count - min(count, load<u32>(end, FREE_COUNT));
  return ahead === 0 || load<u32>(end) + ahead * (bytes >> 3) <= field(pool, LENGTH);
}

/** A row of which nothing is known. */
export function newRow(pool: usize, bytes: u32, numbers: u32): usize {
  const row = placeFor(pool, bytes);
  let at: usize = 0;
  for (; at < <usize>(numbers << 3); at += 8) store<f64>(row + at, NaN);
  for (; at < <usize>bytes; at += 8) store<u64>(row + at, 0);
  return row;
}

/** One that was given back, or else one that was never taken. */
function placeFor(pool: usize, bytes: u32): usize {
  const end = <usize>field(pool, END);
  const free = load<i32>(end, FREE_COUNT);
  if (free > 0) {
    store<i32>(end, free - 1, FREE_COUNT);
    return <usize>load<u32>(wordOf(pool, FREE_ROWS, free - 1));
  }
  const begin = load<u32>(end);
  store<u32>(end, begin + (bytes >> 3));
  return <usize>field(pool, CHUNK) + ((<usize>begin) << 3);
}

function enter(block: usize, message: usize): i32 {
  return entered(block + SAS, cookie(message, 0), cookie(message, 1), cookie(message, 2), cookie(message, 3));
}

function setCookies(sa: usize, message: usize): void {
  for (let i: usize = 0; i < 4; i += 1) store<u32>(sa + (i << 2), cookie(message, i), COOKIES);
}

function count(block: usize, index: i32): i32 {
  return load<i32>(wordOf(block, COUNTS, index));
}

function add(block: usize, index: i32): void {
  const at = wordOf(block, COUNTS, index);
  store<i32>(at, load<i32>(at) + 1);
}
