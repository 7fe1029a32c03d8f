import { describe, expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { ghostOf } from "../../src/judgement/counter-evidence.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifespanMade,
  moment,
  saMade,
  sessionMade,
} from "../support/facts-made.ts";

const MICRO = 1e-6;

describe("a client's own ghost (6.8, 6.9)", () => {
  const older = (
    firstAt: number,
    outcome: Outcome = "completed",
    farewell: ReturnType<typeof moment> | null = null,
    quickAt = firstAt,
    messageId = 1,
  ) => {
    const exchange = exchangeMade({ firstAt: at(quickAt), messageId });
    return clientSaMade(
      {
        session: sessionMade({ sa: saMade({ firstAt: at(firstAt) }), quickModes: [exchange] }),
        lifespan: lifespanMade({ farewells: { any: farewell, client: farewell, responder: null } }),
      },
      [[exchange, outcome]],
    );
  };
  const contender = clientSaMade({ session: sessionMade({ sa: saMade({ firstAt: at(-1) }) }) });
  const ghost = (own: readonly ClientSa[]) => {
    const found = ghostOf([...own, contender], { contender, exchange: exchangeMade() });
    return found === null ? null : own.indexOf(found);
  };

  it.each<[string, readonly ClientSa[], number | null]>([
    ["an older session that never said farewell", [older(-90)], 0],
    ["one that did before the refusal", [older(-90, "completed", moment(-MICRO))], null],
    ["one that did at it", [older(-90, "completed", moment(0))], 0],
    ["one that claims nothing", [older(-90, "unanswered")], null],
    ["the last one accepted decides", [older(-90), older(-50, "completed", moment(-40))], null],
    ["one that claims nothing does not", [older(-90), older(-50, "unanswered", moment(-40))], 0],
    ["one with claims on other IDs", [older(-90, "completed", null, -90, 2)], null],
    [
      "one with a claim on another ID since does not hide it",
      [older(-90), older(-50, "completed", moment(-40), -50, 2)],
      0,
    ],
    ["one that began with the refusal", [older(-50, "completed", null, 0)], null],
    ["a newer session is no ghost", [older(5)], null],
    ["none", [], null],
  ])("%s", (_, own, expected) => {
    expect(ghost(own)).toBe(expected);
  });

  it("may claim the ID by a conclusion (6.2), but not where its quick mode on the ID was seen", () => {
    const [counted, refused] = [older(-90, "completed", null, -90, 3), older(-90, "unanswered")];
    const found = (own: ClientSa, upTo: number) =>
      ghostOf([own, contender], { contender, exchange: exchangeMade() }, () => upTo);
    expect([found(counted, 2), found(counted, 0), found(refused, 2)]).toEqual([counted, null, null]);
  });

  it("is searched among the last 64 sessions (6.17)", () => {
    const idle = (count: number) => Array.from({ length: count }, () => older(-50, "unanswered"));
    expect(ghost([older(-90), ...idle(62)])).toBe(0);
    expect(ghost([older(-90), ...idle(63)])).toBe(null);
  });
});
