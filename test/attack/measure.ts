/** Runs the program on a capture in a process of its own, and measures that. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../src/report/model.ts";

export interface Measured {
  status: number | null;
  /** On the clock, which goes on while other programs have the processor. */
  seconds: number;
  /** Of the processor. */
  processorSeconds: number;
  /** Largest resident set, in MB. */
  peak: number;
  report: Report | null;
  stderr: string;
}

/** Told to the measured process in its environment, so that nothing of the program has to know. */
const PRELOADED = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.IKE_DUPCHECK_USED,JSON.stringify(process.resourceUsage())))`;

/** @param program its script @param options before the capture; a report in JSON is read back */
export function measure(program: string, capture: string, options: readonly string[]): Measured {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-attack-"));
  const output = join(folder, "report");
  const used = join(folder, "used");
  const begin = performance.now();
  try {
    const argv = ["--import", PRELOADED, program, ...options, "-o", output, capture];
    const { status, stderr } = spawnSync(process.execPath, argv, {
      encoding: "utf8",
      timeout: 300_000,
      env: { ...process.env, IKE_DUPCHECK_USED: used },
    });
    const seconds = (performance.now() - begin) / 1000;
    const report = options.includes("--json") ? read(output, (text) => JSON.parse(text) as Report) : null;
    const usage = read(used, (text) => JSON.parse(text) as NodeJS.ResourceUsage);
    return {
      status,
      seconds,
      processorSeconds: usage === null ? Number.NaN : (usage.userCPUTime + usage.systemCPUTime) / 1e6,
      peak: usage === null ? Number.NaN : usage.maxRSS / 1000,
      report,
      stderr,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read<T>(path: string, parse: (text: string) => T): T | null {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
