/**
 * Flows that begin with a packet of ESP, as `FlowTable.see` (ike/flows.ts) begins them, where there is room for all that
 * it notes and no quick mode waits for it.
 */

import { byteOf, field, lineOf, NONE } from "./columns";
import { enterHost, hasRoomForHosts, hasRoomForSigns, hostAt, hostCount, mark } from "./hosts";
import { keepRow } from "./known-flows";
import {
  AWAITED,
  ESP_SIGN,
  FLOW_ESP,
  FLOW_FIRST_AT,
  FLOW_FIRST_SEGMENT,
  FLOW_FROM,
  FLOW_KEEPALIVE_AT,
  FLOW_KEEPALIVES,
  FLOW_KEYS,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_ROOM,
  FLOW_SEGMENT,
  FLOW_SOURCES,
  FLOW_TO,
  FLOW_WATCHED,
  FLOWS,
  HOST_SENT,
  HOST_WATCHED,
  SEGMENT,
  SIGNS,
  UNWATCHED,
} from "./layout";
import { mayFollow } from "./places";
import { mayCome } from "./spis";
import { entered, hasRoom, rowCount, rowOf } from "./word-table";

/**
 * Row of a flow that is not among those seen lately, for its packet of ESP.
 *
 * @param ports source and destination, 0 for ESP over IP
 * @param at clock microseconds
 * @returns NONE where the host has to take the packet: nothing was noted of it
 */
export function beginRow(block: usize, source: u32, destination: u32, ports: u32, at: f64): i32 {
  const count = hostCount(block);
  const sender = hostAt(block, source);
  const receiver = hostAt(block, destination);
  const from = sender >= 0 ? sender : count;
  const to = receiver >= 0 ? receiver : source === destination ? from : max(count, from + 1);
  // Tables that nobody of a new host can be in are not searched: each lies elsewhere in memory.
  const areKnown = from === to || (sender >= 0 && receiver >= 0);
  const row = areKnown ? rowOf(block + FLOW_KEYS, from, to, ports >> 16, ports & 0xffff) : NONE;
  if (row >= 0) {
    keepRow(block, source, destination, ports, row);
    return row;
  }
  if (!mayBegin(block, from, to)) return NONE;
  if (areKnown && isAwaited(block, from, to, ports)) return NONE;
  if (sender < 0) enterHost(block, source);
  if (to === hostCount(block)) enterHost(block, destination);
  const begins = begun(block, from, to, ports, at);
  if (areKnown) joinReverse(block, begins, from, to, ports);
  keepRow(block, source, destination, ports, begins);
  return begins;
}

/** A flow can be begun: there is room for it and for its hosts, and nobody waits for its sender. */
function mayBegin(block: usize, from: i32, to: i32): bool {
  const row = rowCount(block + FLOW_KEYS);
  if (row >= <i32>field(block, FLOW_ROOM) || !mayCome(block, row)) return false;
  const hosts = max(from, to) + 1;
  if (!hasRoom(block + FLOW_KEYS, 1) || !hasRoomForHosts(block, hosts) || !hasRoomForSigns(block, hosts))
    return false;
  if (load<u8>(byteOf(block, HOST_WATCHED, from)) !== 0 || !mayFollow(block, from)) return false;
  // Whom a quick mode that has begun waits for is known once the host has looked at it.
  return load<i32>(<usize>field(block, UNWATCHED)) === 0;
}

/** A quick mode may wait for ESP between these endpoints: pairs are kept with the smaller endpoint first. */
function isAwaited(block: usize, from: i32, to: i32, ports: u32): bool {
  const fromPort = ports >> 16;
  const toPort = ports & 0xffff;
  const isTurned = from > to || (from === to && fromPort > toPort);
  const pairs = block + AWAITED;
  const pair = isTurned ? rowOf(pairs, to, from, toPort, fromPort) : rowOf(pairs, from, to, fromPort, toPort);
  return pair >= 0;
}

/** Row of a flow whose hosts are entered, of which nothing is noted yet but that it begins. */
function begun(block: usize, from: i32, to: i32, ports: u32, at: f64): i32 {
  const row = entered(block + FLOW_KEYS, from, to, ports >> 16, ports & 0xffff);
  const flow = lineOf(block, FLOWS, row);
  const segment = field(block, SEGMENT);
  store<i32>(flow, from, FLOW_FROM);
  store<i32>(flow, to, FLOW_TO);
  store<f64>(flow, at, FLOW_FIRST_AT);
  store<u32>(flow, segment, FLOW_FIRST_SEGMENT);
  store<f64>(flow, NaN, FLOW_LAST_AT);
  store<u32>(flow, segment, FLOW_SEGMENT);
  store<u32>(flow, 0, FLOW_SOURCES);
  store<f64>(flow, NaN, FLOW_KEEPALIVE_AT);
  store<u32>(flow, 0, FLOW_KEEPALIVES);
  store<u32>(flow, 0, FLOW_ESP);
  store<i32>(flow, NONE, FLOW_REVERSE);
  store<u8>(byteOf(block, FLOW_WATCHED, row), 0);
  store<u8>(byteOf(block, HOST_SENT, from), 1);
  mark(block, from, SIGNS);
  mark(block, to, SIGNS);
  return row;
}

/** Lets a flow and that of the other direction, where there is one, name each other. */
function joinReverse(block: usize, row: i32, from: i32, to: i32, ports: u32): void {
  const other = rowOf(block + FLOW_KEYS, to, from, ports & 0xffff, ports >> 16);
  if (other < 0) return;
  store<i32>(lineOf(block, FLOWS, row), other, FLOW_REVERSE);
  store<i32>(lineOf(block, FLOWS, other), row, FLOW_REVERSE);
}

/** The flow carries ESP, not keepalives alone. @param flow its line */
export function carriesEsp(block: usize, flow: usize): void {
  if (load<u32>(flow, FLOW_ESP) !== 0) return;
  store<u32>(flow, 1, FLOW_ESP);
  mark(block, load<i32>(flow, FLOW_FROM), ESP_SIGN);
  mark(block, load<i32>(flow, FLOW_TO), ESP_SIGN);
}
