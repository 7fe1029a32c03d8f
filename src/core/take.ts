/**
 * Takes a message that has arrived (arrive.ts) to its IKE SA, as `Tracker.message` (ike/tracker.ts) does: plain messages
 * of phase 1, of quick mode and Informationals, whole and seen for the first time, of IKE SAs whose rows lie in linear memory. All else,
 * and what finds no room, is left to the host, before anything has changed.
 */

import { agreesWith, apply, entryOf, readClear } from "./clear-payloads";
import { doubleOf, field, isUnseen, NONE, wordOf } from "./columns";
import { rowBack } from "./flow-rows";
import { mayTell, tell } from "./informationals";
import { MICROS, NANOS, SOURCE_BIT } from "./layout";
import {
  ARRIVED,
  ASKS,
  AT,
  CUT,
  FIRST_FRAME,
  FRAME,
  KEY,
  RECENT,
  RECENT_SAS,
  RECORD_SHIFT,
  REST,
  ROW,
  SEGMENT_OF,
  SENT_BY,
  SIBLINGS,
  SIDE,
  STATED_LENGTH,
  TAKEN,
  TAKEN_QUICK_MODE,
  WRITTEN_MICROS,
  WRITTEN_NANOS,
} from "./message-layout";
import {
  AGGRESSIVE,
  exchangeType,
  INFORMATIONAL,
  isEncrypted,
  isFragment,
  isOpening,
  isPhase1,
  MAIN,
  messageId,
  number,
  QUICK,
  setNumber,
} from "./message-record";
import { isTwin, noteActivity, noteLast, remember, repeats } from "./sa-activity";
import {
  LIFE_SEGMENT,
  MODE,
  NUMBER,
  PATHS_INSIDE,
  PHASE1_FINISHED_AT,
  PHASE1_MESSAGES,
  VENDOR_LIST,
} from "./sa-layout";
import { addPath, hasHosts, hear, pathCount, pathOf, sideOf } from "./sa-paths";
import {
  addPart,
  answer,
  beginSa,
  hasRoomForAll,
  isAnswered,
  keyOf,
  mayBegin,
  mayName,
  openingKeyOf,
  saOf,
} from "./sas";
import {
  areFound,
  beginQuickMode,
  goOn,
  isFirstAgain,
  mayBeginQuickMode,
  NEW,
  quickModeOf,
  UNKNOWN,
} from "./quick-modes";
import { mayHearEsp, maySend, sent } from "./senders";
import { heardOther } from "./spis";

/** Messages of one side in main mode (RFC 2409 5). */
const MAIN_MODE_MESSAGES: u32 = 3;
/** Of what is said in the clear. */
const NOTHING: usize = 0;
const ASKED: usize = 1;

/** @returns TAKEN or TAKEN_QUICK_MODE; else ARRIVED, and the host goes on. @param length of the message */
export function take(
  tables: usize,
  block: usize,
  batch: usize,
  index: i32,
  record: usize,
  message: usize,
  length: u32,
): i32 {
  const type = exchangeType(message);
  if (type !== QUICK && type !== INFORMATIONAL && !isPhase1(message)) return ARRIVED;
  if ((load<u32>(record, REST << 2) & CUT) !== 0 || isFragment(message)) return ARRIVED;
  if (!hasRoomForAll(block) || !maySend(tables, record)) return ARRIVED;
  setNumber(record, STATED_LENGTH, <f64>length);
  setNumber(record, FRAME, number(record, FIRST_FRAME) + <f64>index);
  setNumber(record, WRITTEN_MICROS, load<f64>(doubleOf(batch, MICROS, index)));
  setNumber(record, WRITTEN_NANOS, <f64>load<u16>(<usize>field(batch, NANOS) + ((<usize>index) << 1)));
  if (type === QUICK) return takeQuickMode(tables, block, record, message) ? TAKEN_QUICK_MODE : ARRIVED;
  if (type === INFORMATIONAL) {
    return takeInformational(tables, block, record, message) ? TAKEN : ARRIVED;
  }
  return takePhase1(tables, block, record, message) ? TAKEN : ARRIVED;
}

function takeQuickMode(tables: usize, block: usize, record: usize, message: usize): bool {
  if (messageId(message) === 0) return false;
  const sa = saGoingOn(block, record, message);
  if (sa === 0) return takeUnknown(tables, block, record, message);
  const exchange = quickModeOf(sa, messageId(message));
  if (exchange === UNKNOWN) return false;
  if (exchange === NEW) {
    if (!mayBeginQuickMode(tables, block, record)) return false;
  } else if (isFirstAgain(exchange, record)) return false;
  noteMessage(tables, block, record, message, sa);
  hearForEsp(tables, record);
  if (exchange === NEW) beginQuickMode(tables, block, record, message, sa);
  else goOn(exchange, record);
  return true;
}

/** A quick mode of an IKE SA whose phase 1 lies before the capture, which it begins (`SaTable.find`). */
function takeUnknown(tables: usize, block: usize, record: usize, message: usize): bool {
  if (isOpening(message) || <i32>number(record, KEY) !== NONE) return false;
  // A half-open IKE SA may be the one.
  if (openingKeyOf(block, message) !== NONE || !mayBegin(block)) return false;
  if (!mayBeginQuickMode(tables, block, record)) return false;
  setNumber(record, SENT_BY, 0);
  const key = beginSa(block, message, record);
  const sa = saOf(block, key);
  setNumber(record, KEY, <f64>key);
  noteMessage(tables, block, record, message, sa);
  hearForEsp(tables, record);
  beginQuickMode(tables, block, record, message, sa);
  return true;
}

/** An encrypted one. */
function takeInformational(tables: usize, block: usize, record: usize, message: usize): bool {
  if (!isEncrypted(message)) return false;
  const sa = saGoingOn(block, record, message);
  if (sa === 0 || !areFound(sa) || !mayTell(block, sa)) return false;
  noteMessage(tables, block, record, message, sa);
  hearForEsp(tables, record);
  tell(block, record, sa);
  return true;
}

/** The IKE SA that a message behind phase 1 goes on with, of which it finds key and side; 0 where the host has to look. */
function saGoingOn(block: usize, record: usize, message: usize): usize {
  if (isOpening(message)) return 0;
  const key = keyOf(block, message);
  const sa: usize = key === NONE ? 0 : saOf(block, key);
  setNumber(record, KEY, <f64>key);
  return sa !== 0 && mayGoOn(sa, record, message) ? sa : 0;
}

/** The sender lives, to which the receiver may send ESP: `FlowTable.heardByIke`. */
function hearForEsp(tables: usize, record: usize): void {
  if (!mayHearEsp(tables, record)) return;
  const row = rowBack(tables, record);
  if (row !== NONE) heardOther(tables, row);
}

function takePhase1(tables: usize, block: usize, record: usize, message: usize): bool {
  const isFirst = isOpening(message);
  let key = keyOf(block, message);
  const openingKey = key === NONE && !isFirst ? openingKeyOf(block, message) : NONE;
  // Half-open IKE SAs with one cookie are told apart by the host.
  if (field(block, SIBLINGS) !== 0 && (isFirst || key === NONE)) return false;
  const known = key !== NONE ? key : openingKey;
  let sa: usize = known === NONE ? 0 : saOf(block, known);
  if (known === NONE) {
    if (!mayBegin(block)) return false;
    setNumber(record, SENT_BY, 0);
  } else {
    if (sa === 0 || ((isFirst || openingKey !== NONE) && !hasHosts(sa, record))) return false;
    if (openingKey !== NONE && (isAnswered(sa) || !mayName(block))) return false;
    if (!mayGoOn(sa, record, message)) return false;
  }
  const side = <usize>number(record, SENT_BY);
  const clear = isEncrypted(message) ? NOTHING : clearOf(block, record, message, sa, side);
  if (clear === ASKED) return false;
  if (openingKey !== NONE) key = answer(block, openingKey, message);
  if (known === NONE) {
    key = beginSa(block, message, record);
    sa = saOf(block, key);
  }
  noteMessage(tables, block, record, message, sa);
  if (clear !== NOTHING) apply(clear, sa, side, !isFirst);
  noteProgress(sa, side, record, message);
  return true;
}

/** The entry of what a message says in the clear; ASKED where the host has to read it. @param sa 0 where it begins one */
function clearOf(block: usize, record: usize, message: usize, sa: usize, side: usize): usize {
  const list = sa === 0 ? 0 : load<u32>(sa + (side << 2), VENDOR_LIST);
  if (!readClear(block, message, <u32>number(record, STATED_LENGTH), list)) return ASKED;
  if (sa !== 0 && !agreesWith(sa, side)) return ASKED;
  const entry = entryOf(block);
  setNumber(record, ASKS, <f64>(entry === 0));
  return entry === 0 ? ASKED : entry;
}

/** The message goes on with what is known of an IKE SA, and is not one that was seen before. Finds its side. */
function mayGoOn(sa: usize, record: usize, message: usize): bool {
  const side = sideOf(sa, record);
  if (side < 0 || pathCount(sa) > PATHS_INSIDE) return false;
  setNumber(record, SENT_BY, <f64>side);
  if (pathOf(sa, record) >= PATHS_INSIDE) return false;
  if (load<u32>(sa, LIFE_SEGMENT) !== load<u32>(record, SEGMENT_OF << 2)) return false;
  return !isTwin(sa, record, message) && !repeats(sa, record);
}

/** What any message changes: its sender, its path, and what is remembered of it. */
function noteMessage(tables: usize, block: usize, record: usize, message: usize, sa: usize): void {
  sent(tables, block, record);
  countFor(block, record, sa);
  const path = pathOf(sa, record);
  if (path === pathCount(sa)) {
    addPath(sa, record);
    addPart(block);
  }
  noteLast(sa, record, message);
  remember(sa, record);
  hear(sa, path, record, message);
  noteActivity(sa, record, field(tables, SOURCE_BIT));
}

/** A message of phase 1, and whether its side has finished (RFC 2409 5.1 to 5.4). */
function noteProgress(sa: usize, side: usize, record: usize, message: usize): void {
  const type = exchangeType(message);
  const messages = load<u32>(sa + (side << 2), PHASE1_MESSAGES) + 1;
  store<u32>(sa + (side << 2), messages, PHASE1_MESSAGES);
  if (load<u8>(sa, MODE) === 0) store<u8>(sa, type, MODE);
  const isLast = type === MAIN && (isEncrypted(message) || messages >= MAIN_MODE_MESSAGES);
  if (type !== AGGRESSIVE && !isLast) return;
  const finished = sa + (side << 3);
  if (isUnseen(finished + PHASE1_FINISHED_AT)) store<f64>(finished, number(record, AT), PHASE1_FINISHED_AT);
}

/** Copies of the datagram are of this IKE SA (`CopyFilter.countFor`). */
function countFor(block: usize, record: usize, sa: usize): void {
  const row = <i32>number(record, ROW);
  if (row < 0) return;
  store<u32>(wordOf(block, RECENT_SAS, row), load<u32>(sa, NUMBER) + 1);
  if (number(record, SENT_BY) === 0) return;
  const rest = <usize>field(block, RECENT) + ((<usize>row) << RECORD_SHIFT) + (REST << 2);
  store<u32>(rest, load<u32>(rest) | SIDE);
}
