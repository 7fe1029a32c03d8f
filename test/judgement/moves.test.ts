import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { movedEndpoints, otherPorts } from "../../src/judgement/moves.ts";
import { at, moment, peersFrom, type RowMade, sessionMade, spiMade } from "../support/facts-made.ts";

const MICRO = 1e-6;
const keyOf = (port: number, host = 1) => endpoint(host, port);

/** ESP towards the responder from one second to another. */
const up = (
  port: number,
  from: number,
  to: number,
  { row = {} as RowMade, ...spi } = {} as Parameters<typeof spiMade>[0] & { row?: RowMade },
): RowMade => ({
  port,
  spis: [spiMade({ firstAt: at(from), lastAt: at(to), packets: 3, ...spi })],
  ...row,
});
/** ESP of the responder to the same. */
const down = (port: number, host = 1, from = 0): RowMade => ({
  host,
  port,
  outgoing: true,
  spis: [spiMade({ spi: 0x99, firstAt: at(from) })],
});

describe("a session that its NAT moved (3.6)", () => {
  const moves = (rows: readonly RowMade[], ike: Readonly<Record<number, number>> = {}) =>
    [...movedEndpoints(peersFrom(rows), ({ port }) => (port in ike ? moment(ike[port]) : null))].map(
      ([to, from]) => [to % 65_536, from % 65_536],
    );
  const moved = [[2_000, 1_000]];

  it.each<[string, readonly RowMade[], number[][]]>([
    ["it left, and the responder sends there", [up(1_000, 0, 10), up(2_000, 11, 20), down(2_000)], moved],
    ["it was seen again at the old one", [up(1_000, 0, 12), up(2_000, 11, 20), down(2_000)], []],
    ["both at one moment", [up(1_000, 0, 11), up(2_000, 11, 20), down(2_000)], []],
    ["another SPI", [up(1_000, 0, 10), up(2_000, 11, 20, { spi: 7 }), down(2_000)], []],
    ["SPIs not captured", [up(1_000, 0, 10, { spi: 0 }), up(2_000, 11, 20, { spi: 0 }), down(2_000)], []],
    ["to ESP over IP: another kind", [up(1_000, 0, 10), up(0, 11, 20), down(0)], []],
    ["from ESP over IP", [up(0, 0, 10), up(2_000, 11, 20), down(2_000)], []],
    [
      "ESP over IP to another address",
      [up(0, 0, 10), up(0, 11, 20, { row: { host: 2 } }), down(0, 2)],
      [[0, 0]],
    ],
    [
      "in another segment of the clock",
      [up(1_000, 0, 10), up(2_000, 11, 20, { firstSegment: 1 }), down(2_000)],
      [],
    ],
    [
      "the responder's ESP is captured, to others alone",
      [up(1_000, 0, 10, { lastSequence: 9 }), up(2_000, 11, 20, { firstSequence: 10 }), down(3_000)],
      [],
    ],
    [
      "its ESP is not captured, three packets, numbers going on",
      [up(1_000, 0, 10, { lastSequence: 9 }), up(2_000, 11, 20, { firstSequence: 10 })],
      moved,
    ],
    [
      "the responder's ESP of the other kind says nothing",
      [up(1_000, 0, 10, { lastSequence: 9 }), up(2_000, 11, 20, { firstSequence: 10 }), down(0, 9)],
      moved,
    ],
    [
      "over IP, the responder's ESP over IP is captured, to others alone",
      [
        up(0, 0, 10, { lastSequence: 9 }),
        up(0, 11, 20, { firstSequence: 10, row: { host: 2 } }),
        down(0, 3),
        down(3_000, 4),
      ],
      [],
    ],
    [
      "over IP, the responder's ESP in UDP says nothing",
      [
        up(0, 0, 10, { lastSequence: 9 }),
        up(0, 11, 20, { firstSequence: 10, row: { host: 2 } }),
        down(3_000, 4),
      ],
      [[0, 0]],
    ],
    [
      "two packets",
      [up(1_000, 0, 10, { lastSequence: 9 }), up(2_000, 11, 20, { firstSequence: 10, packets: 2 })],
      [],
    ],
    [
      "numbers that begin anew",
      [up(1_000, 0, 10, { lastSequence: 9 }), up(2_000, 11, 20, { firstSequence: 9 })],
      [],
    ],
    [
      "twice: to where the session began",
      [up(1_000, 0, 10), up(2_000, 11, 20), down(2_000), up(3_000, 21, 30), down(3_000)],
      [
        [2_000, 1_000],
        [3_000, 1_000],
      ],
    ],
    ["whatever the order of the table", [up(2_000, 11, 20), up(1_000, 0, 10), down(2_000)], moved],
    ["there alone", [up(1_000, 0, 10), down(1_000)], []],
  ])("%s", (_, rows, expected) => {
    expect(moves(rows)).toEqual(expected);
  });

  it("not to an endpoint with an IKE SA of its own", () => {
    const rows = [up(1_000, 0, 10), up(2_000, 11, 20), down(2_000)];
    expect(moves(rows, { 2000: 0 })).toEqual([]);
    expect(moves(rows, { 2000: 11 })).toEqual([]);
    expect(moves(rows, { 1000: 0 })).toEqual(moved);
  });

  it("to one where an IKE SA began after the session had come, and the responder had followed it", () => {
    const rows = [up(1_000, 0, 10), up(2_000, 11, 20)];
    expect(moves([...rows, down(2_000, 1, 12)], { 2000: 30 })).toEqual(moved);
    expect(moves([...rows, down(2_000, 1, 31)], { 2000: 30 })).toEqual([]);
  });

  it("moves in a circle lead nowhere", () => {
    const second = { spi: 7 };
    const circle = [
      { ...up(1_000, 0, 10), spis: [up(1_000, 0, 10).spis![0], up(1_000, 41, 50, second).spis![0]] },
      { ...up(2_000, 11, 20), spis: [up(2_000, 11, 20).spis![0], up(2_000, 30, 40, second).spis![0]] },
    ];
    expect(moves([...circle, down(1_000), down(2_000)])).toEqual([]);
  });

  it("from where its own IKE SA began, not from where another session had come from", () => {
    const own = { spi: 7 };
    const rows = [
      up(1_000, 0, 10),
      up(2_000, 11, 20),
      down(2_000, 1, 12),
      up(3_000, 51, 60, own),
      down(3_000),
    ];
    const second = { port: 2_000, spis: [spiMade({ ...own, firstAt: at(40), lastAt: at(50), packets: 3 })] };
    expect(moves([...rows, second], { 2000: 30 })).toEqual([
      [2_000, 1_000],
      [3_000, 2_000],
    ]);
    expect(moves([...rows, second])).toEqual([
      [2_000, 1_000],
      [3_000, 1_000],
    ]);
  });
});

describe("ESP at another port of the client from the start (3.6)", () => {
  const there = (port: number, first: number, back = first, host = 1): RowMade[] => [
    { host, port, spis: [spiMade({ firstAt: at(first) })] },
    { host, port, outgoing: true, spis: [spiMade({ firstAt: at(back) })] },
  ];
  const found = (
    rows: readonly RowMade[],
    { hasIke = false, sessions = [4500], accepted = [moment(0)] } = {},
  ) =>
    [
      ...otherPorts(
        sessions.map((port) => sessionMade({ endpoint: keyOf(port) })),
        { keys: ({ endpoint }) => [endpoint], acceptances: () => accepted },
        peersFrom(rows),
        () => hasIke,
      ),
    ].map(([to, from]) => [to % 65_536, from % 65_536]);
  const its = [[2_000, 4_500]];
  const own = (last: number): RowMade => ({
    port: 4_500,
    spis: [spiMade({ firstAt: at(-80), lastAt: at(last) })],
  });

  const inSegment = (row: RowMade, segment: number): RowMade => ({
    ...row,
    spis: row.spis!.map((spi) => ({ ...spi, firstSegment: segment, lastSegment: segment })),
  });

  it.each<[string, ReturnType<typeof found>, number[][]]>([
    ["both ways within 60 s after the quick mode", found(there(2_000, 1)), its],
    ["with it", found(there(2_000, 0)), its],
    ["60 s after it", found(there(2_000, 60)), its],
    ["later", found(there(2_000, 60 + MICRO, 1)), []],
    ["the way back later", found(there(2_000, 1, 60 + MICRO)), []],
    ["before it", found(there(2_000, -MICRO, 1)), []],
    ["the way back before it", found(there(2_000, 1, -MICRO)), []],
    ["one way alone", found(there(2_000, 1).slice(0, 1)), []],
    ["the other way alone", found(there(2_000, 1).slice(1)), []],
    ["where an IKE SA is", found(there(2_000, 1), { hasIke: true }), []],
    ["another address", found(there(2_000, 1, 1, 2)), []],
    ["its own endpoint has ESP after it", found([...there(2_000, 1), own(0)]), []],
    ["its own endpoint had ESP before it, as before a rekey", found([...there(2_000, 1), own(-MICRO)]), its],
    [
      "a rekey from there, its first ESP from another port",
      found([...there(2_000, 31), own(29)], { accepted: [moment(0), moment(30)] }),
      its,
    ],
    [
      "its own endpoint has keepalives",
      found([...there(2_000, 1), { port: 4_500, lastAt: at(1), firstAt: at(1) }]),
      its,
    ],
    ["of two sessions nobody knows whose", found(there(2_000, 1), { sessions: [4500, 4600] }), []],
    ["never accepted", found(there(2_000, 1), { accepted: [] }), []],
    ["behind a step of the clock", found(there(2_000, 1).map((row) => inSegment(row, 1))), []],
    [
      "its own endpoint had ESP before the clock stepped back, later by its time",
      found([...there(2_000, 1).map((row) => inSegment(row, 1)), own(900)], { accepted: [moment(0, 1)] }),
      its,
    ],
    ["nothing", found([]), []],
  ])("%s", (_, list, expected) => {
    expect(list).toEqual(expected);
  });
});
