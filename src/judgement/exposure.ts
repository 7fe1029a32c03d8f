/** How exposed a responder is: its counting clients, and the most of them connected at once. */

import { type Edge, mostAtOnce } from "../collections/peak.ts";
import { claimOf } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ResponderKnowledge } from "./make.ts";
import { inOrder, type Moment } from "./moment.ts";
import type { Responder } from "./responders.ts";

export interface Exposure {
  sequentialClients: number;
  peakConcurrentSequential: number;
  /** Contract 6.14: the responder accepted an ID in use, or names another make: a shared ID is harmless there. */
  harmless: boolean;
}

/** A client is connected from its first accepted quick mode to the end of that IKE SA's life. */
export function exposureOf(responder: Responder, { make, acceptsInUse }: ResponderKnowledge): Exposure {
  const edges: (Moment & Edge<Client>)[] = [];
  for (const clientSa of responder.clientSas) {
    const { session, client, pattern, lifespan, outcomes } = clientSa;
    if (pattern.kind !== "sequential") continue;
    const first = session.quickModes.find(
      (exchange) => claimOf(clientSa, exchange, outcomes.get(exchange)!) !== "none",
    );
    if (first === undefined) continue;
    const { life, farewells, replaced } = lifespan;
    const last = { at: life.lastAt, segment: life.segment };
    const end = farewells.any ?? replaced ?? last;
    edges.push({ at: first.firstAt, segment: first.segment, who: client, up: true });
    edges.push({ at: end.at, segment: end.segment, who: client, up: false });
  }
  // At one moment the leaving go first: two that only touch were not connected at once.
  edges.sort((a, b) => inOrder(a, b) || Number(a.up) - Number(b.up));
  const sequentialClients = responder.clients.filter(
    (client) => responder.patterns.get(client)?.kind === "sequential",
  ).length;
  return {
    sequentialClients,
    peakConcurrentSequential: mostAtOnce(edges),
    harmless: acceptsInUse || make === "other",
  };
}
