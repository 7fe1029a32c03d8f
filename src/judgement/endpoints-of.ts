/** The endpoints of IKE SAs at one responder: where their ESP is looked for, and when they sent first messages. */

import { endpoint, hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { firstIndex } from "../collections/search.ts";
import { hasHeard, type IkeSa, type Path, type Side } from "../ike/facts.ts";
import { earlier, firstOf, inOrder, isBefore, type Moment } from "./moment.ts";
import type { Session } from "./session.ts";

/**
 * Endpoints under which the client's ESP and keepalives are: those that it sent from and, where it is not on 4500, its
 * address, because ESP over IP has no ports. What the responder sends elsewhere, to a neighbour behind the NAT perhaps,
 * counts only where the client was never seen sending.
 */
export function keysOf({ sa, client, port4500, endpoint: named }: Session): number[] {
  let keys = [port4500 >= 0 ? named : endpoint(hostOf(named), 0)];
  const isSilent = !wasHeard(sa, client);
  for (let i = 0; i < sa.pathCount; i += 1) {
    if (port4500 >= 0 && !sa.natTraversalOf(i)) continue;
    if (!isSilent && !hasHeard(sa.pathAt(i), client)) continue;
    const end = sa.endOf(i, client);
    // As large as what is in it: what grew by one has room for 17.
    if (!keys.includes(end) && !sa.isReplay(client, end)) keys = keys.concat(end);
  }
  return keys;
}

/** The client was seen sending, on whatever path. */
function wasHeard(sa: IkeSa, client: Side): boolean {
  for (let i = 0; i < sa.pathCount; i += 1) if (hasHeard(sa.pathAt(i), client)) return true;
  return false;
}

/** The endpoints of a session. */
export type KeysOf = (session: Session) => readonly number[];

/** The same for sessions by their index, found when first asked for: where there is no ESP, few ask. */
export function knownOnce(count: number, find: KeysOf): KeysOf {
  const known: (readonly number[] | null)[] = Array(count).fill(null);
  return (session) => {
    let keys = known[session.index];
    if (keys === null) {
      keys = find(session);
      known[session.index] = keys;
    }
    return keys;
  };
}

/** When each endpoint sent first messages, answered or not, in order. */
export function firstMessagesAt(
  sessions: readonly Session[],
  unanswered: ReadonlyMap<number, readonly Moment[]>,
): Map<number, Moment[]> {
  const times = new Map<number, Moment[]>();
  for (const { sa, client } of sessions) {
    // Of phase 1 whose first message the capture lost the next one shows when it began.
    const isDialled = sa.phase1Seen ? client === 0 : sa.mode !== 0;
    if (isDialled) append(times, sa.endOf(0, client), firstOf(sa));
  }
  for (const [end, each] of unanswered) for (const moment of each) append(times, end, moment);
  for (const each of times.values()) each.sort(inOrder);
  return times;
}

/**
 * The first phase 1 of a session's client after a moment, from the endpoints of that session: its time by the clock of the
 * moment, infinity where the clock stepped back in between; NaN without one.
 */
export function phase1Times(
  times: () => ReadonlyMap<number, readonly Moment[]>,
): (session: Session, after: Moment) => number {
  return ({ sa, client }, after) => {
    let next = Number.NaN;
    for (let i = 0; i < sa.pathCount; i += 1) {
      const ofEnd = times().get(sa.endOf(i, client)) ?? [];
      const first = ofEnd.at(firstIndex(ofEnd, (each) => isBefore(after, each)));
      if (first === undefined) continue;
      next = earlier(next, first.segment === after.segment ? first.at : Number.POSITIVE_INFINITY);
    }
    return next;
  };
}

/**
 * Contract 3.5: endpoints that echoes proved to be one client on both sides of a NAT, inside -> nearest the
 * responder: messages of both sides were echoed, and no IKE SA is at the other endpoint alone.
 */
export function endpointAliases(sessions: readonly Session[]): (endpoint: number) => number {
  const aliases = new Map<number, number>();
  const echoed = sessions.filter(hasEchoedPath);
  if (echoed.length === 0) return (end) => end;
  const named = new Set(sessions.map((session) => session.endpoint));
  for (const { sa, client, endpoint: outside } of echoed) {
    const own = sa.paths.find(({ ends }) => ends[client] === outside)!;
    for (const path of sa.paths) {
      const end = path.ends[client];
      if (!wasEchoedBothWays(path) || path.natTraversal !== own.natTraversal) continue;
      // Copies sent from another client's address would make the two one; the responder never speaks to those.
      if (sa.isReplay(client, end)) continue;
      if (!named.has(end)) aliases.set(end, outside);
    }
  }
  return (end) => aliases.get(end) ?? end;
}

function hasEchoedPath({ sa: { paths } }: Session): boolean {
  if (paths.length > 1) for (const path of paths) if (wasEchoedBothWays(path)) return true;
  return false;
}

function wasEchoedBothWays({ echoOf, echoedLater }: Path): boolean {
  return echoOf[0] + echoedLater[0] > 0 && echoOf[1] + echoedLater[1] > 0;
}
