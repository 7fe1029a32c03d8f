import { describe, expect, it } from "vitest";
import { Lease, LinearMemory, type Memory, moved, ordinaryMemory, wider } from "../../src/linear/memory.ts";

const MEBIBYTE = 1024 * 1024;

function linear(): LinearMemory {
  const { linear } = LinearMemory.make();
  if (linear === null) throw new Error("this runtime has no linear memory");
  return linear;
}

describe("linear memory", () => {
  it("gives columns that do not overlap, of zeros, large ones at a page", () => {
    const memory = linear();
    const columns = [
      memory.column(Uint8Array, 3),
      memory.column(Float64Array, 5),
      memory.column(Uint32Array, 5_000),
      memory.column(Uint8Array, MEBIBYTE),
    ];
    columns.forEach((column, i) => {
      expect([...column.slice(0, 5)].every((value) => value === 0)).toBe(true);
      column.fill(i + 1);
    });
    columns.forEach((column, i) => {
      expect(new Set(column)).toEqual(new Set([i + 1]));
    });
    expect(columns[3].byteOffset % 4_096).toBe(0);
  });

  it("gives the place of a column that was freed to one of the same size, and zeros it", () => {
    const memory = linear();
    const first = memory.column(Int32Array, 100);
    first.fill(7);
    memory.free(first);
    const second = memory.column(Uint32Array, 100);
    expect(second.byteOffset).toBe(first.byteOffset);
    expect(new Set(second)).toEqual(new Set([0]));
  });

  it("counts what was given and freed, so that addresses that were written can be told to be old", () => {
    const memory = linear();
    const column = memory.column(Int32Array, 8);
    const before = memory.changes;
    const larger = wider(memory, column, Int32Array);
    expect(memory.changes).toBeGreaterThan(before);
    expect(larger.byteOffset).not.toBe(column.byteOffset);
  });

  it("gives arrays of their own when it is full, and columns again when some are freed", () => {
    const memory = linear();
    const columns = Array.from({ length: 60 }, () => memory.column(Uint8Array, MEBIBYTE));
    const inside = columns.filter((column) => memory.has(column));
    expect(inside.length).toBeGreaterThan(40);
    expect(inside.length).toBeLessThan(48);
    expect(columns.every(({ length }) => length === MEBIBYTE)).toBe(true);
    memory.free(inside[0]);
    expect(memory.has(memory.column(Uint8Array, MEBIBYTE))).toBe(true);
  });

  it("takes back all of a lease, and nothing else", () => {
    const memory = linear();
    const kept = memory.column(Uint8Array, 4_096);
    const lease = new Lease(memory);
    const taken = [
      lease.column(Uint8Array, 4_096),
      wider(lease, lease.column(Uint8Array, 2_048), Uint8Array),
    ];
    const places = new Set(taken.map(({ byteOffset }) => byteOffset));
    lease.end();
    const again = [memory.column(Uint8Array, 4_096), memory.column(Uint8Array, 4_096)];
    expect(new Set(again.map(({ byteOffset }) => byteOffset))).toEqual(places);
    expect(places.has(kept.byteOffset)).toBe(false);
  });
});

describe.each<[string, () => Memory]>([
  ["linear", linear],
  ["ordinary", () => ordinaryMemory],
])("columns in %s memory", (_, make) => {
  it("keep their numbers when they get wider or move", () => {
    const memory = make();
    const column = memory.column(Float64Array, 3);
    column.set([1, Number.NaN, -0.5]);
    expect([...wider(memory, column, Float64Array)]).toEqual([1, Number.NaN, -0.5, 0, 0, 0]);
    expect([...moved(memory, Uint8Array.of(1, 2, 255), Uint8Array)]).toEqual([1, 2, 255]);
  });
});
