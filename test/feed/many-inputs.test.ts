/** Thousands of captures, as ring buffers leave them: what is done for each must not look at all of them. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { extractFrom } from "../../src/analysis/extraction.ts";
import { run } from "../../src/analysis/run.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import { analyze } from "../../src/index.ts";
import { fileInputs, openCapture } from "../../src/node/files.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram } from "../support/frames.ts";

const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 600;
const names = Array.from({ length: COUNT }, (_, i) => {
  const path = join(folder, `${i}.pcap`);
  const frame = datagram("192.0.2.1:1", "192.0.2.2:2", Buffer.from("x"));
  writeFileSync(path, pcap([{ at: BigInt(i) * 1_000_000_000n, frame }]));
  return path;
});

it("the inputs are not listed for each of them", async () => {
  const feed = Sequencer.over(fileInputs(names));
  const listed = vi.spyOn(feed, "summaries", "get");
  const { packets } = await run(feed);
  expect(packets).toBe(COUNT);
  expect(listed.mock.calls.length).toBeLessThan(20);
});

it("nor in an extraction", async () => {
  const feed = Sequencer.over(fileInputs(names));
  const listed = vi.spyOn(feed, "summaries", "get");
  const lines: string[] = [];
  const options = { sensor: "s", now: () => 0 };
  await extractFrom(feed, options, async (text) => void lines.push(...text.trimEnd().split("\n")));
  const headers = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "header");
  expect(headers.map(({ name }) => name)).toEqual(names);
  expect(listed.mock.calls.length).toBeLessThan(20);
});

it("each is asked how far it is now and then", async () => {
  const onProgress = vi.fn();
  await analyze(names, { onProgress });
  expect(onProgress.mock.calls.length).toBeGreaterThan(100);
  expect(onProgress.mock.calls.length).toBeLessThan(COUNT / 2);
});

it("signals and timers get their turn between small files", async () => {
  const open = async () => (await openCapture(names[0])).close();
  await open();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const until = Date.now() + 400;
  while (Date.now() < until) await open();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});
