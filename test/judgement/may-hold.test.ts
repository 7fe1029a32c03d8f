/** Contract 6.9: which peers of before the capture may hold an ID, and who ended in time. */

import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import type { Candidate } from "../../src/judgement/candidates.ts";
import { clearedBy, endedBetween, justLeft, mayHold } from "../../src/judgement/may-hold.ts";
import { type Moment, SECOND } from "../../src/judgement/moment.ts";
import { at, clientSaMade, exchangeMade, moment } from "../support/facts-made.ts";
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
  renewals: [],
  ...fields,
});

describe("peers that may have held an ID unseen (6.9)", () => {
  const own = new Set([endpoint(5, 500)]);
  const nobody = () => undefined;
  const holds = (candidate: Candidate, clearedFrom?: Moment) =>
    mayHold([candidate], own, moment(0), () => clearedFrom).found.length === 1;

  it("the first thousand of them, and all where that is asked for", () => {
    const many = Array.from({ length: 3000 }, (_, host) => peer({ host, last: moment(host < 5 ? -900 : 0) }));
    const { found } = mayHold(many, own, moment(0), nobody);
    expect([found.length, found[0].host, found[1023].host]).toEqual([1024, 5, 1028]);
    const all = mayHold(many, own, moment(0), nobody, Number.POSITIVE_INFINITY);
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

  it("not who is cleared of the ID by then", () => {
    expect(holds(peer(), moment(0))).toBe(false);
    expect(holds(peer(), moment(-50))).toBe(false);
    expect(holds(peer(), moment(MICRO))).toBe(true);
    // The same is found until then.
    const later = mayHold([peer({ last: moment(900) })], own, moment(0), () => moment(40));
    expect(later.until).toBe(at(40) - 1);
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
      const { found, until } = mayHold(peers, own, now, nobody, most);
      expect(until).toBeGreaterThanOrEqual(now.at);
      const times = [until, until - 1, (now.at + until) / 2, now.at + 400e6].map((each) => Math.floor(each));
      for (const time of times.filter((each) => each >= now.at && each <= until)) {
        const then = mayHold(peers, own, { at: time, segment: 0 }, nobody, most);
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
  const since = (candidate: Candidate) => clearedBy([candidate], [accepted(-50)]).get(candidate);

  it("from its first sign on, or from when it last may have freed an ID before", () => {
    expect(since(peer())).toEqual(moment(-200));
    const renewals = [moment(-90), moment(-190), moment(-40)];
    expect(since(peer({ renewals }))).toEqual(moment(-90));
    expect(since(peer({ renewals: [moment(-50)] }))).toEqual(moment(-200));
  });

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
    ["its last sign in between, and silence", ended(peer({ last: moment(50) })), true],
    ["its last sign at the refusal", ended(peer({ last: moment(0) })), true],
    ["its last sign before the refusal", ended(peer({ last: moment(-1) })), true],
    ["it renewed what it had in between", ended(peer({ last: moment(500), renewals: [moment(50)] })), true],
    ["at the refusal", ended(peer({ last: moment(500), renewals: [moment(0)] })), false],
    ["at the acceptance", ended(peer({ last: moment(500), renewals: [moment(100)] })), false],
    ["it goes on", ended(peer({ last: moment(100) })), false],
    ["silence seen for 60 s after the acceptance", ended(peer({ last: moment(50) }), moment(160)), true],
    ["the capture ends before that", ended(peer({ last: moment(50) }), moment(160 - MICRO)), false],
    ["a farewell needs no silence", ended(peer({ gone: moment(50) }), moment(101)), true],
    ["the capture goes on in another segment", ended(peer({ last: moment(50) }), moment(-900, 1)), true],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });
});

describe("who left just before a refusal (6.8, 6.9)", () => {
  const own = new Set([endpoint(5, 500)]);
  const left = (candidates: readonly Candidate[], clearedFrom?: Moment) =>
    justLeft(candidates, own, moment(0), () => clearedFrom);

  it.each<[string, Candidate, boolean]>([
    ["a second before", peer({ gone: moment(-1) }), true],
    ["at the refusal", peer({ gone: moment(0) }), false],
    ["a minute before", peer({ gone: moment(-60) }), false],
    ["less than that", peer({ gone: moment(-60 + MICRO) }), true],
    ["it is there still", peer(), false],
    ["before the clock stepped back", peer({ gone: moment(-1, -1) }), false],
    ["the client's own endpoint", peer({ gone: moment(-1), host: 5, port: 500 }), false],
  ])("%s", (_, candidate, expected) => {
    expect(left([candidate]) !== null).toBe(expected);
  });

  it("the last of them, and how long before; not who did not hold the ID", () => {
    const [first, last] = [peer({ gone: moment(-20) }), peer({ gone: moment(-5) })];
    for (const list of [
      [first, last],
      [last, first],
    ])
      expect(left(list)).toEqual({ client: last, before: 5 * SECOND, how: "just-ended" });
    expect(left([first, last], moment(-9))).toBe(null);
  });
});
