import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { groupClients } from "../../src/judgement/client.ts";
import { relationOfClientSas } from "../../src/judgement/client-sa.ts";
import { type IdentityQuestions, relationOf, traitsOf } from "../../src/judgement/identity.ts";
import { BEFORE_ALL } from "../../src/judgement/moment.ts";
import { portTurns } from "../../src/judgement/port-turns.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  clientSaMade,
  lifeMade,
  lifespanMade,
  moment,
  saMade,
  sessionMade,
  UNSEEN,
} from "../support/facts-made.ts";

interface Made {
  port4500?: number;
  /** As `port4500` unless given. */
  began4500?: number;
  port500?: number;
  /** First message, and last thing that the client sent, in seconds. */
  from?: number;
  to?: number;
  blind?: boolean;
  platform?: string | null;
  vendorIds?: readonly string[];
  cut?: boolean;
  host?: number;
  /** Phase 1 before the capture, and the first sign of it in it. */
  before?: number | null;
  /** Segments of the clock of `from` and of `to`. */
  segment?: number;
  toSegment?: number;
}
const lives = new Map<Session, Pick<Made, "to" | "toSegment" | "blind" | "before">>();

function made({
  port4500 = -1,
  began4500 = port4500,
  port500 = 500,
  from = 0,
  to = from + 1,
  blind = false,
  platform = null,
  vendorIds = [],
  cut = false,
  host = 1,
  before = null,
  segment = 0,
  toSegment = segment,
}: Made = {}): Session {
  const session = sessionMade({
    sa: saMade({ firstAt: at(from), firstSegment: segment, vendorIds: [vendorIds, []], cut }),
    endpoint: endpoint(host, port4500 >= 0 ? port4500 : port500),
    port4500,
    began4500,
    port500,
    clientVendor: { platform } as never,
    begunBefore: before !== null,
  });
  lives.set(session, { to, toSegment, blind, before });
  return session;
}
const lifespan = (session: Session) => {
  const { to = UNSEEN, toSegment, blind = false, before } = lives.get(session)!;
  const fromClient = Number.isNaN(to) ? BEFORE_ALL : moment(to, toSegment);
  return lifespanMade({ blind, life: lifeMade({ fromClient, firstAt: at(before ?? UNSEEN) }) });
};
const ask = (more: Partial<IdentityQuestions> = {}): IdentityQuestions => ({
  lifespan,
  inside: () => "unknown",
  tookTurns: () => false,
  ...more,
});
const WINDOWS = { platform: "Windows 7", vendorIds: ["aa"] };
const XP = { platform: "Windows XP", vendorIds: ["bb"] };

describe("two IKE SAs from one address (3.3)", () => {
  const relation = (a: Made, b: Made, more: Partial<IdentityQuestions> = {}) =>
    relationOf(traitsOf(made(a), ask(more)), traitsOf(made(b), ask(more)), ask(more));

  it.each<[string, ReturnType<typeof relation>, string]>([
    ["the same port", relation({}, { from: 50 }), "one"],
    ["the same port, whatever the older one still sends", relation({ to: 90 }, { from: 50 }), "one"],
    ["another port, the older one silent", relation({ port500: 501 }, { from: 50 }), "one"],
    ["another port, the older one sends on", relation({ port500: 501, to: 51 }, { from: 50 }), "two"],
    [
      "another port, its last packet at the newer's first",
      relation({ port500: 501, to: 50 }, { from: 50 }),
      "one",
    ],
    [
      "another port, phase 1 of the one whose IKE comes later before the capture, with ESP since",
      relation({ port500: 501, to: 40 }, { from: 50, before: -9 }),
      "two",
    ],
    [
      "another port, ESP of the later one comes when the other has ended",
      relation({ port500: 501, to: 40 }, { from: 50, before: 41 }),
      "one",
    ],
    [
      "another port, its silence cannot be seen",
      relation({ port500: 501, blind: true }, { from: 50 }),
      "unsettled",
    ],
    ["another port, the newer one blind", relation({ port500: 501 }, { from: 50, blind: true }), "one"],
    [
      "another port, blind, and sends on",
      relation({ port500: 501, blind: true, to: 51 }, { from: 50 }),
      "two",
    ],
    [
      "another port, the older one sends on behind a step of the clock, which is later than its time says",
      relation({ port500: 501, to: -900, toSegment: 1 }, { from: 50 }),
      "two",
    ],
    [
      "another port, the older one sent before a step of the clock alone, which is earlier than its time says",
      relation({ port500: 501, from: 100, to: 900, blind: true }, { from: 50, segment: 1 }),
      "unsettled",
    ],
    [
      "another port, and they took turns",
      relation({ port500: 501 }, { from: 50 }, { tookTurns: () => true }),
      "two",
    ],
    ["the older decides, in whatever order", relation({ from: 50 }, { port500: 501, to: 51 }), "two"],
    [
      "the port towards 4500 decides when both are known",
      relation({ port4500: 1_000 }, { from: 50, port4500: 1_000, port500: 501 }),
      "one",
    ],
    ["another one towards 4500", relation({ port4500: 1_000, to: 51 }, { from: 50, port4500: 1_001 }), "two"],
    [
      "4500 known of one alone: the port towards 500",
      relation({ port4500: 1_000, to: 51 }, { from: 50 }),
      "one",
    ],
    [
      "no port known of either towards 500",
      relation({ port4500: 1_000, port500: -1, to: 51 }, { from: 50, port500: -1 }),
      "two",
    ],
    ["different systems", relation(WINDOWS, { from: 50, ...XP }), "two"],
    ["the same system", relation(WINDOWS, { from: 50, ...WINDOWS }), "one"],
    [
      "a system in one phase 1 and none in the other",
      relation(WINDOWS, { from: 50, vendorIds: ["cc"] }),
      "two",
    ],
    ["the other phase 1 not seen", relation(WINDOWS, { from: 50 }), "one"],
    ["the other phase 1 cut", relation(WINDOWS, { from: 50, vendorIds: ["cc"], cut: true }), "one"],
    ["its own phase 1 not seen", relation({}, { from: 50, ...WINDOWS }), "one"],
    ["different systems, one of them cut", relation({ ...WINDOWS, cut: true }, { from: 50, ...XP }), "two"],
    [
      "inside addresses differ, the older sends on",
      relation({ to: 51 }, { from: 50 }, { inside: () => "different" }),
      "two",
    ],
    [
      "inside addresses differ, the older silent: perhaps a new lease",
      relation({}, { from: 50 }, { inside: () => "different" }),
      "unsettled",
    ],
    [
      "the same inside address is never proof alone",
      relation({ port500: 501, to: 51 }, { from: 50 }, { inside: () => "same" }),
      "two",
    ],
    [
      "the same inside address and silence",
      relation({ port500: 501 }, { from: 50 }, { inside: () => "same" }),
      "one",
    ],
    [
      "the same inside address, silence not to be seen",
      relation({ port500: 501, blind: true }, { from: 50 }, { inside: () => "same" }),
      "unsettled",
    ],
  ])("%s: %s", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});

describe("clients of a responder (3.3, 3.5)", () => {
  const grouped = (
    list: readonly Made[],
    more: Partial<IdentityQuestions> = {},
    alias = (each: number) => each,
  ) => {
    const sessions = list.map(made);
    return groupClients(sessions, ask(more), alias).map(({ host, port, sessions: own }) => [
      host,
      port,
      own.map((each) => sessions.indexOf(each)),
    ]);
  };

  it("another address is another client", () => {
    expect(grouped([{ host: 1 }, { host: 2, from: 50 }])).toEqual([
      [1, 500, [0]],
      [2, 500, [1]],
    ]);
  });

  it("who comes back is one client, by its latest port", () => {
    expect(
      grouped([{ port4500: 1_000 }, { port4500: 1_001, from: 50 }, { port4500: 1_002, from: 90 }]),
    ).toEqual([[1, 1_002, [0, 1, 2]]]);
  });

  it("neighbours behind one NAT stay apart, and each finds its own port again", () => {
    expect(
      grouped([
        { port4500: 1_000, to: 300 },
        { port4500: 1_001, from: 50, to: 300 },
        { port4500: 1_001, from: 100, to: 300 },
        { port4500: 1_000, from: 150, to: 300 },
        { port4500: 1_002, from: 200, to: 300 },
        { port4500: 1_001, from: 250 },
      ]),
    ).toEqual([
      [1, 1_000, [0, 3]],
      [1, 1_001, [1, 2, 5]],
      [1, 1_002, [4]],
    ]);
  });

  it("of several that went silent the one that sent last has come back", () => {
    const two = [
      { port4500: 1_000, to: 60 },
      { port4500: 1_001, from: 50, to: 100 },
      { port4500: 1_002, from: 150 },
    ];
    expect(grouped(two)).toEqual([
      [1, 1_000, [0]],
      [1, 1_002, [1, 2]],
    ]);
    expect(grouped([{ ...two[0], to: 120 }, two[1], two[2]])).toEqual([
      [1, 1_002, [0, 2]],
      [1, 1_001, [1]],
    ]);
  });

  it("which of several sent last a step of the clock does not change", () => {
    const list = [
      { port4500: 1_000, to: 120 },
      { port4500: 1_001, from: 110, to: 100, toSegment: 1 },
      { port4500: 1_002, from: 150, segment: 1 },
    ];
    expect(grouped(list)).toEqual([
      [1, 1_000, [0]],
      [1, 1_002, [1, 2]],
    ]);
  });

  it("of several that went silent the one with its address behind the NAT goes before the one that sent last", () => {
    const list = [
      { port4500: 1_000, to: 60 },
      { port4500: 1_001, from: 50, to: 100 },
      { port4500: 1_002, from: 150 },
    ];
    const inside = (a: Session, b: Session) =>
      [a.port4500, b.port4500].includes(1_001) ? ("unknown" as const) : ("same" as const);
    expect(grouped(list, { inside })).toEqual([
      [1, 1_002, [0, 2]],
      [1, 1_001, [1]],
    ]);
  });

  it("its own port goes before one that sent later", () => {
    expect(
      grouped([
        { port4500: 1_000, to: 60 },
        { port4500: 1_001, from: 50, to: 100 },
        { port4500: 1_000, from: 150 },
      ]),
    ).toEqual([
      [1, 1_000, [0, 2]],
      [1, 1_001, [1]],
    ]);
  });

  it("who begins at the port of another one goes on with it, wherever a NAT moved it then", () => {
    const list = [
      { port4500: 1_000, to: 300 },
      { port4500: 1_001, from: 50, to: 90 },
      { port4500: 1_002, began4500: 1_000, from: 200 },
    ];
    expect(grouped(list)).toEqual([
      [1, 1_002, [0, 2]],
      [1, 1_001, [1]],
    ]);
    expect(grouped([{ port4500: 1_003, began4500: 1_000, to: 300 }, ...list.slice(1)])).toEqual([
      [1, 1_003, [0]],
      [1, 1_002, [1, 2]],
    ]);
  });

  it("a port that one moved away from is no longer its own", () => {
    const list = [
      { port4500: 1_000, to: 300 },
      { port4500: 1_001, port500: 501, from: 50, to: 60 },
      { port4500: 1_002, port500: 502, from: 100, to: 300 },
      { port4500: 1_001, port500: 501, from: 150, to: 300 },
    ];
    expect(grouped(list)).toEqual([
      [1, 1_000, [0]],
      [1, 1_002, [1, 2]],
      [1, 1_001, [3]],
    ]);
  });

  it("who comes back to a port that it had left goes before one that sent later, unless it lives where it went", () => {
    const list = (to: number) => [
      { port4500: 1_000, to: 10 },
      { port4500: 1_001, from: 20, to },
      { port4500: 1_002, from: 25, to: 40 },
      { port4500: 1_000, from: 50 },
    ];
    expect(grouped(list(30))).toEqual([
      [1, 1_000, [0, 1, 3]],
      [1, 1_002, [2]],
    ]);
    expect(grouped(list(60))).toEqual([
      [1, 1_001, [0, 1]],
      [1, 1_000, [2, 3]],
    ]);
  });

  it("of two systems behind one port the one that stays is found there when the other has moved away", () => {
    const ports = { port500: -1, port4500: 1_000 };
    const list = [
      { ...WINDOWS, ...ports, to: 10 },
      { ...XP, ...ports, from: 50, to: 60, blind: true },
      { ...XP, ...ports, port4500: 1_003, from: 70, to: 200 },
      { ...WINDOWS, ...ports, port4500: 1_002, from: 80 },
      { ...XP, ...ports, from: 300 },
    ];
    expect(grouped(list)).toEqual([
      [1, 1_002, [0, 3]],
      [1, 1_000, [1, 4]],
      [1, 1_003, [2]],
    ]);
  });

  it("an endpoint inside a NAT is named by the one outside", () => {
    const alias = (each: number) => (each === endpoint(9, 500) ? endpoint(1, 777) : each);
    expect(
      grouped(
        [
          { host: 1, port500: 777 },
          { host: 9, from: 50 },
        ],
        {},
        alias,
      ),
    ).toEqual([[1, 777, [0, 1]]]);
  });

  it("a session without vendor IDs does not make one client of two that show others", () => {
    const silent = { port4500: 1_001, from: 50, before: 50 };
    expect(grouped([{ port4500: 1_000, ...WINDOWS }, silent, { port4500: 1_001, from: 90, ...XP }])).toEqual([
      [1, 1_001, [0, 1]],
      [1, 1_001, [2]],
    ]);
    expect(grouped([{ port4500: 1_000, ...XP }, silent, { port4500: 1_001, from: 90, ...XP }])).toEqual([
      [1, 1_001, [0, 1, 2]],
    ]);
  });

  it("one of before the capture, seen first after the one that took its place, is not its latest", () => {
    const renewed = { port4500: 1_000, from: 10, to: 40 };
    const old = { port4500: 1_000, from: 11, to: 7, before: 0 };
    expect(grouped([renewed, old, { port4500: 1_001, from: 15 }])).toEqual([
      [1, 1_000, [0, 1]],
      [1, 1_001, [2]],
    ]);
  });
});

describe("a port that was left is used again (3.3)", () => {
  it("while the other one lives: two clients took turns", () => {
    const [first, second, third] = [
      made({ port500: 1_000, from: 0 }),
      made({ port500: 1_001, from: 50, to: 150 }),
      made({ port500: 1_000, from: 100 }),
    ];
    const turns = portTurns([first, second, third], lifespan);
    expect(turns(first, second)).toBe(true);
    expect(turns(second, third)).toBe(false);
    lives.set(second, { to: 100, blind: false, before: null });
    expect(turns(first, second)).toBe(false);
    expect(portTurns([first, second], lifespan)(first, second)).toBe(false);
    const elsewhere = made({ port500: 1_000, from: 100, host: 2 });
    lives.set(second, { to: 150, blind: false, before: null });
    expect(portTurns([first, second, elsewhere], lifespan)(first, second)).toBe(false);
    const before = made({ port500: 1_000, from: -20 });
    expect(portTurns([before, first, second], lifespan)(first, second)).toBe(false);
  });

  it("behind a step of the clock as well, by what was sent there", () => {
    const first = made({ port500: 1_000, from: 900 });
    const second = made({ port500: 1_001, from: 950, to: 150, toSegment: 1 });
    const back = (from: number) => made({ port500: 1_000, from, segment: 1 });
    const turns = (from: number) => portTurns([first, second, back(from)], lifespan)(first, second);
    expect([turns(100), turns(200)]).toEqual([true, false]);
  });

  it("and the other one comes again while who came back is there", () => {
    const [first, second, third] = [
      made({ port500: 1_000, from: 0, to: 80 }),
      made({ port500: 1_001, from: 82, to: 95 }),
      made({ port500: 1_000, from: 146, to: 181 }),
    ];
    const again = (from: number) => made({ port500: 1_001, from, to: from + 12 });
    const turns = (from: number) => portTurns([first, second, third, again(from)], lifespan)(first, second);
    expect([turns(156), turns(181), turns(190)]).toEqual([true, false, false]);
  });

  it("by the port towards 4500 where both are known, else by that towards 500", () => {
    const first = made({ port500: 1_000, port4500: 5_000, from: 0 });
    const second = made({ port500: 1_001, port4500: 5_001, from: 50, to: 150 });
    const turns = (third: Parameters<typeof made>[0]) =>
      portTurns([first, second, made({ from: 100, ...third })], lifespan)(first, second);
    expect(turns({ port500: 1_000 })).toBe(true);
    expect(turns({ port500: 7, port4500: 5_000 })).toBe(true);
    expect(turns({ port500: 1_000, port4500: 5_002 })).toBe(false);
    expect(turns({ port500: 5_000 })).toBe(false);
  });
});

describe("two clients, by any of their IKE SAs (3.3)", () => {
  const clientSas = (port: number, sessions: Session[]) => {
    const client = { index: 0, responder: 0, host: 1, port, sessions };
    return sessions.map((session) => clientSaMade({ session, client }));
  };

  it("where one session of theirs began while the other one's client sent on", () => {
    const [older] = clientSas(500, [made({ to: 99 })]);
    const [between, later] = clientSas(501, [
      made({ port500: 501, from: 82 }),
      made({ port500: 501, from: 157 }),
    ]);
    expect(relationOfClientSas(older, between, ask())).toBe("two");
    expect(relationOfClientSas(older, later, ask())).toBe("two");
    expect(relationOfClientSas(later, older, ask())).toBe("two");
  });

  it("not settled where none tells", () => {
    const [older] = clientSas(500, [made({ to: 80 })]);
    const [, later] = clientSas(501, [made({ port500: 501, from: 82 }), made({ port500: 501, from: 157 })]);
    expect(relationOfClientSas(older, later, ask())).toBe("unsettled");
  });

  it("not by one that was only taken for theirs: of several that went silent any may have come back", () => {
    const [older] = clientSas(500, [made({ to: 90 })]);
    const neighbour = (blind: boolean) =>
      clientSas(502, [made({ port500: 501, from: 60, to: 95, blind }), made({ port500: 502, from: 150 })]);
    const [before, back] = neighbour(false);
    expect(relationOfClientSas(older, before, ask())).toBe("two");
    expect(relationOfClientSas(older, back, ask())).toBe("unsettled");
    expect(relationOfClientSas(back, older, ask())).toBe("unsettled");
    const inside = (...pair: Session[]) => (pair.includes(older.session) ? "unknown" : "same");
    expect(relationOfClientSas(older, back, ask({ inside }))).toBe("two");
    expect(relationOfClientSas(back, older, ask({ inside }))).toBe("two");
    // Its silence could not be seen.
    expect(relationOfClientSas(older, neighbour(true)[1], ask({ inside }))).toBe("unsettled");
  });

  it("by the latest eight of each", () => {
    const [older] = clientSas(500, [made({ to: 99 })]);
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => made({ port500: 501, from: 157 + i }));
    const last = (count: number) =>
      clientSas(501, [made({ port500: 501, from: 82 }), ...many(count)]).at(-1)!;
    expect(relationOfClientSas(older, last(7), ask())).toBe("two");
    expect(relationOfClientSas(older, last(8), ask())).toBe("unsettled");
  });
});
