/** Encrypted Informationals of an IKE SA: `IkeSa.noteInformational` and `informational` (ike/exchange-rules.ts). */

import { annexed, mayAnnexAll } from "./annexes";
import { field, isUnseen } from "./columns";
import {
  AT,
  FRAME,
  KEY,
  SEGMENT_OF,
  SENT_BY,
  SOURCE,
  STATED_LENGTH,
  TOLD_BEGUN,
  TOLD_POOL,
  WRITTEN_MICROS,
  WRITTEN_NANOS,
} from "./message-layout";
import { number } from "./message-record";
import { isStartedBy } from "./quick-modes";
import {
  ANSWERED_INFORMATIONALS,
  BEGAN_AT,
  BEGAN_IN_SEGMENT,
  ELSEWHERE,
  INFORMATIONAL_AT,
  INFORMATIONAL_LENGTH,
  INFORMATIONAL_SIDE,
  LATEST_ADDRESS,
  OLDER_ADDRESS,
  OTHER_FRAME,
  OTHER_INFORMATIONAL_AT,
  OTHER_MICROS,
  OTHER_NANOS,
  OTHER_SOURCE,
  RETRANSMISSIONS,
  STARTER_INFORMATIONAL_AT,
  STARTER_LEFT_AT,
  TIMES_OF_SIDE,
  TOLD_ADDRESS,
  TOLD_BYTES,
  TOLD_COUNTS,
  TOLD_NUMBERS,
} from "./sa-layout";
import { hasRow, newRow, note } from "./sas";

/** A peer that does dead peer detection answers so soon, microseconds. */
const ANSWERED_WITHIN: f64 = 1_000_000;
/** See `isPrompt` in ike/exchange.ts. */
const PROMPT: f64 = 3_000_000;

/** There is room for its time, or for more of the kind, and for what it tells of quick modes, all of which are found. */
export function mayTell(block: usize, sa: usize): bool {
  const told = load<u32>(sa, TOLD_ADDRESS);
  const isRoom = told === 0 ? hasRow(block + TOLD_POOL, TOLD_BYTES) : told !== <u32>ELSEWHERE;
  return isRoom && mayAnnexAll(block, sa);
}

/** Notes a message of this kind, of whose IKE SA all quick modes are found. */
export function tell(block: usize, record: usize, sa: usize): void {
  noteTime(block, record, sa);
  noteAnswer(record, sa);
  tellFrom(block, record, <usize>load<u32>(sa, LATEST_ADDRESS));
}

/** Tells a quick mode and those before it, of which there are few; these first, so that annexes lie in their order. */
function tellFrom(block: usize, record: usize, exchange: usize): void {
  if (exchange === 0) return;
  tellFrom(block, record, <usize>load<u32>(exchange, OLDER_ADDRESS));
  const annex = annexed(block, exchange);
  if (isStartedBy(exchange, record)) noteLeft(exchange, annex, record);
  else noteOther(block, exchange, annex, record);
}

function noteTime(block: usize, record: usize, sa: usize): void {
  let told = <usize>load<u32>(sa, TOLD_ADDRESS);
  if (told === 0) {
    told = newRow(block + TOLD_POOL, TOLD_BYTES, TOLD_NUMBERS);
    store<u32>(sa, <u32>told, TOLD_ADDRESS);
    note(block, TOLD_BEGUN, <i32>number(record, KEY), <u32>told, 0);
  }
  const side = <u32>number(record, SENT_BY);
  const counted = told + (side << 2);
  const count = load<u32>(counted, TOLD_COUNTS);
  store<u32>(counted, count + 1, TOLD_COUNTS);
  const place = side * TIMES_OF_SIDE + (count % TIMES_OF_SIDE);
  store<f64>(told + (place << 3), number(record, AT));
}

/** Whether it answers the one before, which its length and its time tell (RFC 3706). */
function noteAnswer(record: usize, sa: usize): void {
  const side = <u32>number(record, SENT_BY);
  const length = <u32>number(record, STATED_LENGTH);
  const at = number(record, AT);
  const answers =
    <u32>load<u8>(sa, INFORMATIONAL_SIDE) === 1 - side &&
    load<u32>(sa, INFORMATIONAL_LENGTH) === length &&
    at - load<f64>(sa, INFORMATIONAL_AT) <= ANSWERED_WITHIN;
  if (answers) store<u32>(sa, load<u32>(sa, ANSWERED_INFORMATIONALS) + 1, ANSWERED_INFORMATIONALS);
  store<f64>(sa, answers ? NaN : at, INFORMATIONAL_AT);
  store<u32>(sa, length, INFORMATIONAL_LENGTH);
  store<u8>(sa, side, INFORMATIONAL_SIDE);
}

/** The starter of a quick mode may have left with it. */
function noteLeft(exchange: usize, annex: usize, record: usize): void {
  const at = isOfSegment(exchange, record) ? number(record, AT) : Infinity;
  if (isUnseen(annex + STARTER_INFORMATIONAL_AT)) store<f64>(annex, at, STARTER_INFORMATIONAL_AT);
  const isPrompt = load<u32>(exchange, RETRANSMISSIONS) === 0 && at - load<f64>(exchange, BEGAN_AT) <= PROMPT;
  if (isUnseen(annex + STARTER_LEFT_AT) && !isPrompt) store<f64>(annex, at, STARTER_LEFT_AT);
}

/** The other side may have refused a quick mode with it. */
function noteOther(block: usize, exchange: usize, annex: usize, record: usize): void {
  if (!isUnseen(annex + OTHER_INFORMATIONAL_AT)) return;
  if (!isOfSegment(exchange, record) && !isUnseen(annex + STARTER_INFORMATIONAL_AT)) return;
  store<f64>(annex, number(record, AT), OTHER_INFORMATIONAL_AT);
  store<f64>(annex, number(record, WRITTEN_MICROS), OTHER_MICROS);
  store<f64>(annex, number(record, FRAME), OTHER_FRAME);
  store<u32>(annex, <u32>number(record, WRITTEN_NANOS), OTHER_NANOS);
  store<u32>(annex, field(block, SOURCE), OTHER_SOURCE);
}

/** The quick mode began in the segment of the clock that the message is of. */
function isOfSegment(exchange: usize, record: usize): bool {
  return load<u32>(exchange, BEGAN_IN_SEGMENT) === load<u32>(record, SEGMENT_OF << 2);
}
