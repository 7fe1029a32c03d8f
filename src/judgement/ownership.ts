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

export interface Ownership {
  lives: ReadonlyMap<Session, Life>;
  /** Endpoints of each session's ESP, those included that a NAT moved it to. */
  keys: ReadonlyMap<Session, readonly number[]>;
}

export function livesOf(
  sessions: readonly Session[],
  keys: ReadonlyMap<Session, readonly number[]>,
  peers: Peers,
  judged: Outcomes,
): Ownership {
  const atKey = new Map<number, Session[]>();
  const atHost = new Set<number>();
  for (const session of sessions) {
    for (const key of keys.get(session)!) {
      append(atKey, key, session);
      atHost.add(hostOf(key));
    }
  }
  const hasIke = ({ key, host, port }: Peer) => (port === 0 ? atHost.has(host) : atKey.has(key));
  const accepted = new Map<Session, { exchange: Exchange | null; at: number } | null>();
  for (const session of sessions)
    accepted.set(session, acceptanceOf(session, keys.get(session)!, peers, judged));
  const moved = movedEndpoints(peers, hasIke);
  const established = sessions
    .map((session) => ({
      session,
      keys: keys.get(session)!,
      acceptedAt: acceptancesOf(session, accepted.get(session)!, judged),
    }))
    .filter(({ acceptedAt }) => acceptedAt.length > 0);
  for (const [key, root] of otherPorts(established, peers, hasIke)) if (!moved.has(key)) moved.set(key, root);
  const further = new Map<number, number[]>();
  for (const [key, root] of moved) further.set(root, [...(further.get(root) ?? []), key]);
  const stays = new Map<Session, Stay[]>();
  for (const [key, there] of atKey) {
    const tenures = tenuresOf(there, (session) => accepted.get(session)!);
    tenures.forEach(({ session, from }, i) => {
      const next = tenures[i + 1];
      append(stays, session, {
        keys: [key, ...(further.get(key) ?? [])],
        from,
        to: next?.from ?? null,
        lifeBeforeAt: next?.lifeBeforeAt ?? Number.NaN,
        espBeforeAt: next?.espBeforeAt ?? Number.NaN,
      });
    });
  }
  const lives = new Map<Session, Life>();
  const owned = new Map<Session, readonly number[]>();
  for (const session of sessions) {
    lives.set(session, lifeOf(session, stays.get(session) ?? [], peers));
    const own = keys.get(session)!;
    owned.set(session, [...own, ...own.flatMap((key) => further.get(key) ?? [])]);
  }
  return { lives, keys: owned };
}

/** The first accepted quick mode of a session; of one without any, the ESP that shows one that the capture lost. */
function acceptanceOf(
  session: Session,
  keys: readonly number[],
  peers: Peers,
  judged: Outcomes,
): { exchange: Exchange | null; at: number } | null {
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
