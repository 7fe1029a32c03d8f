import { describe, expect, test } from "vitest";
import { summaryLines } from "../../src/report/advice/summary.ts";
import { inWords, listed } from "../../src/report/advice/words.ts";
import { clockOf, UTC } from "../../src/report/clock.ts";
import type { Attempt, Report } from "../../src/report/model.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

/** The line of that label; null is the headline. */
function line(value: Report, label: string | null, clock = UTC): string | undefined {
  return summaryLines(value, clock).find((each) => each.label === label)?.text;
}

const gap = (code: "one-sided" | "esp-unseen" | "no-quick-mode") => ({
  coverage: { complete: false, gaps: [{ code, message: "It is so.", count: 1 }] },
});
const predicted = finding({ verdict: "predicted", severity: "medium" });
const open = (...attempts: Partial<Attempt>[]) =>
  finding({
    verdict: "possible",
    severity: "low",
    attempts: attempts.map((fields) => attempt({ verdict: "possible", ...fields })),
  });
const unseen = { address: null, port: null, platform: null, pattern: null };

test("a second is a second, and what is below has two digits", () => {
  expect([0.994, 0.995, 1, 9.9, 9.95].map(inWords)).toEqual([
    "0.99 seconds",
    "1 second",
    "1 second",
    "9.9 seconds",
    "10 seconds",
  ]);
});

describe("the headline says who was kept out of how many, at which gateway, by whom", () => {
  test.each<[string, Report, RegExp]>([
    [
      "rejected: refused while the other one was connected",
      report({ findings: [finding()] }),
      /^1 of 2 clients kept out: gateway 192\.0\.2\.1 refused 198\.51\.100\.12 while 198\.51\.100\.11 was connected/,
    ],
    [
      "rejected, but let in on another ID: nobody is said to be kept out",
      report({
        findings: [
          finding({
            messageIds: ["0x00000001", "0x00000002"],
            attempts: [
              attempt({ verdict: "tolerated", outcome: "completed" }),
              attempt({ messageId: "0x00000002" }),
            ],
            notes: ["in-by-another-id"],
          }),
        ],
      }),
      /^1 of 2 clients refused on one message ID and let in on another: gateway 192\.0\.2\.1 refused 198\.51\.100\.12 while 198\.51\.100\.11 was connected with the same message ID 0x00000002$/,
    ],
    [
      "predicted: would be, and the answer is not shown",
      report({ findings: [predicted] }),
      /^1 of 2 clients would be kept out: .*; the answer is not in the capture$/,
    ],
    [
      "possible: may have been",
      report({ findings: [finding({ verdict: "possible", severity: "low" })] }),
      /^1 of 2 clients may have been kept out: 198\.51\.100\.12 got no answer .* 198\.51\.100\.11 may have held$/,
    ],
    [
      "an Informational of the gateway is not called silence",
      report({ findings: [open({ outcome: "refused" }, { outcome: "unproven" })] }),
      /: gateway 192\.0\.2\.1 did not accept 198\.51\.100\.12 on message ID 0x00000001, which 198\.51\.100\.11 may have held$/,
    ],
    [
      "nor is an answer that was of no use",
      report({ findings: [open({ outcome: "answer-unusable" })] }),
      /: gateway 192\.0\.2\.1 answered 198\.51\.100\.12 on .* may have held, with what it could not use$/,
    ],
    [
      "what was accepted later does not count",
      report({ findings: [open({ outcome: "unproven" }, { outcome: "completed", verdict: "tolerated" })] }),
      /: 198\.51\.100\.12 got no answer from gateway/,
    ],
    [
      "nobody visible holds the ID",
      report({ findings: [finding({ verdict: "possible", holder: unseen })] }),
      /did not accept 198\.51\.100\.12 on message ID 0x00000001, and no client that holds it is in the capture$/,
    ],
    [
      "the gateway dropped one for the other: nobody is said to be kept out",
      report({ findings: [finding({ verdict: "possible", notes: ["holder-dropped"] })] }),
      /^1 of 2 clients dropped: gateway 192\.0\.2\.1 accepted 198\.51\.100\.12 on .* and dropped 198\.51\.100\.11, which held it$/,
    ],
    [
      "refused without a finding: never headed as nothing found",
      report({ clients: [client(), keptOut()] }),
      /^1 of 2 clients refused by gateway 192\.0\.2\.1: 198\.51\.100\.12; no other client is seen to hold/,
    ],
    [
      "a worse verdict leads, the others are counted",
      report({
        findings: [
          finding(),
          finding({ verdict: "predicted", contender: { ...predicted.contender, address: "198.51.100.13" } }),
        ],
        clients: [client(), client({ address: "198.51.100.12" }), client({ address: "198.51.100.13" })],
      }),
      /^1 of 3 clients kept out \(1 more would be\): /,
    ],
    [
      "nothing found, where something could have been",
      report(),
      /^No collision found in 3 quick modes of 2 clients/,
    ],
    [
      "nothing found, where nothing could be",
      report(gap("no-quick-mode")),
      /^No collision found, and none could be/,
    ],
  ])("%s", (_, value, expected) => {
    expect(line(value, null)).toMatch(expected);
  });

  test("no headline of a report with a refused client begins with 'No collision'", () => {
    for (const verdict of ["rejected", "predicted", "possible", "tolerated"] as const) {
      const value = report({ findings: [finding({ verdict })], clients: [client(), keptOut()] });
      expect(line(value, null)).not.toMatch(/^No collision/);
    }
  });
});

describe("the lines below it", () => {
  test("when: from the first try in vain to the last, how often and how long in all", () => {
    const value = report({ findings: [finding()], clients: [client(), keptOut()] });
    expect(line(value, "When")).toBe(
      "2026-11-23 10:02:00 to 10:02:31 UTC: 2 tries in vain, 31 seconds in all; never seen connected after that",
    );
  });

  test("when: it got in later", () => {
    const later = keptOut();
    later.outcome.connectedAt = "2026-11-23T10:06:41.000000Z";
    const value = report({ findings: [finding()], clients: [client(), later] });
    expect(line(value, "When")).toMatch(/; connected at 2026-11-23 10:06:41 UTC$/);
  });

  test("when: in the zone of the reader, with UTC beside it", () => {
    const value = report({ findings: [finding()], clients: [client(), keptOut()] });
    expect(line(value, "When", clockOf("Asia/Kolkata"))).toMatch(
      /^2026-11-23 15:32:00 to 15:32:31 UTC\+05:30 \(2026-11-23 10:02:00 to 10:02:31 UTC\): /,
    );
  });

  test("connected first: only where there is more than one finding", () => {
    expect(line(report({ findings: [finding()] }), "Connected first")).toBeUndefined();
    const second = finding({ contender: { ...finding().contender, address: "198.51.100.13" } });
    expect(line(report({ findings: [finding(), second] }), "Connected first")).toBe(
      "198.51.100.11 (2 clients kept out)",
    );
  });

  test.each([
    ["the overlap", {}, /the client connected first certainly still was/],
    [
      "an overlap that is open",
      { attempts: [attempt({ overlap: "unknown" })] },
      /whether the client connected first still was is not known/,
    ],
    ["the control", { notes: ["accepted-when-free"] }, /the one kept out got in once the ID was free/],
    [
      "the cause that the gateway's answer names",
      { caveats: ["other-cause" as const], attempts: [attempt({ notify: "NO-PROPOSAL-CHOSEN (14)" })] },
      /the gateway's answer names another cause, NO-PROPOSAL-CHOSEN \(14\)$/,
    ],
    [
      "an invalid message ID is no other cause",
      { caveats: ["other-cause" as const], attempts: [attempt({ notify: "INVALID-MESSAGE-ID (9)" })] },
      /something in the captures speaks for another cause$/,
    ],
    [
      "the first caveat, and how many more",
      { caveats: ["no-control" as const, "one-way" as const] },
      /the contender was never seen accepted here.* \(and 1 more caveat\)$/,
    ],
  ])("how sure: %s", (_, over, expected) => {
    expect(line(report({ findings: [finding(over)] }), "How sure")).toMatch(expected);
  });

  test("not shown: gaps in words, and that there are none", () => {
    expect(line(report(gap("one-sided")), "Not shown")).toBe("one direction only");
    expect(line(report(), "Not shown")).toBe("no gap is known");
  });

  test.each([
    ["a finding", report({ findings: [finding()], clients: [client(), keptOut()] })],
    ["a refused client", report({ clients: [client(), keptOut()] })],
    ["nothing", report()],
  ])("two to five lines, and the same in JSON: %s", (_, value) => {
    const lines = summaryLines(value, UTC);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(value.summary.text.split("\n")).toEqual(
      lines.map(({ label, text }) => (label === null ? text : `${label}: ${text}`)),
    );
  });
});

test.each([
  [0.04, "0.04 seconds"],
  [1, "1 second"],
  [9.5, "9.5 seconds"],
  [26.4, "26 seconds"],
  [60, "1 minute"],
  [250, "4 minutes 10 seconds"],
  [3_600, "1 hour"],
  [7_500, "2 hours 5 minutes"],
  [86_400, "1 day"],
  [200_000, "2 days 7 hours"],
])("a duration in words: %s s is %s", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});

test.each([
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
  [["a", "b", "c", "d", "e"], "a, b, c and 2 more"],
])("names in a row: %s", (names, words) => {
  expect(listed(names)).toBe(words);
});
