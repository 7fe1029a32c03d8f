/** Loss by sequence numbers of ESP: what was taken out of a flow must be measured, and nothing else (RFC 4303 2.2). */

import { expect, it } from "vitest";
import { SpiTable } from "../../src/ike/spis.ts";

const MS = 1_000;

/** Feeds sequence numbers, a packet every 10 ms; null is a pause of two minutes. Gives what is missing. */
function lost(numbers: readonly (number | null)[]): number {
  const table = new SpiTable();
  let at = 0;
  for (const number of numbers) {
    at += number === null ? 120_000 * MS : 10 * MS;
    if (number !== null) table.see(0, 0xc0000001, number, at, 0, Number.NaN);
  }
  const [slot] = [...table.slots(0)];
  return table.expected.of(slot) - table.counted.of(slot);
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

it.each<[string, number, (number | null)[]]>([
  ["whole", 0, upTo(200)],
  ["every tenth is missing", 19, upTo(199).filter((number) => number % 10 !== 0)],
  ["two change places", 0, [1, 2, 4, 3, 5, 6]],
  ["one comes twenty packets late", 0, [...upTo(10), ...upTo(20, 12), 11, ...upTo(10, 32)]],
  ["each is seen twice, by a mirror of two hops", 0, upTo(200).flatMap((number) => [number, number])],
  ["a copy of one does not stand for another that is missing", 1, [1, 2, 3, 3, 5, 5, 6]],
  ["copies that come late", 2, [1, 2, 4, 2, 4, 5, 7, 5, 7]],
  ["a jump of more than a thousand begins a new count", 0, [...upTo(100), ...upTo(100, 5_000)]],
  ["so does a pause, of a ring buffer perhaps", 0, [...upTo(100), null, ...upTo(100, 700)]],
  ["the first packets of the capture are out of order", 0, [7, 5, 6, 8, 9]],
])("%s", (_, expected, numbers) => {
  expect(lost(numbers)).toBe(expected);
});
