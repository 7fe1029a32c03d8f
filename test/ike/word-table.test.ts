import fc from "fast-check";
import { expect, it } from "vitest";
import { WordTable } from "../../src/collections/word-table.ts";

function ensure(table: WordTable, key: readonly number[]): number {
  table.key.set(key);
  return table.ensure();
}

function find(table: WordTable, key: readonly number[]): number {
  table.key.set(key);
  return table.find();
}

const key = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(), fc.constantFrom(0, 1, 0xffffffff));

it("gives each key one row, in the order of first appearance, and finds it again", () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 500 }), (keys) => {
      const table = new WordTable(3, 4);
      const rows = new Map<string, number>();
      for (const each of keys) {
        const name = each.join();
        if (!rows.has(name)) expect(find(table, each)).toBe(-1);
        const row = rows.get(name) ?? rows.size;
        rows.set(name, row);
        expect(ensure(table, each)).toBe(row);
      }
      expect(table.size).toBe(rows.size);
      for (const each of keys) expect(find(table, each)).toBe(rows.get(each.join()));
    }),
  );
});

it("forgets all rows, and takes others", () => {
  const table = new WordTable(2, 4);
  for (let i = 0; i < 1_000; i += 1) ensure(table, [i, i * 7]);
  table.clear();
  expect(table.size).toBe(0);
  expect(table.slots.length).toBeLessThan(1_000);
  expect(find(table, [1, 7])).toBe(-1);
  expect(ensure(table, [1, 7])).toBe(0);
  expect(find(table, [1, 7])).toBe(0);
});

it("forgets the rows that are not retained and renumbers the others in order", () => {
  const table = new WordTable(2, 4);
  for (let i = 0; i < 100; i += 1) ensure(table, [i, i * 7]);
  const moved = table.retain((row) => row % 3 === 0);
  expect(table.size).toBe(34);
  for (let i = 0; i < 100; i += 1) {
    expect(moved[i]).toBe(i % 3 === 0 ? i / 3 : -1);
    expect(find(table, [i, i * 7])).toBe(moved[i]);
  }
  expect(ensure(table, [1, 7])).toBe(34);
});
