/** A report in short: who is accused, and what is said of each quick mode. */

import type { Report } from "../../src/index.ts";

export interface Judged {
  /** "responder contender" and who is named for it. */
  accusations: { contender: string; responder: string; named: string[]; verdict: string }[];
  /** Verdict by "cookie/id". */
  attempts: Map<string, string>;
  warnings: string[];
}

export function judged(report: Report): Judged {
  const result: Judged = { accusations: [], attempts: new Map(), warnings: [] };
  for (const { responder, holder, contender, verdict, attempts } of report.findings) {
    const named =
      holder.address === null ? (holder.candidates ?? []).map(({ address }) => address) : [holder.address];
    if (verdict !== "tolerated")
      result.accusations.push({ contender: contender.address, responder, named, verdict });
    for (const { contenderSa, messageId, verdict: own } of attempts) {
      result.attempts.set(`${contenderSa.initiatorCookie}/${Number(messageId)}`, own);
    }
  }
  result.warnings = report.warnings.map(({ message }) => message);
  return result;
}
