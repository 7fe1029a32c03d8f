/** How much of a large report is written as text for people, and which of it; the JSON has the rest. */

import { describe, expect, it } from "vitest";
import { reportToHtml } from "../../src/printers/html.ts";
import { ending } from "../../src/printers/html-frame.ts";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";
import { attempt, client, finding, keptOut, report, timeline } from "../support/reports.ts";

const markdown = (value: Report, all = false) => [...reportToMarkdown(value, { all, clock: UTC })].join("");
/** The page without the report that it carries as JSON. */
const page = (value: Report) =>
  [...reportToHtml(value, [], { clock: UTC })].join("").replace(/<script[\s\S]*?<\/script>/g, "");
const count = (text: string, pattern: RegExp) => new Set(text.match(pattern)).size;

const [source] = report().capture.sources;
const { capture } = report();
const sources = (list: readonly Partial<typeof source>[]) =>
  report({ capture: { ...capture, sources: list.map((each) => ({ ...source, ...each })) } });

describe("a large report", () => {
  it("has two hundred captures in its page", () => {
    const many = sources(Array.from({ length: 250 }, (_, i) => ({ name: `tap-${i}.pcap` })));
    expect(count(page(many), /<t[dh][^>]*>tap-\d+\.pcap/g)).toBe(200);
  });

  it("has two hundred clients in its page, those that were kept out first", () => {
    const clients = Array.from({ length: 250 }, (_, i) => client({ address: `10.0.0.${i}` }));
    const text = page(report({ clients: [...clients, keptOut({ address: "10.0.1.1" })] }));
    expect(count(text, /<t[dh][^>]*>10\.0\.\d\.\d+/g)).toBe(200);
    expect(text).toContain("10.0.1.1");
  });

  it("has two hundred findings in its page, a hundred of them with a section of their own", () => {
    const text = page(
      report({
        findings: Array.from({ length: 202 }, () => finding({ attempts: [attempt({ events: [] })] })),
      }),
    );
    const numbers = [...text.matchAll(/<th scope="row">(?:<a href="#finding-\d+">)?(\d+)(<\/a>)?<\/th>/g)];
    expect(numbers.map(([, number]) => Number(number))).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(numbers.filter(([, , link]) => link !== undefined)).toHaveLength(100);
    expect(text).toContain("Details of 102 more findings: see the JSON report.");
  });

  it("has twenty drawings in its page, each by its number, and counts the others", () => {
    const drawn = (many: number) => {
      const text = [...reportToHtml(report(), Array(many).fill(timeline()), { clock: UTC })].join("");
      const numbers = [...text.matchAll(/<title id="time-line-(\d+)-wide">/g)].map(([, number]) =>
        Number(number),
      );
      return [numbers, /(\d+) more gateways? without a drawing/.exec(text)?.[1]];
    };
    expect(drawn(2)).toEqual([[1, 2], undefined]);
    expect(drawn(25)).toEqual([Array.from({ length: 20 }, (_, i) => i + 1), "5"]);
  });

  it("carries as much of itself as data as there is room for, and says so", () => {
    const value = report({ findings: [finding()], clients: [client(), client({ address: "203.0.113.9" })] });
    const carried = (room: number) => {
      let asked = 0;
      const fits = () => {
        asked += 1;
        return asked > room;
      };
      const text = [...ending(value, fits)].join("");
      const data = /<script[^>]*>\n(.*)\n<\/script>/.exec(text)?.[1];
      return [
        /The report as JSON[^<]*/.exec(text)![0],
        data === undefined ? null : JSON.parse(data).clients.length,
      ];
    };
    expect(carried(0)).toEqual(["The report as JSON is in this file, in the element ", 2]);
    expect(carried(1)).toEqual([
      "The report as JSON, without the clients that are in no finding, is in this file, in the element ",
      1,
    ]);
    expect(carried(2)).toEqual(["The report as JSON is too long for this file: --json writes it.", null]);
  });

  it("has twenty gaps in a ticket", () => {
    const gaps = Array.from({ length: 40 }, (_, i) => ({ code: "truncated", message: `tap-${i}` }));
    const text = markdown(report({ coverage: { complete: false, gaps } as Report["coverage"] }));
    expect(count(text, /^- truncated: tap-\d+/gm)).toBe(20);
  });
});

describe("what is written", () => {
  it("are tolerated findings only where all are asked for", () => {
    const tolerated = finding({ verdict: "tolerated", displayFilter: "isakmp.messageid == 0x77" });
    const value = report({ findings: [finding(), tolerated] });
    expect(markdown(value)).not.toContain("0x77");
    expect(markdown(value, true)).toContain("0x77");
  });

  it("is when was captured, from the first packet of all captures to the last, whatever has none", () => {
    const none = { firstPacketAt: null, lastPacketAt: null, packets: 0 };
    const later = {
      firstPacketAt: "2026-11-24T08:00:00.000000Z",
      lastPacketAt: "2026-11-24T09:00:00.000000Z",
    };
    const text = page(sources([none, later, {}]));
    const [header] = /<header>[\s\S]*?<\/header>/.exec(text)!;
    expect(header).toContain("2026-11-23");
    expect(header).toContain("2026-11-24");
    const [untimed] = /<header>[\s\S]*?<\/header>/.exec(page(sources([none])))!;
    expect(untimed).not.toContain("2026");
    expect(untimed).toMatch(/\(Microsoft KB 942429\): report\.<\/p>/);
  });
});
