import { describe, expect, it } from "vitest";
import { at, moment, peersMade, saMade, spiMade, T, UNSEEN } from "../support/facts-made.ts";
import { judged, type OutcomeFields } from "../support/outcomes-made.ts";

const MICRO = 1e-6;
/** Behind a step of the clock. */
const LATER = Number.POSITIVE_INFINITY;

/** Copies after 1, 2 and 5 s, as Windows sends them, and the responder seen sending to others all along. */
const COPIES = { retransmissions: 3, lastRetransmissionAt: at(5), otherSentAt: at(1) };
const esp = (seconds: number, fields = {}) =>
  spiMade({ spi: 0xabc, firstAt: at(seconds), lastAt: at(seconds + 5), ...fields });
const bothWays = (seconds: number, fields = {}) => ({
  peers: peersMade([esp(seconds, fields)], [esp(seconds, { spi: 0xdef, ...fields })]),
});

/** Answered, with one copy after it, and given up 12 s later. */
const STAYED = { starterInformationalAt: UNSEEN, starterLeftAt: UNSEEN };
const left = {
  ...COPIES,
  replyAt: at(0.2),
  copiesAfterReply: 1,
  starterInformationalAt: at(12),
  starterLeftAt: at(12),
};

const BEFORE = { lifeAt: at(-400), sentAt: UNSEEN, espAt: UNSEEN, unheard: false };

/** ESP both ways begins after a quick mode of an SA whose first message in the capture came some seconds from it. */
function early(
  seconds: number,
  exchange: OutcomeFields["exchange"] = {},
  context: OutcomeFields["context"] = {},
): OutcomeFields {
  return {
    exchange: { ...COPIES, ...exchange },
    session: { begunBefore: true, sa: saMade({ phase1Seen: false, firstAt: at(seconds) }) },
    context: { ...bothWays(20), ...context },
  };
}

describe("outcome of a quick mode, the first rule that matches (4)", () => {
  it.each<[string, OutcomeFields, string]>([
    ["client, responder, client", { exchange: { followedReply: true, replyAt: at(1) } }, "completed"],
    ["the responder sent a message with this ID", { exchange: { replyAt: at(1) } }, "answered"],
    ["a second, shorter message of the client", { exchange: { followedShorter: true } }, "answered"],
    [
      "two copies after the answer, no third message, no ESP",
      { exchange: { ...COPIES, replyAt: at(0.2), copiesAfterReply: 2 } },
      "answer-unusable",
    ],
    [
      "one copy after it may have crossed",
      { exchange: { ...COPIES, replyAt: at(3), copiesAfterReply: 1 } },
      "answered",
    ],
    [
      "two copies after it, and ESP went both ways",
      { exchange: { ...COPIES, replyAt: at(0.2), copiesAfterReply: 2 }, context: bothWays(20) },
      "answered",
    ],
    [
      "two copies after it, and a shorter message of the client",
      { exchange: { ...COPIES, replyAt: at(0.2), copiesAfterReply: 2, followedShorter: true } },
      "answered",
    ],
    [
      "the answer came after the client gave up",
      { exchange: { ...COPIES, replyAt: at(40), starterInformationalAt: at(30), starterLeftAt: at(30) } },
      "answer-unusable",
    ],
    [
      "the client gave up, the clock stepped back, and the answer came behind that",
      { exchange: { ...COPIES, replyAt: at(-10), starterInformationalAt: at(12), starterLeftAt: at(12) } },
      "answer-unusable",
    ],
    [
      "the same, and ESP went on there",
      {
        exchange: { ...COPIES, replyAt: at(-10), starterInformationalAt: at(12), starterLeftAt: at(12) },
        context: bothWays(-8, { firstSegment: 1, lastSegment: 1 }),
      },
      "answered",
    ],
    ...(
      [
        ["the clock stepped back, the client gave up, and then the answer came", -11, 1, "answer-unusable"],
        ["the clock stepped back, the answer came, and then the client gave up", -9, 1, "answered"],
        ["the clock stepped back, and again behind the answer", -11, 2, "answered"],
      ] as const
    ).map(([what, left, lifeSegment, outcome]): [string, OutcomeFields, string] => [
      what,
      {
        exchange: { ...COPIES, replyAt: at(-10), starterInformationalAt: LATER, starterLeftAt: LATER },
        session: { sa: saMade({ informationals: [[at(left)], []], lifeSegment }) },
      },
      outcome,
    ]),
    [
      "the clock stepped back, the answer came behind that, and when the client gave up nobody knows",
      {
        exchange: {
          ...COPIES,
          replyAt: at(-10),
          starterInformationalAt: LATER,
          starterLeftAt: LATER,
        },
      },
      "answered",
    ],
    [
      "one copy after the answer, and the client left without a tunnel",
      { exchange: left },
      "answer-unusable",
    ],
    ["the same, where ESP cannot be seen", { exchange: left, context: { blind: true } }, "answered"],
    [
      "the same, where it had sent ESP",
      { exchange: left, context: { peers: peersMade([esp(2)], []) } },
      "answered",
    ],
    ["one copy after the answer, and the client stayed", { exchange: { ...left, ...STAYED } }, "answered"],
    [
      "the answer came at the moment of giving up",
      { exchange: { ...COPIES, replyAt: at(30), starterInformationalAt: at(30), starterLeftAt: at(30) } },
      "answered",
    ],
    [
      "the answer came late, and ESP went both ways within 60 s of it",
      {
        exchange: { ...COPIES, replyAt: at(40), starterInformationalAt: at(30), starterLeftAt: at(30) },
        context: bothWays(100),
      },
      "answered",
    ],
    [
      "the same, later than that",
      {
        exchange: { ...COPIES, replyAt: at(40), starterInformationalAt: at(30), starterLeftAt: at(30) },
        context: bothWays(100 + MICRO),
      },
      "answer-unusable",
    ],
    [
      "ESP of the client that begins before its last copy is of another quick mode",
      { exchange: { ...COPIES, otherInformationalAt: at(0.1) }, context: bothWays(4.5 - MICRO) },
      "refused",
    ],
    ["not where the copy was under way", { exchange: COPIES, context: bothWays(4.5 + MICRO) }, "answered"],
    [
      "nor where the responder alone was sooner",
      { exchange: COPIES, context: { peers: peersMade([esp(20)], [esp(2, { spi: 0xdef })]) } },
      "answered",
    ],
    ["new ESP both ways, its answer lost", { exchange: COPIES, context: bothWays(20) }, "answered"],
    ["the same, of an SA that began before the capture, which shows nothing earlier", early(0), "unproven"],
    ["the same, first seen a minute before", early(-60), "unproven"],
    ["the same, seen for longer", early(-60 - MICRO), "answered"],
    ["the same, and ESP had been there", early(0, { before: BEFORE }), "answered"],
    ["the same, where the responder is never seen", early(0, {}, { responderSeen: false }), "answered"],
    [
      "new ESP both ways, where an SA without phase 1 in the capture comes later",
      { exchange: COPIES, context: { ...bothWays(20), mayBeOfLater: () => true } },
      "unproven",
    ],
    [
      "the same, where the responder is never seen",
      { exchange: COPIES, context: { ...bothWays(20), mayBeOfLater: () => true, responderSeen: false } },
      "answered",
    ],
    ["ESP 60 s after the last copy", { exchange: COPIES, context: bothWays(65) }, "answered"],
    ["ESP later than that", { exchange: COPIES, context: bothWays(65 + MICRO) }, "unanswered"],
    ["ESP at the first message itself", { exchange: COPIES, context: bothWays(0) }, "unanswered"],
    [
      "ESP after the client gave up",
      {
        exchange: { ...COPIES, starterInformationalAt: at(19), starterLeftAt: at(19) },
        context: bothWays(20),
      },
      "unanswered",
    ],
    [
      "ESP from the client alone",
      { exchange: COPIES, context: { peers: peersMade([esp(20)], []) } },
      "unanswered",
    ],
    [
      "ESP to the client alone",
      { exchange: COPIES, context: { peers: peersMade([], [esp(20)]) } },
      "unanswered",
    ],
    [
      "ESP from the client alone, where the responder is never seen",
      { exchange: COPIES, context: { peers: peersMade([esp(20)], []), responderSeen: false } },
      "answered",
    ],
    [
      "an SPI that was there before goes on",
      {
        exchange: COPIES,
        context: {
          peers: peersMade(
            [esp(-20, { lastAt: at(-10) }), esp(20)],
            [esp(-20, { spi: 0xdef }), esp(20, { spi: 0xdef })],
          ),
        },
      },
      "unanswered",
    ],
    [
      "an SPI that the responder had chosen for another endpoint before: a NAT moved it here",
      { exchange: COPIES, context: { peers: { ...bothWays(20).peers, hadSpi: () => true } as never } },
      "unanswered",
    ],
    [
      "ESP in another segment of the clock",
      { exchange: COPIES, context: bothWays(20, { firstSegment: 1 }) },
      "unanswered",
    ],
    [
      "another quick mode on the endpoints explains the ESP",
      { exchange: COPIES, context: { ...bothWays(20), answeredWithin: () => true } },
      "unanswered",
    ],
    [
      "SPIs not captured, ESP after five minutes without",
      {
        exchange: {
          ...COPIES,
          espFromStarterAt: at(20),
          espFromOtherAt: at(21),
          before: { lifeAt: at(-301), sentAt: UNSEEN, espAt: at(-300 - MICRO), unheard: false },
        },
        context: bothWays(-400, { spi: 0 }),
      },
      "answered",
    ],
    [
      "SPIs not captured, ESP went on",
      {
        exchange: {
          ...COPIES,
          espFromStarterAt: at(20),
          espFromOtherAt: at(21),
          before: { lifeAt: at(-300), sentAt: UNSEEN, espAt: at(-300), unheard: false },
        },
        context: bothWays(-400, { spi: 0 }),
      },
      "unanswered",
    ],
    [
      "SPIs not captured, the first ESP of all",
      {
        exchange: { ...COPIES, espFromStarterAt: at(65), espFromOtherAt: at(21) },
        context: bothWays(20, { spi: 0 }),
      },
      "answered",
    ],
    [
      "SPIs not captured, ESP too late",
      {
        exchange: { ...COPIES, espFromStarterAt: at(66), espFromOtherAt: at(21) },
        context: bothWays(20, { spi: 0 }),
      },
      "unanswered",
    ],
    ["the responder is never seen", { exchange: COPIES, context: { responderSeen: false } }, "unobserved"],
    [
      "the capture ends within 5 s",
      { context: { captureEnd: moment(5) }, exchange: { otherSentAt: at(1) } },
      "pending",
    ],
    ["the capture goes on", { context: { captureEnd: moment(5 + MICRO) }, exchange: COPIES }, "unanswered"],
    [
      "the capture goes on after a step of the clock",
      { context: { captureEnd: moment(2, 1) }, exchange: COPIES },
      "unanswered",
    ],
    [
      "an Informational of the responder",
      { exchange: { ...COPIES, otherInformationalAt: at(1) } },
      "refused",
    ],
    [
      "an Informational after the client gave up is no answer",
      {
        exchange: {
          ...COPIES,
          otherInformationalAt: at(30),
          starterInformationalAt: at(20),
          starterLeftAt: at(20),
        },
      },
      "unanswered",
    ],
    [
      "an Informational at the moment of giving up",
      {
        exchange: {
          ...COPIES,
          otherInformationalAt: at(20),
          starterInformationalAt: at(20),
          starterLeftAt: at(20),
        },
      },
      "unanswered",
    ],
    [
      "an Informational after it, with which the responder deletes the SA",
      {
        exchange: {
          ...COPIES,
          otherInformationalAt: at(30),
          starterInformationalAt: at(20),
          starterLeftAt: at(20),
        },
        said: [[20], [30, 31]],
        lastFrom: at(31),
      },
      "refused",
    ],
    ["silence", { exchange: COPIES }, "unanswered"],
  ])("%s: %s", (_, row, outcome) => {
    expect(judged(row).outcome).toBe(outcome);
  });

  it.each<[string, OutcomeFields, number]>([
    ["completed: with the answer", { exchange: { followedReply: true, replyAt: at(3) } }, at(3)],
    [
      "the answer of a first message that was lost",
      { exchange: { followedReply: true, replyAt: UNSEEN } },
      T,
    ],
    ["an answer stamped before its question", { exchange: { replyAt: at(-1) } }, T],
    [
      "when ESP had begun in both directions",
      {
        exchange: COPIES,
        context: { peers: peersMade([esp(20)], [esp(22, { spi: 1 })]) },
      },
      at(22),
    ],
    [
      "the earliest of several new SPIs",
      {
        exchange: COPIES,
        context: { peers: peersMade([esp(30), esp(24, { spi: 9 })], [esp(22, { spi: 1 })]) },
      },
      at(24),
    ],
    [
      "when the gateway's log says so",
      { exchange: { ...COPIES, testimony: { acceptedAt: at(4) } as never } },
      at(4),
    ],
    ["not: unusable", { exchange: { ...COPIES, replyAt: at(0.2), copiesAfterReply: 2 } }, UNSEEN],
    ["not: silence", { exchange: COPIES }, UNSEEN],
    [
      "when its third message came, which follows an answer that the capture lost",
      { exchange: { ...COPIES, followedShorter: true, followedAt: at(6) } },
      at(6),
    ],
  ])("accepted: %s", (_, row, acceptedAt) => {
    expect(judged(row).acceptedAt).toBe(acceptedAt);
  });
});

describe("since when an answer of another quick mode explains the ESP (4)", () => {
  const since = (before: readonly (readonly [number, object?])[]) => {
    let from = UNSEEN;
    const sent = before.map(([seconds, fields = {}], i) => esp(seconds, { spi: 1 + i, ...fields }));
    judged({
      exchange: COPIES,
      context: {
        peers: peersMade([...sent, esp(20)], [esp(20, { spi: 0xdef })]),
        answeredWithin: (_, since) => {
          from = since;
          return false;
        },
      },
    });
    return from;
  };

  it.each<[string, number, number]>([
    ["as long as no SPI has begun: 60 s", since([]), -60],
    ["since the last that began", since([[-50], [-20], [-40]]), -20],
    ["at least 5 s", since([[-2]]), -5],
    ["one that began long before", since([[-90]]), -60],
    ["one of another segment of the clock says nothing", since([[-20, { firstSegment: -1 }]]), -60],
    ["nor does one that began with the first message", since([[0]]), -60],
    ["nor one that began after it", since([[30]]), -60],
    ["nor ESP whose SPI was not captured", since([[-20, { spi: 0 }]]), -60],
  ])("%s", (_, from, expected) => {
    expect(from).toBe(at(expected));
  });
});
