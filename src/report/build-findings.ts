/** The findings of a judgement in the form of the report: numbers to text, hosts to addresses. */

import { portOf } from "../collections/endpoints.ts";
import { grouped } from "../collections/grouping.ts";
import { type Hosts, type IkeSa, numberedNotify, type Stamp } from "../ike/facts.ts";
import type { Candidate } from "../judgement/candidates.ts";
import type { Client as JudgedClient } from "../judgement/client.ts";
import type { Attempt as JudgedAttempt } from "../judgement/collisions.ts";
import type { Finding as JudgedFinding } from "../judgement/finding.ts";
import { findingFingerprint, type NamedClient } from "../judgement/fingerprint.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder } from "../judgement/responders.ts";
import { isFirstId } from "../judgement/weighing.ts";
import { type BuildContext, platformOf } from "./build.ts";
import { displayFilter } from "./display-filter.ts";
import type { Attempt, AttemptEvent, Claim, Finding } from "./model.ts";
import { findingSentence, messageIdText, notesOf } from "./sentences.ts";
import { isoTime } from "./time.ts";

/** Attempts that a finding lists; the number of all is in its summary counts. */
export const SHOWN_ATTEMPTS = 1000;
/** Peers that a finding names: a list of thousands would name nobody. */
const SHOWN_CANDIDATES = 20;

export function buildFindings(judgement: Judgement, context: BuildContext): Finding[] {
  const ranks = new Map<Responder, Map<JudgedClient, number>>();
  return judgement.findings.map((finding) => {
    let ofResponder = ranks.get(finding.responder);
    if (ofResponder === undefined) {
      ofResponder = rankByPort(finding.responder);
      ranks.set(finding.responder, ofResponder);
    }
    return buildFinding(finding, ofResponder, context);
  });
}

/** Rank of each client's port among the clients of its address. */
function rankByPort(responder: Responder): Map<JudgedClient, number> {
  const byHost = grouped(responder.clients, ({ host }) => host);
  const ranks = new Map<JudgedClient, number>();
  for (const clients of byHost.values()) {
    clients.sort((a, b) => a.port - b.port);
    clients.forEach((client, rank) => {
      ranks.set(client, rank);
    });
  }
  return ranks;
}

function buildFinding(
  finding: JudgedFinding,
  ranks: ReadonlyMap<JudgedClient, number>,
  context: BuildContext,
): Finding {
  const { hosts } = context;
  const responder = hosts.text(finding.responder.host);
  const named = (client: JudgedClient): NamedClient => ({
    address: hosts.text(client.host),
    rank: ranks.get(client) ?? 0,
  });
  const { holder, contender, candidates } = finding;
  const ids = [...new Set(finding.attempts.map(({ exchange }) => exchange.messageId))].sort((a, b) => a - b);
  const messageIds = ids.map(messageIdText);
  return {
    fingerprint: findingFingerprint(responder, holder === null ? null : named(holder), named(contender)),
    verdict: finding.verdict,
    severity: finding.severity,
    cause: finding.cause,
    caveats: [...finding.caveats],
    notes: notesOf(finding),
    responder,
    messageIds,
    messageIdsDecimal: ids,
    holder: {
      ...(holder === null
        ? { address: null, port: null, platform: null, pattern: null }
        : clientSaOf(holder, holderPort(finding), finding.responder, hosts)),
      ...(holder === null || candidates.length > 0 ? { candidates: shownOf(candidates, hosts) } : {}),
      ...(candidates.length > SHOWN_CANDIDATES
        ? { candidatesOmitted: candidates.length - SHOWN_CANDIDATES }
        : {}),
    },
    contender: clientSaOf(
      contender,
      portOf(finding.attempts[0].contender.session.endpoint),
      finding.responder,
      hosts,
    ),
    attempts: finding.attempts.slice(0, SHOWN_ATTEMPTS).map((attempt) => buildAttempt(attempt, context)),
    displayFilter: displayFilter(
      messageIds,
      [...finding.responder.hosts].map((host) => hosts.text(host)),
    ),
    summary: findingSentence(finding, hosts),
  };
}

interface ShownCandidate {
  address: string;
  port: number | null;
}

/** Built once: thousands of findings may list the same peers, and have one list of them. */
const builtLists = new WeakMap<readonly Candidate[], ShownCandidate[]>();
const builtCandidates = new WeakMap<Candidate, ShownCandidate>();

/** Those that a finding names. */
function shownOf(candidates: readonly Candidate[], hosts: Hosts): ShownCandidate[] {
  let built = builtLists.get(candidates);
  if (built === undefined) {
    built = candidates.slice(0, SHOWN_CANDIDATES).map((peer) => candidateOf(peer, hosts));
    builtLists.set(candidates, built);
  }
  return built;
}

function candidateOf(peer: Candidate, hosts: Hosts): ShownCandidate {
  const { host, port } = peer;
  let built = builtCandidates.get(peer);
  if (built === undefined) {
    built = { address: hosts.text(host), port: port === 0 ? null : port };
    builtCandidates.set(peer, built);
  }
  return built;
}

/** Port of the holder when it claimed the ID; later sessions of the same client may have another. */
function holderPort({ attempts, holder }: JudgedFinding): number {
  const claim = attempts[0].holder?.claim;
  return claim === undefined ? holder!.port : portOf(claim.clientSa.session.endpoint);
}

function clientSaOf(client: JudgedClient, port: number, responder: Responder, hosts: Hosts) {
  return {
    address: hosts.text(client.host),
    port,
    platform: platformOf(client),
    pattern: responder.patterns.get(client)!.kind,
  };
}

function stampTime(stamp: Stamp, context: BuildContext): string {
  return isoTime(stamp.micros, stamp.nanos, context.sources[stamp.source].timeDigits);
}

export function buildAttempt(attempt: JudgedAttempt, context: BuildContext): Attempt {
  const { exchange, contender, holder, outcome } = attempt;
  const refused = outcome === "refused" ? exchange.otherInformational : null;
  return {
    messageId: messageIdText(exchange.messageId),
    messageIdDecimal: exchange.messageId,
    at: stampTime(exchange.first, context),
    frame: exchange.first.frame,
    source: context.sources[exchange.first.source].name,
    outcome,
    overlap: holder === null ? "none" : holder.overlap,
    verdict: attempt.verdict,
    retransmissions: exchange.retransmissions,
    lastRetransmissionAt:
      exchange.lastRetransmission === null ? null : stampTime(exchange.lastRetransmission, context),
    refusedAt: refused === null ? null : stampTime(refused, context),
    ...(exchange.otherNotify === 0 ? {} : { notify: numberedNotify(exchange.otherNotify) }),
    firstId: isFirstId(contender, exchange),
    holderSa: holder === null ? null : cookiesOf(holder.claim.clientSa.session.sa),
    contenderSa: cookiesOf(contender.session.sa),
    claim: holder === null ? null : claimOf(holder, context),
    events: inTime([
      eventOf(exchange.first, "contender", "first-message", context),
      ...(exchange.lastRetransmission === null
        ? []
        : [eventOf(exchange.lastRetransmission, "contender", "last-retransmission", context)]),
      ...(refused === null ? [] : [eventOf(refused, "responder", "informational", context)]),
    ]),
  };
}

/** Puts some events, which nearly always are, in the order of their times. */
function inTime(events: AttemptEvent[]): AttemptEvent[] {
  const areInTime = events.every(({ at }, i) => i === 0 || events[i - 1].at <= at);
  return areInTime ? events : events.sort((a, b) => (a.at < b.at ? -1 : 1));
}

function eventOf(
  stamp: Stamp,
  sender: AttemptEvent["sender"],
  what: AttemptEvent["what"],
  context: BuildContext,
): AttemptEvent {
  const source = context.sources[stamp.source].name;
  return { at: stampTime(stamp, context), frame: stamp.frame, source, sender, what };
}

function claimOf(holder: NonNullable<JudgedAttempt["holder"]>, context: BuildContext): Claim | null {
  const { exchange, implied, clientSa } = holder.claim;
  if (exchange === null) return null;
  return {
    at: stampTime(exchange.first, context),
    frame: exchange.first.frame,
    source: context.sources[exchange.first.source].name,
    implied,
    lastLifeAt: isoTime(clientSa.lifespan.life.lastAt, 0, 6),
  };
}

function cookiesOf(sa: IkeSa): { initiatorCookie: string; responderCookie: string } {
  const hex = (i: number) => sa.cookiesOf(i).toString(16).padStart(8, "0");
  return { initiatorCookie: hex(0) + hex(1), responderCookie: hex(2) + hex(3) };
}
