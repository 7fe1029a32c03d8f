/** Which lines are one dial of a peer, and what is known of it at a time. */

import { describe, expect, it } from "vitest";
import { type Dial, dialsOf, failed, mayHaveStoodAt, stoodAt } from "../../src/syslog/dials.ts";
import { asaLines, eventsOf, START } from "../support/asa-lines.ts";

const A = "198.51.100.11";
const lines = asaLines();
const { phase1, phase2, negotiated, ended, duplicate, qmError, unknownId, policy, l2tpCreated, l2tpDeleted } =
  lines;
const at = (seconds: number) => (START + seconds) * 1_000_000;

const dials = (texts: readonly string[]): Dial[] => dialsOf(eventsOf(texts));
const shape = ({ accepted, signs, refusals, causes }: Dial) =>
  [accepted, signs, refusals, causes].map(({ length }) => length);

describe("a dial", () => {
  it("holds its lines by what they say", () => {
    const texts = [
      phase1(0, A),
      duplicate(1, A),
      qmError(2, A),
      unknownId(3, A, "0x1"),
      policy(4, A),
      phase2(5, A, 7),
      negotiated(6, A),
      lines.sa(7, A, "created"),
      l2tpCreated(8, A),
      lines.sa(9, A, "deleted"),
      ended(10, A),
      l2tpDeleted(11, A),
    ];
    const [dial, ...others] = dials(texts);
    expect(others).toEqual([]);
    expect(shape(dial)).toEqual([1, 3, 3, 1]);
    expect(dial).toMatchObject({ peer: A, firstAt: at(0), lastAt: at(11), accepted: [{ messageId: 7 }] });
    expect([dial.began?.at, dial.ended?.at, dial.replacedAt]).toEqual([at(0), at(10), Number.NaN]);
  });

  it("begins with phase 1, and the one before is replaced then", () => {
    const found = dials([phase1(0, A), phase2(1, A), phase1(50, A), phase2(51, A), phase1(90, A)]);
    expect(found.map(({ firstAt, replacedAt }) => [firstAt, replacedAt])).toEqual([
      [at(0), at(50)],
      [at(50), at(90)],
      [at(90), Number.NaN],
    ]);
  });

  it("begins without phase 1 where the log does", () => {
    expect(dials([phase2(5, A), ended(9, A)])).toMatchObject([{ began: null, firstAt: at(5) }]);
  });

  it.each([
    ["an acceptance", phase2(20, A)],
    ["SPIs", negotiated(20, A)],
    ["an SA", lines.sa(20, A, "created")],
    ["a tunnel", l2tpCreated(20, A)],
  ])("behind the end of one begins with %s", (_, text) => {
    expect(dials([phase1(0, A), ended(10, A), text]).length).toBe(2);
    expect(dials([phase1(0, A), text]).length).toBe(1);
  });

  it.each([
    ["a tunnel deleted", l2tpDeleted(20, A)],
    ["an SA deleted", lines.sa(20, A, "deleted")],
    ["a duplicate", duplicate(20, A)],
    ["another cause", policy(20, A)],
  ])("goes on behind its end with %s", (_, text) => {
    expect(dials([phase1(0, A), ended(10, A), text])).toMatchObject([{ lastAt: at(20) }]);
  });

  it("is of an address", () => {
    expect(dials([phase1(0, A), phase1(1, "198.51.100.12"), phase1(2, "")]).map(({ peer }) => peer)).toEqual([
      A,
      "198.51.100.12",
    ]);
  });
});

describe("at a time", () => {
  const [whole] = dials([phase1(0, A), phase2(10, A), ended(20, A)]);
  const [open] = dials([phase1(0, A), phase2(10, A), phase2(15, A, 2)]);
  const [replaced] = dials([phase1(0, A), phase2(10, A), phase1(12, A)]);

  it.each([
    ["a session that ended later stood", whole, 19, true, true],
    ["one that ended then did not, and may have", whole, 20, false, true],
    ["one that ended before did not", whole, 21, false, false],
    ["one with a later quick mode stood", open, 14, true, true],
    ["one without may have", open, 15, false, true],
    ["one whose peer began anew then may have", replaced, 12, false, true],
    ["before its begin none did", whole, -1, true, false],
  ])("%s", (_, dial, seconds, stood, mayHaveStood) => {
    expect(mayHaveStoodAt(dial, at(seconds))).toBe(mayHaveStood);
    if (seconds >= 0) expect(stoodAt(dial, at(seconds))).toBe(stood);
  });
});

describe("a dial failed", () => {
  it.each([
    ["that ended within two minutes without a quick mode", [phase1(0, A), ended(120, A)], true],
    ["not one that ended later", [phase1(0, A), ended(121, A)], false],
    ["that was replaced within two minutes", [phase1(0, A), phase1(120, A)], true],
    ["not one that was replaced later", [phase1(0, A), phase1(121, A)], false],
    ["that ended in time and was replaced later", [phase1(0, A), ended(30, A), phase1(500, A)], true],
    ["not one that goes on", [phase1(0, A)], false],
    ["not one that was accepted", [phase1(0, A), phase2(1, A), ended(9, A)], false],
    ["not one with a sign of an acceptance", [phase1(0, A), negotiated(1, A), ended(9, A)], false],
    ["not one whose phase 1 is not in the log", [duplicate(0, A), ended(9, A)], false],
  ])("%s", (_, texts, wanted) => {
    expect(failed(dials(texts)[0])).toBe(wanted);
  });
});
