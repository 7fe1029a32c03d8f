/**
 * Contract 6.4: an IKE SA is blind when its kind of life cannot be seen. Judged by responder, kind of ESP and source,
 * so that parts of a capture give what the whole gives, and one stray packet decides nothing.
 */

import type { Flows, IkeSa } from "../ike/facts.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";

/** Sources (bits, see `sourceBit`) that show ESP of a kind of one responder. */
export interface EspSources {
  inUdp: number;
  overIp: number;
}

/** @param plain further IKE SAs at the responder, of which side 0 is the client */
export function espSourcesOf(
  peers: Peers,
  sessions: readonly Session[],
  plain: Iterable<IkeSa> = [],
): EspSources {
  const sources: EspSources = { inUdp: 0, overIp: 0 };
  if (peers.byKey.size === 0) return sources;
  const shown = directionsOf(peers, sessions, plain);
  // A source that shows one direction of the responder only can show ESP of that direction only.
  const oneWay = shown.from ^ shown.to;
  for (const { port, sent, received } of peers.byKey.values()) {
    const from = espBits(peers.flows, received);
    const to = espBits(peers.flows, sent);
    const bits = (from & to) | ((from | to) & oneWay);
    if (port === 0) sources.overIp |= bits;
    else sources.inUdp |= bits;
  }
  return sources;
}

/** Sources that show anything that the responder sent, and anything that was sent to it. */
function directionsOf(
  peers: Peers,
  sessions: readonly Session[],
  plain: Iterable<IkeSa>,
): { from: number; to: number } {
  let from = 0;
  let to = 0;
  for (const { sent, received } of peers.byKey.values()) {
    for (const row of received) from |= peers.flows.sources(row);
    for (const row of sent) to |= peers.flows.sources(row);
  }
  for (const { sa, client, responder } of sessions) {
    from |= sa.sourcesOf(responder);
    to |= sa.sourcesOf(client);
  }
  for (const sa of plain) {
    from |= sa.sourcesOf(1);
    to |= sa.sourcesOf(0);
  }
  return { from, to };
}

function espBits(flows: Flows, rows: readonly number[]): number {
  return rows.reduce((bits, row) => (flows.hasEsp(row) ? bits | flows.sources(row) : bits), 0);
}

/** ESP in UDP where the client is on 4500, protocol 50 on 500. */
export function isBlind({ sa, port4500 }: Session, { inUdp, overIp }: EspSources): boolean {
  const visible = port4500 >= 0 ? inUdp : overIp;
  return (visible & (sa.sourcesOf(0) | sa.sourcesOf(1))) === 0;
}
