import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/ike/facts.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { findCollisions } from "../../src/judgement/collisions.ts";
import type { ImpliedClaim } from "../../src/judgement/implied-claims.ts";
import type { Lifespan } from "../../src/judgement/lifespan.ts";
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
  UNSEEN,
} from "../support/facts-made.ts";

const IDENTITY = {
  lifespan: () => lifespanMade({ blind: true, life: lifeMade() }),
  inside: () => "unknown" as const,
  tookTurns: () => false,
};

interface Made extends Partial<ClientSa> {
  sa?: Parameters<typeof saMade>[0];
  finished?: Partial<Session>;
  span?: Partial<Lifespan>;
  /** Last sign, in seconds. */
  until?: number;
}

/** A client's SA with quick modes: seconds, outcome and ID of each. */
function made(
  list: readonly (readonly [number, Outcome, number?, Partial<Exchange>?])[],
  { sa = {}, finished = {}, span = {}, until = 300, ...more }: Made = {},
): ClientSa {
  const quickModes = list.map(([seconds, , messageId = 1, fields = {}], i) =>
    exchangeMade({
      firstAt: at(seconds),
      messageId,
      first: { micros: 0, nanos: 0, frame: seconds * 10 + i + 5_000, source: 0 },
      ...fields,
    }),
  );
  const session = sessionMade({
    sa: saMade({ vendorIds: [[], []], ...sa } as never),
    quickModes,
    ...finished,
  });
  const lifespan = lifespanMade({ life: lifeMade({ lastAt: at(until) }), ...span });
  return clientSaMade(
    { session, lifespan, ...more },
    list.map(([, outcome], i) => [quickModes[i], outcome]),
  );
}
function found(clientSas: readonly ClientSa[], implied: readonly ImpliedClaim[] = []) {
  const collisions = findCollisions(clientSas, implied, IDENTITY);
  const name = (clientSa: ClientSa) => clientSas.indexOf(clientSa);
  return {
    ...collisions,
    told: collisions.attempts.map(
      ({ contender, holder, verdict, outcome }) =>
        `${name(contender)} ${outcome} ${verdict} ${holder === null ? "-" : `${name(holder.claim.clientSa)} ${holder.overlap}`}`,
    ),
  };
}
const holder = (more: Made = {}) => made([[-50, "completed"]], more);
const verdictOf = (outcome: Outcome, more: Made = {}, fields: Partial<Exchange> = {}, by: Made = {}) =>
  found([holder(by), made([[0, outcome, 1, fields]], more)]).told[0]?.split(" ")[2];

describe("verdict of an attempt (6.7)", () => {
  it.each<[string, string | undefined, string | undefined]>([
    ["refused while the ID is held", verdictOf("refused"), "rejected"],
    ["unanswered while it is held", verdictOf("unanswered"), "rejected"],
    ["unanswered, probably held", verdictOf("unanswered", {}, {}, { until: -10 }), "rejected"],
    ["unanswered, unknown whether held", verdictOf("unanswered", {}, {}, { until: -400 }), "possible"],
    ["pending", verdictOf("pending"), "predicted"],
    ["unobserved", verdictOf("unobserved"), "predicted"],
    ["unproven", verdictOf("unproven"), "possible"],
    ["an unusable answer", verdictOf("answer-unusable"), "possible"],
    ["completed", verdictOf("completed"), "tolerated"],
    ["completed, probably held: no attempt", verdictOf("completed", {}, {}, { until: -10 }), undefined],
    ["another ID: no attempt", found([holder(), made([[0, "unanswered", 2]])]).told[0], undefined],
    [
      "the holder had left",
      verdictOf(
        "unanswered",
        {},
        {},
        { span: { farewells: { any: moment(-5), client: moment(-5), responder: null } } },
      ),
      undefined,
    ],
    [
      "pending, phase 1 not known to have finished",
      verdictOf("pending", { finished: { finishedAt: UNSEEN, clientFinishedAt: UNSEEN } }),
      "possible",
    ],
    [
      "pending, the client finished its part",
      verdictOf("pending", { finished: { finishedAt: UNSEEN } }),
      "predicted",
    ],
    [
      "pending, the responder finished its part",
      verdictOf("pending", { finished: { clientFinishedAt: UNSEEN } }),
      "predicted",
    ],
    [
      "the holder may be made of forged packets",
      verdictOf("unanswered", {}, {}, { vouched: false }),
      "possible",
    ],
    [
      "a claim of another segment of the clock",
      found([made([[-50, "completed", 1, { segment: -1 }]]), made([[0, "unanswered"]])]).told[0]?.split(
        " ",
      )[2],
      "possible",
    ],
    [
      "it throws the holder out",
      verdictOf(
        "completed",
        {},
        {},
        { span: { farewells: { any: moment(5), client: null, responder: moment(5) } }, until: 5 },
      ),
      "possible",
    ],
  ])("%s: %s", (_, verdict, expected) => {
    expect(verdict).toBe(expected);
  });

  it("not what a running capture cannot judge yet", () => {
    const contender = made([[0, "pending"]]);
    expect(
      found([holder(), { ...contender, undecided: new Set(contender.session.quickModes) }]).told,
    ).toEqual([]);
  });

  it("two clients at one address of which nobody knows whether they are two", () => {
    const first = holder();
    const second = made([[0, "unanswered"]], { finished: { port500: 501 }, sa: { firstAt: at(-5) } });
    const here = { ...second, client: { ...second.client, host: first.client.host } };
    expect(found([first, here]).told).toEqual(["1 unanswered possible 0 certain"]);
  });
});

describe("claims, in the order of the capture (6.1, 6.3)", () => {
  it("n clients on one ID give n-1 contenders, each with the latest", () => {
    expect(found([holder(), made([[0, "completed"]]), made([[10, "unanswered"]])]).told).toEqual([
      "1 completed tolerated 0 certain",
      "2 unanswered rejected 1 certain",
    ]);
  });

  it("who was refused holds nothing", () => {
    expect(found([holder(), made([[0, "unanswered"]]), made([[10, "unanswered"]])]).told).toEqual([
      "1 unanswered rejected 0 certain",
      "2 unanswered rejected 0 certain",
    ]);
  });

  it("whatever the order of the sessions", () => {
    expect(found([made([[10, "unanswered"]]), made([[0, "unanswered"]]), holder()]).told).toEqual([
      "1 unanswered rejected 2 certain",
      "0 unanswered rejected 2 certain",
    ]);
  });

  it("of one moment the frame decides", () => {
    const late = made([[0, "completed", 1, { first: { micros: 0, nanos: 0, frame: 9, source: 0 } }]]);
    const early = made([[0, "completed", 1, { first: { micros: 0, nanos: 0, frame: 8, source: 0 } }]]);
    expect(found([late, early]).told).toEqual(["0 completed tolerated 1 certain"]);
  });

  it("taken over where it was not certain: the older claim holds nothing more", () => {
    const list = [holder({ until: -10 }), made([[0, "completed"]], { until: 5 }), made([[20, "unanswered"]])];
    expect(found(list).told).toEqual(["2 unanswered rejected 1 probable"]);
    expect(found(list).acceptances).toHaveLength(1 + 1);
  });

  it("taken over also beside a claim that was certain", () => {
    const leaving = (seconds: number) => ({
      until: seconds,
      span: { farewells: { any: moment(seconds), client: moment(seconds), responder: null } },
    });
    const list = [
      made([[-90, "completed"]], { until: -10 }),
      holder(leaving(5)),
      made([[0, "completed"]], leaving(10)),
      made([[20, "unanswered"]]),
    ];
    expect(found(list).told).toEqual(["1 completed tolerated 0 certain", "2 completed tolerated 1 certain"]);
  });

  it("somebody was accepted while the older claim was certain but not in use: the ID had been freed", () => {
    const left = { span: { farewells: { any: moment(5), client: moment(5), responder: null } }, until: 5 };
    const deleted = holder({ sa: { informationals: [[at(-9)], []] } });
    expect(found([deleted, made([[0, "completed"]], left), made([[10, "unanswered"]])]).told).toEqual([
      "1 completed tolerated 0 certain",
    ]);
    // What is in use still is held: this responder accepts that.
    expect(found([holder(), made([[0, "completed"]], left), made([[10, "unanswered"]])]).told).toEqual([
      "1 completed tolerated 0 certain",
      "2 unanswered rejected 0 certain",
    ]);
    // What may be made of forged packets frees nobody.
    const forged = made([[0, "completed"]], { ...left, vouched: false });
    expect(found([deleted, forged, made([[10, "unanswered"]])]).told[1]).toBe(
      "2 unanswered rejected 0 certain",
    );
  });

  it("who was thrown out and was not certainly there holds nothing more", () => {
    const out = { farewells: { any: moment(5), client: null, responder: moment(5) } };
    const list = [holder({ until: -10, span: out }), made([[0, "completed"]]), made([[3, "unanswered"]])];
    expect(found(list).told).toEqual(["1 completed possible 0 probable", "2 unanswered rejected 1 certain"]);
  });

  it("who may have held it beside one that was thrown out holds nothing more", () => {
    const stale = made([[-90, "completed"]], { until: -10 });
    const thrownOut = { farewells: { any: moment(5), client: null, responder: moment(5) } };
    const left = { farewells: { any: moment(10), client: moment(10), responder: null } };
    const list = [
      stale,
      holder({ until: 5, span: thrownOut }),
      made([[0, "completed"]], { until: 10, span: left }),
      made([[20, "unanswered"]]),
    ];
    expect(found(list).told).toEqual(["1 completed tolerated 0 certain", "2 completed possible 1 certain"]);
  });

  it("who said goodbye before the answer was not in its way", () => {
    const contender = made([[0, "completed"]]);
    const late = { ...contender, acceptedAt: new Map([[contender.session.quickModes[0], at(12)]]) };
    const left = holder({
      until: 10,
      span: {
        farewells: { any: moment(10), client: moment(10), responder: null },
        life: lifeMade({ lastAt: at(10) }),
      },
    });
    const { told, acceptances, accepted } = found([left, late]);
    expect([told, acceptances.length, accepted.length]).toEqual([[], 2, 2]);
  });

  it("who said goodbye before the answer kept others out that asked before that", () => {
    const patient = made([[0, "completed"]], { until: 90 });
    const late = { ...patient, acceptedAt: new Map([[patient.session.quickModes[0], at(12)]]) };
    const farewells = { any: moment(10), client: moment(10), responder: null };
    const left = holder({ until: 10, span: { farewells, life: lifeMade({ lastAt: at(10) }) } });
    const list = [left, late, made([[5, "unanswered"]]), made([[11, "unanswered"]])];
    expect(found(list).told).toEqual(["2 unanswered rejected 0 certain", "3 unanswered rejected 1 certain"]);
  });

  it("whom the responder had deleted before the try that it answered was not thrown out for that", () => {
    const deleted = { any: moment(10), client: null, responder: moment(10) };
    const cut = () => holder({ until: 10, span: { farewells: deleted, life: lifeMade({ lastAt: at(10) }) } });
    const told = (copy: number) => {
      const contender = made([[0, "completed", 1, { retransmissions: 1, lastRetransmissionAt: at(copy) }]]);
      const acceptedAt = new Map([[contender.session.quickModes[0], at(12)]]);
      return found([cut(), { ...contender, acceptedAt }]).told;
    };
    expect([11, 9, 13].map(told)).toEqual([
      [],
      ["1 completed possible 0 certain"],
      ["1 completed possible 0 certain"],
    ]);
  });

  it("what was accepted while held is no acceptance of a free ID", () => {
    const { acceptances, accepted, attempts } = found([holder(), made([[0, "completed"]])]);
    expect([acceptances.length, accepted.length]).toEqual([1, 2]);
    // Without SPIs the holder's latest quick mode is in use while nothing was deleted.
    expect(attempts[0].acceptedInUse).toBe(true);
  });

  it("in use, but by a contender that may be made of forged packets", () => {
    const sas = { sa: {} };
    const [first, second] = [holder(sas), made([[0, "completed"]], { vouched: false })];
    expect(found([first, second]).attempts[0].acceptedInUse).toBe(false);
    expect(
      found([holder({ sa: { informationals: [[at(-9)], []] } }), made([[0, "completed"]])]).attempts[0]
        .acceptedInUse,
    ).toBe(false);
  });
});

describe("refused, and no holder visible (6.9)", () => {
  const without = (outcome: Outcome, fields: Partial<Exchange> = {}) =>
    found([made([[0, outcome, 1, fields]])]).refusedWithoutHolder.map((each) => each.outcome);

  it.each<[Outcome, Partial<Exchange>, number]>([
    ["refused", {}, 1],
    ["unanswered", {}, 1],
    ["answer-unusable", {}, 1],
    ["unproven", { retransmissions: 1 }, 1],
    ["unproven", {}, 0],
    ["pending", { retransmissions: 1 }, 0],
    ["unobserved", { retransmissions: 1 }, 0],
    ["completed", {}, 0],
  ])("%s %j", (outcome, fields, count) => {
    expect(without(outcome, fields)).toHaveLength(count);
  });

  it("says when the last claim on the ID ended", () => {
    const left = holder({ span: { farewells: { any: moment(-5), client: moment(-5), responder: null } } });
    expect(found([left, made([[0, "unanswered"]])]).refusedWithoutHolder[0].claimEndedAt).toEqual(moment(-5));
    expect(found([made([[0, "unanswered"]])]).refusedWithoutHolder[0].claimEndedAt).toBe(null);
  });
});

describe("implied claims (6.2, 6.17)", () => {
  const implied = (last: number, since: number, sureFrom = since, more: Made = {}): ImpliedClaim => ({
    clientSa: made([], more),
    last,
    since: moment(since),
    sureFrom: at(sureFrom),
  });
  const against = (claims: readonly ImpliedClaim[], messageId = 1) => {
    const { attempts, evictedClaims } = found([made([[0, "unanswered", messageId]])], claims);
    return {
      evictedClaims,
      told: attempts.map(({ holder: by, verdict }) => [
        claims.findIndex(({ clientSa }) => clientSa === by!.claim.clientSa),
        by!.claim.implied,
        verdict,
      ]),
    };
  };

  it("hold every ID up to the last, from when they begin", () => {
    expect(against([implied(3, -50)], 3).told).toEqual([[0, true, "rejected"]]);
    expect(against([implied(3, -50)], 4).told).toEqual([]);
    expect(against([implied(3, 0)]).told).toEqual([[0, true, "rejected"]]);
    expect(against([implied(3, 1)]).told).toEqual([]);
  });

  it("are a guess before their first sign", () => {
    expect(against([implied(3, -50, 0)]).told).toEqual([[0, true, "rejected"]]);
    expect(against([implied(3, -50, 1)]).told).toEqual([[0, true, "possible"]]);
  });

  it("the one that began last is the holder", () => {
    expect(against([implied(3, -20), implied(3, -50)]).told).toEqual([[0, true, "rejected"]]);
    expect(against([implied(3, -50), implied(3, -20)]).told).toEqual([[1, true, "rejected"]]);
  });

  it("one that has begun holds its ID, whoever lives longer and begins later", () => {
    const later = implied(3, 10, 10, { until: 400 });
    expect(against([later, implied(3, -50)]).told).toEqual([[1, true, "rejected"]]);
  });

  it("one of before the capture was accepted before any that is seen", () => {
    const before = implied(3, -20, -20, { finished: { begunBefore: true } });
    const { attempts } = found([holder(), made([[0, "unanswered"]])], [before]);
    expect(attempts[0].holder!.claim.implied).toBe(false);
  });

  it("64 on an ID are kept, those that lived longest", () => {
    const many = Array.from({ length: 65 }, (_, i) => implied(3, -50, -50, { until: 300 + i }));
    expect(against(many).evictedClaims).toBe(1);
    expect(against(many.slice(1)).evictedClaims).toBe(0);
    expect(against([...many.slice(1), implied(3, -10, -10, { until: 200 })]).told[0][0]).not.toBe(64);
  });
});
