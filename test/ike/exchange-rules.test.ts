import { describe, expect, it } from "vitest";
import { Exchange, isPrompt } from "../../src/ike/exchange.ts";
import { informational, noteNotifies, phase1, readNotify } from "../../src/ike/exchange-rules.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { VendorLists } from "../../src/ike/vendor-lists.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { answerMade, type MessageFields, messageMade } from "../support/message-made.ts";

/** An IKE SA with quick modes of the client, begun at these seconds. */
function saWith(...begun: readonly number[]): IkeSa {
  const sa = new IkeSa(0, messageMade());
  begun.forEach((at, i) => {
    sa.addExchange(new Exchange(messageMade({ at, messageId: i + 1 }), 0));
  });
  return sa;
}

describe("phase 1 as its messages come (RFC 2409 5.1 to 5.4)", () => {
  it("is of the exchange that it began with", () => {
    const sa = new IkeSa(0, messageMade());
    for (const exchange of [4, 2]) phase1(sa, 0, messageMade({ exchange, messageId: 0 }), new VendorLists());
    expect(sa.mode).toBe(4);
  });

  const phase1Of = (...messages: readonly [0 | 1, MessageFields][]) => {
    const sa = new IkeSa(0, messageMade());
    const lists = new VendorLists();
    sa.vendorLists = lists.all;
    for (const [side, fields] of messages)
      phase1(sa, side, messageMade({ exchange: 2, messageId: 0, ...fields }), lists);
    return sa;
  };
  const clear = { encrypted: false };
  /** The responder has no cookie yet (RFC 2408 3.1). */
  const opening = { cookies: [1, 2, 0, 0] } as const;

  it.each<[string, [0 | 1, MessageFields][], number]>([
    [
      "main mode: the third message of a side",
      [
        [1, clear],
        [1, clear],
        [1, { ...clear, at: 3 }],
      ],
      3,
    ],
    ["main mode: an encrypted one is the third, whatever was lost", [[1, { at: 2 }]], 2],
    [
      "main mode: the second is not the end",
      [
        [1, clear],
        [1, clear],
      ],
      Number.NaN,
    ],
    ["aggressive mode: the first of the responder", [[1, { ...clear, exchange: 4, at: 1 }]], 1],
    ["base mode: nothing tells the end", [[1, { exchange: 1, at: 1 }]], Number.NaN],
    [
      "the first of several ends",
      [
        [1, { at: 2 }],
        [1, { at: 5 }],
      ],
      2,
    ],
    [
      "what a log tells is no count",
      [
        [1, { ...clear, logged: true }],
        [1, { ...clear, logged: true }],
        [1, { ...clear, logged: true }],
      ],
      Number.NaN,
    ],
    ["that a log says encrypted says enough", [[1, { logged: true, at: 4 }]], 4],
  ])("%s", (_, messages, seconds) => {
    expect(phase1Of(...messages).phase1FinishedAt[1]).toBe(seconds * SECOND);
    expect(phase1Of(...messages).phase1FinishedAt[0]).toBeNaN();
  });

  it("takes the mode of its first message, and what the clear payloads of each side say", () => {
    const sa = phase1Of(
      [0, { ...clear, ...opening, clear: { vendorIds: ["aa"], lifeSeconds: 28_800, hash: 1 } }],
      [1, { ...clear, clear: { vendorIds: ["bb"], lifeSeconds: 3_600, hash: 2 } }],
      [
        0,
        {
          ...clear,
          exchange: 4,
          clear: { vendorIds: ["cc"], lifeSeconds: 60, natDiscovery: 2, natHashes: [1, 2] },
        },
      ],
      [1, { ...clear, clear: { hash: 4 } }],
      [1, { clear: { vendorIds: ["dd"], natDiscovery: 1, natHashes: [5, 6] } }],
    );
    expect(sa.mode).toBe(2);
    expect([sa.vendorIdsOf(0), sa.vendorIdsOf(1)]).toEqual([["aa", "cc"], ["bb"]]);
    expect([sa.lifeSecondsOf(0), sa.lifeSecondsOf(1)]).toEqual([28_800, 3_600]);
    // What the responder chose, not what the client offered.
    expect(sa.hash).toBe(2);
    expect(sa.natDiscovery).toBe(true);
    expect([sa.natHashesOf(0), sa.natHashesOf(1)]).toEqual([[1, 2], null]);
  });

  it("what was agreed on is known where the capture lost the first message", () => {
    expect(phase1Of([0, { ...clear, clear: { hash: 2 } }], [1, clear]).hash).toBe(2);
    expect(phase1Of([0, { ...clear, ...opening, clear: { hash: 2 } }]).hash).toBeNull();
  });

  it("NAT-D hashes of a side that contradict each other name nobody", () => {
    const natd = (natHashes: number[]): [0, MessageFields] => [
      0,
      { ...clear, clear: { natDiscovery: 1, natHashes } },
    ];
    expect(phase1Of(natd([1, 2]), natd([1, 2])).natHashesOf(0)).toEqual([1, 2]);
    expect(phase1Of(natd([1, 2]), natd([1, 3])).natHashesOf(0)).toEqual([]);
    expect(phase1Of(natd([1, 2]), natd([1, 2, 3, 4])).natHashesOf(0)).toEqual([]);
    expect(phase1Of(natd([1, 2]), natd([1, 3]), natd([1, 2])).natHashesOf(0)).toEqual([]);
    expect(phase1Of([0, { ...clear, clear: { natDiscovery: 0 } }]).natDiscovery).toBe(false);
  });
});

describe("an Informational and the quick modes that it may concern (4)", () => {
  const first = ({ exchanges: [exchange] }: IkeSa) => exchange;

  it("of the client: it leaves, but for a prompt one without a copy before", () => {
    const sa = saWith(0);
    informational(sa, 0, messageMade({ exchange: 5, at: 3 }), true);
    expect([first(sa).starterInformationalAt, first(sa).starterLeftAt]).toEqual([3e6, Number.NaN]);
    informational(sa, 0, messageMade({ exchange: 5, at: 9 }), true);
    informational(sa, 0, messageMade({ exchange: 5, at: 12 }), true);
    expect([first(sa).starterInformationalAt, first(sa).starterLeftAt]).toEqual([3e6, 9e6]);
    expect(first(sa).otherInformationalAt).toBeNaN();
    expect(sa.informationals[0]).toEqual([3e6, 9e6, 12e6]);
  });

  it("behind a step of the clock: the client leaves after all of the time before, and what comes then says no more", () => {
    const sa = saWith(0);
    const behind = { exchange: 5, at: -3_000, segment: 1 };
    informational(sa, 0, messageMade(behind), true);
    const { starterInformationalAt, starterLeftAt } = first(sa);
    expect([starterInformationalAt, starterLeftAt]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    informational(sa, 1, answerMade(behind), true);
    expect(first(sa).otherInformationalAt).toBeNaN();
  });

  it("is prompt within 3 s of a first message that was not repeated", () => {
    const exchange = new Exchange(messageMade({ at: 1 }), 0);
    expect(isPrompt(exchange, 4 * SECOND)).toBe(true);
    expect(isPrompt(exchange, 4 * SECOND + 1)).toBe(false);
    exchange.retransmissions = 1;
    expect(isPrompt(exchange, 2 * SECOND)).toBe(false);
  });

  it("of the responder: the first one after the quick mode", () => {
    const sa = saWith(0);
    informational(sa, 1, answerMade({ exchange: 5, at: 2, frame: 8 }), true);
    informational(sa, 1, answerMade({ exchange: 5, at: 4, frame: 9 }), true);
    expect(first(sa).otherInformationalAt).toBe(2 * SECOND);
    expect(first(sa).otherInformational?.frame).toBe(8);
    expect(first(sa).starterInformationalAt).toBeNaN();
  });

  it("in the clear: it ends no session and nobody leaves with it, and from a stranger it says nothing", () => {
    const clear = { exchange: 5, encrypted: false, at: 2, clear: { notifies: [14] } };
    const sa = saWith(0);
    informational(sa, 0, messageMade(clear), true);
    expect([sa.informationals[0], first(sa).starterInformationalAt]).toEqual([[], Number.NaN]);
    informational(sa, 1, answerMade(clear), false);
    expect([first(sa).otherInformationalAt, first(sa).otherNotify]).toEqual([Number.NaN, 0]);
    informational(sa, 1, answerMade(clear), true);
    expect([sa.informationals[1], first(sa).otherInformationalAt, first(sa).otherNotify]).toEqual([
      [],
      2e6,
      14,
    ]);
  });

  it("encrypted: it counts from a new address as well, and what it says is not read", () => {
    const sa = saWith(0);
    informational(sa, 1, answerMade({ exchange: 5, at: 2, clear: { notifies: [14] } }), false);
    expect([first(sa).otherInformationalAt, first(sa).otherNotify, sa.informationals[1]]).toEqual([
      2e6,
      0,
      [2e6],
    ]);
  });

  it("told by a log, it was encrypted or not", () => {
    const sa = saWith(0);
    informational(sa, 1, answerMade({ exchange: 5, at: 2, encrypted: false, logged: true }), true);
    expect(sa.informationals[1]).toEqual([2e6]);
  });

  it("concerns the latest sixteen quick modes", () => {
    const sa = saWith(...Array.from({ length: 17 }, (_, i) => i));
    informational(sa, 1, answerMade({ exchange: 5, at: 30 }), true);
    informational(sa, 0, messageMade({ exchange: 5, at: 31 }), true);
    noteNotifies(sa, 1, [14]);
    expect(sa.exchanges.map(({ otherInformationalAt }) => otherInformationalAt / SECOND)).toEqual([
      Number.NaN,
      ...Array.from({ length: 16 }, () => 30),
    ]);
    expect(
      sa.exchanges.map(({ starterLeftAt }) => Number.isNaN(starterLeftAt)).filter((each) => each),
    ).toHaveLength(1);
    expect(sa.exchanges[0].otherNotify).toBe(0);
  });
});

describe("a notify that can be read (4)", () => {
  const notified = (
    types: readonly number[],
    change: (exchange: Exchange) => void = () => {},
    side: 0 | 1 = 1,
  ) => {
    const sa = saWith(0);
    change(sa.exchanges[0]);
    noteNotifies(sa, side, types);
    return sa.exchanges[0].otherNotify;
  };

  it.each<[string, number, number]>([
    ["an error", notified([14]), 14],
    ["the least", notified([1]), 1],
    ["0 is none", notified([0]), 0],
    ["a status is none", notified([16_384]), 0],
    ["the greatest error", notified([16_383]), 16_383],
    ["none", notified([]), 0],
    ["one that tells more than INVALID-MESSAGE-ID", notified([9, 18]), 18],
    ["INVALID-MESSAGE-ID alone", notified([9]), 9],
    ["of the side that started it", notified([14], undefined, 0), 0],
    ["after the answer", notified([14], (each) => Object.assign(each, { replyAt: 1 })), 0],
    ["after the client gave up", notified([14], (each) => Object.assign(each, { starterLeftAt: 1 })), 0],
    ["a first one stays", notified([18], (each) => Object.assign(each, { otherNotify: 14 })), 14],
    ["but for INVALID-MESSAGE-ID", notified([18], (each) => Object.assign(each, { otherNotify: 9 })), 18],
  ])("%s", (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it("is read of a message in the clear", () => {
    const sa = saWith(0);
    readNotify(sa, 1, answerMade({ clear: { notifies: [14] } }));
    expect(sa.exchanges[0].otherNotify).toBe(14);
  });
});
