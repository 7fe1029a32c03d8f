import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/ike/facts.ts";
import type { Claim } from "../../src/judgement/claims.ts";
import { isInUse, wasGivenUp } from "../../src/judgement/in-use.ts";
import type { Life } from "../../src/judgement/life.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  peersMade,
  saMade,
  sessionMade,
  spiMade,
  T,
} from "../support/facts-made.ts";

const MICRO = 1e-6;
const FIRST = { micros: 0, nanos: 0, frame: 9, source: 0 };
interface Use {
  exchange?: Exchange;
  others?: readonly [Exchange, Outcome][];
  spis?: readonly ReturnType<typeof spiMade>[];
  claim?: Partial<Claim>;
  life?: Partial<Life>;
  blind?: boolean;
  outcome?: Outcome;
  sa?: Parameters<typeof saMade>[0];
  /** The quick modes are in order as they are given. */
  inOrder?: boolean;
}
const held = exchangeMade({ firstAt: at(-50) });
function claimMade({
  exchange = held,
  others = [],
  spis = [],
  claim = {},
  life = {},
  blind = false,
  outcome = "completed",
  sa = {},
  inOrder = false,
}: Use): Claim {
  const all: [Exchange, Outcome][] = [[exchange, outcome], ...others];
  // A session's quick modes are in the order of their first messages.
  if (!inOrder) all.sort(([a], [b]) => a.firstAt - b.firstAt);
  const clientSa = clientSaMade(
    {
      session: sessionMade({ sa: saMade(sa), quickModes: all.map(([each]) => each) }),
      lifespan: lifespanMade({ blind, life: lifeMade({ lastAt: at(60), ...life }) }),
      peers: peersMade([], spis),
    },
    all,
  );
  const made = {
    clientSa,
    exchange,
    since: at(-50),
    segment: 0,
    acceptedAt: at(-50),
    implied: false,
    sureFrom: at(-50),
  };
  return { ...made, ...claim };
}
/** An SPI of the responder's, from the quick mode to after t. */
const sending = (fields: Parameters<typeof spiMade>[0] = {}) => [
  spiMade({ firstAt: at(-49), lastAt: at(1), ...fields }),
];

describe("in use (6.7)", () => {
  const used = (fields: Use) => isInUse(claimMade(fields), moment(0));
  const second = exchangeMade({ firstAt: at(-50), messageId: 2 });
  const lost = exchangeMade({ firstAt: at(-49.98), replyAt: at(-49.98), first: { ...FIRST, frame: 8 } });

  it.each<[string, Use, boolean]>([
    ["the responder still sends on its SPI after t", { spis: sending() }, true],
    ["it sent on it at t for the last time", { spis: sending({ lastAt: T }) }, false],
    [
      "its last packet came before the clock stepped back to t",
      { spis: sending({ lastSegment: -1 }) },
      false,
    ],
    [
      "it still sends after the clock stepped back, at an earlier time",
      { spis: sending({ lastAt: at(-40), lastSegment: 1 }), life: { segment: 1 } },
      true,
    ],
    ["the SPI began before the quick mode", { spis: sending({ firstAt: at(-51) }) }, false],
    ["the SPI began with it", { spis: sending({ firstAt: at(-50) }) }, true],
    ["the SPI is of another segment", { spis: sending({ firstSegment: 1 }) }, false],
    [
      "the SPI is of another segment, in which the SA lived on",
      { spis: sending({ firstSegment: 1, lastSegment: 1 }), life: { segment: 1 } },
      false,
    ],
    [
      "the SPI began after the SA's life: another session's",
      { spis: sending({ firstAt: at(-10), lastAt: at(2) }), life: { lastAt: at(-11) } },
      false,
    ],
    [
      "the SPI began with a later quick mode",
      {
        spis: sending({ firstAt: at(-19) }),
        others: [[exchangeMade({ firstAt: at(-20), messageId: 2 }), "completed"]],
      },
      false,
    ],
    [
      "a later quick mode was refused: it began none",
      {
        spis: sending({ firstAt: at(-19) }),
        others: [[exchangeMade({ firstAt: at(-20), messageId: 2 }), "refused"]],
      },
      true,
    ],
    [
      "the SPI began before a later quick mode",
      {
        spis: sending(),
        others: [[exchangeMade({ firstAt: at(-20), messageId: 2 }), "completed"]],
      },
      true,
    ],
    [
      "the SPI began with a quick mode of the responder's",
      {
        spis: sending({ firstAt: at(-19) }),
        sa: {
          exchanges: [
            exchangeMade({
              starter: 1,
              firstAt: at(-20),
              replyAt: at(-20),
              first: FIRST,
            }),
          ],
        },
      },
      false,
    ],
    [
      "an earlier quick mode of the responder's began none",
      {
        spis: sending(),
        sa: {
          exchanges: [
            exchangeMade({
              starter: 1,
              firstAt: at(-60),
              replyAt: at(-60),
              first: FIRST,
            }),
          ],
        },
      },
      true,
    ],
    [
      "one of the responder's that got no answer began none",
      {
        spis: sending({ firstAt: at(-19) }),
        sa: {
          exchanges: [
            exchangeMade({
              starter: 1,
              firstAt: at(-20),
              first: FIRST,
            }),
          ],
        },
      },
      true,
    ],
    [
      "the other one of its pair, whose first message was lost, is not the responder's",
      {
        exchange: lost,
        others: [[second, "completed"]],
        inOrder: true,
        claim: { exchange: second },
        spis: sending({ firstAt: at(-49.9) }),
        sa: { exchanges: [second, { ...lost, starter: 1, replyAt: at(-49.96) } as Exchange] },
      },
      true,
    ],
    ["a conclusion is never in use", { spis: sending(), claim: { implied: true } }, false],
    ["nor what no quick mode shows", { spis: sending(), claim: { exchange: null } }, false],
    ["nor what ended before the clock stepped back", { spis: sending(), life: { segment: -1 } }, false],
    ["nor what was not seen accepted", { spis: sending(), outcome: "pending" }, false],
    ["SPIs not captured: its latest quick mode", { spis: sending({ spi: 0, lastAt: at(-20) }) }, true],
    ["blind: SPIs of others say nothing", { blind: true, spis: sending({ lastAt: at(-20) }) }, true],
    [
      "no SPIs: a later quick mode of the client",
      { others: [[exchangeMade({ firstAt: at(-20), messageId: 2 }), "completed"]] },
      false,
    ],
    [
      "no SPIs: one after t changes nothing",
      { others: [[exchangeMade({ firstAt: at(20), messageId: 2 }), "completed"]] },
      true,
    ],
    [
      "no SPIs: one at t changes nothing",
      { others: [[exchangeMade({ firstAt: T, messageId: 2 }), "completed"]] },
      true,
    ],
    ["no SPIs: an Informational of the client since", { sa: { informationals: [[at(-9)], []] } }, false],
    ["no SPIs: an Informational of the responder since", { sa: { informationals: [[], [at(-9)]] } }, false],
    ["no SPIs: an Informational before it", { sa: { informationals: [[at(-50)], []] } }, true],
    ["no SPIs: an Informational at t", { sa: { informationals: [[T], []] } }, true],
    [
      "no SPIs: the clock stepped back since, and what Informationals there were is not known",
      { sa: { lifeSegment: 1 }, life: { segment: 1 } },
      true,
    ],
    [
      "no SPIs: a quick mode behind the step is later, whatever its time",
      {
        others: [[exchangeMade({ firstAt: at(-30), segment: 1, messageId: 2 }), "completed"]],
        sa: { lifeSegment: 1 },
        life: { segment: 1 },
      },
      true,
    ],
  ])("%s", (_, fields, expected) => {
    expect(used(fields)).toBe(expected);
  });

  it("no SPIs: an Informational behind a step of the clock is since, whatever its time", () => {
    const stepped: Use = { sa: { lifeSegment: 1, informationals: [[at(-60)], []] }, life: { segment: 1 } };
    expect(isInUse(claimMade(stepped), moment(0, 1))).toBe(false);
    expect(isInUse(claimMade(stepped), moment(-70, 1))).toBe(true);
  });

  it.each<[string, number, readonly number[], boolean]>([
    ["the Delete of the first one's SA within 3 s", 1, [-47], true],
    ["later than 3 s", 1, [-47 + MICRO], false],
    ["two Informationals", 1, [-48, -47], false],
    ["no pair: more than a second apart", 1 + MICRO, [-49], false],
    ["none", 1, [], true],
  ])("a pair of quick modes, no SPIs: %s", (_, apart, deletes, expected) => {
    const second = exchangeMade({ firstAt: at(-50), messageId: 2 });
    const first = exchangeMade({ firstAt: at(-50 - apart), messageId: 1 });
    const sa = { informationals: [deletes.map(at), []] as [number[], number[]] };
    expect(used({ exchange: second, others: [[first, "completed"]], sa })).toBe(expected);
  });
});

describe("what the ID was used for is known to have gone (6.8)", () => {
  const givenUp = (fields: Use) => wasGivenUp(claimMade(fields), moment(0));
  /** The quick mode that Windows behind a NAT starts with it, and the SPI that began with that one. */
  const paired = (seconds: number, spiAt: number, segment = 0): Use => ({
    others: [[exchangeMade({ firstAt: at(seconds), messageId: 2, segment }), "completed"]],
    spis: sending({ firstAt: at(spiAt), firstSegment: segment, lastSegment: segment }),
    life: { segment },
    inOrder: segment > 0,
  });

  /** The order is that of the counter (5). */
  const swapped: Use = { ...paired(-50.01, -49), inOrder: true };

  it.each<[string, Use, boolean]>([
    ["the responder still sends on its SPI after t", { spis: sending() }, false],
    ["it sent on it before t for the last time", { spis: sending({ lastAt: at(-1) }) }, true],
    ["it sent on it at t for the last time", { spis: sending({ lastAt: T }) }, true],
    [
      "of two SPIs that began with it, one is sent on still",
      { spis: [...sending({ lastAt: at(-1) }), ...sending({ spi: 9 })] },
      false,
    ],
    ["no SPI is known to have begun with it", { spis: sending({ firstAt: at(-60) }) }, false],
    ["the SPI began with the other one of its pair", paired(-49, -48), true],
    ["with the other one, which the network swapped with it", swapped, true],
    ["with another one that came later than a pair does", paired(-49 + MICRO, -48), false],
    ["with another one behind a step of the clock", paired(-80, -79, 1), false],
    ["with the one of the pair before it, and its own is not known", paired(-50.5, -50.2), false],
    ["of the pair neither one's SPI is known", paired(-49, -60), false],
    [
      "its own was not seen accepted, and the SPI began with one of the responder's",
      {
        outcome: "pending",
        spis: sending({ firstAt: at(-19) }),
        sa: { exchanges: [exchangeMade({ starter: 1, firstAt: at(-20), replyAt: at(-20), first: FIRST })] },
      },
      false,
    ],
    ["what is a conclusion was never seen in use", { spis: sending(), claim: { implied: true } }, true],
    ["nor was what no quick mode shows", { spis: sending(), claim: { exchange: null } }, true],
    ["no SPIs: it is the latest quick mode", {}, false],
    [
      "no SPIs: a later one has come",
      { others: [[exchangeMade({ firstAt: at(-20), messageId: 2 }), "completed"]] },
      true,
    ],
    ["no SPIs: an Informational since", { sa: { informationals: [[at(-9)], []] } }, true],
    ["blind: the SPIs of others say nothing", { blind: true, spis: sending({ lastAt: at(-1) }) }, false],
  ])("%s", (_, fields, expected) => {
    expect(givenUp(fields)).toBe(expected);
  });
});
