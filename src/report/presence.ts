/** Who is there at this moment: of each gateway the clients that are connected, kept out, dialling, or have left. */

import type { HostTable } from "../ike/hosts.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Party } from "../judgement/party.ts";
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

/** Outcomes that leave a client without a tunnel, and those that give it one (contract 6.3). */
const REFUSED: ReadonlySet<string> = new Set(["refused", "unanswered", "answer-unusable"]);
const ACCEPTED: ReadonlySet<string> = new Set(["completed", "answered"]);

/** @param now the capture's clock, microseconds */
export function presenceOf({ boxes }: Judgement, hosts: HostTable, now: number): GatewayPresence[] {
  return boxes.map((box) => {
    const byClient = new Map<unknown, Party[]>();
    for (const party of box.parties) {
      byClient.set(party.client, [...(byClient.get(party.client) ?? []), party]);
    }
    const make = box.parties.find(({ session }) => session.responderVendor.make !== null);
    return {
      gateway: hosts.text(box.host),
      make: make?.session.responderVendor.make ?? null,
      clients: [...byClient.values()].map((own) => clientPresence(own, hosts, now)),
    };
  });
}

function clientPresence(own: readonly Party[], hosts: HostTable, now: number): ClientPresence {
  const { host, port } = own[0].client;
  let connectedAt = Number.NEGATIVE_INFINITY;
  let isConnected = false;
  const failed: number[] = [];
  for (const party of own) {
    for (const exchange of party.session.quickModes) {
      const outcome = party.outcomes.get(exchange)!;
      if (REFUSED.has(outcome) && !party.undecided.has(exchange)) failed.push(exchange.firstAt);
      if (!ACCEPTED.has(outcome)) continue;
      connectedAt = Math.max(connectedAt, party.acceptedAt.get(exchange) ?? exchange.firstAt);
      isConnected ||= !isOver(party, now);
    }
  }
  const lastAt = Math.max(...own.map(({ lifespan }) => lifespan.life.lastAt));
  const since = failed.filter((at) => at > connectedAt).sort((a, b) => a - b);
  const state = isConnected
    ? "connected"
    : since.length > 0
      ? "kept out"
      : connectedAt > Number.NEGATIVE_INFINITY || own.every((party) => isOver(party, now))
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
function isOver({ lifespan }: Party, now: number): boolean {
  const { farewells, replaced, lifetimeEnd } = lifespan;
  return farewells.any !== null || replaced !== null || lifetimeEnd < now;
}
