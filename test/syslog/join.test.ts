/** Which line of a log goes with which quick mode or session of a capture, and which with none. */

import { describe, expect, it } from "vitest";
import { joinLog, type SeenQuickMode, type SeenSession } from "../../src/syslog/join.ts";
import { asaLines, eventsOf, GATEWAY, START } from "../support/asa-lines.ts";

const SECOND = 1_000_000;
/** The log's clock is seven hours behind the capture's. */
const BEHIND = 7 * 3600;
const [A, B] = ["198.51.100.11", "198.51.100.12"];
const lines = asaLines(-BEHIND);
const { phase1, phase2, duplicate, qmError, unknownId, policy, ended } = lines;
const { l2tpCreated, l2tpDeleted } = lines;

/** Microseconds on the capture's clock. */
const at = (seconds: number) => (START + seconds) * SECOND;

interface Dial {
  client: string;
  begin: number;
  id?: number;
  /** Seconds behind the dial's begin; without a third message it was not accepted. */
  lastCopy?: number;
  third?: number;
  shared?: boolean;
  gateway?: string;
}

/** Clients whose lines tell the clock: each dials once, at an odd time, with an ID of its own. */
const ANCHORS: Dial[] = [0, 1, 2, 3].map((i) => ({
  client: `203.0.113.${i + 1}`,
  begin: 5000 + 211 * i + 17 * i * i,
  id: 100 + i,
  third: 0.2,
}));

/** Joins these lines with a capture of these dials; quick modes and sessions have the dials' numbers. */
function join(dials: readonly Dial[], texts: readonly string[], anchors = ANCHORS) {
  const all = [...dials, ...anchors];
  const sessions: SeenSession[] = all.map(({ client, begin, shared = false, gateway = GATEWAY }) => ({
    client,
    gateway,
    shared,
    firstAt: at(begin),
    finishedAt: at(begin + 0.1),
  }));
  const quickModes: SeenQuickMode[] = all.map(({ begin, id = 1, lastCopy = 0, third }, session) => ({
    session,
    messageId: id,
    firstAt: at(begin + 0.15),
    lastAt: at(begin + 0.15 + lastCopy),
    replyAt: third === undefined ? Number.NaN : at(begin + third - 0.02),
    thirdAt: third === undefined ? Number.NaN : at(begin + third),
  }));
  const anchored = anchors.flatMap(({ client, begin, id, third }) => [
    phase1(begin + 0.1, client),
    phase2(begin + third!, client, id),
  ]);
  return joinLog(eventsOf([...anchored, ...texts]), quickModes, sessions);
}

/** Facts of the lines that are said of each of the first quick modes. */
const saidOf = (joined: ReturnType<typeof join>, count: number) =>
  Array.from(
    { length: count },
    (_, i) => joined.ofQuickMode.get(i)?.lines.map(({ event }) => event.fact) ?? [],
  );

describe("lines of quick modes", () => {
  it.each([
    {
      name: "an acceptance, by the client's third message",
      dials: [{ client: A, begin: 0, third: 0.3 }],
      lines: [phase2(0.3, A)],
      said: [["accepted"]],
    },
    {
      name: "not with another client's quick mode of the ID",
      dials: [{ client: A, begin: 0, third: 0.3 }],
      lines: [phase2(0.3, B)],
      said: [[]],
    },
    {
      name: "not with another ID of the client",
      dials: [{ client: A, begin: 0, third: 0.3 }],
      lines: [phase2(0.3, A, 2)],
      said: [[]],
    },
    {
      name: "an acceptance after copies, right behind the last one",
      dials: [{ client: A, begin: 0, lastCopy: 15 }],
      lines: [phase2(16, A)],
      said: [["accepted"]],
    },
    {
      name: "no acceptance before the last copy: nobody sends again who is accepted",
      dials: [{ client: A, begin: 0, lastCopy: 15 }],
      lines: [phase2(5, A)],
      said: [[]],
    },
    {
      name: "no acceptance long behind the last copy",
      dials: [{ client: A, begin: 0, lastCopy: 15 }],
      lines: [phase2(19, A)],
      said: [[]],
    },
    {
      name: "a refusal up to 30 s behind the last copy",
      dials: [{ client: A, begin: 0, lastCopy: 15 }],
      lines: [duplicate(1, A), qmError(45, A)],
      said: [["duplicate", "refused"]],
    },
    {
      name: "no refusal later, and none before the quick mode",
      dials: [{ client: A, begin: 10, lastCopy: 15 }],
      lines: [duplicate(7, A), qmError(59, A), policy(59, A)],
      said: [[]],
    },
    {
      name: "an error that names the ID of one of two",
      dials: [
        { client: A, begin: 0, id: 1, lastCopy: 10 },
        { client: A, begin: 5, id: 2, lastCopy: 10 },
      ],
      lines: [qmError(20, A, 1), unknownId(21, A, "0x2")],
      said: [["refused"], ["unknown-id"]],
    },
    {
      name: "an ID that is written in decimal or in hexadecimal",
      dials: [
        { client: A, begin: 0, id: 16 },
        { client: B, begin: 0, id: 10 },
      ],
      lines: [unknownId(1, A, "10"), unknownId(1, B, "10")],
      said: [["unknown-id"], ["unknown-id"]],
    },
    {
      name: "what fits two dials of one ID, with the latest that had begun",
      dials: [
        { client: A, begin: 0, lastCopy: 15 },
        { client: A, begin: 20, lastCopy: 15 },
      ],
      lines: [duplicate(28, A)],
      said: [[], ["duplicate"]],
    },
    {
      name: "an acceptance that one of two explains to the moment, with that one",
      dials: [
        { client: A, begin: 0, lastCopy: 0, third: 0.3 },
        { client: A, begin: 2, lastCopy: 0, third: 0.3 },
      ],
      lines: [phase2(2.3, A)],
      said: [[], ["accepted"]],
    },
  ] as { name: string; dials: Dial[]; lines: string[]; said: string[][] }[])(
    "$name",
    ({ dials, lines, said }) => {
      const joined = join(dials, lines);
      expect(Math.round(joined.clock!.offset / SECOND)).toBe(BEHIND);
      expect(saidOf(joined, dials.length)).toEqual(said);
      expect(joined.ambiguous).toBe(0);
    },
  );

  it("a line right at the begin of the second of two is said of none, and counted", () => {
    const joined = join(
      [
        { client: A, begin: 0, lastCopy: 15 },
        { client: A, begin: 20, lastCopy: 15 },
      ],
      [duplicate(20.2, A)],
    );
    expect(saidOf(joined, 2)).toEqual([[], []]);
    expect(joined.ambiguous).toBe(1);
  });

  it("are kept by what they say, with the capture's time", () => {
    const joined = join(
      [{ client: A, begin: 0, lastCopy: 15 }],
      [
        duplicate(2, A),
        qmError(3, A),
        unknownId(4, A, "0x1"),
        policy(5, A),
        phase2(15.3, A),
        phase2(15.4, A),
      ],
    );
    const said = joined.ofQuickMode.get(0)!;
    expect(said.refusals.map(({ fact }) => fact)).toEqual(["duplicate", "refused", "unknown-id"]);
    expect(said.causes.map(({ fact }) => fact)).toEqual(["other-cause"]);
    expect(said.accepted!.text).toBe(phase2(15.3, A));
    expect(said.lines.map((each) => Math.round((each.at - at(0)) / SECOND))).toEqual([2, 3, 4, 5, 15, 15]);
  });

  it("without a time or a peer are of none", () => {
    const untimed = duplicate(2, A).replace(/^\S+ asa1 /, "");
    const nobodys = duplicate(2, "");
    expect(saidOf(join([{ client: A, begin: 0, lastCopy: 15 }], [untimed, nobodys]), 1)).toEqual([[]]);
  });

  it("are of none where the clocks cannot be compared", () => {
    const joined = join([{ client: A, begin: 0, third: 0.3 }], [phase2(0.3, A)], []);
    expect(joined).toEqual({ clock: null, ofQuickMode: new Map(), ofSession: new Map(), ambiguous: 0 });
  });
});

describe("lines of sessions", () => {
  /** Seconds of the end, and of the last moment at which it was held, of the first session. */
  function held(dials: readonly Dial[], texts: readonly string[]) {
    const joined = join(dials, texts);
    const said = joined.ofSession.get(0);
    const window = joined.clock!.uncertainty + SECOND;
    const seconds = (micros: number) => Math.round((micros - at(0)) / SECOND);
    return {
      endedAt: said === undefined ? null : seconds(said.endedAt - window),
      heldUntil: said === undefined ? null : seconds(said.heldUntil + window),
      ambiguous: joined.ambiguous,
    };
  }
  const one: Dial = { client: A, begin: 0, third: 0.3 };

  it.each([
    ["an end", [one], [ended(100, A)], { endedAt: 100, heldUntil: 100, ambiguous: 0 }],
    ["the end of its tunnel", [one], [l2tpDeleted(100, A)], { endedAt: 100, heldUntil: 100, ambiguous: 0 }],
    [
      "a tunnel that begins: it was held",
      [one],
      [l2tpCreated(9, A)],
      { endedAt: Number.NaN, heldUntil: 9, ambiguous: 0 },
    ],
    [
      "an SA that is deleted: it was held",
      [one],
      [lines.sa(50, A, "deleted")],
      { endedAt: Number.NaN, heldUntil: 50, ambiguous: 0 },
    ],
    [
      "of several lines the first end, and the last that says it was held",
      [one],
      [
        l2tpCreated(9, A),
        lines.sa(100, A, "deleted"),
        ended(101, A),
        l2tpDeleted(103, A),
        lines.sa(50, A, "deleted"),
      ],
      { endedAt: 101, heldUntil: 103, ambiguous: 0 },
    ],
    [
      "not before the session began",
      [{ ...one, begin: 10 }],
      [ended(9, A)],
      { endedAt: null, heldUntil: null, ambiguous: 0 },
    ],
    ["not another client's", [one], [ended(100, B)], { endedAt: null, heldUntil: null, ambiguous: 0 }],
    [
      "of two sessions the latest that had begun, a minute and more behind its begin",
      [{ ...one, begin: 200 }, one],
      [ended(300, A)],
      { endedAt: 300, heldUntil: 300, ambiguous: 0 },
    ],
    [
      "of neither, where another one has begun less than a minute ago",
      [one, { ...one, begin: 80 }, { ...one, begin: 90 }],
      [ended(100, A)],
      { endedAt: null, heldUntil: null, ambiguous: 1 },
    ],
    [
      "of neither, where another one begins within a minute",
      [one, { ...one, begin: 120 }],
      [ended(100, A)],
      { endedAt: null, heldUntil: null, ambiguous: 1 },
    ],
    [
      "of none, where others have the client's address",
      [{ ...one, shared: true }],
      [ended(100, A)],
      { endedAt: null, heldUntil: null, ambiguous: 1 },
    ],
    [
      "of none, where the client has a session at another gateway",
      [one, { ...one, begin: -500, gateway: "192.0.2.2" }],
      [ended(100, A)],
      { endedAt: null, heldUntil: null, ambiguous: 1 },
    ],
  ] as [string, Dial[], string[], object][])("%s", (_, dials, lines, wanted) => {
    expect(held(dials, lines)).toEqual(wanted);
  });
});
