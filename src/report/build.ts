/** Puts a judgement into the form of the report (model.ts): numbers to text, hosts to addresses, nothing else. */

import type { Box } from "../findings/boxes.ts";
import { microsoftVersion } from "../findings/boxes.ts";
import { type Attempt as JudgedAttempt, VERDICTS } from "../findings/collisions.ts";
import { isFirstId, type Finding as JudgedFinding } from "../findings/finding.ts";
import { findingFingerprint, type NamedClient, responderFingerprint } from "../findings/fingerprint.ts";
import type { Judgement } from "../findings/judge.ts";
import type { Peer } from "../findings/unseen.ts";
import type { Client as JudgedClient } from "../ike/client.ts";
import type { Stamp } from "../ike/exchange.ts";
import { type HostTable, hostOf, portOf } from "../ike/hosts.ts";
import type { IkeSa } from "../ike/sa.ts";
import type { Session } from "../ike/session.ts";
import { communityId } from "./community-id.ts";
import { displayFilter } from "./display-filter.ts";
import type { Attempt, AttemptEvent, Claim, Client, Finding, Report, Responder } from "./model.ts";
import { findingSentence, messageIdText, notesOf } from "./sentences.ts";
import { isoTime } from "./time.ts";

export interface BuildContext {
  hosts: HostTable;
  /** Name and clock digits of each source, by index. */
  sources: readonly { name: string; timeDigits: 6 | 9 }[];
  /** Further addresses that the user declared to be the box of this host. */
  aliasesOf: (host: number) => string[];
}

/** IDs that the report shows of each client. */
const SHOWN_IDS = 8;
/** Attempts that a finding lists; the number of all is in its summary counts. */
const SHOWN_ATTEMPTS = 1000;
/** Flows of a client that get a Community ID: two, as a rule, and as many again for each new port. */
const SHOWN_FLOWS = 16;

export function buildFindings(judgement: Judgement, context: BuildContext): Finding[] {
  const ranks = new Map<Box, Map<JudgedClient, number>>();
  return judgement.findings.map((finding) => {
    let ofBox = ranks.get(finding.box);
    if (ofBox === undefined) {
      ofBox = rankByPort(finding.box);
      ranks.set(finding.box, ofBox);
    }
    return buildFinding(finding, ofBox, context);
  });
}

/** Rank of each client's port among the clients of its address. */
function rankByPort(box: Box): Map<JudgedClient, number> {
  const byHost = new Map<number, JudgedClient[]>();
  for (const client of box.clients) {
    const list = byHost.get(client.host);
    if (list === undefined) byHost.set(client.host, [client]);
    else list.push(client);
  }
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
  const responder = hosts.text(finding.box.host);
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
    holder:
      holder === null
        ? {
            address: null,
            port: null,
            platform: null,
            pattern: null,
            candidates: candidates.map((peer) => candidateOf(peer, hosts)),
          }
        : partyOf(holder, holderPort(finding), finding.box, hosts),
    contender: partyOf(contender, portOf(finding.attempts[0].contender.session.endpoint), finding.box, hosts),
    attempts: finding.attempts.slice(0, SHOWN_ATTEMPTS).map((attempt) => buildAttempt(attempt, context)),
    displayFilter: displayFilter(
      messageIds,
      [...finding.box.hosts].map((host) => hosts.text(host)),
    ),
    summary: findingSentence(finding, hosts),
  };
}

/** Built once: thousands of findings may list the same peers. */
const builtCandidates = new WeakMap<Peer, { address: string; port: number | null }>();

function candidateOf(peer: Peer, hosts: HostTable): { address: string; port: number | null } {
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
  return claim === undefined ? holder!.port : portOf(claim.party.session.endpoint);
}

function partyOf(client: JudgedClient, port: number, box: Box, hosts: HostTable) {
  return {
    address: hosts.text(client.host),
    port,
    platform: platformOf(client),
    pattern: box.patterns.get(client)!.kind,
  };
}

/** Of the client's UDP flows, in order of appearance: towards port 500, 4500, and again after a NAT rebinding. */
function communityIdsOf(client: JudgedClient, hosts: HostTable): string[] {
  const end = (endpoint: number) => ({ address: hosts.bytes(hostOf(endpoint)), port: portOf(endpoint) });
  const ids = new Set<string>();
  for (const { sa } of client.sessions) {
    for (const { ends } of sa.paths) {
      if (ids.size === SHOWN_FLOWS) return [...ids];
      ids.add(communityId(end(ends[0]), end(ends[1])));
    }
  }
  return [...ids];
}

function platformOf(client: JudgedClient): string | null {
  return (
    client.sessions.find(({ clientVendor }) => clientVendor.platform !== null)?.clientVendor.platform ?? null
  );
}

function stampTime(stamp: Stamp, context: BuildContext): string {
  return isoTime(stamp.micros, stamp.nanos, context.sources[stamp.source].timeDigits);
}

function buildAttempt(attempt: JudgedAttempt, context: BuildContext): Attempt {
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
    firstId: isFirstId(contender, exchange),
    holderSa: holder === null ? null : cookiesOf(holder.claim.party.session.sa),
    contenderSa: cookiesOf(contender.session.sa),
    claim: holder === null ? null : claimOf(holder, context),
    events: [
      eventOf(exchange.first, "contender", "first-message", context),
      ...(exchange.lastRetransmission === null
        ? []
        : [eventOf(exchange.lastRetransmission, "contender", "last-retransmission", context)]),
      ...(refused === null ? [] : [eventOf(refused, "responder", "informational", context)]),
    ].sort((a, b) => (a.at < b.at ? -1 : 1)),
  };
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

function claimOf(holder: NonNullable<JudgedAttempt["holder"]>, context: BuildContext): Claim {
  const { exchange, implied, party } = holder.claim;
  return {
    at: stampTime(exchange.first, context),
    frame: exchange.first.frame,
    source: context.sources[exchange.first.source].name,
    implied,
    lastLifeAt: isoTime(party.session.sa.lastLifeAt, 0, 6),
  };
}

function cookiesOf(sa: IkeSa): { initiatorCookie: string; responderCookie: string } {
  const hex = (i: number) => sa.cookies[i].toString(16).padStart(8, "0");
  return { initiatorCookie: hex(0) + hex(1), responderCookie: hex(2) + hex(3) };
}

export function buildResponders(judgement: Judgement, context: BuildContext): Responder[] {
  return judgement.boxes.map((box) => {
    const address = context.hosts.text(box.host);
    const vendor = box.parties.find(({ session }) => session.responderVendor.make !== null);
    const exposure = judgement.exposures.get(box)!;
    return {
      address,
      aliases: context.aliasesOf(box.host),
      vendor: vendor?.session.responderVendor.make ?? null,
      clients: box.clients.length,
      sequentialClients: exposure.sequentialClients,
      peakConcurrentSequential: exposure.peakConcurrentSequential,
      fingerprint: responderFingerprint(address),
    };
  });
}

export function buildClients(judgement: Judgement, context: BuildContext): Client[] {
  const clients: Client[] = [];
  for (const box of judgement.boxes) {
    const responder = context.hosts.text(box.host);
    for (const client of box.clients) clients.push(buildClient(client, box, responder, context.hosts));
  }
  return clients;
}

function buildClient(client: JudgedClient, box: Box, responder: string, hosts: HostTable): Client {
  const { sessions } = client;
  const pattern = box.patterns.get(client)!;
  const ids = idsOf(sessions);
  return {
    address: hosts.text(client.host),
    port: client.port,
    responder,
    platform: platformOf(client),
    pattern: {
      kind: pattern.kind,
      confidence: Math.round(pattern.confidence * 1e6) / 1e6,
      byteOrder: pattern.byteOrder,
      messageIds: ids.shown,
      ids: ids.count,
      ikeSas: sessions.length,
      firstId: ids.shown[0] ?? null,
      step: ids.step,
    },
    anomaly: pattern.contradictsVendor ? anomalyText(client, pattern.kind) : null,
    communityIds: communityIdsOf(client, hosts),
    rolesInferred: sessions.some(({ inferred }) => inferred),
    firstSeenAt: isoTime(sessions[0].sa.firstAt, 0, 6),
    lastSeenAt: isoTime(
      sessions.reduce((last, { sa }) => Math.max(last, sa.lastLifeAt), Number.NEGATIVE_INFINITY),
      0,
      6,
    ),
  };
}

/** The quick-mode IDs of a client: how many, the first of them, and the step between any two of one IKE SA. */
function idsOf(sessions: readonly Session[]): { count: number; shown: string[]; step: number | null } {
  const shown: number[] = [];
  let count = 0;
  let step: number | null = null;
  let sameStep = true;
  for (const { quickModes } of sessions) {
    quickModes.forEach(({ messageId }, i) => {
      if (count < SHOWN_IDS) shown.push(messageId);
      count += 1;
      if (i === 0) return;
      const taken = messageId - quickModes[i - 1].messageId;
      step ??= taken;
      if (taken !== step) sameStep = false;
    });
  }
  return { count, shown: shown.map(messageIdText), step: sameStep ? step : null };
}

function anomalyText(client: JudgedClient, kind: string): string {
  const version = microsoftVersion(client);
  return `message IDs are ${kind}, which Microsoft vendor ID version ${version} does not let expect`;
}

export function countVerdicts(judgement: Judgement): Report["summary"]["findings"] {
  const counts = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  for (const verdict of VERDICTS) {
    counts[verdict] = judgement.findings.filter((finding) => finding.verdict === verdict).length;
  }
  return counts;
}
