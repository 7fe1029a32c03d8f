/** Runs the program on a capture in a process of its own, and measures that. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../src/report/model.ts";

export interface Measured {
  status: number | null;
  seconds: number;
  /** Largest resident set, in MB. */
  peak: number;
  report: Report | null;
  stderr: string;
}

/** Told to the measured process in its environment, so that nothing of the program has to know. */
const PRELOADED = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.IKE_DUPCHECK_PEAK,String(process.resourceUsage().maxRSS/1000)))`;

/** @param program its script @param options before the capture; a report in JSON is read back */
export function measure(program: string, capture: string, options: readonly string[]): Measured {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-attack-"));
  const output = join(folder, "report");
  const peak = join(folder, "peak");
  const begin = performance.now();
  try {
    const argv = ["--import", PRELOADED, program, ...options, "-o", output, capture];
    const { status, stderr } = spawnSync(process.execPath, argv, {
      encoding: "utf8",
      timeout: 300_000,
      env: { ...process.env, IKE_DUPCHECK_PEAK: peak },
    });
    const seconds = (performance.now() - begin) / 1000;
    const report = options.includes("--json") ? read(output, (text) => JSON.parse(text) as Report) : null;
    return { status, seconds, peak: read(peak, Number) ?? Number.NaN, report, stderr };
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
