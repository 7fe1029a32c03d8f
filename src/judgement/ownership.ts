/**
 * Contract 3.4 and 3.6: whose the ESP and keepalives of an endpoint are, and what each IKE SA's life is with them.
 */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import type { Exchange } from "../ike/facts.ts";
import { espSinceAt } from "./implied-claims.ts";
import { type Life, lifeOf, type Stay, tenuresOf } from "./life.ts";
import { movedEndpoints, otherPorts } from "./moves.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Peer, Peers } from "./peers.ts";
import type { Session } from "./session.ts";

/** Of each session, by its index. */
export interface Ownership {
  lives: readonly Life[];
  /** Endpoints of its ESP, those included that a NAT moved it to. */
  keys: readonly (readonly number[])[];
}

export function livesOf(
  sessions: readonly Session[],
  keys: readonly (readonly number[])[],
  peers: Peers,
  judged: Outcomes,
): Ownership {
  const atKey = new Map<number, Session[]>();
  const atHost = new Set<number>();
  for (const session of sessions) {
    for (const key of keys[session.index]) {
      append(atKey, key, session);
      atHost.add(hostOf(key));
    }
  }
  const hasIke = ({ key, host, port }: Peer) => (port === 0 ? atHost.has(host) : atKey.has(key));
  const accepted = sessions.map((session) => acceptanceOf(session, keys[session.index], peers, judged));
  const further = furtherEndpoints(sessions, keys, accepted, { peers, judged, hasIke });
  const stays = sessions.map((): Stay[] => []);
  const acceptedBy = ({ index }: Session) => accepted[index];
  atKey.forEach((there, key) => {
    const tenures = tenuresOf(there, acceptedBy);
    const own = [key, ...(further.get(key) ?? [])];
    for (let i = 0; i < tenures.length; i += 1) {
      const next = tenures[i + 1];
      stays[tenures[i].session.index].push({
        keys: own,
        from: tenures[i].from,
        to: next?.from ?? null,
        lifeBeforeAt: next?.lifeBeforeAt ?? Number.NaN,
        espBeforeAt: next?.espBeforeAt ?? Number.NaN,
      });
    }
  });
  return {
    lives: sessions.map((session) => lifeOf(session, stays[session.index], peers)),
    keys:
      further.size === 0
        ? keys
        : keys.map((own) => [...own, ...own.flatMap((key) => further.get(key) ?? [])]),
  };
}

/** Endpoints that a NAT moved ESP to, or that it was at from the start, by the endpoint that the session came from. */
function furtherEndpoints(
  sessions: readonly Session[],
  keys: readonly (readonly number[])[],
  accepted: readonly (Acceptance | null)[],
  { peers, judged, hasIke }: { peers: Peers; judged: Outcomes; hasIke: (peer: Peer) => boolean },
): Map<number, number[]> {
  const further = new Map<number, number[]>();
  if (peers.byKey.size === 0) return further;
  const moved = movedEndpoints(peers, hasIke);
  const established = sessions
    .map((session) => ({
      session,
      keys: keys[session.index],
      acceptedAt: acceptancesOf(session, accepted[session.index], judged),
    }))
    .filter(({ acceptedAt }) => acceptedAt.length > 0);
  for (const [key, root] of otherPorts(established, peers, hasIke)) if (!moved.has(key)) moved.set(key, root);
  for (const [key, root] of moved) append(further, root, key);
  return further;
}

/** When a session came to hold its endpoints; null for the quick mode where it was not captured. */
interface Acceptance {
  exchange: Exchange | null;
  at: number;
}

/** The first accepted quick mode of a session; of one without any, the ESP that shows one that the capture lost. */
function acceptanceOf(
  session: Session,
  keys: readonly number[],
  peers: Peers,
  judged: Outcomes,
): Acceptance | null {
  const first = judged.firstAccepted(session);
  if (first !== null) return { exchange: judged.firstAcceptedOf(session), at: first.at };
  const at = espSinceAt(session, keys, peers);
  return Number.isNaN(at) ? null : { exchange: null, at };
}

/** When each quick mode of a session was accepted. */
function acceptancesOf(session: Session, first: { at: number } | null, judged: Outcomes): number[] {
  if (first === null) return [];
  const times = session.quickModes
    .map((exchange) => judged.exchanges.get(exchange)!.acceptedAt)
    .filter((at) => !Number.isNaN(at));
  return times.length > 0 ? times : [first.at];
}
