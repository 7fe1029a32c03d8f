/** Hosts as senders of messages: `HostTable.sent` (ike/hosts.ts) and `ActivityTable.sent` (ike/activity.ts). */

import { MICROS, SECONDS } from "./bounds";
import { byteOf, field, wordOf } from "./columns";
import {
  HOST_WATCHED,
  PLACE_SECONDS,
  PLACES,
  PLACES_LENGTH,
  SECOND_BYTES,
  SECOND_FIRST,
  SECOND_LAST,
  SECOND_NUMBER,
} from "./layout";
import {
  AT,
  FOLLOWS_MORE,
  HAS_SENT,
  HOST_SIGNS,
  HOST_SIGNS_ROOM,
  ISAKMP,
  PLACE_SEGMENTS,
  SEGMENT_OF,
  WAITING,
} from "./message-layout";
import { number, receiver, sender } from "./message-record";
import { BEGAN_IN_SEGMENT, OTHER_SENT_AT, WAITING_ADDRESS } from "./sa-layout";

/** Of HOST_WATCHED: quick modes wait of which the host knows; quick modes that were begun here. */
const BY_HOST: u32 = 1;
const HERE: u32 = 2;
const NOT_FOLLOWED: i32 = -1;
/** Of host-signs.ts. */
const SIGNS: u32 = 1;
const ESP: u32 = 2;

/** What the sender did may be noted here. */
export function maySend(tables: usize, block: usize, record: usize): bool {
  const host = <i32>sender(record);
  if (<u32>load<u8>(byteOf(tables, HOST_WATCHED, host)) === BY_HOST) return false;
  const place = placeOf(tables, host);
  if (place === NOT_FOLLOWED) return field(block, FOLLOWS_MORE) === 0;
  return load<u32>(wordOf(block, PLACE_SEGMENTS, place)) === load<u32>(record, SEGMENT_OF << 2);
}

/** Notes that the sender sent a message to the receiver. */
export function sent(tables: usize, block: usize, record: usize): void {
  const host = <i32>sender(record);
  store<u8>(byteOf(block, HAS_SENT, host), 1);
  store<u8>(byteOf(block, ISAKMP, host), 1);
  store<u8>(byteOf(block, ISAKMP, <i32>receiver(record)), 1);
  const at = number(record, AT);
  const place = placeOf(tables, host);
  if (place !== NOT_FOLLOWED) noteSecond(tables, place, at);
  const watched = byteOf(tables, HOST_WATCHED, host);
  if (load<u8>(watched) === 0) return;
  store<u8>(watched, 0);
  tellWaiting(block, host, at, load<u32>(record, SEGMENT_OF << 2));
}

/** A quick mode that was begun waits for the host's next packet. @param exchange its row */
export function watch(tables: usize, block: usize, host: i32, exchange: usize): void {
  const watched = byteOf(tables, HOST_WATCHED, host);
  // The host notes it with the others.
  if (<u32>load<u8>(watched) === BY_HOST) return;
  store<u8>(watched, HERE);
  const first = wordOf(block, WAITING, host);
  store<u32>(exchange, load<u32>(first), WAITING_ADDRESS);
  store<u32>(first, <u32>exchange);
}

function tellWaiting(block: usize, host: i32, at: f64, segment: u32): void {
  const first = wordOf(block, WAITING, host);
  let exchange = <usize>load<u32>(first);
  store<u32>(first, 0);
  while (exchange !== 0) {
    const isLater = load<u32>(exchange, BEGAN_IN_SEGMENT) !== segment;
    store<f64>(exchange, isLater ? Infinity : at, OTHER_SENT_AT);
    exchange = <usize>load<u32>(exchange, WAITING_ADDRESS);
  }
}

/** ESP of the receiver may wait for a sign that the sender lives: `FlowTable.heardByIke`. */
export function mayHearEsp(block: usize, record: usize): bool {
  return (signs(block, receiver(record)) & ESP) !== 0 && (signs(block, sender(record)) & SIGNS) !== 0;
}

/** There may be flows of ESP or keepalives between both. */
export function mayHaveFlows(block: usize, record: usize): bool {
  return (signs(block, receiver(record)) & signs(block, sender(record)) & SIGNS) !== 0;
}

function signs(block: usize, host: u32): u32 {
  return host < field(block, HOST_SIGNS_ROOM) ? <u32>load<u8>(byteOf(block, HOST_SIGNS, <i32>host)) : 0;
}

function placeOf(tables: usize, host: i32): i32 {
  return host < <i32>field(tables, PLACES_LENGTH)
    ? load<i32>(wordOf(tables, PLACES, host)) - 1
    : NOT_FOLLOWED;
}

function noteSecond(tables: usize, place: i32, at: f64): void {
  const second = <i32>floor(at / MICROS);
  const index = <u32>place * SECONDS + (<u32>second & (SECONDS - 1));
  const noted = <usize>field(tables, PLACE_SECONDS) + <usize>(index * SECOND_BYTES);
  if (load<f64>(noted, SECOND_NUMBER) !== <f64>second) {
    store<f64>(noted, <f64>second, SECOND_NUMBER);
    store<f64>(noted, at, SECOND_FIRST);
  }
  store<f64>(noted, at, SECOND_LAST);
}
