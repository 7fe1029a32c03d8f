/**
 * Sorts the IKE SAs of a capture by responder: each responder ("box") with its clients, their patterns, and
 * what became of each quick mode. Pure: reads the tracker, changes nothing that is observed.
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Exchange } from "../ike/exchange.ts";
import type { Tracker } from "../ike/tracker.ts";
import { type Client, groupClients } from "./client.ts";
import { type Lifespan, lifespanOf, type Moment } from "./lifespan.ts";
import { isUndecided, type Outcome, type OutcomeContext, outcomeOf } from "./outcome.ts";
import type { Party } from "./party.ts";
import { classifyPattern, type Pattern } from "./pattern.ts";
import { decideRoles, type RoleOptions } from "./roles.ts";
import { type Session, sessionOf } from "./session.ts";

export interface Box {
  /** The responder's host; of several declared one box, the one that names it. */
  host: number;
  /** All its hosts. */
  hosts: ReadonlySet<number>;
  clients: readonly Client[];
  patterns: ReadonlyMap<Client, Pattern>;
  parties: readonly Party[];
  /** It was seen sending ISAKMP, ESP or a keepalive to anyone. */
  seenSending: boolean;
}

export interface BoxOptions extends RoleOptions {
  /** The host that names the box of this one. */
  boxOf: (host: number) => number;
  /** True when the user's scope takes the responder in. */
  inScope: (host: number) => boolean;
  /** Last clock value of the capture, and its segment. */
  captureEnd: Moment;
  /** The capture goes on: what has just begun is not judged yet. */
  running?: boolean;
}

/** How long the fragments of one message may take to come, in microseconds. */
const FRAGMENTS_PENDING = 2_000_000;

export function findBoxes(tracker: Tracker, options: BoxOptions): Box[] {
  tracker.flows.settleAll();
  const sas = tracker.table.sas;
  const roles = decideRoles(sas, tracker.hosts, options);
  const byBox = new Map<number, Session[]>();
  const unanswered = new Map<number, FirstMessages>();
  const fragmentsBefore =
    options.running === true ? options.captureEnd.at - FRAGMENTS_PENDING : Number.POSITIVE_INFINITY;
  sas.forEach((sa, i) => {
    const role = roles[i];
    if (role === null) return;
    const { ends } = sa.paths[0];
    const responder = hostOf(ends[role.client === 0 ? 1 : 0]);
    const box = options.boxOf(responder);
    if (!sa.answered) {
      const here = unanswered.get(box) ?? new Map();
      append(here, ends[role.client], sa.firstAt);
      unanswered.set(box, here);
      return;
    }
    if (options.inScope(responder) || options.inScope(box)) {
      append(byBox, box, sessionOf(sa, role, box, tracker.hosts, fragmentsBefore));
    }
  });
  return [...byBox].map(([host, sessions]) =>
    boxOf(host, sessions, unanswered.get(host) ?? new Map(), tracker, options),
  );
}

/** When an endpoint sent first messages that nobody answered. */
type FirstMessages = Map<number, number[]>;

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function boxOf(
  host: number,
  sessions: Session[],
  unanswered: ReadonlyMap<number, readonly number[]>,
  tracker: Tracker,
  options: BoxOptions,
): Box {
  const hosts = new Set<number>([host]);
  for (const { sa, responder } of sessions)
    for (const { ends } of sa.paths) hosts.add(hostOf(ends[responder]));
  let espKinds = 0;
  let seenSending = false;
  for (const each of hosts) {
    espKinds |= tracker.flows.espKinds(each);
    seenSending ||= tracker.hosts.hasSent[each] === 1;
  }
  sessions.sort((a, b) => a.sa.firstSegment - b.sa.firstSegment || a.sa.firstAt - b.sa.firstAt);
  const lifespans = new Map<Session, Lifespan>();
  for (const session of sessions) lifespans.set(session, lifespanOf(session, espKinds));
  const lifespan = (session: Session) => lifespans.get(session)!;
  const clients = groupClients(sessions, lifespan, endpointAliases(sessions));
  const farewells = onDemand(
    () => new Map(sessions.map((session) => [session.sa.number, lifespan(session).farewell])),
  );
  const outcomes = new Map<Exchange, Outcome>();
  const undecided = new Set<Exchange>();
  const patterns = new Map<Client, Pattern>();
  const parties: Party[] = [];
  for (const client of clients) {
    const pattern = patternOf(client);
    patterns.set(client, pattern);
    markReplaced(client, lifespan);
    const phase1Times = onDemand(() => phase1TimesOf(client, unanswered));
    for (const session of client.sessions) {
      const context: OutcomeContext = {
        lifespan: lifespan(session),
        responderSeen: seenSending,
        nextPhase1: (after) => firstAfter(phase1Times(), after),
        farewelledBefore: (saNumber, at) => (farewells().get(saNumber)?.at ?? Number.POSITIVE_INFINITY) <= at,
        captureEnd: options.captureEnd,
        running: options.running === true,
      };
      for (const exchange of session.quickModes) {
        const outcome = outcomeOf(session, exchange, context);
        outcomes.set(exchange, outcome);
        if (isUndecided(exchange, outcome, context)) undecided.add(exchange);
      }
      parties.push({ session, client, pattern, lifespan: context.lifespan, outcomes, undecided });
    }
  }
  return { host, hosts, clients, patterns, parties, seenSending };
}

/** The first of the ascending times that is later; NaN when none is. */
function firstAfter(times: readonly number[], after: number): number {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const half = (from + to) >> 1;
    if (times[half] > after) to = half;
    else from = half + 1;
  }
  return times[from] ?? Number.NaN;
}

/** A value that few quick modes need, made when the first one does. */
function onDemand<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** Endpoints that an echo proved to be one client on both sides of a NAT: inside -> nearest the responder. */
function endpointAliases(sessions: readonly Session[]): (endpoint: number) => number {
  const aliases = new Map<number, number>();
  for (const { sa, client, endpoint } of sessions) {
    const named = sa.paths.find(({ ends }) => ends[client] === endpoint)!;
    for (const path of sa.paths) {
      const echoed = path.echoOf[0] + path.echoOf[1] + path.echoedLater[0] + path.echoedLater[1] > 0;
      // Copies sent from another client's address would make the two one; the responder never speaks to those.
      if (sa.isReplay(client, path.ends[client])) continue;
      if (echoed && path.natTraversal === named.natTraversal) aliases.set(path.ends[client], endpoint);
    }
  }
  return (endpoint) => aliases.get(endpoint) ?? endpoint;
}

function patternOf(client: Client): Pattern {
  const ids = client.sessions.map(({ quickModes }) => quickModes.map(({ messageId }) => messageId));
  return classifyPattern(ids, microsoftVersion(client));
}

export function microsoftVersion(client: Client): number | null {
  for (const { clientVendor } of client.sessions) {
    if (clientVendor.microsoftVersion !== null) return clientVendor.microsoftVersion;
  }
  return null;
}

/**
 * A newer SA of the client whose phase 1 finished ends the older ones. From another port behind a NAT it is a
 * guess that the client is the same, and the responder may keep what it has.
 */
function markReplaced(client: Client, lifespan: (session: Session) => Lifespan): void {
  const newer = new Map<number, Moment>();
  for (let i = client.sessions.length - 1; i >= 0; i -= 1) {
    const session = client.sessions[i];
    const { sa, finishedAt, endpoint } = session;
    lifespan(session).replaced = newer.get(endpoint) ?? null;
    if (!sa.phase1Seen || Number.isNaN(finishedAt)) continue;
    const moment = { at: finishedAt, segment: sa.firstSegment };
    const known = newer.get(endpoint);
    if (known === undefined || moment.segment < known.segment || moment.at < known.at)
      newer.set(endpoint, moment);
  }
}

/** When the client began phase 1, answered or not, in order. */
function phase1TimesOf(client: Client, unanswered: ReadonlyMap<number, readonly number[]>): number[] {
  const times: number[] = [];
  const endpoints = new Set<number>();
  for (const { sa, client: side } of client.sessions) {
    if (sa.phase1Seen) times.push(sa.firstAt);
    for (const { ends } of sa.paths) endpoints.add(ends[side]);
  }
  for (const endpoint of endpoints) {
    for (const at of unanswered.get(endpoint) ?? []) times.push(at);
  }
  return times.sort((a, b) => a - b);
}
