/** The page in a browser, opened from the disk: the program's report, no request, and what goes wrong. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";
import { inOrder, SealedSession, SUITES } from "../support/sealed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const samples = join(root, "samples");
const file = join(root, "dist/ike-dupcheck.html");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.log(`skipped: the page in a browser, because ${executablePath} is missing`);

const lab = process.env.IKE_CAPTURES === undefined ? [] : [join(process.env.IKE_CAPTURES, "lab")];
const captures = [samples, ...lab].flatMap((of) =>
  readdirSync(of)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => [of, name] as const),
);
const SAMPLE = join(samples, "two-windows-clients.pcap");
const MAX_PAGE_BYTES = 250_000;

describe.skipIf(!hasBrowser || !programIsBuilt())("the page", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let folder: string;
  const requests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-page-"));
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    context = await browser.newContext({ timezoneId: "UTC", viewport: { width: 1280, height: 800 } });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    await page?.close();
    page = await context.newPage();
    requests.length = 0;
    errors.length = 0;
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
  });

  async function give(...files: string[]): Promise<void> {
    await page.setInputFiles("#files", files);
    await page.getByText("Done.").waitFor();
  }

  async function savedJson(): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("Save as JSON").click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  }

  it("is one file of less than 250 kB, with a policy that allows no request", () => {
    expect(statSync(file).size).toBeLessThan(MAX_PAGE_BYTES);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src/);
    expect(policy).not.toContain("connect-src");
    expect(policy).not.toContain("unsafe-inline");
  });

  it("gives the JSON of the program, byte for byte, for every sample and lab capture", async () => {
    for (const [folder, name] of captures) {
      await give(join(folder, name));
      const { stdout } = runProgram(["--json", name], { cwd: folder });
      expect(await savedJson(), name).toBe(stdout);
    }
    expect(errors).toEqual([]);
  }, 300_000);

  it("says the answer and what to do in its own text, and asks nobody for anything", async () => {
    await give(SAMPLE);
    const answer = await page.locator("#answer").innerText();
    expect(answer).toContain("198.51.100.12");
    expect(answer).toContain("What to do");
    const outside = requests.filter((address) => !/^(file|blob|about):/.test(address));
    expect(outside).toEqual([]);
    expect(requests.filter((address) => address.startsWith("file:"))).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it("shows the whole report in a frame, with its style", async () => {
    await give(SAMPLE);
    const frame = page.frameLocator("iframe");
    await frame.locator("h1").waitFor();
    const family = await frame.locator("body").evaluate((body) => {
      const view = body.ownerDocument.defaultView as unknown as {
        getComputedStyle(of: unknown): { maxWidth: string };
      };
      return view.getComputedStyle(body).maxWidth;
    });
    expect(family).not.toBe("none");
    expect(errors).toEqual([]);
  });

  it.each(["light", "dark"] as const)("axe finds nothing to complain of, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await give(SAMPLE);
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate("axe.run(document, { iframes: false })")) as axe.AxeResults;
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  });

  it("opens encrypted messages with keys that are given beside the capture, as the program does", async () => {
    const sessions = SUITES.map((suite, i) =>
      new SealedSession({ suite, seed: i + 1, client: `198.51.100.${i + 11}` })
        .phase1(i)
        .quickMode(i + 0.5, 1),
    );
    const [capture, keys] = [join(folder, "sealed.pcap"), join(folder, "office.keys.csv")];
    writeFileSync(capture, pcap(inOrder(...sessions)));
    writeFileSync(keys, sessions.map(({ row }) => `${row}\n`).join(""));
    await give(capture, keys);
    const { stdout } = runProgram(["--json", "--keys", "office.keys.csv", "sealed.pcap"], { cwd: folder });
    expect(JSON.parse(stdout).capture.decrypted).toMatchObject({ keysUsed: SUITES.length });
    expect(await savedJson()).toBe(stdout);
    await page.setInputFiles("#files", keys);
    await page.getByText("These are keys or events").waitFor();
  });

  it("takes what is dropped anywhere on it", async () => {
    const bytes = readFileSync(SAMPLE).toString("base64");
    await page.evaluate(`
      const bytes = Uint8Array.from(atob("${bytes}"), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "dropped.pcap"));
      document.querySelector("h1").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    `);
    await page.getByText("Done.").waitFor();
    expect(JSON.parse(await savedJson()).capture.sources[0].name).toBe("dropped.pcap");
  });

  it("saves the packets of the findings with other addresses, which give the same findings", async () => {
    await give(SAMPLE);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("Save the packets of the findings").click(),
    ]);
    const evidence = join(folder, "evidence.pcapng");
    await download.saveAs(evidence);
    const verdictsIn = (path: string) =>
      JSON.parse(runProgram(["--json", path]).stdout).findings.map((finding: Record<string, unknown>) => [
        finding.verdict,
        finding.severity,
        finding.notes,
      ]);
    expect(verdictsIn(evidence)).toEqual(verdictsIn(SAMPLE));
    const saved = readFileSync(evidence);
    for (const address of [
      [198, 51, 100, 11],
      [198, 51, 100, 12],
      [192, 0, 2, 1],
    ]) {
      expect(saved.includes(Buffer.from(address))).toBe(false);
      expect(saved.includes(address.join("."))).toBe(false);
    }
    expect(requests.filter((address) => !/^(file|blob|about):/.test(address))).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("says times in the zone of the browser, with UTC beside them", async () => {
    const elsewhere = await browser.newContext({ timezoneId: "America/New_York" });
    try {
      const other = await elsewhere.newPage();
      await other.goto(pathToFileURL(file).href);
      await other.setInputFiles("#files", SAMPLE);
      await other.getByText("Done.").waitFor();
      expect(await other.locator("#answer").innerText()).toContain(
        "2026-03-02 03:00:10 to 03:00:35 UTC-05:00 (2026-03-02 08:00:10 to 08:00:35 UTC)",
      );
    } finally {
      await elsewhere.close();
    }
  });

  it("names what it does not read", async () => {
    expect(await page.locator("#drop").innerText()).toMatch(
      /xz, bzip2, zstd, lz4, zip and tar are not read here/,
    );
  });

  it("is what the program prints", () => {
    expect(runProgram(["page"]).stdout).toBe(readFileSync(file, "utf8"));
  });

  it("takes another file after the first", async () => {
    await give(SAMPLE);
    await give(join(samples, "xp-clients.pcap"));
    const report = JSON.parse(await savedJson());
    expect(report.capture.sources.map(({ name }: { name: string }) => name)).toEqual(["xp-clients.pcap"]);
  });

  it("leaves nobody at work where files are given twice at once", async () => {
    await give(SAMPLE);
    await page.locator("#files").evaluate((input) => {
      for (let i = 0; i < 2; i += 1) input.dispatchEvent(new Event("change"));
    });
    await page.getByText("Done.").waitFor();
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it("says in one sentence what is wrong with a file that is not a capture", async () => {
    const wrong = join(folder, "wrong.bin");
    writeFileSync(wrong, Buffer.alloc(4_000, 0xa7));
    await page.setInputFiles("#files", wrong);
    await expect.poll(() => page.locator("#status").innerText()).toMatch(/^wrong\.bin .*not a capture/);
    expect(await page.locator("#answer").isVisible()).toBe(false);
  });

  it("ends at Cancel, and reports what was read", async () => {
    const large = join(folder, "large.pcap");
    const bytes = readFileSync(SAMPLE);
    const copies = Array.from({ length: 12_000 }, () => bytes.subarray(24));
    writeFileSync(large, Buffer.concat([bytes.subarray(0, 24), ...copies]));
    // As soon as something was read: from out here the file would be read to its end meanwhile.
    await page.evaluate(`
      const [status, cancel] = ["status", "cancel"].map((id) => document.getElementById(id));
      const click = () => status.textContent.includes("packets") && cancel.click();
      new MutationObserver(click).observe(status, { childList: true });
    `);
    await page.setInputFiles("#files", large);
    await page.getByText("Done.").waitFor();
    const { capture } = JSON.parse(await savedJson());
    expect(capture.packets).toBeGreaterThan(0);
    expect(capture.packets).toBeLessThan(84 * copies.length);
  });

  it("can be used by keyboard alone, and moves there where the answer is", async () => {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("files");
    await give(SAMPLE);
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H2");
  });

  it.each([375, 1280])("does not scroll sideways at %i px", async (width) => {
    await page.setViewportSize({ width, height: 700 });
    await give(SAMPLE);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });
});
