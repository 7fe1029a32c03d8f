import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseArgs } from "../../src/cli/flags/parse.ts";
import { formatNotes } from "../../src/cli/format-notes.ts";
import { run } from "../../src/cli/main.ts";
import { analysis, fakeEnvironment } from "../support/environment.ts";
import { finding, report } from "../support/reports.ts";

const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
afterAll(() => rmSync(folder, { recursive: true }));
const HOSTS = join(folder, "hosts");
writeFileSync(HOSTS, "198.51.100.11 alice\n");

function sentence(line: string, hasView = false) {
  const invocation = parseArgs(line.split(" "), "1");
  if (invocation.kind !== "check") throw new Error(line);
  const [note = null, ...more] = formatNotes(invocation.options, hasView);
  expect(more).toEqual([]);
  return note;
}

describe("options that a report for programs takes no notice of", () => {
  test.each([
    ["--json --names hosts a", "--names has no effect on --format json"],
    ["--json --color always a", "--color has no effect on --format json"],
    ["--json --time-zone Europe/Paris a", "--time-zone has no effect on --format json"],
    [
      "--format ndjson --names hosts --color always --time-zone Asia/Tokyo a",
      "--names, --color and --time-zone have no effect on --format ndjson",
    ],
  ])("are told: %s", (line, expected) => {
    expect(sentence(line)).toBe(expected);
  });

  test.each([
    "--json a",
    // What they ask for is so.
    "--json --color never --time-zone utc a",
    "--json --time-zone UTC a",
    "--names hosts --color always --time-zone Asia/Tokyo a",
    "--format markdown --names hosts --time-zone Asia/Tokyo a",
    "--format html --names hosts --time-zone Asia/Tokyo a",
  ])("are not those that are heeded: %s", (line) => {
    expect(sentence(line)).toBeNull();
  });

  test("are none where findings are shown to people as they happen", () => {
    const line = "-i eth0 --format ndjson --names hosts --color always --time-zone Asia/Tokyo";
    expect(sentence(line, true)).toBeNull();
  });

  test.each([[[]], [["--each"]]])("change neither report nor status %j", async (options) => {
    const rejected = analysis({ report: report({ findings: [finding()] }) });
    const plain = fakeEnvironment({ analysis: rejected });
    const named = fakeEnvironment({ analysis: rejected });
    // A pipe stands for itself: no file is looked for.
    await run([...options, "--json", "-"], plain);
    expect(await run([...options, "--json", "--names", HOSTS, "-"], named)).toBe(1);
    expect(named.out).toBe(plain.out);
    expect(named.err).toBe("ike-dupcheck: --names has no effect on --format json\n");
    expect(plain.err).toBe("");
  });

  test("are not told with -q", async () => {
    const around = fakeEnvironment();
    await run(["-q", "--json", "--names", HOSTS, "-"], around);
    expect(around.err).toBe("");
  });
});

describe("a file that is named as another form is", () => {
  test.each([
    ["-o r.html a", "r.html is written as --format table: what its name says takes --format html"],
    ["-o R.HTM --json a", "R.HTM is written as --format json: what its name says takes --format html"],
    ["-o out/r.md a", "out/r.md is written as --format table: what its name says takes --format markdown"],
    ["-o r.json a", "r.json is written as --format table: what its name says takes --format json"],
    ["-o r.html.gz --format html a", "r.html.gz is written as it is, and not packed as its name says"],
    ["-w e.pcapng.zst a", "e.pcapng.zst is written as it is, and not packed as its name says"],
    ["-o r.jsonl --json a", "r.jsonl is written as --format json: what its name says takes --format ndjson"],
  ])("is told: %s", (line, expected) => {
    expect(sentence(line)).toBe(expected);
  });

  test.each([
    "-o r.html --format html a",
    "-o r.json --json a",
    "-o lines.json --format ndjson a",
    "-o r.txt --format markdown a",
    "-o html a",
    "-o - a",
  ])("is not one with %s", (line) => {
    expect(sentence(line)).toBeNull();
  });
});
