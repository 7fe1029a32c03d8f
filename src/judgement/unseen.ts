/**
 * Peers of a responder whose quick modes lie before the capture: known by ESP, keepalives or late IKE alone.
 * One of them may hold a message ID that no client in the capture is seen to hold.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { Tracker } from "../ike/tracker.ts";
import type { Box } from "./responders.ts";

export interface Peer {
  host: number;
  /** UDP port; 0 for ESP over IP, which has none. */
  port: number;
  /** Last sign of life, clock microseconds. */
  lastAt: number;
}

const PROBABLE = 300_000_000;
/** Candidates for one attempt: a list of thousands would name nobody. */
const MAX_CANDIDATES = 32;

/** All such peers of the box, the latest alive first; `aliveAt` chooses those that matter at a moment. */
export function unseenPeers(box: Box, tracker: Tracker): Peer[] {
  const peers = new Map<number, Peer>();
  const begunHere = new Set<number>();
  const ruledOut = new Set<number>();
  const note = (host: number, port: number, lastAt: number) => {
    const key = endpoint(host, port);
    const known = peers.get(key);
    if (known === undefined) peers.set(key, { host, port, lastAt });
    else if (lastAt > known.lastAt) known.lastAt = lastAt;
  };
  for (const { session, pattern } of box.parties) {
    const { sa, client } = session;
    const before = !sa.phase1Seen;
    for (const { ends, natTraversal } of sa.paths) {
      const key = natTraversal ? ends[client] : endpoint(hostOf(ends[client]), 0);
      if (!before) begunHere.add(key);
      else if (pattern.kind === "random") ruledOut.add(key);
    }
    if (!before || pattern.kind === "random") continue;
    const port = session.port4500 >= 0 ? portOf(session.endpoint) : 0;
    note(hostOf(session.endpoint), port, sa.lastLifeAt);
  }
  const { flows, hosts } = tracker;
  for (let row = 0; row < flows.size; row += 1) {
    if (Number.isNaN(flows.lastAt[row])) continue;
    const ports = flows.ports(row);
    const outgoing = box.hosts.has(flows.from[row]);
    if (outgoing === box.hosts.has(flows.to[row])) continue;
    const host = outgoing ? flows.to[row] : flows.from[row];
    if (hosts.ikev2[host] === 1) continue;
    note(host, outgoing ? ports.destination : ports.source, flows.lastAt[row]);
  }
  const own = (key: number) => begunHere.has(key) || ruledOut.has(key);
  const unseen = [...peers].filter(([key]) => !own(key)).map(([, peer]) => peer);
  return unseen.sort((a, b) => b.lastAt - a.lastAt);
}

/** Peers any of which may hold a message ID, and whether there are more than these. */
export interface Alive {
  peers: Peer[];
  more: boolean;
}

/**
 * Those of the peers that were alive at `at`, but for the one at `host` and `port` itself: the latest first, at most
 * `MAX_CANDIDATES`. `peers` come as `unseenPeers` gives them.
 */
export function aliveAt(peers: readonly Peer[], at: number, host: number, port: number): Alive {
  const alive: Peer[] = [];
  for (const peer of peers) {
    if (at - peer.lastAt > PROBABLE) break;
    if (peer.host === host && (peer.port === port || peer.port === 0)) continue;
    if (alive.length === MAX_CANDIDATES) return { peers: alive, more: true };
    alive.push(peer);
  }
  return { peers: alive, more: false };
}
