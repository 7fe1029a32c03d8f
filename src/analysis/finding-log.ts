/**
 * What was said of each finding while the capture ran: a finding is told once, and again when it is judged
 * otherwise, never more than needed.
 */

import { grouped } from "../collections/grouping.ts";
import type { Line } from "../report/lines.ts";
import type { Finding, Overlap, Verdict } from "../report/model.ts";

const OVERLAPS: readonly Overlap[] = ["none", "unknown", "probable", "certain"];

export class FindingLog {
  /** What was announced, as it was judged last, by fingerprint: two clients that keep each other out share one. */
  #announced = new Map<string, Finding[]>();

  /** Lines for what is new or changed. `complete`: findings that are missing here exist no more. */
  update(findings: readonly Finding[], at: string | null, complete: boolean): Line[] {
    const lines: Line[] = [];
    const { pairs, missing } = this.#match(findings);
    for (const [finding, before] of pairs) {
      if (before === null) lines.push({ type: "finding", schemaVersion: "1", at, finding });
      else if (isChanged(before, finding)) lines.push(updateLine(before, finding, at, false));
    }
    this.#announced = byFingerprint(findings);
    if (complete) for (const finding of missing) lines.push(updateLine(finding, finding, at, true));
    return lines;
  }

  /** What was announced, to be kept in a state file. */
  save(): Map<string, Finding[]> {
    return this.#announced;
  }

  restore(announced: Map<string, Finding[]>): void {
    this.#announced = announced;
  }

  /**
   * IKE SAs were dropped: findings are from now on what they are without them, and that is not news. Gives the
   * findings as they were announced, where that cannot be seen any more.
   */
  rebase(findings: readonly Finding[]): Finding[] {
    const { pairs, missing } = this.#match(findings);
    const weaker = pairs.flatMap(([after, before]) =>
      before !== null && after.verdict !== before.verdict ? [before] : [],
    );
    // An old attempt of which the holder is gone may count against another one now: that is not news either.
    this.#announced = byFingerprint(findings);
    return [...weaker, ...missing];
  }

  /** Each finding with what was announced of it, or null; and what was announced and is missing now. */
  #match(findings: readonly Finding[]): { pairs: [Finding, Finding | null][]; missing: Finding[] } {
    const open = new Map([...this.#announced].map(([fingerprint, list]) => [fingerprint, [...list]]));
    const found = new Map<Finding, Finding>();
    for (const isSame of SAMENESS) {
      for (const finding of findings) {
        const list = found.has(finding) ? undefined : open.get(finding.fingerprint);
        const place = list?.findIndex((before) => isSame(before, finding)) ?? -1;
        if (place >= 0) found.set(finding, list!.splice(place, 1)[0]);
      }
    }
    return {
      pairs: findings.map((finding) => [finding, found.get(finding) ?? null]),
      missing: [...open.values()].flat(),
    };
  }
}

/**
 * What tells findings of one fingerprint apart, the surest first: a fingerprint is of two clients in no order and without
 * ports, and a NAT may give either of them another port.
 */
const SAMENESS: readonly ((before: Finding, finding: Finding) => boolean)[] = [
  (before, finding) =>
    isClient(before.contender, finding.contender) && isClient(before.holder, finding.holder),
  (before, finding) => isClient(before.contender, finding.contender),
  (before, finding) => before.contender.address === finding.contender.address,
];

type Named = Pick<Finding["holder"], "address" | "port">;

function isClient(a: Named, b: Named): boolean {
  return a.address === b.address && a.port === b.port;
}

function byFingerprint(findings: readonly Finding[]): Map<string, Finding[]> {
  return grouped(findings, ({ fingerprint }) => fingerprint);
}

function updateLine(before: Finding, finding: Finding, at: string | null, withdrawn: boolean): Line {
  const { verdict, severity } = before;
  return {
    type: "finding-update",
    schemaVersion: "1",
    at,
    previous: { verdict, severity },
    withdrawn,
    finding,
  };
}

function isChanged(before: Finding, after: Finding): boolean {
  return (
    before.verdict !== after.verdict ||
    before.severity !== after.severity ||
    surest(before, before.verdict) !== surest(after, after.verdict)
  );
}

/** The surest overlap among the attempts that gave the finding its verdict. */
function surest({ attempts }: Finding, verdict: Verdict): number {
  const worst = attempts.filter((attempt) => attempt.verdict === verdict);
  return Math.max(...worst.map(({ overlap }) => OVERLAPS.indexOf(overlap)));
}
