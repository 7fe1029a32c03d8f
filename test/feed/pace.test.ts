import { describe, expect, it } from "vitest";
import { Pace } from "../../src/feed/pace.ts";

/** What a pipe is found to be, looked at once a second: seconds of the capture's clock at each look. */
function looks(lastAts: readonly number[], { certain = false, everyMs = 1_000 } = {}): boolean[] {
  const pace = new Pace(certain);
  return lastAts.map((at, i) => pace.tick(i * everyMs, { packets: i + 1, lastAt: at * 1_000_000 }));
}

describe("a pipe is a live capture", () => {
  it.each<[string, readonly number[], boolean[]]>([
    ["where packets come no faster than their times say", [100, 101, 102], [false, true, true]],
    ["where they come twice as fast and half a second more", [100, 102.5], [false, true]],
    ["not where they come faster than that", [100, 102.6], [false, false]],
    ["not where hours come in a second", [100, 3_700, 7_300], [false, false, false]],
    ["from the first look at which it is, on", [100, 3_700, 3_701, 99_999], [false, false, true, true]],
    [
      "by its times since the last look, not since the first",
      [100, 3_700, 3_702.6, 3_705],
      [false, false, false, true],
    ],
    ["where its clock is set back", [3_700, 100], [false, true]],
  ])("%s", (_, lastAts, live) => {
    expect(looks(lastAts)).toEqual(live);
  });

  it("from the start where that is certain", () => {
    expect(looks([100, 3_700], { certain: true })).toEqual([true, true]);
  });

  it("by the time between two looks, however long", () => {
    expect(looks([100, 110], { everyMs: 10_000 })).toEqual([false, true]);
    expect(looks([100, 110], { everyMs: 100 })).toEqual([false, false]);
  });

  it("not before its first packet, from which times count", () => {
    const pace = new Pace(false);
    const nothing = { packets: 0, lastAt: Number.NEGATIVE_INFINITY };
    expect([pace.tick(0, nothing), pace.tick(60_000, nothing)]).toEqual([false, false]);
    expect(pace.tick(60_100, { packets: 1, lastAt: 5_000_000 })).toBe(false);
    expect(pace.tick(60_200, { packets: 1, lastAt: 5_000_000 })).toBe(true);
  });
});
