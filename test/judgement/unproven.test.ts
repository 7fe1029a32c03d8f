import { describe, expect, it } from "vitest";
import type { Exchange, Spi } from "../../src/ike/facts.ts";
import { deletedBy } from "../../src/judgement/outcome-facts.ts";
import {
  at,
  exchangeMade,
  moment,
  peersMade,
  saMade,
  sessionMade,
  spiMade,
  T,
  UNSEEN,
} from "../support/facts-made.ts";
import { judged, type OutcomeFields } from "../support/outcomes-made.ts";

const MICRO = 1e-6;

/** Copies after 1, 2 and 5 s, as Windows sends them, and the responder seen sending to others all along. */
const COPIES = { retransmissions: 3, lastRetransmissionAt: at(5), otherSentAt: at(1) };
const esp = (seconds: number, fields = {}) =>
  spiMade({ spi: 0xabc, firstAt: at(seconds), lastAt: at(seconds + 5), ...fields });
/** The responder sent last 13 s before; the client sends on from `since` to `last`. */
const intoTheVoid = (since: number, last: number, received = [esp(-60, { lastAt: at(-13) })]) =>
  peersMade(
    [esp(-60, { lastAt: at(last), unheardSince: at(since), unheardThirdAt: at(since + 2) })],
    received,
  );

interface AcrossStep {
  exchange?: Partial<Exchange>;
  sent?: Partial<Spi>;
  received?: readonly Spi[];
  /** Seconds until a later quick mode, which was answered. */
  answered?: number;
}

/** The clock stepped back some seconds after the last copy. */
function acrossStep({ exchange, sent, received, answered }: AcrossStep): OutcomeFields {
  const later = exchangeMade({ firstAt: at(answered ?? 0), replyAt: at(answered ?? 0) });
  const exchanges = answered === undefined ? [] : [later];
  const on = { lastAt: at(-3000), lastSegment: 1, unheardSince: at(-10), unheardThirdAt: at(2), ...sent };
  return {
    exchange: { ...COPIES, ...exchange },
    session: { sa: saMade({ lifeSegment: 1, exchanges }) },
    context: { peers: peersMade([esp(-60, on)], received ?? [esp(-60, { lastAt: at(-13) })]) },
  };
}

/** The clock stepped back before the first message, and the client sends ESP from 12 s before it to `last`. */
function behindStep(last: number, received: Spi): OutcomeFields {
  const on = { lastSegment: 1, unheardSince: at(-12), unheardThirdAt: at(-2) };
  return {
    exchange: { ...COPIES, segment: 1 },
    session: { sa: saMade({ lifeSegment: 1 }) },
    context: {
      peers: peersMade([esp(-60, { lastAt: at(last), ...on })], [received]),
      captureEnd: moment(1_000, 1),
    },
  };
}

describe("unproven (4)", () => {
  const long = { retransmissions: 3, lastRetransmissionAt: at(11), otherSentAt: at(0.5) };
  const copied = (otherSentAt: number, steady = true) => ({
    ...long,
    firstCopy: { at: at(1), steady, otherSentAt },
  });

  it.each<[string, OutcomeFields, string]>([
    [
      "phase 1 is not known to have finished",
      { exchange: COPIES, session: { finishedAt: UNSEEN } },
      "unproven",
    ],
    [
      "phase 1 finished, but not with this address",
      { exchange: COPIES, session: { sa: saMade({ isTwoWayFrom: () => false }) } },
      "unproven",
    ],
    [
      "a log told of it, which has no content",
      { exchange: COPIES, session: { sa: saMade({ logged: true }) } },
      "unproven",
    ],
    [
      "phase 1 long ago, the responder silent to all",
      { exchange: { ...COPIES, otherSentAt: UNSEEN }, session: { finishedAt: at(-60 - MICRO) } },
      "unproven",
    ],
    [
      "phase 1 a minute ago shows the responder as well",
      { exchange: { ...COPIES, otherSentAt: UNSEEN }, session: { finishedAt: at(-60) } },
      "unanswered",
    ],
    [
      "phase 1 long ago, the responder sent to somebody 60 s after the last copy",
      { exchange: { ...COPIES, otherSentAt: at(65) }, session: { finishedAt: at(-61) } },
      "unanswered",
    ],
    [
      "later than that",
      { exchange: { ...COPIES, otherSentAt: at(65 + MICRO) }, session: { finishedAt: at(-61) } },
      "unproven",
    ],
    [
      "phase 1 before the capture is long ago",
      { exchange: { ...COPIES, otherSentAt: UNSEEN }, session: { finishedAt: at(-5), begunBefore: true } },
      "unproven",
    ],
    [
      "phase 1 before the clock stepped back is nobody knows how long ago",
      {
        exchange: { ...COPIES, segment: 1, otherSentAt: UNSEEN },
        session: { finishedAt: at(-5), sa: saMade({ lifeSegment: 1 }) },
        context: { captureEnd: moment(1_000, 1) },
      },
      "unproven",
    ],
    [
      "the responder sent steadily and then to nobody for 10 s",
      { exchange: copied(at(12 + MICRO)) },
      "unproven",
    ],
    ["a second after the last copy it sent", { exchange: copied(at(12)) }, "unanswered"],
    ["it never sent again", { exchange: copied(UNSEEN) }, "unproven"],
    [
      "it sent again behind a step of the clock, how soon nobody knows",
      { exchange: copied(Number.POSITIVE_INFINITY) },
      "unanswered",
    ],
    [
      "copies over less than 10 s",
      { exchange: { ...copied(at(30)), lastRetransmissionAt: at(11 - MICRO) } },
      "unanswered",
    ],
    ["the responder had not been sending steadily", { exchange: copied(at(30), false) }, "unanswered"],
    [
      "its ESP to this client had stopped before, and the client sent on into the void over it",
      { exchange: COPIES, context: { peers: intoTheVoid(-12, 10) } },
      "unproven",
    ],
    [
      "the same, and the client gave up and came again, with ESP both ways",
      {
        exchange: { ...COPIES, starterInformationalAt: at(12), starterLeftAt: at(12) },
        context: { peers: intoTheVoid(-12, 10, [esp(-60, { lastAt: at(-13) }), esp(30, { spi: 0xdef })]) },
      },
      "unproven",
    ],
    [
      "the client told something else after it, a NAT moved it, and it sent on into the void from another port",
      {
        exchange: { ...COPIES, starterInformationalAt: at(4), starterLeftAt: at(4) },
        context: {
          peers: peersMade(
            [
              esp(-60, { lastAt: at(3), unheardSince: at(3) }),
              esp(17, { lastAt: at(40), unheardSince: at(17), unheardThirdAt: at(30) }),
            ],
            [esp(-60, { lastAt: at(-13) })],
          ),
        },
      },
      "unproven",
    ],
    [
      "the client gave up, came again, and then sent into the void",
      {
        exchange: { ...COPIES, starterInformationalAt: at(12), starterLeftAt: at(12) },
        lastFrom: at(-1),
        context: {
          peers: peersMade(
            [esp(30, { lastAt: at(90), unheardSince: at(50), unheardThirdAt: at(60) })],
            [esp(30, { lastAt: at(45) })],
          ),
        },
      },
      "unanswered",
    ],
    [
      "its ESP had stopped, and the client sent on, but for less than 20 s",
      { exchange: COPIES, context: { peers: intoTheVoid(-12, 8 - MICRO) } },
      "unanswered",
    ],
    [
      "the same, but the responder sent on the SA after the first message",
      { exchange: COPIES, lastFrom: at(1), context: { peers: intoTheVoid(-12, 10) } },
      "unanswered",
    ],
    [
      "the same before a step of the clock, and not behind it",
      {
        exchange: { ...COPIES, segment: 1 },
        session: { sa: saMade({ lifeSegment: 1 }) },
        context: {
          peers: peersMade(
            [esp(50, { lastAt: at(90), unheardSince: at(50), unheardThirdAt: at(60) })],
            [esp(-60, { firstSegment: 1, lastAt: at(-13), lastSegment: 1 })],
          ),
          captureEnd: moment(1_000, 1),
        },
      },
      "unanswered",
    ],
    [
      "it stopped before a step of the clock, later by its time, and behind that the client sent on into the void",
      behindStep(10, esp(-60, { lastAt: at(3000) })),
      "unproven",
    ],
    ["the same, for less than 20 s", behindStep(8 - MICRO, esp(-60, { lastAt: at(3000) })), "unanswered"],
    [
      "the same, and it sent on behind another step",
      behindStep(10, esp(-60, { lastAt: at(-4000), lastSegment: 2 })),
      "unanswered",
    ],
    [
      "the responder never sent ESP to this client",
      { exchange: COPIES, context: { peers: intoTheVoid(-12, 10, []) } },
      "unanswered",
    ],
    ...(
      [
        ["its ESP had stopped before, and the client sent on across a step of the clock", {}, "unproven"],
        ["the same, and an Informational came", { exchange: { otherInformationalAt: at(2) } }, "refused"],
        ["the same, and it answered a later quick mode", { answered: 12 }, "unanswered"],
        [
          "the same, and its ESP came again",
          { received: [esp(-60, { lastAt: at(-3000), lastSegment: 1 })] },
          "unanswered",
        ],
        [
          "the same, and ESP of a later session came",
          {
            received: [
              esp(-60, { lastAt: at(-13) }),
              esp(-3000, { spi: 0xdef, firstSegment: 1, lastSegment: 1 }),
            ],
          },
          "unproven",
        ],
        ["the same, but two packets alone", { sent: { unheardThirdAt: UNSEEN } }, "unanswered"],
        ["the same, but not across the step", { sent: { lastSegment: 0 } }, "unanswered"],
      ] as [string, AcrossStep, string][]
    ).map(([what, across, outcome]): [string, OutcomeFields, string] => [what, acrossStep(across), outcome]),
    [
      "its ESP to this client had stopped before",
      { exchange: { ...COPIES, before: { ...exchangeMade().before, unheard: true } } },
      "unproven",
    ],
    ["no copy, and the client stayed", { exchange: { otherSentAt: at(1) } }, "unproven"],
    [
      "no copy, and the client gave up within 3 s",
      { exchange: { otherSentAt: at(1), starterInformationalAt: at(3) } },
      "unanswered",
    ],
    [
      "no copy, and the client gave up later",
      {
        exchange: { otherSentAt: at(1), starterInformationalAt: at(3 + MICRO), starterLeftAt: at(3 + MICRO) },
      },
      "unproven",
    ],
    [
      "no copy, and the responder deleted the SA",
      { exchange: { otherSentAt: at(1), otherInformationalAt: at(8) }, said: [[], [8, 9]], lastFrom: at(9) },
      "refused",
    ],
    [
      "no copy, an Informational of the responder within 1 s",
      { exchange: { otherSentAt: at(1), otherInformationalAt: at(1) } },
      "refused",
    ],
    [
      "the same, later",
      { exchange: { otherSentAt: at(1), otherInformationalAt: at(1 + MICRO) } },
      "unproven",
    ],
    [
      "the same on a blind SA, where ESP could not be seen",
      { exchange: { otherSentAt: at(1), otherInformationalAt: at(1) }, context: { blind: true } },
      "unproven",
    ],
    [
      "the same, and ESP of the client followed",
      {
        exchange: { otherSentAt: at(1), otherInformationalAt: at(1) },
        context: { peers: peersMade([esp(-50, { lastAt: at(30) })], []) },
      },
      "unproven",
    ],
    [
      "the same, and it sent ESP before a step of the clock, later by its time",
      {
        exchange: { segment: 1, otherSentAt: at(1), otherInformationalAt: at(1) },
        session: { sa: saMade({ lifeSegment: 1 }) },
        context: {
          peers: peersMade([esp(-50, { lastAt: at(30) })], []),
          captureEnd: moment(1_000, 1),
        },
      },
      "refused",
    ],
  ])("%s: %s", (_, row, outcome) => {
    expect(judged(row).outcome).toBe(outcome);
  });
});

describe("the responder deletes the SA (4)", () => {
  const by = (
    times: readonly number[],
    last: number,
    fields: Parameters<typeof saMade>[0] = {},
    exchange = exchangeMade(),
  ) =>
    deletedBy(
      sessionMade({
        sa: saMade({ informationals: [[], times.map(at)], lastFromAt: [UNSEEN, at(last)], ...fields }),
      }),
      exchange,
    );

  it("by two Informationals within 5 s, then nothing more of it", () => {
    expect(by([2, 7], 7)).toBe(at(2));
    expect(by([0, 1], 1)).toBe(T);
    expect(by([2, 7 + MICRO], 8)).toBeNaN();
    expect(by([2, 3], 7)).toBe(at(2));
    expect(by([2, 3], 7 + MICRO)).toBeNaN();
    expect(by([2], 2)).toBeNaN();
    expect(by([-2, -1], -1)).toBeNaN();
    expect(by([2, 3], 3, { lifeSegment: 1 })).toBeNaN();
  });

  it("not the quick mode's where it answered another one since, as of a pair", () => {
    expect(by([2, 3], 3, { exchanges: [exchangeMade({ replyAt: T })] })).toBeNaN();
    // One of before the clock stepped back is earlier, whatever its time.
    const stepped = { lifeSegment: 1, exchanges: [exchangeMade({ firstAt: at(900), replyAt: at(900) })] };
    expect(by([2, 3], 3, stepped, exchangeMade({ segment: 1 }))).toBe(at(2));
    expect(by([2, 3], 3, { exchanges: [exchangeMade({ replyAt: at(-1) }), exchangeMade()] })).toBe(at(2));
  });
});
