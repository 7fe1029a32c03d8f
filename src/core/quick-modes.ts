/** Quick modes, plain ones, as `QuickModes` (ike/quick-modes.ts) takes them. */

import { mayAnnex } from "./annexes";
import { noteBefore } from "./before";
import { field, isUnseen } from "./columns";
import { UNWATCHED } from "./layout";
import {
  AT,
  EXCHANGE_BEGUN,
  EXCHANGE_POOL,
  FRAME,
  FROM,
  FULL,
  KEY,
  MARKER,
  NOTE_NAT_TRAVERSAL,
  NOTE_PORT_SHIFT,
  PREFIX,
  SEGMENT_OF,
  SENT_BY,
  SOURCE,
  STATED_LENGTH,
  TO,
  WRITTEN_MICROS,
  WRITTEN_NANOS,
} from "./message-layout";
import { messageId, number, portOf, receiver } from "./message-record";
import {
  BEGAN_AT,
  BEGAN_IN_SEGMENT,
  ELSEWHERE,
  EXCHANGE_BYTES,
  EXCHANGE_FLAGS,
  EXCHANGE_NUMBERS,
  FIRST_CUT,
  FIRST_DIGEST,
  FIRST_FRAME_NUMBER,
  FIRST_LENGTH,
  FIRST_MICROS,
  FIRST_NANOS,
  FIRST_PREFIX,
  FIRST_SOURCE,
  FOLLOWED_AT,
  FOLLOWED_LENGTH,
  FOLLOWED_REPLY,
  FOLLOWED_SHORTER,
  LATEST_ADDRESS,
  MESSAGE_ID,
  OLDER_ADDRESS,
  REPLY_AT,
  REPLY_LENGTH,
  STARTED_BY_SIDE_1,
  STARTED_FROM,
} from "./sa-layout";
import { addPart, hasRow, newRow, note } from "./sas";
import { mayHaveFlows, watch } from "./senders";

/** There is none with this ID; the host has to look for it. */
export const NEW: usize = 0;
export const UNKNOWN: usize = 1;
/** So many are looked through; clients that count rarely make more. */
const MOST: i32 = 16;

/** The row of the quick mode with an ID in an IKE SA, or one of the two above. */
export function quickModeOf(sa: usize, id: u32): usize {
  let address = load<u32>(sa, LATEST_ADDRESS);
  for (let i = 0; i < MOST; i += 1) {
    if (address === 0) return NEW;
    if (address === <u32>ELSEWHERE) return UNKNOWN;
    if (load<u32>(<usize>address, MESSAGE_ID) === id) return <usize>address;
    address = load<u32>(<usize>address, OLDER_ADDRESS);
  }
  return UNKNOWN;
}

/** All quick modes of an IKE SA are found, and they are not too many. */
export function areFound(sa: usize): bool {
  // ID 0 is that of no quick mode (RFC 2409 5.5).
  return quickModeOf(sa, 0) === NEW;
}

export function mayBeginQuickMode(tables: usize, block: usize, record: usize): bool {
  if (!hasRow(block + EXCHANGE_POOL, EXCHANGE_BYTES)) return false;
  return mayAnnex(block, 1) || !mayHaveFlows(tables, record);
}

/** The message is the first one of the quick mode again, as far as the capture shows. */
export function isFirstAgain(exchange: usize, record: usize): bool {
  if (!isStartedBy(exchange, record) || number(record, PREFIX) !== load<f64>(exchange, FIRST_PREFIX))
    return false;
  const isCut = (flags(exchange) & FIRST_CUT) !== 0;
  return isCut || number(record, FULL) === load<f64>(exchange, FIRST_DIGEST);
}

/** Another message of a quick mode: an answer, or what the starter sends after it. */
export function goOn(exchange: usize, record: usize): void {
  const at = number(record, AT);
  const length = number(record, STATED_LENGTH);
  if (!isStartedBy(exchange, record)) {
    if (!isUnseen(exchange + REPLY_AT)) return;
    store<f64>(exchange, at, REPLY_AT);
    store<f64>(exchange, length, REPLY_LENGTH);
    return;
  }
  let known = flags(exchange);
  if (!isUnseen(exchange + REPLY_AT)) known |= FOLLOWED_REPLY;
  if (length < <f64>load<u32>(exchange, FIRST_LENGTH)) known |= FOLLOWED_SHORTER;
  store<u8>(exchange, known, EXCHANGE_FLAGS);
  if (isUnseen(exchange + FOLLOWED_AT)) store<f64>(exchange, at, FOLLOWED_AT);
  if (isUnseen(exchange + FOLLOWED_LENGTH)) store<f64>(exchange, length, FOLLOWED_LENGTH);
}

/** Begins the quick mode of a message in an IKE SA. There is room for it. */
export function beginQuickMode(tables: usize, block: usize, record: usize, message: usize, sa: usize): void {
  const exchange = newRow(block + EXCHANGE_POOL, EXCHANGE_BYTES, EXCHANGE_NUMBERS);
  store<f64>(exchange, number(record, FROM), STARTED_FROM);
  store<f64>(exchange, number(record, AT), BEGAN_AT);
  store<f64>(exchange, number(record, WRITTEN_MICROS), FIRST_MICROS);
  store<f64>(exchange, number(record, FRAME), FIRST_FRAME_NUMBER);
  store<f64>(exchange, number(record, FULL), FIRST_DIGEST);
  store<f64>(exchange, number(record, PREFIX), FIRST_PREFIX);
  store<u32>(exchange, messageId(message), MESSAGE_ID);
  store<u32>(exchange, load<u32>(record, SEGMENT_OF << 2), BEGAN_IN_SEGMENT);
  store<u32>(exchange, <u32>number(record, WRITTEN_NANOS), FIRST_NANOS);
  store<u32>(exchange, field(block, SOURCE), FIRST_SOURCE);
  store<u32>(exchange, <u32>number(record, STATED_LENGTH), FIRST_LENGTH);
  store<u8>(exchange, number(record, SENT_BY) === 1 ? STARTED_BY_SIDE_1 : 0, EXCHANGE_FLAGS);
  store<u32>(exchange, load<u32>(sa, LATEST_ADDRESS), OLDER_ADDRESS);
  store<u32>(sa, <u32>exchange, LATEST_ADDRESS);
  if (mayHaveFlows(tables, record)) noteBefore(tables, block, record, sa, exchange);
  addPart(block);
  watch(tables, block, <i32>receiver(record), exchange);
  const unwatched = <usize>field(tables, UNWATCHED);
  store<i32>(unwatched, load<i32>(unwatched) + 1);
  let kind: u32 = EXCHANGE_BEGUN | (portOf(number(record, TO)) << NOTE_PORT_SHIFT);
  if (number(record, MARKER) === 1) kind |= NOTE_NAT_TRAVERSAL;
  note(block, kind, <i32>number(record, KEY), <u32>exchange, receiver(record));
}

/** The message is of the side that began the quick mode. */
export function isStartedBy(exchange: usize, record: usize): bool {
  const starter: f64 = (flags(exchange) & STARTED_BY_SIDE_1) !== 0 ? 1 : 0;
  return number(record, SENT_BY) === starter;
}

function flags(exchange: usize): u32 {
  return <u32>load<u8>(exchange, EXCHANGE_FLAGS);
}
