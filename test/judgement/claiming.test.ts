import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/ike/facts.ts";
import { claimOf, isAccepted, isRefused } from "../../src/judgement/claiming.ts";
import type { Life } from "../../src/judgement/life.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  saMade,
  sessionMade,
  T,
  UNSEEN,
} from "../support/facts-made.ts";

const MICRO = 1e-6;
const ALL: readonly Outcome[] = [
  "completed",
  "answered",
  "refused",
  "unanswered",
  "answer-unusable",
  "unproven",
  "pending",
  "unobserved",
];

describe("which quick modes claim their ID (6.1)", () => {
  it("accepted are completed and answered ones, refused those with an Informational or with nothing", () => {
    expect(ALL.filter(isAccepted)).toEqual(["completed", "answered"]);
    expect(ALL.filter(isRefused)).toEqual(["refused", "unanswered"]);
  });

  it.each<[string, Outcome, Partial<Life>, Parameters<typeof saMade>[0], string]>([
    ["completed", "completed", {}, {}, "seen"],
    ["answered", "answered", {}, {}, "seen"],
    ["refused, whatever came later", "refused", { lastAt: at(100) }, {}, "none"],
    ["unanswered, whatever came later", "unanswered", { lastAt: at(100) }, {}, "none"],
    ["an unusable answer", "answer-unusable", { lastAt: at(100) }, {}, "none"],
    ["pending without later life", "pending", { lastAt: T }, { lastLifeAt: T, lastFreshAt: T }, "none"],
    [
      "pending, a new message later",
      "pending",
      { lastAt: at(2) },
      { lastLifeAt: at(2), lastFreshAt: at(2) },
      "seen",
    ],
    [
      "pending, its own copies later",
      "pending",
      { lastAt: at(2) },
      { lastLifeAt: at(2), lastFreshAt: T },
      "none",
    ],
    ["pending, ESP later", "pending", { lastAt: at(3) }, { lastLifeAt: at(2), lastFreshAt: T }, "seen"],
    [
      "pending, ESP at its first message",
      "pending",
      { lastAt: T },
      { lastLifeAt: at(-9), lastFreshAt: T },
      "none",
    ],
    [
      "pending, life after a step of the clock",
      "pending",
      { lastAt: at(-50), segment: 1 },
      { lastFreshAt: T },
      "seen",
    ],
    ["unobserved, later life", "unobserved", { lastAt: at(3) }, { lastFreshAt: at(3) }, "seen"],
    ["unproven, ESP for more than 60 s", "unproven", { espFromClientAt: at(60 + MICRO) }, {}, "implied"],
    ["unproven, ESP for 60 s", "unproven", { espFromClientAt: at(60) }, {}, "none"],
    ["unproven, other messages alone", "unproven", { fromClient: moment(90) }, {}, "none"],
    ["unproven, in another segment", "unproven", { espFromClientAt: at(90), segment: 1 }, {}, "none"],
  ])("%s", (_, outcome, life, sa, claim) => {
    const exchange = exchangeMade();
    const clientSa = clientSaMade(
      {
        session: sessionMade({ sa: saMade(sa), quickModes: [exchange] }),
        lifespan: lifespanMade({ life: lifeMade(life) }),
      },
      [[exchange, outcome]],
    );
    expect(claimOf(clientSa, exchange, outcome)).toBe(claim);
  });

  it("an unproven one claims only where phase 1 is known to have finished and it was never repeated", () => {
    const life = lifeMade({ espFromClientAt: at(90), fromClient: moment(90) });
    const of = (session: Partial<Session>, exchange: Partial<Exchange> = {}, blind = false) => {
      const clientSa = clientSaMade({
        session: sessionMade(session),
        lifespan: lifespanMade({ life, blind }),
      });
      return claimOf(clientSa, exchangeMade(exchange), "unproven");
    };
    expect(of({})).toBe("implied");
    expect(of({ finishedAt: UNSEEN })).toBe("none");
    expect(of({}, { retransmissions: 1 })).toBe("none");
    // Where the SA is blind, whatever the client sent counts.
    expect(of({}, {}, true)).toBe("implied");
  });

  it("on a blind SA the client's messages stand for its ESP", () => {
    const exchange = exchangeMade();
    const life = lifeMade({ fromClient: moment(90), espFromClientAt: UNSEEN });
    const of = (blind: boolean) =>
      claimOf(clientSaMade({ lifespan: lifespanMade({ life, blind }) }), exchange, "unproven");
    expect([of(true), of(false)]).toEqual(["implied", "none"]);
  });
});
