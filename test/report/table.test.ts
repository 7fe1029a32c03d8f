import { describe, expect, test } from "vitest";
import { reportToTable } from "../../src/printers/table.ts";
import { headline, summaryText } from "../../src/report/advice/summary.ts";
import { UTC } from "../../src/report/clock.ts";
import { warningCodeSchema } from "../../src/report/codes.ts";
import type { Caveat, Report } from "../../src/report/model.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

const PLAIN = {
  color: false,
  width: 100,
  rows: null as number | null,
  all: false,
  verbose: false,
  clock: UTC,
};

function table(value: Report, options: Partial<typeof PLAIN> = {}): string {
  return reportToTable(value, { ...PLAIN, ...options });
}

/** The text with wrapped lines joined again. */
function flat(value: Report, options: Partial<typeof PLAIN> = {}): string {
  return table(value, { width: 120, ...options }).replace(/\n +/g, " ");
}

const rejected = finding({ caveats: ["no-control", "ike-only"], notes: ["accepted-when-free"] });
const unseen = finding({
  verdict: "possible",
  severity: "low",
  caveats: ["holder-unseen"],
  holder: {
    address: null,
    port: null,
    platform: null,
    pattern: null,
    candidates: [
      { address: "198.51.100.77", port: 4500 },
      { address: "2001:db8::5", port: null },
    ],
  },
  attempts: [attempt({ overlap: "none", verdict: "possible", claim: null, holderSa: null })],
  summary: "Nobody knows.",
});
const tolerated = finding({ verdict: "tolerated", severity: "info", summary: "It was answered." });

describe("the first lines", () => {
  /** Codes that are plain words. */
  const WORDS = ["interrupted"];
  test.each(warningCodeSchema.options.filter((code) => !WORDS.includes(code)))(
    "say in words what the warning %s stands for",
    (code) => {
      const value = report({ findings: [], warnings: [{ code, message: "a" }] });
      const lines = summaryText(value, UTC);
      expect(lines).not.toMatch(new RegExp(`(?:[:;,] |^)${code}(?:[;,\\n]|$)`));
      expect(lines).not.toMatch(/null|undefined/);
    },
  );
});

describe("the headline", () => {
  const two = (extra: Partial<Report> = {}) => report({ findings: [], ...extra });
  const messages = (over: object) => ({ ...report().capture, ...over });
  test.each([
    [
      "names the three hosts and the ID of a rejected collision",
      report({ findings: [rejected] }),
      "1 of 2 clients kept out: gateway 192.0.2.1 refused 198.51.100.12 while 198.51.100.11 was connected with the same message ID 0x00000001",
    ],
    [
      "gives the ports of two clients behind one address",
      report({
        findings: [
          finding({
            contender: { address: "198.51.100.11", port: 61_000, platform: null, pattern: "sequential" },
          }),
        ],
      }),
      "1 of 2 clients kept out: gateway 192.0.2.1 refused 198.51.100.11:61000 while 198.51.100.11:4500 was connected with the same message ID 0x00000001",
    ],
    [
      "counts clients, not findings, the others as well, and takes the worst as its example, wherever it stands",
      report({
        findings: [
          unseen,
          tolerated,
          finding({ verdict: "predicted", contender: { ...finding().contender, address: "198.51.100.9" } }),
          rejected,
          rejected,
        ],
        clients: [client(), keptOut(), client({ address: "198.51.100.9" })],
      }),
      "1 of 3 clients kept out (1 more would be, 1 more may have been): at gateway 192.0.2.1, refused while another client was connected with the same message ID; first 198.51.100.12",
    ],
    [
      "does not say refused where the answer is not in the capture",
      report({ findings: [finding({ verdict: "predicted", messageIds: ["0x00000001", "0x00000002"] })] }),
      "1 of 2 clients would be kept out: 198.51.100.12 tried message IDs 0x00000001 and 0x00000002 at gateway 192.0.2.1 while 198.51.100.11 was connected with it; the answer is not in the capture",
    ],
    [
      "does not name a holder that is not visible",
      report({ findings: [unseen] }),
      "1 of 2 clients may have been kept out: gateway 192.0.2.1 did not accept 198.51.100.12 on message ID 0x00000001, and no client that holds it is in the capture",
    ],
    [
      "says that a capture without IKEv1 could show nothing",
      two({ capture: messages({ messages: { ikev1: 0, ikev2: 12, authip: 0, malformed: 0 } }) }),
      "No collision found, and none could be: the capture holds no message of IKEv1, only of IKEv2",
    ],
    [
      "says that a capture without quick mode could show nothing",
      two({
        coverage: { complete: false, gaps: [{ code: "no-quick-mode", message: "None came.", count: 9 }] },
      }),
      "No collision found, and none could be: the capture holds no quick mode",
    ],
    [
      "does not let a warned capture read as clean",
      two({
        warnings: [
          { code: "one-sided", message: "a" },
          { code: "one-sided", message: "b" },
          { code: "truncated", message: "c" },
        ],
      }),
      "No collision found, but the capture leaves it open: one direction only; the end of a capture is cut off",
    ],
    [
      "says that one client alone could not collide",
      two({ clients: [client()], responders: [{ ...report().responders[0], clients: 1 }] }),
      "No collision found in 3 quick modes of 1 client at 1 gateway, and none could be: no gateway has two clients here",
    ],
    [
      "is never that nothing was found, where a client was refused without a finding",
      two({
        clients: [client(), keptOut()],
        warnings: [{ code: "refused-without-holder", message: "Client 198.51.100.12 was refused." }],
      }),
      "1 of 2 clients refused by gateway 192.0.2.1: 198.51.100.12; no other client is seen to hold the message ID",
    ],
    ["says what was looked at", two(), "No collision found in 3 quick modes of 2 clients at 1 gateway"],
    [
      "counts tolerated findings as no collision, and still tells of them",
      two({ findings: [tolerated] }),
      "No collision found that was refused, in 3 quick modes of 2 clients at 1 gateway: 1 tolerated",
    ],
  ])("%s", (_, value, expected) => {
    expect(headline(value)).toBe(expected);
  });
});

describe("a finding's block", () => {
  test("says in one sentence what is known of the fault, and nothing of bugs and versions", () => {
    const text = table(report({ findings: [rejected] }));
    expect(text).toContain("an ASA with the behaviour described in KB 942429 refuses this");
    expect(text).not.toMatch(/CSC|bug|fixed in/i);
  });

  test("does not repeat that sentence when the summary has it", () => {
    const summary = "Refused; an ASA with the behaviour described in KB 942429 refuses this.";
    const text = table(report({ findings: [finding({ summary })] }), { width: 120 });
    expect(text).not.toContain("   meaning");
  });

  test("does not accuse where the attempt was tolerated", () => {
    const text = table(report({ findings: [tolerated], responders: [] }), { all: true });
    expect(text).toContain("1. TOLERATED, severity info");
    expect(text).not.toContain("KB 942429");
  });

  test("lists who may be the holder when none is visible", () => {
    expect(table(report({ findings: [unseen] }))).toMatch(
      /holder {7}connected first: not visible; may be 198\.51\.100\.77:4500, 2001:db8::5\n/,
    );
  });

  test("explains every caveat in the line that names it", () => {
    const caveats: Caveat[] = ["same-nat", "holder-silent", "implied-claim"];
    const text = table(report({ findings: [finding({ caveats })] }), { width: 120 });
    expect(text).toMatch(/caveats {6}same-nat: both clients share one address/);
    expect(text).toMatch(/\n {16}holder-silent: no sign of the holder after the attempt/);
    expect(text).toMatch(/\n {16}implied-claim: the holder's use of the ID was not seen/);
  });

  test("marks a claim that was concluded and not seen", () => {
    const claim = { ...attempt().claim!, implied: true, lastLifeAt: null };
    const text = flat(report({ findings: [finding({ attempts: [attempt({ claim })] })] }));
    expect(text).toContain("0x00000001 since before the capture, as a later ID shows (frame 7,");
    expect(text).toContain("not seen since");
  });

  test("tells how long before the attempt the holder was last seen", () => {
    const claim = { ...attempt().claim!, lastLifeAt: "2026-11-23T10:00:30.500000Z" };
    const text = flat(
      report({ findings: [finding({ attempts: [attempt({ claim, overlap: "probable" })] })] }),
    );
    expect(text).toContain("(its last sign: 1 minute 30 seconds before that)");
  });

  test("tells when the responder's Informational came", () => {
    const refused = attempt({
      outcome: "refused",
      refusedAt: "2026-11-23T10:02:00.540000Z",
      retransmissions: 0,
      lastRetransmissionAt: null,
    });
    const text = flat(report({ findings: [finding({ attempts: [refused] })] }));
    expect(text).toContain("an Informational of the responder; Informational after 0.04 s");
  });

  test("shows two attempts at a glance, twenty with --all, and counts the rest", () => {
    const attempts = Array.from({ length: 28 }, (_, i) => attempt({ frame: 100 + i }));
    const value = report({ findings: [finding({ attempts })] });
    expect(table(value)).toContain("(frame 101)");
    expect(table(value)).not.toContain("(frame 102)");
    expect(table(value)).toContain("... 26 more attempts, --all shows them");
    expect(table(value, { all: true })).toContain("(frame 119)");
    expect(table(value, { all: true })).toContain("... 8 more attempts, use --json");
  });

  test("tells a claim once, when one attempt after the other meets it", () => {
    const other = attempt({ messageId: "0x00000002", claim: { ...attempt().claim!, frame: 9 } });
    const text = table(
      report({ findings: [finding({ attempts: [attempt(), attempt({ frame: 40 }), other] })] }),
      { all: true },
    );
    expect(text.match(/^ {3}held {9}.*$/gm)).toEqual([
      expect.stringContaining("0x00000001 since 2026-11-23 10:00:01.250000 UTC (frame 7)"),
      expect.stringContaining("0x00000002 since 2026-11-23 10:00:01.250000 UTC (frame 9)"),
    ]);
    expect(text.match(/^ {3}attempt /gm)).toHaveLength(3);
  });

  test("names the source of a frame where there are several, by its path only when it must", () => {
    const [source] = report().capture.sources;
    const text = (names: string[]) => {
      const capture = { ...report().capture, sources: names.map((name) => ({ ...source, name })) };
      const attempts = [attempt({ source: names[0] })];
      return table(report({ capture, findings: [finding({ attempts })] }), { width: 120 });
    };
    expect(text(["a/x.pcap", "a/y.pcap"])).toContain("(frame 31 of x.pcap)");
    expect(text(["a/x.pcap", "b/x.pcap"])).toContain("(frame 31 of a/x.pcap)");
    expect(text(["a/x.pcap"])).toContain("(frame 31)");
  });
});

describe("what is left out", () => {
  test("tolerated findings are one line without --all, blocks with it", () => {
    const value = report({ findings: [rejected, tolerated, tolerated] });
    expect(table(value)).toContain(
      "2 tolerated: answered although the holder was certainly still connected. --all",
    );
    expect(table(value)).not.toContain("TOLERATED");
    expect(table(value, { all: true }).match(/TOLERATED/g)).toHaveLength(2);
  });

  test("clients are those that count their IDs or stand in a finding; the others are counted", () => {
    const random = { ...client().pattern, kind: "random" as const };
    const clients = [
      client(),
      client({ address: "198.51.100.12", pattern: random }),
      client({ address: "203.0.113.1", pattern: random }),
      client({ address: "203.0.113.2", pattern: random }),
    ];
    const value = report({ clients, findings: [finding()] });
    expect(table(value)).toContain("\n  198.51.100.12:4500");
    expect(table(value)).not.toContain("203.0.113.1");
    expect(table(value)).toContain("2 clients without sequential IDs and without a finding left out; --all");
    expect(table(value, { all: true })).toContain("\n  203.0.113.2:4500");
    expect(table(value, { all: true })).not.toContain("left out");
  });

  test("a table ends after 100 rows and counts the rest", () => {
    const clients = Array.from({ length: 60_000 }, (_, i) =>
      client({ address: `10.1.${i >> 8}.${i & 255}` }),
    );
    const began = performance.now();
    const text = table(report({ clients }), { all: true });
    expect(text.match(/\n {2}10\.1\./g)).toHaveLength(100);
    expect(text).toContain("\n  ... 59900 more clients, use --json\n");
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test("so do findings, captures and warnings", () => {
    const [source] = report().capture.sources;
    const value = report({
      findings: Array.from({ length: 130 }, () => finding()),
      capture: {
        ...report().capture,
        sources: Array.from({ length: 101 }, (_, i) => ({ ...source, name: `f${i}` })),
      },
      warnings: Array.from({ length: 102 }, () => ({ code: "untimed" as const, message: "x" })),
    });
    const text = table(value, { all: true });
    expect(text.match(/REJECTED/g)).toHaveLength(100);
    for (const line of ["... 30 more findings,", "... 1 more capture,", "... 2 more warnings,"])
      expect(text).toContain(line);
  });
});

describe("what else a reader must see", () => {
  test("exposure without a collision is one line with both numbers", () => {
    const [row] = report().responders;
    const line = (peak: number) =>
      table(
        report({ responders: [{ ...row, sequentialClients: 3, peakConcurrentSequential: peak }] }),
      ).replaceAll("\n     ", " ");
    expect(line(2)).toContain(
      "Watch gateway 192.0.2.1: 3 of its clients count their message IDs from a small number, up to 2 of them connected at once.",
    );
    expect(line(1)).toContain("never two of them connected at once");
    expect(table(report({ responders: [{ ...row, sequentialClients: 1 }] }))).not.toContain("Watch");
  });

  test("what was skipped and what was malformed is counted with its meaning, the most frequent first", () => {
    const text = table(report(), { verbose: true });
    expect(text).toMatch(
      /590 {2}esp-in-udp +ESP in UDP: encrypted traffic behind a NAT\n +11 {2}nat-keepalive/,
    );
    expect(text).toMatch(/ 1 {2}bad-length +the length field cannot be right/);
  });

  test("a damaged source, a full table, an anomaly and the warnings are told", () => {
    const [source] = report().capture.sources;
    const value = report({
      capture: {
        ...report().capture,
        sources: [{ ...source, end: "corrupt", problem: "byte 99 is odd." }],
        evicted: { flows: 3, ikeSas: 0 },
      },
      clients: [client({ anomaly: "IDs do not fit the vendor ID" })],
      warnings: [{ code: "corrupt", message: "byte 99 is odd." }],
    });
    const text = flat(value, { all: true });
    expect(text).toContain("; damaged: byte 99 is odd.");
    expect(text).toContain("Dropped from a full table: 3 of flows.");
    expect(text).not.toContain("0 of ikeSas");
    expect(text).toContain("198.51.100.11:4500: IDs do not fit the vendor ID");
    expect(text).toContain("Warnings corrupt: byte 99 is odd.\n");
  });

  test("several responders give the clients a column for theirs, and aliases stand with the first address", () => {
    const [row] = report().responders;
    const responders = [
      { ...row, aliases: ["192.0.2.2"] },
      { ...row, address: "192.0.2.9" },
    ];
    const text = table(report({ responders }));
    expect(text).toContain("192.0.2.1 = 192.0.2.2");
    expect(text).toMatch(/client +gateway +outcome/);
    expect(table(report())).not.toMatch(/client +gateway +outcome/);
  });
});

describe("the page", () => {
  const busy = report({
    findings: [rejected, unseen],
    warnings: [{ code: "one-sided", message: "word ".repeat(60) }],
  });

  test.each([
    ["narrow terminals get 80 columns", 20, 80],
    ["80 is kept", 80, 80],
    ["wide terminals get 120 columns", 300, 120],
  ])("%s", (_, width, limit) => {
    const lines = table(busy, { width }).split("\n");
    const long = lines.filter((line) => line.length > limit && !/isakmp\.|tcpdump /.test(line));
    expect(long).toEqual([]);
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(limit - 25);
  });

  test("no line ends in spaces and the text ends in one line feed", () => {
    expect(table(busy)).not.toMatch(/[ \t]\n/);
    expect(table(busy)).toMatch(/[^\n]\n$/);
  });

  test("colour is used only when it is asked for, and closed on every line", () => {
    expect(table(busy)).not.toContain("\x1b");
    const colored = table(busy, { color: true });
    expect(colored).toContain("\x1b[1;31mREJECTED\x1b[0m");
    for (const line of colored.split("\n")) {
      const resets = line.split("\x1b[0m").length - 1;
      expect(line.split("\x1b[").length - 1, line).toBe(2 * resets);
    }
  });

  test("without its colours the text is the uncoloured one", () => {
    const stripped = table(busy, { color: true }).replace(/\p{Cc}\[[\d;]*m/gu, "");
    expect(stripped).toBe(table(busy));
  });
});

describe("hostile text", () => {
  const evil = "\x1b]0;owned\x07\x1b[2J\r\nFAKE\x9b1m\u202e";
  const shown = "\\x1b]0;owned\\x07\\x1b[2J\\x0d\\x0aFAKE\\x9b1m\\u202e";
  const [source] = report().capture.sources;
  const [row] = report().responders;

  test.each([
    ["a file name", report({ capture: { ...report().capture, sources: [{ ...source, name: evil }] } })],
    [
      "a problem",
      report({ capture: { ...report().capture, sources: [{ ...source, end: "corrupt", problem: evil }] } }),
    ],
    [
      "the source of an attempt",
      report({
        capture: { ...report().capture, sources: [source, { ...source, name: evil }] },
        findings: [finding({ attempts: [attempt({ source: evil })] })],
      }),
    ],
    ["a platform", report({ clients: [client({ platform: evil })] })],
    ["an anomaly", report({ clients: [client({ anomaly: evil })] })],
    ["a vendor", report({ responders: [{ ...row, vendor: evil }] })],
    ["a summary", report({ findings: [finding({ summary: evil })] })],
    ["a note", report({ findings: [finding({ notes: [evil] })] })],
    ["a fingerprint", report({ findings: [finding({ fingerprint: evil })] })],
    ["an address in the first line", report({ findings: [finding({ responder: evil })] })],
    ["a warning", report({ warnings: [{ code: "corrupt", message: evil }] })],
    ["a reason for skipping", report({ capture: { ...report().capture, skipped: { [evil]: 1 } } })],
    ["the name of a full table", report({ capture: { ...report().capture, evicted: { [evil]: 1 } } })],
  ])("%s cannot reach the terminal", (_, value) => {
    const text = table(value, { width: 120, all: true });
    expect(text).toContain(shown);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).not.toMatch(/^FAKE/m);
  });
});
