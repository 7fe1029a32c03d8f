/** What a reader of lines that may be told again ends up with. */

import { expect } from "vitest";
import { type Line, lineSchema } from "../../src/report/lines.ts";

/** Findings as they were told last, by fingerprint; lines that were told before are told once. */
export function standing(lines: readonly Line[]): Map<string, string> {
  const ids = new Set<string>();
  const told = new Map<string, string>();
  for (const line of lines) {
    expect(lineSchema.safeParse(line).error).toBeUndefined();
    if (line.type !== "finding" && line.type !== "finding-update") continue;
    if (ids.has(line.id!)) continue;
    ids.add(line.id!);
    const { fingerprint, verdict } = line.finding;
    if (line.type === "finding") expect(told.has(fingerprint), `${fingerprint} told as new once`).toBe(false);
    else expect(told.get(fingerprint)).toBe(line.previous.verdict);
    if (line.type === "finding-update" && line.withdrawn) told.delete(fingerprint);
    else told.set(fingerprint, verdict);
  }
  return told;
}
