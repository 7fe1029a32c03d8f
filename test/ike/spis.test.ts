import { describe, expect, it } from "vitest";
import { ActivityTable } from "../../src/ike/activity.ts";
import { Remembered } from "../../src/ike/remembered.ts";
import { type Selectors, selectorsClash } from "../../src/ike/selectors.ts";
import { SPIS_PER_FLOW } from "../../src/core/bounds.ts";
import { SpiTable } from "../../src/ike/spis.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { ordinaryMemory } from "../../src/linear/memory.ts";

const MICRO = 1e-6;

interface Packet {
  sequence?: number;
  at?: number;
  /** When the other side was seen last. */
  other?: number;
  spi?: number;
  row?: number;
  segment?: number;
}

/** Sees the packets, seconds apart unless told otherwise. */
function seen(packets: readonly Packet[], table = new SpiTable()): SpiTable {
  packets.forEach(
    ({ sequence = Number.NaN, at, other = Number.NaN, spi = 0xabc, row = 0, segment = 0 }, i) => {
      table.see(row, spi, sequence, Math.round((at ?? i) * SECOND), segment, other * SECOND);
    },
  );
  return table;
}
const spisOf = (table: SpiTable, row = 0) => [...table.slots(row)].map((slot) => table.spi.of(slot));
const first = (table: SpiTable, row = 0) => [...table.slots(row)][0];

it.each([0, 255, 256, 5_000])("tells when a flow carried ESP whose SPI was cut off, row %i", (row) => {
  const table = seen([
    { spi: 0, row, at: 5 },
    { spi: 0, row, at: 7 },
  ]);
  expect([spisOf(table, row), table.lastIn(row, 0)]).toEqual([[0], 7 * SECOND]);
});

describe("loss by sequence numbers (7.2)", () => {
  const counted = (...packets: readonly Packet[]) => {
    const table = seen(packets);
    const slot = first(table);
    return [table.counted.of(slot), table.expected.of(slot)];
  };
  const numbers = (...sequences: readonly number[]) =>
    counted(...sequences.map((sequence) => ({ sequence })));

  it.each<[string, number[], [number, number]]>([
    ["one packet expects nothing", numbers(7), [0, 0]],
    ["one after another", numbers(1, 2, 3, 4), [3, 3]],
    ["one is missing", numbers(1, 2, 4), [2, 3]],
    ["one comes late", numbers(1, 2, 4, 3), [3, 3]],
    ["one comes late, and again", numbers(1, 2, 4, 3, 3), [3, 3]],
    ["a copy of the latest", numbers(1, 2, 2), [1, 1]],
    ["a copy of an older one", numbers(1, 2, 3, 2), [2, 2]],
    ["31 late still fills its gap", numbers(1, 33, 2), [2, 32]],
    ["32 late does not", numbers(1, 34, 2), [1, 33]],
    ["a step of 31 keeps what was seen before", numbers(1, 32, 1), [1, 31]],
    ["a step of 1,000 is a gap", numbers(1, 1_001), [1, 1_000]],
    ["a greater one begins a new count", numbers(1, 1_002, 1_003), [1, 1]],
    ["a step back of more than 1,000 as well", numbers(5_000, 1, 2), [1, 1]],
    ["what lies before a new count is no gap that fills", numbers(1, 2_000, 1_999), [0, 0]],
    ["a pause of 60 s is a gap", counted({ sequence: 1, at: 0 }, { sequence: 9, at: 60 }), [1, 8]],
    [
      "a longer one begins a new count",
      counted({ sequence: 1, at: 0 }, { sequence: 9, at: 60 + MICRO }),
      [0, 0],
    ],
  ])("%s", (_, figures, expected) => {
    expect(figures).toEqual(expected);
  });

  it("where not every packet of a flow is seen nothing is counted", () => {
    const table = seen([{ sequence: 1 }]);
    table.see(0, 0xabc, 9, SECOND, 0, Number.NaN, false);
    const slot = first(table);
    expect([table.counted.of(slot), table.expected.of(slot), table.lastSequence.of(slot)]).toEqual([0, 0, 9]);
  });
});

describe("a sender that nobody answers (4, 6.6)", () => {
  /** Since when, and the third packet, in seconds. */
  const unheard = (...packets: readonly Packet[]) => {
    const table = seen(packets);
    const slot = first(table);
    return [table.unheardSince.of(slot) / SECOND, table.unheardThirdAt.of(slot) / SECOND];
  };

  it("since its first packet after the other side's last, and three or more of them", () => {
    expect(unheard({ at: 1 })).toEqual([1, Number.NaN]);
    expect(unheard({ at: 1 }, { at: 2 })).toEqual([1, Number.NaN]);
    expect(unheard({ at: 1 }, { at: 2 }, { at: 3 }, { at: 4 })).toEqual([1, 3]);
    expect(unheard({ at: 1 }, { at: 2 }, { at: 3 }, { at: 9, other: 5 })).toEqual([9, Number.NaN]);
    expect(unheard({ at: 1 }, { at: 2, other: 1 }, { at: 3, other: 1 }, { at: 4, other: 1 })).toEqual([2, 4]);
    expect(unheard({ at: 1, other: 0 }, { at: 2, other: 0 }, { at: 3, other: 0 })).toEqual([1, 3]);
  });

  it("what a mirror shows twice was sent once", () => {
    const twice = (sequence: number, at: number) => [
      { sequence, at },
      { sequence, at: at + 30 * MICRO },
    ];
    expect(unheard(...twice(1, 1), ...twice(2, 21))).toEqual([1, Number.NaN]);
    expect(unheard(...twice(1, 1), ...twice(2, 21), ...twice(3, 22))).toEqual([1, 22]);
  });

  it("behind a step of the clock, by times of what follows it", () => {
    const before = [{ at: 50 }, { at: 51 }];
    expect(unheard(...before, { at: 1, segment: 1, other: 0.5 })).toEqual([1, Number.NaN]);
    expect(unheard(...before, { at: 1, segment: 1 })).toEqual([1, 1]);
    expect(unheard(...before, { at: 52 }, { at: 1, segment: 1 }, { at: 2, segment: 1 })).toEqual([1, 1]);
    const after = [
      { at: 1, segment: 1 },
      { at: 3, segment: 1, other: 2 },
    ];
    expect(unheard(...before, ...after)).toEqual([3, Number.NaN]);
  });

  it("a message of IKE from the other side is a sign of it, unless the sender was unheard for long before", () => {
    const afterIke = (before: readonly Packet[], after: readonly Packet[]) => {
      const table = seen(before);
      table.heardOther(0);
      const slot = first(seen(after, table));
      return [table.unheardSince.of(slot) / SECOND, table.unheardThirdAt.of(slot) / SECOND];
    };
    const three = [{ at: 1 }, { at: 2 }, { at: 3 }];
    expect(afterIke(three, [{ at: 4 }, { at: 5 }, { at: 6 }])).toEqual([4, 6]);
    expect(afterIke([{ at: 1 }, { at: 22 }], [{ at: 23 }])).toEqual([23, Number.NaN]);
    const long = [...three, { at: 21 }];
    expect(afterIke(long, [{ at: 22 }])).toEqual([1, 3]);
    expect(afterIke([...three, { at: 21 - MICRO }], [{ at: 22 }])).toEqual([22, Number.NaN]);
  });

  it.each<[string, readonly Packet[], number, boolean]>([
    ["three packets over 20 s", [{ at: 1 }, { at: 2 }, { at: 21 }], 0, true],
    ["over less", [{ at: 1 }, { at: 2 }, { at: 21 - MICRO }], 0, false],
    ["two packets over 20 s", [{ at: 1 }, { at: 40 }], 0, false],
    ["the other side was seen since", [{ at: 1 }, { at: 2 }, { at: 21 }], 1, false],
  ])("%s", (_, packets, other, expected) => {
    expect(seen(packets).isUnheard(0, 0, other * SECOND)).toBe(expected);
  });

  it("of any SPI of the flow", () => {
    const table = seen([{ at: 1 }, { at: 2 }, { at: 21 }, { at: 22, spi: 0xdef }]);
    expect(table.isUnheard(0, 0, 0)).toBe(true);
    expect(table.isUnheard(1, 0, 0)).toBe(false);
    expect(table.isUnheard(0, 1, 0)).toBe(false);
  });
});

describe("the SPIs of a flow (6.17)", () => {
  it("the one seen last comes first", () => {
    const table = seen([1, 2, 3, 1].map((spi) => ({ spi })));
    expect(spisOf(table)).toEqual([1, 3, 2]);
    expect(spisOf(seen([{ spi: 2 }, { spi: 3 }], table))).toEqual([3, 2, 1]);
    expect(spisOf(table, 1)).toEqual([]);
    expect(spisOf(table, -1)).toEqual([]);
    expect(spisOf(table, 1_000_000)).toEqual([]);
  });

  it("each has its first and last packet, their numbers, and how many they were", () => {
    const table = seen([
      { sequence: 5, at: 2, spi: 7 },
      { sequence: 9, at: 3, spi: 8 },
      { sequence: 6, at: 1, spi: 7, segment: 1 },
    ]);
    const slot = first(table);
    expect([table.firstAt[slot], table.firstSegment[slot], table.firstSequence[slot]]).toEqual([2e6, 0, 5]);
    expect([table.lastAt.of(slot), table.lastSegment.of(slot), table.lastSequence.of(slot)]).toEqual([
      1e6, 1, 6,
    ]);
    expect(table.packets.of(slot)).toBe(2);
    expect([table.lastIn(0, 0), table.lastIn(0, 1), table.lastIn(0, 2)]).toEqual([3e6, 1e6, Number.NaN]);
  });

  it("32 are kept: the one that was silent longest goes first", () => {
    const table = seen(Array.from({ length: 32 }, (_, i) => ({ spi: i + 1 })));
    seen([{ spi: 1 }, { spi: 33 }], table);
    expect(spisOf(table)).toEqual([33, 1, ...Array.from({ length: 30 }, (_, i) => 32 - i)]);
    expect([table.evicted, table.size, SPIS_PER_FLOW]).toEqual([1, 32, 32]);
    expect(table.packets.of(first(table))).toBe(1);
  });

  it("131,072 are kept of all flows: then a flow of its own SPI gives that one up, and a new one has no place", () => {
    const table = new SpiTable();
    const see = (row: number, spi: number) => table.see(row, spi, 1, SECOND, 0, Number.NaN);
    for (let row = 0; row < 131_072; row += 1) see(row, 1);
    expect([table.size, table.evicted]).toEqual([131_072, 0]);
    see(7, 2);
    see(131_072, 1);
    expect([table.size, table.evicted]).toEqual([131_072, 2]);
    expect([spisOf(table, 7), spisOf(table, 131_072)]).toEqual([[2], []]);
  });

  it("slots of flows that are gone are used again, and nothing of them is left", () => {
    const table = seen([{ spi: 1, sequence: 5 }, { spi: 2 }, { spi: 3, row: 1 }]);
    table.clear(0);
    expect(spisOf(table)).toEqual([]);
    seen(
      [
        { spi: 4, row: 2, at: 9 },
        { spi: 5, row: 2, at: 10 },
      ],
      table,
    );
    expect([spisOf(table, 1), spisOf(table, 2), table.size]).toEqual([[3], [5, 4], 3]);
    const slot = first(table, 2);
    expect([table.packets.of(slot), table.firstAt[slot], table.expected.of(slot)]).toEqual([1, 10e6, 0]);
    expect(table.firstSequence[slot]).toBeNaN();
    table.clear(99_999);
  });

  it("flows that were numbered anew keep theirs", () => {
    const table = seen([{ spi: 1 }, { spi: 2, row: 1 }, { spi: 3, row: 2 }]);
    table.move(Int32Array.of(1, -1, 0));
    expect([spisOf(table, 0), spisOf(table, 1), spisOf(table, 2)]).toEqual([[3], [1], []]);
    seen([{ spi: 9, row: 2 }], table);
    expect([spisOf(table, 2), table.size]).toEqual([[9], 3]);
  });

  it("thousands of flows each keep theirs, and a state holds them all", () => {
    const packets = Array.from({ length: 2_000 }, (_, i) => ({ row: i, spi: i + 1, sequence: i }));
    const table = seen(packets);
    const restored = new SpiTable();
    restored.restore(table.save());
    for (const each of [table, restored]) {
      expect(packets.every(({ row, spi }) => spisOf(each, row).join() === String(spi))).toBe(true);
      expect(each.size).toBe(2_000);
    }
    restored.clear(5);
    seen([{ row: 2_001, spi: 77 }], restored);
    expect([restored.size, spisOf(restored, 2_001)]).toEqual([2_000, [77]]);
  });
});

describe("a host that sends steadily (4)", () => {
  const sendingAt = (
    times: readonly number[],
    segment: number,
    table = new ActivityTable(ordinaryMemory),
  ) => {
    for (const each of times) table.sent(3, Math.round(each * SECOND), segment);
    return table;
  };
  const isSteady = (at: number, ...times: readonly number[]) =>
    sendingAt(times, 0).isSteady(3, Math.round(at * SECOND), 0);

  it.each<[string, boolean, boolean]>([
    ["in six of the six spans of 10 s before", isSteady(100, 45, 55, 65, 75, 85, 95), true],
    ["in five", isSteady(100, 45, 55, 65, 75, 85), true],
    ["in the first five", isSteady(100, 55, 65, 75, 85, 95), true],
    ["in four", isSteady(100, 45, 55, 65, 75), false],
    ["twice in a span counts once", isSteady(100, 45, 55, 65, 75, 76, 77), false],
    ["a span ends before the next begins", isSteady(100, 40, 50, 60, 70, 80), true],
    ["at the moment itself is not before", isSteady(100, 55, 65, 75, 85, 100), false],
    ["more than a minute before is no span", isSteady(100, 39.9, 55, 65, 75, 85), false],
    ["within one second both ends count", isSteady(100.5, 40.6, 50.6, 60.6, 70.6, 80.6), true],
    // At half a second: what is a span's own, and what of the same second is its neighbour's.
    ["behind the end of a span, in the same second", isSteady(100.5, 60.7, 80.7, 95), false],
    ["before the beginning of a span, in the same second", isSteady(100.5, 60.3, 80.3, 95), false],
    ["at the end of a span is the next one's", isSteady(100.5, 60.5, 80.5, 95), false],
    ["both sides of an end, in one second", isSteady(100.5, 60.2, 60.7, 80.2, 80.7, 95), true],
    ["never", isSteady(100), false],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });

  it("is known of the time since the clock stepped back alone (6.13)", () => {
    const before = [45, 55, 65, 75, 85, 95];
    const stepped = (times: readonly number[]) => sendingAt(times, 1, sendingAt(before, 0));
    const steady = (table: ActivityTable) => table.isSteady(3, 100 * SECOND, 1);
    expect([[], [95], [65, 75, 85, 95], [55, 65, 75, 85, 95]].map((since) => steady(stepped(since)))).toEqual(
      [false, false, false, true],
    );
    const restored = new ActivityTable(ordinaryMemory);
    restored.restore(stepped([55, 65]).save());
    expect([steady(restored), steady(sendingAt([75, 85, 95], 1, restored))]).toEqual([false, true]);
  });

  it("is followed for 4,096 hosts, by number, whatever others do", () => {
    const table = new ActivityTable(ordinaryMemory);
    for (const second of [45, 55, 65, 75, 85])
      for (let host = 0; host < 4_097; host += 1) table.sent(host, second * SECOND, 0);
    const steady = (host: number, each = table) => each.isSteady(host, 100 * SECOND, 0);
    expect([0, 255, 256, 4_095, 4_096, 9_999].map((host) => steady(host))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    const restored = new ActivityTable(ordinaryMemory);
    restored.restore(table.save());
    expect([steady(0, restored), steady(4_095, restored)]).toEqual([true, true]);
    // Host 0 is gone and 1 has its number; the place of 0 is free.
    table.renumber(Int32Array.from({ length: 4_096 }, (_, host) => host - 1));
    expect([steady(0), steady(4_094), steady(4_095)]).toEqual([true, true, false]);
    table.sent(5_000, 95 * SECOND, 0);
    expect(steady(5_000)).toBe(false);
  });
});

it("places of hosts that are gone are given to others, and a state holds those in use alone", () => {
  const table = new ActivityTable(ordinaryMemory);
  for (let host = 0; host < 6; host += 1) table.sent(host, SECOND, 0);
  table.renumber(new Int32Array(300).fill(-1));
  for (const second of [55, 65, 75, 85, 95]) table.sent(7, second * SECOND, 0);
  expect([table.isSteady(7, 100 * SECOND, 0), table.isSteady(0, 100 * SECOND, 0)]).toEqual([true, false]);
  const { segments, free, seconds } = table.save();
  expect([segments.length, free.length]).toEqual([6, 5]);
  // Two numbers of each second.
  expect(seconds.length).toBe(6 * 64 * 2);
});

describe("what is kept of IKE SAs that were dropped (6.16)", () => {
  const client = (accepted: readonly number[], refused: readonly number[] = []) => ({
    accepted,
    refused,
    refusedFreely: [],
  });

  it("the surest make of a responder, and that it ever accepted an ID in use", () => {
    const kept = new Remembered();
    expect([kept.isEmpty, kept.responder("r")]).toEqual([true, null]);
    kept.noteResponder("r", { make: "unknown", acceptsInUse: false });
    kept.noteResponder("r", { make: null, acceptsInUse: true });
    expect(kept.responder("r")).toEqual({ make: "unknown", acceptsInUse: true });
    kept.noteResponder("r", { make: "other", acceptsInUse: false });
    kept.noteResponder("r", { make: "cisco", acceptsInUse: false });
    expect([kept.responder("r"), kept.isEmpty]).toEqual([{ make: "other", acceptsInUse: true }, false]);
  });

  it("sixteen IDs of each kind, the latest", () => {
    const kept = new Remembered();
    kept.noteClient(
      "c",
      client(
        Array.from({ length: 16 }, (_, i) => i + 1),
        [5],
      ),
    );
    kept.noteClient("c", client([3, 99]));
    expect(kept.client("c")?.accepted).toEqual([2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 3, 99]);
    expect(kept.client("c")?.refused).toEqual([5]);
    expect([kept.client("d"), kept.isEmpty]).toEqual([null, false]);
  });

  it("10,000 clients and responders, the oldest out first", () => {
    const kept = new Remembered();
    for (let i = 0; i < 10_000; i += 1) kept.noteClient(`c${i}`, client([1]));
    kept.noteClient("c0", client([2]));
    expect(kept.evicted).toBe(0);
    kept.noteClient("new", client([1]));
    expect([kept.client("c0")?.accepted, kept.client("c1"), kept.evicted]).toEqual([[1, 2], null, 1]);
    for (let i = 0; i < 10_001; i += 1) kept.noteResponder(`r${i}`, { make: null, acceptsInUse: false });
    expect([kept.responder("r0"), kept.responder("r1")?.make, kept.evicted]).toEqual([null, null, 2]);
    const restored = new Remembered();
    restored.restore(kept.save());
    expect([
      restored.client("new")?.accepted,
      restored.responder("r5")?.acceptsInUse,
      restored.evicted,
    ]).toEqual([[1], false, 2]);
  });
});

describe("two quick modes that ask for the same traffic", () => {
  const ids = (protocol: number, port: number) => [
    { protocol, port },
    { protocol: 17, port: 1701 },
  ];
  const asks = (fields: Partial<Selectors> & { ids?: unknown } = {}) =>
    ({ ids: ids(17, 1701), encapsulation: 2, natOriginals: [], spis: [], ...fields }) as Selectors;

  it.each<[string, Selectors | null, Selectors | null, boolean | null]>([
    ["in transport mode", asks(), asks(), true],
    ["in transport mode in UDP", asks({ encapsulation: 4 }), asks(), true],
    ["one in tunnel mode", asks({ encapsulation: 1 }), asks(), false],
    ["the other in tunnel mode", asks(), asks({ encapsulation: 3 }), false],
    ["another protocol", asks({ ids: ids(6, 1701) as never }), asks(), false],
    ["another port", asks({ ids: ids(17, 5000) as never }), asks(), false],
    ["one names its traffic and one does not", asks({ ids: [] }), asks(), false],
    ["neither names it", asks({ ids: [] }), asks({ ids: [] }), true],
    ["one is not known", null, asks(), null],
    ["the other is not known", asks(), null, null],
  ])("%s", (_, a, b, expected) => {
    expect(selectorsClash(a, b)).toBe(expected);
  });
});
