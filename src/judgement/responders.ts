/**
 * Sorts the IKE SAs of a capture by responder: each responder with its clients, their patterns, and
 * what became of each quick mode, in the order of contract 4. Pure: reads the facts, changes nothing that is
 * observed.
 */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Exchange, Facts, IkeSa } from "../ike/facts.ts";
import { espSourcesOf, isBlind } from "./blind.ts";
import { ByResponder, type ResponderOptions, type SasOfResponder } from "./by-responder.ts";
import { type Client, groupClients } from "./client.ts";
import { type Patterns, patternsOf } from "./client-patterns.ts";
import { type ClientSa, SaOfClient } from "./client-sa.ts";
import { endpointAliases, firstMessagesAt, keysOf, knownOnce, phase1Times } from "./endpoints-of.ts";
import type { IdentityQuestions } from "./identity.ts";
import type { InsideAddresses } from "./inside.ts";
import { type Lifespan, lifespanOf } from "./lifespan.ts";
import { isBefore, type Moment } from "./moment.ts";
import { isCompleted, isUndecided } from "./outcome.ts";
import { judgeOutcomes, type Outcomes } from "./outcomes.ts";
import { livesOf } from "./ownership.ts";
import { Peers } from "./peers.ts";
import { PlainClients } from "./plain-clients.ts";
import { portTurns } from "./port-turns.ts";
import type { Session } from "./session.ts";

export interface Responder {
  /** The responder's host; of several that are one gateway, the one that names it. */
  host: number;
  /** All its hosts. */
  hosts: ReadonlySet<number>;
  /** Further hosts that an IKE SA showed to be this gateway. */
  joined: readonly number[];
  /** Those of whom the rules may have something to say, with their patterns and IKE SAs; see `clientsOf` for all. */
  clients: readonly Client[];
  patterns: Patterns;
  clientSas: readonly ClientSa[];
  /** All others. */
  plain: PlainClients;
  peers: Peers;
  /** What tells whether two of its sessions are one client's. */
  questions: IdentityQuestions;
  /** It was seen sending ISAKMP, ESP or a keepalive to anyone. */
  seenSending: boolean;
}

export function findResponders(facts: Facts, options: ResponderOptions): Responder[] {
  const responders = new ByResponder(facts, options).sorted();
  const peers = peersOf(responders, facts);
  return responders.map((each, i) => responderFrom(each, { facts, options, peers: peers[i] }));
}

/** ESP and keepalives of each responder, in one walk over the flows. */
function peersOf(responders: readonly SasOfResponder[], { flows }: Facts): Peers[] {
  const peers = responders.map(() => new Peers(flows));
  const byHost = new Map<number, number[]>();
  responders.forEach(({ hosts }, i) => {
    for (const host of hosts) append(byHost, host, i);
  });
  for (const row of flows.rows()) {
    const [from, to] = [flows.sender(row), flows.receiver(row)];
    for (const i of byHost.get(from) ?? []) if (!responders[i].hosts.has(to)) peers[i].add(row, true);
    for (const i of byHost.get(to) ?? []) if (!responders[i].hosts.has(from)) peers[i].add(row, false);
  }
  return peers;
}

interface Context {
  facts: Facts;
  options: ResponderOptions;
  peers: Peers;
}

function responderFrom(ofResponder: SasOfResponder, context: Context): Responder {
  const { host, hosts, joined, sessions, unanswered } = ofResponder;
  const { facts, options, peers } = context;
  const { captureEnd } = options;
  sessions.forEach((session, i) => {
    session.index = i;
  });
  const seenSending = [...hosts].some((each) => facts.hosts.wasSeenSending(each));
  const keys = knownOnce(sessions.length, keysOf);
  const espSources = espSourcesOf(peers, sessions, plainSasOf(ofResponder));
  const plain = new PlainClients(ofResponder, { hosts: facts.hosts, peers, espSources, captureEnd });
  const blind = sessions.map((session) => isBlind(session, espSources));
  const judged = judgeOutcomes(sessions, {
    peers,
    keys,
    blind,
    responderSeen: seenSending,
    phase1Times: phase1Times(lazily(() => firstMessagesAt(sessions, unanswered))),
    captureEnd,
    running: options.running === true,
  });
  const { lives, keys: ownKeys } = livesOf(sessions, keys, peers, judged);
  const lifespans = sessions.map((session, i) =>
    lifespanOf(session, { life: lives[i], blind: blind[i], captureEnd }),
  );
  const questions = questionsOf(sessions, lifespans, {
    inQuestion: hostsInQuestion(sessions, judged),
    inside: options.inside,
  });
  const { lifespan } = questions;
  const clients = groupClients(sessions, questions, aliasesIn(facts, sessions));
  const patterns = patternsOf(clients);
  const clientSas: ClientSa[] = [];
  const { outcomes, acceptedAt } = judged;
  const undecided = new Set<Exchange>();
  const here = { outcomes, acceptedAt, undecided, keysOf: ownKeys, peers, patterns, lifespan, seenSending };
  for (const client of clients) {
    markReplaced(client, lifespan, judged);
    for (const session of client.sessions) {
      if (options.running === true) noteUndecided(session, judged, undecided);
      clientSas.push(new SaOfClient(session, client, here));
    }
  }
  return { host, hosts, joined, clients, plain, patterns, clientSas, peers, seenSending, questions };
}

function* plainSasOf({ ikeSas, plain }: SasOfResponder): Generator<IkeSa, void, undefined> {
  for (const index of plain) yield ikeSas.at(index);
}

/**
 * What tells clients apart. The judgement keeps these questions, and closures keep all of the function that they are
 * made in: in one of its own that is little, beside what outcomes were judged with.
 */
function questionsOf(
  sessions: readonly Session[],
  lifespans: readonly Lifespan[],
  { inQuestion, inside }: { inQuestion: ReadonlySet<number>; inside: InsideAddresses | undefined },
): IdentityQuestions {
  const lifespan = ({ index }: Session) => lifespans[index];
  return {
    lifespan,
    inside: (a, b) =>
      inQuestion.size > 0 && inQuestion.has(hostOf(a.endpoint))
        ? (inside?.compare(a, b) ?? "unknown")
        : "unknown",
    tookTurns: portTurns(sessions, lifespan),
  };
}

/** Where nothing was seen twice, no path was. */
function aliasesIn({ echoes }: Facts, sessions: readonly Session[]): (endpoint: number) => number {
  return echoes === 0 ? (end) => end : endpointAliases(sessions);
}

function noteUndecided(session: Session, judged: Outcomes, undecided: Set<Exchange>): void {
  for (const exchange of session.quickModes) {
    if (isCompleted(exchange)) continue;
    const context = judged.contextOf(session);
    if (isUndecided(exchange, judged.outcomes.get(exchange)!, context)) undecided.add(exchange);
  }
}

/**
 * Addresses where one session had a quick mode accepted and another had one that was not: who is who may decide a
 * verdict there. Where nothing was accepted nobody holds an ID.
 */
function hostsInQuestion(sessions: readonly Session[], judged: Outcomes): Set<number> {
  if (judged.allAccepted) return new Set();
  const accepted = new Set<number>();
  const open = new Set<number>();
  for (const { endpoint, quickModes } of sessions) {
    for (const each of quickModes) {
      const isOpen = judged.acceptedAt.get(each) === undefined;
      (isOpen ? open : accepted).add(hostOf(endpoint));
    }
  }
  const tried = new Map<number, number>();
  for (const host of open) if (accepted.has(host)) tried.set(host, 0);
  if (tried.size === 0) return new Set();
  for (const { endpoint, quickModes } of sessions) {
    const before = tried.get(hostOf(endpoint));
    if (before !== undefined && quickModes.length > 0) tried.set(hostOf(endpoint), before + 1);
  }
  return new Set([...tried.keys()].filter((host) => tried.get(host)! > 1));
}

/** Contract 6.6: a newer SA of the client ends the older ones once a quick mode of it is accepted. */
function markReplaced(
  { sessions }: Client,
  lifespan: (session: Session) => Lifespan,
  judged: Outcomes,
): void {
  if (sessions.length === 1) return;
  let newer: Moment | null = null;
  for (let i = sessions.length - 1; i >= 0; i -= 1) {
    lifespan(sessions[i]).replaced = newer;
    const accepted = judged.firstAccepted(sessions[i]);
    if (accepted === null) continue;
    if (newer === null || isBefore(accepted, newer)) newer = accepted;
  }
}
