/** ESP: of flows and SPIs that were seen before nothing but times and numbers changes, others begin. */

import { be16, be32, byteOf, field, lineOf, NONE, wordOf } from "./columns";
import { enterSegment, mayEnter } from "./earlier";
import { lastIn } from "./flow-rows";
import { knownRow } from "./known-flows";
import {
  FLOW_FROM,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
  FLOW_SOURCES,
  FLOW_WATCHED,
  FLOWS,
  HOST_WATCHED,
  SEGMENT,
  SOURCE_BIT,
  SPI,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_SEGMENT,
  SPI_NEXT,
  SPIS,
} from "./layout";
import { beginRow, carriesEsp } from "./new-flows";
import { ESP } from "./packet";
import { follow, mayFollow } from "./places";
import { ADDED, addSpi, carried, fateOf, leaveOut, LEFT_OUT, TO_HOST } from "./spis";

const IP_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
/** SPI and sequence number (RFC 4303 2). */
const ESP_HEADER: usize = 8;
/** Eight zero bytes (draft-ietf-ipsec-udp-encaps-01). */
const NON_IKE_MARKER: usize = 8;

/**
 * Takes a packet of ESP.
 *
 * @param kind ESP, or ESP in UDP
 * @param at its time, clock microseconds
 * @returns false where the host has to take it: nothing was noted of it
 */
export function isSettled(block: usize, ip: usize, end: usize, kind: u32, at: f64): bool {
  const isOverIp = kind === ESP;
  const captured = min(end, ip + be16(ip + 2));
  let esp = ip + IP_HEADER + (isOverIp ? 0 : UDP_HEADER);
  if (esp + ESP_HEADER > captured) return false;
  if (be32(esp) === 0) {
    // As behind the marker of the old drafts; 0 is no SPI.
    esp += NON_IKE_MARKER;
    if (esp + ESP_HEADER > captured) return false;
  }
  const source = be32(ip + SOURCE);
  const destination = be32(ip + DESTINATION);
  const ports = isOverIp ? 0 : be32(ip + IP_HEADER);
  let row = knownRow(block, source, destination, ports);
  const spi = be32(esp);
  if (BEGINS_FLOWS && row === NONE) row = beginRow(block, source, destination, ports, at);
  return row !== NONE && hasCarried(block, row, spi, be32(esp + 4), at);
}

/** The packet is noted of its flow and its SPI; false, and nothing is changed, where the host has to do that. */
function hasCarried(block: usize, row: i32, spi: u32, sequence: u32, at: f64): bool {
  const flow = lineOf(block, FLOWS, row);
  const segment = field(block, SEGMENT);
  // The row was seen before in this segment of the clock, or can be, and nobody waits for more of it.
  const enters = load<u32>(flow, FLOW_SEGMENT) !== segment;
  if (enters && !(BEGINS_FLOWS && mayEnter(block, row, flow))) return false;
  if (load<u8>(byteOf(block, FLOW_WATCHED, row)) !== 0) return false;
  let slot = slotOf(block, row, spi);
  const fate = BEGINS_FLOWS && slot === 0 ? fateOf(block, row) : TO_HOST;
  if (slot === 0) {
    if (fate === TO_HOST) return false;
  } else if (!BEGINS_FLOWS && load<u32>(slot, SPI_LAST_SEGMENT) !== segment) {
    // Behind a step of the clock the host counts anew who sends on unheard.
    return false;
  }
  const from = load<i32>(flow, FLOW_FROM);
  if (load<u8>(byteOf(block, HOST_WATCHED, from)) !== 0 || !mayFollow(block, from)) return false;
  if (BEGINS_FLOWS && enters) enterSegment(block, row, flow, segment);
  if (fate === ADDED) slot = addSpi(block, row, spi, segment, <f64>sequence, at);
  if (BEGINS_FLOWS) carriesEsp(block, flow);
  follow(block, from, segment, at);
  const otherAt = lastIn(block, load<i32>(flow, FLOW_REVERSE), segment);
  store<f64>(flow, at, FLOW_LAST_AT);
  store<u32>(flow, load<u32>(flow, FLOW_SOURCES) | field(block, SOURCE_BIT), FLOW_SOURCES);
  if (fate === LEFT_OUT) leaveOut(block);
  if (slot !== 0) carried(slot, segment, <f64>sequence, at, otherAt);
  return true;
}

/** Line of an SPI that the flow has carried, which comes first from now on; 0 for none. */
function slotOf(block: usize, row: i32, spi: u32): usize {
  if (row >= <i32>field(block, SPI_HEADS_LENGTH)) return 0;
  const head = wordOf(block, SPI_HEADS, row);
  const first = load<i32>(head);
  let before: usize = 0;
  for (let slot = first; slot > 0; ) {
    const line = lineOf(block, SPIS, slot - 1);
    const next = load<i32>(line, SPI_NEXT);
    if (load<u32>(line, SPI) === spi) {
      if (slot !== first) {
        store<i32>(before, next, SPI_NEXT);
        store<i32>(line, first, SPI_NEXT);
        store<i32>(head, slot);
      }
      return line;
    }
    before = line;
    slot = next;
  }
  return 0;
}
