/** Whoever was shown IKE SAs that the core began finds them as they were, whatever is given up since. */

import { afterEach, expect, it, vi } from "vitest";
import { Facts, type IkeSa, type IkeSas } from "../../src/ike/facts.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { conversations } from "../core/conversations.ts";
import { known } from "../core/known.ts";
import { pcap } from "../support/capture-files.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What does not change while messages come. */
function told({ number, cookies, firstAt, exchanges }: IkeSa): string {
  return JSON.stringify([number, cookies.slice(0, 2), firstAt, exchanges.map(({ messageId }) => messageId)]);
}

it("shows those that there were when others are given up", async () => {
  const shown: { sas: IkeSas; length: number; told: Map<number, string>; evicted: number }[] = [];
  let rounds = 0;
  const { boundHosts } = Tracker.prototype;
  vi.spyOn(Tracker.prototype, "boundHosts").mockImplementation(function (this: Tracker, reserved) {
    boundHosts.call(this, reserved);
    const facts = new Facts(this);
    const sas = facts.eachIkeSa;
    const each = { sas, length: sas.length, told: new Map<number, string>(), evicted: this.table.evicted };
    // Of some an object is made now, of others later, or when they are given up.
    for (let i = rounds % 3; i < sas.length; i += 3) each.told.set(i, told(sas.at(i)));
    rounds += 1;
    shown.push(each);
  });
  const records = conversations(3, { clients: 400, odd: 3, pause: 50_000 });
  await known([pcap(records)], LinearMemory.make(), { maxSas: 60 });
  let late = 0;
  for (const { sas, length, told: before, evicted } of shown) {
    for (let i = 0; i < length; i += 1) {
      const now = JSON.parse(told(sas.at(i)));
      const then = before.get(i);
      if (then === undefined) continue;
      const [number, cookies, firstAt, ids] = JSON.parse(then);
      expect(now.slice(0, 3)).toEqual([number, cookies, firstAt]);
      expect(now[3].slice(0, ids.length)).toEqual(ids);
      if (evicted < shown.at(-1)!.evicted) late += 1;
    }
  }
  expect(late).toBeGreaterThan(100);
});

it("numbers them in the order of their first messages, with objects or without", async () => {
  const records = conversations(4, { clients: 200, odd: 5, pause: 50_000 });
  const orders: string[][] = [];
  const { catchUp } = Tracker.prototype;
  for (const memory of [LinearMemory.make(), ordinaryMemory]) {
    let last: Tracker | null = null;
    vi.spyOn(Tracker.prototype, "catchUp").mockImplementation(function (this: Tracker) {
      last = this;
      catchUp.call(this);
    });
    await known([pcap(records)], memory);
    vi.restoreAllMocks();
    const sas = new Facts(last!).eachIkeSa;
    orders.push(Array.from({ length: sas.length }, (_, i) => sas.at(i).cookies.join()));
  }
  expect(orders[0]).toEqual(orders[1]);
  expect(orders[0].length).toBeGreaterThan(100);
});
