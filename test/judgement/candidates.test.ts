import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { candidatesOf } from "../../src/judgement/candidates.ts";
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
    /** When that is known, should it be later than its first message. */
    knownAt?: number;
  }
  const there = ({
    session = {},
    sa = {},
    kind = "sequential",
    farewell,
    life = 0,
    keys = [key],
    accepted,
    knownAt = accepted,
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
        acceptedAt: new Map(quickModes.map((each) => [each, at(knownAt!)])),
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

  describe("a session that its NAT gave another port (3.6)", () => {
    const spi = (from: number, to: number, value = 0x77) =>
      spiMade({ spi: value, firstAt: at(from), lastAt: at(to) });
    const on = (port: number, sent: ReturnType<typeof spi>, received = sent, host = 7): RowMade[] => [
      { host, port, spis: [sent] },
      { host, port, outgoing: true, spis: [{ ...received, spi: 0x99 }] },
    ];
    const ports = (rows: readonly RowMade[], clientSas: Parameters<typeof found>[1] = []) =>
      found(rows, clientSas).map((each) => [each.port, each.first.at, each.last.at, each.answered?.first.at]);

    it("is one peer, from its first sign to its last, on the port where it is now", () => {
      const rows = [...on(41_000, spi(-90, -50)), ...on(41_001, spi(-49, -20)), ...on(41_002, spi(-19, 5))];
      expect(ports(rows)).toEqual([[41_002, at(-90), at(5), at(-90)]]);
    });

    it("renews nothing by the move: the responder's SPI is the same", () => {
      const [{ renewals }] = found([...on(41_000, spi(-90, -50)), ...on(41_001, spi(-49, -20))]);
      expect(renewals).toEqual([moment(-90)]);
      const rekeyed = { ...spi(-30, -20), spi: 0xaa };
      const row = { host: 7, port: 41_001, outgoing: true, spis: [{ ...spi(-49, -31), spi: 0x99 }, rekeyed] };
      const [again] = found([...on(41_000, spi(-90, -50)), on(41_001, spi(-49, -20))[0], row]);
      expect(again.renewals).toEqual([moment(-90), moment(-30)]);
    });

    it("but two where SPIs differ, or the address does", () => {
      expect(ports([...on(41_000, spi(-90, -50)), ...on(41_001, spi(-49, 5, 0x78))]).length).toBe(2);
      expect(ports([...on(41_000, spi(-90, -50)), ...on(41_001, spi(-49, 5), undefined, 8)]).length).toBe(2);
    });
  });

  it("known by ESP: its first and last sign, and when the responder sent to it", () => {
    expect(found([up, down])).toEqual([
      {
        host: 7,
        port: 4_500,
        first: moment(-90),
        last: moment(-10),
        gone: null,
        answered: { first: moment(-80), last: moment(-20) },
        renewals: [moment(-80)],
      },
    ]);
    expect(found([up])[0].answered).toBe(null);
  });

  it("there until it said goodbye, where its IKE is what came last", () => {
    const goodbye = there({ farewell: 4, sa: { lastLifeAt: at(4) } });
    expect(found([up, down], [goodbye])[0]).toMatchObject({ last: moment(4), gone: moment(4) });
    // Known by IKE alone, and more than one session of before the capture: the last of them tells.
    const [first, second] = [there({ life: 4 }), there({ farewell: 40, sa: { lastLifeAt: at(40) } })];
    expect(found([], [first, second])[0]).toMatchObject({ last: moment(40), gone: moment(40) });
    // The IKE of a later session there says nothing of it.
    const later = begun({ sa: { firstAt: at(-5), lastLifeAt: at(30) } });
    expect(found([up, down], [later])[0].last).toEqual(moment(-10));
  });

  it("sent to no longer than its own session lasted: what begins later is of a newer one", () => {
    const newer = spiMade({ spi: 9, firstAt: at(-25), lastAt: at(90) });
    const rows = [up, { ...down, spis: [...down.spis!, newer] }];
    expect(found(rows, [there({ farewell: -30 })])[0].answered).toEqual({
      first: moment(-80),
      last: moment(-20),
    });
    expect(found(rows)[0].answered).toEqual({ first: moment(-80), last: moment(90) });
  });

  it("online until the responder's last ESP, where it sends on into one that knows it no more", () => {
    const alone = (last: number) => ({
      host: 7,
      spis: [spiMade({ firstAt: at(-90), lastAt: at(last), unheardSince: at(-15), unheardThirdAt: at(-12) })],
    });
    expect(found([alone(5), down])[0].last).toEqual(moment(-20));
    expect(found([alone(4), down])[0].last).toEqual(moment(4));
  });

  it("may have freed an ID when an SPI began, a quick mode was accepted, or an Informational passed", () => {
    const sa = { informationals: [[at(-35)], [at(-33)]] as [number[], number[]] };
    const renewed = there({ sa, accepted: -40 });
    const refused = there({ session: { quickModes: [exchangeMade({ firstAt: at(-45) })] } });
    const newer = there({ session: { begunBefore: false }, accepted: -10 });
    const [{ renewals }] = found([up, down], [renewed, newer]);
    expect(renewals).toEqual([moment(-80), moment(-40), moment(-35), moment(-33)]);
    expect(found([], [renewed])[0].renewals).toEqual([moment(-40), moment(-35), moment(-33)]);
    expect(found([], [refused])[0].renewals).toEqual([]);
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
    [
      "it began with it, and shows that it was accepted once ESP comes back as well",
      found([down], [begun({ accepted: -81, knownAt: -79 })]),
      false,
    ],
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

  it("not with the responder's Delete of an SA that it renews, whose IDs stay held", () => {
    const said = moment(-20);
    const deleted = (sessions: readonly Session[]) => {
      const made = there();
      const farewells = { any: said, client: null, responder: said };
      const client = { ...made.client, sessions: [...sessions] };
      return { ...made, client, lifespan: { ...made.lifespan, farewells } };
    };
    const renewal = sessionMade({ sa: saMade({ firstAt: at(-21), phase1Seen: true }), client: 1 });
    expect(found([up], [deleted([renewal])])[0].gone).toBe(null);
    expect(found([up], [deleted([])])[0].gone).toEqual(said);
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
      {
        host: 7,
        port: 4_500,
        first: moment(-60),
        last: moment(-5),
        gone: moment(-4),
        answered: null,
        renewals: [],
      },
    ]);
    expect(found([], [there({ session: { begunBefore: false } })])).toEqual([]);
    expect(found([], [there({ kind: "random" })])).toEqual([]);
    // ESP of one of its endpoints shows it already.
    expect(found([up], [there({ keys: [endpoint(7, 4_600), key] })])).toHaveLength(1);
  });
});
