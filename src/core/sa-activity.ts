/** What is remembered of the messages of an IKE SA, as in `IkeSa` (ike/sa.ts), of whole messages of packets. */

import { isUnseen } from "./columns";
import { AT, FULL, PREFIX, SEGMENT_OF, SENT_BY } from "./message-layout";
import { exchangeType, isEncrypted, isPhase1, messageId, number } from "./message-record";
import {
  DISTINCT,
  FIRST_FROM_AT,
  LAST_FRESH_AT,
  LAST_FROM_AT,
  LAST_FROM_SEGMENT,
  LAST_ID,
  LAST_KIND,
  LAST_LIFE_AT,
  LAST_MESSAGE_AT,
  RECENT_CUT,
  RECENT_FULL,
  RECENT_MESSAGES,
  RECENT_PREFIX,
  RECENT_SIDES,
  SOURCES,
} from "./sa-layout";

/** A gateway's clear copy comes so soon, microseconds. */
const TWIN_WITHIN: f64 = 10_000;

/** `IkeSa.twinOfLast`, without noting anything. */
export function isTwin(sa: usize, record: usize, message: usize): bool {
  const side = sideOf(record);
  if ((load<u32>(sa + (side << 2), LAST_KIND) ^ kindOf(message)) !== 1) return false;
  if (load<u32>(sa + (side << 2), LAST_ID) !== messageId(message)) return false;
  if (isPhase1(message) && isEncrypted(message)) return false;
  return number(record, AT) - load<f64>(sa + (side << 3), LAST_MESSAGE_AT) <= TWIN_WITHIN;
}

/** The message is the last one of its side from now on. */
export function noteLast(sa: usize, record: usize, message: usize): void {
  const side = sideOf(record);
  store<u32>(sa + (side << 2), kindOf(message), LAST_KIND);
  store<u32>(sa + (side << 2), messageId(message), LAST_ID);
  store<f64>(sa + (side << 3), number(record, AT), LAST_MESSAGE_AT);
}

/** `IkeSa.repeats`, without noting anything. */
export function repeats(sa: usize, record: usize): bool {
  const distinct = load<u32>(sa, DISTINCT);
  const prefix = low(record, PREFIX);
  for (let i: u32 = 0; i < min(distinct, RECENT_MESSAGES); i += 1) {
    if (load<u32>(sa + (i << 2), RECENT_PREFIX) !== prefix) continue;
    const isSame =
      ((<u32>load<u8>(sa, RECENT_CUT) >> i) & 1) === 0
        ? load<u32>(sa + (i << 2), RECENT_FULL) === low(record, FULL)
        : ((<u32>load<u8>(sa, RECENT_SIDES) >> i) & 1) === <u32>sideOf(record);
    if (isSame) return true;
  }
  return false;
}

/** Remembers a message that is not one of the latest again. */
export function remember(sa: usize, record: usize): void {
  const distinct = load<u32>(sa, DISTINCT);
  const place = distinct % RECENT_MESSAGES;
  store<u32>(sa, distinct + 1, DISTINCT);
  store<u32>(sa + (place << 2), low(record, PREFIX), RECENT_PREFIX);
  store<u32>(sa + (place << 2), low(record, FULL), RECENT_FULL);
  const bit: u32 = 1 << place;
  const others = <u32>load<u8>(sa, RECENT_SIDES) & ~bit;
  store<u8>(sa, others | ((<u32>sideOf(record)) << place), RECENT_SIDES);
  store<u8>(sa, <u32>load<u8>(sa, RECENT_CUT) & ~bit, RECENT_CUT);
}

/** `IkeSa.noteActivity`, in the segment of the clock that the SA's last sign of life is of. */
export function noteActivity(sa: usize, record: usize, sourceBit: u32): void {
  const at = number(record, AT);
  const segment = load<u32>(record, SEGMENT_OF << 2);
  if (at > load<f64>(sa, LAST_LIFE_AT)) store<f64>(sa, at, LAST_LIFE_AT);
  if (at > load<f64>(sa, LAST_FRESH_AT)) store<f64>(sa, at, LAST_FRESH_AT);
  const side = sideOf(record);
  const times = sa + (side << 3);
  const words = sa + (side << 2);
  const isOlder = load<u32>(words, LAST_FROM_SEGMENT) === segment && at <= load<f64>(times, LAST_FROM_AT);
  if (!isOlder) {
    store<f64>(times, at, LAST_FROM_AT);
    store<u32>(words, segment, LAST_FROM_SEGMENT);
  }
  if (isUnseen(times + FIRST_FROM_AT)) store<f64>(times, at, FIRST_FROM_AT);
  store<u32>(words, load<u32>(words, SOURCES) | sourceBit, SOURCES);
}

function sideOf(record: usize): usize {
  return <usize>number(record, SENT_BY);
}

/** Twice its exchange, one more where it is encrypted. */
function kindOf(message: usize): u32 {
  return exchangeType(message) * 2 + <u32>isEncrypted(message);
}

/** The lower 32 bits of a digest. */
function low(record: usize, index: usize): u32 {
  return <u32>(<u64>number(record, index));
}
