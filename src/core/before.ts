/** What the endpoints of a quick mode looked like when it began, by the flows between both: `Before` (ike/exchange.ts). */

import { annexed } from "./annexes";
import { byteOf, isNone, lineOf, NONE } from "./columns";
import { lastIn, rowBack, rowThere } from "./flow-rows";
import { FLOW_REVERSE, FLOW_WATCHED, FLOWS } from "./layout";
import { SEGMENT_OF, SENT_BY } from "./message-layout";
import { number } from "./message-record";
import {
  ESP_BEFORE_AT,
  EXCHANGE_FLAGS,
  LAST_FROM_AT,
  LAST_FROM_SEGMENT,
  LIFE_BEFORE_AT,
  SENT_BEFORE_AT,
  UNHEARD_BEFORE,
} from "./sa-layout";
import { isUnheard, lastEspAt } from "./spis";

/** Notes it for the quick mode that a message begins, and has the host look at the next ESP of these flows. */
export function noteBefore(tables: usize, block: usize, record: usize, sa: usize, exchange: usize): void {
  const there = rowThere(tables, record);
  const back = rowBack(tables, record);
  if (there === NONE && back === NONE) return;
  const segment = load<u32>(record, SEGMENT_OF << 2);
  const sentAt = lastIn(tables, there, segment);
  const life = later(sentAt, lastIn(tables, back, segment));
  const esp = later(lastEspAt(tables, there, segment), lastEspAt(tables, back, segment));
  if (!isNone(life) || !isNone(esp)) {
    const annex = annexed(block, exchange);
    store<f64>(annex, sentAt, SENT_BEFORE_AT);
    store<f64>(annex, life, LIFE_BEFORE_AT);
    store<f64>(annex, esp, ESP_BEFORE_AT);
  }
  if (goesOnUnheard(tables, there, segment, record, sa)) {
    store<u8>(exchange, <u32>load<u8>(exchange, EXCHANGE_FLAGS) | UNHEARD_BEFORE, EXCHANGE_FLAGS);
  }
  if (there !== NONE) store<u8>(byteOf(tables, FLOW_WATCHED, there), 1);
  if (back !== NONE) store<u8>(byteOf(tables, FLOW_WATCHED, back), 1);
}

/** `FlowTable.isUnheard`, of the starter. */
function goesOnUnheard(tables: usize, row: i32, segment: u32, record: usize, sa: usize): bool {
  if (row === NONE) return false;
  const espAt = lastIn(tables, load<i32>(lineOf(tables, FLOWS, row), FLOW_REVERSE), segment);
  if (isNone(espAt)) return false;
  const other: usize = number(record, SENT_BY) === 0 ? 1 : 0;
  const isKnown = load<u32>(sa + (other << 2), LAST_FROM_SEGMENT) === segment;
  const knownAt = isKnown ? load<f64>(sa + (other << 3), LAST_FROM_AT) : NaN;
  return isUnheard(tables, row, segment, knownAt > espAt ? knownAt : espAt);
}

/** The later of two times, of which one that was not seen is earlier than any. */
function later(a: f64, b: f64): f64 {
  return a >= b || isNone(b) ? a : b;
}
