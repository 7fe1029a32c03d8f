import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LiveProgram } from "../support/live-program.ts";
import { clientDialogue, eveLine, type LogMessage } from "../support/logs.ts";
import { PROGRAM, plainEnvironment, programIsBuilt, runProgram } from "../support/program.ts";

/** The second client begins before the first one's second quick mode. */
function collision(start: number): LogMessage[] {
  return [...clientDialogue(1, start, true), ...clientDialogue(2, start + 30, false)].sort(
    (a, b) => a.at - b.at,
  );
}

let folder = "";
let eve = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-logs-"));
  eve = join(folder, "eve.json");
  writeFileSync(
    eve,
    collision(1_700_000_000)
      .map((message) => `${eveLine(message)}\n`)
      .join(""),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!programIsBuilt())("the program on a log", () => {
  test("says what it cannot show; --strict makes that status 2", () => {
    const plain = runProgram([eve]);
    expect(plain.status).toBe(1);
    expect(plain.stdout).toContain("eve-blind");
    expect(runProgram(["--strict", eve]).status).toBe(2);
    expect(runProgram(["--fail-on", "predicted", eve]).status).toBe(0);
    expect(runProgram(["explain", "eve-blind"]).stdout).toContain("UDP 4500");
    expect(runProgram(["explain", "zeek-blind"]).stdout).toContain("signature");
  });

  test("has no packets to write as evidence, to extract or to cross-check", () => {
    const out = join(folder, "evidence.pcap");
    const evidence = runProgram(["-w", out, eve]);
    expect(evidence.status).toBe(2);
    expect(evidence.stderr).toContain("is a log (suricata-eve) and holds no packets, so no evidence");
    expect(existsSync(out)).toBe(false);
    const extracted = runProgram(["extract", eve]);
    expect(extracted.status).toBe(2);
    expect(extracted.stdout).toBe("");
    expect(extracted.stderr).toContain("holds no packets, so nothing can be extracted");
    const checked = runProgram(["--cross-check", eve]);
    expect(checked.status).toBe(1);
    expect(checked.stderr).toContain("pcap-parser does not read suricata-eve");
  });

  test("that grows tells a collision before its end, and also where nothing follows", async () => {
    const args = [PROGRAM, "--format", "ndjson", "--reorder", "1", "-"];
    const child = spawn(process.execPath, args, { env: plainEnvironment() });
    const program = new LiveProgram(child);
    // All but the second client is long past; that one speaks now.
    const now = Date.now() / 1000;
    const messages = collision(now - 30);
    const lines = messages.filter(({ at }) => at < now + 5).map((message) => eveLine(message));
    const half = lines[0].length >> 1;
    child.stdin.write(lines[0].slice(0, half));
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.stdin.write(`${[lines[0].slice(half), ...lines.slice(1)].join("\n")}\n`);
    await program.tells("possible");
    expect(program.history.some((line) => /rejected|predicted/.test(line))).toBe(false);
    expect(program.lines.some(({ type }) => type === "report")).toBe(false);
    child.stdin.end();
    await program.ended;
    const last = program.lines.at(-1);
    if (last?.type !== "report") throw new Error("no report");
    expect(last.report.warnings.map(({ code }) => code)).toContain("eve-blind");
  });
});
