/** Who is there at this moment: of each gateway the clients that are connected, kept out, dialling, or have left. */

import type { Hosts } from "../ike/facts.ts";
import { isAccepted } from "../judgement/claiming.ts";
import { acceptanceOf, type ClientSa } from "../judgement/client-sa.ts";
import { clientsOf } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import { REFUSED } from "./client-outcomes.ts";
import { endpoint } from "./phrases.ts";

/** `connected`: no farewell was seen, and the lifetime of phase 1 is not over. */
export type ClientState = "kept out" | "connected" | "dialling" | "left";

export interface ClientPresence {
  name: string;
  state: ClientState;
  /** Since when, and the last sign of it; clock microseconds. */
  since: number;
  lastAt: number;
  /** Quick modes in vain since it was connected last. */
  tries: number;
}

export interface GatewayPresence {
  gateway: string;
  make: string | null;
  clients: ClientPresence[];
}

/** @param now the capture's clock, microseconds */
export function presenceOf({ responders }: Judgement, hosts: Hosts, now: number): GatewayPresence[] {
  return responders.map((responder) => {
    const clients = [...clientsOf(responder)];
    const named = clients.flat().find(({ session }) => session.responderVendor.make !== null);
    return {
      gateway: hosts.text(responder.host),
      make: named?.session.responderVendor.make ?? null,
      clients: clients.map((own) => clientPresence(own, hosts, now)),
    };
  });
}

function clientPresence(own: readonly ClientSa[], hosts: Hosts, now: number): ClientPresence {
  const { host, port } = own[0].client;
  let connectedAt = Number.NEGATIVE_INFINITY;
  let isConnected = false;
  const failed: number[] = [];
  for (const sa of own) {
    for (const exchange of sa.session.quickModes) {
      const outcome = sa.outcomes.get(exchange)!;
      if (REFUSED.has(outcome) && !sa.undecided.has(exchange)) failed.push(exchange.firstAt);
      if (!isAccepted(outcome)) continue;
      connectedAt = Math.max(connectedAt, acceptanceOf(sa, exchange).at);
      isConnected ||= !isOver(sa, now);
    }
  }
  const lastAt = Math.max(...own.map(({ lifespan }) => lifespan.life.lastAt));
  const since = failed.filter((at) => at > connectedAt).sort((a, b) => a - b);
  const state = isConnected
    ? "connected"
    : since.length > 0
      ? "kept out"
      : connectedAt > Number.NEGATIVE_INFINITY || own.every((sa) => isOver(sa, now))
        ? "left"
        : "dialling";
  const begunAt = own[own.length - 1].session.sa.firstAt;
  return {
    name: endpoint(hosts.text(host), port),
    state,
    since: { connected: connectedAt, "kept out": since[0], left: lastAt, dialling: begunAt }[state],
    lastAt,
    tries: since.length,
  };
}

/** It said farewell, made place for a newer SA, or its lifetime is over. */
function isOver({ lifespan }: ClientSa, now: number): boolean {
  const { farewells, replaced, lifetimeEnd } = lifespan;
  return farewells.any !== null || replaced !== null || lifetimeEnd < now;
}
