import { describe, expect, it } from "vitest";
import { Remembered } from "../../src/ike/remembered.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Judgement } from "../../src/judgement/judge.ts";
import type { Life } from "../../src/judgement/life.ts";
import type { Lifespan } from "../../src/judgement/lifespan.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import { retire } from "../../src/judgement/retire.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  NOBODY_PLAIN,
  saMade,
  sessionMade,
} from "../support/facts-made.ts";

const MICRO = 1e-6;
const DAY = 28_800;

/** A client's IKE SA with one quick mode, last seen at `T`. */
function made(
  life: Partial<Life> = {},
  span: Partial<Lifespan> = {},
  outcome: Outcome = "completed",
): ClientSa {
  const exchange = exchangeMade({ messageId: 5 });
  const lifespan = lifespanMade({
    life: lifeMade({ lastAt: at(0), ...life }),
    lifetimeEnd: at(DAY),
    ...span,
  });
  return clientSaMade({ lifespan }, [[exchange, outcome]]);
}

function retired(
  clientSas: readonly ClientSa[],
  now: number,
  { segment = 0, segmentBegan = 0, knowledge = {}, orphans = [] as ReturnType<typeof saMade>[] } = {},
) {
  const responder = { host: 9, clientSas, plain: NOBODY_PLAIN };
  const known = { make: "cisco", acceptsInUse: false, refusedFreely: new Set(), ...knowledge };
  const judgement = { responders: [responder], known: new Map([[responder, known]]) } as unknown as Judgement;
  const sas = clientSas.map(({ session }) => session.sa);
  const remembered = new Remembered();
  const facts = {
    ikeSas: [...sas, ...orphans],
    hosts: { text: (host: number) => `h${host}` },
    remembered,
  } as never;
  const over = retire(judgement, facts, { at: at(now), segment, segmentBegan: at(segmentBegan) });
  return { over: [...sas, ...orphans].map((sa) => over.has(sa)), remembered };
}
const isOver = (clientSa: ClientSa, now: number, more = {}) => retired([clientSa], now, more).over[0];
const said = (seconds: number) => ({ any: moment(seconds), client: null, responder: null });

describe("an IKE SA of a running capture matters no more (6.16)", () => {
  it.each<[string, boolean, boolean]>([
    ["ten minutes after its lifetime", isOver(made(), DAY + 600 + MICRO), true],
    ["not yet ten minutes after", isOver(made(), DAY + 600), false],
    ["ten minutes after its farewell", isOver(made({}, { farewells: said(5) }), 605 + MICRO), true],
    ["not yet", isOver(made({}, { farewells: said(5) }), 605), false],
    ["ten minutes after it was replaced", isOver(made({}, { replaced: moment(5) }), 606), true],
    [
      "ten minutes after its last life, which came after its farewell",
      isOver(made({ lastAt: at(90) }, { farewells: said(5) }), 690),
      false,
    ],
    [
      "of before a step of the clock: a lifetime after it",
      isOver(made(), DAY + 600 + MICRO, { segment: 1 }),
      true,
    ],
    [
      "not yet, whatever its farewell",
      isOver(made({}, { farewells: said(5) }), DAY + 600, { segment: 1 }),
      false,
    ],
    ["the step came later", isOver(made(), DAY + 700, { segment: 1, segmentBegan: 101 }), false],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });

  it("an older try that was refused goes ten minutes after its last sign, the latest one stays", () => {
    const [older, latest] = [made({}, {}, "unanswered"), made({}, {}, "unanswered")];
    const client = { ...older.client, sessions: [older.session, latest.session] };
    const tries = [older, latest].map((each) => ({ ...each, client }));
    expect(retired(tries, 600).over).toEqual([false, false]);
    expect(retired(tries, 601).over).toEqual([true, false]);
    const accepted = made();
    expect(
      retired([{ ...accepted, client: { ...client, sessions: [accepted.session, latest.session] } }], 601)
        .over,
    ).toEqual([false]);
    const idle = clientSaMade({ session: sessionMade(), lifespan: accepted.lifespan });
    expect(
      retired([{ ...idle, client: { ...client, sessions: [idle.session, latest.session] } }], 601).over,
    ).toEqual([false]);
  });

  it("one without a client: ten minutes after its last message, or a lifetime more where it was answered", () => {
    const orphan = (answered: boolean) => saMade({ answered, lastLifeAt: at(0) });
    const over = (answered: boolean, now: number) =>
      retired([], now, { orphans: [orphan(answered)] }).over[0];
    expect([over(false, 600), over(false, 601)]).toEqual([false, true]);
    expect([over(true, 601), over(true, DAY + 600), over(true, DAY + 601)]).toEqual([false, false, true]);
  });
});

describe("what stays of it (6.16)", () => {
  const dropped = (outcome: Outcome, knowledge = {}, freely = false) => {
    const clientSa = made({}, {}, outcome);
    const [exchange] = clientSa.session.quickModes;
    const more = { knowledge: { ...knowledge, refusedFreely: new Set(freely ? [exchange] : []) } };
    const { remembered } = retired([clientSa], DAY + 700, more);
    return {
      responder: remembered.responder("h9"),
      client: remembered.client(`h9 h${clientSa.client.host} 500`),
    };
  };
  const nothing = { accepted: [], refused: [], refusedFreely: [] };

  it("make, accepted an ID in use, who was accepted or refused on which ID", () => {
    expect(dropped("completed").client).toEqual({ ...nothing, accepted: [5] });
    expect(dropped("unanswered").client).toEqual({ ...nothing, refused: [5] });
    expect(dropped("refused", {}, true).client).toEqual({ ...nothing, refused: [5], refusedFreely: [5] });
    expect(dropped("unproven").client).toEqual(nothing);
    expect(dropped("completed").responder).toEqual({ make: "cisco", acceptsInUse: false });
    expect(dropped("completed", { make: "other", acceptsInUse: true }).responder).toEqual({
      make: "other",
      acceptsInUse: true,
    });
    expect(dropped("completed", { make: "unseen" }).responder?.make).toBe(null);
  });

  it("nothing of those that stay themselves", () => {
    const { remembered } = retired([made()], 10);
    expect(remembered.isEmpty).toBe(true);
  });
});
