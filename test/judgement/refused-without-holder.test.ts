import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import type { Exchange } from "../../src/ike/facts.ts";
import type { Client } from "../../src/judgement/client.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Acceptance, RefusedWithoutHolder } from "../../src/judgement/collisions.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import { RefusedWithoutHolderJudge } from "../../src/judgement/refused-without-holder.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  NOBODY_PLAIN,
  peersFrom,
  type RowMade,
  saMade,
  sessionMade,
  spiMade,
  UNSEEN,
} from "../support/facts-made.ts";

type Tried = readonly [seconds: number, outcome: Outcome, messageId?: number, fields?: Partial<Exchange>];
interface Made {
  tried?: readonly Tried[];
  session?: Partial<Session>;
  sa?: Parameters<typeof saMade>[0];
  kind?: string;
  key?: number;
  /** Of the same client as this one. */
  of?: ClientSa;
  farewell?: number;
}

const CONTENDER = endpoint(5, 500);

function made({
  tried = [],
  session = {},
  sa = {},
  kind = "sequential",
  key = CONTENDER,
  of,
  farewell,
}: Made) {
  const quickModes = tried.map(([seconds, , messageId = 1, fields = {}]) =>
    exchangeMade({ firstAt: at(seconds), messageId, ...fields }),
  );
  const any = farewell === undefined ? null : moment(farewell);
  const clientSa = clientSaMade(
    {
      session: sessionMade({ sa: saMade(sa), quickModes, ...session }),
      pattern: { kind } as never,
      keys: [key],
      lifespan: lifespanMade({
        life: lifeMade({ lastAt: at(300) }),
        farewells: { any, client: any, responder: null },
      }),
    },
    tried.map(([, outcome], i) => [quickModes[i], outcome]),
  );
  return of === undefined ? clientSa : { ...clientSa, client: of.client };
}

/** A peer that is there by its ESP from 200 s before T to a while after it, and is sent some. */
const peer = (until = 500, host = 77): RowMade[] => {
  const spis = [spiMade({ firstAt: at(-200), lastAt: at(until) })];
  return [
    { host, spis },
    { host, outgoing: true, spis },
  ];
};

interface World {
  peers?: readonly RowMade[];
  asWarnings?: boolean;
  remembered?: readonly number[];
  implied?: readonly (readonly [ClientSa, number])[];
}

/** Judges what was refused of these clients' SAs; nobody in the capture is seen to hold the IDs. */
function judge(clientSas: readonly ClientSa[], { peers = [], asWarnings = false, ...more }: World = {}) {
  const by = (...outcomes: Outcome[]): Acceptance[] =>
    clientSas.flatMap((contender) =>
      contender.session.quickModes
        .filter((exchange) => outcomes.includes(contender.outcomes.get(exchange)!))
        .map((exchange) => ({ contender, exchange })),
    );
  const refused = by("refused", "unanswered").map(
    (each): RefusedWithoutHolder => ({
      ...each,
      outcome: "unanswered",
      claimEndedAt: null,
      formerHolder: null,
    }),
  );
  const accepted = by("completed", "answered");
  const clients = [...new Set(clientSas.map(({ client }) => client))];
  const responder = { clientSas, clients, plain: NOBODY_PLAIN, peers: peersFrom(peers) };
  const collisions = {
    refusedWithoutHolder: refused.reverse(),
    accepted,
    acceptances: accepted,
    attempts: [],
  };
  const found = new RefusedWithoutHolderJudge(
    responder as never,
    { endpointSpeaksIkev2: () => false, speaksIkev2: () => false } as never,
    {
      collisions: collisions as never,
      implied: (more.implied ?? []).map(([clientSa, last]) => ({ clientSa, last })) as never,
      captureEnd: moment(1_000),
      memory: {
        responder: null,
        client: (client: Client) =>
          more.remembered !== undefined && client === clients[0] ? { accepted: more.remembered } : null,
      } as never,
    },
  ).judge(asWarnings);
  return {
    ...found,
    reasons: found.refusals.map(({ reason, attempts }) => [reason, attempts.length]),
    /** Addresses of those that may hold the ID, by attempt. */
    holders: found.attempts.map((each) => found.candidates.get(each)!.map(({ host }) => host)),
  };
}

const REFUSED: Tried = [0, "unanswered"];

describe("refused, and no holder visible (6.9)", () => {
  const contender = made({ tried: [REFUSED] });
  /** Its own earlier session, which had the ID and never said farewell. */
  const own = (more: Made = {}) => [
    made({ tried: [[-90, "completed"]], sa: { firstAt: at(-95) }, of: contender, ...more }),
    contender,
  ];
  const finished = (session: Partial<Session>, sa: Made["sa"] = {}) => [
    made({ tried: [REFUSED], session, sa }),
  ];

  it.each<[string, ReturnType<typeof judge>, [string, number][], number[][]]>([
    ["peers that may hold it unseen: a finding", judge([contender], { peers: peer() }), [], [[77]]],
    [
      "a peer on an endpoint of another session of the client is that client itself",
      judge([made({ key: endpoint(77, 4500), of: contender }), contender], { peers: peer() }),
      [["no-holder", 1]],
      [],
    ],
    ["nobody: a warning", judge([contender]), [["no-holder", 1]], []],
    [
      "the responder accepts IDs in use: warnings alone",
      judge([contender], { peers: peer(), asWarnings: true }),
      [["no-holder", 1]],
      [],
    ],
    ["its own earlier session goes before peers", judge(own(), { peers: peer() }), [["own-session", 1]], []],
    ["its own, which said farewell", judge(own({ farewell: -50 })), [["no-holder", 1]], []],
    [
      "a peer is cleared of an ID on which another client was accepted while it was there",
      judge([contender, made({ tried: [[-90, "completed"]], key: endpoint(6, 500) })], { peers: peer() }),
      [["no-holder", 1]],
      [],
    ],
    ["its own, which had another ID", judge(own({ tried: [[-90, "completed", 2]] })), [["no-holder", 1]], []],
    [
      "a client that does not count: no shared ID explains it",
      judge([made({ tried: [REFUSED], kind: "random" })], { peers: peer() }),
      [["not-counting", 1]],
      [],
    ],
    [
      "phase 1 not finished on either side: nothing",
      judge(finished({ finishedAt: UNSEEN, clientFinishedAt: UNSEEN }), { peers: peer() }),
      [],
      [],
    ],
    [
      "the client finished its part and went on: a warning, never a finding",
      judge(finished({ finishedAt: UNSEEN }), { peers: peer() }),
      [["no-holder", 1]],
      [],
    ],
    [
      "the same, at an endpoint that the responder never spoke to",
      judge(finished({ finishedAt: UNSEEN }, { isTwoWayFrom: () => false }), { peers: peer() }),
      [],
      [],
    ],
    [
      "several tries: one warning a client and reason",
      judge([
        made({ tried: [REFUSED, [10, "unanswered"], [20, "refused", 2]] }),
        made({ tried: [[5, "unanswered"]] }),
      ]),
      [
        ["no-holder", 3],
        ["no-holder", 1],
      ],
      [],
    ],
    [
      "its own session explains one ID, and not another",
      judge([own()[0], made({ tried: [REFUSED, [10, "refused", 2]], of: contender })]),
      [
        ["own-session", 1],
        ["no-holder", 1],
      ],
      [],
    ],
  ])("%s", (_, { reasons, holders }, warnings, candidates) => {
    expect([reasons, holders]).toEqual([warnings, candidates]);
  });

  it("one who tries at the same time from a peer's endpoint is not kept out by itself", () => {
    const there = made({ tried: [[0.5, "unanswered"]], key: endpoint(77, 4500) });
    const { holders } = judge([contender, there], { peers: [...peer(), ...peer(500, 78)] });
    expect(holders).toContainEqual([77, 78]);
    expect(holders).toContainEqual([78]);
  });

  it("who went silent since is asked for anew at each refusal", () => {
    const later = made({ tried: [[400, "unanswered"]] });
    const { holders, reasons } = judge([contender, later], { peers: peer(50) });
    expect([holders, reasons]).toEqual([[[77]], [["no-holder", 1]]]);
  });

  it("who was there before the clock stepped back was not seen since, whatever the time", () => {
    const behind = made({ tried: [[1, "unanswered", 1, { segment: 1 }]] });
    const { holders, reasons } = judge([contender, behind], { peers: peer() });
    expect([holders, reasons]).toEqual([[[77]], [["no-holder", 1]]]);
  });

  it("its own session of before the capture has used the IDs below the first one seen (6.2)", () => {
    const [older] = own({ tried: [[-90, "completed", 4]] });
    const reasonWith = (last: number) => judge([older, contender], { implied: [[older, last]] }).reasons;
    expect(reasonWith(3)).toEqual([["own-session", 1]]);
    expect(reasonWith(0)).toEqual([["no-holder", 1]]);
  });

  it("the older session is named, and the tries are in the order of time", () => {
    const older = own()[0];
    const [refusals] = judge([older, made({ tried: [REFUSED, [10, "unanswered"]], of: contender })]).refusals;
    expect(refusals.ghost).toBe(older);
    expect(refusals.contender).toBe(contender.client);
    expect(refusals.attempts.map(({ exchange }) => exchange.firstAt)).toEqual([at(0), at(10)]);
  });
});

describe("accepted on the ID later: candidates are those that ended in between (6.9)", () => {
  const later = (accepted: Tried, peers: readonly RowMade[]) => {
    const { attempts, holders, acceptedLater, reasons } = judge([made({ tried: [REFUSED, accepted] })], {
      peers,
    });
    return [holders, attempts.map((each) => acceptedLater.has(each)), reasons];
  };
  const both = [...peer(50), ...peer(500, 78)];

  it.each<[string, Tried, unknown[]]>([
    ["the one that went silent", [100, "completed"], [[[77]], [true], []]],
    ["on another ID: all that are alive", [100, "completed", 2], [[[77, 78]], [false], []]],
    ["in another segment of the clock", [100, "completed", 1, { segment: 1 }], [[[77, 78]], [false], []]],
    ["on another ID, before the refusal", [-100, "completed", 2], [[[77, 78]], [false], []]],
    ["on the ID before the refusal: it was free", [-100, "completed"], [[], [], [["no-holder", 1]]]],
    ["none ended until then: nobody", [40, "completed"], [[], [], [["no-holder", 1]]]],
  ])("%s", (_, accepted, expected) => {
    expect(later(accepted, both)).toEqual(expected);
  });

  it("nobody of those ended", () => {
    expect(later([100, "completed"], peer(500))).toEqual([[], [], [["no-holder", 1]]]);
  });
});

describe("what the warning says (6.9)", () => {
  const said = (clientSas: readonly ClientSa[], world: World = {}) => {
    const { acceptedBefore, acceptedAfter, othersMayHold } = judge(clientSas, world).refusals[0];
    return { acceptedBefore, acceptedAfter, othersMayHold };
  };
  const tried = (...list: Tried[]) => said([made({ tried: [REFUSED, ...list] })]);

  it.each<[string, ReturnType<typeof said>, [boolean, boolean]]>([
    ["never accepted", tried(), [false, false]],
    ["accepted before, on another ID", tried([-50, "completed", 2]), [true, false]],
    ["accepted after the last try", tried([10, "unanswered"], [50, "completed", 2]), [false, true]],
    ["accepted between the tries: neither", tried([60, "unanswered"], [50, "completed", 2]), [false, false]],
    [
      "accepted before the clock stepped back, later by its time",
      said([
        made({
          tried: [
            [900, "completed", 2],
            [0, "unanswered", 1, { segment: 1 }],
          ],
        }),
      ]),
      [true, false],
    ],
    ["both", tried([-50, "completed", 2], [50, "completed", 3]), [true, true]],
    [
      "accepted by a session that was let go since",
      said([made({ tried: [REFUSED] })], { remembered: [7] }),
      [true, false],
    ],
    [
      "a session let go that was never accepted",
      said([made({ tried: [REFUSED] })], { remembered: [] }),
      [false, false],
    ],
    [
      "another client's acceptance is not its own",
      said([made({ tried: [REFUSED] }), made({ tried: [[-50, "completed", 2]] })]),
      [false, false],
    ],
  ])("%s", (_, { acceptedBefore, acceptedAfter }, expected) => {
    expect([acceptedBefore, acceptedAfter]).toEqual(expected);
  });

  const other = (more: Made = {}) => made({ tried: [[-50, "completed", 2]], key: endpoint(6, 500), ...more });
  const refused = made({ tried: [REFUSED] });
  it.each<[string, readonly ClientSa[], World, boolean]>([
    ["one client alone: nobody knows who else is connected", [refused], {}, true],
    ["every peer's phase 1 is in the capture", [refused, other()], {}, false],
    [
      "a session that began before the capture",
      [refused, other({ session: { begunBefore: true } })],
      { asWarnings: true },
      true,
    ],
    ["a peer that its ESP alone shows", [refused, other()], { peers: peer(), asWarnings: true }, true],
  ])("peers outside the capture may hold it: %s", (_, clientSas, world, expected) => {
    expect(said(clientSas, world).othersMayHold).toBe(expected);
  });
});
