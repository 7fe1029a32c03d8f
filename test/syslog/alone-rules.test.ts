/** A log without a capture, rule by rule: which lines make which verdict. */

import { describe, expect, it } from "vitest";
import { judgeLog } from "../../src/syslog/alone.ts";
import { asaLines, eventsOf } from "../support/asa-lines.ts";

const lines = asaLines();
const { phase1, phase2, ended, duplicate, qmError, limit, policy } = lines;
const [A, B, C] = ["198.51.100.11", "198.51.100.12", "198.51.100.13"];
const LATER = phase1(1_000, "198.51.100.99");

/** B refused from second `at` + 10 on, while A has the ID, and in once that is gone; what is said of it comes between. */
const keptOut = (at: number, ...said: string[]) => [
  phase1(at, A),
  phase2(at + 1, A),
  phase1(at + 10, B),
  ...said,
  ended(at + 40, B),
  ended(at + 60, A),
  phase1(at + 70, B),
  phase2(at + 71, B),
];

const ROWS: { name: string; lines: string[]; verdicts: string[] }[] = [
  {
    name: "two peers accepted on one ID at once: tolerated",
    lines: [phase1(0, A), phase2(1, A), phase1(10, B), phase2(11, B), ended(60, A), ended(70, B)],
    verdicts: ["tolerated"],
  },
  {
    name: "one refused while the other has the ID, in once it is gone, with a duplicate: rejected",
    lines: [...keptOut(0, duplicate(10, B)), LATER],
    verdicts: ["rejected"],
  },
  {
    name: "the same with an error that names the ID: rejected",
    lines: [...keptOut(0, qmError(10, B)), LATER],
    verdicts: ["rejected"],
  },
  {
    name: "the same where a third peer met a limit of sessions: possible",
    lines: [...keptOut(0, qmError(10, B), phase1(12, C), limit(12, C), ended(13, C)), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same where lines were lost, and so may be the one that names the cause: possible",
    lines: [...keptOut(0, qmError(10, B)), ended(80, B), phase2(90, B, 3), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same where lines were lost, with a duplicate, which has no other cause: rejected",
    lines: [...keptOut(0, duplicate(10, B)), ended(80, B), phase2(90, B, 3), LATER],
    verdicts: ["rejected"],
  },
  {
    name: "the same, but in on another ID once it is gone: possible",
    lines: [...keptOut(0, qmError(10, B)).slice(0, -1), phase2(71, B, 7), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same without a line that names it: possible",
    lines: [...keptOut(0), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same twice: rejected",
    lines: [...[0, 200].flatMap((t) => [...keptOut(t), ended(t + 90, B)]), LATER],
    verdicts: ["rejected"],
  },
  {
    name: "the same twice, where the gateway names a policy: possible",
    lines: [...[0, 200].flatMap((t) => [...keptOut(t, policy(t + 11, B)), ended(t + 90, B)]), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same twice, where B also failed while nobody had the ID: possible",
    lines: [
      phase1(0, B),
      ended(20, B),
      ...[100, 300].flatMap((t) => [...keptOut(t), ended(t + 90, B)]),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same twice, where B also failed once a third peer had gone that had had the ID: possible",
    lines: [
      phase1(0, C),
      phase2(1, C),
      ended(5, C),
      phase1(10, B),
      ended(20, B),
      ...[100, 300].flatMap((t) => [...keptOut(t), ended(t + 90, B)]),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same twice at a gateway that accepted two others on one ID: possible, and tolerated",
    lines: [
      phase1(0, C),
      phase2(1, C, 9),
      phase1(2, A),
      phase2(3, A, 9),
      ended(5, C),
      ended(6, A),
      ...[100, 300].flatMap((t) => [...keptOut(t), ended(t + 90, B)]),
      LATER,
    ],
    verdicts: ["possible", "tolerated"],
  },
  {
    name: "random IDs: nothing",
    lines: [
      phase1(0, A),
      phase2(1, A, 0x8e5cdb6b),
      phase1(10, B),
      phase2(11, B, 0x33c8971),
      ended(60, A),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "one peer alone, again and again: nothing",
    lines: [
      phase1(0, A),
      phase2(1, A),
      ended(30, A),
      phase1(40, A),
      ended(60, A),
      phase1(70, A),
      phase2(71, A),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "a session that stays without an acceptance in the log: its line was lost, nothing",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      ended(400, B),
      ended(500, A),
      phase1(600, B),
      phase2(601, B),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "the same with an error that names another ID: possible",
    lines: [...keptOut(0, qmError(10, B, 7)), LATER],
    verdicts: ["possible"],
  },
  {
    name: "the same where the other had gone before: nothing",
    lines: [
      phase1(0, A),
      phase2(1, A),
      ended(5, A),
      phase1(10, B),
      duplicate(10, B),
      ended(40, B),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "the same where the other came later: nothing",
    lines: [
      phase1(10, B),
      qmError(10, B),
      phase1(20, A),
      phase2(21, A),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "in while the other still has the ID: it was not the ID, possible",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      phase1(70, B),
      phase2(71, B),
      ended(90, A),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "let in by a quick mode whose line was lost, before the one on the ID: possible",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      lines.negotiated(71, B),
      phase2(80, B),
      LATER,
    ],
    verdicts: ["possible"],
  },
  ...[70, 71].map((at) => ({
    name: `let in by a quick mode whose SPIs are logged at second ${at}, a second before at most: rejected`,
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      ended(60, A),
      phase1(69, B),
      lines.negotiated(at, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: ["rejected"],
  })),
  {
    name: "a limit of sessions five minutes before counts, of whatever peer: possible",
    lines: [limit(-289, C), ...keptOut(0, qmError(10, B)), LATER],
    verdicts: ["possible"],
  },
  {
    name: "a limit of sessions longer before does not: rejected",
    lines: [limit(-295, C), ...keptOut(0, qmError(10, B)), limit(342, C), LATER],
    verdicts: ["rejected"],
  },
  {
    name: "lines without a time: nothing is known of their order",
    lines: [
      phase1(0, A).replace(/^\S+ /, ""),
      phase2(1, A).replace(/^\S+ /, ""),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "the last dial of a log that ends within a minute may still get in: nothing",
    lines: [phase1(0, A), phase2(1, A), phase1(10, B), qmError(10, B), ended(20, B), ended(60, A)],
    verdicts: [],
  },
  {
    name: "lines that come in another order than that of their times",
    lines: [
      LATER,
      phase2(71, B),
      phase1(70, B),
      ended(60, A),
      ended(40, B),
      qmError(11, B),
      phase1(10, B),
      phase2(1, A),
      phase1(0, A),
    ],
    verdicts: ["rejected"],
  },
];

describe("a log alone, by rule", () => {
  it.each(ROWS)("$name", ({ lines: texts, verdicts }) => {
    expect(
      judgeLog(eventsOf(texts))
        .map(({ verdict }) => verdict)
        .sort(),
    ).toEqual(verdicts);
  });
});

describe("a finding of a log", () => {
  const collision = keptOut(0, qmError(11, B));

  it("names who had the ID and who was refused, and the lines that show it", () => {
    const [finding, ...others] = judgeLog(eventsOf([...collision, LATER]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ holder: A, contender: B, otherCause: null, hasControl: true });
    expect(finding.attempts).toMatchObject([{ messageId: 1, explicit: true, accepted: false }]);
    const [attempt] = finding.attempts;
    expect(attempt.lines.map(({ text }) => text)).toEqual([1, 2, 3, 5, 7].map((i) => collision[i]));
    expect(attempt.control?.text).toBe(collision[7]);
  });

  it("has no control where the contender was never let in", () => {
    const [finding] = judgeLog(eventsOf([...collision.slice(0, 6), LATER]));
    expect(finding).toMatchObject({ verdict: "possible", hasControl: false });
    expect(finding.attempts).toMatchObject([{ control: null }]);
    expect(finding.attempts[0].lines.map(({ text }) => text)).toEqual([1, 2, 3, 5].map((i) => collision[i]));
  });

  it("gives the gateway's words for another cause", () => {
    const [finding] = judgeLog(eventsOf([...collision, policy(12, B), LATER]));
    expect(finding.otherCause).toMatch(/^Tunnel rejected: Crypto Map Policy not found/);
    expect(finding.attempts[0].lines.map(({ fact }) => fact)).toContain("other-cause");
  });

  it("of two who were let in on one ID has both acceptances and the end", () => {
    const both = [phase1(0, A), phase2(1, A), phase1(10, B), phase2(11, B), ended(60, A), ended(70, B)];
    const [finding] = judgeLog(eventsOf(both));
    expect(finding).toMatchObject({ holder: A, contender: B, verdict: "tolerated", hasControl: false });
    expect(finding.attempts).toMatchObject([
      { messageId: 1, explicit: false, control: null, accepted: true },
    ]);
    expect(finding.attempts[0].lines.map(({ text }) => text)).toEqual([both[1], both[3], both[4]]);
  });

  it("of a peer that was refused on an ID and let in on it beside the holder is of the refusal", () => {
    const lets = [...collision.slice(0, 5), phase1(50, B), phase2(51, B), ended(60, A), LATER];
    expect(judgeLog(eventsOf(lets))).toMatchObject([
      { verdict: "possible", attempts: [{ accepted: false }], hasControl: false },
    ]);
  });
});
