/** What a gateway's word does to verdicts: it stands above the wire, and never accuses beyond the evidence for it. */

import { describe, expect, it } from "vitest";
import type { Exchange, IkeSa } from "../../src/ike/facts.ts";
import type { Attempt } from "../../src/judgement/collisions.ts";
import type { Finding } from "../../src/judgement/finding.ts";
import type { Caveat, Severity, Verdict } from "../../src/judgement/vocabulary.ts";
import { otherCauseOf, speaksOfId, weighed } from "../../src/witnesses/weighing.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  saMade,
  sessionMade,
} from "../support/facts-made.ts";

const MICRO = 1e-6;
const NO_PROPOSAL_CHOSEN = 14;
const INVALID_MESSAGE_ID = 9;
const UNKNOWN = Number.NaN;

interface Made {
  verdict?: Verdict;
  outcome?: string;
  /** What the gateway said of the attempt. */
  testimony?: object | null;
  exchange?: Partial<Exchange>;
  /** Notifies that were decrypted in the contender's session. */
  opened?: readonly { side: 0 | 1; at: number; errors: readonly number[] }[];
  /** null: no holder is visible. */
  holder?: object | null;
  holderSa?: Partial<IkeSa>;
  /** When the gateway last sent to the holder, seconds from the attempt. */
  sentToHolderAt?: number;
  /** Both clients have one address. */
  sameAddress?: boolean;
  holderSelectors?: object | null;
  isSecondId?: boolean;
}

/** A refused attempt, with a holder of whom it is certain that it was connected, unless told otherwise. */
function attempt(made: Made = {}): Attempt {
  const { testimony = null, holder = {}, opened = [], isSecondId = false, sameAddress = false } = made;
  const exchange = exchangeMade({
    testimony: testimony as never,
    selectors: null,
    ...made.exchange,
  } as never);
  const earlier = exchangeMade({ messageId: 7, firstAt: at(-10) });
  const session = sessionMade({
    sa: saMade({ opened } as never),
    quickModes: isSecondId ? [earlier, exchange] : [exchange],
  });
  const contender = clientSaMade({ session });
  const holding = clientSaMade({
    session: sessionMade({ sa: saMade({ opened: [], testimony: null, ...made.holderSa } as never) }),
    lifespan: lifespanMade({ life: lifeMade({ fromResponderAt: at(made.sentToHolderAt ?? -200) }) }),
  });
  if (sameAddress) Object.assign(holding.client, { host: contender.client.host });
  const claimed = exchangeMade({ selectors: made.holderSelectors ?? null } as never);
  return {
    contender,
    exchange,
    outcome: made.outcome ?? "refused",
    verdict: made.verdict ?? "rejected",
    acceptedInUse: false,
    holderDropped: false,
    holder:
      holder === null
        ? null
        : { claim: { clientSa: holding, exchange: claimed }, overlap: "certain", settled: true, ...holder },
  } as never;
}

interface Weights {
  verdict?: Verdict;
  severity?: Severity;
  caveats?: readonly Caveat[];
}

const findingOf = (
  attempts: readonly Attempt[],
  { verdict, severity = "high", caveats = [] }: Weights = {},
) => ({ attempts, verdict: verdict ?? attempts[0].verdict, severity, caveats }) as unknown as Finding;
const weighedOf = (...findings: readonly Finding[]) => weighed({ findings } as never).findings;
/** Verdict, severity and caveats of a finding of these attempts; null where it is gone. */
function judged(made: Made | readonly Made[], weights: Weights = {}) {
  const [found] = weighedOf(findingOf([made].flat().map(attempt), weights));
  if (found === undefined) return null;
  const [first] = found.attempts;
  return {
    verdict: found.verdict,
    severity: found.severity,
    caveats: found.caveats,
    outcome: first.outcome,
    overlap: first.holder?.overlap,
  };
}
const verdictOf = (made: Made, weights: Weights = {}) => judged(made, weights)?.verdict ?? null;
const told = (fields: object) => ({ acceptedAt: UNKNOWN, otherCause: null, refused: false, ...fields });
const ended = (fields: object) =>
  ({ testimony: { endedAt: UNKNOWN, heldUntil: UNKNOWN, ...fields } }) as never;

describe("an attempt that the gateway says it accepted, while the capture lost the answer", () => {
  const accepted = told({ acceptedAt: at(1) });

  it("is tolerated where the holder certainly was connected: no fault, and nothing to control", () => {
    expect(judged({ testimony: accepted }, { caveats: ["no-control", "one-sided"] })).toMatchObject({
      verdict: "tolerated",
      severity: "info",
      outcome: "answered",
      caveats: ["one-sided"],
    });
  });

  it.each(["probable", "unknown"])("is no collision where that is %s", (overlap) => {
    expect(judged({ testimony: accepted, holder: { overlap } })).toBeNull();
  });

  it("without a holder is no collision either", () => {
    expect(judged({ testimony: accepted, holder: null })).toBeNull();
  });

  it.each(["completed", "answered"])("says nothing new where it is %s", (outcome) => {
    expect(judged({ testimony: accepted, outcome, verdict: "tolerated" })).toMatchObject({ outcome });
    expect(judged({ testimony: accepted, outcome, verdict: "tolerated", holder: null })).not.toBeNull();
  });

  it("leaves the other attempts of the finding", () => {
    const [found] = weighedOf(
      findingOf([attempt({ testimony: accepted, holder: { overlap: "probable" } }), attempt()]),
    );
    expect([found.attempts.length, found.verdict]).toEqual([1, "rejected"]);
  });
});

describe("the end of the holder, by the gateway's word", () => {
  it.each<[string, Made, Verdict | null]>([
    [
      "a Delete before the attempt: it held nothing",
      { holderSa: { deletedAt: [UNKNOWN, at(-MICRO)] } },
      null,
    ],
    ["by either side", { holderSa: { deletedAt: [at(-MICRO), UNKNOWN] } }, null],
    ["a Delete at the attempt", { holderSa: { deletedAt: [UNKNOWN, at(0)] } }, "rejected"],
    ["torn down before it", { holderSa: ended({ endedAt: at(-MICRO) }) }, "possible"],
    ["torn down at it", { holderSa: ended({ endedAt: at(0) }) }, "rejected"],
    [
      "torn down, and what was under way for five seconds came after it",
      { holderSa: ended({ endedAt: at(-60) }), sentToHolderAt: -55 },
      "possible",
    ],
    [
      "the gateway went on sending: another session's line",
      { holderSa: ended({ endedAt: at(-60) }), sentToHolderAt: -55 + MICRO },
      "rejected",
    ],
    [
      "it was never heard of again",
      { holderSa: ended({ endedAt: at(-60) }), sentToHolderAt: Number.NaN },
      "possible",
    ],
  ])("%s", (_, made, expected) => {
    expect(verdictOf(made)).toBe(expected);
  });

  it("makes unknown whether it was still connected, and the severity low", () => {
    expect(judged({ holderSa: ended({ endedAt: at(-60) }) })).toMatchObject({
      overlap: "unknown",
      severity: "low",
    });
    expect(verdictOf({ holderSa: ended({ endedAt: at(-60) }), verdict: "predicted" })).toBe("possible");
  });
});

describe("a session that the gateway held on to after the attempt", () => {
  const held = ended({ heldUntil: at(MICRO) });
  const ghost: Made = { verdict: "possible", holder: { overlap: "unknown" }, holderSa: held };

  it.each<[string, Made, Weights, Verdict, string]>([
    ["a ghost is certain, and the attempt refused by its ID", ghost, {}, "rejected", "certain"],
    ["an attempt without an answer as well", { ...ghost, outcome: "unanswered" }, {}, "rejected", "certain"],
    ["not one that is pending", { ...ghost, outcome: "pending" }, {}, "possible", "certain"],
    ["not where there is another cause", ghost, { caveats: ["other-cause"] }, "possible", "certain"],
    ["not of another make", ghost, { caveats: ["responder-not-asa"] }, "possible", "certain"],
    [
      "not where the holder's claim is not settled",
      { ...ghost, holder: { overlap: "unknown", settled: false } },
      {},
      "possible",
      "certain",
    ],
    [
      "not what was possible though it was probable",
      { ...ghost, holder: { overlap: "probable" } },
      {},
      "possible",
      "certain",
    ],
    [
      "held until the attempt alone",
      { ...ghost, holderSa: ended({ heldUntil: at(0) }) },
      {},
      "possible",
      "unknown",
    ],
    ["a prediction stays one", { ...ghost, verdict: "predicted" }, {}, "predicted", "certain"],
  ])("%s", (_, made, weights, verdict, overlap) => {
    expect(judged(made, weights)).toMatchObject({ verdict, overlap });
  });

  it("takes the doubt away that the holder was silent, where it was held at each attempt", () => {
    const caveats: Caveat[] = ["holder-silent", "no-control"];
    expect(judged(ghost, { caveats })?.caveats).toEqual(["no-control"]);
    const other: Made = { verdict: "possible", holder: { overlap: "unknown" } };
    expect(judged([ghost, other], { caveats })?.caveats).toEqual(caveats);
    expect(judged([ghost, { verdict: "possible", holder: null }], { caveats })?.caveats).toEqual(caveats);
  });

  it.each<[string, Made, Caveat[], Severity]>([
    ["the first ID of a dial: high", ghost, [], "high"],
    ["a later one: medium", { ...ghost, isSecondId: true }, [], "medium"],
    ["without control: a step lower", ghost, ["no-control"], "medium"],
    ["both: low", { ...ghost, isSecondId: true }, ["no-control"], "low"],
  ])("its severity: %s", (_, made, caveats, severity) => {
    expect(judged(made, { severity: "low", caveats })?.severity).toBe(severity);
  });

  it("a verdict that stays keeps its severity", () => {
    expect(judged({}, { severity: "medium" })?.severity).toBe("medium");
    expect(judged({ isSecondId: true }, { severity: "high" })?.severity).toBe("high");
  });
});

describe("another cause, by the gateway's word", () => {
  const cause = told({ otherCause: "All IPSec SA proposals found unacceptable!" });

  it("leaves possible at most, with the caveat", () => {
    for (const verdict of ["rejected", "predicted", "possible"] as const) {
      expect(judged({ testimony: cause, verdict })).toMatchObject({
        verdict: "possible",
        caveats: ["other-cause"],
      });
      expect(judged({ testimony: cause, verdict, holder: null })).toMatchObject({ verdict: "possible" });
    }
    expect(judged({ testimony: cause, verdict: "tolerated" })).toMatchObject({
      verdict: "tolerated",
      caveats: [],
    });
  });

  it("is what its log says, before what was decrypted", () => {
    const opened = [{ side: 1 as const, at: at(1), errors: [NO_PROPOSAL_CHOSEN] }];
    expect(otherCauseOf(attempt({ testimony: cause, opened }))).toMatch(/^All IPSec SA proposals/);
    expect(otherCauseOf(attempt({ opened }))).toBe(
      "the gateway's decrypted Informational: NO-PROPOSAL-CHOSEN",
    );
    expect(otherCauseOf(attempt())).toBeNull();
  });

  it.each<[string, 0 | 1, number, readonly number[], boolean]>([
    ["with the attempt", 1, 0, [NO_PROPOSAL_CHOSEN], true],
    ["a minute after it", 1, 60, [NO_PROPOSAL_CHOSEN], true],
    ["later", 1, 60 + MICRO, [NO_PROPOSAL_CHOSEN], false],
    ["before it", 1, -MICRO, [NO_PROPOSAL_CHOSEN], false],
    ["by the client itself", 0, 1, [NO_PROPOSAL_CHOSEN], false],
    ["INVALID-MESSAGE-ID is the ID's", 1, 1, [INVALID_MESSAGE_ID], false],
    ["behind it another one", 1, 1, [INVALID_MESSAGE_ID, NO_PROPOSAL_CHOSEN], true],
  ])("a decrypted notify: %s", (_, side, seconds, errors, expected) => {
    const made = attempt({ opened: [{ side, at: at(seconds), errors }] });
    expect(otherCauseOf(made) !== null).toBe(expected);
  });

  it("speaks of the ID itself: its log, or a decrypted notify", () => {
    expect(speaksOfId(attempt())).toBeNull();
    expect(speaksOfId(attempt({ testimony: told({ refused: true }) }))).toContain("refused or unknown");
    expect(speaksOfId(attempt({ testimony: told({}) }))).toBeNull();
    const opened = (errors: readonly number[]) => [{ side: 1 as const, at: at(1), errors }];
    expect(speaksOfId(attempt({ opened: opened([INVALID_MESSAGE_ID]) }))).toBe("invalid-message-id");
    expect(speaksOfId(attempt({ opened: opened([NO_PROPOSAL_CHOSEN]) }))).toBeNull();
  });
});

describe("clients behind one address whose traffic is known", () => {
  const asks = (port: number) => ({
    encapsulation: 2,
    ids: [{ protocol: 17, port }],
    natOriginals: [],
    spis: [],
  });
  const pair = (one: object | null, other: object | null, fields: Made = {}): Made => ({
    sameAddress: true,
    exchange: { selectors: one } as never,
    holderSelectors: other,
    ...fields,
  });
  const caveats: Caveat[] = ["same-nat"];

  it("clash where they ask for the same: another cause", () => {
    expect(judged(pair(asks(1701), asks(1701)), { caveats })).toMatchObject({
      verdict: "possible",
      caveats: ["same-nat", "other-cause"],
    });
    expect(otherCauseOf(attempt(pair(asks(1701), asks(1701))))).toMatch(/^selector-clash/);
  });

  it("are told apart where they do not: the address says nothing any more", () => {
    expect(judged(pair(asks(1701), asks(1702)), { caveats })).toMatchObject({
      verdict: "rejected",
      caveats: [],
    });
    const both = [pair(asks(1701), asks(1702)), pair(null, asks(1702))];
    expect(judged(both, { caveats })?.caveats).toEqual(caveats);
  });

  it.each<[string, Made]>([
    ["one of them is not known", pair(asks(1701), null)],
    ["they have two addresses", pair(asks(1701), asks(1701), { sameAddress: false })],
    ["the holder's use of the ID was not seen", pair(asks(1701), asks(1701), { holder: { claim: null } })],
    ["no holder is visible", pair(asks(1701), asks(1701), { holder: null })],
  ])("are not said to clash where %s", (_, made) => {
    const one = attempt(made);
    if (made.holder !== null && "claim" in (made.holder ?? {})) {
      // A conclusion: the ID was claimed without a quick mode in the capture.
      const { clientSa } = attempt(pair(null, null)).holder!.claim;
      Object.assign(one.holder!, { claim: { clientSa, exchange: null } });
    }
    expect(otherCauseOf(one)).toBeNull();
  });
});

describe("findings", () => {
  it("come anew in the order of verdicts, then of severity", () => {
    const made = (verdict: Verdict, severity: Severity, fields: Made = {}) =>
      findingOf([attempt({ verdict, ...fields })], { severity });
    const found = weighedOf(
      made("rejected", "high", { testimony: told({ otherCause: "x" }) }),
      made("possible", "medium"),
      made("tolerated", "info"),
      made("rejected", "medium"),
      made("predicted", "medium"),
      made("rejected", "high"),
    );
    expect(found.map(({ verdict, severity }) => [verdict, severity])).toEqual([
      ["rejected", "high"],
      ["rejected", "medium"],
      ["predicted", "medium"],
      ["possible", "medium"],
      ["possible", "low"],
      ["tolerated", "info"],
    ]);
  });

  it("have the worst verdict of their attempts", () => {
    const attempts = [attempt({ verdict: "possible" }), attempt({ verdict: "rejected" })];
    expect(weighedOf(findingOf(attempts, { verdict: "possible" }))[0].verdict).toBe("rejected");
  });
});
