import { describe, expect, it } from "vitest";
import { asStartedBy, Exchange } from "../../src/ike/exchange.ts";
import { BegunQuickModes } from "../../src/ike/begun-quick-modes.ts";
import { QuickModes } from "../../src/ike/quick-modes.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { answerMade, type MessageFields, messageMade } from "../support/message-made.ts";

const MICRO = 1e-6;

describe("a quick mode as its messages come (4)", () => {
  const before = { espAt: 4, lifeAt: 9, isUnheard: true, isSteady: true };
  function quickModes(isLeftOut = false, there = 10) {
    const watched: [from: number, to: number, overIp: boolean][] = [];
    const asked: number[] = [];
    const flows = {
      find: (from: number, to: number) => (from < to ? there : 20),
      lastIn: (row: number) => (row < 0 ? Number.NaN : row < 20 ? before.lifeAt : 3),
      lastEspAt: (row: number) => (row < 0 ? Number.NaN : row < 20 ? 2 : before.espAt),
      isUnheard: (row: number, _: number, knownAt: number) => {
        asked.push(knownAt);
        return row >= 0 && row < 20 && before.isUnheard;
      },
      watch: ({ from }: Exchange, to: number, overIp: boolean) => watched.push([from, to, overIp]),
    };
    const awaited: number[] = [];
    const hosts = {
      watch: (host: number) => awaited.push(host),
      activity: { isSteady: (host: number) => host === 3 },
      unwatched: new Int32Array(1),
    };
    const begun = new BegunQuickModes(flows as never, hosts as never, null as never);
    const context = { table: { parts: 0, pools: {} }, isLeftOut: () => isLeftOut, begun };
    return {
      watched,
      asked,
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
    expect(sa.exchanges[0].before).toEqual({ lifeAt: 9, sentAt: 9, espAt: 4, unheard: true });
    // On port 500 ESP comes over IP, on 4500 in UDP.
    const { from, to } = messageMade();
    expect(watched).toEqual([[from, to, true]]);
    expect([awaited, context.table.parts]).toEqual([[3], 1]);
    own.take(sa, 1, answerMade({ messageId: 7 }));
    expect(sa.exchanges[1].before).toMatchObject({ lifeAt: 9, sentAt: 3 });
    own.take(sa, 0, messageMade({ messageId: 2, natTraversal: true }));
    expect(watched.slice(1)).toEqual([
      [to, from, true],
      [from, to, false],
    ]);
  });

  it("knows what one side sent before where nothing came from the other", () => {
    const sa = new IkeSa(0, messageMade());
    quickModes(false, -1).quickModes.take(sa, 0, messageMade());
    expect(sa.exchanges[0].before).toMatchObject({ lifeAt: 3, sentAt: Number.NaN, espAt: 4 });
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

  it("asks whether the client was unheard since the responder last sent on this IKE SA", () => {
    const sa = new IkeSa(0, messageMade());
    const { quickModes: own, asked } = quickModes();
    sa.noteLife(0, 9e6, 0);
    sa.noteLife(1, 7e6, 0);
    own.take(sa, 0, messageMade({ at: 9 }));
    own.take(sa, 1, messageMade({ at: 10, messageId: 2 }));
    expect(asked).toEqual([7e6, 9e6]);
  });

  it("so does one behind a step of the clock, by which nobody knows how much later it is", () => {
    const behind = { at: -900, segment: 1 };
    const { exchange } = played([0, {}], [1, { at: 2 }], [0, behind], [0, behind]);
    expect([exchange.retransmissions, exchange.copiesAfterReply]).toEqual([2, 2]);
    expect(played([0, {}], [0, behind]).exchange.copiesAfterReply).toBe(0);
  });

  it("keeps how steadily the responder had sent when the first copy came, and waits for it once more", () => {
    const sa = new IkeSa(0, messageMade());
    const { quickModes: own, awaited } = quickModes();
    for (const at of [0, 1, 3]) own.take(sa, 0, messageMade({ at }));
    expect(sa.exchanges[0].firstCopy).toEqual({ at: 1e6, steady: true, otherSentAt: Number.NaN });
    expect(awaited).toEqual([3, 3]);
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
