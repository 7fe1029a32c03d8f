import { expect, it } from "vitest";
import { SparseList } from "../../src/collections/sparse-list.ts";
import { random32 } from "../support/random.ts";

it("gives what was set last at an index, and null at all others", () => {
  const next = random32(11);
  const list = new SparseList<{ value: number }>();
  const plain = new Map<number, { value: number }>();
  for (let value = 0; value < 500; value += 1) {
    // Some side by side, others far apart.
    const index = next() % (value % 2 === 0 ? 200 : 100_000);
    const entry = { value };
    list.set(index, entry);
    plain.set(index, entry);
  }
  const indices = Array.from({ length: 110_000 }, (_, index) => index);
  expect(indices.filter((index) => list.at(index) !== (plain.get(index) ?? null))).toEqual([]);
});
