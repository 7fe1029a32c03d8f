/**
 * Contract 3.6: a NAT moves a session to another port or address, and its ESP goes on under the same SPI. Gives for
 * each endpoint that was moved to the one that the session came from.
 */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import type { Spi } from "../ike/facts.ts";
import type { KeysOf } from "./endpoints-of.ts";
import { firstOf, inOrder, isBefore, lastOf, type Moment, SECOND } from "./moment.ts";
import type { Peer, Peers } from "./peers.ts";
import type { Session } from "./session.ts";

/** Packets that show a sender at its new endpoint where what it is sent was not captured. */
const PACKETS = 3;

/** @param ikeBegins when the first IKE SA of its own began at the endpoint; null without one */
export function movedEndpoints(peers: Peers, ikeBegins: (peer: Peer) => Moment | null): Map<number, number> {
  const places = new Map<number, { peer: Peer; spi: Spi }[]>();
  for (const peer of peers.byKey.values()) {
    for (const spi of peers.spis([peer.key], true)) {
      if (spi.spi === 0) continue;
      append(places, spi.spi, { peer, spi });
    }
  }
  const moved = new Map<number, Move>();
  for (const uses of places.values()) {
    uses.sort((a, b) => inOrder(firstOf(a.spi), firstOf(b.spi)));
    for (let i = 1; i < uses.length; i += 1) {
      const [from, to] = [uses[i - 1], uses[i]];
      const sameKind = (from.peer.port === 0) === (to.peer.port === 0);
      if (from.peer === to.peer || !sameKind) continue;
      const ike = ikeBegins(to.peer);
      if (ike !== null && !isBefore(firstOf(to.spi), ike)) continue;
      if (isMove(from.spi, to.spi, to.peer, ike, peers)) {
        const ikeAtOld = ikeBegins(from.peer);
        const alone = ikeAtOld === null || isBefore(firstOf(from.spi), ikeAtOld);
        moved.set(to.peer.key, { from: from.peer.key, alone });
      }
    }
  }
  return rooted(moved);
}

interface Move {
  from: number;
  /** The SPI was at the old endpoint before an IKE SA was: it may have come there by a move as well. */
  alone: boolean;
}

/** It left the old endpoint before it came to the new one, and the responder follows it there, before IKE does. */
function isMove(from: Spi, to: Spi, peer: Peer, ike: Moment | null, peers: Peers): boolean {
  const left = from.lastSegment === to.firstSegment && from.lastAt < to.firstAt;
  if (!left) return false;
  const follows = ike === null || peers.spis([peer.key], false).some((spi) => isBefore(firstOf(spi), ike));
  if (follows && peers.hasEsp(peer.received)) return true;
  if (answersAnyone(peer, peers)) return false;
  return to.packets >= PACKETS && to.firstSequence > from.lastSequence;
}

/** ESP of the responder is in the capture, of this kind, to whomever. */
function answersAnyone({ port }: Peer, peers: Peers): boolean {
  for (const other of peers.byKey.values()) {
    if ((other.port === 0) === (port === 0) && peers.hasEsp(other.received)) return true;
  }
  return false;
}

/** Moves of moves lead to where the session began. */
function rooted(moved: ReadonlyMap<number, Move>): Map<number, number> {
  const roots = new Map<number, number>();
  for (const [key, move] of moved) {
    let last: Move | undefined = move;
    let root = key;
    for (let i = 0; i < moved.size && last !== undefined; i += 1) {
      root = last.from;
      last = last.alone ? moved.get(root) : undefined;
    }
    // Moves in a circle lead nowhere.
    if (last === undefined && root !== key) roots.set(key, root);
  }
  return roots;
}

/** ESP that begins so soon after an accepted quick mode, at another port of the client, is that one's. */
const BEGINS_WITHIN = 60 * SECOND;

/**
 * Accepted quick modes, a rekey among them, whose ESP went to another port of the client's address from the start.
 * @param acceptances the moments at which a session's quick modes were accepted
 */
export function otherPorts(
  sessions: readonly Session[],
  { keys, acceptances }: { keys: KeysOf; acceptances: (session: Session) => readonly Moment[] },
  peers: Peers,
  hasIke: (peer: Peer) => boolean,
): Map<number, number> {
  const byHost = new Map<number, Peer[]>();
  for (const peer of peers.byKey.values()) {
    if (hasIke(peer) || !peers.hasEsp(peer.sent) || !peers.hasEsp(peer.received)) continue;
    append(byHost, peer.host, peer);
  }
  const found = new Map<number, number>();
  const several = new Set<number>();
  if (byHost.size === 0) return found;
  for (const session of sessions) {
    const there = byHost.get(hostOf(session.endpoint));
    const accepted = there === undefined ? [] : acceptances(session);
    if (there === undefined || accepted.length === 0) continue;
    const ends = keys(session);
    const own = peers.spis(ends, true);
    const alone = accepted.filter((each) => own.every((spi) => isBefore(lastOf(spi), each)));
    if (alone.length === 0) continue;
    for (const { key } of there) {
      const [sent, received] = [peers.spis([key], true), peers.spis([key], false)];
      if (!alone.some((each) => beginsSoon(sent, each) && beginsSoon(received, each))) continue;
      if (found.has(key)) several.add(key);
      else found.set(key, ends[0]);
    }
  }
  for (const key of several) found.delete(key);
  return found;
}

function beginsSoon(spis: readonly Spi[], { at, segment }: Moment): boolean {
  return spis.some(
    ({ firstAt, firstSegment }) => firstSegment === segment && firstAt >= at && firstAt - at <= BEGINS_WITHIN,
  );
}
