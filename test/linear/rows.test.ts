import { deserialize, serialize } from "node:v8";
import { expect, test } from "vitest";
import { rowOf } from "../../src/linear/row-names.ts";
import { Pool } from "../../src/linear/rows.ts";

class Visit extends rowOf({
  numbers: ["at", "port"],
  flags: ["isLate", "isLast"],
  lists: { sides: 2, prints: 3 },
}) {}

function visits(pool: Pool, count: number): Visit[] {
  return Array.from({ length: count }, (_, i) => {
    const visit = new Visit(pool);
    visit.at = i;
    visit.setPrints(2, -i);
    return visit;
  });
}

test("a row begins with nothing seen, and what is written under one name changes no other", () => {
  const visit = new Visit(new Pool(Visit));
  expect([visit.at, visit.port, visit.isLate, visit.isLast]).toEqual([Number.NaN, Number.NaN, false, false]);
  expect([visit.sides, visit.prints]).toEqual([Array(2).fill(Number.NaN), Array(3).fill(Number.NaN)]);
  visit.at = 7;
  visit.isLast = true;
  visit.setSides(1, 8);
  visit.setPrints(0, 9);
  expect([visit.at, visit.port, visit.isLate, visit.isLast]).toEqual([7, Number.NaN, false, true]);
  expect(visit.sides).toEqual([Number.NaN, 8]);
  expect([visit.printsOf(0), visit.printsOf(1), visit.sidesOf(1)]).toEqual([9, Number.NaN, 8]);
  visit.isLate = true;
  visit.isLast = false;
  expect([visit.isLate, visit.isLast]).toEqual([true, false]);
});

test("thousands of rows of one pool keep their numbers apart", () => {
  const made = visits(new Pool(Visit, 1), 60_000);
  expect(made.every((visit, i) => visit.at === i && visit.printsOf(2) === -i)).toBe(true);
});

test("chunks are twice as large each time, up to 1 MiB, and are filled to their last row", () => {
  // A row has eight numbers of eight bytes: 64 rows in the first 4 KiB.
  expect(Visit.width).toBe(8);
  const chunks = new Map<object, number>();
  for (const { chunk } of visits(new Pool(Visit), 60_000)) {
    chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
  }
  const rows = [...chunks.values()];
  expect(rows.slice(0, -1)).toEqual([64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 16_384]);
  const bytes = [...chunks.keys()].map((chunk) => (chunk as Visit["chunk"]).numbers.byteLength);
  expect(bytes.slice(0, -1)).toEqual(rows.slice(0, -1).map((count) => count * 64));
  expect(bytes.at(-1)).toBe(2 ** 20);
});

test("a kind without flags or lists has room for its numbers", () => {
  class Plain extends rowOf({ numbers: ["a", "b"] }) {}
  const plain = new Plain(new Pool(Plain));
  plain.b = 5;
  expect([plain.a, plain.b, Plain.width]).toEqual([Number.NaN, 5, 2]);
  // Its names alone, in their order.
  expect(JSON.parse(Plain.layout)).toEqual([["a", "b"], {}, {}, [], []]);
});

test("a place that was given back is used again, and whoever holds the row that left reads what was there", () => {
  const pool = new Pool(Visit);
  const [gone, stays] = visits(pool, 2);
  gone.isLate = true;
  const place = { ...gone };
  pool.giveBack(gone);
  gone.moveTo(new Pool(Visit));
  const [next] = visits(pool, 1);
  expect({ ...next }).toEqual(place);
  expect([next.isLate, next.port]).toEqual([false, Number.NaN]);
  next.at = 3;
  expect([gone.at, gone.isLate, stays.at, next.at]).toEqual([0, true, 1, 3]);
});

test("rows that were kept in a file lie in the pool that was kept with them, which goes on", () => {
  const pool = new Pool(Visit);
  const rows = visits(pool, 3);
  pool.giveBack(rows[1]);
  rows[1].moveTo(new Pool(Visit));
  const kept = deserialize(serialize({ pool, rows }));
  Pool.revive(kept.pool);
  for (const row of kept.rows) Object.setPrototypeOf(row, Visit.prototype);
  const [first, , third] = kept.rows as Visit[];
  expect(first.chunk).toBe(third.chunk);
  const added = visits(kept.pool, 2);
  for (const visit of added) visit.at = 9;
  expect([...kept.rows, ...added].map(({ at }: Visit) => at)).toEqual([0, 1, 2, 9, 9]);
});

test("a place that is used again takes no room from the others", () => {
  const pool = new Pool(Visit, 3);
  const [first] = visits(pool, 2);
  pool.giveBack(first);
  const [again, third] = visits(pool, 2);
  expect([again.begin, third.begin, third.chunk]).toEqual([0, 2 * Visit.width, first.chunk]);
  // The chunk is full.
  pool.giveBack(again);
  const [, next] = visits(pool, 2);
  expect([next.begin, next.chunk.numbers.length]).toEqual([0, 6 * Visit.width]);
});
