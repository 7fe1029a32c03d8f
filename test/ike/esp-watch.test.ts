import { describe, expect, it } from "vitest";
import { EspWatch } from "../../src/ike/esp-watch.ts";
import { ordinaryMemory } from "../../src/linear/memory.ts";
import { exchangeMade, UNSEEN } from "../support/facts-made.ts";

describe("quick modes that wait for ESP (4, ESP begins)", () => {
  const times = ({ espFromStarterAt, espFromOtherAt }: ReturnType<typeof exchangeMade>) => [
    espFromStarterAt,
    espFromOtherAt,
  ];

  it("each is told of the next ESP of either side, once", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [first, second] = [exchangeMade(), exchangeMade()];
    watch.add(3, first, true);
    watch.add(4, first, false);
    watch.add(3, second, true);
    expect([watch.isWatched[3], watch.isWatched[4], watch.isWatched[5]]).toEqual([1, 1, 0]);
    watch.notify(3, 7, 0);
    expect([times(first), times(second), watch.isWatched[3], watch.isWatched[4]]).toEqual([
      [7, UNSEEN],
      [7, UNSEEN],
      0,
      1,
    ]);
    watch.notify(4, 9, 0);
    watch.notify(3, 11, 0);
    watch.notify(5, 11, 0);
    expect([times(first), times(second)]).toEqual([
      [7, 9],
      [7, UNSEEN],
    ]);
  });

  it("ESP behind a step of the clock comes after all that a quick mode's own clock tells", () => {
    const watch = new EspWatch(ordinaryMemory);
    const exchange = exchangeMade();
    watch.add(3, exchange, true);
    watch.notify(3, 7, 1);
    expect(times(exchange)).toEqual([Number.POSITIVE_INFINITY, UNSEEN]);
  });

  it("one that is given up waits no more, others of the flow do", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [gone, stays] = [exchangeMade(), exchangeMade()];
    watch.add(3, gone, true);
    watch.add(3, stays, true);
    watch.add(4, gone, false);
    watch.release(new Set([gone]));
    expect([watch.isWatched[3], watch.isWatched[4]]).toEqual([1, 0]);
    watch.notify(3, 7, 0);
    expect([times(gone), times(stays)]).toEqual([
      [UNSEEN, UNSEEN],
      [7, UNSEEN],
    ]);
  });

  it("a flow on which one waits for each side goes on being watched when one of them is given up", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [mine, yours] = [exchangeMade(), exchangeMade()];
    watch.add(3, mine, true);
    watch.add(3, yours, false);
    watch.release(new Set([mine]));
    expect(watch.isWatched[3]).toBe(1);
    watch.notify(3, 7, 0);
    expect([times(mine), times(yours)]).toEqual([
      [UNSEEN, UNSEEN],
      [UNSEEN, 7],
    ]);
    watch.add(4, yours, true);
    watch.add(4, mine, false);
    watch.release(new Set([mine]));
    expect(watch.isWatched[4]).toBe(1);
    watch.release(new Set([yours]));
    expect(watch.isWatched[4]).toBe(0);
  });

  it("flows that were numbered anew are watched under their new numbers", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [first, second] = [exchangeMade(), exchangeMade()];
    watch.add(1, first, true);
    watch.add(2, second, true);
    watch.move(Int32Array.of(-1, -1, 0), 2);
    expect(watch.isWatched[0]).toBe(1);
    watch.notify(0, 5, 0);
    watch.notify(1, 6, 0);
    watch.notify(2, 6, 0);
    expect([times(first), times(second)]).toEqual([
      [UNSEEN, UNSEEN],
      [5, UNSEEN],
    ]);
  });

  it("a state holds them, and more rows than at first", () => {
    const watch = new EspWatch(ordinaryMemory);
    watch.grow();
    const exchange = exchangeMade();
    watch.add(300, exchange, false);
    const restored = new EspWatch(ordinaryMemory);
    restored.restore(watch.save());
    expect([restored.isWatched[300], restored.isWatched.length]).toEqual([1, 512]);
    restored.notify(300, 4, 0);
    expect(times(exchange)).toEqual([UNSEEN, 4]);
  });
});
