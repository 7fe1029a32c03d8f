import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import type { Exchange } from "../../src/ike/facts.ts";
import { judgeOutcomes } from "../../src/judgement/outcomes.ts";
import type { Peers } from "../../src/judgement/peers.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  exchangeMade,
  moment,
  peersFrom,
  peersMade,
  saMade,
  sessionMade,
  spiMade,
  UNSEEN,
} from "../support/facts-made.ts";

const MICRO = 1e-6;

/** A quick mode that nobody answered, with copies until 5 s after it, while the responder sent to others. */
const COPIES = { retransmissions: 3, lastRetransmissionAt: at(5), otherSentAt: at(1) };
const KEY = 7;
const ELSEWHERE = 8;

interface SessionOf {
  quickModes?: readonly Exchange[];
  /** Those that the responder started. */
  responders?: readonly Exchange[];
  key?: number;
}
const started = (seconds: number, fields: Partial<Exchange> = {}) =>
  exchangeMade({ firstAt: at(seconds), ...fields });
/** One that was answered so many seconds after T. */
const answered = (seconds: number, fields: Partial<Exchange> = {}) =>
  started(seconds - 1, { messageId: 2, replyAt: at(seconds), ...fields });

/** Judges the quick modes of sessions at one responder; by default without ESP. */
function judgedOf(list: readonly SessionOf[], peers: Peers = peersMade(), responderSeen = true) {
  const sessions: Session[] = list.map(({ quickModes = [], responders = [] }, index) =>
    sessionMade({
      index,
      quickModes,
      sa: saMade({ exchanges: [...quickModes, ...responders] } as never),
    }),
  );
  const keys = list.map(({ key = KEY }) => key);
  return { sessions, ...outcomesOf(sessions, keys, peers, responderSeen) };
}

function outcomesOf(
  sessions: readonly Session[],
  keys: readonly number[],
  peers: Peers,
  responderSeen = true,
) {
  return judgeOutcomes(sessions, {
    peers,
    keys: ({ index }) => [keys[index]],
    blind: keys.map(() => false),
    responderSeen,
    phase1Times: () => UNSEEN,
    captureEnd: moment(1_000),
    running: false,
  });
}

describe("ESP that begins is that of another quick mode on its endpoints (4)", () => {
  /** ESP both ways begins 20 s after a quick mode without an answer. */
  const began = peersMade([spiMade({ spi: 1, firstAt: at(20) })], [spiMade({ spi: 2, firstAt: at(20) })]);
  const unanswered = (fields: Partial<Exchange> = {}) => started(0, { ...COPIES, ...fields });
  function outcomeWith(others: readonly SessionOf[], fields: Partial<Exchange> = {}): string {
    const exchange = unanswered(fields);
    return judgedOf([{ quickModes: [exchange] }, ...others], began).outcomes.get(exchange)!;
  }
  const other = (seconds: number, fields: Partial<Exchange> = {}): SessionOf => ({
    quickModes: [answered(seconds, fields)],
  });
  const own = (seconds: number, fields: Partial<Exchange> = {}): SessionOf => ({
    responders: [answered(seconds, { starter: 1, ...fields })],
  });

  it.each<[string, readonly SessionOf[], string]>([
    ["there is no other: the ESP is its own", [], "answered"],
    ["another was answered after it", [other(10)], "unanswered"],
    ["at its first message", [other(0)], "unanswered"],
    ["before it, with no SPI begun since", [other(-4)], "unanswered"],
    ["within a second of its beginning, which the network may have swapped", [other(21)], "unanswered"],
    ["later than that: ESP that had begun is not explained by it", [other(21 + MICRO)], "answered"],
    ["on other endpoints", [{ ...other(10), key: ELSEWHERE }], "answered"],
    ["in another segment of the clock", [other(10, { segment: 1 })], "answered"],
    ["in an earlier segment", [other(10, { segment: -1 })], "answered"],
    ["it was not answered", [{ quickModes: [started(9, COPIES)] }], "answered"],
    ["its answer is stamped before its first message", [other(10, { firstAt: at(11) })], "answered"],
    [
      "its client sent its third message",
      [other(10, { replyAt: UNSEEN, followedReply: true })],
      "unanswered",
    ],
    [
      "its client sent a shorter message, which it can only after an answer",
      [other(10, { replyAt: UNSEEN, followedShorter: true })],
      "unanswered",
    ],
    ["the responder's own was answered", [own(10)], "unanswered"],
    [
      "the responder's own was answered by its first message's time",
      [own(10, { firstAt: at(10) })],
      "unanswered",
    ],
    ["the responder's own got no answer", [own(10, { replyAt: UNSEEN })], "answered"],
    ["the answer to the responder's own is stamped before it", [own(10, { firstAt: at(11) })], "answered"],
    ["the responder's own, on other endpoints", [{ ...own(10), key: ELSEWHERE }], "answered"],
    ["one long before it, and one in its time", [other(-400), other(10)], "unanswered"],
    ["in its time, and one later, in whatever order", [other(70), other(10)], "unanswered"],
    ["one long before it, and one later", [other(-400), other(70)], "answered"],
  ])("%s", (_, others, expected) => {
    expect(outcomeWith(others)).toBe(expected);
  });

  it("its own message on the SA is no other quick mode", () => {
    const exchange = unanswered();
    const asResponders = { ...exchange, starter: 1, replyAt: at(1) } as Exchange;
    const sessions = [{ quickModes: [exchange], responders: [asResponders] }];
    expect(judgedOf(sessions, began).outcomes.get(exchange)).toBe("answered");
  });

  it("ESP that another one began with is not what begins later", () => {
    const [first, second] = [started(-16, COPIES), unanswered()];
    const spi = (number: number, seconds: number) => spiMade({ spi: number, firstAt: at(seconds) });
    const peers = peersMade([spi(1, -15), spi(3, 20)], [spi(2, -14.9), spi(4, 20)]);
    const { outcomes } = judgedOf([{ quickModes: [first, second] }], peers);
    expect([outcomes.get(first), outcomes.get(second)]).toEqual(["answered", "answered"]);
  });

  it("or perhaps of an SA that comes later without its phase 1", () => {
    const later = (firstAt: number) => {
      const exchange = unanswered();
      const sessions = [
        sessionMade({ index: 0, quickModes: [exchange], sa: saMade({ exchanges: [exchange] }) }),
        sessionMade({ index: 1, begunBefore: true, sa: saMade({ firstAt: at(firstAt) }) }),
      ];
      return outcomesOf(sessions, [KEY, KEY], began).outcomes.get(exchange);
    };
    expect([later(1), later(0)]).toEqual(["unproven", "answered"]);
  });

  it("or of one that comes later to where a NAT moved it", () => {
    const afterMove = (spi: number, { firstAt = 20, ikeAt = 90 } = {}) => {
      const exchange = unanswered();
      const sessions = [
        sessionMade({ index: 0, quickModes: [exchange], sa: saMade({ exchanges: [exchange] }) }),
        sessionMade({ index: 1, begunBefore: true, sa: saMade({ firstAt: at(ikeAt) }) }),
      ];
      const peers = peersFrom([
        { spis: [spiMade({ spi: 1, firstAt: at(20) }), spiMade({ spi: 9, firstAt: at(firstAt) })] },
        { outgoing: true, spis: [spiMade({ spi: 2, firstAt: at(20) })] },
        { host: 2, spis: [spiMade({ spi, firstAt: at(80) })] },
      ]);
      return outcomesOf(sessions, [endpoint(1, 4_500), endpoint(2, 4_500)], peers).outcomes.get(exchange);
    };
    expect([afterMove(1), afterMove(9, { firstAt: 30 })]).toEqual(["unproven", "unproven"]);
    // Another session's, one of before the quick mode, and one that was there before it.
    expect([afterMove(5), afterMove(9, { firstAt: -1 }), afterMove(1, { ikeAt: -1 })]).toEqual([
      "answered",
      "answered",
      "answered",
    ]);
  });

  it("the first of two without an answer takes it, whatever the order of the IKE SAs", () => {
    const [first, second] = [started(-3, COPIES), unanswered()];
    for (const list of [
      [first, second],
      [second, first],
    ]) {
      const { outcomes } = judgedOf(
        list.map((exchange) => ({ quickModes: [exchange] })),
        began,
      );
      expect([outcomes.get(first), outcomes.get(second)]).toEqual(["answered", "unanswered"]);
    }
  });
});

describe("what became of the quick modes at a responder (4)", () => {
  it("each by its own, and when it was accepted", () => {
    const [completed, silent] = [
      started(0, { followedReply: true, replyAt: at(1) }),
      started(20, { ...COPIES, lastRetransmissionAt: at(25), otherSentAt: at(21) }),
    ];
    const { outcomes, acceptedAt } = judgedOf([{ quickModes: [silent, completed] }]);
    expect([completed, silent].map((each) => outcomes.get(each))).toEqual(["completed", "unanswered"]);
    expect([completed, silent].map((each) => acceptedAt.get(each))).toEqual([at(1), undefined]);
    expect([outcomes.get(started(0)), acceptedAt.get(started(0))]).toEqual([undefined, undefined]);
  });

  it("the first that was accepted of a session, if there is one", () => {
    const quickModes = [started(0, COPIES), answered(10, { segment: 1 }), answered(20, { segment: 1 })];
    const { firstAccepted, firstAcceptedOf, sessions } = judgedOf([
      { quickModes },
      { quickModes: [started(0)] },
    ]);
    expect([firstAcceptedOf(sessions[0]), firstAccepted(sessions[0])]).toEqual([
      quickModes[1],
      moment(10, 1),
    ]);
    expect([firstAcceptedOf(sessions[1]), firstAccepted(sessions[1])]).toEqual([null, null]);
  });

  it("a responder that was never seen is not judged", () => {
    const exchange = started(0, COPIES);
    expect(judgedOf([{ quickModes: [exchange] }], peersMade(), false).outcomes.get(exchange)).toBe(
      "unobserved",
    );
  });
});
