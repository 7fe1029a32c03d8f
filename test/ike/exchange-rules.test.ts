import { describe, expect, it } from "vitest";
import { asStartedBy, Exchange, isPrompt } from "../../src/ike/exchange.ts";
import { informational, noteNotifies, phase1, readNotify } from "../../src/ike/exchange-rules.ts";
import { QuickModes } from "../../src/ike/quick-modes.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { VendorLists } from "../../src/ike/vendor-lists.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { answerMade, type MessageFields, messageMade } from "../support/message-made.ts";

const MICRO = 1e-6;

/** An IKE SA with quick modes of the client, begun at these seconds. */
function saWith(...begun: readonly number[]): IkeSa {
  const sa = new IkeSa(0, messageMade());
  begun.forEach((at, i) => {
    sa.addExchange(new Exchange(messageMade({ at, messageId: i + 1 }), 0));
  });
  return sa;
}

describe("phase 1 as its messages come (RFC 2409 5.1 to 5.4)", () => {
  const phase1Of = (...messages: readonly [0 | 1, MessageFields][]) => {
    const sa = new IkeSa(0, messageMade());
    const lists = new VendorLists();
    for (const [side, fields] of messages)
      phase1(sa, side, messageMade({ exchange: 2, messageId: 0, ...fields }), lists);
    return sa;
  };
  const clear = { encrypted: false };

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
      [0, { ...clear, clear: { vendorIds: ["aa"], lifeSeconds: 28_800, hash: 1 } }],
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
    expect(sa.vendorIds).toEqual([["aa", "cc"], ["bb"]]);
    expect(sa.lifeSeconds).toEqual([28_800, 3_600]);
    // What the responder chose, not what the client offered.
    expect(sa.hash).toBe(2);
    expect(sa.natDiscovery).toBe(true);
    expect(sa.natHashes).toEqual([[1, 2], null]);
  });

  it("NAT-D hashes of a side that contradict each other name nobody", () => {
    const natd = (natHashes: number[]): [0, MessageFields] => [
      0,
      { ...clear, clear: { natDiscovery: 1, natHashes } },
    ];
    expect(phase1Of(natd([1, 2]), natd([1, 2])).natHashes[0]).toEqual([1, 2]);
    expect(phase1Of(natd([1, 2]), natd([1, 3])).natHashes[0]).toEqual([]);
    expect(phase1Of(natd([1, 2]), natd([1, 2, 3, 4])).natHashes[0]).toEqual([]);
    expect(phase1Of(natd([1, 2]), natd([1, 3]), natd([1, 2])).natHashes[0]).toEqual([]);
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

describe("a quick mode as its messages come (4)", () => {
  const before = { espAt: 4, lifeAt: 9, isUnheard: true, isSteady: true };
  function quickModes(isLeftOut = false) {
    const watched: [number, boolean][] = [];
    const flows = {
      rowOf: (from: number, to: number, overIp: boolean) => (from < to ? 10 : 20) + (overIp ? 1 : 0),
      lastIn: (row: number) => (row < 20 ? before.lifeAt : 3),
      lastEspAt: (row: number) => (row < 20 ? 2 : before.espAt),
      isUnheard: (row: number) => row < 20 && before.isUnheard,
      watch: (row: number, _: Exchange, fromStarter: boolean) => watched.push([row, fromStarter]),
    };
    const awaited: number[] = [];
    const hosts = {
      watch: (host: number) => awaited.push(host),
      activity: { isSteady: (host: number) => host === 3 },
    };
    const context = { table: { parts: 0 }, isLeftOut: () => isLeftOut };
    return {
      watched,
      awaited,
      context,
      quickModes: new QuickModes(flows as never, hosts as never, context as never),
    };
  }
  function played(...messages: readonly [0 | 1, MessageFields][]) {
    const sa = new IkeSa(0, messageMade());
    const { quickModes: own } = quickModes();
    const repeated = messages.map(([side, fields]) =>
      own.take(sa, side, side === 0 ? messageMade(fields) : answerMade(fields)),
    );
    return { exchange: sa.exchanges[0], repeated };
  }

  it("begins with what its endpoints looked like, and waits for ESP and the responder", () => {
    const sa = new IkeSa(0, messageMade());
    const { quickModes: own, watched, awaited, context } = quickModes();
    expect(own.take(sa, 0, messageMade({ at: 5 }))).toBe(false);
    expect(sa.exchanges[0].before).toEqual({ lifeAt: 9, espAt: 4, unheard: true, steady: true });
    // On port 500 ESP comes over IP, on 4500 in UDP.
    expect(watched).toEqual([
      [11, true],
      [21, false],
    ]);
    expect([awaited, context.table.parts]).toEqual([[3], 1]);
    own.take(sa, 0, messageMade({ messageId: 2, natTraversal: true }));
    expect(watched.slice(2)).toEqual([
      [10, true],
      [20, false],
    ]);
  });

  it("client, responder, client", () => {
    const { exchange, repeated } = played([0, {}], [1, { at: 1 }], [0, { at: 2, content: 3, length: 60 }]);
    expect(exchange).toMatchObject({
      starter: 0,
      replyAt: 1e6,
      replyLength: 170,
      followedReply: true,
      followedShorter: true,
      followedAt: 2e6,
      followedLength: 60,
    });
    expect([repeated, exchange.retransmissions]).toEqual([[false, false, false], 0]);
  });

  it("the first answer counts, and the first of what follows", () => {
    const { exchange } = played(
      [0, {}],
      [1, { at: 1 }],
      [1, { at: 4, length: 99 }],
      [0, { at: 5, content: 3 }],
      [0, { at: 6, content: 4, length: 60 }],
    );
    expect(exchange).toMatchObject({ replyAt: 1e6, replyLength: 170, followedAt: 5e6, followedLength: 300 });
  });

  it("a second message without an answer is no third", () => {
    const { exchange } = played([0, {}], [0, { at: 2, content: 3, length: 300 }]);
    expect([exchange.followedReply, exchange.followedShorter]).toEqual([false, false]);
    expect(played([0, {}], [0, { content: 3, length: 299 }]).exchange.followedShorter).toBe(true);
  });

  it("the same again is a retransmission; later than half a second after the answer it shows that of no use", () => {
    const { exchange, repeated } = played(
      [0, {}],
      [0, { at: 1, frame: 5 }],
      [1, { at: 2 }],
      [0, { at: 2.5, frame: 7 }],
      [0, { at: 2.500001, frame: 9 }],
    );
    expect([exchange.retransmissions, exchange.copiesAfterReply]).toEqual([3, 1]);
    expect([exchange.lastRetransmissionAt, exchange.lastRetransmission?.frame]).toEqual([2_500_001, 9]);
    expect(repeated).toEqual([false, true, false, true, true]);
  });

  it("a log tells neither lengths nor copies", () => {
    const { exchange, repeated } = played(
      [0, {}],
      [0, { logged: true, at: 1 }],
      [1, { logged: true, at: 2 }],
    );
    expect([exchange.retransmissions, exchange.followedShorter, repeated[1]]).toEqual([0, false, false]);
    expect([exchange.replyAt, exchange.replyLength]).toEqual([2e6, Number.NaN]);
  });

  it("of an IKE SA that somebody else keeps nothing is kept; 1,024 of one that is kept", () => {
    const sa = new IkeSa(0, messageMade());
    quickModes(true).quickModes.take(sa, 0, messageMade());
    expect(sa.exchanges).toEqual([]);
    const { quickModes: own } = quickModes();
    for (let messageId = 1; messageId <= 1_026; messageId += 1) own.take(sa, 0, messageMade({ messageId }));
    expect([sa.exchanges.length, own.evicted]).toEqual([1_024, 2]);
  });
});

describe("a quick mode of which the capture lost the first message (4)", () => {
  const lost = (fields: Partial<Exchange>) =>
    asStartedBy(
      Object.assign(new Exchange(answerMade({ at: 7, length: 170 }), 1), {
        replyLength: 60,
        espFromStarterAt: 1,
        espFromOtherAt: 2,
        retransmissions: 2,
        copiesAfterReply: 1,
        ...fields,
      }),
      0,
    );

  it("is the client's when its next message is at most half as long and nothing else comes", () => {
    expect(lost({})).toMatchObject({
      starter: 0,
      replyAt: 7 * SECOND,
      retransmissions: 0,
      copiesAfterReply: 0,
      espFromStarterAt: 2,
      espFromOtherAt: 1,
    });
    expect(lost({ replyLength: 85 })).not.toBe(null);
    expect(lost({ replyLength: 85 + MICRO })).toBe(null);
    expect(lost({ replyLength: Number.NaN })).toBe(null);
    expect(lost({ followedReply: true })).toBe(null);
    expect(lost({ followedShorter: true })).toBe(null);
    expect(lost({ followedLength: 100 })).toBe(null);
  });
});
