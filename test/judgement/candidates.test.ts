import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { type Candidate, clearedBy, endedBetween, mayHold } from "../../src/judgement/candidates.ts";
import { at, clientSaMade, exchangeMade, moment } from "../support/facts-made.ts";

const MICRO = 1e-6;

/** A peer seen from 200 s before the attempt until it, unless told otherwise. */
const peer = (fields: Partial<Candidate> = {}): Candidate => ({
  host: 77,
  port: 4500,
  first: moment(-200),
  last: moment(0),
  farewell: null,
  answered: null,
  ...fields,
});

describe("peers that may have held an ID unseen (6.9)", () => {
  const contender = clientSaMade({ keys: [endpoint(5, 500)] });
  const holds = (candidate: Candidate, cleared = false) =>
    mayHold([candidate], contender, moment(0), () => cleared).length === 1;

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
    ["it had said farewell", peer({ farewell: moment(-MICRO) }), false],
    ["it said farewell at the attempt", peer({ farewell: moment(0) }), true],
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
    ["after its farewell", peer({ farewell: moment(-100) }), [accepted(-50)], false],
    ["before its farewell", peer({ farewell: moment(-20) }), [accepted(-50)], true],
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
    ["its farewell in between", ended(peer({ farewell: moment(50), last: moment(50) })), true],
    ["its farewell at the refusal", ended(peer({ farewell: moment(0), last: moment(500) })), true],
    ["its farewell at the acceptance", ended(peer({ farewell: moment(100), last: moment(500) })), false],
    ["its farewell before the refusal", ended(peer({ farewell: moment(-1), last: moment(500) })), false],
    ["its last sign in between, and silence", ended(peer({ last: moment(50) })), true],
    ["its last sign at the refusal", ended(peer({ last: moment(0) })), true],
    ["its last sign before the refusal", ended(peer({ last: moment(-1) })), false],
    ["it goes on", ended(peer({ last: moment(100) })), false],
    ["silence seen for 60 s after the acceptance", ended(peer({ last: moment(50) }), moment(160)), true],
    ["the capture ends before that", ended(peer({ last: moment(50) }), moment(160 - MICRO)), false],
    ["a farewell needs no silence", ended(peer({ farewell: moment(50) }), moment(101)), true],
    ["the capture goes on in another segment", ended(peer({ last: moment(50) }), moment(-900, 1)), true],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });
});
