/** Whose events these are, and of which quick mode: by cookies, addresses, message IDs and time. */

import { describe, expect, it } from "vitest";
import type { ClientEvent, ClientFact } from "../../src/events/reader.ts";
import {
  type DialQuickMode,
  type DialSession,
  joinEvents,
  mayBe,
  swapped,
} from "../../src/witnesses/event-join.ts";
import { clientEventMade } from "../support/client-events.ts";

const SECOND = 1_000_000;
const UNSEEN = Number.NaN;
const COOKIE = "0123456789abcdef";

const event = (fact: ClientFact, seconds: number, fields: Partial<ClientEvent> = {}): ClientEvent =>
  clientEventMade({ fact, id: "0", at: seconds * SECOND, ...fields });
const session = (owner: number, seconds: number, fields: Partial<DialSession> = {}): DialSession => ({
  owner,
  client: `198.51.100.${owner}`,
  gateway: "192.0.2.1",
  isBehind: () => false,
  initiatorCookie: `${owner}${String(seconds).padStart(15, "0")}`,
  responderCookie: "",
  firstAt: (seconds - 1) * SECOND,
  finishedAt: seconds * SECOND,
  informationals: [],
  nextAt: UNSEEN,
  ...fields,
});
const mode = (of: number, seconds: number, fields: Partial<DialQuickMode> = {}): DialQuickMode => ({
  session: of,
  messageId: 1,
  firstAt: seconds * SECOND,
  lastAt: seconds * SECOND,
  replyAt: UNSEEN,
  thirdAt: UNSEEN,
  leftAt: UNSEEN,
  ...fields,
});

/** Three dials of each of two clients; the second dials at other intervals. Phase 1 ends at these seconds. */
const DIALS = [
  [10, 100, 250],
  [30, 170, 205],
];
const SESSIONS = DIALS.flatMap((times, owner) => times.map((at) => session(owner + 1, at)));
/** Phase 1 of one client's dials, by a clock that is so many seconds ahead. */
const phase1Of = (owner: number, ahead = 0, fields: Partial<ClientEvent> = {}) =>
  DIALS[owner - 1].map((at) => event("main-mode-established", at + 0.1 + ahead, fields));
const numbersOf = (found: ReadonlyMap<number, readonly unknown[]>) => [...found.keys()].sort((a, b) => a - b);

describe("the client that wrote events", () => {
  const clientOf = (events: readonly ClientEvent[], sessions: readonly DialSession[] = SESSIONS) =>
    joinEvents(events, { sessions, quickModes: [] }).client;

  it.each([
    ["whose times they fit", phase1Of(1), 1],
    ["by another clock", phase1Of(2, 3_600), 2],
    ["of one event nobody knows", phase1Of(1).slice(0, 1), -1],
    [
      "of times that are nobody's nobody knows",
      [0, 7, 300].map((at) => event("main-mode-established", at)),
      -1,
    ],
    ["by an address that the gateway sees", phase1Of(1, 0, { local: "198.51.100.1" }), 1],
    [
      "by an address that only the other one has: its times do not fit",
      phase1Of(1, 0, { local: "198.51.100.2" }),
      -1,
    ],
    ["of another gateway nobody knows", phase1Of(1, 0, { remote: "192.0.2.9" }), -1],
    ["of this gateway", phase1Of(1, 0, { remote: "192.0.2.1" }), 1],
  ])("%s", (_, events, expected) => {
    expect(clientOf(events)).toBe(expected);
  });

  it("is found behind a NAT by its inside address, where that is known", () => {
    // Both dial alike: the times alone do not tell.
    const sessions = [1, 2].flatMap((owner) =>
      DIALS[0].map((at) =>
        session(owner, at, { client: "203.0.113.5", isBehind: (address) => address === `10.0.0.${owner}` }),
      ),
    );
    expect(clientOf(phase1Of(1), sessions)).toBe(-1);
    expect(clientOf(phase1Of(1, 0, { local: "10.0.0.2" }), sessions)).toBe(2);
    expect(clientOf(phase1Of(1, 0, { local: "10.0.0.1" }), sessions)).toBe(1);
    expect(clientOf(phase1Of(1, 0, { local: "10.0.0.9" }), sessions)).toBe(-1);
  });

  it("is open where another one's times fit more than seven in ten as well", () => {
    const times = Array.from({ length: 10 }, (_, i) => 100 * i + i * i);
    const events = times.map((at) => event("main-mode-established", at));
    const of = (owner: number, count: number) => times.slice(0, count).map((at) => session(owner, at));
    expect(clientOf(events, [...of(1, 10), ...of(2, 7)])).toBe(1);
    expect(clientOf(events, [...of(1, 10), ...of(2, 8)])).toBe(-1);
  });

  it("is known by a cookie that two events name, in either order of its bytes", () => {
    const sessions = [session(1, 10, { initiatorCookie: COOKIE }), session(2, 10), session(1, 100)];
    const named = [COOKIE, swapped(COOKIE)].map((initiatorCookie, i) =>
      event("main-mode-established", i * 90 + 10, { initiatorCookie }),
    );
    expect(clientOf(named, sessions)).toBe(1);
  });

  it("is none without a client", () => {
    expect(clientOf(phase1Of(1), [])).toBe(-1);
    expect(clientOf([])).toBe(-1);
  });
});

describe("what an event tells of", () => {
  const clock = phase1Of(1);
  const join = (events: readonly ClientEvent[], quickModes: readonly DialQuickMode[] = []) =>
    joinEvents([...clock, ...events], { sessions: SESSIONS, quickModes });
  /** Numbers of the quick modes that the event is of. */
  const modesOf = (one: ClientEvent, quickModes: readonly DialQuickMode[]) =>
    numbersOf(join([one], quickModes).ofQuickMode);

  it("an IKE SA, the latest that had begun, on the capture's clock", () => {
    const found = join([event("main-mode-ended", 120)]);
    expect([...found.ofSession].map(([number, list]) => [number, list.length])).toEqual([
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    const ahead = joinEvents(phase1Of(1, 3_600), { sessions: SESSIONS, quickModes: [] });
    for (const [number, [{ at }]] of ahead.ofSession)
      expect(Math.abs(at - SESSIONS[number].finishedAt)).toBeLessThan(SECOND);
  });

  it("the IKE SA whose cookie it names, in either order, whenever it is; and none where it is another's", () => {
    for (const initiatorCookie of [SESSIONS[0].initiatorCookie, swapped(SESSIONS[0].initiatorCookie)]) {
      const { ofSession } = join([event("main-mode-ended", 260, { initiatorCookie })]);
      expect(ofSession.get(0)).toHaveLength(2);
    }
    const { ofSession } = join([event("main-mode-ended", 260, { initiatorCookie: "f".repeat(16) })]);
    expect([...ofSession.values()].flat()).toHaveLength(3);
  });

  it("nothing, without a time", () => {
    const { ofSession, ofQuickMode } = join([event("main-mode-ended", UNSEEN)], [mode(0, 11)]);
    expect([[...ofSession.values()].flat().length, ofQuickMode.size]).toEqual([3, 0]);
  });

  it.each<[string, ClientEvent, number[]]>([
    ["that failed: after its last message", event("quick-mode-failed", 41), [0]],
    ["a minute after it", event("quick-mode-failed", 99), [0]],
    ["that is named", event("quick-mode-failed", 41, { messageId: 1 }), [0]],
    [
      "that is named in the other order of its bytes",
      event("quick-mode-failed", 41, { messageId: 0x01000000 }),
      [0],
    ],
    ["another one is named", event("quick-mode-failed", 41, { messageId: 2 }), []],
    ["before it began", event("quick-mode-failed", 5), []],
    ["long after it", event("quick-mode-failed", 110), []],
    ["a dial that failed", event("dial-failed", 45), [0]],
    ["an end of phase 1 is of none", event("main-mode-ended", 41), []],
  ])("a quick mode %s", (_, one, expected) => {
    const failing = mode(0, 11, { lastAt: 40 * SECOND });
    const others = mode(3, 31, { lastAt: 40 * SECOND });
    expect(modesOf(one, [failing, others])).toEqual(expected);
  });

  it("of several that failed, the latest", () => {
    const modes = [
      mode(0, 11, { lastAt: 40 * SECOND }),
      mode(0, 20, { messageId: 2, lastAt: 40 * SECOND }),
      mode(0, 15),
    ];
    expect(modesOf(event("dial-failed", 41), modes)).toEqual([1]);
  });

  it.each<[string, number, Partial<DialQuickMode>, number[]]>([
    ["with the answer", 12, { replyAt: 12 * SECOND }, [0]],
    ["a second after it", 13, { replyAt: 12 * SECOND }, [0]],
    ["long after it", 30, { replyAt: 12 * SECOND }, []],
    ["long before it", 1, { replyAt: 12 * SECOND }, []],
    ["without an answer, with its last message", 11, {}, [0]],
  ])("a quick mode that was accepted: %s", (_, seconds, fields, expected) => {
    expect(modesOf(event("quick-mode-established", seconds), [mode(0, 11, fields)])).toEqual(expected);
  });

  it("of two that may be the one that was accepted, neither", () => {
    const modes = [mode(0, 11), mode(0, 11.5, { messageId: 2 })];
    expect(modesOf(event("quick-mode-established", 12), modes)).toEqual([]);
    expect(modesOf(event("quick-mode-established", 12, { messageId: 2 }), modes)).toEqual([1]);
  });
});

describe("times that events are compared with", () => {
  const MODES = DIALS.flatMap((times, owner) =>
    times.map((at, i) =>
      mode(owner * 3 + i, at + 1, {
        replyAt: (at + 2) * SECOND,
        thirdAt: (at + 4) * SECOND,
        leftAt: (at + 33) * SECOND,
      }),
    ),
  );
  const informing = SESSIONS.map((each) => ({ ...each, informationals: [each.finishedAt + 40 * SECOND] }));
  const clientOf = (fact: ClientFact, after: number, fields: Partial<ClientEvent> = {}, modes = MODES) => {
    const events = DIALS[0].map((at) => event(fact, at + after, fields));
    const { client, clock } = joinEvents(events, { sessions: informing, quickModes: modes });
    return client < 0 ? null : [client, Math.round(clock!.offset / SECOND)];
  };

  it.each<[string, ClientFact, number, Partial<ClientEvent>]>([
    ["of a quick mode that was accepted: its third message", "quick-mode-established", 4.2, {}],
    ["of one that failed: when the client left", "quick-mode-failed", 33.2, {}],
    ["of one that is named", "quick-mode-failed", 33.2, { messageId: 1 }],
    ["of a dial that failed: the same", "dial-failed", 33.2, {}],
    ["of an end: the client's Informationals", "main-mode-ended", 40.2, {}],
  ])("%s", (_, fact, after, fields) => {
    const found = clientOf(fact, after, fields);
    expect(found?.[0]).toBe(1);
    expect(Math.abs(found![1])).toBeLessThanOrEqual(3);
  });

  it("of a quick mode of which the third message is missing: the answer", () => {
    const modes = MODES.map((each) => ({ ...each, thirdAt: UNSEEN }));
    expect(clientOf("quick-mode-established", 2.2, {}, modes)?.[0]).toBe(1);
  });

  it("of a quick mode that is not named: none", () => {
    expect(clientOf("quick-mode-failed", 33.2, { messageId: 5 })).toBeNull();
  });

  it("of an end that names another IKE SA: none", () => {
    expect(clientOf("main-mode-ended", 40.2, { initiatorCookie: "e".repeat(16) })).toBeNull();
  });
});

describe("numbers that a little-endian machine prints", () => {
  it("begin with their last byte", () => {
    expect(swapped(COOKIE)).toBe("efcdab8967452301");
    expect(swapped("")).toBe("");
  });

  it.each([
    [0, 5, true],
    [5, 5, true],
    [0x05000000, 5, true],
    [0x12345678, 0x78563412, true],
    [0xff000000, 0xff, true],
    [0x000000ff, 0xff000000, true],
    [0x00ff0000, 0x0000ff00, true],
    [6, 5, false],
  ])("%i may be the ID %i: %s", (messageId, id, expected) => {
    expect(mayBe(event("quick-mode-failed", 0, { messageId }), id)).toBe(expected);
  });
});
