/**
 * What was said of each finding while the capture ran: a finding is told once, and again when it is judged
 * otherwise, never more than needed.
 */

import type { Line } from "../report/lines.ts";
import type { Finding, Overlap, Verdict } from "../report/model.ts";

const OVERLAPS: readonly Overlap[] = ["none", "unknown", "probable", "certain"];

export class FindingLog {
  #announced = new Map<string, Finding>();

  /** Lines for what is new or changed. `complete`: findings that are missing here exist no more. */
  update(findings: readonly Finding[], at: string | null, complete: boolean): Line[] {
    const lines: Line[] = [];
    const present = new Set<string>();
    for (const finding of findings) {
      const { fingerprint } = finding;
      present.add(fingerprint);
      const before = this.#announced.get(fingerprint);
      if (before === undefined) lines.push({ type: "finding", schemaVersion: "1", at, finding });
      else if (isChanged(before, finding)) lines.push(updateLine(before, finding, at, false));
      else continue;
      this.#announced.set(fingerprint, finding);
    }
    for (const [fingerprint, finding] of this.#announced) {
      if (present.has(fingerprint)) continue;
      this.#announced.delete(fingerprint);
      if (complete) lines.push(updateLine(finding, finding, at, true));
    }
    return lines;
  }

  /** What was told, to be kept in a state file. */
  save(): Map<string, Finding> {
    return this.#announced;
  }

  restore(announced: Map<string, Finding>): void {
    this.#announced = announced;
  }

  /**
   * IKE SAs were let go of: findings are from now on what they are without them, and that is not news. Gives the
   * findings as they were told, where that cannot be seen any more.
   */
  rebase(findings: readonly Finding[]): Finding[] {
    const present = new Map(findings.map((finding) => [finding.fingerprint, finding]));
    const closed: Finding[] = [];
    for (const [fingerprint, before] of this.#announced) {
      const after = present.get(fingerprint);
      if (after?.verdict !== before.verdict) closed.push(before);
      if (after === undefined) this.#announced.delete(fingerprint);
      else this.#announced.set(fingerprint, after);
    }
    return closed;
  }
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
