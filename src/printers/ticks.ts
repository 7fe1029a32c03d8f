/** Ticks of a time axis at round times of the wall clock, few enough that their labels never touch. */

import type { Clock } from "../report/clock.ts";
import { isoTime } from "../report/time.ts";

export interface Tick {
  /** Clock microseconds. */
  at: number;
  label: string;
}

/** Steps that a clock's face has, seconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
];
const MICROS = 1_000_000;
const DAY = 86_400;

/** @param most ticks at most; at least one where the span holds a round time at all */
export function ticksOf(from: number, to: number, most: number, clock: Clock): Tick[] {
  const seconds = (to - from) / MICROS;
  const step = STEPS.find((each) => seconds / each < most) ?? seconds;
  const ticks: Tick[] = [];
  // The wall clock's midnight is not that of UTC.
  const offset = clock.offset(isoTime(from, 0, 6)) * 60 * MICROS;
  const first = Math.ceil((from + offset) / (step * MICROS)) * step * MICROS - offset;
  for (let at = first; at <= to && ticks.length < most; at += step * MICROS) {
    ticks.push({ at, label: labelOf(clock.cell(isoTime(at, 0, 6)), step) });
  }
  return ticks;
}

/** `08:00:10`, `08:00` or `2026-03-02`, whatever the step needs. */
function labelOf(cell: string, step: number): string {
  if (step >= DAY) return cell.slice(0, 10);
  return step >= 60 ? cell.slice(11, 16) : cell.slice(11);
}
