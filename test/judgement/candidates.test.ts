import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import {
  type Candidate,
  candidatesOf,
  clearedBy,
  endedBetween,
  mayHold,
} from "../../src/judgement/candidates.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  peersFrom,
  type RowMade,
  saMade,
  sessionMade,
  spiMade,
} from "../support/facts-made.ts";
import { random32 } from "../support/random.ts";

const MICRO = 1e-6;

/** A peer seen from 200 s before the attempt until it, unless told otherwise. */
const peer = (fields: Partial<Candidate> = {}): Candidate => ({
  host: 77,
  port: 4500,
  first: moment(-200),
  last: moment(0),
  gone: null,
  answered: null,
  ...fields,
});

describe("peers that may have held an ID unseen (6.9)", () => {
  const contender = clientSaMade({ keys: [endpoint(5, 500)] });
  const holds = (candidate: Candidate, cleared = false) =>
    mayHold([candidate], contender, moment(0), () => cleared).found.length === 1;

  it("the first thousand of them, and all where that is asked for", () => {
    const many = Array.from({ length: 3000 }, (_, host) => peer({ host, last: moment(host < 5 ? -900 : 0) }));
    const { found } = mayHold(many, contender, moment(0), () => false);
    expect([found.length, found[0].host, found[1023].host]).toEqual([1024, 5, 1028]);
    const all = mayHold(many, contender, moment(0), () => false, Number.POSITIVE_INFINITY);
    expect(all.found).toHaveLength(2995);
  });

  it.each<[string, Candidate, boolean]>([
    ["seen until the attempt", peer(), true],
    ["seen after it as well", peer({ last: moment(900) }), true],
    ["its last sign five minutes before", peer({ last: moment(-300), first: moment(-400) }), true],
    ["longer before", peer({ last: moment(-300 - MICRO), first: moment(-400) }), false],
    ["its first sign five minutes after", peer({ first: moment(300), last: moment(400) }), true],
    ["later than that", peer({ first: moment(300 + MICRO), last: moment(400) }), false],
    [
      "in an earlier segment of the clock alone",
      peer({ first: moment(-200, -1), last: moment(-1, -1) }),
      false,
    ],
    ["until a later segment", peer({ last: moment(-500, 1) }), true],
    ["it had said farewell", peer({ gone: moment(-MICRO) }), false],
    ["it said farewell at the attempt", peer({ gone: moment(0) }), true],
    [
      "the responder had sent to it within five minutes",
      peer({ answered: { first: moment(-900), last: moment(-300) } }),
      true,
    ],
    [
      "the responder had not, whatever the peer sent",
      peer({ answered: { first: moment(-900), last: moment(-300 - MICRO) } }),
      false,
    ],
    ["the contender's own endpoint", peer({ host: 5, port: 500 }), false],
    ["the contender's address, another port", peer({ host: 5, port: 4500 }), true],
  ])("%s", (_, candidate, expected) => {
    expect(holds(candidate)).toBe(expected);
  });

  it("not who is cleared of the ID", () => {
    expect(holds(peer(), true)).toBe(false);
  });

  it("are the same until the time that is given, whoever comes and goes", () => {
    const draw = random32(1);
    const random = () => draw() / 2 ** 32;
    const integer = (from: number, to: number) => from + (draw() % (to - from + 1));
    const some = () => moment(integer(-700, 700), random() < 0.1 ? 1 : 0);
    for (let round = 0; round < 300; round += 1) {
      const peers = Array.from({ length: 3 }, (_, host) => {
        const [first, last] = [some(), some()].sort((a, b) => a.segment - b.segment || a.at - b.at);
        const [from, to] = [some(), some()].sort((a, b) => a.segment - b.segment || a.at - b.at);
        const answered = random() < 0.5 ? null : { first: from, last: to };
        return peer({ host, first, last, gone: random() < 0.7 ? null : some(), answered });
      });
      const now = moment(integer(-700, 700));
      const most = integer(1, 3);
      const { found, until } = mayHold(peers, contender, now, () => false, most);
      expect(until).toBeGreaterThanOrEqual(now.at);
      const times = [until, until - 1, (now.at + until) / 2, now.at + 400e6].map((each) => Math.floor(each));
      for (const time of times.filter((each) => each >= now.at && each <= until)) {
        const then = mayHold(peers, contender, { at: time, segment: 0 }, () => false, most);
        expect(then.found).toEqual(found);
      }
    }
  });
});

describe("cleared: somebody was accepted on the ID while the peer was online (6.9)", () => {
  const accepted = (seconds: number, key = endpoint(5, 500), segment = 0) => {
    const exchange = exchangeMade({ firstAt: at(seconds), segment });
    return { contender: clientSaMade({ keys: [key] }, [[exchange, "completed"]]), exchange };
  };
  const cleared = (candidate: Candidate, list: ReturnType<typeof accepted>[]) =>
    clearedBy([candidate], list).has(candidate);
  const own = endpoint(77, 4500);

  it.each<[string, Candidate, ReturnType<typeof accepted>[], boolean]>([
    ["between its first and last sign", peer(), [accepted(-50)], true],
    ["at its first sign", peer(), [accepted(-200)], false],
    ["at its last sign", peer(), [accepted(0)], false],
    ["before it was there", peer(), [accepted(-300)], false],
    ["after it had gone", peer(), [accepted(10)], false],
    ["after its farewell", peer({ gone: moment(-100) }), [accepted(-50)], false],
    ["before its farewell", peer({ gone: moment(-20) }), [accepted(-50)], true],
    ["itself: it may have used the ID", peer(), [accepted(-50, own)], false],
    ["itself, and then another", peer(), [accepted(-90, own), accepted(-50)], true],
    ["another before it was there, and one while it was", peer(), [accepted(-50), accepted(-300)], true],
    ["in another segment of the clock", peer(), [accepted(-50, endpoint(5, 500), 1)], false],
    ["nobody", peer(), [], false],
  ])("%s", (_, candidate, list, expected) => {
    expect(cleared(candidate, list)).toBe(expected);
  });

  it("the time is that of the answer", () => {
    const exchange = exchangeMade({ firstAt: at(-230) });
    const contender = clientSaMade({ keys: [1], acceptedAt: new Map([[exchange, at(-50)]]) });
    expect(cleared(peer(), [{ contender, exchange }])).toBe(true);
  });
});

describe("who ended between refusal and acceptance (6.9)", () => {
  const ended = (candidate: Candidate, end = moment(1_000)) =>
    endedBetween([candidate], moment(0), moment(100), end).length === 1;

  it.each<[string, boolean, boolean]>([
    ["its farewell in between", ended(peer({ gone: moment(50), last: moment(50) })), true],
    ["its farewell at the refusal", ended(peer({ gone: moment(0), last: moment(500) })), true],
    ["its farewell at the acceptance", ended(peer({ gone: moment(100), last: moment(500) })), false],
    ["its farewell before the refusal", ended(peer({ gone: moment(-1), last: moment(500) })), false],
    ["its last sign in between, and silence", ended(peer({ last: moment(50) })), true],
    ["its last sign at the refusal", ended(peer({ last: moment(0) })), true],
    ["its last sign before the refusal", ended(peer({ last: moment(-1) })), false],
    ["it goes on", ended(peer({ last: moment(100) })), false],
    ["silence seen for 60 s after the acceptance", ended(peer({ last: moment(50) }), moment(160)), true],
    ["the capture ends before that", ended(peer({ last: moment(50) }), moment(160 - MICRO)), false],
    ["a farewell needs no silence", ended(peer({ gone: moment(50) }), moment(101)), true],
    ["the capture goes on in another segment", ended(peer({ last: moment(50) }), moment(-900, 1)), true],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });
});

describe("peers whose quick modes lie before the capture (6.9)", () => {
  const ESP = [spiMade({ firstAt: at(-90), lastAt: at(-10) })];
  const up: RowMade = { host: 7, spis: ESP };
  const down: RowMade = { host: 7, outgoing: true, spis: [spiMade({ firstAt: at(-80), lastAt: at(-20) })] };
  const key = endpoint(7, 4_500);
  interface There {
    session?: Partial<Session>;
    sa?: Parameters<typeof saMade>[0];
    kind?: string;
    farewell?: number;
    life?: number;
    keys?: readonly number[];
    /** Seconds of a quick mode that was accepted. */
    accepted?: number;
  }
  const there = ({
    session = {},
    sa = {},
    kind = "sequential",
    farewell,
    life = 0,
    keys = [key],
    accepted,
  }: There = {}) => {
    const any = farewell === undefined ? null : moment(farewell);
    const quickModes = accepted === undefined ? [] : [exchangeMade({ firstAt: at(accepted) })];
    return clientSaMade(
      {
        session: sessionMade({ begunBefore: true, quickModes, ...session, sa: saMade(sa) }),
        pattern: { kind } as never,
        lifespan: lifespanMade({
          life: lifeMade({ lastAt: at(life) }),
          farewells: { any, client: any, responder: null },
        }),
        keys,
      },
      quickModes.map((each) => [each, "completed"]),
    );
  };
  /** Whose phase 1 is in the capture, before the ESP. */
  const begun = (fields: There = {}) =>
    there({ session: { begunBefore: false }, sa: { firstAt: at(-100) }, ...fields });
  const none = { endpointSpeaksIkev2: () => false, speaksIkev2: () => false };
  const found = (
    rows: readonly RowMade[],
    clientSas: readonly ReturnType<typeof there>[] = [],
    hosts = none as object,
  ) => candidatesOf({ clientSas, peers: peersFrom(rows) } as never, hosts as never);

  it("known by ESP: its first and last sign, and when the responder sent to it", () => {
    expect(found([up, down])).toEqual([
      {
        host: 7,
        port: 4_500,
        first: moment(-90),
        last: moment(-10),
        gone: null,
        answered: { first: moment(-80), last: moment(-20) },
      },
    ]);
    expect(found([up])[0].answered).toBe(null);
  });

  it("the order of the rows does not matter, and a later segment is later", () => {
    expect(found([down, up])[0]).toMatchObject({ first: moment(-90), last: moment(-10) });
    const later: RowMade = { host: 7, firstAt: at(-900), firstSegment: 1, lastAt: at(-800), lastSegment: 1 };
    expect(found([up, later])[0]).toMatchObject({ first: moment(-90), last: moment(-800, 1) });
  });

  it("known by keepalives alone: what the responder sent was not captured", () => {
    const keepalives: RowMade = { host: 7, firstAt: at(-70), lastAt: at(-5) };
    const back: RowMade = { ...keepalives, outgoing: true };
    expect(found([keepalives, back])).toMatchObject([
      { first: moment(-70), last: moment(-5), answered: null },
    ]);
  });

  it("in the order of their first signs", () => {
    const other: RowMade = { host: 8, spis: [spiMade({ firstAt: at(-95), lastAt: at(-94) })] };
    const stepped: RowMade = {
      host: 9,
      firstAt: at(-999),
      firstSegment: 1,
      lastAt: at(-998),
      lastSegment: 1,
    };
    expect(found([stepped, up, other]).map(({ host }) => host)).toEqual([8, 7, 9]);
  });

  it.each<[string, ReturnType<typeof found>, boolean]>([
    ["an IKE SA of before the capture is there", found([up], [there()]), true],
    ["its phase 1 is in the capture", found([up], [there({ session: { begunBefore: false } })]), false],
    [
      "its phase 1 is, but ESP was there before",
      found([up], [there({ session: { begunBefore: false }, sa: { firstAt: at(-89) } })]),
      true,
    ],
    [
      "its phase 1 began with the ESP",
      found([up], [there({ session: { begunBefore: false }, sa: { firstAt: at(-90) } })]),
      false,
    ],
    ["the responder sends ESP that no accepted quick mode explains", found([down], [begun()]), true],
    ["it began with the one that was accepted", found([down], [begun({ accepted: -80 })]), false],
    ["it began before that", found([down], [begun({ accepted: -79 })]), true],
    ["it draws its IDs", found([up], [there({ kind: "random" })]), false],
    ["its pattern is not known", found([up], [there({ kind: "undetermined" })]), true],
    ["DPD of IKEv1: two answers", found([up], [there({ sa: { answeredInformationals: 2 } })]), false],
    ["one may be chance", found([up], [there({ sa: { answeredInformationals: 1 } })]), true],
    ["one of several SAs there rules it out", found([up], [there(), there({ kind: "random" })]), false],
    [
      "IKEv2 on that endpoint",
      found([up], [], { ...none, endpointSpeaksIkev2: (each: number) => each === key }),
      false,
    ],
    [
      "IKEv2 on another port of a host with ESP in UDP",
      found([up], [], { ...none, speaksIkev2: () => true }),
      true,
    ],
    [
      "ESP over IP, IKEv2 of that host",
      found([{ ...up, port: 0 }], [], { ...none, speaksIkev2: () => true }),
      false,
    ],
    [
      "ESP over IP, IKEv2 on its port 500",
      found([{ ...up, port: 0 }], [], {
        ...none,
        endpointSpeaksIkev2: (each: number) => each === endpoint(7, 500),
      }),
      false,
    ],
    ["ESP over IP", found([{ ...up, port: 0 }]), true],
  ])("%s", (_, list, expected) => {
    expect(list.length === 1).toBe(expected);
  });

  it("with its farewell, the latest of those there", () => {
    expect(found([up], [there({ farewell: -30 }), there({ farewell: -20 }), there()])[0].gone).toEqual(
      moment(-20),
    );
    expect(found([up], [there({ farewell: -20 }), there({ farewell: -30 })])[0].gone).toEqual(moment(-20));
  });

  describe("where somebody dials from its endpoint in the capture", () => {
    const quickMode = exchangeMade({ firstAt: at(-40) });
    const newcomer = (fields: { farewell?: number; outcome?: Outcome } = {}) =>
      clientSaMade({
        ...there({
          session: { begunBefore: false, quickModes: [quickMode] },
          sa: { firstAt: at(-41) },
          ...(fields.farewell === undefined ? {} : { farewell: fields.farewell }),
        }),
        outcomes: new Map([[quickMode, fields.outcome ?? "completed"]]),
      });

    it.each<[string, ReturnType<typeof there>[], ReturnType<typeof moment> | null]>([
      ["it is gone when the newcomer is accepted", [there(), newcomer()], moment(-40)],
      ["it had said farewell before", [there({ farewell: -50 }), newcomer()], moment(-50)],
      ["the newcomer's farewell is not its own", [there(), newcomer({ farewell: -10 })], moment(-40)],
      ["a refused newcomer ends nothing", [there(), newcomer({ outcome: "refused" })], null],
    ])("%s", (_, sas, gone) => {
      expect(found([up], sas)[0].gone).toEqual(gone);
      // By IKE alone it was there all the same.
      expect(found([], sas)[0].gone).toEqual(gone);
    });
  });

  it("known by IKE alone", () => {
    const alone = there({ sa: { firstAt: at(-60) }, life: -5, farewell: -4 });
    expect(found([], [alone])).toEqual([
      { host: 7, port: 4_500, first: moment(-60), last: moment(-5), gone: moment(-4), answered: null },
    ]);
    expect(found([], [there({ session: { begunBefore: false } })])).toEqual([]);
    expect(found([], [there({ kind: "random" })])).toEqual([]);
    // ESP of one of its endpoints shows it already.
    expect(found([up], [there({ keys: [endpoint(7, 4_600), key] })])).toHaveLength(1);
  });
});
