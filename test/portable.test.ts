import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze as analyzeFiles, extract } from "../src/index.ts";
import { analyze, CaptureError, reportToJson } from "../src/portable.ts";
import { reportToJson as jsonOf } from "../src/printers/json.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const samples = join(root, "samples");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.log(`skipped: the portable core in a browser, because ${executablePath} is missing`);

const captures = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
/** A capture, its records and a log: every kind of reader, packed and not. */
const inputs: { name: string; bytes: Buffer }[] = [];

beforeAll(async () => {
  for (const name of captures) inputs.push({ name, bytes: readFileSync(join(samples, name)) });
  const sample = "two-windows-clients.pcap";
  let records = "";
  await extract([join(samples, sample)], { sensor: "tap" }, async (lines) => {
    records += lines;
  });
  inputs.push({ name: "records.ndjson", bytes: Buffer.from(records) });
  inputs.push({ name: "packed.pcap.gz", bytes: gzipSync(readFileSync(join(samples, sample))) });
});

/** The JSON report on a file of these bytes, by the library on Node. */
async function onNode(name: string, bytes: Buffer): Promise<string> {
  const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-portable-"));
  const path = join(folder, name);
  try {
    writeFileSync(path, bytes);
    const { report } = await analyzeFiles([path]);
    return [...jsonOf(report)].join("").replaceAll(path, basename(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("the portable core gives the JSON of the library on Node, byte for byte", () => {
  it("in Node, at several sizes of chunks", async () => {
    for (const { name, bytes } of inputs) {
      const wanted = await onNode(name, bytes);
      for (const size of [1_000, 1_000_000]) {
        const report = await analyze([{ name, chunks: pieces(bytes, size) }]);
        expect([...reportToJson(report)].join(""), `${name} in pieces of ${size}`).toBe(wanted);
      }
    }
  });

  describe.skipIf(!hasBrowser)("in Chromium", () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      const { outputFiles } = await build({
        entryPoints: [join(root, "src/portable.ts")],
        bundle: true,
        platform: "browser",
        format: "iife",
        globalName: "portable",
        write: false,
        logLevel: "warning",
      });
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      page = await browser.newPage();
      await page.addScriptTag({ content: outputFiles[0].text });
    }, 120_000);
    afterAll(() => browser?.close());

    it("every sample, as a stream", async () => {
      for (const { name, bytes } of inputs) {
        const text = await page.evaluate(inPage, { name, base64: bytes.toString("base64") });
        expect(text, name).toBe(await onNode(name, bytes));
      }
    });
  });
});

/** Runs in the page. */
async function inPage({ name, base64 }: { name: string; base64: string }): Promise<string> {
  const { portable } = globalThis as unknown as { portable: typeof import("../src/portable.ts") };
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const file = new Blob([bytes]);
  const report = await portable.analyze([
    { name, chunks: file.stream() as ReadableStream<Uint8Array>, reopen: () => file.stream() },
  ]);
  return [...portable.reportToJson(report)].join("");
}

describe("the portable entry", () => {
  const bytes = () => readFileSync(join(samples, "two-windows-clients.pcap"));

  it("merges inputs by time, and counts a copy once", async () => {
    const { records } = await import("./support/world.ts").then(({ simulate }) => simulate(1));
    const { pcap } = await import("./support/capture-files.ts");
    const halves = [0, 1].map((half) => pcap(records.filter((_, i) => i % 2 === half)));
    const whole = await analyze([{ name: "a", chunks: pieces(pcap(records), 4096) }]);
    const report = await analyze(
      halves.map((half, i) => ({
        name: String(i),
        chunks: pieces(half, 4096),
        reopen: () => pieces(half, 4096),
      })),
    );
    expect(report.summary.findings).toEqual(whole.summary.findings);
    expect(report.capture.packets).toBe(records.length);
  });

  it("names an input that cannot be read as a gap, and throws where there is no other", async () => {
    const bad = () => ({ name: "bad", chunks: pieces(Buffer.from("not a capture, whatever its name"), 100) });
    const report = await analyze([{ name: "good", chunks: pieces(bytes(), 4096) }, bad()]);
    expect(report.coverage.complete).toBe(false);
    expect(report.coverage.gaps.map(({ code }) => code)).toContain("unreadable");
    await expect(analyze([bad()])).rejects.toBeInstanceOf(CaptureError);
  });

  it("ends when it is told to, and reports what was read", async () => {
    const stop = new AbortController();
    const endless = (async function* () {
      yield bytes();
      stop.abort();
      await new Promise(() => {});
    })();
    const report = await analyze([{ name: "pipe", chunks: endless }], { signal: stop.signal });
    expect(report.capture.packets).toBe(84);
  });

  it("tells how far it is, by the clock it is given alone", async () => {
    const told: number[] = [];
    let asked = 0;
    await analyze([{ name: "a", chunks: pieces(bytes(), 1000) }], {
      progress: ({ packets }) => told.push(packets),
      now: () => {
        asked += 1;
        return asked;
      },
    });
    expect(told.at(-1)).toBe(84);
    expect(asked).toBeGreaterThan(0);
  });
});
