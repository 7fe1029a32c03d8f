import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/main.ts";
import { fakeEnvironment } from "../support/environment.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";
import { report } from "../support/reports.ts";

const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
afterAll(() => rmSync(folder, { recursive: true }));
const TEXT = JSON.stringify(report());

describe("a report that is compared", () => {
  test.each([
    ["plain UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with a byte-order mark", Buffer.from(`\uFEFF${TEXT}`)],
    ["UTF-16, as > of Windows PowerShell writes it", Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
    ["UTF-16 of the other order", Buffer.from(`\uFEFF${TEXT}`, "utf16le").swap16()],
  ])("may be in %s", async (_, bytes) => {
    const path = join(folder, "before.json");
    writeFileSync(path, bytes);
    const around = fakeEnvironment();
    await run(["compare", path, path], around);
    expect(around.err).toBe("");
    expect(around.out).toContain("gateway");
  });

  test("is not just any text", async () => {
    const path = join(folder, "other");
    writeFileSync(path, "other");
    const around = fakeEnvironment();
    expect(await run(["compare", path, path], around)).toBe(2);
    expect(around.err).toBe(`ike-dupcheck: ${path} is not a JSON report: make one with --json\n`);
  });

  test("is one, not those of several captures", async () => {
    const path = join(folder, "each.json");
    writeFileSync(path, JSON.stringify({ schemaVersion: "1", reports: [report(), report()] }));
    const around = fakeEnvironment();
    expect(await run(["compare", path, path], around)).toBe(2);
    expect(around.err).toBe(
      `ike-dupcheck: ${path} holds the reports of --each, and one report is compared with one\n`,
    );
  });

  test.skipIf(!programIsBuilt())("may come from standard input, but not both", () => {
    const path = join(folder, "one.json");
    writeFileSync(path, TEXT);
    const input = Buffer.from(TEXT);
    const { stdout } = runProgram(["compare", path, path]);
    expect(runProgram(["compare", "-", path], { input }).stdout).toBe(stdout);
    expect(runProgram(["compare", path, "-"], { input }).stdout).toBe(stdout);
    expect(runProgram(["compare", "-", "-"], { input })).toMatchObject({
      status: 2,
      stderr: "ike-dupcheck: standard input is asked for twice: name a file for one of the reports\n",
    });
    const other = runProgram(["compare", path, "-"], { input: Buffer.from("other") });
    expect(other.stderr).toBe("ike-dupcheck: standard input is not a JSON report: make one with --json\n");
  });
});
