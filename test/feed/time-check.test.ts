/** Which times say nothing: those that all packets share, and those that a converter of text counted up. */

import { expect, it } from "vitest";
import { TimeCheck } from "../../src/feed/time-check.ts";

/** Nanoseconds since the epoch. */
const START = 1_772_438_400_000_000_000n;

function saysNothing(times: readonly bigint[], perBatch = 4): boolean {
  const check = new TimeCheck();
  for (let at = 0; at < times.length; at += perBatch) {
    const batch = times.slice(at, at + perBatch);
    check.see({
      count: batch.length,
      micros: Float64Array.from(batch, (time) => Number(time / 1000n)),
      nanos: Uint16Array.from(batch, (time) => Number(time % 1000n)),
      interfaces: new Uint32Array(batch.length),
      firstFrame: at + 1,
    });
  }
  return check.saysNothing;
}

function steps(count: number, step: bigint, start = START): bigint[] {
  return Array.from({ length: count }, (_, i) => start + BigInt(i) * step);
}

it.each<[string, boolean, bigint[]]>([
  ["all zero", true, steps(10, 0n, 0n)],
  ["nine of them: too few to tell", false, steps(9, 0n, 0n)],
  ["all equal", true, steps(50, 0n)],
  ["a microsecond apart, as text converters write", true, steps(50, 1_000n)],
  ["a nanosecond apart", true, steps(50, 1n)],
  ["two microseconds apart: a fast link", false, steps(50, 2_000n)],
  ["all equal but the last", false, [...steps(49, 0n), START + 1n]],
  [
    "a microsecond apart but for one pause",
    false,
    [...steps(5, 1_000n), ...steps(45, 1_000n, START + 9_000n)],
  ],
  ["a second apart, as pings are", false, steps(50, 1_000_000_000n)],
  ["backwards", false, steps(50, -1_000n)],
])("%s", (_, expected, times) => {
  expect(saysNothing(times)).toBe(expected);
  expect(saysNothing(times, 1)).toBe(expected);
});
