/**
 * Gathers a responder's attempts into findings, one per pair of holder and contender, and weighs what speaks
 * for and against a refusal by message ID.
 */

import type { Tracker } from "../ike/tracker.ts";
import { type Client, placeOf } from "./client.ts";
import { type Acceptance, type Attempt, type Collisions, findCollisions, isAccepted } from "./collisions.ts";
import type { Box } from "./responders.ts";
import { aliveAt, type Peer, unseenPeers } from "./unseen.ts";
import { type Cause, type Caveat, type Severity, VERDICTS, type Verdict } from "./vocabulary.ts";
import {
  acceptedWhenFree,
  causeOf,
  caveatsOf,
  isFirstId,
  type Surroundings,
  severityOf,
} from "./weighing.ts";

export interface Finding {
  box: Box;
  holder: Client | null;
  /** Without a visible holder: peers of the responder that may be it. */
  candidates: readonly Peer[];
  contender: Client;
  attempts: readonly Attempt[];
  verdict: Verdict;
  severity: Severity;
  cause: Cause;
  caveats: readonly Caveat[];
  /** The contender was accepted on the ID once the holder had gone: seconds after the holder's last sign. */
  acceptedWhenFreeAfter: number | null;
}

/** A refusal that no visible client explains, and no peer could. */
export interface Unexplained {
  box: Box;
  contender: Client;
  attempt: Attempt;
}

export interface BoxFindings {
  findings: Finding[];
  unexplained: Unexplained[];
  evicted: EvictedInJudgement;
}

/** What judgement passed over because there was too much of it. */
export interface EvictedInJudgement {
  /** Attempts that list only some of the peers that may hold the ID. */
  candidates: number;
  /** Claims of IDs that were used before the capture. */
  impliedClaims: number;
}

export function findingsOf(box: Box, tracker: Tracker, captureStart: number): BoxFindings {
  const collisions = findCollisions(box.parties, captureStart);
  const attempts = [...collisions.attempts];
  const candidates = new Map<Attempt, Peer[]>();
  const unexplained: Unexplained[] = [];
  const refusedFree = new Set<Client>();
  let cutCandidates = 0;
  const peers = collisions.unheld.length > 0 ? unseenPeers(box, tracker) : [];
  for (const { contender, exchange } of collisions.unheld) {
    const { client, session, pattern } = contender;
    const alive = aliveAt(peers, exchange.firstAt, client.host, session.port4500 >= 0 ? client.port : 0);
    if (alive.peers.length === 0) refusedFree.add(client);
    const eligible =
      pattern.kind === "sequential" && !Number.isNaN(session.finishedAt) && isFirstId(contender, exchange);
    if (!eligible) continue;
    const attempt: Attempt = {
      contender,
      exchange,
      outcome: contender.outcomes.get(exchange)!,
      holder: null,
      verdict: "possible",
      acceptedInUse: false,
    };
    if (alive.peers.length === 0) unexplained.push({ box, contender: client, attempt });
    else {
      candidates.set(attempt, alive.peers);
      if (alive.more) cutCandidates += 1;
      attempts.push(attempt);
    }
  }
  const keyed = keysBySa(box);
  const against = keyed || counterEvidence(collisions) || tracker.hosts.sharesIds[box.host] === 1;
  const accepted = acceptedClients(box);
  const acceptances = byClient(collisions.acceptances);
  const findings: Finding[] = [];
  for (const group of groupAttempts(attempts)) {
    const other = against || refusedFree.has(group[0].contender.client);
    for (const attempt of group) {
      // A box that was seen to accept an ID in use is neither accused nor predicted to refuse one.
      if (other && attempt.verdict !== "tolerated") attempt.verdict = "possible";
    }
    findings.push(gather(box, group, { keyed, other, candidates, accepted, acceptances }));
  }
  const evicted = { candidates: cutCandidates, impliedClaims: collisions.evictedClaims };
  return { findings, unexplained, evicted };
}

/** What shows that this responder does not tell clients apart by message ID. */
function counterEvidence(collisions: Collisions): boolean {
  return (
    collisions.sharedIds ||
    collisions.attempts.some(({ verdict, holder }) => verdict === "tolerated" && holder?.settled === true)
  );
}

/** The responder's vendor IDs name a make that tells exchanges by IKE SA. */
function keysBySa(box: Box): boolean {
  return box.parties.some(({ session }) => session.responderVendor.keysBySa);
}

/** Clients that were accepted, and from which ports: from other ones behind a NAT it may have been a neighbour. */
function acceptedClients(box: Box): Map<Client, Set<number>> {
  const accepted = new Map<Client, Set<number>>();
  for (const { client, session, outcomes } of box.parties) {
    if (!session.quickModes.some((exchange) => isAccepted(outcomes.get(exchange)!))) continue;
    const places = accepted.get(client);
    if (places === undefined) accepted.set(client, new Set([placeOf(session)]));
    else places.add(placeOf(session));
  }
  return accepted;
}

function byClient(acceptances: readonly Acceptance[]): Map<Client, Acceptance[]> {
  const grouped = new Map<Client, Acceptance[]>();
  for (const acceptance of acceptances) {
    const { client } = acceptance.contender;
    const own = grouped.get(client);
    if (own === undefined) grouped.set(client, [acceptance]);
    else own.push(acceptance);
  }
  return grouped;
}

function groupAttempts(attempts: readonly Attempt[]): Attempt[][] {
  const groups = new Map<Client, Map<Client | null, Attempt[]>>();
  for (const attempt of attempts) {
    const { client } = attempt.contender;
    const holder = attempt.holder?.claim.party.client ?? null;
    const byHolder = groups.get(client) ?? new Map<Client | null, Attempt[]>();
    groups.set(client, byHolder);
    const group = byHolder.get(holder);
    if (group === undefined) byHolder.set(holder, [attempt]);
    else group.push(attempt);
  }
  const sorted = [...groups.values()].flatMap((byHolder) => [...byHolder.values()]);
  for (const group of sorted) {
    group.sort((a, b) => a.exchange.segment - b.exchange.segment || a.exchange.firstAt - b.exchange.firstAt);
  }
  return sorted;
}

function gather(box: Box, attempts: readonly Attempt[], around: Surroundings): Finding {
  const { candidates, accepted, acceptances } = around;
  const verdict = VERDICTS.find((each) => attempts.some((attempt) => attempt.verdict === each))!;
  const worst = attempts.filter((attempt) => attempt.verdict === verdict);
  const [{ contender, holder }] = attempts;
  const freeAfter = verdict === "tolerated" ? null : acceptedWhenFree(worst, acceptances);
  const places = accepted.get(contender.client);
  const control =
    verdict === "tolerated" || worst.some((each) => places?.has(placeOf(each.contender.session)) === true);
  const peers = new Set(attempts.flatMap((attempt) => candidates.get(attempt) ?? []));
  return {
    box,
    holder: holder?.claim.party.client ?? null,
    candidates: [...peers],
    contender: contender.client,
    attempts,
    verdict,
    severity: severityOf(verdict, worst, control, freeAfter !== null),
    cause: causeOf(attempts[0]),
    caveats: caveatsOf(box, worst, verdict, around, control),
    acceptedWhenFreeAfter: freeAfter,
  };
}
