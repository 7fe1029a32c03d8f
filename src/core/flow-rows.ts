/** Rows of the flows between the endpoints of a message, and when one of them was seen last. */

import { lineOf, NONE } from "./columns";
import { FLOW_KEYS, FLOW_LAST_AT, FLOW_SEGMENT, FLOWS } from "./layout";
import { FROM, MARKER, TO } from "./message-layout";
import { hostOf, number, portOf } from "./message-record";
import { rowOf } from "./word-table";

/** Row of what the sender of a message sends to its receiver as ESP, in UDP or over IP; NONE where that was not seen. */
export function rowThere(tables: usize, record: usize): i32 {
  return rowBetween(tables, number(record, FROM), number(record, TO), number(record, MARKER) === 0);
}

/** The same of what the receiver sends. */
export function rowBack(tables: usize, record: usize): i32 {
  return rowBetween(tables, number(record, TO), number(record, FROM), number(record, MARKER) === 0);
}

/** `FlowTable.find` (ike/flows.ts). */
function rowBetween(tables: usize, from: f64, to: f64, overIp: bool): i32 {
  const fromPort = overIp ? 0 : portOf(from);
  return rowOf(tables + FLOW_KEYS, hostOf(from), hostOf(to), fromPort, overIp ? 0 : portOf(to));
}

/** The last packet of a row in a segment of the clock, the row's last or a later one; NaN where there is none. */
export function lastIn(tables: usize, row: i32, segment: u32): f64 {
  if (row === NONE) return NaN;
  const flow = lineOf(tables, FLOWS, row);
  return load<u32>(flow, FLOW_SEGMENT) === segment ? load<f64>(flow, FLOW_LAST_AT) : NaN;
}
