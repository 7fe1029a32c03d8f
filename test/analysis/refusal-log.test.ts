/** Clients that were refused and nobody explains are told of once, as far as they are remembered. */

import { expect, it } from "vitest";
import { RefusalLog } from "../../src/analysis/refusal-log.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import type { Judgement } from "../../src/judgement/judge.ts";
import { parseAddress } from "../../src/wire/address.ts";

const { hosts } = new Tracker({});
const host = (text: string) => hosts.intern(parseAddress(text)!, 0, 4);
const GATEWAY = host("192.0.2.1");
/** How many are remembered. */
const MOST = 1_000;

/** Clients by their numbers, each refused once. */
const refused = (...clients: readonly number[]) =>
  ({
    refusals: clients.map((n) => ({
      reason: "no-holder",
      responder: { host: GATEWAY },
      contender: { host: host(`10.0.${n >> 8}.${n & 255}`), port: 500 },
      attempts: [
        {
          exchange: { messageId: 1, firstAt: 1_772_438_400_000_000, otherNotify: 0 },
          outcome: "unanswered",
          formerHolder: null,
        },
      ],
      acceptedBefore: false,
      acceptedAfter: false,
      ghost: null,
      othersMayHold: true,
    })),
  }) as unknown as Judgement;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

it("each once, however many there are at a time", () => {
  const log = new RefusalLog();
  const told = (...clients: readonly number[]) => log.update(refused(...clients), hosts, null).length;
  expect([told(1, 2), told(1, 2), told(2, 3), told(1, 2, 3)]).toEqual([2, 0, 1, 0]);
});

it("a thousand are remembered, and no more are kept", () => {
  const log = new RefusalLog();
  const told = (...clients: readonly number[]) => log.update(refused(...clients), hosts, null).length;
  expect([told(...upTo(MOST)), told(...upTo(MOST))]).toEqual([MOST, 0]);
  expect(told(MOST)).toBe(1);
  expect(log.save().size).toBeLessThanOrEqual(MOST);
});
