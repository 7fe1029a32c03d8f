import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { reportToHtml } from "../../src/printers/html.ts";
import type { Report } from "../../src/report/model.ts";
import { gather, type Mark, type Timeline } from "../../src/report/timeline.ts";
import { benchCapture } from "../bench/captures.ts";
import { HOSTILE } from "../support/hostile.ts";
import { attempt, finding, report } from "../support/reports.ts";

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-html-"));
afterAll(() => rmSync(folder, { recursive: true }));
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.log(`skipped: the tests of HTML in a browser, because there is no ${executablePath}`);

function page(value: Report, timelines: readonly Timeline[] = []): string {
  return [...reportToHtml(value, timelines)].join("");
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

  it("draws at most 200 lanes and 5,000 marks, those of findings among them, and says so", () => {
    const lanes = Array.from({ length: 200 }, (_, i) => ({
      client: `198.51.100.${i}:500`,
      lives: [{ from: 0, to: 1e9 }],
      marks: Array.from({ length: 25 }, (_, k) => ({
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
    expect(text).toContain("300 more clients of this responder");
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
      const tree = await shown.locator("main").ariaSnapshot();
      expect(tree).toContain('heading "Finding 1: rejected, severity high"');
      expect(tree).toContain('columnheader "message ID"');
      const titles = await shown.locator("svg g > title").allTextContents();
      // By hand: client 11 is accepted on 1, client 12 refused twice and accepted when 11 has gone.
      expect(titles.filter((title) => title.includes("completed"))).toHaveLength(2);
      expect(
        titles.filter((title) => title.includes("unanswered, on an ID that another client held: rejected")),
      ).toHaveLength(2);
      expect(await shown.locator("svg line.join.rejected").count()).toBe(2);
      expect(await shown.locator("svg text.rejected").allTextContents()).toEqual([
        "1: rejected",
        "1: rejected",
      ]);
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

describe("bounds of the drawing", () => {
  it("leaves out clients beyond 200 and counts them", async () => {
    const path = benchCapture(folder, "ike", 5);
    const { report: value, timelines } = await analyze([path]);
    const [timeline] = timelines();
    const clients = value.clients.filter(({ responder }) => responder === timeline.responder).length;
    expect(clients).toBeGreaterThan(300);
    expect(timeline.lanes).toHaveLength(200);
    expect(timeline.omitted).toBe(clients - 200);
  });

  it("gathers marks of a stretch of time, loses none, and keeps the worst verdict", () => {
    const marks: Mark[] = Array.from({ length: 1000 }, (_, i) => ({
      at: i * 1000,
      messageId: `0x${i.toString(16).padStart(8, "0")}`,
      outcome: i % 100 === 50 ? "unanswered" : "completed",
      verdict: i === 550 ? "rejected" : i === 555 ? "tolerated" : null,
      count: 1,
    }));
    const gathered = gather(marks, 0, 1_000_000, 500);
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
