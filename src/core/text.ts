/** Writes rows of a report: what TypeScript noted step by step (linear/row-text.ts) becomes text in bytes. */

import { sha1 } from "./hashes";
import {
  ADDRESS,
  BYTES,
  COOKIE,
  FLOW,
  HASH,
  HASHED,
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
const UDP: u32 = 17;

/**
 * @param from address of the first step
 * @param end address behind the last one
 * @param out where the text begins; TypeScript has seen to it that there is room
 * @returns address behind it
 */
export function write(from: usize, end: usize, out: usize): usize {
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
        to = communityId(first, load<u32>(at, 8), load<u32>(at, 12), to);
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

/** As report/community-id.ts has it, with the seed 0. @param ports that of the first address above that of the second */
export function communityId(one: u32, other: u32, ports: u32, to: usize): usize {
  const onePort = ports >> 16;
  const otherPort = ports & 0xffff;
  const isInOrder = one < other || (one === other && onePort <= otherPort);
  store<u16>(HASHED, 0);
  store<u32>(HASHED, bswap(isInOrder ? one : other), 2);
  store<u32>(HASHED, bswap(isInOrder ? other : one), 6);
  store<u32>(HASHED, bswap((UDP << 24) | (isInOrder ? onePort : otherPort)), 10);
  store<u16>(HASHED, bswap<u16>(<u16>(isInOrder ? otherPort : onePort)), 14);
  sha1(16);
  // One more byte, for the last three.
  store<u8>(HASH, 0, 20);
  put(QUOTE, to);
  put(ZERO + 1, to + 1);
  // A colon.
  put(0x3a, to + 2);
  let at = to + 3;
  for (let i: usize = 0; i < 21; i += 3) {
    const three = bswap(load<u32>(<usize>HASH + i)) >> 8;
    put(base64(three >> 18), at);
    put(base64((three >> 12) & 63), at + 1);
    put(base64((three >> 6) & 63), at + 2);
    put(base64(three & 63), at + 3);
    at += 4;
  }
  // An equals sign: the last byte was none.
  put(0x3d, at - 1);
  return put(QUOTE, at);
}

/** RFC 4648 4: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", four characters a word. */
const BASE64 = memory.data<u32>([
  0x44434241, 0x48474645, 0x4c4b4a49, 0x504f4e4d, 0x54535251, 0x58575655, 0x62615a59, 0x66656463, 0x6a696867,
  0x6e6d6c6b, 0x7271706f, 0x76757473, 0x7a797877, 0x33323130, 0x37363534, 0x2f2b3938,
]);

function base64(value: u32): u32 {
  return load<u8>(BASE64 + value);
}
