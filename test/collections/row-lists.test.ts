import { expect, test } from "vitest";
import { RowLists } from "../../src/collections/row-lists.ts";

function lists(...rows: readonly (readonly [number, string])[]): RowLists<string> {
  const made = new RowLists<string>();
  for (const [row, value] of rows) made.append(row, value);
  return made;
}

test("a list is taken once, in the order in which it was filled", () => {
  const made = lists([3, "a"], [70_000, "b"], [3, "c"]);
  expect([made.take(3), made.take(3), made.take(0), made.take(70_000), made.take(99_999)]).toEqual([
    ["a", "c"],
    [],
    [],
    ["b"],
    [],
  ]);
});

test("what is dropped leaves the others, and rows that have none any more are told", () => {
  const made = lists([1, "gone"], [2, "gone"], [2, "stays"], [5, "stays"]);
  const emptied: number[] = [];
  made.drop(
    (value) => value === "gone",
    (row) => emptied.push(row),
  );
  expect([emptied, made.take(1), made.take(2), made.take(5)]).toEqual([[1], [], ["stays"], ["stays"]]);
});

test("lists follow their rows, and go with those that are dropped", () => {
  const made = lists([0, "a"], [2, "b"], [3, "c"]);
  made.move(Int32Array.of(-1, 0, 1, 2));
  expect([made.take(0), made.take(1), made.take(2), made.take(3)]).toEqual([[], ["b"], ["c"], []]);
});

test("what is kept in a state file has null for a row without a list, and nothing of what was dropped", () => {
  const made = lists([0, "a"], [2, "gone"], [3, "b"], [3, "d"], [5, "c"]);
  expect(made.save()).toEqual(["a", null, "gone", ["b", "d"], null, "c"]);
  made.drop(
    (value) => value === "gone",
    () => {},
  );
  expect(made.save()).toEqual(["a", null, null, ["b", "d"], null, "c"]);
  expect([made.has(0), made.has(2), made.has(3), made.has(9)]).toEqual([true, false, true, false]);
  made.take(5);
  made.move(Int32Array.of(-1, 0, 1, 2, 3, 4));
  // Rows behind the last one that has a list take no room.
  expect(Object.entries(made.save())).toEqual([
    ["0", null],
    ["1", null],
    ["2", ["b", "d"]],
  ]);
  const kept = new RowLists<string>();
  kept.restore(made.save());
  expect([kept.take(2), kept.take(1)]).toEqual([["b", "d"], []]);
});
