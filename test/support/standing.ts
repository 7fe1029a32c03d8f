/** What a reader of lines that may be told again ends up with. */

import { expect } from "vitest";
import { type Line, lineSchema } from "../../src/report/lines.ts";
import type { Finding } from "../../src/report/model.ts";

const ORDER = ["tolerated", "possible", "predicted", "rejected"];

/**
 * The worst verdict by fingerprint, of findings as they were told last; lines that were told before are told once. Two
 * clients that keep each other out are two findings of one fingerprint, which their contenders tell apart.
 */
export function standing(lines: readonly Line[]): Map<string, string> {
  const ids = new Set<string>();
  const told = new Map<string, Finding>();
  for (const line of lines) {
    expect(lineSchema.safeParse(line).error).toBeUndefined();
    if (line.type !== "finding" && line.type !== "finding-update") continue;
    if (ids.has(line.id!)) continue;
    ids.add(line.id!);
    const key = keyOf(line.finding);
    if (line.type === "finding") expect(told.has(key), `${key} told as new once`).toBe(false);
    else expect(told.get(key)?.verdict).toBe(line.previous.verdict);
    if (line.type === "finding-update" && line.withdrawn) told.delete(key);
    else told.set(key, line.finding);
  }
  return worstByFingerprint([...told.values()]);
}

/** Of findings that share a fingerprint, the worst. */
export function worstByFingerprint(findings: readonly Finding[]): Map<string, string> {
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return new Map(sorted.map(({ fingerprint, verdict }) => [fingerprint, verdict]));
}

function keyOf({ fingerprint, contender, holder }: Finding): string {
  return [fingerprint, contender.address, contender.port, holder.port].join(" ");
}
