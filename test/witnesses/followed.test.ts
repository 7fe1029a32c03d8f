import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { analyze } from "../../src/index.ts";
import { openLogs } from "../../src/node/follow-log.ts";
import { isUnix } from "../support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "dupcheck-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const SAMPLE = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));

const LINE = "Mar 02 2026 08:00:11: %ASA-5-713119: Group = G, IP = 198.51.100.12, PHASE 1 COMPLETED";
const TEXT = `${LINE}\n${LINE}\n`;

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Opens logs, lets something happen, and gives the lines that were taken. */
async function linesOf(path: string, meanwhile = () => {}) {
  const lines: string[] = [];
  const { followers, missing, failures } = await openLogs([path], () => ({
    take: (line) => void lines.push(line),
    pass: () => {},
  }));
  meanwhile();
  for (const follower of followers) await follower.stop();
  const notRead = [...failures, ...followers.flatMap(({ failure }) => failure ?? [])];
  return { lines, missing, failures: notRead.map(({ message }) => message) };
}

const WHOLE = { lines: [LINE, LINE], missing: [], failures: [] };

describe("a gateway's log beside an input that goes on", () => {
  test("that is a plain file is followed", async () => {
    const path = file("plain.log", `${LINE}\n`);
    expect(await linesOf(path, () => appendFileSync(path, `${LINE}\n`))).toEqual(WHOLE);
  });

  test("that is a folder is all files in it", async () => {
    mkdirSync(join(folder, "logs"));
    file(join("logs", "a.log"), `${LINE}\n`);
    file(join("logs", "b.log"), `${LINE}\n`);
    expect(await linesOf(join(folder, "logs"))).toEqual(WHOLE);
  });

  test.each([
    ["gzip", () => gzipSync(TEXT)],
    ["UTF-16", () => Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
  ])("that is in %s is read to its end", async (name, content) => {
    expect(await linesOf(file(`${name}.log`, content()))).toEqual(WHOLE);
  });

  test("that comes later is read when it is there", async () => {
    const path = join(folder, "later.log");
    expect(await linesOf(path, () => file("later.log", TEXT))).toEqual({ ...WHOLE, missing: [path] });
  });

  test("that is empty as yet is followed", async () => {
    const path = file("empty.log", "");
    expect(await linesOf(path, () => appendFileSync(path, TEXT))).toEqual(WHOLE);
  });

  test("that is rotated in the middle of a line goes on with the first line of the new one", async () => {
    const path = file("rotated.log", `${LINE}\n${LINE.slice(0, 20)}`);
    const rotate = () => {
      renameSync(path, `${path}.1`);
      file("rotated.log", `${LINE}\n`);
    };
    expect(await linesOf(path, rotate)).toEqual(WHOLE);
  });

  test("that never comes could not be read", async () => {
    const path = join(folder, "never.log");
    expect((await linesOf(path)).failures).toEqual([`cannot read ${path}: the file is missing`]);
  });

  test("that is a capture is refused", async () => {
    expect((await linesOf(SAMPLE)).failures).toEqual([`${SAMPLE} is not text, as a gateway's log is`]);
  });

  test.skipIf(!isUnix())("that is a pipe is refused", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    expect((await linesOf(path)).failures).toEqual([
      `${path} is not a file, and beside an input that goes on a log can be read from a file alone`,
    ]);
  });
});

test("what cannot be read is told before the captures are read", async () => {
  const told: string[] = [];
  const keys = join(folder, "none.keys");
  const capture = join(folder, "none.pcap");
  const whenRead: string[][] = [];
  await analyze([SAMPLE, capture], {
    keys: [keys],
    onFailure: ({ message }) => void told.push(message),
    onProgress: () => void whenRead.push([...told]),
  });
  const sentences = [keys, capture].map((name) => `cannot read ${name}: the file is missing`);
  expect([whenRead[0], told]).toEqual([sentences, sentences]);
});
