/** Reports of several captures in one text: each form is still one of its kind, and has every report whole. */

import { describe, expect, it } from "vitest";
import { reportToHtml } from "../../src/printers/html.ts";
import { reportToJson } from "../../src/printers/json.ts";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { reportToNdjson } from "../../src/printers/ndjson.ts";
import { severalOf } from "../../src/printers/several.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";
import { finding, report } from "../support/reports.ts";

const NAMES = ["a`b.pcap", "<b>\u001b.pcap"];
const REPORTS = [report({ findings: [finding()] }), report({ findings: [finding()], clients: [] })];

function joined(format: string, text: (report: Report) => Iterable<string>): string {
  const { begin, item, end } = severalOf(format);
  return begin + REPORTS.map((each, i) => [...item(text(each), NAMES[i], i)].join("")).join("") + end;
}

describe("several reports", () => {
  it("of JSON are one object, indented as one", () => {
    const text = joined("json", reportToJson);
    expect(JSON.parse(text)).toEqual({ schemaVersion: "1", reports: REPORTS });
    expect(text).toBe(`${JSON.stringify({ schemaVersion: "1", reports: REPORTS }, null, 2)}\n`);
  });

  it("of NDJSON follow each other", () => {
    expect(joined("ndjson", reportToNdjson)).toBe(
      REPORTS.map((each) => [...reportToNdjson(each)].join("")).join(""),
    );
  });

  it("of tables stand under their names, underlined", () => {
    const [first, second] = REPORTS.map((each) =>
      reportToTable(each, { color: false, width: 80, rows: null, all: false, verbose: false, clock: UTC }),
    );
    const text = joined("table", (each) => [each === REPORTS[0] ? first : second]);
    expect(text).toBe(`a\`b.pcap\n========\n\n${first}\n\n<b>\\x1b.pcap\n============\n\n${second}`);
    const [name] = severalOf("table").item([], "n".repeat(150), 0);
    expect(name).toBe(`${"n".repeat(150)}\n${"=".repeat(100)}\n\n`);
  });

  it("of Markdown stand under their names, their headings one level below", () => {
    const text = joined("markdown", (each) => reportToMarkdown(each, { all: false, clock: UTC }));
    const headings = text.split("\n").filter((line) => /^#+ /.test(line));
    expect(headings.filter((line) => line.startsWith("# "))).toEqual(["# `a'b.pcap`", "# `<b>\\x1b.pcap`"]);
    const own = REPORTS.map((each) =>
      [...reportToMarkdown(each, { all: false, clock: UTC })]
        .join("")
        .split("\n")
        .filter((line) => /^#+ /.test(line)),
    );
    expect(headings.filter((line) => !line.startsWith("# "))).toEqual(own.flat().map((line) => `#${line}`));
    expect(text.startsWith("# ")).toBe(true);
    const [, inside] = severalOf("markdown").item(["## One\nlot # 1 of ## 2\n"], "a", 0);
    expect(inside).toBe("### One\nlot # 1 of ## 2\n");
    expect(text).toContain("\n\n# `<b>");
  });

  it("of HTML are one page with a section for each, whose names differ and are there", () => {
    const text = joined("html", (each) => reportToHtml(each, [], { clock: UTC }));
    for (const tag of ["<!doctype html>", "<head>", "<body>", "<main>", "</main>", "</body>", "</html>"]) {
      expect(text.toLowerCase().split(tag).length - 1, tag).toBe(1);
    }
    expect(text.toLowerCase().startsWith("<!doctype html>")).toBe(true);
    expect(text.endsWith("</main>\n</body>\n</html>\n")).toBe(true);
    expect(text).toContain("<h1>a`b.pcap</h1>");
    expect(text).toContain("<h1>&lt;b&gt;");
    const ids = [...text.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.some((id) => id.startsWith("c1-")) && ids.some((id) => id.startsWith("c2-"))).toBe(true);
    const named = [...text.matchAll(/\b(?:aria-labelledby|aria-describedby)="([^"]*)"|href="#([^"]*)"/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, labels, link] of named) {
      for (const name of (labels ?? link).split(" ")) expect(ids).toContain(name);
    }
    for (const [, link] of text.matchAll(/href="([^#"][^"]*)"/g)) expect(link).not.toMatch(/^c\d-/);
  });
});
