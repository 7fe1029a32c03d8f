/** Sections and tables of the page for a browser: the same facts as in the table. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { reportToHtml } from "../../src/printers/html.ts";
import { findingSection } from "../../src/printers/html-finding.ts";
import { captureSection, clientSection, responderSection, rest } from "../../src/printers/html-tables.ts";
import { html, htmlTable } from "../../src/printers/html-text.ts";
import { ladder } from "../../src/printers/ladder.ts";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Finding, Report } from "../../src/report/model.ts";
import type { Timeline } from "../../src/report/timeline.ts";
import { attempt, client, finding, keptOut, report, timeline, witness } from "../support/reports.ts";

const of = (over: Partial<Finding> = {}, more: Partial<Report> = {}) =>
  report({ findings: [finding(over)], ...more });
const { holder } = finding();
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("the page", () => {
  const page = (over: Partial<Finding> = {}, more: Partial<Report> = {}) => {
    const value = of(over, more);
    return findingSection(value.findings[0], 2, value, UTC);
  };

  it("of a finding has the same facts as its block", () => {
    const text = page(
      { notes: ["a sentence"], caveats: ["no-control"] },
      { clients: [client(), client({ port: 9 }), keptOut({ insideAddress: "10.0.0.5" })] },
    );
    expect(text).toContain(
      '<section id="finding-2"><h2>Finding 2: <span class="verdict rejected">rejected</span>, severity high</h2>',
    );
    expect(text).toContain("<li>gateway (responder): 192.0.2.1, Cisco ASA-like</li>");
    expect(text).toContain(
      "<li>connected first (holder): 198.51.100.11:4500, Windows Vista, sequential message IDs (&gt; 99.9 %)</li>",
    );
    expect(text).toContain(
      "<li>kept out (contender): 198.51.100.12:4500 (inside 10.0.0.5), Windows 7 or Server 2008 R2, sequential",
    );
    expect(text).toContain("<h3>What supports it</h3>");
    expect(text).toContain("<h3>What else could explain it, or weakens it</h3>");
    expect(text).not.toContain("What witnesses");
    expect(text).toContain("<code>3f2a9c5be1d04467</code>");
    expect(page()).not.toContain("<h3>");
    expect(page()).toContain("What it means: ");
    expect(page({ verdict: "tolerated" })).not.toContain("What it means");
    expect(
      page({ holder: { ...holder, address: null, candidates: [{ address: "198.51.100.77", port: 500 }] } }),
    ).toContain("not visible in the captures; may be 198.51.100.77:500");
    expect(page({ holder: { ...holder, address: "198.51.100.99", platform: null } })).toContain(
      "198.51.100.99:4500, platform unknown</li>",
    );
  });

  it("names the source of a frame where an attempt is in several", () => {
    expect(page()).toContain(">31</td>");
    const heads = [...page().matchAll(/<th scope="col"[^>]*>([^<]*)<\/th>/g)].map(([, head]) => head);
    expect(heads).toEqual(["time", "frame", "direction", "cookies", "message ID", "what it is"]);
    const claim = { ...attempt().claim!, source: "other.pcap" };
    const text = page({ attempts: [attempt({ claim })] });
    expect(text).toContain(">31 of office.pcap</td>");
    expect(text).toContain(">7 of other.pcap</td>");
  });

  it("has a drawing for each attempt, and counts those beyond", () => {
    const drawn = (count: number) => {
      const text = page({ attempts: Array.from({ length: count }, () => attempt()) });
      return [text.match(/id="ladder-2-\d+"/g)!.length, /(\d+ more attempts?): see the JSON/.exec(text)?.[1]];
    };
    const [most] = drawn(500);
    expect(drawn(2)).toEqual([2, undefined]);
    expect(drawn(Number(most))).toEqual([most, undefined]);
    expect(drawn(Number(most) + 1)).toEqual([most, "1 more attempt"]);
  });

  it("of a ladder has an arrow for each packet, from its sender to its receiver", () => {
    const text = ladder(finding(), attempt(), UTC, "l");
    expect(text).toContain('viewBox="0 0 360 238"');
    expect(text).toContain("Packets between 198.51.100.11:4500, gateway 192.0.2.1 and 198.51.100.12:4500");
    const arrows = [...text.matchAll(/<line class="packet" x1="(\d+)" x2="(\d+)" y1="(\d+)"/g)].map(
      ([, ...at]) => at.map(Number),
    );
    expect(arrows).toEqual([
      [64, 178, 70],
      [296, 182, 110],
      [296, 182, 150],
      [64, 178, 190],
    ]);
    const labels = [
      ...text.matchAll(/text-anchor="middle">([^<]*)<\/text><text class="time"[^>]*>([^<]*)</g),
    ].map(([, ...said]) => said.join(" "));
    expect(labels).toEqual([
      "quick mode ID 1 10:00:01",
      "quick mode ID 1 10:02:00",
      "the same, last time 10:02:31",
      "last sign of life 10:06:10",
    ]);
    expect(text).toContain(
      '<text class="rejected" x="296" y="234" text-anchor="middle" font-weight="bold">no answer</text>',
    );
  });

  it("of a ladder tells an Informational and a later ID, and a holder that is not seen", () => {
    const informational = {
      at: "2026-11-23T10:02:01.000000Z",
      frame: 3,
      source: "a",
      sender: "responder" as const,
      what: "informational" as const,
    };
    const implied = { ...attempt().claim!, implied: true, lastLifeAt: null };
    const text = ladder(
      finding(),
      attempt({ events: [informational], claim: implied, outcome: "refused", messageId: "0x8e5cdb6b" }),
      UTC,
      "l",
    );
    expect(text).toContain(">Informational</text>");
    expect(text).toContain(">quick mode, later ID</text>");
    expect(text).toContain(">refused</text>");
    expect(text).toMatch(/<line class="packet" x1="180" x2="294"/);
    const unseen = ladder(
      finding({ holder: { ...holder, address: null } }),
      attempt({ messageId: "0x8e5cdb6b" }),
      UTC,
      "l",
    );
    expect(unseen).toContain(">not visible</text>");
    expect(unseen).toContain(">quick mode ID 0x8e5cdb6b</text>");
    const bound = ladder(finding(), attempt({ messageId: "0x000003e8" }), UTC, "l");
    expect(bound).toContain(">quick mode ID 0x000003e8</text>");
  });

  const whole = (value: Report) => [...reportToHtml(value, [], { clock: UTC })].join("");

  it("as a whole says in its first table who connected first", () => {
    const row = (value: Report) =>
      /<a href="#finding-1">1<.*?<\/tr>/s.exec(whole(value))![0].replace(/(?:<[^>]*>)+/g, "|");
    expect(row(of())).toContain("|192.0.2.1|198.51.100.11:4500|198.51.100.12:4500|");
    expect(row(of({ holder: { ...holder, address: null } }))).toContain("|not visible|198.51.100.12:4500|");
  });

  it("allows the one style that is in it, and has the lines of the summary", () => {
    const text = whole(of());
    const [, style] = /<style>([\s\S]+?)<\/style>/.exec(text)!;
    const digest = createHash("sha256").update(style).digest("base64");
    expect(text).toContain(`style-src 'sha256-${digest}'`);
    expect([...text.matchAll(/<dt>(.*?)<\/dt><dd>.+<\/dd>/g)].map(([, label]) => label)).toEqual([
      "When",
      "How sure",
      "Not shown",
    ]);
    expect(text).toContain(
      '<th scope="col">finding</th><th scope="col">verdict</th><th scope="col">severity</th>',
    );
  });

  it("says of a drawing what is left out of it, where something is", () => {
    const drawn = (over: Partial<Timeline>) => {
      const text = [...reportToHtml(report(), [timeline(over)], { clock: UTC })].join("");
      return [...text.matchAll(/<p>([^<]*)<\/p>/g)].map(([, said]) => said);
    };
    const plain = drawn({});
    const more = (over: Partial<Timeline>) => drawn(over).filter((said) => !plain.includes(said));
    expect(plain.filter((said) => /Stryker|not drawn/.test(said))).toEqual([]);
    expect(more({ omitted: 3 }).join(" ")).toContain(
      "3 more clients of this gateway, in no finding, not drawn.",
    );
    expect(more({ gathered: true })).toHaveLength(1);
  });

  it("says once what the captures could not show", () => {
    const message = "It is cut & off.";
    const gaps = [
      { code: "truncated" as const, message, count: 1 },
      { code: "snaplen" as const, message: "So is it.", count: 1 },
    ];
    const value = report({ coverage: { complete: false, gaps }, warnings: [{ code: "truncated", message }] });
    expect(whole(value)).toContain(
      '<section class="gaps"><h2>What the captures could not show</h2>\n<ul>\n<li>It is cut &amp; off.</li>\n<li>So is it.</li>\n</ul>',
    );
    expect(whole(report())).not.toContain("could not show");
  });

  it("has tables with a caption, whose cells name their column", () => {
    expect(
      htmlTable(
        "A & B",
        ["x", "y"],
        [
          ["1", "2"],
          ["3", "4"],
        ],
      ),
    ).toBe(
      '<table><caption>A &amp; B</caption><thead><tr><th scope="col">x</th><th scope="col">y</th></tr></thead><tbody>' +
        '<tr><th scope="row">1</th><td data-head="y">2</td></tr>\n<tr><th scope="row">3</th><td data-head="y">4</td></tr>\n' +
        "</tbody></table>\n",
    );
  });

  it("has the steps one after the other, their commands in a list of their own", () => {
    const value = of();
    const steps = nextSteps(value, UTC);
    expect([steps.length > 1, steps.some(({ commands }) => commands.length === 0)]).toEqual([true, true]);
    const items = steps.map(({ text, commands }) => {
      const list = commands.map(() => "<li>.*: <code>.*</code></li>\n").join("");
      return `<li>${literally(html(text))}${list === "" ? "" : `\n<ul>\n${list}</ul>`}</li>\n`;
    });
    expect(whole(value)).toMatch(new RegExp(`<ol>\n${items.join("")}</ol>\n<p><a href="https://support`));
  });

  it("has tables of gateways, clients and captures", () => {
    const cells = (text: string) =>
      [...text.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, tr]) =>
        [...tr.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)]
          .map(([, cell]) => cell.replace(/<[^>]*>/g, ""))
          .join(" | "),
      );
    const [row] = report().responders;
    expect(
      cells(responderSection(report({ responders: [{ ...row, aliases: ["192.0.2.2"], vendor: null }] }))).at(
        -1,
      ),
    ).toBe("192.0.2.1 = 192.0.2.2 | unknown | 2 | 2 | 2");
    expect(responderSection(report({ responders: [] })) + clientSection(report({ clients: [] }), UTC)).toBe(
      "",
    );
    const unknown = { ...keptOut().outcome, kind: "unknown" as const };
    const clients = [
      client({ address: "a", outcome: unknown }),
      client({ address: "b" }),
      keptOut({ address: "c", insideAddress: "10.0.0.5", platform: null }),
    ];
    expect(cells(clientSection(report({ clients }), UTC))).toEqual([
      "client | gateway | outcome | platform | IDs | first IDs | IKE SAs | last seen",
      "c:4500 (inside 10.0.0.5) | 192.0.2.1 | kept out (2 tries) | unknown | sequential (&gt; 99.9 %) | 0x00000001, 0x00000002 | 1 | 2026-11-23 10:06:10 UTC",
      "b:4500 | 192.0.2.1 | connected | Windows Vista | sequential (&gt; 99.9 %) | 0x00000001, 0x00000002 | 1 | 2026-11-23 10:06:10 UTC",
      "a:4500 | 192.0.2.1 | not known | Windows Vista | sequential (&gt; 99.9 %) | 0x00000001, 0x00000002 | 1 | 2026-11-23 10:06:10 UTC",
    ]);
    const [source] = report().capture.sources;
    const empty = { ...source, name: "b", firstPacketAt: null, lastPacketAt: null, end: "corrupt" as const };
    const captures = captureSection(
      report({ capture: { ...report().capture, sources: [source, empty] } }),
      UTC,
    );
    expect(cells(captures)).toEqual([
      "capture | format | packets | from | to | end",
      "office.pcap | pcap | 640 | 2026-11-23 10:00:00 UTC | 2026-11-23 10:06:10 UTC | whole",
      "b | pcap | 640 |  |  | damaged",
    ]);
    expect(captures).toContain(
      "640 packets read: 38 messages of IKEv1, of them 14 of quick mode; not judged: 0 of IKEv2, 0 of AuthIP, 1 malformed.",
    );
    const log = witness({ source: "a&b.log" });
    expect(captureSection(report({ capture: { ...report().capture, witnesses: [log] } }), UTC)).toContain(
      "<p>a&amp;b.log: a gateway&#39;s log, 4 of 9 lines tell of IKE or L2TP;",
    );
    expect([rest(200), rest(202)]).toEqual([
      "",
      expect.stringContaining("2 more rows: see the JSON report."),
    ]);
  });
});
