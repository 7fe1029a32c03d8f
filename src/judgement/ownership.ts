/**
 * Contract 3.4 and 3.6: whose the ESP and keepalives of an endpoint are, and what each IKE SA's life is with them.
 */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import type { Exchange } from "../ike/facts.ts";
import { type KeysOf, knownOnce } from "./endpoints-of.ts";
import { espSinceAt } from "./implied-claims.ts";
import { type Life, lifeOf } from "./life.ts";
import { BEFORE_ALL, isBefore, type Moment, seen } from "./moment.ts";
import { movedEndpoints, otherPorts } from "./moves.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Peer, Peers } from "./peers.ts";
import { beginOf, type Session } from "./session.ts";
import { NOTHING_BEFORE, type Stay, type Tenure, tenuresOf } from "./tenures.ts";

export interface Ownership {
  /** Of each session, by its index. */
  lives: readonly Life[];
  /** Endpoints of its ESP, those included that a NAT moved it to. */
  keys: KeysOf;
}

const NO_STAYS: readonly Stay[] = [];
const NO_KEYS: readonly number[] = [];

export function livesOf(
  sessions: readonly Session[],
  keys: KeysOf,
  peers: Peers,
  judged: Outcomes,
): Ownership {
  // Without ESP and keepalives at its addresses, messages are all that was seen of a session.
  const near = sessionsNear(peers, sessions);
  if (near.length === 0) return { lives: sessions.map((each) => lifeOf(each, NO_STAYS, peers)), keys };
  const { atKey, ikeBegins } = placesOf(near, keys);
  const accepted: (FirstAcceptance | null)[] = Array(sessions.length).fill(null);
  for (const session of near) {
    accepted[session.index] = firstAcceptanceOf(session, keys(session), peers, judged);
  }
  const further = furtherEndpoints(near, keys, accepted, { peers, judged, ikeBegins });
  const stays = staysOf(atKey, accepted, further, peers);
  return {
    lives: sessions.map((session) => lifeOf(session, stays[session.index] ?? NO_STAYS, peers)),
    keys: further.size === 0 ? keys : withFurther(sessions.length, keys, further),
  };
}

/** The sessions whose client has an address at which ESP or keepalives were seen. */
function sessionsNear({ byKey }: Peers, sessions: readonly Session[]): readonly Session[] {
  if (byKey.size === 0) return [];
  const hosts = new Set<number>();
  for (const { host } of byKey.values()) hosts.add(host);
  return sessions.filter(({ sa, client, endpoint }) => {
    if (hosts.has(hostOf(endpoint))) return true;
    for (let i = 0; i < sa.pathCount; i += 1) if (hosts.has(hostOf(sa.endOf(i, client)))) return true;
    return false;
  });
}

function withFurther(count: number, keys: KeysOf, further: ReadonlyMap<number, readonly number[]>): KeysOf {
  return knownOnce(count, (session) => {
    const own = keys(session);
    return [...new Set([...own, ...own.flatMap((key) => further.get(key) ?? [])])];
  });
}

/** The sessions at each endpoint, and when the first of those of a peer began: null where none is there. */
function placesOf(sessions: readonly Session[], keys: KeysOf) {
  const atKey = new Map<number, Session[]>();
  const atHost = new Map<number, Session>();
  for (const session of sessions) {
    for (const key of keys(session)) {
      append(atKey, key, session);
      if (!atHost.has(hostOf(key))) atHost.set(hostOf(key), session);
    }
  }
  const ikeBegins = ({ key, host, port }: Peer): Moment | null => {
    const first = port === 0 ? atHost.get(host) : atKey.get(key)?.[0];
    if (first === undefined) return null;
    return first.begunBefore ? BEFORE_ALL : beginOf(first);
  };
  return { atKey, ikeBegins };
}

/** Which endpoints, of those at which anything was, were each session's own, from when to when; by its index. */
function staysOf(
  atKey: ReadonlyMap<number, readonly Session[]>,
  accepted: FirstAcceptances,
  further: ReadonlyMap<number, readonly number[]>,
  peers: Peers,
): readonly (readonly Stay[] | null)[] {
  const stays: (Stay[] | null)[] = accepted.map(() => null);
  const add = ({ index }: Session, stay: Stay) => {
    const known = stays[index];
    if (known === null) stays[index] = [stay];
    else known.push(stay);
  };
  const movedTo = new Set([...further.values()].flat());
  // An SA that was refused takes nothing from the session that a NAT had moved to its endpoint.
  const tenuresAt = (key: number) => {
    const tenures = tenuresOf(atKey.get(key) ?? [], ({ index }) => accepted[index]);
    return movedTo.has(key) ? tenures.filter(({ firm }) => firm) : tenures;
  };
  for (const key of atKey.keys()) {
    const movedOn = further.get(key) ?? NO_KEYS;
    if (movedOn.length === 0 && !peers.byKey.has(key)) continue;
    const tenures = tenuresAt(key);
    const moves = movedOn.map((each) => ({ key: each, next: tenuresAt(each).at(0) }));
    const own = [key];
    for (const move of moves) if (move.next === undefined) own.push(move.key);
    tenures.forEach(({ session, from }, i) => {
      const next = tenures.at(i + 1);
      add(session, stayOn(own, from, next));
      // Until an IKE SA of its own begins there.
      for (const move of moves) {
        if (move.next === undefined || !isBefore(from, move.next.from)) continue;
        const isFirst = next === undefined || isBefore(move.next.from, next.from);
        add(session, stayOn([move.key], from, isFirst ? move.next : next));
      }
    });
  }
  return stays;
}

/** Endpoints that a NAT moved ESP to, or that it was at from the start, by the endpoint that the session came from. */
function furtherEndpoints(
  sessions: readonly Session[],
  keys: KeysOf,
  accepted: FirstAcceptances,
  { peers, judged, ikeBegins }: { peers: Peers; judged: Outcomes; ikeBegins: (peer: Peer) => Moment | null },
): Map<number, number[]> {
  const further = new Map<number, number[]>();
  const moved = movedEndpoints(peers, ikeBegins);
  const hasIke = (peer: Peer) => ikeBegins(peer) !== null;
  const acceptances = (session: Session) => acceptancesOf(session, accepted[session.index], judged);
  for (const [key, root] of otherPorts(sessions, { keys, acceptances }, peers, hasIke)) {
    if (!moved.has(key)) moved.set(key, root);
  }
  for (const [key, root] of moved) append(further, root, key);
  return further;
}

/** What made a session hold its endpoints, and when; null for the quick mode where that was not captured. */
interface FirstAcceptance {
  exchange: Exchange | null;
  at: number;
}

/** Of each session, by its index; null where nothing did. */
type FirstAcceptances = readonly (FirstAcceptance | null)[];

function stayOn(keys: readonly number[], from: Moment, next: Tenure | undefined): Stay {
  return {
    keys,
    from,
    to: next?.from ?? null,
    before: next?.before ?? NOTHING_BEFORE,
  };
}

/** The first accepted quick mode of a session; of one without any, the ESP that shows one that the capture lost. */
function firstAcceptanceOf(
  session: Session,
  keys: readonly number[],
  peers: Peers,
  judged: Outcomes,
): FirstAcceptance | null {
  const first = judged.firstAccepted(session);
  if (first !== null) return { exchange: judged.firstAcceptedOf(session), at: first.at };
  const at = espSinceAt(session, keys, peers);
  return Number.isNaN(at) ? null : { exchange: null, at };
}

/** When each quick mode of a session was accepted. */
function acceptancesOf(session: Session, first: FirstAcceptance | null, judged: Outcomes): Moment[] {
  if (first === null) return [];
  const moments = session.quickModes
    .map((exchange) => ({ at: judged.acceptedAt.get(exchange) ?? Number.NaN, segment: exchange.segment }))
    .filter(({ at }) => seen(at));
  return moments.length > 0 ? moments : [{ at: first.at, segment: session.sa.firstSegment }];
}
