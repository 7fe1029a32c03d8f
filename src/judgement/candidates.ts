/**
 * Contract 6.9: peers of a responder whose quick modes lie before the capture, known by ESP, keepalives or IKE alone. One
 * of them may hold a message ID that no client in the capture is seen to hold.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { firstIndex } from "../collections/search.ts";
import type { Hosts, Spi } from "../ike/facts.ts";
import { isAccepted } from "./claiming.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Acceptance } from "./collisions.ts";
import { earliestOf, firstOf, inOrder, isBefore, type Moment, SECOND } from "./moment.ts";
import type { Responder } from "./responders.ts";
import { beginOf } from "./session.ts";

/** A peer whose quick modes were not captured. */
export interface Candidate {
  host: number;
  /** UDP port; 0 for ESP over IP, which has none. */
  port: number;
  /** First and last sign of life. */
  first: Moment;
  last: Moment;
  /** Its farewell, or when a session of after the capture's begin took its endpoint over; null without. */
  gone: Moment | null;
  /** Its ESP is captured: when the responder sent some to it, first and last. */
  answered: { first: Moment; last: Moment } | null;
}

/** Two such answers are DPD, which Windows does not do. */
const DPD_ANSWERS = 2;
/** How long before an attempt the responder must have sent to a peer, or the peer have shown itself. */
const ALIVE = 300 * SECOND;
/** Who ended is silent for so long after the acceptance that its end allowed. */
const SILENT = 60 * SECOND;

/** All such peers of the gateway, in the order of their first signs. */
export function candidatesOf(responder: Responder, hosts: Hosts): Candidate[] {
  const known = new Map<number, ClientSa[]>();
  for (const clientSa of responder.clientSas) {
    for (const key of clientSa.keys) append(known, key, clientSa);
  }
  const found = new Map<number, Candidate>();
  for (const peer of responder.peers.byKey.values()) {
    const there = known.get(peer.key) ?? [];
    if (isRuledOut(there, responder, peer.key, hosts)) continue;
    const signs = signsOf(responder, [...peer.sent, ...peer.received]);
    if (signs === null) continue;
    const { host, port } = peer;
    const answered = signsOf(
      responder,
      peer.received.filter((row) => responder.peers.flows.hasEsp(row)),
    );
    found.set(peer.key, { host, port, ...signs, gone: goneAt(there), answered });
  }
  addByIke(responder, hosts, known, found);
  return [...found.values()].sort((a, b) => a.first.segment - b.first.segment || a.first.at - b.first.at);
}

/** Peers that only their IKE shows. */
function addByIke(
  responder: Responder,
  hosts: Hosts,
  known: ReadonlyMap<number, readonly ClientSa[]>,
  found: Map<number, Candidate>,
): void {
  for (const { session, lifespan, keys } of responder.clientSas) {
    if (!session.begunBefore || keys.some((key) => found.has(key))) continue;
    const [key] = keys;
    if (isRuledOut(known.get(key) ?? [], responder, key, hosts)) continue;
    const first = beginOf(session);
    const last = { at: lifespan.life.lastAt, segment: lifespan.life.segment };
    const gone = goneAt(known.get(key) ?? []);
    found.set(key, { host: hostOf(key), port: portOf(key), first, last, gone, answered: null });
  }
}

/** Its phase 1 is in the capture, or it draws its IDs, or speaks IKEv2, or does DPD of IKEv1. */
function isRuledOut(there: readonly ClientSa[], { peers }: Responder, key: number, hosts: Hosts): boolean {
  const [host, port] = [hostOf(key), portOf(key)];
  const ikev2 = hosts.endpointSpeaksIkev2(port === 0 ? endpoint(host, 500) : key);
  if (ikev2 || (port === 0 && hosts.speaksIkev2(host))) return true;
  const drawing = ({ session, pattern }: ClientSa) =>
    session.sa.answeredInformationals >= DPD_ANSWERS || pattern.kind === "random";
  if (there.some(drawing)) return true;
  const sessions = there.map(({ session }) => session);
  // Whoever comes to an endpoint later does not undo that somebody was there before.
  const [first] = sessions.sort((a, b) => inOrder(beginOf(a), beginOf(b)));
  if (first === undefined || first.begunBefore) return false;
  // ESP was there before phase 1, or what no quick mode in the capture explains: theirs lie before it all the same.
  const isOlder = (than: Moment | null) => (spi: Spi) => than === null || isBefore(firstOf(spi), than);
  const [sent, received] = [peers.spis([key], true), peers.spis([key], false)];
  return !sent.some(isOlder(beginOf(first))) && !received.some(isOlder(earliestOf(there.map(acceptedFirst))));
}

/** When a quick mode of the session was first accepted; null for never. */
function acceptedFirst({ session, outcomes, acceptedAt }: ClientSa): Moment | null {
  const first = session.quickModes.find((exchange) => isAccepted(outcomes.get(exchange)!));
  if (first === undefined) return null;
  return { at: acceptedAt.get(first) ?? first.firstAt, segment: first.segment };
}

function signsOf({ peers }: Responder, rows: readonly number[]): { first: Moment; last: Moment } | null {
  const { flows } = peers;
  let first: Moment | null = null;
  let last: Moment | null = null;
  for (const row of rows) {
    const begun = { at: flows.firstAt(row), segment: flows.firstSegment(row) };
    const ended = { at: flows.lastAt(row), segment: flows.lastSegment(row) };
    if (first === null || isBefore(begun, first)) first = begun;
    if (last === null || isBefore(last, ended)) last = ended;
  }
  return first === null || last === null ? null : { first, last };
}

/**
 * When what was on an endpoint before the capture ended: the last farewell of those sessions, or the acceptance of the
 * first session there whose phase 1 is in the capture (contract 6.6), whichever is earlier.
 */
function goneAt(there: readonly ClientSa[]): Moment | null {
  let farewell: Moment | null = null;
  let replaced: Moment | null = null;
  for (const clientSa of there) {
    const { session, lifespan } = clientSa;
    if (session.begunBefore) {
      const { any } = lifespan.farewells;
      if (any !== null && (farewell === null || isBefore(farewell, any))) farewell = any;
      continue;
    }
    replaced = earliestOf([replaced, acceptedFirst(clientSa)]);
  }
  return earliestOf([farewell, replaced]);
}

/** More peers of one refusal are not looked for: nobody follows up a thousand. */
const MAX_ALIVE = 1024;

/** Those that may have held an ID at a moment. */
export interface MayHold {
  found: Candidate[];
  /** Up to this time of the same segment nobody comes or goes. */
  until: number;
}

/** Those that may have held an ID at `moment`, the first `most` of them. */
export function mayHold(
  candidates: readonly Candidate[],
  contender: ClientSa,
  moment: Moment,
  isCleared: (candidate: Candidate) => boolean,
  most = MAX_ALIVE,
): MayHold {
  const found: Candidate[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    until = Math.min(until, changesAt(candidate, moment.at));
    // First what rules out most: a flood of refusals meets a flood of peers here.
    if (!isAlive(candidate, moment) || isOwn(candidate, contender) || isCleared(candidate)) continue;
    found.push(candidate);
    if (found.length === most) break;
  }
  return { found, until };
}

/** Those that were online while somebody else was accepted on an ID: they did not hold it. */
export function clearedBy(
  candidates: readonly Candidate[],
  accepted: readonly Acceptance[],
): ReadonlySet<Candidate> {
  const times = accepted
    .map(({ contender, exchange }) => ({
      contender,
      at: contender.acceptedAt.get(exchange) ?? exchange.firstAt,
      segment: exchange.segment,
    }))
    .sort(inOrder);
  const cleared = new Set<Candidate>();
  for (const candidate of candidates) {
    const next = firstIndex(times, (each) => isBefore(candidate.first, each));
    for (let i = next; i < times.length; i += 1) {
      if (!isOnline(candidate, times[i])) break;
      // It may have used the ID itself.
      if (isOwn(candidate, times[i].contender)) continue;
      cleared.add(candidate);
      break;
    }
  }
  return cleared;
}

function isOwn({ host, port }: Candidate, { keys }: ClientSa): boolean {
  return keys.includes(endpoint(host, port));
}

/** The responder had sent to it within five minutes, where its ESP is captured; and it had not gone. */
function isAlive({ first, last, gone, answered }: Candidate, moment: Moment): boolean {
  const seenLast = answered === null ? last : answered.last;
  const isLate = seenLast.segment === moment.segment && moment.at - seenLast.at <= ALIVE;
  if (!isLate && !isBefore(moment, seenLast)) return false;
  if (gone !== null && isBefore(gone, moment)) return false;
  const seenFirst = answered === null ? first : answered.first;
  return isBefore(seenFirst, moment) || moment.at - seenFirst.at >= -ALIVE;
}

/** The first time from `at` on after which `isAlive` may answer otherwise, in any segment. */
function changesAt({ first, last, gone, answered }: Candidate, at: number): number {
  const begin = (answered ?? { first }).first.at - ALIVE;
  const end = (answered ?? { last }).last.at + ALIVE;
  const left = gone?.at ?? Number.NEGATIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  // Who is alive at its begin was not just before.
  if (begin > at) next = begin - 1;
  if (end >= at && end < next) next = end;
  return left >= at && left < next ? left : next;
}

function isOnline({ first, last, gone }: Candidate, moment: Moment): boolean {
  const left = gone !== null && isBefore(gone, moment);
  return !left && isBefore(first, moment) && isBefore(moment, last);
}

/**
 * Those of them that ended between a refusal and the acceptance of the same client on the same ID: by a farewell, by a
 * newer session on the endpoint, or by a silence that the capture shows for long enough.
 */
export function endedBetween(
  candidates: readonly Candidate[],
  refused: Moment,
  accepted: Moment,
  captureEnd: Moment,
): Candidate[] {
  const silenceSeen = captureEnd.segment > accepted.segment || captureEnd.at - accepted.at >= SILENT;
  return candidates.filter(({ last, gone }) => {
    const within = (end: Moment) => !isBefore(end, refused) && isBefore(end, accepted);
    if (gone !== null && within(gone)) return true;
    return silenceSeen && within(last);
  });
}
