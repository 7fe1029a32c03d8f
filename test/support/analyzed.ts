/** Runs the library on captures that a test holds in memory. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnalyzeOptions, analyze, type Report } from "../../src/index.ts";

/** The report on the captures, given in this order; their names are 0, 1, ... */
export async function reportOn(
  captures: readonly Uint8Array[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-test-"));
  try {
    const names = captures.map((_, i) => join(folder, String(i)));
    for (const [i, name] of names.entries()) await writeFile(name, captures[i]);
    const { report, failures } = await analyze(names, options);
    if (failures.length > 0) throw failures[0];
    return report;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every packet is in exactly one count. */
export function accountedFor({ capture }: Report): number {
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return sum(capture.messages) + sum(capture.skipped);
}

/** What must not depend on how a capture is cut into files. */
export function essence(report: Report): unknown {
  return {
    messages: report.capture.messages,
    responders: report.responders,
    clients: report.clients.map(({ address, port, pattern }) => ({ address, port, pattern })),
    findings: report.findings.map((finding) => ({
      ...finding,
      attempts: finding.attempts.map(({ at, outcome, overlap, verdict }) => ({
        at,
        outcome,
        overlap,
        verdict,
      })),
    })),
    warnings: report.warnings.map(({ code }) => code),
  };
}
