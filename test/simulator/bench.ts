/** The program's report on captures in memory, by way of files in a folder that is used again and again. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnalyzeOptions, analyze, type Report } from "../../src/index.ts";

/** Where the system has memory for files, a disk need not be troubled. */
const MEMORY = "/dev/shm";

export class Bench {
  readonly #folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "ike-dupcheck-worlds-"));

  /** Writes the captures; valid until the next call. */
  paths(captures: readonly Uint8Array[]): string[] {
    const paths = captures.map((_, i) => join(this.#folder, String(i)));
    for (const [i, path] of paths.entries()) writeFileSync(path, captures[i]);
    return paths;
  }

  async report(captures: readonly Uint8Array[], options: AnalyzeOptions = {}): Promise<Report> {
    const { report, failures } = await analyze(this.paths(captures), options);
    if (failures.length > 0) throw failures[0];
    return report;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
