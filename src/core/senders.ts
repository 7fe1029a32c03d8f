/** Hosts as senders of messages: `HostTable.sent` (ike/hosts.ts) and `ActivityTable.sent` (ike/activity.ts). */

import { byteOf, wordOf } from "./columns";
import { signsOf } from "./hosts";
import { ESP_SIGN, HOST_SENT, HOST_WATCHED, SIGNS } from "./layout";
import { AT, ISAKMP, SEGMENT_OF, WAITING } from "./message-layout";
import { number, receiver, sender } from "./message-record";
import { follow, mayFollow } from "./places";
import { BEGAN_IN_SEGMENT, OTHER_SENT_AT, WAITING_ADDRESS } from "./sa-layout";

/** Of HOST_WATCHED: quick modes wait of which the host knows; quick modes that were begun here. */
const BY_HOST: u32 = 1;
const HERE: u32 = 2;

/** What the sender did may be noted here. */
export function maySend(tables: usize, record: usize): bool {
  const host = <i32>sender(record);
  return <u32>load<u8>(byteOf(tables, HOST_WATCHED, host)) !== BY_HOST && mayFollow(tables, host);
}

/** Notes that the sender sent a message to the receiver. */
export function sent(tables: usize, block: usize, record: usize): void {
  const host = <i32>sender(record);
  store<u8>(byteOf(tables, HOST_SENT, host), 1);
  store<u8>(byteOf(block, ISAKMP, host), 1);
  store<u8>(byteOf(block, ISAKMP, <i32>receiver(record)), 1);
  const at = number(record, AT);
  follow(tables, host, load<u32>(record, SEGMENT_OF << 2), at);
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
export function mayHearEsp(tables: usize, record: usize): bool {
  const isSending = (signsOf(tables, receiver(record)) & ESP_SIGN) !== 0;
  return isSending && (signsOf(tables, sender(record)) & SIGNS) !== 0;
}

/** There may be flows of ESP or keepalives between both. */
export function mayHaveFlows(tables: usize, record: usize): bool {
  return (signsOf(tables, receiver(record)) & signsOf(tables, sender(record)) & SIGNS) !== 0;
}
