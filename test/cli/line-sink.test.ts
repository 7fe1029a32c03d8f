import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failureSentence, LineSink } from "../../src/cli/line-sink.ts";

/** A stream whose reader takes nothing until it is told to. */
function stalled() {
  const waiting: ((error?: Error) => void)[] = [];
  let text = "";
  return {
    stream: {
      write(part: string, done: (error?: Error | null) => void) {
        text += part;
        waiting.push(done);
        return false;
      },
    },
    take: (error?: Error) => {
      for (const done of waiting.splice(0)) done(error);
    },
    get text() {
      return text;
    },
  };
}

test("while nobody reads, lines are kept up to the bound, then dropped and counted; the report is not", async () => {
  const reader = stalled();
  const sink = new LineSink(reader.stream, () => {}, null, 10);
  for (let i = 0; i < 5; i += 1) sink.line("1234\n");
  expect([reader.text, sink.dropped]).toEqual(["1234\n1234\n", 3]);
  reader.take();
  sink.line("5678\n");
  expect(sink.dropped).toBe(3);
  const last = sink.whole(["the report, longer than the bound", "\n"]);
  for (let turn = 0; turn < 5; turn += 1) {
    reader.take();
    await Promise.resolve();
  }
  await last;
  expect(reader.text.endsWith("the report, longer than the bound\n")).toBe(true);
});

test("a reader that went away ends it without a word, a full disk with one", async () => {
  for (const [code, sentence] of [
    ["EPIPE", null],
    ["ENOSPC", "cannot write /x: no space left on the device"],
  ] as const) {
    const reader = stalled();
    let failures = 0;
    const sink = new LineSink(reader.stream, () => (failures += 1), "/x");
    sink.line("1\n");
    sink.line("2\n");
    reader.take(Object.assign(new Error(code), { code }));
    await sink.whole(["3\n"]);
    expect([failures, failureSentence(sink, "/x")]).toEqual([1, sentence]);
    expect(reader.text).toBe("1\n2\n");
  }
});

test("a rotated file that cannot be opened again ends it, with the reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
  const path = join(folder, "live.ndjson");
  let failures = 0;
  const sink = await LineSink.append(path, () => (failures += 1));
  await sink.whole(["1\n"]);
  rmSync(folder, { recursive: true });
  sink.reopen();
  await expect.poll(() => failures).toBe(1);
  await sink.whole(["2\n"]);
  expect([failures, failureSentence(sink, path)]).toEqual([
    1,
    `cannot write ${path}: the directory is missing`,
  ]);
});
