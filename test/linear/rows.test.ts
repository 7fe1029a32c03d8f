import { deserialize, serialize } from "node:v8";
import { describe, expect, it, test } from "vitest";
import { rowOf } from "../../src/linear/row-names.ts";
import { LinearMemory } from "../../src/linear/memory.ts";
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
  expect(JSON.parse(Plain.layout)).toEqual([["a", "b"], {}, {}, [], [], []]);
});

test("what most rows have nothing of takes no room where nothing is there, and is each row's own", () => {
  const rare = { note: null as string | null, seenAt: Number.NaN };
  class Noted extends rowOf({ numbers: ["a"], words: ["b"], rare }) {
    copy(): Noted {
      const copy: Noted = Object.create(Noted.prototype);
      this.copyTo(copy, new Pool(Noted, 1));
      return copy;
    }
  }
  const [one, other] = [1, 2].map(() => new Noted(new Pool(Noted)));
  expect([one.note, one.seenAt]).toEqual([null, Number.NaN]);
  Object.assign(one, { note: null, seenAt: Number.NaN });
  expect({ ...one }).toMatchObject({ rare: null });
  one.note = "x";
  const copy = one.copy();
  copy.note = "y";
  copy.seenAt = 7;
  expect([one, copy, other].map(({ note, seenAt }) => [note, seenAt])).toEqual([
    ["x", Number.NaN],
    ["y", 7],
    [null, Number.NaN],
  ]);
});

test("bytes lie behind words, and flags in one of them", () => {
  class Small extends rowOf({ numbers: ["a"], words: ["b"], bytes: ["c", "d", "e"], flags: ["f", "g"] }) {}
  class Larger extends rowOf({ numbers: ["a"], words: ["b"], bytes: ["c", "d", "e", "h"], flags: ["f"] }) {}
  expect([Small.width, Larger.width]).toEqual([2, 3]);
  const pool = new Pool(Small);
  const [row, next] = [new Small(pool), new Small(pool)];
  Object.assign(row, { a: 0.5, b: 0xffffffff, c: 255, d: 0, e: 7, f: false, g: true });
  expect([row.a, row.b, row.c, row.d, row.e, row.f, row.g]).toEqual([
    0.5,
    0xffffffff,
    255,
    0,
    7,
    false,
    true,
  ]);
  row.d = 256 + 9;
  row.f = true;
  row.g = false;
  expect([row.b, row.c, row.d, row.e, row.f, row.g]).toEqual([0xffffffff, 255, 9, 7, true, false]);
  expect([next.a, next.b, next.c, next.d, next.e, next.f]).toEqual([Number.NaN, 0, 0, 0, 0, false]);
});

test("words are whole numbers of 32 bits, and lists of each kind begin where the class says", () => {
  class Worded extends rowOf({ numbers: ["a"], words: ["b"], lists: { c: 2 }, wordLists: { d: 3 } }) {}
  expect([Worded.width, Worded.numbers, Worded.places]).toEqual([5, 3, { c: 1, d: 6 }]);
  const [row] = [new Worded(new Pool(Worded))];
  expect([row.b, row.d, row.c]).toEqual([0, [0, 0, 0], [Number.NaN, Number.NaN]]);
  row.d = [1, 0xffffffff, 3];
  row.b = 0x80000000;
  row.c = [0.5, -1];
  expect([row.a, row.b, row.c, row.d, row.dOf(1)]).toEqual([
    Number.NaN,
    0x80000000,
    [0.5, -1],
    [1, 0xffffffff, 3],
    0xffffffff,
  ]);
  const inside = new Worded(null);
  inside.lieIn(row, 0);
  inside.setD(0, 9);
  expect(row.dOf(0)).toBe(9);
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
  const kept = deserialize(serialize({ pool: pool.save(), rows }));
  const restored = new Pool(Visit, 1, LinearMemory.make());
  restored.restore(kept.pool);
  for (const row of kept.rows) {
    Object.setPrototypeOf(row, Visit.prototype);
    restored.adopt(row);
  }
  const [first, , third] = kept.rows as Visit[];
  expect(first.chunk).toBe(third.chunk);
  expect(third.address - first.address).toBe(2 * 8 * Visit.width);
  const added = visits(restored, 2);
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

test.each([-1, 0.5, 9, 1e9, Number.NaN])("a free place at %s, which is in no chunk, is refused", (begin) => {
  const pool = new Pool(Visit, 2, LinearMemory.make());
  const [first] = visits(pool, 1);
  pool.giveBack(first);
  const kept = deserialize(serialize(pool.save()));
  kept.free[0][1] = begin;
  expect(() => new Pool(Visit, 1, LinearMemory.make()).restore(kept)).toThrow(RangeError);
});

class Guest extends rowOf({
  numbers: ["at"],
  words: ["annexAddress", "room"],
  annex: { numbers: ["leftAt", "paid"], words: ["keys"] },
}) {}

describe("an annex", () => {
  const annexOf = (guest: Guest) => guest.known() as unknown as { leftAt: number; begin: number } | null;

  it("is made with the first that is set to something, and is each row's own", () => {
    const pool = new Pool(Guest);
    const [one, other] = [new Guest(pool), new Guest(pool)];
    Object.assign(one, { leftAt: Number.NaN, keys: 0 });
    expect([one.known(), one.leftAt, one.paid, one.keys]).toEqual([null, Number.NaN, Number.NaN, 0]);
    one.keys = 3;
    other.leftAt = 7;
    expect([one.leftAt, one.paid, one.keys]).toEqual([Number.NaN, Number.NaN, 3]);
    expect([other.leftAt, other.paid, other.keys]).toEqual([7, Number.NaN, 0]);
    expect([annexOf(one)!.begin, annexOf(other)!.begin]).toEqual([0, 3]);
    expect([Guest.width, Guest.annex!.at, Guest.annex!.kind.width]).toEqual([2, 2, 3]);
  });

  it("moves with its row, and its place is given back with that of the row", () => {
    const pool = new Pool(Guest);
    const guest = new Guest(pool);
    guest.leftAt = 7;
    pool.giveBack(guest);
    guest.moveTo(new Pool(Guest));
    const next = new Guest(pool);
    next.leftAt = 8;
    expect([annexOf(next)!.begin, guest.leftAt, next.leftAt]).toEqual([0, 7, 8]);
    guest.moveTo(new Pool(Guest));
    expect([guest.leftAt, guest.annexAddress]).toEqual([7, 0xffff_ffff]);
    next.moveTo(new Pool(Guest));
    expect(next.leftAt).toBe(8);
  });

  it("is found by its address where it lies in linear memory, as one that the core made", () => {
    const pool = new Pool(Guest, 2, LinearMemory.make());
    const guest = new Guest(pool);
    guest.paid = 5;
    const seen = new Guest(null);
    pool.lieAtAddress(seen, guest.address);
    expect([seen.paid, seen.leftAt, seen.annexAddress]).toEqual([5, Number.NaN, guest.annexAddress]);
    pool.giveBackAt(guest.address);
    const [next, last] = [new Guest(pool), new Guest(pool)];
    next.paid = 6;
    last.paid = 7;
    expect([next.annexAddress, last.paid, next.paid]).toEqual([seen.annexAddress, 7, 6]);
    // One that lies elsewhere has none until it is asked.
    pool.lieAtAddress(seen, last.address);
    expect(seen.paid).toBe(7);
  });

  it("is kept in a file with its row, without addresses", () => {
    const pool = new Pool(Guest, 2, LinearMemory.make());
    const rows = [1, 2, 3].map((at) => Object.assign(new Guest(pool), { at }));
    rows[0].paid = 5;
    rows[2].paid = 6;
    for (const row of rows) row.unlink();
    expect(rows.map(({ annexAddress, paid }) => [annexAddress, paid])).toEqual([
      [0, 5],
      [0, Number.NaN],
      [0, 6],
    ]);
    const kept = deserialize(serialize({ pool: pool.save(), rows }));
    for (const row of rows) row.link();
    const restored = new Pool(Guest, 1, LinearMemory.make());
    restored.restore(kept.pool);
    for (const row of kept.rows) {
      Object.setPrototypeOf(row, Guest.prototype);
      restored.adopt(row);
    }
    const [first, second, third] = kept.rows as Guest[];
    second.paid = 7;
    expect([first.paid, second.paid, third.paid]).toEqual([5, 7, 6]);
    expect(third.annexAddress - first.annexAddress).toBe(24);
    expect(rows.map(({ paid }) => paid)).toEqual([5, Number.NaN, 6]);
    kept.rows[0].annex.begin = 1e9;
    expect(() => restored.adopt(kept.rows[0])).toThrow(RangeError);
  });
});
