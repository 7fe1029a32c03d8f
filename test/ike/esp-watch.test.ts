import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { EspWatch } from "../../src/ike/esp-watch.ts";
import type { Exchange } from "../../src/ike/exchange.ts";
import { ordinaryMemory } from "../../src/linear/memory.ts";
import { exchangeMade, UNSEEN } from "../support/facts-made.ts";
import { random32 } from "../support/random.ts";

const CLIENT = endpoint(7, 41_000);
const GATEWAY = endpoint(2, 4_500);
const begunAt = (from: number) => exchangeMade({ from });
const times = ({ espFromStarterAt, espFromOtherAt }: Exchange) => [espFromStarterAt, espFromOtherAt];

describe("quick modes that wait for ESP (4, ESP begins)", () => {
  it("each is told of the next ESP of either side, once", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [first, second] = [begunAt(CLIENT), begunAt(GATEWAY)];
    watch.add(first, CLIENT, GATEWAY);
    watch.add(second, GATEWAY, CLIENT);
    expect([watch.isAwaited(CLIENT, GATEWAY), watch.isAwaited(GATEWAY, CLIENT)]).toEqual([true, true]);
    expect(watch.isAwaited(CLIENT, endpoint(2, 500))).toBe(false);
    watch.isWatched[3] = 1;
    watch.notify(3, [CLIENT, GATEWAY], 7, 0);
    expect([times(first), times(second), watch.isWatched[3]]).toEqual([[7, UNSEEN], [UNSEEN, 7], 0]);
    expect([watch.isAwaited(CLIENT, GATEWAY), watch.isAwaited(GATEWAY, CLIENT)]).toEqual([false, true]);
    watch.notify(4, [GATEWAY, CLIENT], 9, 0);
    watch.notify(3, [CLIENT, GATEWAY], 11, 0);
    watch.notify(5, [CLIENT, endpoint(2, 500)], 11, 0);
    expect([times(first), times(second)]).toEqual([
      [7, 9],
      [9, 7],
    ]);
  });

  it("ESP over IP has no ports", () => {
    const watch = new EspWatch(ordinaryMemory);
    const exchange = begunAt(endpoint(7, 500));
    watch.add(exchange, endpoint(7, 0), endpoint(2, 0));
    watch.notify(3, [endpoint(2, 0), endpoint(7, 0)], 4, 0);
    watch.notify(4, [endpoint(7, 0), endpoint(2, 0)], 5, 0);
    expect(times(exchange)).toEqual([5, 4]);
  });

  it("ESP behind a step of the clock comes after all that a quick mode's own clock tells", () => {
    const watch = new EspWatch(ordinaryMemory);
    const exchange = begunAt(CLIENT);
    watch.add(exchange, CLIENT, GATEWAY);
    watch.notify(3, [CLIENT, GATEWAY], 7, 1);
    expect(times(exchange)).toEqual([Number.POSITIVE_INFINITY, UNSEEN]);
  });

  it("one that is given up waits no more, others of the same endpoints do", () => {
    const watch = new EspWatch(ordinaryMemory);
    const [gone, stays] = [begunAt(CLIENT), begunAt(CLIENT)];
    for (const each of [gone, stays]) watch.add(each, CLIENT, GATEWAY);
    watch.release(new Set([gone]));
    watch.notify(3, [CLIENT, GATEWAY], 7, 0);
    expect([times(gone), times(stays)]).toEqual([
      [UNSEEN, UNSEEN],
      [7, UNSEEN],
    ]);
    watch.release(new Set([stays]));
    expect(watch.isAwaited(GATEWAY, CLIENT)).toBe(false);
  });

  it("flows that were numbered anew are watched under their new numbers", () => {
    const watch = new EspWatch(ordinaryMemory);
    watch.isWatched[1] = 1;
    watch.isWatched[2] = 1;
    watch.move(Int32Array.of(-1, -1, 0), 2);
    expect(watch.isWatched[0]).toBe(1);
  });

  it("a state holds them, and more rows than at first; lists of pairs that are not there are refused", () => {
    const watch = new EspWatch(ordinaryMemory);
    watch.grow();
    watch.isWatched[300] = 1;
    const exchange = begunAt(CLIENT);
    watch.add(exchange, CLIENT, GATEWAY);
    const saved = watch.save();
    const restored = new EspWatch(ordinaryMemory);
    restored.restore(saved);
    expect([restored.isWatched[300], restored.isWatched.length]).toEqual([1, 512]);
    restored.notify(300, [GATEWAY, CLIENT], 4, 0);
    expect(times(exchange)).toEqual([UNSEEN, 4]);
    const beyond = { ...saved, pairs: new Uint32Array(0) };
    expect(() => new EspWatch(ordinaryMemory).restore(beyond)).toThrow(RangeError);
  });

  it("thousands of pairs that come and go tell what a list of all that wait tells", () => {
    const next = random32(5);
    const watch = new EspWatch(ordinaryMemory);
    let waiting: { exchange: Exchange; from: number; to: number; told: number[] }[] = [];
    let renumbered = 0;
    for (let step = 1; step <= 20_000; step += 1) {
      const hosts = [next() % 60, next() % 60];
      const ports = next() % 4 === 0 ? [0, 0] : [next() % 3, 1 + (next() % 3)];
      const [from, to] = [endpoint(hosts[0], ports[0]), endpoint(hosts[1], ports[1])];
      if (next() % 2 === 0) {
        const isOverIp = ports[0] + ports[1] === 0;
        const exchange = begunAt(isOverIp ? endpoint(hosts[0], 500) : from);
        watch.add(exchange, from, to);
        waiting.push({ exchange, from, to, told: [UNSEEN, UNSEEN] });
      } else {
        watch.notify(0, [from, to], step, 0);
        for (const { told, ...each } of waiting) {
          if (each.from === from && each.to === to && Number.isNaN(told[0])) told[0] = step;
          if (each.to === from && each.from === to && Number.isNaN(told[1])) told[1] = step;
        }
      }
      if (step % 2_000 > 0) continue;
      for (const { exchange, told } of waiting) expect(times(exchange)).toEqual(told);
      const gone = new Set(waiting.filter(() => next() % 8 > 0).map(({ exchange }) => exchange));
      watch.release(gone);
      waiting = waiting.filter(({ exchange }) => !gone.has(exchange));
      const used = new Uint8Array(60);
      watch.markHosts(used);
      for (const { from: one, to: other, told } of waiting) {
        const isWaiting = told.some((at) => Number.isNaN(at));
        if (isWaiting)
          expect([used[Math.floor(one / 65_536)], used[Math.floor(other / 65_536)]]).toEqual([1, 1]);
      }
      renumbered += used.indexOf(0) < 0 ? 0 : 1;
    }
    expect(renumbered).toBeGreaterThan(0);
  });

  it("hosts that were numbered anew are waited for under their new numbers", () => {
    const watch = new EspWatch(ordinaryMemory);
    const exchange = begunAt(CLIENT);
    watch.add(exchange, CLIENT, GATEWAY);
    watch.renumber(Int32Array.of(-1, -1, 0, -1, -1, -1, -1, 1));
    exchange.from = endpoint(1, 41_000);
    watch.notify(3, [endpoint(0, 4_500), endpoint(1, 41_000)], 6, 0);
    watch.notify(4, [endpoint(1, 41_000), endpoint(0, 4_500)], 8, 0);
    expect(times(exchange)).toEqual([8, 6]);
  });
});
