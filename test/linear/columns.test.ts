import { describe, expect, it, vi } from "vitest";
import { coreOver } from "../../src/linear/core.ts";
import {
  type Column,
  Columns,
  type ColumnType,
  Lease,
  LinearMemory,
  type Memory,
  moved,
  ordinaryMemory,
} from "../../src/linear/memory.ts";

const MEBIBYTE = 1024 * 1024;

function linear(): LinearMemory {
  const { linear } = LinearMemory.make(48 * MEBIBYTE, false);
  if (linear === null) throw new Error("this runtime has no linear memory");
  return linear;
}

describe("ordinary memory", () => {
  it("gives columns that do not overlap, of zeros, whatever their size", () => {
    const columns = Array.from({ length: 40 }, (_, i) => [
      ordinaryMemory.column(Uint8Array, i),
      ordinaryMemory.column(Float64Array, 400 * i),
      ordinaryMemory.column(Uint32Array, 1_000 * i),
    ]).flat();
    columns.forEach((column, i) => {
      expect(column.every((value) => value === 0)).toBe(true);
      column.fill(i + 1);
    });
    columns.forEach((column, i) => {
      expect(column.every((value) => value === i + 1)).toBe(true);
    });
  });
});

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
    const larger = memory.wider(column, Int32Array);
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

  it("counts each column that is given or freed once, and none that does not lie in it", () => {
    const memory = linear();
    const changes = (act: () => void) => {
      const before = memory.changes;
      act();
      return memory.changes - before;
    };
    const column = memory.column(Uint8Array, 8);
    expect(changes(() => memory.column(Uint8Array, 8))).toBe(1);
    expect(changes(() => memory.free(column))).toBe(1);
    expect(changes(() => memory.free(new Uint8Array(8)))).toBe(0);
    expect([memory.has(column), memory.has(new Uint8Array(8))]).toEqual([true, false]);
    expect(memory.linear).toBe(memory);
  });

  it("gives the places of several columns of a size, each once", () => {
    const memory = linear();
    const columns = [0, 1, 2].map(() => memory.column(Uint8Array, 100));
    for (const column of columns) memory.free(column);
    const again = [0, 1, 2, 3].map(() => memory.column(Uint8Array, 100).byteOffset);
    expect(new Set(again.slice(0, 3))).toEqual(new Set(columns.map(({ byteOffset }) => byteOffset)));
    expect(new Set(again).size).toBe(4);
  });

  it("begins columns at a line of 64 bytes, and those of a page or more at one of 4,096", () => {
    const memory = linear();
    for (const size of [1, 64, 65, 4_095]) expect(memory.column(Uint8Array, size).byteOffset % 64).toBe(0);
    expect(memory.column(Uint8Array, 1).byteOffset % 4_096).not.toBe(0);
    const small = memory.column(Uint8Array, 4_095);
    expect(memory.column(Uint8Array, 1).byteOffset - small.byteOffset).toBe(4_096);
    memory.column(Uint8Array, 1);
    expect(memory.column(Uint8Array, 4_096).byteOffset % 4_096).toBe(0);
  });

  it("gives places that lie side by side again as one, and what is left of them to others", () => {
    const memory = linear();
    const [first, second, third, last] = [1, 1, 1, 1].map(() => memory.column(Uint8Array, 65_536));
    first.fill(7);
    for (const column of [first, third, second]) memory.free(column);
    const large = memory.column(Uint8Array, 131_072);
    expect([large.byteOffset, large.some((byte) => byte !== 0)]).toEqual([first.byteOffset, false]);
    expect(memory.column(Uint32Array, 8_192).byteOffset).toBe(third.byteOffset);
    expect(memory.column(Uint32Array, 8_192).byteOffset).toBe(third.byteOffset + 32_768);
    expect(memory.column(Uint8Array, 4_096).byteOffset).toBeGreaterThan(last.byteOffset);
  });

  it("lets a column grow where it lies, as far as was said, and gives all of its addresses to others afterwards", () => {
    const memory = LinearMemory.make(65_536).linear!;
    const most = 100_000;
    let column = memory.column(Uint32Array, 256, most).fill(7);
    const places: number[] = [];
    while (column.length < 2 * most) {
      const before = memory.changes;
      column = memory.wider(column, Uint32Array);
      expect(memory.changes).toBeGreaterThan(before);
      expect(column.every((value, i) => value === (i < 256 ? 7 : 0))).toBe(true);
      places.push(column.byteOffset);
    }
    // As long as it is small it moves, and then once to where there is room for 131,072 numbers.
    expect(new Set(places.slice(3, 9)).size).toBe(1);
    expect(new Set(places).size).toBeLessThanOrEqual(5);
    expect(memory.column(Uint32Array, 131_072).byteOffset).toBeLessThanOrEqual(places[3]);
  });

  it.each([true, false])(
    "moves a column that grows where nothing was said, or addresses cost: %s",
    (isShared) => {
      const memory = LinearMemory.make(4 * MEBIBYTE, isShared).linear!;
      const column = memory.column(Uint8Array, 16_384, isShared ? 0 : MEBIBYTE).fill(7);
      const larger = memory.wider(column, Uint8Array);
      expect([larger.byteOffset === column.byteOffset, larger[16_383], larger[16_384]]).toEqual([
        false,
        7,
        0,
      ]);
      expect(memory.column(Uint8Array, 16_384).byteOffset).toBe(column.byteOffset);
    },
  );

  it("has room for a million IKE SAs, which V8 does not count as its own", () => {
    const before = process.memoryUsage().external;
    const memory = LinearMemory.make(65_536).linear!;
    expect([memory.isShared, memory.memory.buffer.byteLength]).toEqual([true, 1024 * MEBIBYTE]);
    expect(process.memoryUsage().external - before).toBeLessThan(MEBIBYTE);
  });

  it.each(["SharedArrayBuffer", "TextDecoder"])("is not shared where it may not be: no %s", (name) => {
    vi.stubGlobal(name, undefined);
    const memory = LinearMemory.make(65_536);
    vi.unstubAllGlobals();
    expect([memory.linear!.isShared, coreOver(memory) === null]).toEqual([false, false]);
  });

  it("is filled to its last byte", () => {
    const memory = LinearMemory.make(65_536, false).linear!;
    const { byteLength } = memory.memory.buffer;
    expect(byteLength).toBeGreaterThanOrEqual(65_536);
    const first = memory.column(Uint8Array, 4_096);
    const rest = memory.column(Uint8Array, byteLength - first.byteOffset - 4_096);
    expect(memory.has(rest)).toBe(true);
    expect(memory.has(memory.column(Uint8Array, 1))).toBe(false);
    // No more than 48 MB, whatever is asked for.
    expect(LinearMemory.make(2 ** 40, false).linear!.memory.buffer.byteLength).toBe(48 * MEBIBYTE);
  });

  it("is made of arrays of their own where the runtime has no WebAssembly, or no addresses for it", () => {
    const runtime = globalThis as { WebAssembly?: unknown };
    const { WebAssembly } = runtime;
    try {
      runtime.WebAssembly = undefined;
      expect(LinearMemory.make()).toBe(ordinaryMemory);
      const Memory = class {
        constructor() {
          throw new RangeError("could not allocate memory");
        }
      };
      runtime.WebAssembly = { Memory };
      expect(LinearMemory.make()).toBe(ordinaryMemory);
    } finally {
      runtime.WebAssembly = WebAssembly;
    }
    expect([ordinaryMemory.linear, ordinaryMemory.column(Uint8Array, 3).length]).toEqual([null, 3]);
  });

  it("a lease frees what it took, once, and nothing else", () => {
    const memory = linear();
    const lease = new Lease(memory);
    expect(lease.linear).toBe(memory);
    const own = lease.column(Uint8Array, 32);
    const other = memory.column(Uint8Array, 32);
    const before = memory.changes;
    lease.free(other);
    expect(memory.changes).toBe(before);
    lease.free(own);
    expect(memory.changes).toBe(before + 1);
    lease.free(own);
    lease.end();
    lease.end();
    expect(memory.changes).toBe(before + 1);
  });

  it("columns that grow or settle are all replaced", () => {
    class Pair extends Columns {
      a = new Uint8Array([1, 2]);
      b = new Float64Array([3, 4]);
      protected override replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void {
        this.a = to(this.a, Uint8Array);
        this.b = to(this.b, Float64Array);
      }
      more(): void {
        this.grow();
      }
      home(): void {
        this.settle();
      }
    }
    const memory = linear();
    const pair = new Pair(memory);
    pair.home();
    expect([memory.has(pair.a), memory.has(pair.b)]).toEqual([true, true]);
    pair.more();
    expect([[...pair.a], [...pair.b]]).toEqual([
      [1, 2, 0, 0],
      [3, 4, 0, 0],
    ]);
    const elsewhere = new Pair(ordinaryMemory);
    const { a } = elsewhere;
    elsewhere.home();
    expect(elsewhere.a).toBe(a);
  });

  it("takes back all of a lease, and nothing else", () => {
    const memory = linear();
    const kept = memory.column(Uint8Array, 4_096);
    const lease = new Lease(memory);
    const taken = [lease.column(Uint8Array, 4_096), lease.wider(lease.column(Uint8Array, 2_048), Uint8Array)];
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
    expect([...memory.wider(column, Float64Array)]).toEqual([1, Number.NaN, -0.5, 0, 0, 0]);
    expect([...moved(memory, Uint8Array.of(1, 2, 255), Uint8Array)]).toEqual([1, 2, 255]);
  });
});
