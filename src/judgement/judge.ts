/** Everything that the facts mean: responders with their clients, findings, exposure, and refusals left open. */

import type { Facts } from "../ike/facts.ts";
import { type AliasCandidate, aliasCandidates, type RefusedWithoutHolderAt } from "./alias.ts";
import type { ResponderOptions } from "./by-responder.ts";
import { type Exposure, exposureOf } from "./exposure.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { ResponderKnowledge } from "./make.ts";
import { inOrder, momentOf } from "./moment.ts";
import type { Refusals } from "./refused-without-holder.ts";
import { findResponders, type Responder } from "./responders.ts";
import { worstFirst } from "./vocabulary.ts";

export interface Judgement {
  responders: readonly Responder[];
  exposures: ReadonlyMap<Responder, Exposure>;
  /** Worst first, then in the order of the capture. */
  findings: readonly Finding[];
  /** Refusals that no visible client explains, by client. */
  refusals: readonly Refusals[];
  aliasCandidates: readonly AliasCandidate[];
  /** What each responder was seen to be and to do. */
  known: ReadonlyMap<Responder, ResponderKnowledge>;
  evicted: EvictedInJudgement;
}

/** What judgement passed over because there was too much of it. */
export interface EvictedInJudgement {
  /** Claims of IDs that were used before the capture. */
  impliedClaims: number;
}

export interface JudgeOptions extends ResponderOptions {
  /** First clock value of the sources in a mask (see `sourceBit`). */
  sourceStart: (sources: number) => number;
  /** The times of a source say nothing (contract 2.9). */
  isTimeless?: (source: number) => boolean;
}

export function judge(facts: Facts, options: JudgeOptions): Judgement {
  const responders = findResponders(facts, options);
  const exposures = new Map<Responder, Exposure>();
  const findings: Finding[] = [];
  const refusals: Refusals[] = [];
  const known = new Map<Responder, ResponderKnowledge>();
  const withCandidates: RefusedWithoutHolderAt[] = [];
  const evicted: EvictedInJudgement = { impliedClaims: 0 };
  for (const responder of responders) {
    const found = findingsOf(responder, facts, {
      captureEnd: options.captureEnd,
      sourceStart: options.sourceStart,
      isTimeless: options.isTimeless ?? (() => false),
    });
    for (const finding of found.findings) findings.push(finding);
    for (const each of found.refusals) refusals.push(each);
    for (const { exchange } of found.withCandidates) withCandidates.push({ responder, exchange });
    known.set(responder, found.known);
    exposures.set(responder, exposureOf(responder, found.known));
    evicted.impliedClaims += found.evictedClaims;
  }
  findings.sort(
    (a, b) => worstFirst(a, b) || inOrder(momentOf(a.attempts[0].exchange), momentOf(b.attempts[0].exchange)),
  );
  // Who holds the ID may be a client of another address of the same gateway.
  const unheld = refusals
    .filter(({ reason }) => reason === "no-holder")
    .flatMap(({ responder, attempts }) => attempts.map(({ exchange }) => ({ responder, exchange })));
  const hints = aliasCandidates([...unheld, ...withCandidates], responders);
  return { responders, exposures, findings, refusals, aliasCandidates: hints, known, evicted };
}
