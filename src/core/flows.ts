/** ESP of flows that were seen before, with an SPI that was seen before: nothing but times and numbers changes. */

import { MICROS, PROBES, SECONDS } from "./bounds";
import { be16, be32, byteOf, field, lineOf, wordOf } from "./columns";
import {
  FLOW_FROM,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
  FLOW_SOURCES,
  FLOW_WATCHED,
  FLOWS,
  HOST_WATCHED,
  KNOWN,
  KNOWN_FACTOR,
  KNOWN_MASK,
  KNOWN_MIX,
  PLACE_SECONDS,
  PLACES,
  PLACES_LENGTH,
  SECOND_BYTES,
  SECOND_FIRST,
  SECOND_LAST,
  SECOND_NUMBER,
  SEGMENT,
  SOURCE_BIT,
  SPI,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_SEGMENT,
  SPI_NEXT,
  SPIS,
} from "./layout";
import { ESP } from "./packet";
import { carried } from "./spis";

const IP_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
/** SPI and sequence number (RFC 4303 2). */
const ESP_HEADER: usize = 8;
const NONE: i32 = -1;

/**
 * Takes a packet of ESP where nothing is new about it.
 *
 * @param kind ESP, or ESP in UDP
 * @param at its time, clock microseconds
 * @returns false where the host has to take it: nothing was noted of it
 */
export function isSettled(block: usize, ip: usize, end: usize, kind: u32, at: f64): bool {
  const isOverIp = kind === ESP;
  const esp = ip + IP_HEADER + (isOverIp ? 0 : UDP_HEADER);
  if (esp + ESP_HEADER > min(end, ip + be16(ip + 2))) return false;
  const row = flowOf(block, be32(ip + SOURCE), be32(ip + DESTINATION), isOverIp ? 0 : be32(ip + IP_HEADER));
  if (row === NONE) return false;
  const flow = lineOf(block, FLOWS, row);
  const segment = field(block, SEGMENT);
  // The row was seen before in this segment of the clock, and nobody waits for more of it.
  if (load<u32>(flow, FLOW_SEGMENT) !== segment) return false;
  if (load<u8>(byteOf(block, FLOW_WATCHED, row)) !== 0) return false;
  const slot = slotOf(block, row, be32(esp));
  if (slot === 0) return false;
  // Behind a step of the clock the host counts anew who sends on unheard.
  if (load<u32>(slot, SPI_LAST_SEGMENT) !== segment) return false;
  if (!hasSent(block, load<i32>(flow, FLOW_FROM), at)) return false;
  const otherAt = lastOfOther(block, load<i32>(flow, FLOW_REVERSE), segment);
  store<f64>(flow, at, FLOW_LAST_AT);
  store<u32>(flow, load<u32>(flow, FLOW_SOURCES) | field(block, SOURCE_BIT), FLOW_SOURCES);
  carried(slot, segment, <f64>be32(esp + 4), at, otherAt);
  return true;
}

/** Row of the flow, or NONE. @param ports source and destination, 0 for ESP over IP */
export function flowOf(block: usize, source: u32, destination: u32, ports: u32): i32 {
  const mask = field(block, KNOWN_MASK);
  const all = source ^ (destination * field(block, KNOWN_FACTOR)) ^ ports;
  const mixed = (all ^ (all >> 15)) * field(block, KNOWN_MIX);
  const first = (mixed ^ (mixed >> 13)) >> 8;
  for (let i: u32 = 0; i < <u32>PROBES; i += 1) {
    const entry = <usize>field(block, KNOWN) + ((<usize>((first + i) & mask)) << 4);
    const row = load<i32>(entry, 12);
    if (row === 0) return NONE;
    if (load<u32>(entry) !== source) continue;
    if (load<u32>(entry, 4) === destination && load<u32>(entry, 8) === ports) return row - 1;
  }
  return NONE;
}

/** Line of an SPI that the flow has carried, which comes first from now on; 0 for none, and for SPI 0, which is none. */
function slotOf(block: usize, row: i32, spi: u32): usize {
  if (spi === 0 || row >= <i32>field(block, SPI_HEADS_LENGTH)) return 0;
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

/** `HostTable.sent`; false, and nothing is changed, where a quick mode waits for it or the host has no place yet. */
function hasSent(block: usize, host: i32, at: f64): bool {
  if (load<u8>(byteOf(block, HOST_WATCHED, host)) !== 0) return false;
  if (host >= <i32>field(block, PLACES_LENGTH)) return false;
  const place = load<i32>(wordOf(block, PLACES, host)) - 1;
  if (place < 0) return false;
  const number = <i32>(<i64>Math.floor(at / <f64>MICROS));
  const second =
    <usize>field(block, PLACE_SECONDS) + <usize>(place * SECONDS + (number & (SECONDS - 1))) * SECOND_BYTES;
  if (load<f64>(second, SECOND_NUMBER) !== <f64>number) {
    store<f64>(second, <f64>number, SECOND_NUMBER);
    store<f64>(second, at, SECOND_FIRST);
  }
  store<f64>(second, at, SECOND_LAST);
  return true;
}

/** When the other direction, a row or none, was seen last in this segment; NaN for never. */
function lastOfOther(block: usize, row: i32, segment: u32): f64 {
  if (row < 0) return NaN;
  const other = lineOf(block, FLOWS, row);
  return load<u32>(other, FLOW_SEGMENT) === segment ? load<f64>(other, FLOW_LAST_AT) : NaN;
}
