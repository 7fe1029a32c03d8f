import { describe, expect, it } from "vitest";
import { type Claim, LiveClaims } from "../../src/judgement/claims.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Relation } from "../../src/judgement/identity.ts";
import type { Life } from "../../src/judgement/life.ts";
import { overlapAt } from "../../src/judgement/lifespan.ts";
import { at, clientSaMade, exchangeMade, lifeMade, lifespanMade, moment } from "../support/facts-made.ts";

describe("who holds an ID (6.3)", () => {
  interface Held {
    claim: Claim;
    relation?: Relation;
    inUse?: boolean;
  }
  /** A claim accepted `since` seconds from `T`, with life until `lastAt`. */
  function held(
    since: number,
    lastAt: number,
    {
      relation = "two",
      inUse = false,
      ...more
    }: Partial<Held> &
      Partial<Claim> & {
        life?: Partial<Life>;
        client?: ClientSa["client"];
        farewell?: ReturnType<typeof moment>;
      } = {},
  ): Held {
    const { life = {}, client, farewell = null, ...fields } = more;
    const lifespan = lifespanMade({
      life: lifeMade({ lastAt: at(lastAt), ...life }),
      farewells: { any: farewell, client: farewell, responder: null },
    });
    const clientSa = clientSaMade(client === undefined ? { lifespan } : { lifespan, client });
    const claim = {
      clientSa,
      exchange: exchangeMade(),
      since: at(since),
      segment: 0,
      acceptedAt: at(since),
      implied: false,
      sureFrom: at(since),
      ...fields,
    };
    return { claim, relation, inUse };
  }
  const contender = clientSaMade();
  function live(list: readonly Held[], between: (a: ClientSa, b: ClientSa) => Relation = () => "two") {
    const of = (claim: Claim) => list.find((each) => each.claim === claim)!;
    const claims = new LiveClaims({
      overlap: (claim, when) => overlapAt(claim.clientSa.lifespan, when),
      relation: (claim, other) =>
        other === contender ? of(claim).relation! : between(claim.clientSa, other),
      inUse: (claim) => of(claim).inUse!,
      givenUp: (claim) => !of(claim).inUse!,
      endOf: ({ clientSa }) => clientSa.lifespan.farewells.any!,
    });
    for (const { claim } of list) claims.add(claim);
    return claims;
  }
  const holderOf = (list: readonly Held[], seconds = 0) => {
    const holder = live(list).holder(contender, moment(seconds));
    return holder === null
      ? null
      : [list.findIndex(({ claim }) => claim === holder.claim), holder.overlap, holder.settled];
  };

  it.each<[string, readonly Held[], ReturnType<typeof holderOf>]>([
    ["nobody", [], null],
    [
      "of two before the attempt, the one accepted behind a step of the clock, earlier by its time",
      [held(-50, -400), held(-90, -400, { segment: 1 })],
      [1, "unknown", true],
    ],
    ["the one with a claim", [held(-50, 5)], [0, "certain", true]],
    ["the surest before the latest", [held(-50, 5), held(-40, -10)], [0, "certain", true]],
    ["probable before unknown", [held(-900, -800), held(-950, -10)], [1, "probable", true]],
    [
      "among equals the one accepted latest",
      [held(-50, 5), held(-40, 5), held(-60, 5)],
      [1, "certain", true],
    ],
    [
      "among equals not one that asked before the attempt and was accepted after it",
      [held(-50, 5), held(-40, 5, { acceptedAt: at(1) })],
      [0, "certain", true],
    ],
    [
      "one that was accepted after it where there is no other",
      [held(-50, -10), held(-40, 5, { acceptedAt: at(1) })],
      [1, "certain", true],
    ],
    ["not one that ended", [held(-50, 5), held(-40, 5, { farewell: moment(-1) })], [0, "certain", true]],
    [
      "the contender itself is no other client",
      [held(-50, 5), held(-40, 5, { relation: "one" })],
      [0, "certain", true],
    ],
    [
      "a settled one before an unsettled one",
      [held(-50, 5), held(-40, 5, { relation: "unsettled" })],
      [0, "certain", true],
    ],
    [
      "an unsettled one where there is no other",
      [held(-40, 5, { relation: "unsettled" })],
      [0, "certain", false],
    ],
    [
      "a surer unsettled one before a settled one",
      [held(-50, -10), held(-40, 5, { relation: "unsettled" })],
      [1, "certain", false],
    ],
    ["nobody who is the contender", [held(-40, 5, { relation: "one" })], null],
  ])("%s", (_, list, expected) => {
    expect(holderOf(list)).toEqual(expected);
  });

  it("one claim per client: the newest, but what was seen counts for more than a conclusion", () => {
    const seen = held(-50, 5);
    const { client } = seen.claim.clientSa;
    const newer = held(-40, -10, { client });
    expect(holderOf([seen, newer])).toEqual([1, "probable", true]);
    const implied = held(-40, -10, { client, implied: true });
    expect(holderOf([seen, implied])).toEqual([0, "certain", true]);
    expect(holderOf([implied, seen])).toEqual([1, "certain", true]);
    const renewed = held(-30, 5, { client, implied: true });
    renewed.claim.clientSa.session.sa.firstAt = at(-45);
    expect(holderOf([seen, renewed])).toEqual([1, "certain", true]);
    const anotherImplied = held(-30, 5, { client, implied: true });
    expect(holderOf([implied, anotherImplied])).toEqual([1, "certain", true]);
  });

  it("is asked again and again, and claims stay where they are", () => {
    const list = [held(-50, 5), held(-40, 25)];
    const claims = live(list);
    const ask = (seconds: number) => {
      const holder = claims.holder(contender, moment(seconds));
      return [list.findIndex(({ claim }) => claim === holder?.claim), holder?.overlap];
    };
    expect([ask(0), ask(1), ask(10), ask(30), ask(310)]).toEqual([
      [1, "certain"],
      [1, "certain"],
      [1, "certain"],
      [1, "probable"],
      [1, "probable"],
    ]);
  });

  it("one that rises again after a step of the clock is found", () => {
    // Its life is known in segment 1, where the claim was unknown in segment 0.
    const list = [held(-50, 5, { segment: 1, life: { segment: 1 } })];
    const claims = live(list);
    expect(claims.holder(contender, moment(0))?.overlap).toBe("unknown");
    expect(claims.holder(contender, moment(0, 1))?.overlap).toBe("certain");
  });

  it("keeps when the last of those that ended did", () => {
    const claims = live([held(-50, 5, { farewell: moment(-30) }), held(-40, 5, { farewell: moment(-20) })]);
    expect(claims.endedAt).toBe(null);
    expect(claims.holder(contender, moment(0))).toBe(null);
    expect(claims.endedAt).toEqual(moment(-20));
  });

  it("keeps the last of other clients that ended, for whoever asks", () => {
    const left = (since: number, end: number) => held(since, 5, { farewell: moment(end) });
    const [first, second, last] = [left(-60, -50), left(-50, -30), left(-40, -20)];
    const claims = live([first, second, last]);
    claims.holder(contender, moment(0));
    expect(claims.lastEnded(contender)).toBe(last.claim);
    expect(claims.lastEnded(last.claim.clientSa)).toBe(second.claim);
  });

  describe("taken over by an attempt that was answered (6.3)", () => {
    const over = { begun: moment(10), answered: moment(11) };

    it("frees what was not certain by then", () => {
      const claims = live([held(-50, 5)]);
      expect(claims.holder(contender, moment(10))?.overlap).toBe("probable");
      claims.takeOver(over);
      expect(claims.holder(contender, moment(12))).toBe(null);
    });

    it("frees what was not looked at by then as well", () => {
      const claims = live([held(-50, 10.5)]);
      claims.takeOver(over);
      expect(claims.holder(contender, moment(12))).toBe(null);
    });

    it("leaves what was certain then", () => {
      const claims = live([held(-50, 11.5)]);
      claims.takeOver(over);
      expect(claims.holder(contender, moment(12))?.overlap).toBe("probable");
    });

    it("leaves what began after it", () => {
      const later = held(10, 10.5);
      const claims = live([later]);
      claims.takeOver(over);
      expect(claims.holder(contender, moment(12))?.claim).toBe(later.claim);
    });
  });

  describe("two others hold it at once (6.8)", () => {
    const twice = (list: readonly Held[], between?: (a: ClientSa, b: ClientSa) => Relation) =>
      live(list, between).heldTwice(contender, moment(0));
    const inUse = { inUse: true };

    it("where both have it in use and are two clients", () => {
      expect(twice([held(-50, 5, inUse), held(-40, 5, inUse)])).toBe(true);
      expect(twice([held(-50, 5, inUse)])).toBe(false);
      expect(twice([held(-50, 5, inUse), held(-40, 5)])).toBe(false);
      expect(twice([held(-50, 5), held(-40, 5, inUse)])).toBe(false);
      expect(twice([held(-50, 5, inUse), held(-40, 5, { ...inUse, relation: "unsettled" })])).toBe(false);
      expect(twice([held(-50, 5, { ...inUse, relation: "one" }), held(-40, 5, inUse)])).toBe(false);
      expect(twice([held(-50, 5, inUse), held(-40, -5, inUse)])).toBe(false);
      expect(twice([held(-50, 5, inUse), held(-40, 5, inUse)], () => "unsettled")).toBe(false);
      expect(twice([held(-50, 5, inUse), held(-40, 5, { ...inUse, acceptedAt: at(1) })])).toBe(false);
    });
  });

  it("looks at 64 claims of one grade for an attempt, the latest first (6.17)", () => {
    const same = (count: number) =>
      Array.from({ length: count }, (_, i) => held(-40 + i / 10, 5, { relation: "one" }));
    expect(holderOf([held(-50, 5), ...same(63)])).toEqual([0, "certain", true]);
    expect(holderOf([held(-50, 5), ...same(64)])).toBe(null);
  });
});
