/** How exposed a responder is: its counting clients, and the most of them connected at once. */

import { type Edge, mostAtOnce, mostIntervalsAtOnce } from "../collections/peak.ts";
import type { Exchange } from "../ike/facts.ts";
import { claimOf } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { ResponderKnowledge } from "./make.ts";
import { inOrder, type Moment } from "./moment.ts";
import type { Responder } from "./responders.ts";

export interface Exposure {
  sequentialClients: number;
  peakConcurrentSequential: number;
  /** Contract 6.14: the responder accepted an ID in use, or names another make: a shared ID is harmless there. */
  harmless: boolean;
}

const NOBODY = new Uint32Array(0);

export function exposureOf(responder: Responder, { make, acceptsInUse }: ResponderKnowledge): Exposure {
  const { numbers, indices } = responder.plain;
  const plain = numbers.anyCounts ? indices.filter((index) => numbers.counts(index)) : NOBODY;
  let sequentialClients = plain.length;
  for (const client of responder.clients) {
    if (responder.patterns.get(client)?.kind === "sequential") sequentialClients += 1;
  }
  return {
    sequentialClients,
    peakConcurrentSequential: peakOfConnectedOnce(responder, plain) ?? peakOf(responder, plain),
    harmless: acceptsInUse || make === "other",
  };
}

/** A counting client is connected from its first quick mode that claims its ID; null where there is none. */
function connectedBy(clientSa: ClientSa): Exchange | null {
  if (clientSa.pattern.kind !== "sequential") return null;
  const { session, outcomes } = clientSa;
  for (const exchange of session.quickModes) {
    if (claimOf(clientSa, exchange, outcomes.get(exchange)!) !== "none") return exchange;
  }
  return null;
}

/** It is to the end of that IKE SA's life. */
function connectedUntil({ lifespan: { life, farewells, replaced } }: ClientSa): Moment {
  return farewells.any ?? replaced ?? { at: life.lastAt, segment: life.segment };
}

/**
 * The most at once where each client was connected once, for some time by one clock, as most are: their times are numbers
 * to be sorted. Null elsewhere. The IKE SAs of a client come one after another.
 * @param counting those of the plain clients that count, by their indices
 */
function peakOfConnectedOnce({ clientSas, plain }: Responder, counting: Uint32Array): number | null {
  const { numbers } = plain;
  const most = counting.length + clientSas.length;
  const from = new Float64Array(most);
  const until = new Float64Array(most);
  let count = 0;
  for (; count < counting.length; count += 1) {
    from[count] = numbers.survey.begunAt[counting[count]];
    until[count] = numbers.survey.lastAt[counting[count]];
  }
  let segment = count === 0 ? null : numbers.segment;
  let client: Client | null = null;
  for (const clientSa of clientSas) {
    const first = connectedBy(clientSa);
    if (first === null) continue;
    const end = connectedUntil(clientSa);
    segment ??= first.segment;
    const isOneClock = first.segment === segment && end.segment === segment;
    if (clientSa.client === client || !isOneClock || !(first.firstAt < end.at)) return null;
    client = clientSa.client;
    from[count] = first.firstAt;
    until[count] = end.at;
    count += 1;
  }
  return mostIntervalsAtOnce(from.subarray(0, count), until.subarray(0, count));
}

function peakOf({ clientSas, plain }: Responder, counting: Uint32Array): number {
  const edges: (Moment & Edge<Client | number>)[] = [];
  for (const index of counting) {
    const { survey, segment } = plain.numbers;
    const { begunAt, lastAt } = survey;
    edges.push({ at: begunAt[index], segment, who: index, up: true });
    edges.push({ at: lastAt[index], segment, who: index, up: false });
  }
  for (const clientSa of clientSas) {
    const first = connectedBy(clientSa);
    if (first === null) continue;
    const { client } = clientSa;
    const end = connectedUntil(clientSa);
    edges.push({ at: first.firstAt, segment: first.segment, who: client, up: true });
    edges.push({ at: end.at, segment: end.segment, who: client, up: false });
  }
  // At one moment the leaving go first: two that only touch were not connected at once.
  edges.sort((a, b) => inOrder(a, b) || Number(a.up) - Number(b.up));
  return mostAtOnce(edges);
}
