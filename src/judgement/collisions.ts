/**
 * The collisions at one responder: which quick modes met a message ID that another client held, and how that
 * is to be judged. Comes in: the responder's parties. Goes out: attempts with verdicts, and refusals that no
 * visible holder explains.
 */

import type { Exchange } from "../ike/exchange.ts";
import { type Claim, type ClaimQuestions, type Holder, LiveClaims } from "./claims.ts";
import { type Relation, relationOf } from "./client.ts";
import { type Moment, overlapAt } from "./lifespan.ts";
import type { Outcome } from "./outcome.ts";
import type { Party } from "./party.ts";
import type { Verdict } from "./vocabulary.ts";

/** A quick mode on an ID that another client held. */
export interface Attempt {
  contender: Party;
  exchange: Exchange;
  outcome: Outcome;
  holder: Holder | null;
  verdict: Verdict;
  /** Accepted although the ID's own IPsec SA was in use as well: the holder's latest quick mode, nothing deleted since. */
  acceptedInUse: boolean;
}

/** A quick mode that was accepted. */
export interface Acceptance {
  contender: Party;
  exchange: Exchange;
}

export interface Collisions {
  attempts: Attempt[];
  /** Refused, and no other client in the capture held the ID. */
  unheld: { contender: Party; exchange: Exchange }[];
  /** Accepted while no other client certainly held the ID. */
  acceptances: Acceptance[];
  /** Clients that demonstrably shared one ID were seen: this responder does not refuse that. */
  sharedIds: boolean;
  /** Implied claims beyond the bound of one ID. */
  evictedClaims: number;
}

const MAX_IMPLIED = 256;
/** Implied claims on one ID that are kept: those of the SAs that lived longest, the surest holders. */
const MAX_IMPLIED_CLAIMS = 1024;

interface Attempted {
  party: Party;
  exchange: Exchange;
  outcome: Outcome;
}

export function findCollisions(parties: readonly Party[], captureStart: number): Collisions {
  const found: Collisions = { attempts: [], unheld: [], acceptances: [], sharedIds: false, evictedClaims: 0 };
  const byId = new Map<number, Attempted[]>();
  for (const party of parties) {
    for (const exchange of party.session.quickModes) {
      if (party.undecided.has(exchange)) continue;
      const entry = { party, exchange, outcome: party.outcomes.get(exchange)! };
      const same = byId.get(exchange.messageId);
      if (same === undefined) byId.set(exchange.messageId, [entry]);
      else same.push(entry);
    }
  }
  const implied = impliedClaims(parties, captureStart, byId, found);
  for (const [id, entries] of byId) {
    entries.sort(
      (a, b) => a.exchange.segment - b.exchange.segment || a.exchange.firstAt - b.exchange.firstAt,
    );
    walk(entries, implied.get(id) ?? [], found);
  }
  return found;
}

/** One message ID at one responder, attempt by attempt in the order of the capture. */
function walk(entries: readonly Attempted[], implied: readonly Claim[], found: Collisions): void {
  const claims = new LiveClaims(questions());
  for (const claim of implied) claims.add(claim);
  for (const { party, exchange, outcome } of entries) {
    const moment = { at: exchange.firstAt, segment: exchange.segment };
    const accepted = isAccepted(outcome);
    const answer = accepted ? answerOf(exchange) : null;
    let holder = claims.holder(party, moment);
    // Whoever left before the answer, between two tries of a patient client perhaps, was not in its way.
    if (answer !== null && holder?.overlap === "certain" && !standsAt(holder.claim, answer)) {
      holder = claims.holder(party, answer);
    }
    if (accepted && holder?.overlap !== "certain") {
      claims.takeOver(answer ?? moment);
      found.acceptances.push({ contender: party, exchange });
    } else if (holder !== null) {
      if (!accepted && claims.heldTwice(party, moment)) found.sharedIds = true;
      const verdict = firstVerdict(party, outcome, holder);
      const acceptedInUse = accepted && isLatestInUse(holder.claim, moment);
      found.attempts.push({ contender: party, exchange, outcome, holder, verdict, acceptedInUse });
    } else if (isRefused(outcome) && !claims.heldByItself(party, moment)) {
      found.unheld.push({ contender: party, exchange });
    }
    if (claimsId(party, exchange, outcome)) {
      claims.add({ party, exchange, since: exchange.firstAt, implied: false });
    }
  }
}

/** When the responder is known to have accepted; null where its answer was not seen. */
function answerOf({ replyAt, firstAt, segment }: Exchange): Moment | null {
  return replyAt > firstAt ? { at: replyAt, segment } : null;
}

function standsAt({ party }: Claim, moment: Moment): boolean {
  return overlapAt(party.session, party.lifespan, moment) === "certain";
}

export function isAccepted(outcome: Outcome): boolean {
  return outcome === "completed" || outcome === "answered";
}

export function isRefused(outcome: Outcome): boolean {
  return outcome === "refused" || outcome === "unanswered";
}

/** Verdict before counter-evidence, which needs all attempts at the responder (finding.ts). */
function firstVerdict(contender: Party, outcome: Outcome, holder: Holder): Verdict {
  if (isAccepted(outcome)) return "tolerated";
  if (holder.overlap === "unknown" || outcome === "unproven" || !holder.settled) return "possible";
  if (isRefused(outcome)) return "rejected";
  return isEstablished(contender) ? "predicted" : "possible";
}

/** Phase 1 is known to have finished, by what was seen of either side: more than a single packet can claim. */
export function isEstablished({ session }: Party): boolean {
  return !Number.isNaN(session.finishedAt) || !Number.isNaN(session.clientFinishedAt);
}

/** Whether a quick mode claims its ID: it succeeded, or could not be seen to and the SA went on living. */
export function claimsId(party: Party, exchange: Exchange, outcome: Outcome): boolean {
  if (isAccepted(outcome)) return true;
  if (outcome !== "pending" && outcome !== "unobserved") return false;
  const { sa } = party.session;
  return sa.lifeSegment > exchange.segment || sa.lastFreshAt > exchange.firstAt;
}

/** A counting client that is first seen with ID k > 1 has used 1..k-1 on the same SA before the capture. */
function impliedClaims(
  parties: readonly Party[],
  captureStart: number,
  attempted: ReadonlyMap<number, unknown>,
  found: Collisions,
): Map<number, Claim[]> {
  const claims = new Map<number, Claim[]>();
  const implying = parties.filter(({ session, pattern, outcomes }) => {
    const first = session.quickModes[0];
    if (!session.begunBefore || pattern.kind !== "sequential" || first === undefined) return false;
    if (first.messageId > MAX_IMPLIED) return false;
    return session.quickModes.some((exchange) => isAccepted(outcomes.get(exchange)!));
  });
  if (implying.length > MAX_IMPLIED_CLAIMS) {
    implying.sort((a, b) => b.session.sa.lastLifeAt - a.session.sa.lastLifeAt);
  }
  for (const party of implying) {
    const first = party.session.quickModes[0];
    for (let id = 1; id < first.messageId; id += 1) {
      if (!attempted.has(id)) continue;
      const same = claims.get(id);
      if (same !== undefined && same.length >= MAX_IMPLIED_CLAIMS) {
        found.evictedClaims += 1;
        continue;
      }
      const claim: Claim = { party, exchange: first, since: captureStart, implied: true };
      if (same === undefined) claims.set(id, [claim]);
      else same.push(claim);
    }
  }
  return claims;
}

/** The claim is of the holder's latest quick mode, and no Informational (a Delete, perhaps) came since. */
function isLatestInUse(claim: Claim, moment: Moment): boolean {
  const { session } = claim.party;
  if (claim.implied || session.sa.lifeSegment !== moment.segment) return false;
  const later = session.quickModes.some(
    ({ firstAt }) => firstAt > claim.exchange.firstAt && firstAt < moment.at,
  );
  if (later) return false;
  return !session.sa.informationals.some((times) => times.some((at) => at > claim.since && at < moment.at));
}

function questions(): ClaimQuestions {
  return {
    overlap: (claim, moment) => overlapAt(claim.party.session, claim.party.lifespan, moment),
    relation: (claim, contender) => relationOfParties(claim.party, contender),
  };
}

export function relationOfParties(a: Party, b: Party): Relation {
  if (a.client === b.client) return "one";
  if (a.client.host !== b.client.host) return "two";
  return relationOf(a.session, b.session, (session) => (session === a.session ? a : b).lifespan);
}
