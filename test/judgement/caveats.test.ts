import { describe, expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Responder } from "../../src/judgement/responders.ts";
import type { Session } from "../../src/judgement/session.ts";
import { caveatsOf, isMutual, type Weights } from "../../src/judgement/weighing.ts";
import { type AttemptFields, attemptMade } from "../support/attempts-made.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  saMade,
  sessionMade,
  UNSEEN,
} from "../support/facts-made.ts";

describe("caveats (6.12)", () => {
  const responder = { seenSending: true } as Responder;
  const weights: Weights = {
    verdict: "rejected",
    make: "cisco",
    control: true,
    acceptedWhenFree: false,
    oneCandidateLeft: false,
    inByAnotherId: false,
  };
  const none = { against: () => "no" as const } as never;
  const of = (made: AttemptFields, more: Partial<Weights> = {}, seen = responder, counter = none) =>
    caveatsOf(seen, [attemptMade(made)], { ...weights, ...more }, counter);
  const quickModes = [exchangeMade()];
  const contender = (session: Partial<Session>, fields: Partial<ClientSa> = {}) =>
    clientSaMade({ session: sessionMade({ quickModes, ...session }), ...fields });
  /** An attempt of the first quick mode of a contender of which something is known. */
  const by = (session: Partial<Session>, more: AttemptFields = {}) => {
    const made = attemptMade({ contender: contender(session), ...more });
    return caveatsOf(responder, [{ ...made, exchange: quickModes[0] }], weights, none);
  };
  const holder = (session: Partial<Session>, fields: Partial<ClientSa> = {}) =>
    clientSaMade({ session: sessionMade(session), ...fields });
  const inside = { privateBehindNat: true };

  it.each<[string, readonly string[], readonly string[]]>([
    ["nothing to say", of({}), []],
    ["another cause", of({}, {}, responder, { against: () => "caveat" } as never), ["other-cause"]],
    [
      "another cause of nothing that is tolerated",
      of({}, { verdict: "tolerated" }, responder, { against: () => "caveat" } as never),
      [],
    ],
    ["another make", of({}, { make: "other" }), ["responder-not-asa"]],
    [
      "another make, also of what is tolerated",
      of({}, { make: "other", verdict: "tolerated" }),
      ["responder-not-asa"],
    ],
    ["an unknown make", of({}, { make: "unknown" }), ["responder-unknown"]],
    ["an unknown make accuses nobody", of({}, { make: "unknown", verdict: "tolerated" }), []],
    ["never seen accepted", of({}, { control: false }), ["no-control"]],
    ["tolerated needs no control", of({}, { control: false, verdict: "tolerated" }), []],
    ["the responder is never seen sending", of({}, {}, { seenSending: false } as Responder), ["one-sided"]],
    ["the holder silent since", of({ overlap: "probable" }), ["holder-silent"]],
    [
      "the holder unknown, and a sign of it after the attempt",
      of({
        overlap: "unknown",
        holder: holder({}, { lifespan: lifespanMade({ life: lifeMade({ lastAt: at(5) }) }) }),
      }),
      [],
    ],
    ["no holder visible", of({ holder: null }), ["holder-unseen"]],
    ["the holder's claim is a conclusion", of({ implied: true }), ["implied-claim"]],
    [
      "the holder's kind of life is not captured",
      of({ holder: holder({}, { lifespan: lifespanMade({ blind: true }) }) }),
      ["ike-only"],
    ],
    [
      "a step of the clock between claim and attempt",
      of({
        overlap: "unknown",
        claimSegment: 1,
        holder: holder({}, { lifespan: lifespanMade({ life: lifeMade({ lastAt: at(5) }) }) }),
      }),
      ["clock-step"],
    ],
    ["a step of the clock, and the overlap is certain", of({ claimSegment: 1 }), []],
    ["roles inferred of the contender", by({ inferred: true }), ["roles-inferred"]],
    ["roles inferred of the holder", by({}, { holder: holder({ inferred: true }) }), ["roles-inferred"]],
    ["one way: phase 1 not known to have finished", by({ finishedAt: UNSEEN }), ["one-way"]],
    [
      "one way of the holder",
      by({}, { holder: holder({ sa: saMade({ isTwoWayFrom: () => false }) }) }),
      ["one-way"],
    ],
    ["a short snap length", by({ sa: saMade({ cut: true }) }), ["snaplen"]],
    ["two private addresses behind one NAT", by(inside, { holder: holder(inside) }), ["same-nat"]],
    ["a private contender alone", by(inside), []],
    ["a private holder alone", by({}, { holder: holder(inside) }), []],
  ])("%s", (_, caveats, expected) => {
    expect(caveats).toEqual(expected);
  });

  it("one address: the same NAT", () => {
    const made = attemptMade();
    const client = { ...made.contender.client, host: made.holder!.claim.clientSa.client.host };
    const shared = { ...made, contender: { ...made.contender, client } };
    expect(caveatsOf(responder, [shared], weights, none)).toEqual(["same-nat"]);
  });

  it("a later ID: none of the attempts was on the client's first", () => {
    const made = attemptMade();
    const later = { ...attemptMade(), exchange: exchangeMade() };
    expect(caveatsOf(responder, [later], weights, none)).toEqual(["later-id"]);
    expect(caveatsOf(responder, [later, made], weights, none)).toEqual([]);
  });

  it("the answers of phase 1 reached this address: a forged sender gets none", () => {
    expect(isMutual(sessionMade())).toBe(true);
    expect(isMutual(sessionMade({ finishedAt: UNSEEN }))).toBe(false);
    expect(isMutual(sessionMade({ sa: saMade({ isTwoWayFrom: () => false }) }))).toBe(false);
  });
});
