/** Writes rows of a report: what TypeScript noted step by step (linear/row-text.ts) becomes text in bytes. */

import { finishFlows, noteFlow } from "./community-ids";
import {
  ADDRESS,
  BYTES,
  COOKIE,
  FLOW,
  HEX,
  MILLIONTHS,
  PIECE,
  SECOND_TEXT,
  TIME,
  WHOLE,
} from "./report-layout";

const QUOTE: u32 = 0x22;
const ZERO: u32 = 0x30;
const DOT: u32 = 0x2e;

/**
 * @param from address of the first step
 * @param end address behind the last one
 * @param out where the text begins; TypeScript has seen to it that there is room
 * @returns address behind it
 */
export function write(from: usize, end: usize, out: usize): usize {
  const to = written(from, end, out);
  finishFlows();
  return to;
}

function written(from: usize, end: usize, out: usize): usize {
  let at = from;
  let to = out;
  while (at < end) {
    const first = load<u32>(at, 4);
    switch (load<u32>(at)) {
      case PIECE:
        to = copied(first, load<u32>(at, 8), to);
        at += 12;
        break;
      case BYTES:
        to = copied(at + 8, first, to);
        at += 8 + ((first + 3) & ~3);
        break;
      case WHOLE:
        to = whole(first, to);
        at += 8;
        break;
      case MILLIONTHS:
        to = millionths(first, to);
        at += 8;
        break;
      case HEX:
        to = hex(first, to);
        at += 8;
        break;
      case TIME:
        to = time(first, load<u32>(at, 8), to);
        at += 12;
        break;
      case ADDRESS:
        to = address(first, to);
        at += 8;
        break;
      case FLOW:
        to = noteFlow(first, load<u32>(at, 8), load<u32>(at, 12), to);
        at += 16;
        break;
      case COOKIE:
        to = put(QUOTE, hexDigits(load<u32>(at, 8), hexDigits(first, put(QUOTE, to))));
        at += 12;
        break;
      default:
        return to;
    }
  }
  return to;
}

/** Eight bytes at a time: up to seven more are copied, and written over by what comes next. */
export function copied(from: usize, length: usize, to: usize): usize {
  for (let i: usize = 0; i < length; i += 8) store<u64>(to + i, load<u64>(from + i));
  return to + length;
}

function put(character: u32, to: usize): usize {
  store<u8>(to, <u8>character);
  return to + 1;
}

export function whole(number: u32, to: usize): usize {
  let digits: usize = 1;
  for (let left = number; left > 9; left /= 10) digits += 1;
  putDigits(number, digits, to);
  return to + digits;
}

function putDigits(number: u32, digits: usize, to: usize): void {
  let left = number;
  for (let i = digits; i > 0; i -= 1) {
    store<u8>(to + i - 1, <u8>(ZERO + (left % 10)));
    left /= 10;
  }
}

/** As JavaScript writes such a fraction, without zeros at its end. */
export function millionths(number: u32, to: usize): usize {
  if (number === 0 || number === 1_000_000) return put(number === 0 ? ZERO : ZERO + 1, to);
  put(ZERO, to);
  put(DOT, to + 1);
  putDigits(number, 6, to + 2);
  let end = to + 8;
  while (load<u8>(end - 1) === <u8>ZERO) end -= 1;
  return end;
}

export function hex(id: u32, to: usize): usize {
  put(QUOTE, to);
  put(ZERO, to + 1);
  // The letter x.
  put(0x78, to + 2);
  return put(QUOTE, hexDigits(id, to + 3));
}

/** Eight of them. */
function hexDigits(word: u32, to: usize): usize {
  for (let i: u32 = 0; i < 8; i += 1) {
    const digit = (word >> (28 - 4 * i)) & 15;
    put(digit < 10 ? ZERO + digit : 0x57 + digit, to + i);
  }
  return to + 8;
}

export function address(word: u32, to: usize): usize {
  let at = whole(word >> 24, put(QUOTE, to));
  for (let i: u32 = 1; i < 4; i += 1) at = whole((word >> (24 - 8 * i)) & 255, put(DOT, at));
  return put(QUOTE, at);
}

/** The second that stands at `SECOND_TEXT`; behind all that there are at first. */
let lastSecond: u64 = u64.MAX_VALUE;

/** ISO 8601, UTC. */
export function time(second: u32, micros: u32, to: usize): usize {
  if (second !== lastSecond) {
    putSecond(second);
    lastSecond = second;
  }
  const at = copied(SECOND_TEXT, 20, put(QUOTE, to));
  putDigits(micros, 6, at);
  // The letter Z.
  return put(QUOTE, put(0x5a, at + 6));
}

/** "2026-03-02T08:06:00." */
function putSecond(second: u32): void {
  // Years that begin in March have the day of a leap year at their end.
  const days = second / 86_400 + 719_468;
  const era = days / 146_097;
  const ofEra = days % 146_097;
  const yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
  const day = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const fromMarch = (5 * day + 2) / 153;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  putDigits(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4, SECOND_TEXT);
  putPart(0x2d, month, SECOND_TEXT + 4);
  putPart(0x2d, day - (153 * fromMarch + 2) / 5 + 1, SECOND_TEXT + 7);
  putPart(0x54, (second / 3_600) % 24, SECOND_TEXT + 10);
  putPart(0x3a, (second / 60) % 60, SECOND_TEXT + 13);
  putPart(0x3a, second % 60, SECOND_TEXT + 16);
  put(DOT, SECOND_TEXT + 19);
}

/** Two digits behind a character. */
function putPart(before: u32, number: u32, to: usize): void {
  put(before, to);
  putDigits(number, 2, to + 1);
}
