import { lexer, type Token, type Tokens } from "marked";
import { describe, expect, it, test } from "vitest";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";
import { HOSTILE } from "../support/hostile.ts";
import { attempt, finding, keptOut, report } from "../support/reports.ts";

function markdown(value: Report, all = false): string {
  return [...reportToMarkdown(value, { all, clock: UTC })].join("");
}

/** All tokens of an independent parser (GitHub's dialect), nested ones too. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const walk = (list: readonly Token[] | undefined) => {
    for (const token of list ?? []) {
      found.push(token);
      walk("tokens" in token ? token.tokens : undefined);
      if (token.type === "list") walk((token as Tokens.List).items);
      if (token.type === "table") {
        const { header, rows } = token as Tokens.Table;
        for (const cell of [...header, ...rows.flat()]) walk(cell.tokens);
      }
    }
  };
  walk(lexer(text, { gfm: true }));
  return found;
}

const rejected = finding({ caveats: ["no-control"], notes: ["accepted-when-free"] });

describe("a finding in Markdown", () => {
  const text = markdown(report({ findings: [rejected] }));

  it("has a table of the exchange with time, frame, direction, cookies, ID and what it is", () => {
    const table = tokens(text).find(
      (token): token is Tokens.Table =>
        token.type === "table" && (token as Tokens.Table).header[0].text === "time",
    )!;
    expect(table.header.map((cell) => cell.text)).toEqual([
      "time",
      "frame",
      "direction",
      "cookies",
      "message ID",
      "what it is",
    ]);
    expect(table.rows.map((row) => [row[1].text, row[2].text, row[3].text])).toEqual([
      ["7", "198.51.100.11:4500 → 192.0.2.1", "`1111111111111111:aaaaaaaaaaaaaaaa`"],
      ["31", "198.51.100.12:4500 → 192.0.2.1", "`2222222222222222:bbbbbbbbbbbbbbbb`"],
      ["58", "198.51.100.12:4500 → 192.0.2.1", "`2222222222222222:bbbbbbbbbbbbbbbb`"],
      ["", "198.51.100.11:4500 → 192.0.2.1", "`1111111111111111:aaaaaaaaaaaaaaaa`"],
    ]);
  });

  it("has the commands as they are to be pasted", () => {
    const spans = tokens(text).filter(({ type }) => type === "codespan");
    const typed = spans.map((token) => (token as Tokens.Codespan).text);
    expect(typed).toContain("show crypto ikev1 sa detail | include 198.51.100.11");
  });

  it("has the display filter as it is to be pasted, the caveats, and what can be done", () => {
    const code = tokens(text).filter(({ type }) => type === "code");
    expect(code.map((token) => (token as Tokens.Code).text)).toEqual([rejected.displayFilter]);
    expect(text).toContain("no-control");
    expect(text).toContain("accepted-when-free");
    expect(text).toContain("## What to do");
    expect(text).toContain("not tried): `vpn-sessiondb logoff index INDEX`");
    expect(text).toContain("KB 942429");
  });

  it("does not offer remedies, nor the sentence of the fault, for what was tolerated", () => {
    const tolerated = markdown(
      report({ findings: [finding({ verdict: "tolerated", summary: "Accepted." })] }),
      true,
    );
    expect(tolerated).not.toContain("disconnect");
    expect(tolerated).not.toContain("refuses this");
  });
});

test("what the captures could not show is said with and without findings", () => {
  const gaps = [{ code: "one-sided" as const, count: 1, message: "Nothing that 192.0.2.1 sent." }];
  expect(markdown(report({ coverage: { complete: false, gaps } }))).toContain(
    "one-sided: Nothing that 192.0.2.1 sent.",
  );
  expect(markdown(report())).toContain("No gap is known.");
});

test("tables are bounded and say what is left out", () => {
  const sources = Array.from({ length: 250 }, (_, i) => ({
    ...report().capture.sources[0],
    name: `${i}.pcap`,
  }));
  const text = markdown(report({ capture: { ...report().capture, sources } }));
  expect(text).toContain("150 more rows: see the JSON report.");
  expect(text).not.toContain("100.pcap");
});

describe("a ticket takes some 65,000 characters", () => {
  const many = Array.from({ length: 400 }, (_, i) =>
    finding({
      contender: { ...finding().contender, address: `198.51.${i >> 8}.${i & 255}` },
      caveats: ["no-control", "ike-only", "same-nat"],
      attempts: [attempt(), attempt({ frame: 40 }), attempt({ frame: 50 })],
    }),
  );
  const long = { code: "truncated" as const, message: `${"é".repeat(5_000)} ends` };
  test.each([
    ["400 findings", report({ findings: many })],
    ["400 findings and 500 long warnings", report({ findings: many, warnings: Array(500).fill(long) })],
    ["10,000 clients", report({ clients: Array.from({ length: 10_000 }, () => keptOut()) })],
  ])("%s: what does not fit is counted and named", (_, value) => {
    for (const all of [false, true]) {
      const text = markdown(value, all);
      expect(Buffer.byteLength(text)).toBeLessThan(60_000);
      expect(text).toMatch(/Left out here, and in the JSON report: |more rows: see the JSON report/);
      const details = text.match(/^## Finding \d+/gm)?.length ?? 0;
      const left = /details of (\d+) more finding/.exec(text)?.[1] ?? "0";
      expect(details + Number(left)).toBe(value.findings.length);
      const named = /Left out here, and in the JSON report: (.*)\. Made by/.exec(text)?.[1] ?? "";
      for (const name of ["gateways", "clients", "captures"]) {
        const isThere = text.includes(`\n## ${name[0].toUpperCase()}${name.slice(1)}\n`);
        expect(isThere && named.includes(`the ${name}`), name).toBe(false);
      }
    }
  });
});

describe("nothing from input breaks out", () => {
  it.each(HOSTILE.map((name) => [JSON.stringify(name), name]))("%s", (_, name) => {
    const base = report();
    const value = report({
      findings: [
        finding({
          contender: { ...finding().contender, platform: name },
          summary: name,
          attempts: [
            attempt({ source: name }),
            attempt({ events: attempt().events.map((each, i) => ({ ...each, source: `${name}${i}` })) }),
          ],
        }),
      ],
      responders: [{ ...base.responders[0], vendor: name }],
      capture: { ...base.capture, sources: [{ ...base.capture.sources[0], name }] },
      warnings: [{ code: "truncated", message: name }],
      coverage: { complete: false, gaps: [{ code: "truncated", count: 1, message: `${name} ends` }] },
    });
    const text = markdown(value);
    // Control characters and the like are written out, for those who read the source in a terminal.
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
    const all = tokens(text);
    const plain = tokens(markdown(report({ findings: [finding(), finding()].slice(0, 1) })));
    expect(all.filter(({ type }) => type === "html")).toEqual([]);
    expect(all.filter(({ type }) => type === "image")).toEqual([]);
    // The one link is that of Microsoft's article; a mail address alone may become one, and leads nowhere else.
    const links = all.filter(({ type }) => type === "link").map((token) => (token as Tokens.Link).href);
    expect(links.filter((href) => !href.startsWith("mailto:"))).toEqual([
      "https://support.microsoft.com/en-us/kb/942429",
    ]);
    const headings = (list: Token[]) =>
      list.filter(({ type }) => type === "heading").map((token) => (token as Tokens.Heading).depth);
    expect(headings(all)).toEqual(headings(plain));
    for (const token of all) {
      if (token.type !== "table") continue;
      const { header, rows } = token as Tokens.Table;
      for (const row of rows) expect(row.length).toBe(header.length);
    }
    const tables = (list: Token[]) => list.filter(({ type }) => type === "table").length;
    expect(tables(all)).toBe(tables(plain) + 1);
  });

  // A line of a log may name its device by anything in which letters, digits, dots, bars and brackets stand.
  it("shows the name of a gateway from a log as it is", () => {
    const name = "__asa|1__[x]";
    const base = report();
    const cells = tokens(
      markdown(
        report({
          findings: [finding({ responder: name })],
          responders: [{ ...base.responders[0], address: name }],
          clients: base.clients.map((client) => ({ ...client, responder: name })),
        }),
        true,
      ),
    ).flatMap((token) => (token.type === "table" ? (token as Tokens.Table).rows : []));
    const shown = (cell: Tokens.TableCell) =>
      cell.tokens.map((token) => ("text" in token ? token.text : "")).join("");
    expect(cells.flatMap((row) => row.map(shown).filter((text) => text === name))).toHaveLength(
      2 + base.clients.length,
    );
  });
});
