/** A ticket in Markdown, section by section: every number and name where it belongs. */

import { describe, expect, it } from "vitest";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { code, codeCell } from "../../src/printers/markdown-text.ts";
import { metricsText } from "../../src/printers/openmetrics.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Metrics } from "../../src/report/metrics.ts";
import type { Finding, Report } from "../../src/report/model.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

const markdown = (value: Report, all = false) => [...reportToMarkdown(value, { all, clock: UTC })].join("");
const of = (over: Partial<Finding> = {}, more: Partial<Report> = {}) =>
  report({ findings: [finding(over)], ...more });
const linesOf = (value: Report) => markdown(value).split("\n");
const { holder, contender } = finding();
const [row] = report().responders;

/** The lines from a heading to the next one. */
function section(text: string, heading: string): string[] {
  const lines = text.split("\n");
  const start = lines.indexOf(heading);
  const end = lines.findIndex((line, i) => i > start && line.startsWith("## "));
  return start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end);
}

describe("a finding", () => {
  const clients = (over: Partial<Finding> = {}, more: Partial<Report> = {}) =>
    linesOf(of(over, more)).filter((line) => /^- (gateway|.*\((holder|contender)\))/.test(line));

  it("names the gateway and the two clients, with what is known of them", () => {
    const others = [
      client({ port: 9, insideAddress: "10.0.0.9" }),
      client({ responder: "192.0.2.9" }),
      client(),
      keptOut({
        insideAddress: "10.0.0.5",
        pattern: { ...client().pattern, messageIds: [], ids: 0, confidence: 0.5 },
      }),
    ];
    const responders = [
      { ...row, address: "192.0.2.9", vendor: "another" },
      { ...row, aliases: ["192.0.2.2"] },
    ];
    expect(clients({}, { clients: others, responders })).toEqual([
      "- gateway (responder): 192.0.2.1, also 192.0.2.2, Cisco ASA-like",
      expect.stringMatching(
        /^- connected first \(holder\): 198\.51\.100\.11:4500, Windows Vista, sequential message IDs \(.* 99\.9 %\): 0x00000001, 0x00000002$/,
      ),
      "- kept out (contender): 198.51.100.12:4500 (inside 10.0.0.5), Windows 7 or Server 2008 R2, sequential message IDs (50.0 %): none seen",
    ]);
  });

  it("names none that the report does not have", () => {
    const far = { address: "198.51.100.99", platform: null };
    expect(
      clients({ holder: { ...holder, ...far }, contender: { ...contender, ...far } }, { responders: [] }),
    ).toEqual([
      "- gateway (responder): 192.0.2.1, make unknown",
      "- connected first (holder): 198.51.100.99:4500, platform unknown",
      "- kept out (contender): 198.51.100.99:4500, platform unknown",
    ]);
    const candidates = [{ address: "198.51.100.77", port: 500 }];
    expect(clients({ holder: { ...holder, address: null, candidates } })[1]).toBe(
      "- connected first (holder): not visible in the captures; may be 198.51.100.77:500",
    );
  });

  it("says that a client has more IDs than are named", () => {
    const pattern = { ...client().pattern, ids: 5 };
    expect(clients({}, { clients: [client({ pattern })] })[1]).toMatch(/: 0x00000001, 0x00000002, \.\.\.$/);
    expect(clients()[1]).toMatch(/: 0x00000001, 0x00000002$/);
  });

  it("has the source of a frame where its packets are in several", () => {
    const frames = (value: Report) =>
      linesOf(value).flatMap((line) => {
        const cells = line.split("|").map((cell) => cell.trim());
        return /^20\d\d-.* UTC$/.test(cells[1] ?? "") && cells.length > 7 ? [cells[2]] : [];
      });
    expect(frames(of())).toEqual(["7", "31", "58", ""]);
    const claim = { ...attempt().claim!, source: "other.pcap" };
    expect(frames(of({ attempts: [attempt({ claim })] }))).toEqual([
      "7 of `other.pcap`",
      "31 of `office.pcap`",
      "58 of `office.pcap`",
      "",
    ]);
  });

  it("stands in paragraphs that are apart", () => {
    const lines = linesOf(of({ notes: ["a sentence"] }));
    for (const begin of ["## ", "Cause: ", "What supports it:", "Fingerprint, ", "To see the quick modes"]) {
      const at = lines.findIndex((line, i) => i > 0 && line.startsWith(begin));
      expect([begin, lines[at - 1]]).toEqual([begin, ""]);
    }
    expect(lines[lines.indexOf("What supports it:") + 1]).toBe("");
  });
});

describe("what stands around findings", () => {
  it("first the answer, then the other lines of the summary", () => {
    const [head, empty, ...rest] = linesOf(of());
    expect([head.startsWith("# 1 of 2 clients kept out"), empty]).toEqual([true, ""]);
    expect(rest.slice(0, 3).map((line) => /^- \*\*([^:]+):\*\*/.exec(line)?.[1])).toEqual([
      "When",
      "How sure",
      "Not shown",
    ]);
    expect(rest[3]).toBe("");
  });

  it("the article of the fault where one was found", () => {
    const link = "<https://support.microsoft.com/en-us/kb/942429>";
    expect(markdown(of())).toContain(link);
    expect(markdown(of({ verdict: "tolerated" }))).not.toContain(link);
    const both = report({ findings: [finding(), finding({ verdict: "tolerated" })] });
    expect(markdown(both)).toContain(link);
    expect(markdown(of())).not.toContain("more step");
  });

  it("gaps, and the warnings that are none", () => {
    const gap = { code: "esp-unseen" as const, message: "No ESP.", count: 1 };
    const warnings = [
      { code: "snaplen" as const, message: "Cut." },
      { code: "no-ike" as const, message: "No ESP." },
    ];
    const lines = section(
      markdown(report({ coverage: { complete: false, gaps: [gap] }, warnings })),
      "## What the captures could not show",
    );
    expect(lines.filter((line) => line !== "")).toEqual([
      "- esp-unseen: No ESP.",
      "Warnings:",
      "- snaplen: Cut.",
    ]);
    expect(lines[0]).toBe("");
    const none = section(markdown(report()), "## What the captures could not show");
    expect(none.filter((line) => line !== "")).toEqual(["No gap is known."]);
  });

  it("tables of gateways, clients and captures", () => {
    const cells = (heading: string, value: Report) =>
      section(markdown(value), heading)
        .filter((line) => line.startsWith("|"))
        .map((line) =>
          line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim())
            .join(" | "),
        );
    expect(
      cells("## Gateways", report({ responders: [{ ...row, aliases: ["192.0.2.2"], vendor: null }] })),
    ).toEqual([
      "gateway (responder) | make | clients | count their message IDs | most of these at once",
      expect.stringMatching(/^-+ \|/),
      "192.0.2.1 = 192.0.2.2 | unknown | 2 | 2 | 2",
    ]);
    const value = of(
      {},
      { clients: [client(), client({ address: "203.0.113.1" }), keptOut({ address: "203.0.113.2" })] },
    );
    const [head, , ...rows] = cells("## Clients", value);
    expect(head).toBe("client | gateway | outcome | platform | IDs | first IDs | IKE SAs | last seen");
    expect(rows.map((line) => line.split(" | ").slice(0, 3).join(" "))).toEqual([
      "198.51.100.11:4500 192.0.2.1 connected",
      "203.0.113.2:4500 192.0.2.1 kept out (2 tries)",
    ]);
    const [source] = report().capture.sources;
    const empty = { ...source, name: "b", packets: 0, firstPacketAt: null, lastPacketAt: null };
    const none = report({ capture: { ...report().capture, sources: [empty] } });
    expect(cells("## Captures", none).at(-1)).toBe("`b` | pcap | 0 |  |  | whole");
    expect(cells("## Findings", of())[0]).toBe(
      "# | verdict | severity | gateway (responder) | connected first (holder) | kept out (contender) | message IDs",
    );
    expect(cells("## Captures", report())).toEqual([
      "capture | format | packets | from | to | end",
      expect.stringMatching(/^-+ \|/),
      "`office.pcap` | pcap | 640 | 2026-11-23 10:00:00 UTC | 2026-11-23 10:06:10 UTC | whole",
    ]);
  });
});

describe("code in Markdown", () => {
  it.each([
    ["plain", "`plain`"],
    ["a|b", "`a|b`"],
    ["a`b", "``a`b``"],
    ["a b ", "`a b `"],
    ["`a", "`` `a ``"],
    ["a`", "`` a` ``"],
    [" a ", "`  a  `"],
    [" a", "` a`"],
    [" ", "`   `"],
  ])("%j", (text, wanted) => {
    expect(code(text)).toBe(wanted);
  });

  it("does not end a cell of a table", () => {
    expect(codeCell("a|b`|")).toBe("``a\\|b`\\|``");
  });
});

it("metrics hold the memory of the process", () => {
  const none = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  const metrics = {
    version: "1",
    startedAt: 5,
    residentBytes: 12_345,
    gateways: [],
    lastPacketAt: null,
    judgementSeconds: 0.5,
    stats: {
      type: "stats",
      schemaVersion: "1",
      at: null,
      uptimeSeconds: 1,
      packets: 2,
      messages: { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 },
      quickModeMessages: 0,
      responders: 0,
      clients: 0,
      ikeSas: 0,
      findings: none,
      closed: { ikeSas: 0, findings: none },
      evicted: 0,
      dropped: { kernel: null, queue: 0, output: 0 },
      sources: [],
    },
  } as Metrics;
  expect(metricsText(metrics)).toMatch(/^\S*resident_memory_bytes 12345$/m);
});
