import { describe, expect, it } from "vitest";
import { Exchange } from "../../src/ike/exchange.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { answerMade, type MessageFields, messageMade } from "../support/message-made.ts";

const MICRO = 1e-6;
const saOf = (fields: MessageFields = {}) => new IkeSa(0, messageMade(fields));

describe("life of an IKE SA (6.4)", () => {
  it("is the latest sign of either side, and each side has its own", () => {
    const sa = saOf();
    sa.noteLife(0, 5 * SECOND, 0);
    sa.noteLife(1, 9 * SECOND, 0);
    sa.noteLife(0, 7 * SECOND, 0);
    expect([sa.lastLifeAt, sa.lastFreshAt, sa.lastFromAt]).toEqual([9e6, 9e6, [7e6, 9e6]]);
    // Captures that are read together come a little out of order: a side's last sign stays the last.
    sa.noteLife(1, 8 * SECOND, 0);
    expect([sa.lastLifeAt, sa.lastFromAt]).toEqual([9e6, [7e6, 9e6]]);
  });

  it("begins anew after a step of the clock, and remembers how it ended before", () => {
    const sa = saOf();
    sa.noteInformational(0, messageMade({ at: 1 }));
    sa.noteLife(0, 9 * SECOND, 0);
    sa.noteLife(1, 2 * SECOND, 1);
    expect([sa.lifeSegment, sa.lastLifeAt, sa.lastFreshAt, sa.lastFromAt[1]]).toEqual([1, 2e6, 2e6, 2e6]);
    expect(sa.earlierLife).toEqual([{ at: 9e6, segment: 0 }]);
    expect(sa.informationals).toEqual([[], []]);
    // A straggler of the segment before changes nothing.
    sa.noteLife(0, 20 * SECOND, 0);
    expect([sa.lifeSegment, sa.lastLifeAt, sa.earlierLife.length]).toEqual([1, 2e6, 1]);
    for (let segment = 2; segment < 12; segment += 1) sa.noteLife(0, 0, segment);
    expect(sa.earlierLife.map(({ segment }) => segment)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("tells when a side last sent, of one segment of the clock alone", () => {
    const sa = saOf();
    sa.noteLife(0, 8 * SECOND, 0);
    sa.noteLife(1, 9 * SECOND, 0);
    // Back by seven seconds: what either side sent before has the later time.
    sa.noteLife(0, 2 * SECOND, 1);
    expect([0, 1].map((segment) => sa.lastFromIn(0, segment))).toEqual([Number.NaN, 2e6]);
    expect([0, 1].map((segment) => sa.lastFromIn(1, segment))).toEqual([9e6, Number.NaN]);
    sa.noteLife(1, 3 * SECOND, 1);
    expect(sa.lastFromIn(1, 1)).toBe(3e6);
  });

  it("a retransmission is life, but nothing new", () => {
    const sa = saOf();
    sa.noteActivity(messageMade({ at: 3 }), 0, false);
    sa.noteActivity(messageMade({ at: 8 }), 0, true);
    expect([sa.lastLifeAt, sa.lastFreshAt]).toEqual([8e6, 3e6]);
  });

  it("an Informational that comes again is another capture's copy, and no life", () => {
    const sa = saOf();
    sa.noteActivity(messageMade({ at: 3, exchange: 5 }), 0, false);
    sa.noteActivity(messageMade({ at: 8, exchange: 5, source: 1 }), 0, true);
    expect([sa.lastLifeAt, sa.lastFromAt[0], sa.sources]).toEqual([3e6, 3e6, [3, 0]]);
    // Two lines of a log with one header may be of two messages.
    sa.noteActivity(messageMade({ at: 9, exchange: 5, logged: true }), 0, true);
    expect(sa.lastLifeAt).toBe(9e6);
  });

  it("keeps what was odd about any message, and which sources showed which side", () => {
    const sa = saOf();
    expect([sa.cut, sa.logged, sa.sources]).toEqual([false, false, [0, 0]]);
    sa.noteActivity(messageMade({ source: 0 }), 0, false);
    sa.noteActivity(answerMade({ source: 2, cut: true }), 1, false);
    expect([sa.cut, sa.logged, sa.sources]).toEqual([true, false, [1, 4]]);
    sa.noteActivity(messageMade({ source: 1, logged: true }), 0, false);
    expect([sa.logged, sa.sources]).toEqual([true, [3, 4]]);
  });

  it("a side's first message is no Informational in the clear, which anybody can send", () => {
    const sa = saOf();
    sa.noteActivity(answerMade({ at: 1, exchange: 5, encrypted: false }), 1, false);
    expect(sa.firstFromAt[1]).toBeNaN();
    sa.noteActivity(answerMade({ at: 2, exchange: 5 }), 1, false);
    sa.noteActivity(answerMade({ at: 3 }), 1, false);
    expect(sa.firstFromAt[1]).toBe(2 * SECOND);
    sa.noteActivity(messageMade({ at: 4, exchange: 2, encrypted: false }), 0, false);
    expect(sa.firstFromAt[0]).toBe(4 * SECOND);
  });

  it("was answered once a responder cookie is known", () => {
    expect(saOf().answered).toBe(true);
    expect(saOf({ cookies: [1, 2, 0, 0] }).answered).toBe(false);
    expect(saOf({ cookies: [1, 2, 0, 1] }).answered).toBe(true);
    expect(saOf({ cookies: [1, 2, 1, 0] }).answered).toBe(true);
  });
});

describe("the same message again (2.5, 2.6)", () => {
  it("from anyone, of the latest eight", () => {
    const sa = saOf();
    expect(sa.repeats(messageMade({ content: 1 }), 0)).toBe(false);
    expect(sa.repeats(messageMade({ content: 2 }), 0)).toBe(false);
    expect(sa.repeats(messageMade({ content: 1 }), 1)).toBe(true);
    for (let content = 3; content <= 9; content += 1) sa.repeats(messageMade({ content }), 0);
    expect(sa.repeats(messageMade({ content: 2 }), 0)).toBe(true);
    expect(sa.repeats(messageMade({ content: 1 }), 0)).toBe(false);
  });

  it("another body behind the same header is another message", () => {
    const sa = saOf();
    sa.repeats(messageMade({ content: 1 }), 0);
    expect(sa.repeats(messageMade({ content: 1_001 }), 0)).toBe(false);
  });

  it("of messages that were cut the side decides", () => {
    const sa = saOf();
    sa.repeats(messageMade({ content: 1, cut: true }), 0);
    expect(sa.repeats(messageMade({ content: 1_001, cut: true }), 0)).toBe(true);
    expect(sa.repeats(messageMade({ content: 1, cut: true }), 1)).toBe(false);
    const whole = saOf();
    whole.repeats(messageMade({ content: 1 }), 0);
    expect(whole.repeats(messageMade({ content: 1_001, cut: true }), 0)).toBe(true);
  });
});

describe("the decrypted copy of a message (2.5)", () => {
  const twin = (first: MessageFields, second: MessageFields, side: 0 | 1 = 0) => {
    const sa = saOf();
    sa.twinOfLast(messageMade(first), 0);
    return sa.twinOfLast(messageMade(second), side);
  };
  const clear = { encrypted: false };

  it.each<[string, MessageFields, MessageFields, boolean]>([
    ["within 10 ms", {}, { ...clear, at: 0.01 }, true],
    ["later", {}, { ...clear, at: 0.010001 }, false],
    ["before the encrypted one", clear, { at: 0.01 }, true],
    ["encrypted both", {}, { at: 0.001 }, false],
    ["in the clear both", clear, clear, false],
    ["of another exchange", {}, { ...clear, exchange: 5 }, false],
    ["of another message ID", {}, { ...clear, messageId: 2 }, false],
    [
      "of phase 1, in the clear second",
      { exchange: 2, messageId: 0 },
      { ...clear, exchange: 2, messageId: 0 },
      true,
    ],
    [
      "phase 1 begins in the clear",
      { ...clear, exchange: 2, messageId: 0 },
      { exchange: 2, messageId: 0 },
      false,
    ],
    [
      "aggressive mode begins in the clear",
      { ...clear, exchange: 4, messageId: 0 },
      { exchange: 4, messageId: 0 },
      false,
    ],
    ["an Informational in the clear first", { ...clear, exchange: 5 }, { exchange: 5 }, true],
  ])("%s", (_, first, second, expected) => {
    expect(twin(first, second)).toBe(expected);
  });

  it("is of the same direction", () => {
    expect(twin({}, clear, 1)).toBe(false);
  });
});

describe("Informationals of an IKE SA", () => {
  it("sixteen times are kept of each side", () => {
    const sa = saOf();
    for (let at = 1; at <= 18; at += 1) sa.noteInformational(1, messageMade({ at }));
    expect(sa.informationals[1].map((at) => at / SECOND)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 3),
    );
    expect(sa.informationals[0]).toEqual([]);
  });

  it.each<[string, [0 | 1, MessageFields][], number]>([
    [
      "answered within 1 s by one of the same length",
      [
        [0, { at: 1 }],
        [1, { at: 2 }],
      ],
      1,
    ],
    [
      "later",
      [
        [0, { at: 1 }],
        [1, { at: 2 + MICRO }],
      ],
      0,
    ],
    [
      "of another length",
      [
        [0, { at: 1 }],
        [1, { at: 1.5, length: 92 }],
      ],
      0,
    ],
    [
      "of the same side",
      [
        [0, { at: 1 }],
        [0, { at: 1.5 }],
      ],
      0,
    ],
    [
      "an answer is no question",
      [
        [0, { at: 1 }],
        [1, { at: 1.1 }],
        [0, { at: 1.2 }],
      ],
      1,
    ],
    [
      "twice",
      [
        [0, { at: 1 }],
        [1, { at: 1.1 }],
        [1, { at: 9 }],
        [0, { at: 9.1 }],
      ],
      2,
    ],
  ])("DPD (6.9): %s", (_, list, expected) => {
    const sa = saOf();
    for (const [side, fields] of list) sa.noteInformational(side, messageMade(fields));
    expect(sa.answeredInformationals).toBe(expected);
  });
});

describe("quick modes of an IKE SA", () => {
  it("are found by their IDs, few or many", () => {
    const sa = saOf();
    expect(sa.exchangeOf(1)).toBe(undefined);
    for (let messageId = 1; messageId <= 40; messageId += 1) {
      const exchange = new Exchange(messageMade({ messageId }), 0);
      sa.addExchange(exchange);
      expect(sa.exchangeOf(messageId)).toBe(exchange);
      expect(sa.exchangeOf(1)?.messageId).toBe(1);
      expect(sa.exchangeOf(messageId + 1)).toBe(undefined);
    }
    expect(sa.exchanges.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    expect(sa.parts).toBe(40);
  });
});
