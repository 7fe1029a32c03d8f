/** Which lines tell how a log's clock stands, and where a line that fits several goes, to the second. */

import { describe, expect, it } from "vitest";
import { joinLog, type SeenQuickMode, type SeenSession } from "../../src/syslog/join.ts";
import type { GatewayEvent } from "../../src/syslog/reader.ts";

const SECOND = 1_000_000;
/** The log's clock is five hours behind the capture's. */
const BEHIND = 5 * 3_600;
const at = (seconds: number) => (1_772_438_400 + seconds) * SECOND;
const CLIENT = "198.51.100.11";

type Fact = GatewayEvent["fact"];

/** A line of the log, by the capture's clock; it names milliseconds. */
function event(
  fact: Fact,
  seconds: number,
  peer: string | null = CLIENT,
  ids: readonly number[] = [1],
): GatewayEvent {
  return {
    fact,
    at: at(seconds - BEHIND),
    resolution: 1_000,
    peer,
    messageIds: ids,
    text: fact,
  } as unknown as GatewayEvent;
}

interface Seen {
  client?: string;
  id?: number;
  begin: number;
  /** Its last copy, the reply and the third message; NaN where they are not seen. */
  last?: number;
  reply?: number;
  third?: number;
}

function joined(dials: readonly Seen[], events: readonly GatewayEvent[]) {
  const sessions: SeenSession[] = dials.map(({ client = CLIENT, begin }) => ({
    client,
    gateway: "192.0.2.1",
    shared: false,
    firstAt: at(begin - 20),
    finishedAt: at(begin - 10),
  }));
  const quickModes: SeenQuickMode[] = dials.map(({ begin, id = 1, ...seen }, session) => {
    const { last = begin, reply = Number.NaN, third = Number.NaN } = seen;
    return {
      session,
      messageId: id,
      firstAt: at(begin),
      lastAt: at(last),
      replyAt: at(reply),
      thirdAt: at(third),
    };
  });
  return joinLog(events, quickModes, sessions);
}

/** Clients that dial at odd times, each message ten seconds and more behind the one before. */
const ANCHORS = [0, 1, 2, 3].map((i) => ({
  client: `203.0.113.${i + 1}`,
  begin: 5_000 + 211 * i + 17 * i * i,
  id: 100 + i,
}));

describe("the clock of a log is told", () => {
  const answered = ANCHORS.map((each) => ({ ...each, reply: each.begin + 13 }));
  const completed = answered.map((each) => ({ ...each, third: each.begin + 29 }));

  it.each<[string, Fact, readonly Seen[], number]>([
    ["by the end of phase 1", "phase1-completed", ANCHORS, -10],
    ["by a first message that was received", "received", completed, 0],
    ["by a quick mode that began", "quick-mode-began", completed, 0],
    ["by an answer", "quick-mode-answered", completed, 13],
    ["by an acceptance, which the third message brings", "accepted", completed, 29],
    ["by an acceptance whose third message is not seen, by the answer", "accepted", answered, 13],
  ])("%s", (_, fact, dials, later) => {
    const events = dials.map(({ begin, client, id }) => event(fact, begin + later, client, [id!]));
    const { clock } = joined(dials, events);
    expect(Math.round(clock!.offset / SECOND)).toBe(BEHIND);
    expect(clock!.matches).toBe(4);
  });

  it.each<Fact>(["duplicate", "refused", "unknown-id", "other-cause"])(
    "not by %s, which comes at any time",
    (fact) => {
      const events = completed.map(({ begin, client, id }) => event(fact, begin, client, [id!]));
      expect(joined(completed, events).clock).toBeNull();
    },
  );

  it("by lines that have a time and a client, whatever the others are", () => {
    const events = ANCHORS.map(({ begin, client }) => event("phase1-completed", begin - 10, client));
    const others = ["203.0.113.1", "203.0.113.9", null].flatMap((peer) => [
      event("phase1-completed", Number.NaN, peer),
      event("accepted", Number.NaN, peer, [100]),
    ]);
    const strangers = [event("phase1-completed", 3, "203.0.113.9"), event("duplicate", 3, "203.0.113.9", [])];
    const { clock, ofQuickMode, ofSession, ambiguous } = joined(ANCHORS, [
      ...others,
      ...strangers,
      ...events,
    ]);
    expect(clock).toEqual(joined(ANCHORS, events).clock);
    expect([ofQuickMode.size, ofSession.size, ambiguous]).toEqual([0, 0, 0]);
  });
});

/** Joins lines whose clock the anchors tell; `window` is how near a line has to be, in seconds. */
function placed(dials: readonly Seen[], events: (window: number) => readonly GatewayEvent[]) {
  const anchors = ANCHORS.map(({ begin, client }) => event("phase1-completed", begin - 10, client));
  const window = joined(ANCHORS, anchors).clock!.uncertainty / SECOND + 1;
  const join = joined([...dials, ...ANCHORS], [...anchors, ...events(window)]);
  const said = dials.map((_, i) => join.ofQuickMode.get(i)?.lines.map(({ event: { fact } }) => fact) ?? []);
  return { join, said, ambiguous: join.ambiguous, window };
}
const { window } = placed([], () => []);

describe("an acceptance that fits two dials", () => {
  it("is taken a moment before the last copy, as clocks are", () => {
    expect(placed([{ begin: 0, last: 15 }], () => [event("accepted", 13.5)]).said).toEqual([["accepted"]]);
  });

  it("is of the one that had begun by then", () => {
    const later = 15 + window + 0.5;
    const { said, ambiguous } = placed([{ begin: later }, { begin: 0, last: 15 }], () => [
      event("accepted", 15),
    ]);
    expect([said, ambiguous]).toEqual([[[], ["accepted"]], 0]);
  });

  it("is of none where both begin a moment later", () => {
    const later = 15 + window;
    const { said, ambiguous } = placed([{ begin: later + 0.3 }, { begin: later + 0.6 }], () => [
      event("accepted", 15),
    ]);
    expect([said, ambiguous]).toEqual([[[], []], 1]);
  });
});

it("a refusal that fits two dials is of the latest that had begun, whatever their order", () => {
  const dials = [
    { begin: 20, last: 35 },
    { begin: 0, last: 15 },
  ];
  expect(placed(dials, () => [event("duplicate", 28)]).said).toEqual([["duplicate"], []]);
  expect(placed(dials.toReversed(), () => [event("duplicate", 28)]).said).toEqual([[], ["duplicate"]]);
});

it("a line that only tells of a message refuses nothing, and is no cause", () => {
  const { join } = placed([{ begin: 0, reply: 1 }], () => [
    event("received", 0),
    event("quick-mode-began", 0),
    event("quick-mode-answered", 1),
  ]);
  expect(join.ofQuickMode.get(0)).toMatchObject({
    accepted: null,
    refusals: [],
    causes: [],
    lines: [{}, {}, {}],
  });
});

describe("the end of a session", () => {
  const ended = (seconds: number) => event("session-ended", seconds, CLIENT, []);
  const held = (begins: readonly number[], seconds: number) => {
    // Phase 1 begins twenty seconds before the quick mode.
    const { join } = placed(
      begins.map((begin) => ({ begin: begin + 20 })),
      () => [ended(seconds)],
    );
    return {
      of: [...join.ofSession.keys()],
      lines: join.ofSession.values().next().value?.lines.length ?? 0,
      ambiguous: join.ambiguous,
    };
  };

  it("is of the session that began last, whatever their order", () => {
    expect(held([0, 200], 300)).toEqual({ of: [1], lines: 1, ambiguous: 0 });
    expect(held([200, 0], 300)).toEqual({ of: [0], lines: 1, ambiguous: 0 });
  });

  it("is of neither where the one before had begun a minute ago, as near as clocks are known", () => {
    expect(held([40 - window + 0.2, 60], 100)).toEqual({ of: [], lines: 0, ambiguous: 1 });
    expect(held([40 - window - 0.2, 60], 100)).toEqual({ of: [1], lines: 1, ambiguous: 0 });
  });
});
