/**
 * Contract 6.9: peers of a responder whose quick modes lie before the capture, known by ESP, keepalives or IKE alone. One
 * of them may hold a message ID that no client in the capture is seen to hold.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Exchange, Hosts, Spi } from "../ike/facts.ts";
import { IKE_PORT } from "../wire/ports.ts";
import { isAccepted } from "./claiming.ts";
import { acceptanceOf, type ClientSa } from "./client-sa.ts";
import { keysOf } from "./endpoints-of.ts";
import { wasRenewed } from "./former-holder.ts";
import {
  BEFORE_ALL,
  earliestOf,
  firstOf,
  inOrder,
  isBefore,
  lastOf,
  latestOf,
  type Moment,
  momentOf,
  seen,
} from "./moment.ts";
import { movedEndpoints } from "./moves.ts";
import { noteFirst, type Peer, type Peers } from "./peers.ts";
import type { Responder } from "./responders.ts";
import { beginOf } from "./session.ts";
import { thirdUnheardAt } from "./unheard.ts";

/** A peer whose quick modes were not captured. */
export interface Candidate {
  host: number;
  /** UDP port; 0 for ESP over IP, which has none. */
  port: number;
  /** First sign of life, and the last; of one that sent on unheard the responder's last, which knew it no more. */
  first: Moment;
  last: Moment;
  /** When it may have freed IDs: an SPI began, a quick mode was accepted, or an Informational passed. */
  renewals: readonly Moment[];
  /** Its farewell, or when a session of after the capture's begin took its endpoint over; null without. */
  gone: Moment | null;
  /** Its ESP is captured: when the responder sent some to it, first and last. */
  answered: { first: Moment; last: Moment } | null;
}

/** Two such answers are DPD, which Windows does not do. */
const DPD_ANSWERS = 2;

/** No IKE SA is on an endpoint, as on most of such peers. */
const NOBODY: readonly ClientSa[] = [];

/** All such peers of the gateway, in the order of their first signs. */
export function candidatesOf(responder: Responder, hosts: Hosts): Candidate[] {
  const { byKey } = responder.peers;
  const known = sasAt(responder, byKey);
  const found = new Map<number, Candidate>();
  for (const peer of byKey.values()) {
    const there = known.get(peer.key) ?? NOBODY;
    if (isRuledOut(there, responder, peer.key, hosts)) continue;
    const signs = signsOf(responder, peer);
    if (signs === null) continue;
    const { first } = signs;
    let last = lastByIke(there, signs.last);
    const { host, port } = peer;
    const gone = goneAt(there);
    // What began later is of a newer session there.
    const spis = (fromPeer: boolean) => {
      const all = responder.peers.spis([peer.key], fromPeer);
      return gone === null ? all : all.filter((spi) => isBefore(firstOf(spi), gone));
    };
    const received = spis(false);
    const answered = spanOf(received);
    const isUnheard =
      answered?.last.segment === last.segment && seen(thirdUnheardAt(spis(true), answered.last));
    if (isUnheard) last = answered.last;
    const renewals = received.map(firstOf);
    if (there.length > 0) renewals.push(...renewalsIn(there));
    found.set(peer.key, { host, port, first, last, gone, answered, renewals });
  }
  addByIke(responder, hosts, found);
  joinMoved(responder, found);
  return [...found.values()].sort((a, b) => inOrder(a.first, b.first));
}

/** The IKE SAs that are on some endpoints, by these. */
function sasAt({ clientSas }: Responder, endpoints: { has(key: number): boolean }): Map<number, ClientSa[]> {
  const there = new Map<number, ClientSa[]>();
  for (const clientSa of clientSas) {
    for (const key of clientSa.keys) if (endpoints.has(key)) append(there, key, clientSa);
  }
  return there;
}

/** A session whose NAT gave it other ports is one peer (contract 3.6), which is where it was seen last. */
function joinMoved({ clientSas, peers }: Responder, found: Map<number, Candidate>): void {
  if (found.size < 2) return;
  const withIke = new Set(clientSas.flatMap(({ session }) => keysOf(session)));
  // Nothing moves to where an IKE SA is.
  const moved = movedEndpoints(peers, ({ key }) => (withIke.has(key) ? BEFORE_ALL : null));
  const byTime = [...moved].flatMap(([key, root]) => {
    const later = found.get(key);
    return later === undefined ? [] : [{ key, root, later }];
  });
  byTime.sort((a, b) => inOrder(a.later.first, b.later.first));
  const begun = lazily(() => begunAt(peers));
  for (const { key, root, later } of byTime) {
    const earlier = found.get(root);
    if (earlier === undefined || earlier.host !== later.host) continue;
    const { first } = earlier;
    const answered = joined(earlier.answered, later.answered);
    // What an SPI that was elsewhere before began with here is the move.
    const there = begun().get(later.host)!;
    const came = peers.spis([key], false).filter((spi) => isBefore(there.get(spi.spi)!, firstOf(spi)));
    const moves = new Set(came.map(({ firstAt }) => firstAt));
    const renewals = [...earlier.renewals, ...later.renewals.filter((each) => !moves.has(each.at))];
    found.set(root, { ...later, first, answered, renewals });
    found.delete(key);
  }
}

/** By address, when each SPI of the responder was first seen at any of its endpoints. */
function begunAt({ byKey, flows }: Peers): Map<number, Map<number, Moment>> {
  const begun = new Map<number, Map<number, Moment>>();
  for (const { host, received } of byKey.values()) {
    const there = begun.get(host) ?? new Map<number, Moment>();
    begun.set(host, there);
    for (const row of received) noteFirst(there, flows.spis(row));
  }
  return begun;
}

function joined(earlier: Candidate["answered"], later: Candidate["answered"]): Candidate["answered"] {
  return earlier === null || later === null ? (earlier ?? later) : { first: earlier.first, last: later.last };
}

/** Peers that only their IKE shows. */
function addByIke(responder: Responder, hosts: Hosts, found: Map<number, Candidate>): void {
  const begunBefore = responder.clientSas.filter(({ session }) => session.begunBefore);
  const known = sasAt(responder, new Set(begunBefore.map(({ keys }) => keys[0])));
  for (const { session, lifespan, keys } of begunBefore) {
    if (keys.some((key) => found.has(key))) continue;
    const [key] = keys;
    const there = known.get(key) ?? NOBODY;
    if (isRuledOut(there, responder, key, hosts)) continue;
    const first = beginOf(session);
    const last = lastByIke(there, { at: lifespan.life.lastAt, segment: lifespan.life.segment });
    const gone = goneAt(there);
    const renewals = renewalsIn(there);
    found.set(key, { host: hostOf(key), port: portOf(key), first, last, gone, answered: null, renewals });
  }
}

/** Its phase 1 is in the capture, or it draws its IDs, or speaks IKEv2, or does DPD of IKEv1. */
function isRuledOut(there: readonly ClientSa[], { peers }: Responder, key: number, hosts: Hosts): boolean {
  const [host, port] = [hostOf(key), portOf(key)];
  const ikev2 = hosts.endpointSpeaksIkev2(port === 0 ? endpoint(host, IKE_PORT) : key);
  if (ikev2 || (port === 0 && hosts.speaksIkev2(host))) return true;
  if (there.length === 0) return false;
  const isNotCounting = ({ session, pattern }: ClientSa) =>
    session.sa.answeredInformationals >= DPD_ANSWERS || pattern.kind === "random";
  if (there.some(isNotCounting)) return true;
  const sessions = there.map(({ session }) => session);
  // Whoever comes to an endpoint later does not undo that somebody was there before.
  const [first] = sessions.sort((a, b) => inOrder(beginOf(a), beginOf(b)));
  if (first.begunBefore) return false;
  // ESP was there before phase 1, or what no quick mode in the capture explains: theirs lie before it all the same.
  const isOlder = (than: Moment | null) => (spi: Spi) => than === null || isBefore(firstOf(spi), than);
  const [sent, received] = [peers.spis([key], true), peers.spis([key], false)];
  const explained = earliestOf(there.map(firstAccepted).map((each) => each && momentOf(each)));
  return !sent.some(isOlder(beginOf(first))) && !received.some(isOlder(explained));
}

/** The first quick mode of the session that was accepted; null without. */
function firstAccepted({ session, outcomes }: ClientSa): Exchange | null {
  return session.quickModes.find((exchange) => isAccepted(outcomes.get(exchange)!)) ?? null;
}

/** When a quick mode of the session was first accepted; null for never. */
function acceptedFirst(clientSa: ClientSa): Moment | null {
  const first = firstAccepted(clientSa);
  return first && acceptanceOf(clientSa, first);
}

/** Of the sessions of before the capture: when quick modes were accepted, and Informationals, which may be Deletes. */
function renewalsIn(there: readonly ClientSa[]): Moment[] {
  return there
    .filter(({ session }) => session.begunBefore)
    .flatMap(({ session: { quickModes, sa }, outcomes }) => [
      ...quickModes.filter((each) => isAccepted(outcomes.get(each)!)).map(momentOf),
      ...sa.informationals.flat().map((at) => ({ at, segment: sa.lifeSegment })),
    ]);
}

/** The last sign of a peer, or of the IKE SAs of before the capture on its endpoint: who says goodbye stood until then. */
function lastByIke(there: readonly ClientSa[], last: Moment): Moment {
  if (there.length === 0) return last;
  const signs = there
    .filter(({ session }) => session.begunBefore)
    .map(({ session: { sa } }) => ({ at: sa.lastLifeAt, segment: sa.lifeSegment }));
  return latestOf([last, ...signs]);
}

function spanOf(spis: readonly Spi[]): { first: Moment; last: Moment } | null {
  if (spis.length === 0) return null;
  const first = earliestOf(spis.map(firstOf));
  return first === null ? null : { first, last: latestOf(spis.map(lastOf)) };
}

function signsOf({ peers }: Responder, { sent, received }: Peer): { first: Moment; last: Moment } | null {
  const { flows } = peers;
  let first: Moment | null = null;
  let last: Moment | null = null;
  for (const rows of [sent, received]) {
    for (const row of rows) {
      const begun = { at: flows.firstAt(row), segment: flows.firstSegment(row) };
      const ended = { at: flows.lastAt(row), segment: flows.lastSegment(row) };
      if (first === null || isBefore(begun, first)) first = begun;
      if (last === null || isBefore(last, ended)) last = ended;
    }
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
      if (any !== null && !wasRenewed(clientSa) && (farewell === null || isBefore(farewell, any)))
        farewell = any;
      continue;
    }
    replaced = earliestOf([replaced, acceptedFirst(clientSa)]);
  }
  return earliestOf([farewell, replaced]);
}
