/** What became of a client, from IKE SAs made by hand: which tries failed, and how long it was kept out. */

import { expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { inWords, timedOutcomeOf } from "../../src/report/client-outcomes.ts";

interface Try {
  /** Seconds: when it began, and its last retransmission. */
  at: number;
  until?: number;
  outcome: string;
  undecided?: boolean;
  /** When its answer came, after it had asked again. */
  answeredAt?: number;
}

/** One IKE SA for each list. */
function outcomeOf(...sas: readonly (readonly Try[])[]) {
  const clientSas = sas.map((tries) => {
    const quickModes = tries.map(({ at, until = Number.NaN, answeredAt }) => ({
      firstAt: at * 1e6,
      retransmissions: answeredAt === undefined ? 0 : 1,
      lastRetransmissionAt: until * 1e6,
      otherInformationalAt: Number.NaN,
    }));
    const of = <T>(value: (each: Try) => T) => new Map(quickModes.map((each, i) => [each, value(tries[i])]));
    return {
      session: { quickModes },
      outcomes: of(({ outcome }) => outcome),
      acceptedAt: of(({ answeredAt = Number.NaN }) => answeredAt * 1e6),
      undecided: new Set(quickModes.filter((_, i) => tries[i].undecided === true)),
    };
  });
  const outcome = inWords(timedOutcomeOf(clientSas as unknown as ClientSa[]));
  const second = (time: string | null) => (time === null ? null : Date.parse(time) / 1_000);
  const { kind, keptOut, keptOutSeconds, firstAt, lastAt, connectedAt } = outcome;
  return [kind, keptOut, keptOutSeconds, ...[firstAt, lastAt, connectedAt].map(second)];
}

const refused = (at: number, until = at) => ({ at, until, outcome: "unanswered" });
const accepted = (at: number) => ({ at, outcome: "completed" });

it.each<[string, ReturnType<typeof outcomeOf>, unknown[]]>([
  ["refused", outcomeOf([refused(0, 9)]), ["kept-out", 1, 9, 0, 9, null]],
  ["accepted", outcomeOf([accepted(5)]), ["connected", 0, 0, null, null, 5]],
  [
    "let in after it had asked again: when that was answered",
    outcomeOf([refused(0, 9)], [{ ...accepted(20), answeredAt: 49 }]),
    ["kept-out", 1, 49, 0, 9, 49],
  ],
  [
    "open: neither failed nor in",
    outcomeOf([
      { at: 0, outcome: "pending" },
      { at: 20, outcome: "unproven" },
    ]),
    ["unknown", 0, 0, null, null, null],
  ],
  [
    "refused, as it seems, but not decided yet",
    outcomeOf([{ at: 0, outcome: "unanswered", undecided: true }]),
    ["unknown", 0, 0, null, null, null],
  ],
  [
    "in by another ID within the minute: one dial, which got in",
    outcomeOf([refused(40), accepted(100)]),
    ["connected", 0, 0, null, null, 100],
  ],
  [
    "in a minute later: it was kept out until then",
    outcomeOf([refused(39), accepted(100)]),
    ["kept-out", 1, 61, 39, 39, 100],
  ],
  [
    "one dial as well where the clock was set back between, and times are in no order",
    outcomeOf([accepted(500), refused(50), accepted(20), accepted(800)]),
    ["connected", 0, 0, null, null, 20],
  ],
  [
    "in by another IKE SA: kept out until then",
    outcomeOf([refused(0, 10)], [accepted(20)]),
    ["kept-out", 1, 20, 0, 10, 20],
  ],
  [
    "kept out, in, and kept out again: the time in between does not count",
    outcomeOf([refused(0, 10)], [accepted(20)], [refused(100, 110)]),
    ["kept-out", 2, 20 + 10, 0, 110, null],
  ],
  [
    "two tries within ten minutes: the time between counts",
    outcomeOf([refused(0, 10)], [refused(610, 615)]),
    ["kept-out", 2, 615, 0, 615, null],
  ],
  [
    "two tries further apart: it does not",
    outcomeOf([refused(0, 10)], [refused(611, 615)]),
    ["kept-out", 2, 10 + 4, 0, 615, null],
  ],
  [
    "in more than ten minutes after the last try: it had given up meanwhile",
    outcomeOf([refused(0, 10)], [accepted(611)]),
    ["kept-out", 1, 10, 0, 10, 611],
  ],
])("%s", (_, outcome, wanted) => {
  expect(outcome).toEqual(wanted);
});
