import { describe, expect, it } from "vitest";
import { isDropping } from "../../src/judgement/dropping.ts";
import { farewellsOf } from "../../src/judgement/farewell.ts";
import type { Life } from "../../src/judgement/life.ts";
import {
  droppedAt,
  endOf,
  hadDropped,
  type Lifespan,
  lifetimeEndOf,
  livedAfter,
  overlapAt,
} from "../../src/judgement/lifespan.ts";
import { SECOND } from "../../src/judgement/moment.ts";
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

const said = (seconds: number, segment = 0): Lifespan["farewells"] => ({
  any: moment(seconds, segment),
  client: moment(seconds, segment),
  responder: null,
});
const dropped = (responderAt: number): Partial<Life> => ({
  dropped: { responderAt, thirdAt: responderAt + 5 * SECOND },
});
const MICRO = 1e-6;

describe("overlap at t, the first that matches (6.6)", () => {
  const life = (fields: Partial<Life>, more: Partial<Lifespan> = {}) =>
    lifespanMade({ life: lifeMade({ fromResponderAt: at(-40), ...fields }), ...more });

  it.each<[string, Lifespan, string]>([
    ["a farewell before t", life({ lastAt: at(9) }, { farewells: said(-1) }), "ended"],
    [
      "a farewell of the client so soon after t that the capture may have swapped the two",
      life({ lastAt: at(9) }, { farewells: said(0.01 - MICRO) }),
      "ended",
    ],
    ["later than that it stood at t", life({ lastAt: at(9) }, { farewells: said(0.01) }), "certain"],
    [
      "one of the responder at t itself, which may be what it does for the other",
      life({ lastAt: at(9) }, { farewells: { ...said(0), client: null, responder: moment(0) } }),
      "certain",
    ],
    ["replaced before t", life({ lastAt: at(9) }, { replaced: moment(-1) }), "ended"],
    ["replaced at t", life({ lastAt: at(9) }, { replaced: moment(0) }), "certain"],
    ["replaced in an earlier segment", life({ lastAt: at(9) }, { replaced: moment(5, -1) }), "ended"],
    [
      "dropped before t, whatever the client sent after it",
      life({ lastAt: at(9), ...dropped(at(-1)) }),
      "unknown",
    ],
    ["the responder's last sign at t: not yet dropped", life({ lastAt: at(9), ...dropped(T) }), "certain"],
    [
      "silent before t, and the clock stepped back since",
      life({ lastAt: at(-900), segment: 1, earlier: [moment(9)], silentFrom: moment(-1) }),
      "unknown",
    ],
    [
      "not yet silent at t",
      life({ lastAt: at(-900), segment: 1, earlier: [moment(9)], silentFrom: moment(1) }),
      "certain",
    ],
    ["a blind SA shows no dropping", life({ lastAt: at(9), ...dropped(at(-1)) }, { blind: true }), "certain"],
    ["any life after t", life({ lastAt: at(MICRO) }), "certain"],
    ["the last life at t itself", life({ lastAt: T }), "probable"],
    ["the last life 5 minutes before t", life({ lastAt: at(-300) }), "probable"],
    ["more than 5 minutes before t", life({ lastAt: at(-300 - MICRO) }), "unknown"],
    [
      "life after the phase-1 lifetime is life all the same",
      life({ lastAt: at(9) }, { lifetimeEnd: at(-1) }),
      "certain",
    ],
    ["phase-1 lifetime over", life({ lastAt: at(-10) }, { lifetimeEnd: at(-MICRO) }), "ended"],
    ["phase-1 lifetime over at t itself", life({ lastAt: at(-10) }, { lifetimeEnd: T }), "probable"],
    ["blind: within the lifetime", life({ lastAt: at(-5_000) }, { blind: true }), "probable"],
    [
      "blind, steady keepalives that stopped half an hour before",
      life({ lastAt: at(-1_800), steadyKeepaliveAt: at(-1_800) }, { blind: true }),
      "probable",
    ],
    [
      "blind, steady keepalives that stopped longer ago",
      life({ lastAt: at(-1_801), steadyKeepaliveAt: at(-1_800 - MICRO) }, { blind: true }),
      "unknown",
    ],
    ["of another segment of the clock", life({ lastAt: at(9), segment: 1 }), "unknown"],
    [
      "of a later segment, with life after t in that of t",
      life({ lastAt: at(-900), segment: 1, earlier: [moment(2)] }),
      "certain",
    ],
    [
      "of a later segment, and the life in that of t was before",
      life({ lastAt: at(-900), segment: 1, earlier: [moment(0)] }),
      "unknown",
    ],
  ])("%s", (_, span, overlap) => {
    expect(overlapAt(span, { at: T, segment: 0 })).toBe(overlap);
  });

  it("blind, and the lifetime over: neither probable nor there", () => {
    const span = life({ lastAt: at(-5_000) }, { blind: true, lifetimeEnd: at(-1) });
    expect(overlapAt(span, moment(0))).toBe("ended");
  });

  it("life of another segment is no life after t", () => {
    const elsewhere = lifeMade({ segment: 1, lastAt: at(-50), earlier: [moment(70, -1)] });
    expect(livedAfter(elsewhere, moment(0))).toBe(false);
    expect(livedAfter(lifeMade({ segment: 0, lastAt: at(1) }), moment(0))).toBe(true);
    expect(livedAfter(lifeMade({ segment: 0, lastAt: T }), moment(0))).toBe(false);
  });
});

describe("dropped by the responder (6.6)", () => {
  it.each<[string, Partial<Life>, boolean]>([
    ["its last sign lies before t", dropped(at(-30)), true],
    ["it went on elsewhere on the SA", { ...dropped(at(-30)), fromResponderAt: at(-20) }, false],
    ["the same packet was its last on the SA", { ...dropped(at(-30)), fromResponderAt: at(-30) }, true],
    ["in another segment of the clock", { ...dropped(at(-30)), segment: 1 }, false],
    ["it was not", {}, false],
  ])("%s", (_, fields, expected) => {
    const life = lifeMade({ fromResponderAt: at(-40), ...fields });
    expect(hadDropped(lifespanMade({ life }), moment(0))).toBe(expected);
  });

  it("says when its last sign was", () => {
    expect(droppedAt(lifeMade({ fromResponderAt: at(-40), ...dropped(at(-30)) }))).toBe(at(-30));
    expect(droppedAt(lifeMade())).toBeNaN();
  });
});

describe("how long an SA lasts (6.6)", () => {
  it("until the first of its farewell, its replacement and its lifetime", () => {
    expect(endOf(lifespanMade({ farewells: said(3), replaced: moment(5) }))).toEqual(moment(3));
    expect(endOf(lifespanMade({ farewells: said(7), replaced: moment(5) }))).toEqual(moment(5));
    expect(endOf(lifespanMade({ lifetimeEnd: at(4) }))).toEqual(moment(4));
    expect(endOf(lifespanMade({ farewells: said(9), replaced: moment(9), lifetimeEnd: at(4) }))).toEqual(
      moment(4),
    );
    const before = moment(3600, -1);
    expect(endOf(lifespanMade({ replaced: before, lifetimeEnd: at(4) }))).toEqual(before);
  });

  it("from the end of phase 1 for the seconds that the responder chose, else for eight hours", () => {
    const chosen = saMade({ lifeSeconds: [99, 3_600] });
    expect(lifetimeEndOf(sessionMade({ sa: chosen, finishedAt: at(0) }))).toBe(at(3_600));
    expect(lifetimeEndOf(sessionMade({ sa: saMade(), finishedAt: at(0) }))).toBe(at(28_800));
    const before = saMade({ phase1Seen: false, firstAt: at(-5) });
    expect(lifetimeEndOf(sessionMade({ sa: before, finishedAt: at(0) }))).toBe(at(28_795));
    expect(lifetimeEndOf(sessionMade({ sa: saMade({ firstAt: at(-5) }), finishedAt: UNSEEN }))).toBe(
      at(28_795),
    );
  });
});

describe("a farewell (6.5)", () => {
  const of = (
    client: readonly number[],
    responder: readonly number[] = [],
    {
      life = {},
      blind = false,
      end = moment(1_000),
      quickModes = [-60],
      answers = [] as readonly number[],
      copyAt = Number.NaN,
      deleted = UNSEEN,
    } = {} as {
      answers?: readonly number[];
      copyAt?: number;
      life?: Partial<Life>;
      blind?: boolean;
      end?: ReturnType<typeof moment>;
      quickModes?: readonly number[];
      deleted?: number;
    },
  ) => {
    const sa = saMade({
      informationals: [client.map(at), responder.map(at)],
      deletedAt: [deleted, UNSEEN],
    });
    const session = sessionMade({
      sa,
      quickModes: quickModes.map((seconds, i) =>
        exchangeMade({
          firstAt: at(seconds),
          replyAt: at(answers[i] ?? Number.NaN),
          lastRetransmissionAt: at(copyAt),
        }),
      ),
    });
    const lastAt = Math.max(...sa.informationals.flat(), T);
    return farewellsOf(session, lifeMade({ lastBusyAt: lastAt, lastAt, ...life }), blind, end);
  };

  it.each<[string, ReturnType<typeof of>, number | null]>([
    ["two Informationals within 2 s", of([0, 2]), 0],
    ["two Informationals further apart: the second alone", of([0, 2 + MICRO]), 2 + MICRO],
    ["a burst on a blind SA", of([0, 2], [], { blind: true }), 0],
    ["a single one on a blind SA is none", of([0], [], { blind: true }), null],
    ["a single one, with the capture going on for 90 s", of([0], [], { end: moment(90) }), 0],
    ["a single one, with less seen after it", of([0], [], { end: moment(90 - MICRO) }), null],
    [
      "a single one, and the capture goes on after a step of the clock",
      of([0], [], { end: moment(-50, 1) }),
      0,
    ],
    [
      "a single one soon after a rekey deletes the SA that it replaces",
      of([0], [], { quickModes: [-60, -3], answers: [-59, -2] }),
      null,
    ],
    ["later than 3 s after it", of([0], [], { quickModes: [-60, -3 - MICRO], answers: [-59, -2] }), 0],
    ["soon after the first quick mode there is none", of([0], [], { quickModes: [-1], answers: [-0.5] }), 0],
    ["the rekey was not accepted", of([0], [], { quickModes: [-60, -1], answers: [-59] }), 0],
    [
      "a burst is a farewell soon after a rekey as well",
      of([0, 1], [], { quickModes: [-60, -3], answers: [-59, -2] }),
      0,
    ],
    ["a single one of the responder", of([], [0], { quickModes: [-60, -3], answers: [-59, -2] }), 0],
    ["one of each side is no burst: the later one ends it", of([0], [1]), 1],
    ["a quick mode of the client afterwards", of([0, 1], [], { quickModes: [2] }), null],
    [
      "the client's quick mode again: what the responder says to each try is no farewell",
      of([], [0, 1], { quickModes: [-1], copyAt: 3 }),
      null,
    ],
    ["the last try comes before it", of([], [0, 1], { quickModes: [-1], copyAt: -0.5 }), 0],
    ["a quick mode of the client at the same time", of([0, 1], [], { quickModes: [0] }), 0],
    ["what was under way came until 5 s later", of([0, 1], [], { life: { lastBusyAt: at(5) } }), 0],
    ["something came later than 5 s", of([0, 1], [], { life: { lastBusyAt: at(6 + MICRO) } }), null],
    ["later than 5 s after the first: the second alone", of([0, 1], [], { life: { lastBusyAt: at(6) } }), 1],
    ["keepalives alone came later", of([0, 1], [], { life: { lastBusyAt: at(1), lastAt: at(60) } }), 0],
    ["none at all", of([]), null],
    ["a Delete that was decrypted needs no shape", of([], [], { deleted: at(0) }), 0],
    ["nor does a client undo it that tries once more", of([], [], { deleted: at(0), copyAt: 3 }), 0],
    ["a Delete before the last quick mode ended another SA", of([], [], { deleted: at(-61) }), null],
    ["ESP after a step of the clock is life after it", of([0, 1], [], { life: { segment: 1 } }), null],
  ])("%s", (_, { any }, seconds) => {
    expect(any).toEqual(seconds === null ? null : moment(seconds));
  });

  it("is each side's own, and the first of the two ends the SA", () => {
    const both = of([3, 4], [1, 2]);
    expect(both).toEqual({ any: moment(1), client: moment(3), responder: moment(1) });
    expect(of([0, 1], [3, 4]).any).toEqual(moment(0));
    expect(of([], [3, 4])).toEqual({ any: moment(3), client: null, responder: moment(3) });
  });

  it("quick modes of another segment come neither before nor after it", () => {
    const quickModes = [exchangeMade({ firstAt: at(500), segment: -1 })];
    const session = sessionMade({ sa: saMade({ informationals: [[at(0), at(1)], []] }), quickModes });
    const life = lifeMade({ lastBusyAt: at(1) });
    expect(farewellsOf(session, life, false, moment(1_000)).any).toEqual(moment(0));
  });
});

describe("the holder thrown out (6.7, holder-dropped)", () => {
  interface Holder {
    deletes?: readonly number[];
    /** The holder's own Informationals. */
    own?: readonly number[];
    replaced?: ReturnType<typeof moment> | null;
    lastFrom?: number;
    farewell?: ReturnType<typeof moment> | null;
    life?: Partial<Life>;
    blind?: boolean;
    lifeSegment?: number;
  }
  const holder = ({
    deletes = [],
    own = [],
    replaced = null,
    lastFrom = UNSEEN,
    farewell = null,
    life = {},
    blind = false,
    lifeSegment = 0,
  }: Holder) =>
    clientSaMade({
      session: sessionMade({
        sa: saMade({
          informationals: [own.map(at), deletes.map(at)],
          lastFromAt: [UNSEEN, lastFrom],
          lifeSegment,
        }),
      }),
      lifespan: lifespanMade({
        blind,
        replaced,
        life: lifeMade({ fromResponderAt: at(-40), ...life }),
        farewells: { any: farewell, client: null, responder: farewell },
      }),
    });
  const accepted = (seconds = 0, asked = 0) => ({
    moment: moment(0),
    acceptedAt: at(seconds),
    askedAt: at(asked),
  });
  const third = (responderAt: number, thirdAt: number) => ({ dropped: { responderAt, thirdAt } });
  const silentFrom = (seconds: number, segment = 0) => ({
    segment: 1,
    silentFrom: moment(seconds, segment),
  });

  it.each<[string, Holder, boolean]>([
    ["the responder says farewell within 10 s", { farewell: moment(10) }, true],
    ["later than 10 s", { farewell: moment(10 + MICRO) }, false],
    ["at t itself", { farewell: moment(0) }, true],
    ["before t", { farewell: moment(-MICRO) }, false],
    ["in another segment", { farewell: moment(1, 1) }, false],
    ["two Deletes, nothing of the responder after 5 s", { deletes: [1, 3], lastFrom: at(6) }, true],
    ["two Deletes too far apart", { deletes: [1, 3 + MICRO], lastFrom: at(4) }, false],
    ["it went on after the Deletes", { deletes: [1, 3], lastFrom: at(6 + MICRO) }, false],
    ["a single Delete may be that of an IPsec SA", { deletes: [1], lastFrom: at(1) }, false],
    ["two Deletes before t", { deletes: [-3, -2], lastFrom: at(-2) }, false],
    ["it answers Deletes of the holder", { deletes: [3, 4], lastFrom: at(4), own: [3] }, false],
    ["its farewell answers a Delete of the holder", { farewell: moment(3), own: [0] }, false],
    ["the holder answers its Deletes", { deletes: [3, 4], lastFrom: at(4), own: [3 + MICRO] }, true],
    ["a Delete of the holder before t was of another SA", { farewell: moment(3), own: [-MICRO] }, true],
    [
      "a Delete of the holder in another segment is not before its own",
      { farewell: moment(3), own: [1], lifeSegment: 1 },
      true,
    ],
    ["it deletes what the holder renewed", { deletes: [3, 4], lastFrom: at(4), replaced: moment(3) }, false],
    ["the holder dials again after its Deletes", { farewell: moment(3), replaced: moment(3 + MICRO) }, true],
    ["two Deletes in another segment", { deletes: [1, 2], lastFrom: at(2), lifeSegment: 1 }, false],
    ["its ESP stops, and the holder sends on into the void", { life: third(at(1), at(30)) }, true],
    ["its ESP stops later than 10 s", { life: third(at(10 + MICRO), at(40)) }, false],
    ["its ESP stops at 10 s", { life: third(at(10), at(40)) }, true],
    ["three packets into the void by t: dropped before", { life: third(at(-30), at(-MICRO)) }, false],
    ["the third packet into the void at t itself", { life: third(at(-30), at(0)) }, true],
    ["a blind holder shows no dropping", { blind: true, life: third(at(1), at(30)) }, false],
    ["in another segment of the clock", { life: { ...third(at(1), at(30)), segment: 1 } }, false],
    ["its ESP stops for good before the clock steps", { life: silentFrom(10) }, true],
    ["the same, later than 10 s", { life: silentFrom(10 + MICRO) }, false],
    ["the same, before t: nobody knows what it had sent by then", { life: silentFrom(-MICRO) }, false],
    ["the same, in another segment than t's", { life: silentFrom(1, -1) }, false],
    ["the same, of a blind holder", { blind: true, life: silentFrom(1) }, false],
    ["nothing", {}, false],
  ])("%s", (_, fields, expected) => {
    expect(isDropping(holder(fields), accepted())).toBe(expected);
  });

  it("counts the 10 s from the answer", () => {
    expect(isDropping(holder({ farewell: moment(13) }), accepted(3))).toBe(true);
    expect(isDropping(holder({ farewell: moment(13) }), accepted(2))).toBe(false);
  });

  it("not what was gone before the try that was answered", () => {
    expect(isDropping(holder({ farewell: moment(1) }), accepted(3, 1 + MICRO))).toBe(false);
    expect(isDropping(holder({ farewell: moment(1) }), accepted(3, 1))).toBe(true);
    // Two Deletes that are no farewell: the holder sends on.
    expect(isDropping(holder({ deletes: [1, 2], lastFrom: at(2) }), accepted(3, 2.5))).toBe(true);
  });
});
