import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { reportToHtml } from "../../src/printers/html.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";
import { gather, type Mark, type Timeline } from "../../src/report/timeline.ts";
import { benchCapture } from "../bench/captures.ts";
import { HOSTILE } from "../support/hostile.ts";
import { attempt, finding, keptOut, report } from "../support/reports.ts";

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-html-"));
afterAll(() => rmSync(folder, { recursive: true }));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.log(`skipped: the tests of HTML in a browser, because there is no ${executablePath}`);

/** Elements that are wider than they show. */
const SIDEWAYS = `[...document.querySelectorAll("main *")].filter((each) =>
  !each.closest("svg, thead") && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline")
  .map((each) => each.outerHTML.slice(0, 80))`;
/** Texts of drawings that reach over the edge. */
const CLIPPED = `[...document.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 0)
  .flatMap((svg) => [...svg.querySelectorAll("text")].filter((text) => {
    const [inner, outer] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
    return inner.left < outer.left - 1 || inner.right > outer.right + 1;
  }).map((text) => text.textContent))`;
/** Tick labels that touch the next one. */
const CROSSED = `[...document.querySelectorAll("svg.wide, svg.narrow")].filter((svg) => svg.getBoundingClientRect().width > 0)
  .flatMap((svg) => {
    const ticks = [...svg.querySelectorAll("line.axis + text")].map((text) => text.getBoundingClientRect());
    return ticks.filter((tick, i) => i > 0 && tick.left <= ticks[i - 1].right).map(({ left }) => left);
  })`;

function page(value: Report, timelines: readonly Timeline[] = []): string {
  return [...reportToHtml(value, timelines, { clock: UTC })].join("");
}

async function pageOf(name: string): Promise<string> {
  const { report: value, timelines } = await analyze([sample(name)]);
  return page(value, timelines());
}

describe("without a browser", () => {
  it("holds the report as JSON, whole", async () => {
    const { report: value, timelines } = await analyze([sample("two-windows-clients.pcap")]);
    const text = page(value, timelines());
    const json = /<script type="application\/json" id="report">\n(.*?)<\/script>/s.exec(text)![1];
    expect(JSON.parse(json)).toEqual(value);
  });

  it("says what is not drawn", () => {
    const lanes = Array.from({ length: 60 }, (_, i) => ({
      client: `198.51.100.${i}:500`,
      lives: [{ from: 0, to: 1e9 }],
      marks: Array.from({ length: 10 }, (_, k) => ({
        at: k * 1e7,
        messageId: "0x00000001",
        outcome: "several" as const,
        verdict: null,
        count: 40,
      })),
    }));
    const timeline = {
      responder: "192.0.2.1",
      from: 0,
      to: 1e9,
      lanes,
      joins: [],
      omitted: 300,
      gathered: true,
    };
    const text = page(report(), [timeline]);
    expect(text).toContain("300 more clients of this gateway");
    expect(text).toContain("marks stand for those of a stretch of time");
  });
});

describe.skipIf(!hasBrowser)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  }, 60_000);
  afterAll(() => browser?.close());

  /** Shows the page and hands it over, with the requests that it made and what ran in it. */
  async function show<T>(
    text: string,
    look: (shown: Page, requests: string[]) => Promise<T>,
    options: BrowserContextOptions = {},
  ): Promise<T> {
    const path = join(folder, `${Math.random()}.html`);
    writeFileSync(path, text);
    const context = await browser.newContext(options);
    const shown = await context.newPage();
    const requests: string[] = [];
    shown.on("request", (request) => requests.push(request.url()));
    shown.on("dialog", (dialog) => {
      requests.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await shown.goto(pathToFileURL(path).href);
    const result = await look(shown, requests);
    await context.close();
    return result;
  }

  it.each([
    [375, "light"],
    [375, "dark"],
    [1280, "light"],
    [1280, "dark"],
  ] as const)("fits a width of %i, %s, and asks for nothing", async (width, colorScheme) => {
    const text = await pageOf("two-windows-clients.pcap");
    await show(
      text,
      async (shown, requests) => {
        const wide = await shown.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(wide).toBeLessThanOrEqual(0);
        // Nothing inside scrolls sideways either, no text of a drawing is cut at its edge, and no two ticks touch.
        expect(await shown.evaluate(SIDEWAYS)).toEqual([]);
        expect(await shown.evaluate(CLIPPED)).toEqual([]);
        expect(await shown.evaluate(CROSSED)).toEqual([]);
        expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
        expect(requests).toHaveLength(1);
        // The style is allowed by its digest: a policy that refused it would leave the default margin.
        expect(await shown.evaluate("getComputedStyle(document.body).paddingTop")).toBe("16px");
        const colours = await shown.evaluate<string[]>(
          "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]",
        );
        expect(colours).toEqual(
          colorScheme === "light"
            ? ["rgb(27, 31, 36)", "rgb(255, 255, 255)"]
            : ["rgb(230, 237, 243)", "rgb(15, 20, 25)"],
        );
      },
      { viewport: { width, height: 800 }, colorScheme },
    );
  });

  it("gives the drawing a name, a description, and each mark a text", async () => {
    await show(await pageOf("two-windows-clients.pcap"), async (shown) => {
      const drawing = shown.getByRole("img", { name: "Clients of 192.0.2.1 over time" });
      expect(await drawing.count()).toBe(1);
      expect(await shown.getByRole("img", { name: /^Packets between/ }).count()).toBe(2);
      const tree = await shown.locator("main").ariaSnapshot();
      expect(tree).toContain('heading "Finding 1: rejected, severity high"');
      expect(tree).toContain('columnheader "message ID"');
      const titles = await shown.locator("svg.wide g > title").allTextContents();
      // By hand: client 11 is accepted on 1, client 12 refused twice and accepted when 11 has gone.
      expect(titles.filter((title) => title.includes("completed"))).toHaveLength(2);
      expect(
        titles.filter((title) => title.includes("unanswered, on an ID that another client held: rejected")),
      ).toHaveLength(2);
      expect(await shown.locator("svg.wide line.join.rejected").count()).toBe(2);
      expect(await shown.locator("svg.wide text.rejected").allTextContents()).toEqual([
        "1: rejected",
        "1: rejected",
      ]);
    });
  });

  it.each(["two-windows-clients.pcap", "refused-without-holder.pcap", "verdict-predicted-one-sided.pcap"])(
    "axe finds nothing to complain of, light and dark: %s",
    async (name) => {
      const text = await pageOf(name);
      for (const colorScheme of ["light", "dark"] as const) {
        await show(
          text,
          async (shown) => {
            await shown.addScriptTag({ content: axe.source });
            const { violations } = (await shown.evaluate("axe.run()")) as axe.AxeResults;
            expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
          },
          { colorScheme, bypassCSP: true },
        );
      }
    },
  );

  it("prints no heading at the foot of a page and nothing too wide", async () => {
    await show(await pageOf("two-windows-clients.pcap"), async (shown) => {
      await shown.emulateMedia({ media: "print" });
      expect(await shown.evaluate("getComputedStyle(document.querySelector('h2')).breakAfter")).toBe("avoid");
      const pdf = await shown.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString("latin1")).toBe("%PDF-");
    });
  });

  it("can be read without its style", async () => {
    const text = (await pageOf("two-windows-clients.pcap")).replace(/<style>.*?<\/style>/s, "");
    await show(text, async (shown) => {
      expect(await shown.locator("svg circle").first().getAttribute("fill")).toBe("#1a6b35");
      expect(await shown.locator("h1").innerText()).toContain("1 of 2 clients kept out");
    });
  });

  it.each(HOSTILE.map((name) => [JSON.stringify(name), name]))(
    "nothing in it runs or becomes markup: %s",
    async (_, name) => {
      const base = report();
      const value = report({
        findings: [
          finding({
            summary: name,
            contender: { ...finding().contender, platform: name },
            attempts: [
              attempt({ events: attempt().events.map((each, i) => ({ ...each, source: `${name}${i}` })) }),
            ],
          }),
        ],
        responders: [{ ...base.responders[0], vendor: name }],
        capture: { ...base.capture, sources: [{ ...base.capture.sources[0], name }] },
        warnings: [{ code: "truncated", message: name }],
      });
      const timeline: Timeline = {
        responder: name,
        from: 0,
        to: 1,
        lanes: [{ client: name, lives: [{ from: 0, to: 1 }], marks: [] }],
        joins: [],
        omitted: 0,
        gathered: false,
      };
      const text = page(value, [timeline]);
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
      await show(text, async (shown, requests) => {
        expect(requests).toHaveLength(1);
        const found = await shown.evaluate(`({
          scripts: [...document.scripts].map(({ type }) => type),
          handlers: [...document.querySelectorAll("*")].flatMap((element) =>
            element.getAttributeNames().filter((each) => each.startsWith("on"))),
          odd: document.querySelectorAll("img, iframe, object, b, form, svg svg").length,
          json: JSON.parse(document.getElementById("report").textContent).capture.sources[0].name,
        })`);
        expect(found).toEqual({ scripts: ["application/json"], handlers: [], odd: 0, json: name });
        // What the reader sees is the string, with what a terminal would obey written out.
        expect(await shown.locator("main").innerText()).toContain(
          name.includes("<script>") ? "<script>alert(1)" : "",
        );
      });
    },
  );
});

it("stays under a megabyte with 10,000 clients and with 3,000 findings", () => {
  const clients = Array.from({ length: 10_000 }, (_, i) => keptOut({ address: `10.1.${i >> 8}.${i & 255}` }));
  const findings = clients
    .slice(0, 3_000)
    .map(({ address }) =>
      finding({ contender: { ...finding().contender, address }, attempts: Array(12).fill(attempt()) }),
    );
  for (const value of [report({ clients }), report({ clients, findings })]) {
    const text = page(value);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toMatch(/see the JSON report|is too long for this file/);
  }
});

describe("bounds of the drawing", () => {
  it("leaves out clients beyond 60 and counts them", async () => {
    const path = benchCapture(folder, "ike", 5);
    const { report: value, timelines } = await analyze([path]);
    const [timeline] = timelines();
    const clients = value.clients.filter(({ responder }) => responder === timeline.responder).length;
    expect(clients).toBeGreaterThan(300);
    expect(timeline.lanes).toHaveLength(60);
    expect(timeline.omitted).toBe(clients - 60);
  });

  it("gathers marks of a stretch of time, loses none, and keeps the worst verdict", () => {
    const marks: Mark[] = Array.from({ length: 1000 }, (_, i) => ({
      at: i * 1000,
      messageId: `0x${i.toString(16).padStart(8, "0")}`,
      outcome: i % 100 === 50 ? "unanswered" : "completed",
      verdict: i === 550 ? "rejected" : i === 555 ? "tolerated" : null,
      count: 1,
    }));
    const gathered = gather(marks, 0, 1_000_000, 60);
    expect(gathered.length).toBe(10);
    expect(gathered.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    expect(gathered.map(({ verdict }) => verdict)).toEqual([
      null,
      null,
      null,
      null,
      null,
      "rejected",
      null,
      null,
      null,
      null,
    ]);
    expect(new Set(gathered.map(({ outcome }) => outcome))).toEqual(new Set(["several"]));
  });
});
