/** ESP of flows that were seen before, with an SPI that was seen before: nothing but times and numbers changes. */

import { MICROS, PROBES, SECONDS } from "./bounds";
import { be16, be32, byteOf, doubleOf, field, wordOf } from "./columns";
import {
  FLOW_ESP,
  FLOW_FROM,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
  FLOW_SOURCES,
  FLOW_WATCHED,
  HOST_WATCHED,
  KNOWN,
  KNOWN_FACTOR,
  KNOWN_MASK,
  KNOWN_MIX,
  PLACE_FIRST,
  PLACE_LAST,
  PLACE_SECOND,
  PLACES,
  PLACES_LENGTH,
  SEGMENT,
  SOURCE_BIT,
  SPI,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_SEGMENT,
  SPI_NEXT,
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
  if (row === NONE || !isSteady(block, row)) return false;
  const slot = slotOf(block, row, be32(esp));
  if (slot === NONE) return false;
  // Behind a step of the clock the host counts anew who sends on unheard.
  if (load<u32>(wordOf(block, SPI_LAST_SEGMENT, slot)) !== field(block, SEGMENT)) return false;
  if (!hasSent(block, load<i32>(wordOf(block, FLOW_FROM, row)), at)) return false;
  const otherAt = lastOfOther(block, row);
  store<f64>(doubleOf(block, FLOW_LAST_AT, row), at);
  const sources = wordOf(block, FLOW_SOURCES, row);
  store<i32>(sources, load<i32>(sources) | <i32>field(block, SOURCE_BIT));
  carried(block, slot, <f64>be32(esp + 4), at, otherAt);
  return true;
}

/** Row of the flow, or NONE. @param ports source and destination, 0 for ESP over IP */
function flowOf(block: usize, source: u32, destination: u32, ports: u32): i32 {
  const mask = field(block, KNOWN_MASK);
  const all = source ^ (destination * field(block, KNOWN_FACTOR)) ^ ports;
  const mixed = (all ^ (all >> 15)) * field(block, KNOWN_MIX);
  const first = (mixed ^ (mixed >> 13)) >> 8;
  for (let i: u32 = 0; i < <u32>PROBES; i += 1) {
    const entry = <usize>field(block, KNOWN) + ((<usize>((first + i) & mask)) << 4);
    const row = load<i32>(entry, 12);
    if (row === 0) return NONE;
    const isIt =
      load<u32>(entry) === source && load<u32>(entry, 4) === destination && load<u32>(entry, 8) === ports;
    if (isIt) return row - 1;
  }
  return NONE;
}

/** ESP came on the row before, in this segment of the clock, and nobody waits for more. */
function isSteady(block: usize, row: i32): bool {
  return (
    load<u32>(wordOf(block, FLOW_SEGMENT, row)) === field(block, SEGMENT) &&
    load<u8>(byteOf(block, FLOW_ESP, row)) === 1 &&
    load<u8>(byteOf(block, FLOW_WATCHED, row)) === 0
  );
}

/** Slot of an SPI that the flow has carried, which comes first from now on; NONE, and for 0, which is none. */
function slotOf(block: usize, row: i32, spi: u32): i32 {
  if (spi === 0 || row >= <i32>field(block, SPI_HEADS_LENGTH)) return NONE;
  const head = wordOf(block, SPI_HEADS, row);
  const first = load<i32>(head) - 1;
  let before: usize = 0;
  for (let slot = first; slot >= 0; ) {
    const next = wordOf(block, SPI_NEXT, slot);
    if (load<u32>(wordOf(block, SPI, slot)) === spi) {
      if (slot !== first) {
        store<i32>(before, load<i32>(next));
        store<i32>(next, first + 1);
        store<i32>(head, slot + 1);
      }
      return slot;
    }
    before = next;
    slot = load<i32>(next) - 1;
  }
  return NONE;
}

/** `HostTable.sent`; false, and nothing is changed, where a quick mode waits for it or the host has no place yet. */
function hasSent(block: usize, host: i32, at: f64): bool {
  if (load<u8>(byteOf(block, HOST_WATCHED, host)) !== 0) return false;
  if (host >= <i32>field(block, PLACES_LENGTH)) return false;
  const place = load<i32>(wordOf(block, PLACES, host)) - 1;
  if (place < 0) return false;
  const second = <i32>(<i64>Math.floor(at / <f64>MICROS));
  const i = place * SECONDS + (second & (SECONDS - 1));
  const begun = wordOf(block, PLACE_SECOND, i);
  if (load<i32>(begun) !== second) {
    store<i32>(begun, second);
    store<f64>(doubleOf(block, PLACE_FIRST, i), at);
  }
  store<f64>(doubleOf(block, PLACE_LAST, i), at);
  return true;
}

/** When the other direction was seen last in this segment; NaN for never. */
function lastOfOther(block: usize, row: i32): f64 {
  const other = load<i32>(wordOf(block, FLOW_REVERSE, row));
  if (other < 0 || load<u32>(wordOf(block, FLOW_SEGMENT, other)) !== field(block, SEGMENT)) return NaN;
  return load<f64>(doubleOf(block, FLOW_LAST_AT, other));
}
