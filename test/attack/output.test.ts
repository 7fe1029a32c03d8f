/** The built program as a process, writing where it goes wrong: full disks, readers that leave, names that lie. */

import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FORMATS } from "../../src/cli/flags/options.ts";
import { PROGRAM, plainEnvironment, programIsBuilt, runProgram } from "../support/program.ts";
import { ATTACKS } from "./attacks.ts";

const SAMPLE = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-output-"));
/** A capture whose report in JSON is larger than any pipe's buffer. */
const large = join(folder, "large.pcap");
const disk = join(folder, "disk");

/** A file system of 64 KiB; null, with a printed reason, where it cannot be had. */
function smallDisk(): string | null {
  mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  if (status === 0) return disk;
  console.log("skipped: a disk that is really full, because mounting needs root");
  return null;
}
const full = programIsBuilt() ? smallDisk() : null;

beforeAll(() => ATTACKS.find(({ name }) => name === "answered-phase-1")!.write(large, 2000));
afterAll(() => {
  if (full !== null) spawnSync("umount", [full]);
  rmSync(folder, { recursive: true });
});

describe.runIf(programIsBuilt())("names from outside, in every form of the report", () => {
  const evil = "\x1b]0;owned\x07\x1b[2J\x9b1m\u202e.pcap";

  it.each(FORMATS)("%s", (format) => {
    const cwd = join(folder, `names-${format}`);
    mkdirSync(cwd);
    copyFileSync(SAMPLE, join(cwd, evil));
    const { status, stdout, stderr } = runProgram(["-v", "--format", format, evil, `${evil}-missing`], {
      cwd,
    });
    expect(status).toBe(2);
    // Nothing that a terminal obeys, but line feeds.
    for (const text of [stdout, stderr]) expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e]/u);
    expect(stdout).toContain("owned");
    expect(stderr).toContain("owned");
    if (format === "json") expect(JSON.parse(stdout).capture.sources[0].name).toBe(evil);
  });
});

describe.runIf(full !== null)("a disk that is full", () => {
  it("gives status 2, one sentence, and leaves the old report and nothing half-written", () => {
    const report = join(full!, "report.json");
    writeFileSync(report, "old");
    const { status, stderr } = runProgram(["--json", "-o", report, large]);
    expect(status).toBe(2);
    expect(stderr).toBe(`ike-dupcheck: cannot write ${report}: no space left on the device\n`);
    expect(readdirSync(full!)).toEqual(["report.json"]);
    expect(readFileSync(report, "utf8")).toBe("old");
  });
});

describe.runIf(programIsBuilt())("a reader that goes away", () => {
  /** Starts the program, does something once the first bytes of the report are there, and waits for its end. */
  function ended(
    act: (program: ReturnType<typeof spawn>) => void,
  ): Promise<{ status: number | null; signal: string | null; stderr: string }> {
    return new Promise((resolve) => {
      const program = spawn(process.execPath, [PROGRAM, "--json", large], { env: plainEnvironment() });
      let stderr = "";
      program.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      program.stdout.once("data", () => act(program));
      program.on("close", (status, signal) => resolve({ status, signal, stderr }));
    });
  }

  it("ends the program quietly, with the status that the report has", async () => {
    expect(await ended(({ stdout }) => stdout!.destroy())).toEqual({ status: 0, signal: null, stderr: "" });
  });

  it("the same when it is killed", () => {
    const command = `'${process.execPath}' '${PROGRAM}' --json '${large}' | sh -c 'read line; kill -9 $$'; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], {
      encoding: "utf8",
      env: plainEnvironment(),
    });
    expect(stdout).toBe("0\n");
    // The shell itself says who was killed.
    expect(stderr).not.toContain("ike-dupcheck: ");
  });
});

describe.runIf(programIsBuilt())("a program that is ended", () => {
  it("leaves nothing half-written after a second signal", async () => {
    const cwd = join(folder, "ended");
    mkdirSync(cwd);
    // Standard input that never ends: the report is still to come.
    const program = spawn(process.execPath, [PROGRAM, "-o", "report", "-"], { cwd, env: plainEnvironment() });
    const closed = new Promise((resolve) => program.on("close", resolve));
    while (readdirSync(cwd).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    program.stdin.write(readFileSync(SAMPLE).subarray(0, 10));
    program.kill("SIGTERM");
    program.kill("SIGTERM");
    program.kill("SIGINT");
    await closed;
    expect(readdirSync(cwd).filter((name) => name !== "report")).toEqual([]);
  });
});
