/** The time line and its ticks: where things stand, by the scale of the drawing, and what they are called. */

import { describe, expect, it } from "vitest";
import { drawings } from "../../src/printers/drawing.ts";
import { ticksOf } from "../../src/printers/ticks.ts";
import { clockOf, UTC } from "../../src/report/clock.ts";
import type { Join, Lane, Mark, Timeline } from "../../src/report/timeline.ts";

const SECOND = 1_000_000;
const START = 1_772_438_400 * SECOND;
/** Of the wide drawing: 770 units from 200 on are the time. */
const SPAN = 770 * SECOND;

const mark = (second: number, over: Partial<Mark> = {}): Mark => ({
  at: START + second * SECOND,
  messageId: "0x00000001",
  outcome: "completed",
  verdict: null,
  count: 1,
  ...over,
});
const lane = (client: string, marks: Mark[] = [], lives: [number, number][] = []): Lane => ({
  client,
  lives: lives.map(([from, to]) => ({ from: START + from * SECOND, to: START + to * SECOND })),
  marks,
});
const join = (second: number, over: Partial<Join> = {}): Join => ({
  finding: 1,
  verdict: "rejected",
  messageId: "0x00000001",
  holder: 0,
  claimedAt: START,
  contender: 1,
  at: START + second * SECOND,
  ...over,
});

function drawn(lanes: Lane[], joins: Join[] = []): { wide: string; narrow: string } {
  const timeline: Timeline = {
    responder: "192.0.2.1",
    from: START,
    to: START + SPAN,
    lanes,
    joins,
    omitted: 0,
    gathered: false,
  };
  const [, wide, narrow] = drawings(timeline, 3, UTC).split("<svg ");
  return { wide, narrow };
}
const wide = (lanes: Lane[], joins: Join[] = []) => drawn(lanes, joins).wide;
const A = "198.51.100.11";
const B = "198.51.100.12";

describe("the time line", () => {
  it("is drawn wide and narrow, as high as its lanes, with names of its own", () => {
    const { wide: one, narrow: other } = drawn([lane(A), lane(B)]);
    expect(one).toContain('viewBox="0 0 1000 122"');
    expect(other).toContain('viewBox="0 0 360 162"');
    expect(one).toContain('aria-labelledby="time-line-3-wide time-line-3-wide-text"');
    expect(other).toContain('<title id="time-line-3-narrow">Clients of 192.0.2.1 over time</title>');
  });

  it("puts a lane below the other, with its name, and bars by their times", () => {
    const text = wide([
      lane(A, [], [[0, 77]]),
      lane(
        B,
        [],
        [
          [385, 770],
          [1, 1],
        ],
      ),
    ]);
    expect(text).toContain(`<text x="4" y="56">${A}</text>`);
    expect(text).toContain(`<text x="4" y="92">${B}</text>`);
    expect(text).toContain('<rect class="life" x="200.0" y="48" width="77.0" height="8"');
    expect(text).toContain('<rect class="life" x="585.0" y="84" width="385.0" height="8"');
    expect(text).toContain('<rect class="life" x="201.0" y="84" width="2.0" height="8"');
    expect(text).toContain(`IKE SA of ${A}, seen for 1 minute 17 seconds`);
  });

  it.each<[Partial<Mark>, string]>([
    [{ outcome: "completed" }, '<circle class="good" cx="300.0" cy="52" r="5"'],
    [{ outcome: "answered" }, '<circle class="good" cx="300.0" cy="52" r="5"'],
    [{ outcome: "refused" }, '<path class="bad" d="M295.0 47 L305.0 57 M295.0 57 L305.0 47"'],
    [{ outcome: "unanswered" }, '<path class="bad" d="M295.0 47 L305.0 57 M295.0 57 L305.0 47"'],
    [{ outcome: "pending" }, '<path class="open" d="M300.0 46 L306.0 52 L300.0 58 L294.0 52 Z"'],
    [{ outcome: "several", count: 4 }, '<path class="open" d="M295.0 47 L305.0 47 L305.0 57 L295.0 57 Z"'],
    [{ outcome: "refused", count: 4 }, '<path class="bad" d="M295.0 47'],
  ])("draws a quick mode by what became of it: %j", (over, shape) => {
    expect(wide([lane(A, [mark(100, over)])])).toContain(shape);
  });

  it.each<[Partial<Mark>, string]>([
    [{}, `${A}, +1 minute 40 seconds: quick mode 0x00000001, completed`],
    [
      { count: 3, outcome: "several" },
      `${A}, +1 minute 40 seconds: 3 quick modes, the first with 0x00000001, several`,
    ],
    [
      { outcome: "refused", verdict: "rejected" },
      `${A}, +1 minute 40 seconds: quick mode 0x00000001, refused, on an ID that another client held: rejected`,
    ],
  ])("says what a mark is: %j", (over, text) => {
    expect(wide([lane(A, [mark(100, over)])])).toContain(`<title>${text}</title>`);
  });

  it("writes IDs of counting clients as numbers, random ones by their first digits, where there is room", () => {
    const labels = (marks: Mark[]) =>
      [...wide([lane(A, marks)]).matchAll(/font-size="10">([^<]*)</g)].map(([, label]) => label);
    const random = { messageId: "0x8e5cdb6b" };
    expect(labels([mark(0), mark(100, { messageId: "0x00000010" })])).toEqual(["1", "16"]);
    expect(labels([mark(0), mark(100, random)])).toEqual(["1", "8e5c…"]);
    const bound = ["0x000003e7", "0x000003e8"].map((messageId, i) => mark(100 * i, { messageId }));
    expect(labels(bound)).toEqual(["999", "0000…"]);
    expect(labels([mark(0), mark(33), mark(34), mark(67), mark(68)])).toEqual(["1", "1", "1"]);
    expect(labels(Array.from({ length: 12 }, (_, i) => mark(i * 40))).length).toBe(12);
    expect(labels(Array.from({ length: 13 }, (_, i) => mark(i * 40))).length).toBe(0);
  });

  it("joins the holder's lane to an attempt on its ID, dashed unless it was rejected", () => {
    const lines = (over: Partial<Join>) =>
      /<line class="join [^>]*>/.exec(wide([lane(A), lane(B)], [join(100, over)]))![0];
    expect(lines({})).toBe(
      '<line class="join rejected" x1="300.0" x2="300.0" y1="56" y2="80" stroke="#b3261e" stroke-width="2" />',
    );
    expect(lines({ verdict: "possible" })).toContain('stroke-dasharray="4 3"');
    expect(lines({ holder: 1, contender: 0 })).toContain('y1="84" y2="60"');
  });

  it("writes verdicts of one lane so that none crosses another, and turns them at the edge", () => {
    const verdicts = (joins: Join[]) =>
      [
        ...wide([lane(A), lane(B)], joins).matchAll(
          /<text class="\w+" x="([\d.]+)" dx="(-?8)" y="(\d+)" text-anchor="(\w+)"[^>]*>([^<]*)</g,
        ),
      ].map(([, ...parts]) => parts.join(" "));
    expect(verdicts([join(100), join(183, { finding: 2 }), join(184, { finding: 3 })])).toEqual([
      "300.0 8 103 start 1: rejected",
      "384.0 8 103 start 3: rejected",
    ]);
    expect(verdicts([join(100), join(110, { holder: 1, contender: 0, finding: 2 })])).toEqual([
      "300.0 8 103 start 1: rejected",
      "310.0 8 67 start 2: rejected",
    ]);
    expect(verdicts([join(717)])).toEqual(["917.0 -8 103 end 1: rejected"]);
    expect(verdicts([join(716)])).toEqual(["916.0 8 103 start 1: rejected"]);
  });

  it("is told in words", () => {
    const said = (joins: Join[]) => /-text">(.*)<\/desc>/.exec(wide([lane(A), lane(B)], joins))![1];
    expect(said([])).toBe("2 clients in 12 minutes 50 seconds; no attempt on a held message ID.");
    const one = `${B} on 0x00000001, which ${A} held: rejected`;
    expect(said([join(1)])).toBe(`2 clients in 12 minutes 50 seconds; attempts: ${one}.`);
    const many = (count: number) => said(Array.from({ length: count }, (_, i) => join(i)));
    expect(many(5)).toBe(`2 clients in 12 minutes 50 seconds; attempts: ${Array(5).fill(one).join("; ")}.`);
    expect(many(7)).toBe(
      `2 clients in 12 minutes 50 seconds; attempts: ${Array(5).fill(one).join("; ")}; and 2 more.`,
    );
  });

  it("has ticks across its height, whose labels stay in the drawing", () => {
    const text = wide([lane(A)]);
    expect(text).toContain('<line class="axis" x1="200.0" x2="200.0" y1="24" y2="74" stroke="#ccc" />');
    expect(text).toContain('<text x="200.0" y="14" text-anchor="middle">08:00</text>');
    const until = {
      responder: "192.0.2.1",
      from: START,
      to: START + 600 * SECOND,
      lanes: [lane(A)],
      joins: [],
    };
    const [, own] = drawings({ ...until, omitted: 0, gathered: false }, 3, UTC).split("<svg ");
    expect(own).toContain('<text x="970.0" y="14" text-anchor="end">08:10</text>');
    expect(drawn([lane(A)]).narrow).toContain('<text x="12.0" y="14" text-anchor="start">08:00</text>');
  });
});

describe("ticks", () => {
  const labels = (from: number, to: number, most: number, clock = UTC) =>
    ticksOf(START + from * SECOND, START + to * SECOND, most, clock).map(({ label }) => label);

  it.each<[number, number, number, string[]]>([
    [0, 3, 8, ["08:00:00", "08:00:01", "08:00:02", "08:00:03"]],
    [0.5, 7, 8, ["08:00:01", "08:00:02", "08:00:03", "08:00:04", "08:00:05", "08:00:06", "08:00:07"]],
    [0, 8, 8, ["08:00:00", "08:00:02", "08:00:04", "08:00:06", "08:00:08"]],
    [0, 120, 4, ["08:00", "08:01", "08:02"]],
    [30, 119, 4, ["08:00:30", "08:01:00", "08:01:30"]],
    [0, 3 * 86_400, 4, ["2026-03-03", "2026-03-04", "2026-03-05"]],
    [0, 40_000, 4, ["09:00", "12:00", "15:00", "18:00"]],
  ])("from %d to %d s, %i at most", (from, to, most, wanted) => {
    expect(labels(from, to, most)).toEqual(wanted);
  });

  it("stand at round times of the wall clock", () => {
    // Kolkata is 5:30 ahead.
    expect(labels(0, 4 * 3600, 8, clockOf("Asia/Kolkata"))).toEqual(["14:00", "15:00", "16:00", "17:00"]);
  });
});
