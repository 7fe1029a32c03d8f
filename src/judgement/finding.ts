/**
 * Gathers a responder's attempts into findings, one per pair of holder and contender (contract 6.10), and weighs what
 * speaks for and against a refusal by message ID.
 */

import { grouped } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Facts } from "../ike/facts.ts";
import type { Candidate } from "./candidates.ts";
import type { Client } from "./client.ts";
import { type Acceptance, type Attempt, findCollisions } from "./collisions.ts";
import { acceptedWhenFree, inByAnotherId } from "./controls.ts";
import { type CounterEvidence, counterEvidence } from "./counter-evidence.ts";
import { impliedClaims } from "./implied-claims.ts";
import { type Make, makeOf, type ResponderKnowledge } from "./make.ts";
import { everAccepted, memoryOf } from "./memory.ts";
import { inOrder, type Moment, momentOf } from "./moment.ts";
import { type Refusals, RefusedWithoutHolderJudge, type WithoutHolder } from "./refused-without-holder.ts";
import type { Responder } from "./responders.ts";
import { type Cause, type Caveat, type Severity, VERDICTS, type Verdict } from "./vocabulary.ts";
import { causeOf, caveatsOf, severityOf } from "./weighing.ts";

export interface Finding {
  responder: Responder;
  make: Make;
  holder: Client | null;
  /** Without a visible holder, and where the holder's use of the ID is a conclusion: peers that may be it. */
  candidates: readonly Candidate[];
  contender: Client;
  attempts: readonly Attempt[];
  verdict: Verdict;
  severity: Severity;
  cause: Cause;
  caveats: readonly Caveat[];
  /** The contender was accepted on the ID once the holder had gone: seconds after the holder's last sign, or null. */
  acceptedWhenFreeAfter: number | null;
  /** The same where no holder is visible: nobody knows how long after. */
  acceptedLater: boolean;
  /** IDs of the same dial on which the contender got in. */
  inByAnotherId: readonly number[];
}

export interface ResponderFindings {
  findings: Finding[];
  refusals: Refusals[];
  /** Attempts that peers outside the capture may explain. */
  withCandidates: readonly Attempt[];
  known: ResponderKnowledge;
  /** Claims of IDs that were used before the capture, beyond the bound of one ID. */
  evictedClaims: number;
}

export interface FindingOptions {
  captureEnd: Moment;
  sourceStart: (sources: number) => number;
  /** Intervals between packets of a source mean nothing: no verdict that needs one rises above `possible`. */
  isTimeless: (source: number) => boolean;
}

export function findingsOf(responder: Responder, facts: Facts, options: FindingOptions): ResponderFindings {
  const { hosts } = facts;
  const implied = impliedClaims(responder.clientSas, options.sourceStart);
  const collisions = findCollisions(responder.clientSas, implied, responder.questions);
  const memory = memoryOf(responder, facts);
  const wasAccepted = everAccepted(responder.clientSas, memory);
  const refusedWithoutHolder = new RefusedWithoutHolderJudge(responder, hosts, {
    collisions,
    implied,
    captureEnd: options.captureEnd,
    memory,
  });
  const counter = counterEvidence(responder.clientSas, collisions, {
    memory,
    wasAccepted,
    mayBeHeld: (each) =>
      refusedWithoutHolder.ghostOf(each) !== null ||
      refusedWithoutHolder.holders.of(each).length > 0 ||
      refusedWithoutHolder.holders.justLeft(each) !== null,
  });
  const without = refusedWithoutHolder.judge(counter.acceptsInUse);
  const make = makeOf(responder, memory.responder?.make ?? "unseen");
  const context: Context = {
    responder,
    make,
    counter,
    without,
    besideImplied: (attempt) =>
      counter.acceptsInUse ? [] : refusedWithoutHolder.holders.besideImplied(attempt),
    wasAccepted,
    acceptances: lazily(() => grouped(collisions.acceptances, ({ contender }) => contender.client)),
  };
  const findings: Finding[] = [];
  for (const group of groupAttempts([...collisions.attempts, ...without.attempts])) {
    for (const attempt of group) weaken(attempt, context, options);
    findings.push(gather(group, context));
  }
  return {
    findings,
    refusals: without.refusals,
    withCandidates: without.attempts,
    known: { make, acceptsInUse: counter.acceptsInUse, refusedFreely: counter.refusedFreely },
    evictedClaims: collisions.evictedClaims,
  };
}

interface Context {
  responder: Responder;
  make: Make;
  counter: CounterEvidence;
  without: WithoutHolder;
  /** Peers that may hold the ID as well where the holder's claim is implied. */
  besideImplied: (attempt: Attempt) => readonly Candidate[];
  /** It was accepted on any ID, at any time. */
  wasAccepted: (client: Client) => boolean;
  acceptances: () => ReadonlyMap<Client, readonly Acceptance[]>;
}

/** Contract 6.8: a firm verdict becomes `possible` where something speaks for another cause. */
function weaken(attempt: Attempt, { make, counter }: Context, { isTimeless }: FindingOptions): void {
  const { exchange, holder, verdict } = attempt;
  if (verdict === "tolerated") return;
  const other = make === "other" || counter.against(attempt) === "firmly";
  const sources = [exchange, holder?.claim.exchange].flatMap((each) =>
    each == null ? [] : [each.first.source],
  );
  if (other || sources.some(isTimeless)) attempt.verdict = "possible";
}

function groupAttempts(attempts: readonly Attempt[]): Attempt[][] {
  const byContender = grouped(attempts, ({ contender }) => contender.client);
  const sorted = [...byContender.values()].flatMap((own) =>
    own.length === 1
      ? [own]
      : [...grouped(own, ({ holder }) => holder?.claim.clientSa.client ?? null).values()],
  );
  for (const group of sorted) {
    group.sort(({ exchange: a }, { exchange: b }) => inOrder(momentOf(a), momentOf(b)));
  }
  return sorted;
}

function gather(attempts: readonly Attempt[], context: Context): Finding {
  const { responder, make, counter, without, wasAccepted, acceptances } = context;
  const verdict = VERDICTS.find((each) => attempts.some((attempt) => attempt.verdict === each))!;
  const worst = attempts.filter((attempt) => attempt.verdict === verdict);
  const [{ contender, holder }] = attempts;
  const freeAfter = verdict === "tolerated" ? null : acceptedWhenFree(worst, acceptances());
  const acceptedLater = worst.some((attempt) => without.acceptedLater.has(attempt));
  const candidates = candidatesFor(attempts, verdict, context);
  const others = inByAnotherId(worst);
  const weights = {
    verdict,
    make,
    // Nobody asks for what is tolerated.
    control: verdict === "tolerated" || wasAccepted(contender.client),
    acceptedWhenFree: freeAfter !== null,
    oneCandidateLeft: acceptedLater && candidates.length === 1,
    inByAnotherId: others.length > 0,
  };
  return {
    responder,
    make,
    holder: holder?.claim.clientSa.client ?? null,
    candidates,
    contender: contender.client,
    attempts,
    verdict,
    severity: severityOf(worst, weights),
    cause: causeOf(attempts[0]),
    caveats: caveatsOf(responder, worst, weights, counter),
    acceptedWhenFreeAfter: freeAfter,
    acceptedLater,
    inByAnotherId: others,
  };
}

const NOBODY: readonly Candidate[] = [];

/** Asked once an ID: a client that tries again and again meets the same peers. */
function candidatesFor(
  attempts: readonly Attempt[],
  verdict: Verdict,
  { without, besideImplied }: Context,
): readonly Candidate[] {
  if (verdict === "tolerated") return NOBODY;
  const [first] = attempts;
  // One try without a holder, as most.
  if (attempts.length === 1 && first.holder === null) return without.candidates.get(first) ?? NOBODY;
  const firsts = new Map<number, Attempt>();
  for (const attempt of attempts) {
    const { messageId } = attempt.exchange;
    if (attempt.holder?.claim.implied === true && !firsts.has(messageId)) firsts.set(messageId, attempt);
  }
  const unseen = attempts.map((attempt) => without.candidates.get(attempt) ?? []);
  const lists = [...unseen, ...[...firsts.values()].map(besideImplied)].filter(({ length }) => length > 0);
  // One list is shared with other findings, which may be many.
  return new Set(lists).size === 1 ? lists[0] : [...new Set(lists.flat())];
}
