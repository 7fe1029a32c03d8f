/**
 * Writes rows of plain clients (judgement/plain.ts) straight from the numbers of their IKE SAs: the same as is otherwise
 * made of `PlainRow` (report/plain-row.ts) step by step. Of tens of thousands of clients nearly all are such.
 */

import { isUnseen } from "./columns";
import { finishFlows, noteFlow } from "./community-ids";
import { MAPPED } from "./hosts";
import { hostOf, portOf } from "./message-record";
import {
  ANOMALY,
  BETWEEN_FLOWS,
  BYTE_ORDER,
  CLIENT_ADDRESS,
  CLIENT_PORT,
  CONFIDENCE,
  CONFIDENCE_BITS,
  CONNECTED,
  END_OF_TEXT,
  FIRST_SEEN,
  FLOWS,
  FULL_AT,
  HOST_WORDS,
  KIND,
  LAST_SEEN,
  MOST_GROUPS,
  MOST_KINDS,
  MOST_VENDORS,
  ONE_ID,
  PART_BYTES,
  PART_COUNT,
  PATTERN_BYTES,
  PATTERNS,
  PLATFORM,
  RESPONDER_ADDRESS,
  ROW_PARTS,
  ROWS,
  VENDOR_BYTES,
  VENDORS,
  WANTED_BYTES,
} from "./report-layout";
import {
  BEGAN_AT,
  ELSEWHERE,
  ENDS,
  FIRST_AT,
  FOLLOWED_AT,
  LAST_LIFE_AT,
  LATEST_ADDRESS,
  MESSAGE_ID,
  NAT_TRAVERSAL,
  PATH_BYTES,
  PATH_COUNT,
  PATH_FLAGS,
  PATH_ROOM,
  PATHS_INSIDE,
  REPLY_AT,
  RETRANSMISSIONS,
  VENDOR_LIST,
} from "./sa-layout";
import { address, copied, hex, millionths, time, whole } from "./text";

/** Microseconds of a second; the first second that 32 bits do not have. */
const SECOND: f64 = 1e6;
const BEYOND: f64 = 4294967296;

/** Of the row that is written: what is wanted (see `WANTED`), the quick mode, the client's endpoint, and what is known by the */
/** vendor IDs and by the pattern. */
let wanted: usize = 0;
let quickMode: usize = 0;
let client: f64 = 0;
let vendor: usize = 0;
let pattern: usize = 0;

/**
 * Writes rows one after another, up to one that has to be written otherwise, or until the text is full.
 *
 * @param from the first that is wanted (see `WANTED`)
 * @param end behind the last one
 * @param out where the text begins; where it ends is left at `END_OF_TEXT`
 * @returns the first of which the row was not written, or `end`
 */
export function plainRows(from: usize, end: usize, out: usize): usize {
  let to = out;
  let at = from;
  while (at < end && to < <usize>word(FULL_AT)) {
    wanted = at;
    const sa = <usize>load<u32>(at);
    if (!isKnown(sa)) break;
    to = row(sa, to);
    at += WANTED_BYTES;
  }
  finishFlows();
  store<u32>(ROWS, <u32>to, END_OF_TEXT);
  return at;
}

function word(offset: usize): u32 {
  return load<u32>(<usize>ROWS + offset);
}

/** All that the row says is known; finds it. */
function isKnown(sa: usize): bool {
  quickMode = <usize>load<u32>(sa, LATEST_ADDRESS);
  if (quickMode === 0 || quickMode === <usize>ELSEWHERE) return false;
  const named = clientPath(sa);
  if (named === 0) return false;
  client = load<f64>(named, ENDS);
  const list = load<u32>(sa, VENDOR_LIST);
  const kind = load<u32>(wanted, 8) >> CONFIDENCE_BITS;
  if (list >= <u32>MOST_VENDORS || kind >= <u32>MOST_KINDS) return false;
  vendor = <usize>VENDORS + <usize>list * VENDOR_BYTES;
  const group = load<u32>(vendor, 8);
  if (group === 0 || group > <u32>MOST_GROUPS) return false;
  pattern = <usize>PATTERNS + (<usize>(group - 1) * MOST_KINDS + <usize>kind) * PATTERN_BYTES;
  if (load<u32>(pattern) === 0) return false;
  if (!isWritable(load<f64>(sa, FIRST_AT)) || !isWritable(load<f64>(sa, LAST_LIFE_AT))) return false;
  return isWritable(connectedAt()) && areOfIpv4(sa);
}

/** The path that names the client, see `clientPath` (judgement/session.ts); 0 where it takes more to say. */
function clientPath(sa: usize): usize {
  const first = sa + PATH_ROOM;
  const count = <u32>load<u8>(sa, PATH_COUNT);
  if (count === 1) return first;
  if (count !== PATHS_INSIDE || isNatTraversal(first) === isNatTraversal(first + PATH_BYTES)) return 0;
  return isNatTraversal(first) ? first : first + PATH_BYTES;
}

function isNatTraversal(path: usize): bool {
  return (load<u8>(path, PATH_FLAGS) & NAT_TRAVERSAL) !== 0;
}

function isWritable(micros: f64): bool {
  return micros >= 0 && micros < BEYOND * SECOND;
}

/** Addresses of both sides; a plain client has one, and so has its responder. */
function areOfIpv4(sa: usize): bool {
  return isOfIpv4(load<f64>(sa, PATH_ROOM + ENDS)) && isOfIpv4(load<f64>(sa, PATH_ROOM + ENDS + 8));
}

function isOfIpv4(end: f64): bool {
  const words = wordsOf(end);
  return load<u64>(words) === 0 && load<u32>(words, 8) === MAPPED;
}

function wordsOf(end: f64): usize {
  return <usize>word(HOST_WORDS) + ((<usize>hostOf(end)) << 4);
}

function ipv4(end: f64): u32 {
  return load<u32>(wordsOf(end), 12);
}

/** See `outcomeOfCompleted` (report/client-outcomes.ts). */
function connectedAt(): f64 {
  const began = load<f64>(quickMode, BEGAN_AT);
  if (load<u32>(quickMode, RETRANSMISSIONS) === 0) return began;
  const replied = load<f64>(quickMode, REPLY_AT);
  if (replied >= began) return replied;
  return isUnseen(quickMode + FOLLOWED_AT) ? began : load<f64>(quickMode, FOLLOWED_AT);
}

function row(sa: usize, out: usize): usize {
  let to = out;
  const end = <usize>ROW_PARTS + <usize>word(PART_COUNT) * PART_BYTES;
  for (let part = <usize>ROW_PARTS; part < end; part += PART_BYTES) {
    to = value(load<u32>(part, 8), sa, piece(part, to));
  }
  return to;
}

function piece(at: usize, to: usize): usize {
  return copied(<usize>load<u32>(at), <usize>load<u32>(at, 4), to);
}

function value(kind: u32, sa: usize, to: usize): usize {
  switch (kind) {
    case CLIENT_ADDRESS:
      return address(ipv4(client), to);
    case CLIENT_PORT:
      return whole(portOf(client), to);
    case RESPONDER_ADDRESS:
      return address(load<u32>(wanted, 4), to);
    case PLATFORM:
      return piece(vendor, to);
    case KIND:
      return piece(pattern, to);
    case CONFIDENCE:
      return millionths(load<u32>(wanted, 8) & ((1 << CONFIDENCE_BITS) - 1), to);
    case BYTE_ORDER:
      return piece(pattern + 8, to);
    case ANOMALY:
      return piece(pattern + 16, to);
    case ONE_ID:
      return hex(load<u32>(quickMode, MESSAGE_ID), to);
    case FLOWS:
      return flows(sa, to);
    case FIRST_SEEN:
      return moment(load<f64>(sa, FIRST_AT), to);
    case LAST_SEEN:
      return moment(load<f64>(sa, LAST_LIFE_AT), to);
    case CONNECTED:
      return moment(connectedAt(), to);
    default:
      return to;
  }
}

function moment(micros: f64, to: usize): usize {
  const second = <u32>(micros / SECOND);
  return time(second, <u32>(micros - <f64>second * SECOND), to);
}

/** Community IDs of one path or two; the other way round a flow has the same one. */
function flows(sa: usize, out: usize): usize {
  const first = sa + PATH_ROOM;
  const to = flow(first, out);
  if (load<u8>(sa, PATH_COUNT) === 1 || isSameFlow(first, first + PATH_BYTES)) return to;
  return flow(first + PATH_BYTES, piece(<usize>ROWS + BETWEEN_FLOWS, to));
}

function isSameFlow(path: usize, other: usize): bool {
  const one = load<f64>(path, ENDS);
  const another = load<f64>(path, ENDS + 8);
  const first = load<f64>(other, ENDS);
  const second = load<f64>(other, ENDS + 8);
  return (first === one && second === another) || (first === another && second === one);
}

function flow(path: usize, to: usize): usize {
  const one = load<f64>(path, ENDS);
  const other = load<f64>(path, ENDS + 8);
  return noteFlow(ipv4(one), ipv4(other), (portOf(one) << 16) | portOf(other), to);
}
