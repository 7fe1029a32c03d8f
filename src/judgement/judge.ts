/** Everything that the facts mean: responders with their clients, findings, exposure, and refusals left open. */

import type { Tracker } from "../ike/tracker.ts";
import { type AliasCandidate, aliasCandidates } from "./alias.ts";
import { type Exposure, exposureOf } from "./exposure.ts";
import { type EvictedInJudgement, type Finding, findingsOf, type Unexplained } from "./finding.ts";
import { type Box, type BoxOptions, findBoxes } from "./responders.ts";
import { SEVERITIES, VERDICTS } from "./vocabulary.ts";

export interface Judgement {
  boxes: readonly Box[];
  exposures: ReadonlyMap<Box, Exposure>;
  /** Worst first, then in the order of the capture. */
  findings: readonly Finding[];
  unexplained: readonly Unexplained[];
  aliasCandidates: readonly AliasCandidate[];
  evicted: EvictedInJudgement;
}

export interface JudgeOptions extends BoxOptions {
  /** First clock value of the capture. */
  captureStart: number;
}

export function judge(tracker: Tracker, options: JudgeOptions): Judgement {
  const boxes = findBoxes(tracker, options);
  const exposures = new Map<Box, Exposure>();
  const findings: Finding[] = [];
  const unexplained: Unexplained[] = [];
  const evicted: EvictedInJudgement = { candidates: 0, impliedClaims: 0 };
  for (const box of boxes) {
    exposures.set(box, exposureOf(box));
    const found = findingsOf(box, tracker, options.captureStart);
    for (const finding of found.findings) findings.push(finding);
    for (const each of found.unexplained) unexplained.push(each);
    evicted.candidates += found.evicted.candidates;
    evicted.impliedClaims += found.evicted.impliedClaims;
  }
  findings.sort(
    (a, b) =>
      VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      a.attempts[0].exchange.segment - b.attempts[0].exchange.segment ||
      a.attempts[0].exchange.firstAt - b.attempts[0].exchange.firstAt,
  );
  const hints = aliasCandidates(unexplained, boxes);
  return { boxes, exposures, findings, unexplained, aliasCandidates: hints, evicted };
}
