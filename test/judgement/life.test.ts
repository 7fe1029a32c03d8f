import { describe, expect, it } from "vitest";
import type { Spi } from "../../src/ike/facts.ts";
import { type Life, lifeOf } from "../../src/judgement/life.ts";
import type { Session } from "../../src/judgement/session.ts";
import { type BeforeTenure, NOTHING_BEFORE, type Stay, tenuresOf } from "../../src/judgement/tenures.ts";
import { thirdUnheardAt } from "../../src/judgement/unheard.ts";
import {
  at,
  exchangeMade,
  moment,
  peersFrom,
  type RowMade,
  saMade,
  sessionMade,
  spiMade,
  UNSEEN,
} from "../support/facts-made.ts";

const KEY = 1 * 65_536 + 4_500;
const beforeMade = (fields: Partial<BeforeTenure>): BeforeTenure => ({ ...NOTHING_BEFORE, ...fields });

describe("whose the ESP of an endpoint is (3.4)", () => {
  interface Made {
    /** First message, first quick mode and its acceptance, in seconds; null where there was none. */
    from: number;
    quickMode?: number | null;
    accepted?: number | null;
    begunBefore?: boolean;
    phase1Seen?: boolean;
    /** Of its first quick mode. */
    messageId?: number;
    lifeBefore?: number;
    segment?: number;
  }
  function tenants(list: readonly Made[]) {
    const made = list.map(
      ({
        from,
        quickMode = from + 1,
        begunBefore = false,
        phase1Seen = !begunBefore,
        messageId = 3,
        lifeBefore = UNSEEN,
        segment = 0,
      }) => {
        const before = { lifeAt: at(lifeBefore), sentAt: UNSEEN, espAt: UNSEEN, unheard: false };
        const quickModes =
          quickMode === null ? [] : [exchangeMade({ firstAt: at(quickMode), messageId, before, segment })];
        const sa = saMade({ firstAt: at(from), firstSegment: segment, phase1Seen });
        return sessionMade({ sa, quickModes, begunBefore });
      },
    );
    const accepted = (session: Session) => {
      const time = list[made.indexOf(session)].accepted;
      return time === null || time === undefined
        ? null
        : { exchange: session.quickModes[0] ?? null, at: at(time) };
    };
    return tenuresOf(made, accepted).map(({ session, from, before }) => [
      made.indexOf(session),
      from.at,
      before.lifeAt,
    ]);
  }
  const whose = (...list: readonly Made[]) => tenants(list).map(([session]) => session);

  it.each<[string, number[], number[]]>([
    [
      "the newest SA with an accepted quick mode",
      whose({ from: 0, accepted: 2 }, { from: 50, accepted: 52 }),
      [0, 1],
    ],
    [
      "one that was refused takes nothing from an older one",
      whose({ from: 0, accepted: 2 }, { from: 50 }),
      [0],
    ],
    ["of those refused the newest", whose({ from: 0 }, { from: 50 }), [0, 1]],
    ["an accepted one takes from one refused", whose({ from: 0 }, { from: 50, accepted: 52 }), [0, 1]],
    [
      "one without a quick mode takes nothing",
      whose({ from: 0, accepted: 2 }, { from: 50, quickMode: null }),
      [0],
    ],
    [
      "one of before the capture has its endpoint",
      whose({ from: 0, quickMode: null, begunBefore: true }),
      [0],
    ],
    ["one whose phase 1 was seen, and nothing else, has none", whose({ from: 0, quickMode: null }), []],
    [
      "an older SA that rekeys takes nothing from the newer",
      whose({ from: 0, accepted: 60 }, { from: 50, accepted: 52 }),
      [1],
    ],
    ["in the order of acceptance", whose({ from: 50, accepted: 52 }, { from: 0, accepted: 2 }), [1, 0]],
    [
      "across a step of the clock",
      whose({ from: 90, accepted: 92 }, { from: 0, accepted: 2, segment: 1 }),
      [0, 1],
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("from its acceptance on, or its first quick mode", () => {
    expect(tenants([{ from: 0, accepted: 2, lifeBefore: -7 }])).toEqual([[0, at(2), at(-7)]]);
    expect(tenants([{ from: 0, lifeBefore: -7 }])).toEqual([[0, at(1), at(-7)]]);
  });

  it("what the client sent last before it is told by a quick mode that it started", () => {
    const before = { lifeAt: at(-3), sentAt: at(-7), espAt: UNSEEN, unheard: false };
    const sentBefore = (starter: 0 | 1) => {
      const session = sessionMade({ quickModes: [exchangeMade({ before, starter })] });
      return tenuresOf([session], () => null)[0].before.sentAt;
    };
    expect([sentBefore(0), sentBefore(1)]).toEqual([at(-7), UNSEEN]);
    expect(tenants([{ from: 0, quickMode: null, accepted: 9 }])).toEqual([[0, at(9), UNSEEN]]);
  });

  it("what an SA of before the capture was seen by first is its own", () => {
    expect(tenants([{ from: 0, accepted: 2, begunBefore: true }])[0][1]).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each([
    ["phase 1", { begunBefore: true }],
    ["first message", { phase1Seen: false }],
  ])(
    "of an SA whose %s a gap swallowed from its first sign on, and what came since was not there before",
    (_, gap) => {
      const found = (lifeBefore: number) =>
        tenants([
          { from: -50, accepted: -48 },
          { from: 0, accepted: 40, ...gap, lifeBefore },
        ])[1];
      expect(found(-30)).toEqual([1, at(0), at(-30)]);
      expect(found(30)).toEqual([1, at(0), UNSEEN]);
    },
  );

  it("not where its first ID is 1, so that no older quick mode is missing: until then it was the older SA's", () => {
    const renewed = { from: 0, accepted: 40, phase1Seen: false, messageId: 1, lifeBefore: 30 };
    expect(tenants([{ from: -50, accepted: -48 }, renewed])[1]).toEqual([1, at(40), at(30)]);
  });
});

describe("what was seen of an IKE SA (6.4)", () => {
  const forever = { at: Number.NEGATIVE_INFINITY, segment: Number.NEGATIVE_INFINITY };
  /** Its own messages: of the client at -10, of the responder at -20. */
  const session = (fields: Parameters<typeof saMade>[0] = {}) =>
    sessionMade({ sa: saMade({ lastFromAt: [at(-10), at(-20)], lastLifeAt: at(-10), ...fields }) });
  const lived = (
    rows: readonly RowMade[],
    stay: Partial<Stay> = {},
    sa: Parameters<typeof saMade>[0] = {},
  ): Life =>
    lifeOf(
      session(sa),
      [{ keys: [KEY], from: moment(-50), to: null, before: NOTHING_BEFORE, ...stay }],
      peersFrom(rows),
    );
  const up = (from: number, to: number, fields: Parameters<typeof spiMade>[0] = {}): RowMade => ({
    spis: [spiMade({ firstAt: at(from), lastAt: at(to), ...fields })],
  });
  const down = (from: number, to: number, fields: Parameters<typeof spiMade>[0] = {}): RowMade => ({
    ...up(from, to, fields),
    outgoing: true,
  });

  it("its messages alone, where nothing is on its endpoints", () => {
    expect(lived([])).toMatchObject({
      segment: 0,
      lastAt: at(-10),
      lastBusyAt: at(-10),
      fromClient: moment(-10),
      fromResponderAt: at(-20),
      espFromClientAt: UNSEEN,
      steadyKeepaliveAt: UNSEEN,
      firstAt: at(-100),
      dropped: null,
    });
  });

  it("ESP of each side", () => {
    expect(lived([up(-40, 30), down(-40, 20)])).toMatchObject({
      lastAt: at(30),
      lastBusyAt: at(30),
      fromClient: moment(30),
      fromResponderAt: at(20),
      espFromClientAt: at(30),
    });
    expect(lived([down(-40, 20)])).toMatchObject({
      lastAt: at(20),
      fromClient: moment(-10),
      espFromClientAt: UNSEEN,
    });
  });

  it("keepalives are life of the client, which a NAT's timer sends on: nobody is busy", () => {
    const life = lived([{ firstAt: at(-40), lastAt: at(70), keepaliveAt: at(70) }]);
    expect(life).toMatchObject({
      lastAt: at(70),
      lastBusyAt: at(-10),
      fromClient: moment(70),
      espFromClientAt: UNSEEN,
      steadyKeepaliveAt: at(70),
    });
  });

  it("not what was on the endpoints before they were its own", () => {
    expect(lived([up(-90, -51), down(-90, -51)])).toMatchObject({
      lastAt: at(-10),
      fromClient: moment(-10),
      espFromClientAt: UNSEEN,
    });
    expect(lived([up(-90, -50)], {}, { lastLifeAt: at(-60), lastFromAt: [at(-60), UNSEEN] })).toMatchObject({
      lastAt: at(-50),
      espFromClientAt: at(-50),
    });
  });

  it("its first sign: ESP of before its first message, where it began before the capture", () => {
    expect(lived([up(-300, 30)], { from: forever }).firstAt).toBe(at(-300));
    expect(lived([up(-300, 30)]).firstAt).toBe(at(-100));
    expect(lived([up(-50, 30)], { from: forever }).firstAt).toBe(at(-100));
    expect(lived([{ ...up(-300, 30), firstSegment: -1 }], { from: forever }).firstAt).toBe(at(-100));
  });

  it("of the latest segment of the clock, with the last sign in each before", () => {
    const later = { firstSegment: 1, lastSegment: 1 };
    const life = lived([{ ...up(-300, -200, later), lastSegment: 1, earlier: { 0: at(40) } }]);
    expect(life).toMatchObject({
      segment: 1,
      lastAt: at(-200),
      fromClient: moment(-200, 1),
      fromResponderAt: UNSEEN,
    });
    expect(life.earlier).toEqual([moment(40)]);
    // Its own messages are of the later segment: what is on its endpoints is remembered of the one before.
    const own = lived(
      [{ ...up(-300, -200, later), lastSegment: 1, earlier: { 0: at(40) } }],
      {},
      { lifeSegment: 1, lastLifeAt: at(-250) },
    );
    expect([own.lastAt, own.earlier]).toEqual([at(-200), [moment(40)]]);
  });

  it("dropped, by what it sent from two endpoints, the second of which a later session took over", () => {
    const stay = { from: moment(-50), before: NOTHING_BEFORE };
    const lone = { unheardSince: at(0) };
    const rows = [
      up(-40, 10, lone),
      down(-40, -5),
      { ...up(25, 60, { ...lone, unheardSince: at(25) }), port: 5_000 },
    ];
    const stays = [
      { ...stay, keys: [KEY], to: null },
      { ...stay, keys: [1 * 65_536 + 5_000], to: moment(200) },
    ];
    expect(lifeOf(session(), stays, peersFrom(rows)).dropped).toEqual({
      responderAt: at(-5),
      thirdAt: at(25),
    });
  });

  it("dropped: three packets or more over 20 s or more after the responder's last sign", () => {
    const alone = { unheardSince: at(0), unheardThirdAt: at(5) };
    const dropped = { responderAt: at(-5), thirdAt: at(5) };
    expect(lived([up(-40, 20, alone), down(-40, -5)]).dropped).toEqual(dropped);
    expect(lived([up(-40, 19, alone), down(-40, -5)]).dropped).toBe(null);
    expect(lived([up(-40, 20, { ...alone, unheardThirdAt: UNSEEN }), down(-40, -5)]).dropped).toBe(null);
    expect(lived([up(-40, 20, alone), down(-40, 0)]).dropped).toBe(null);
    // The responder's ESP is not captured: nothing shows that it stopped.
    expect(lived([up(-40, 20, alone)]).dropped).toBe(null);
    expect(lived([up(-40, 20, alone), { outgoing: true, firstAt: at(-40), lastAt: at(-5) }]).dropped).toBe(
      null,
    );
    // Nor is what it sent an earlier session there.
    expect(lived([up(-40, 20, alone), down(-90, -55)]).dropped).toBe(null);
    // The packets are of the time before the endpoints were its own.
    expect(lived([up(-40, 20, alone), down(-40, -5)], { from: moment(1) }).dropped).toBe(null);
    // They were before the clock stepped back, whatever its time says.
    const stepped = { lastSegment: 1 };
    const rows = [up(-40, 20, { ...alone, ...stepped }), down(-40, -5, stepped)];
    expect(lived(rows, { from: moment(1) }, { lifeSegment: 1 }).dropped).toEqual(dropped);
    const taken = { from: moment(1), to: moment(40, 1) };
    const answered = down(50, -5, stepped);
    expect(lived([rows[0], answered], taken, { lifeSegment: 1 }).dropped).toEqual(dropped);
  });

  it("silent before the clock stepped: what the client sent on unheard, then or across the step", () => {
    const left = { lifeSegment: 1, earlierLife: [{ at: at(-10), segment: 0 }] };
    const alone = { unheardSince: at(0), unheardThirdAt: at(5) };
    const silentFrom = { at: at(-5), segment: 0 };
    expect(lived([up(-40, 20, alone), down(-40, -5)], {}, left).silentFrom).toEqual(silentFrom);
    expect(lived([up(-40, 19, alone), down(-40, -5)], {}, left).silentFrom).toBe(null);
    // For how long it sent across the step nobody knows.
    const across = { ...alone, lastSegment: 1 };
    expect(lived([up(-40, -900, across), down(-40, -5)]).silentFrom).toEqual(silentFrom);
    expect(lived([up(-40, -900, { ...across, unheardThirdAt: UNSEEN }), down(-40, -5)]).silentFrom).toBe(
      null,
    );
    // The responder goes on behind the step.
    expect(lived([up(-40, -900, across), down(-40, -905, { lastSegment: 1 })]).silentFrom).toBe(null);
    expect(lived([up(-40, -900, across)]).silentFrom).toBe(null);
    // What goes on is a later session's, which has taken the endpoints over.
    const later = spiMade({ spi: 9, firstAt: at(-850), firstSegment: 1, lastAt: at(-800), lastSegment: 1 });
    const stopped = spiMade({ spi: 2, firstAt: at(-40), lastAt: at(-5) });
    const rows = [up(-40, -900, across), { outgoing: true, spis: [stopped, later] }];
    const until = (seconds: number) => ({ to: moment(seconds, 1), before: beforeMade({ lifeAt: at(-900) }) });
    expect(lived(rows, until(-860)).silentFrom).toEqual(silentFrom);
    expect(lived(rows, until(-840)).silentFrom).toBe(null);
  });

  describe("where a newer SA took the endpoints over", () => {
    const ended = { to: moment(100), before: beforeMade({ lifeAt: at(95) }) };

    it("what went on until then, by SPI", () => {
      expect(
        lived([up(-40, 60), down(-40, 50)], { ...ended, before: beforeMade({ lifeAt: at(60) }) }),
      ).toMatchObject({
        lastAt: at(60),
        fromClient: moment(60),
        fromResponderAt: at(50),
        espFromClientAt: at(60),
      });
    });

    it("an SPI that goes on was there until the last sign before", () => {
      expect(lived([up(-40, 300), down(-40, 50)], ended)).toMatchObject({
        lastAt: at(95),
        fromClient: moment(95),
        fromResponderAt: at(50),
        lastBusyAt: at(95),
      });
    });

    it("not an SPI of the newer one", () => {
      const rows = [up(101, 300), down(101, 300)];
      expect(lived(rows, { ...ended, before: NOTHING_BEFORE })).toMatchObject({
        lastAt: at(-10),
        fromClient: moment(-10),
        fromResponderAt: at(-20),
      });
      expect(lived([up(100, 300)], { ...ended, before: NOTHING_BEFORE }).lastAt).toBe(at(-10));
    });

    it("what passed before the clock stepped, where that moment lies behind the step", () => {
      const behind = { to: moment(100, 1) };
      expect(lived([up(-40, 60), down(-40, 50)], behind)).toMatchObject({
        segment: 0,
        lastAt: at(60),
        lastBusyAt: at(60),
        fromClient: moment(60),
        fromResponderAt: at(50),
        espFromClientAt: at(60),
      });
      expect(lived([up(-40, 50), down(-40, 60)], behind)).toMatchObject({
        lastBusyAt: at(60),
        espFromClientAt: at(50),
      });
      // It said goodbye behind the step.
      const left = lived([up(-40, 60)], behind, {
        lifeSegment: 1,
        earlierLife: [{ at: at(-60), segment: 0 }],
      });
      expect(left).toMatchObject({
        segment: 1,
        lastAt: at(-10),
        lastBusyAt: at(-10),
        espFromClientAt: UNSEEN,
        earlier: [{ at: at(60), segment: 0 }],
      });
      // The clock stepped back: what goes on is later, although its time is not.
      const on = lived([up(-40, -70, { lastSegment: 1 })], { ...behind, to: moment(-60, 1) });
      expect(on).toMatchObject({
        segment: 1,
        fromClient: moment(-70, 1),
        earlier: [{ at: at(-10), segment: 0 }],
      });
      // Of before the endpoints were its own.
      expect(lived([up(-90, -51)], behind)).toMatchObject({ lastAt: at(-10), espFromClientAt: UNSEEN });
    });

    it("not what ended before the endpoints were its own, and not across a step of the clock", () => {
      expect(lived([up(-90, -51)], { ...ended, before: beforeMade({ lifeAt: at(-51) }) }).lastAt).toBe(
        at(-10),
      );
      expect(lived([up(-40, 60, { lastSegment: 1 })], { ...ended, before: NOTHING_BEFORE }).lastAt).toBe(
        at(-10),
      );
    });

    it("keepalives before it are life, and nobody is busy", () => {
      expect(lived([{ firstAt: at(-40), lastAt: at(300) }], ended)).toMatchObject({
        lastAt: at(95),
        lastBusyAt: at(-10),
        fromClient: moment(-10),
      });
    });

    it("its first sign is what was on the endpoints first, where it began before the capture", () => {
      expect(lived([up(-300, 60)], { ...ended, from: forever }).firstAt).toBe(at(-300));
      expect(lived([up(-300, 60)], ended).firstAt).toBe(at(-100));
    });

    it("ESP until then, where its SPI was evicted since", () => {
      expect(
        lived([up(101, 300)], { ...ended, before: beforeMade({ lifeAt: at(95), espAt: at(90) }) }),
      ).toMatchObject({
        lastAt: at(95),
        lastBusyAt: at(90),
      });
      expect(
        lived([up(101, 300)], { ...ended, before: beforeMade({ lifeAt: at(95), espAt: at(-51) }) })
          .lastBusyAt,
      ).toBe(at(-10));
    });

    it("keepalives of the client until then, which the next session's hide", () => {
      const rows = [up(-40, 60), down(-40, 50)];
      const before = beforeMade({ lifeAt: at(95), sentAt: at(93) });
      expect(lived(rows, { ...ended, before }).fromClient).toEqual(moment(93));
      expect(lived(rows, ended).fromClient).toEqual(moment(60));
      expect(lived(rows, { ...ended, before: beforeMade({ sentAt: at(-51) }) }).fromClient).toEqual(
        moment(60),
      );
    });

    it("dropped by then", () => {
      const alone = { unheardSince: at(0), unheardThirdAt: at(5) };
      expect(lived([up(-40, 60, alone), down(-40, -5)], ended).dropped).toEqual({
        responderAt: at(-5),
        thirdAt: at(5),
      });
      // An SPI that goes on is not known to have been alone.
      expect(lived([up(-40, 300, alone), down(-40, -5)], ended).dropped).toBe(null);
      expect(lived([up(-40, 60, alone)], ended).dropped).toBe(null);
      // Nor is one that goes on behind a step of the clock, whatever its time says there.
      expect(lived([up(-40, 60, { ...alone, lastSegment: 1 }), down(-40, -5)], ended).dropped).toBe(null);
    });
  });
});

describe("ESP that nobody answers (6.6)", () => {
  const alone = (since: number, last: number, fields: Partial<Spi> = {}) =>
    spiMade({ unheardSince: at(since), lastAt: at(last), ...fields });
  it.each<[string, Spi[], number]>([
    ["three packets over 20 s", [alone(0, 20, { unheardThirdAt: at(5) })], at(5)],
    ["two packets", [alone(0, 20)], UNSEEN],
    ["two packets of one SPI, and one of the next", [alone(0, 13), alone(27, 27, { spi: 7 })], at(27)],
    ["one packet, and two from another port", [alone(13, 27), alone(0, 0)], at(27)],
    ["the same over less than 20 s", [alone(0, 13), alone(19, 19)], UNSEEN],
    ["the other side was heard after the first", [alone(-2, 13), alone(27, 27)], UNSEEN],
    [
      "what an SPI of before a step of the clock has later by that clock",
      [alone(0, 20, { unheardThirdAt: at(5), lastSegment: 1 })],
      UNSEEN,
    ],
    ["all were answered", [alone(UNSEEN, 40), alone(-20, 40), alone(-10, 40)], UNSEEN],
  ])("%s", (_, spis, third) => {
    expect(thirdUnheardAt(spis, moment(-1))).toBe(third);
  });
});
