import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/judgement/collisions.ts";
import { acceptedWhenFree, inByAnotherId } from "../../src/judgement/controls.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import { type AttemptFields, attemptMade } from "../support/attempts-made.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  sessionMade,
} from "../support/facts-made.ts";

const MICRO = 1e-6;

describe("controls (6.8)", () => {
  const client = clientSaMade();
  const holder = (lastAt: number, segment = 0) =>
    clientSaMade({ lifespan: lifespanMade({ life: lifeMade({ lastAt: at(lastAt), segment }) }) });
  const refused = (made: AttemptFields = {}) =>
    attemptMade({ contender: client, holder: holder(10), ...made });
  const accepted = (seconds: number, fields = {}) => ({
    contender: client,
    exchange: exchangeMade({ firstAt: at(seconds), ...fields }),
  });
  const freeAfter = (attempts: readonly Attempt[], list: ReturnType<typeof accepted>[]) =>
    acceptedWhenFree(attempts, new Map([[client.client, list]]));

  it.each<[string, number | null, number | null]>([
    ["30 s after the holder's last sign", freeAfter([refused()], [accepted(40)]), 30],
    [
      "the first acceptance after the refusal",
      freeAfter([refused()], [accepted(-40), accepted(50), accepted(90)]),
      40,
    ],
    ["while the holder still sent: at once", freeAfter([refused({ holder: holder(60) })], [accepted(40)]), 0],
    ["never", freeAfter([refused()], []), null],
    ["before the refusal alone", freeAfter([refused()], [accepted(-40)]), null],
    ["at the same moment", freeAfter([refused()], [accepted(0)]), null],
    ["on another ID", freeAfter([refused()], [accepted(40, { messageId: 2 })]), null],
    ["in another segment of the clock", freeAfter([refused()], [accepted(40, { segment: 1 })]), null],
    [
      "the holder's last sign is of another segment",
      freeAfter([refused({ holder: holder(10, 1) })], [accepted(40)]),
      null,
    ],
    ["without a holder", freeAfter([refused({ holder: null })], [accepted(40)]), null],
    [
      "it was not refused before",
      freeAfter([refused({ more: { outcome: "unproven" } })], [accepted(40)]),
      null,
    ],
    [
      "another attempt shows it",
      freeAfter([refused({ more: { outcome: "unproven" } }), refused()], [accepted(40)]),
      30,
    ],
  ])("accepted when free: %s", (_, seconds, expected) => {
    expect(seconds).toBe(expected);
  });

  it("counts to the answer: the client may have asked while the holder still was there", () => {
    const asked = exchangeMade({ firstAt: at(5) });
    const contender = clientSaMade({ client: client.client, acceptedAt: new Map([[asked, at(32)]]) });
    const list = new Map([[client.client, [{ contender, exchange: asked }]]]);
    expect(acceptedWhenFree([refused()], list)).toBe(22);
  });

  it("another client's acceptance is no control", () => {
    expect(acceptedWhenFree([refused()], new Map([[clientSaMade().client, [accepted(40)]]]))).toBe(null);
  });

  it.each<[string, number, number, Outcome, Outcome, number[], number?]>([
    ["a pair, of which one got in", 2, 0.1, "completed", "unanswered", [2]],
    ["before a step of the clock, later by its time", 2, 900, "completed", "unanswered", [], 0],
    ["behind a step of the clock, earlier by its time", 2, -900, "completed", "unanswered", [2], 2],
    ["3 s before it", 2, -3, "completed", "unanswered", [2]],
    ["longer before: a session that could not be renewed", 2, -3 - MICRO, "completed", "unanswered", []],
    ["the other was refused as well", 2, 0.1, "refused", "unanswered", []],
    ["the same ID", 1, 40, "completed", "unanswered", []],
    ["it was accepted itself", 2, 0.1, "completed", "completed", []],
  ])(
    "in by another ID of the same dial: %s",
    (_, messageId, seconds, outcome, own, expected, segment = 1) => {
      const exchange = exchangeMade({ segment: 1 });
      const other = exchangeMade({ messageId, firstAt: at(seconds), segment });
      const contender = clientSaMade({ session: sessionMade({ quickModes: [exchange, other] }) }, [
        [exchange, own],
        [other, outcome],
      ]);
      const attempt = { ...attemptMade({ contender }), exchange, outcome: own };
      expect(inByAnotherId([attempt])).toEqual(expected);
    },
  );

  it("names each such ID once, in order", () => {
    const exchange = exchangeMade();
    const others = [12, 3, 7].map((messageId) => exchangeMade({ messageId, firstAt: at(1) }));
    const contender = clientSaMade({ session: sessionMade({ quickModes: [exchange, ...others] }) }, [
      [exchange, "unanswered"],
      ...others.map((each) => [each, "completed"] as const),
    ]);
    const attempt = { ...attemptMade({ contender }), exchange };
    expect(inByAnotherId([attempt, attempt])).toEqual([3, 7, 12]);
  });
});
