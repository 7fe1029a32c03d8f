/** Sections of the table, from reports made by hand: every number and name where it belongs. */

import { describe, expect, it } from "vitest";
import { outcomeText as clientOutcome } from "../../src/printers/clients-section.ts";
import { grid } from "../../src/printers/page.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { clipped, columnsOf, columnWidths, padded, printable } from "../../src/printers/text.ts";
import type { Finding } from "../../src/report/model.ts";
import { PLAIN, section } from "../support/printed.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

const { holder, contender } = finding();

describe("rows of findings", () => {
  const rows = (...findings: Finding[]) => section(report({ findings }), "Findings");

  it("name clients by address, with the port where several share it, and the day once", () => {
    expect(rows(finding())).toEqual([
      "# | verdict | severity | connected first | kept out | ID | tries | first try, 2026-11-23 (UTC)",
      "1 | rejected | high | 198.51.100.11 | 198.51.100.12 | 1 | 1 | 10:02:00",
    ]);
    const shared = finding({ contender: { ...contender, address: holder.address!, port: 4501 } });
    expect(rows(shared)[1]).toContain("| 198.51.100.11:4500 | 198.51.100.11:4501 |");
    expect(rows(finding({ holder: { ...holder, address: null } }))[1]).toContain("| not visible |");
  });

  it("have the gateway where there are several, and the day where there are two", () => {
    const other = finding({
      responder: "192.0.2.2",
      attempts: [attempt({ at: "2026-11-24T10:02:00.500000Z" })],
    });
    expect(rows(finding(), other)).toEqual([
      "# | verdict | severity | gateway | connected first | kept out | ID | tries | first try (UTC)",
      "1 | rejected | high | 192.0.2.1 | 198.51.100.11 | 198.51.100.12 | 1 | 1 | 2026-11-23 10:02:00",
      "2 | rejected | high | 192.0.2.2 | 198.51.100.11 | 198.51.100.12 | 1 | 1 | 2026-11-24 10:02:00",
    ]);
  });

  it("have three IDs, small ones as numbers, the worst verdict first", () => {
    const ids = (...messageIds: string[]) => rows(finding({ messageIds }))[1].split(" | ")[5];
    expect(ids("0x00000001", "0x000003e7", "0x000003e8")).toBe("1 999 0x000003e8");
    expect(ids("0x00000001", "0x00000002", "0x00000003", "0x00000004", "0x00000005")).toBe("1 2 3 +2");
    expect(
      rows(finding({ verdict: "possible" }), finding({ verdict: "predicted" }), finding())
        .slice(1)
        .map((row) => row.split(" | ")[1]),
    ).toEqual(["rejected", "predicted", "possible"]);
  });

  it("stand in groups where there are more than twenty", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        finding({
          contender: { ...contender, address: `203.0.113.${i + 1}` },
          attempts: [attempt({ at: `2026-11-23T10:${String(59 - i).padStart(2, "0")}:00.000000Z` })],
          ...(i >= 18 ? { holder: { ...holder, address: "198.51.100.21" } } : {}),
        }),
      );
    expect(rows(...many(20)).length).toBe(21);
    expect(rows(...many(21))).toEqual([
      "verdict | gateway | connected first | clients | kept out | first try (UTC)",
      "rejected | 192.0.2.1 | 198.51.100.11 | 18 | 203.0.113.1 203.0.113.2 +16 | 2026-11-23 10:42:00",
      "rejected | 192.0.2.1 | 198.51.100.21 | 3 | 203.0.113.19 203.0.113.20 +1 | 2026-11-23 10:39:00",
      "21 findings, here by who connected first; --all shows each.",
    ]);
    expect(rows(...many(20), finding())[2]).toBe(
      "rejected | 192.0.2.1 | 198.51.100.21 | 2 | 203.0.113.19 203.0.113.20 | 2026-11-23 10:40:00",
    );
    const text = reportToTable(report({ findings: many(21) }), PLAIN);
    expect(text).toMatch(/\n\n\.\.\. details of \d+ more findings: --all\n/);
    expect(reportToTable(report({ findings: many(1) }), PLAIN)).not.toContain("more finding");
    // The worst verdict first, and of one the holder that keeps most out.
    const [first, ...others] = many(21).map((each) => ({ ...each, holder }));
    const groups = rows({ ...first, verdict: "possible" }, ...many(21).slice(18), ...others);
    expect(
      groups.slice(1, 4).map((group) => group.split(" | ").filter((_, i) => [0, 2, 3].includes(i))),
    ).toEqual([
      ["rejected", "198.51.100.11", "20"],
      ["rejected", "198.51.100.21", "3"],
      ["possible", "198.51.100.11", "1"],
    ]);
  });

  it("have twenty groups, and say how many there are beyond", () => {
    const findings = Array.from({ length: 25 }, (_, i) =>
      finding({ holder: { ...holder, address: `203.0.113.${i}` } }),
    );
    const groups = rows(...findings);
    expect(groups).toHaveLength(1 + 20 + 2);
    expect(groups.slice(-2)).toEqual([
      "... 5 more groups, --all shows them",
      "25 findings, here by who connected first; --all shows each.",
    ]);
  });

  it("leave out the tolerated, and say so", () => {
    const value = report({ findings: [finding({ verdict: "tolerated" })] });
    expect(section(value, "Findings")).toEqual([]);
    expect(reportToTable(value, PLAIN)).toMatch(/\n1 tolerated: .*\. --all shows them\.\n/);
    expect(section(value, "Findings", { all: true }).length).toBe(2);
  });
});

describe("gateways and clients", () => {
  const [row] = report().responders;

  it("gateways of findings come first, with all their addresses", () => {
    const responders = [
      { ...row, address: "192.0.2.9", aliases: ["192.0.2.8"], vendor: null, exposureHarmless: true as const },
      row,
    ];
    expect(section(report({ responders, findings: [finding()] }), "Gateways")).toEqual([
      "gateway (responder) | make | clients | count their IDs | of these at once",
      "192.0.2.1 | Cisco ASA-like | 2 | 2 | 2",
      "192.0.2.9 = 192.0.2.8 | unknown | 2 | 2 | -",
    ]);
    const many = Array.from({ length: 8 }, (_, i) => ({ ...row, address: `192.0.2.${i + 1}` }));
    expect(section(report({ responders: many }), "Gateways").slice(6)).toEqual([
      expect.stringMatching(/^192\.0\.2\.6 /),
      "... 2 more gateways, --all shows them",
    ]);
    expect(section(report({ responders: [] }), "Gateways")).toEqual([]);
  });

  it("numbers end where their headings do", () => {
    const clients = Array.from({ length: 12 }, (_, i) => client({ address: `10.0.0.${i}` }));
    const findings = clients.map(() => finding());
    const text = reportToTable(report({ clients, findings }), { ...PLAIN, verbose: true });
    const lines = text.split("\n");
    for (const [head, row, wanted] of [
      [
        "  gateway (responder) ",
        "  192.0.2.1 ",
        { clients: "12", "count their IDs": "2", "of these at once": "2" },
      ],
      ["  client ", "  10.0.0.1:4500 ", { SAs: "1" }],
      ["  packets ", "       11 ", { packets: "11" }],
      ["   # ", "   1 ", { "#": "1", tries: "1" }],
    ] as const) {
      const heading = lines.find(
        (line) => line.startsWith(head) && Object.keys(wanted).every((each) => line.includes(each)),
      )!;
      const found = lines.find((line, i) => i > lines.indexOf(heading) && line.startsWith(row))!;
      for (const [name, value] of Object.entries(wanted)) {
        const end = heading.indexOf(name) + name.length;
        expect(found.slice(end - value.length - 1, end), name).toBe(` ${value}`);
      }
    }
  });

  it("of none there is nothing", () => {
    const none = report({ clients: [], responders: [] });
    const capture = { ...none.capture, malformed: {}, skipped: {} };
    const text = reportToTable({ ...none, capture }, PLAIN);
    expect(
      text
        .split("\n")
        .filter((line) => /^\S/.test(line))
        .slice(1),
    ).toEqual(["Not shown        no gap is known", "What to do"]);
    const whole = section({ ...none, capture }, "Packets", { verbose: true });
    expect(whole.join(" ")).toMatch(/^640 read\..* malformed\.$/);
  });

  it("clients that were kept out come first, then who connected first, oddities, and who counts", () => {
    const at = (i: number) => `203.0.113.${i}`;
    const pattern = {
      ...client().pattern,
      kind: "random" as const,
      confidence: 0.5,
      messageIds: ["0x8e5cdb6b", "0x00000002", "0x00000003", "0x00000004"],
      ids: 9,
    };
    const clients = [
      client({ address: at(1), pattern, platform: "Vista" }),
      client({ address: at(2), platform: "Vista" }),
      client({ address: at(3), anomaly: "It is odd.", pattern, platform: null }),
      client({ address: at(4), platform: "Vista", lastSeenAt: "2026-11-24T00:00:00.000000Z" }),
      keptOut({ address: at(5), platform: "Vista", insideAddress: "10.0.0.5" }),
    ];
    const findings = [
      finding({ holder: { ...holder, address: at(4) }, contender: { ...contender, address: at(9) } }),
    ];
    expect(section(report({ clients, findings }), "Clients")).toEqual([
      "client | outcome | platform | message IDs | SAs | last seen (UTC)",
      "203.0.113.5:4500 (inside | kept out (2 tries) | Vista | sequential (> 99.9 %): 1 2 | 1 | 2026-11-23 10:06:10",
      "10.0.0.5)",
      "203.0.113.4:4500 | connected | Vista | sequential (> 99.9 %): 1 2 | 1 | 2026-11-24 00:00:00",
      "203.0.113.3:4500 | connected | unknown | random (50.0 %): 0x8e5cdb6b 2 | 1 | 2026-11-23 10:06:10",
      "3 +6",
      "203.0.113.2:4500 | connected | Vista | sequential (> 99.9 %): 1 2 | 1 | 2026-11-23 10:06:10",
      "203.0.113.3:4500: It is odd.",
      "1 client without sequential IDs and without a finding left out; --all shows them.",
    ]);
  });

  it("what is odd of a client is told of those that are listed", () => {
    const clients = Array.from({ length: 12 }, (_, i) =>
      client({ address: `10.0.0.${i}`, anomaly: "It is odd." }),
    );
    const odd = (options = {}) =>
      section(report({ clients }), "Clients", options).filter((line) => line.endsWith(": It is odd.")).length;
    expect([odd(), odd({ all: true })]).toEqual([10, 12]);
  });

  it("clients have their gateway where there are several, and the day once where it is one", () => {
    const swapped = {
      ...client().pattern,
      byteOrder: "byte-swapped" as const,
      confidence: 0.5,
      messageIds: [],
      ids: 0,
    };
    expect(
      section(
        report({
          responders: [row, { ...row, address: "192.0.2.2" }],
          clients: [client({ pattern: swapped })],
        }),
        "Clients",
      ),
    ).toEqual([
      "client | gateway | outcome | platform | message IDs | SAs | last seen, 2026-11-23 (UTC)",
      "198.51.100.11:4500 | 192.0.2.1 | connected | Windows Vista | sequential, byte-swapped | 1 | 10:06:10",
      "(50.0 %)",
    ]);
  });

  it("what became of a client is said in a few words", () => {
    const { outcome } = keptOut();
    expect(clientOutcome({ outcome: { ...outcome, kind: "unknown" } })).toBe("not known");
    expect(clientOutcome(client())).toBe("connected");
    expect(clientOutcome({ outcome: { ...outcome, keptOut: 1 } })).toBe("kept out (1 try)");
    expect(clientOutcome({ outcome: { ...outcome, connectedAt: "2026-11-23T11:00:00.000000Z" } })).toBe(
      "kept out (2 tries), then connected",
    );
  });
});

describe("a table on a terminal", () => {
  it("has a hundred rows at most", () => {
    const page = { paint: (_: unknown, text: string) => text, width: 80 } as never;
    expect(
      grid(
        page,
        ["a"],
        Array.from({ length: 102 }, (_, i) => [i]),
        ["right"],
      ),
    ).toHaveLength(101);
  });

  it("gives way at its widest column, the first of equal ones, and not within a word", () => {
    const row = ["aa bb cc dd", "aa bb cc dd"];
    expect(columnWidths([row], 24, 2)).toEqual([11, 11]);
    expect(columnWidths([row], 23, 2)).toEqual([10, 11]);
    expect(columnWidths([row], 22, 2)).toEqual([10, 10]);
    expect(columnWidths([["abcdefgh", "a b c d e f"]], 5, 2)).toEqual([8, 4]);
  });

  it("shows what it would obey by its number", () => {
    expect(printable("\x1b\u202e\u{e0001}a")).toBe("\\x1b\\u202e\\u{e0001}a");
  });
});

describe("a text on a terminal", () => {
  it("is padded and clipped by its columns", () => {
    expect(["abc", "東京", "e\u0301"].map(columnsOf)).toEqual([3, 4, 1]);
    expect([padded("ab", 4), padded("東", 4), padded("abcd", 2)]).toEqual(["ab  ", "東  ", "abcd"]);
    expect([clipped("abcd", 4), clipped("abcde", 4), clipped("東京都", 4), clipped("東京都", 5)]).toEqual([
      "abcd",
      "abc…",
      "東…",
      "東京…",
    ]);
  });
});
