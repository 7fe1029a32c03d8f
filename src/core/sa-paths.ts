/** The paths of an IKE SA as `SaPaths` and `sideOf` (ike/paths.ts) see them, where all of them lie in its row. */

import { AT, FROM, MARKER, SEGMENT_OF, SENT_BY, TO } from "./message-layout";
import { exchangeType, hostOf, isEncrypted, number, QUICK } from "./message-record";
import {
  ENDS,
  HEARD,
  NAT_TRAVERSAL,
  PATH_BYTES,
  PATH_COUNT,
  PATH_FLAGS,
  PATH_LAST_AT,
  PATH_LAST_SEGMENT,
  PATH_ROOM,
  SECURED,
} from "./sa-layout";

const NEITHER: i32 = -1;

export function pathCount(sa: usize): i32 {
  return <i32>load<u8>(sa, PATH_COUNT);
}

/** Side that sent the message, by the endpoints that are known; -1 where none of them is. */
export function sideOf(sa: usize, record: usize): i32 {
  const from = number(record, FROM);
  const to = number(record, TO);
  const count = pathCount(sa);
  for (let i = 0; i < count; i += 1) {
    const side = sideBetween(end(sa, i, 0), end(sa, i, 1), from, to);
    if (side !== NEITHER) return side;
  }
  for (let i = 0; i < count; i += 1) {
    const first = hostOf(end(sa, i, 0));
    const second = hostOf(end(sa, i, 1));
    if (first === second) continue;
    const side = sideBetween(<f64>first, <f64>second, <f64>hostOf(from), <f64>hostOf(to));
    if (side !== NEITHER) return side;
  }
  for (let i = 0; i < count; i += 1) {
    const side = sideByOne(end(sa, i, 0), end(sa, i, 1), from, to);
    if (side !== NEITHER) return side;
  }
  for (let i = 0; i < count; i += 1) {
    const first = <f64>hostOf(end(sa, i, 0));
    const side = sideByOne(first, <f64>hostOf(end(sa, i, 1)), <f64>hostOf(from), <f64>hostOf(to));
    if (side !== NEITHER) return side;
  }
  return count === 0 ? 0 : NEITHER;
}

/** Both hosts of the message are those of one path. */
export function hasHosts(sa: usize, record: usize): bool {
  const from = hostOf(number(record, FROM));
  const to = hostOf(number(record, TO));
  for (let i = 0; i < pathCount(sa); i += 1) {
    const first = hostOf(end(sa, i, 0));
    const second = hostOf(end(sa, i, 1));
    if ((first === from && second === to) || (first === to && second === from)) return true;
  }
  return false;
}

/** Index of the path of a message, whose side is known; as many as there are where it is a new one. */
export function pathOf(sa: usize, record: usize): i32 {
  const first = endOf(record, 0);
  const second = endOf(record, 1);
  const count = pathCount(sa);
  let i = 0;
  while (i < count && !(end(sa, i, 0) === first && end(sa, i, 1) === second)) i += 1;
  return i;
}

/** Begins the path of a message behind the others. The row has room for it. */
export function addPath(sa: usize, record: usize): void {
  const index = pathCount(sa);
  store<u8>(sa, index + 1, PATH_COUNT);
  const path = pathAt(sa, index);
  store<f64>(path, NaN, PATH_LAST_AT);
  store<f64>(path, endOf(record, 0), ENDS);
  store<f64>(path, endOf(record, 1), ENDS + 8);
  store<u32>(path, 0, PATH_LAST_SEGMENT);
  store<u16>(path, 0, HEARD);
  store<u8>(path, number(record, MARKER) === 1 ? NAT_TRAVERSAL : 0, PATH_FLAGS);
}

/** Notes a message on its path. */
export function hear(sa: usize, index: i32, record: usize, message: usize): void {
  const path = pathAt(sa, index);
  const bit: u32 = number(record, SENT_BY) === 0 ? 1 : 2;
  store<u8>(path, <u32>load<u8>(path, HEARD) | bit, HEARD);
  if (isEncrypted(message) || exchangeType(message) === QUICK) {
    store<u8>(path, <u32>load<u8>(path, SECURED) | bit, SECURED);
  }
  store<f64>(path, number(record, AT), PATH_LAST_AT);
  store<u32>(path, load<u32>(record, SEGMENT_OF << 2), PATH_LAST_SEGMENT);
}

/** Endpoint of a side of the IKE SA, by the message. */
function endOf(record: usize, side: f64): f64 {
  return number(record, number(record, SENT_BY) === side ? FROM : TO);
}

function pathAt(sa: usize, index: i32): usize {
  return sa + PATH_ROOM + <usize>index * PATH_BYTES;
}

function end(sa: usize, index: i32, side: usize): f64 {
  return load<f64>(pathAt(sa, index) + ENDS + (side << 3));
}

function sideBetween(first: f64, second: f64, from: f64, to: f64): i32 {
  if (first === from && second === to) return 0;
  return second === from && first === to ? 1 : NEITHER;
}

function sideByOne(first: f64, second: f64, from: f64, to: f64): i32 {
  if (second === to || first === from) return 0;
  return first === to || second === from ? 1 : NEITHER;
}
