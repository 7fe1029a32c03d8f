import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programIsBuilt, runProgram } from "../support/program.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
beforeAll(() => {
  const whole = readFileSync(`${samples}two-windows-clients.pcap`);
  // A record that claims more bytes than any capture program writes, behind the whole capture.
  const header = Buffer.alloc(16, 0xff);
  writeFileSync(join(folder, "corrupt.pcap"), Buffer.concat([whole, header]));
  writeFileSync(join(folder, "text.pcap"), "no capture\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const REJECTED = `${samples}two-windows-clients.pcap`;
/** With the warning one-sided. */
const PREDICTED = `${samples}verdict-predicted-one-sided.pcap`;
const POSSIBLE = `${samples}verdict-possible-holder-unseen.pcap`;
const TOLERATED = `${samples}verdict-tolerated.pcap`;
const CLEAN = `${samples}one-client-reconnects.pcap`;
const CORRUPT = join(folder, "corrupt.pcap");
const TEXT = join(folder, "text.pcap");

describe.skipIf(!programIsBuilt())("the exit status of the program", () => {
  test.each<[number, string[]]>([
    [0, [CLEAN]],
    [0, [CLEAN, "--strict"]],
    [1, [REJECTED]],
    [1, [REJECTED, "--strict"]],
    [1, [REJECTED, "--fail-on", "rejected"]],
    [0, [REJECTED, "--fail-on", "never"]],
    [1, [PREDICTED]],
    [2, [PREDICTED, "--strict"]],
    [2, [PREDICTED, "--strict", "--fail-on", "never"]],
    [0, [PREDICTED, "--fail-on", "rejected"]],
    [1, [PREDICTED, "--fail-on", "predicted"]],
    [1, [POSSIBLE]],
    [1, [POSSIBLE, "--fail-on", "possible"]],
    [0, [POSSIBLE, "--fail-on", "predicted"]],
    [0, [TOLERATED]],
    [1, [TOLERATED, "--fail-on", "tolerated"]],
    [0, [`${samples}truncated.pcap`, "--fail-on", "never"]],
    [2, [`${samples}truncated.pcap`, "--fail-on", "never", "--strict"]],
    [2, [CORRUPT]],
    [2, [CORRUPT, "--fail-on", "never"]],
    [2, [TEXT]],
    [2, [TEXT, REJECTED]],
    [2, [join(folder, "none.pcap")]],
    [2, [REJECTED, "--fail-on", "confirmed"]],
    [2, [REJECTED, "--no-such-option"]],
  ])("%i: %j", (status, args) => {
    const result = runProgram(["-q", ...args]);
    expect([result.status, result.stderr]).toEqual([
      status,
      expect.stringMatching(/^(ike-dupcheck: [^\n]+\n)*$/),
    ]);
  });

  test("what could be read is reported with status 2, too", () => {
    for (const args of [[CORRUPT], [TEXT, REJECTED], [PREDICTED, "--strict"]]) {
      const { status, stdout } = runProgram(["--json", ...args]);
      expect(status).toBe(2);
      expect(JSON.parse(stdout).findings).toHaveLength(1);
    }
  });
});
