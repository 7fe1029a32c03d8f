/**
 * Sorts the IKE SAs of a capture by responder: each responder with its clients, their patterns, and
 * what became of each quick mode, in the order of contract 4. Pure: reads the facts, changes nothing that is
 * observed.
 */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Exchange, Facts, IkeSa, Side } from "../ike/facts.ts";
import { espSourcesOf, isBlind } from "./blind.ts";
import { type Client, groupClients, type IdentityQuestions, portTurns } from "./client.ts";
import { type Patterns, patternsOf } from "./client-patterns.ts";
import { type ClientSa, SaOfClient } from "./client-sa.ts";
import { endpointAliases, firstMessagesAt, keysOf, knownOnce, phase1Times } from "./endpoints-of.ts";
import { farewellsOf } from "./farewell.ts";
import type { InsideAddresses } from "./inside.ts";
import { joinedResponders } from "./joined.ts";
import type { Life } from "./life.ts";
import { type Lifespan, lifetimeEndOf } from "./lifespan.ts";
import { firstOf, isBefore, type Moment } from "./moment.ts";
import { isCompleted, isUndecided } from "./outcome.ts";
import { judgeOutcomes, type Outcomes } from "./outcomes.ts";
import { livesOf } from "./ownership.ts";
import { Peers } from "./peers.ts";
import { decideRoles, other, type RoleOptions } from "./roles.ts";
import { type Session, sessionOf } from "./session.ts";

export interface Responder {
  /** The responder's host; of several that are one gateway, the one that names it. */
  host: number;
  /** All its hosts. */
  hosts: ReadonlySet<number>;
  /** Further hosts that an IKE SA showed to be this gateway. */
  joined: readonly number[];
  clients: readonly Client[];
  patterns: Patterns;
  clientSas: readonly ClientSa[];
  peers: Peers;
  /** What tells whether two of its sessions are one client's. */
  questions: IdentityQuestions;
  /** It was seen sending ISAKMP, ESP or a keepalive to anyone. */
  seenSending: boolean;
}

export interface ResponderOptions extends RoleOptions {
  /** The host that names the gateway of this one. */
  responderOf: (host: number) => number;
  /** True when the user's scope takes the responder in. */
  inScope: (host: number) => boolean;
  /** Last clock value of the capture, and its segment. */
  captureEnd: Moment;
  /** The capture goes on: what has just begun is not judged yet. */
  running?: boolean;
  /** Shares of responders are judged elsewhere: addresses are not joined. */
  partitioned?: boolean;
  /** Addresses behind NATs, as far as they were looked for. */
  inside?: InsideAddresses;
}

/** How long the fragments of one message may take to come, in microseconds. */
const FRAGMENTS_PENDING = 2_000_000;

export function findResponders(facts: Facts, options: ResponderOptions): Responder[] {
  const sas = facts.ikeSas;
  const roles = decideRoles(sas, facts.hosts, options);
  const joined =
    options.partitioned === true ? new Map<number, number>() : joinedResponders(sas, roles, facts.hosts);
  const responderOf = (host: number) =>
    options.responderOf(joined.get(options.responderOf(host)) ?? joined.get(host) ?? host);
  const byResponder = new Map<number, Session[]>();
  const hostsOf = new Map<number, Set<number>>();
  const unanswered = new Map<number, Map<number, Moment[]>>();
  const fragmentsBefore =
    options.running === true ? options.captureEnd.at - FRAGMENTS_PENDING : Number.POSITIVE_INFINITY;
  sas.forEach((sa, i) => {
    const role = roles[i];
    if (role === null) return;
    const side = other(role.client);
    const host = hostOf(sa.endOf(0, side));
    const responder = responderOf(host);
    if (!sa.answered) {
      const here = unanswered.get(responder) ?? new Map<number, Moment[]>();
      append(here, sa.endOf(0, role.client), firstOf(sa));
      unanswered.set(responder, here);
      return;
    }
    if (options.inScope(host) || options.inScope(responder)) {
      append(byResponder, responder, sessionOf(sa, role, responder, facts.hosts, fragmentsBefore));
      noteHosts(hostsOf, responder, sa, side);
    }
  });
  for (const [host, responder] of joined) hostsOf.get(options.responderOf(responder))?.add(host);
  const peers = peersOf(hostsOf, facts);
  return [...byResponder].map(([host, sessions]) => {
    const context: Context = {
      facts,
      options,
      hosts: hostsOf.get(host)!,
      joined: [...joined]
        .filter(([, responder]) => options.responderOf(responder) === host)
        .map(([each]) => each),
      peers: peers.get(host)!,
      unanswered: unanswered.get(host) ?? new Map(),
    };
    return responderFrom(host, sessions, context);
  });
}

/** The hosts of a responder, with those that it has on the paths of an IKE SA. */
function noteHosts(hostsOf: Map<number, Set<number>>, responder: number, sa: IkeSa, side: Side): void {
  let hosts = hostsOf.get(responder);
  if (hosts === undefined) {
    hosts = new Set([responder]);
    hostsOf.set(responder, hosts);
  }
  for (let i = 0; i < sa.pathCount; i += 1) {
    const host = hostOf(sa.endOf(i, side));
    if (host !== responder) hosts.add(host);
  }
}

/** ESP and keepalives by responder, in one walk over the flows. */
function peersOf(hostsOf: ReadonlyMap<number, ReadonlySet<number>>, { flows }: Facts): Map<number, Peers> {
  const responders = new Map<number, number[]>();
  const peers = new Map<number, Peers>();
  for (const [responder, hosts] of hostsOf) {
    peers.set(responder, new Peers(flows));
    for (const host of hosts) append(responders, host, responder);
  }
  for (const row of flows.rows()) {
    const [from, to] = [flows.sender(row), flows.receiver(row)];
    for (const responder of responders.get(from) ?? []) {
      if (!hostsOf.get(responder)!.has(to)) peers.get(responder)!.add(row, true);
    }
    for (const responder of responders.get(to) ?? []) {
      if (!hostsOf.get(responder)!.has(from)) peers.get(responder)!.add(row, false);
    }
  }
  return peers;
}

interface Context {
  facts: Facts;
  options: ResponderOptions;
  hosts: ReadonlySet<number>;
  joined: readonly number[];
  peers: Peers;
  /** When an endpoint sent first messages that nobody answered. */
  unanswered: ReadonlyMap<number, readonly Moment[]>;
}

function responderFrom(host: number, sessions: Session[], context: Context): Responder {
  const { facts, options, hosts, joined, peers, unanswered } = context;
  sessions.sort(({ sa: a }, { sa: b }) => a.firstSegment - b.firstSegment || a.firstAt - b.firstAt);
  sessions.forEach((session, i) => {
    session.index = i;
  });
  const seenSending = [...hosts].some((each) => facts.hosts.wasSeenSending(each));
  const keys = knownOnce(sessions.length, keysOf);
  const espSources = espSourcesOf(peers, sessions);
  const blind = sessions.map((session) => isBlind(session, espSources));
  const judged = judgeOutcomes(sessions, {
    peers,
    keys,
    blind,
    responderSeen: seenSending,
    phase1Times: phase1Times(lazily(() => firstMessagesAt(sessions, unanswered))),
    captureEnd: options.captureEnd,
    running: options.running === true,
  });
  const { lives, keys: ownKeys } = livesOf(sessions, keys, peers, judged);
  const lifespans = lifespansOf(sessions, { lives, blind, captureEnd: options.captureEnd });
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
  return { host, hosts, joined, clients, patterns, clientSas, peers, seenSending, questions };
}

/** What was seen of each session's life, and what ended it; what a newer one ends is not known yet. */
function lifespansOf(
  sessions: readonly Session[],
  { lives, blind, captureEnd }: { lives: readonly Life[]; blind: readonly boolean[]; captureEnd: Moment },
): Lifespan[] {
  return sessions.map((session, i) => ({
    blind: blind[i],
    life: lives[i],
    farewells: farewellsOf(session, lives[i], blind[i], captureEnd),
    replaced: null,
    lifetimeEnd: lifetimeEndOf(session),
  }));
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
    inside: (a, b) => (inQuestion.has(hostOf(a.endpoint)) ? (inside?.compare(a, b) ?? "unknown") : "unknown"),
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
