/**
 * What a drawing of a responder's clients needs: a lane for each client, the lives of its IKE SAs, its quick modes,
 * and which of them met an ID that another client held. Bounded: beyond the bounds lanes are left out, those in
 * no finding first, and marks are gathered.
 */

import { portOf } from "../collections/endpoints.ts";
import type { Exchange, Hosts } from "../ike/facts.ts";
import type { Client } from "../judgement/client.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import { clientCount, clientsOf } from "../judgement/clients-of.ts";
import type { Attempt } from "../judgement/collisions.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Outcome } from "../judgement/outcome.ts";
import type { Responder } from "../judgement/responders.ts";
import type { Verdict } from "../judgement/vocabulary.ts";
import { endpoint } from "./phrases.ts";
import { messageIdText } from "./sentences.ts";

export const MAX_LANES = 60;
export const MAX_MARKS = 600;

export interface Mark {
  /** Clock microseconds. */
  at: number;
  messageId: string;
  outcome: Outcome | "several";
  /** Verdict of the attempt, where the ID was held by another client. */
  verdict: Verdict | null;
  /** Quick modes that the mark stands for. */
  count: number;
}

export interface Lane {
  client: string;
  lives: { from: number; to: number }[];
  marks: Mark[];
}

export interface Join {
  /** Number of the finding in the report, from 1. */
  finding: number;
  verdict: Verdict;
  messageId: string;
  /** Lane of the holder, and when it claimed the ID; and the contender's. */
  holder: number;
  claimedAt: number;
  contender: number;
  at: number;
}

export interface Timeline {
  responder: string;
  from: number;
  to: number;
  lanes: Lane[];
  joins: Join[];
  /** Clients that are not drawn. */
  omitted: number;
  /** Marks stand for several quick modes. */
  gathered: boolean;
}

export function buildTimelines(judgement: Judgement, hosts: Hosts): Timeline[] {
  return judgement.responders
    .map((responder) => timelineOf(responder, judgement, hosts))
    .filter(({ lanes }) => lanes.length > 0)
    .sort((a, b) => b.joins.length - a.joins.length);
}

function timelineOf(responder: Responder, { findings }: Judgement, hosts: Hosts): Timeline {
  const numbered = findings.map((finding, i) => ({ finding, number: i + 1 }));
  const own = numbered.filter(({ finding }) => finding.responder === responder);
  const involved = new Set<Client | null>(own.flatMap(({ finding }) => [finding.holder, finding.contender]));
  const rank = ([{ client, pattern }]: readonly ClientSa[]) =>
    involved.has(client) ? 0 : pattern.kind === "sequential" ? 1 : 2;
  const drawn = [...clientsOf(responder)].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_LANES);
  drawn.sort(([a], [b]) => a.session.sa.firstAt - b.session.sa.firstAt);
  const attempts = new Map<Exchange, Attempt>();
  for (const { finding } of own) for (const each of finding.attempts) attempts.set(each.exchange, each);
  const lanes = drawn.map((each) => laneOf(each, attempts, hosts));
  const clients = drawn.map(([{ client }]) => client);
  const joins = own.flatMap(({ finding, number }) =>
    finding.attempts.flatMap((attempt) => joinOf(attempt, finding.contender, number, clients)),
  );
  const times = lanes.flatMap(({ lives }) => lives.flatMap(({ from, to }) => [from, to]));
  const from = times.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const to = times.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  const gathered = lanes.reduce((sum, { marks }) => sum + marks.length, 0) > MAX_MARKS;
  if (gathered) for (const lane of lanes) lane.marks = gather(lane.marks, from, to, lanes.length);
  const omitted = clientCount(responder) - clients.length;
  return {
    responder: hosts.text(responder.host),
    from,
    to,
    lanes,
    joins: joins.slice(0, MAX_LANES),
    omitted,
    gathered,
  };
}

function laneOf(
  clientSas: readonly ClientSa[],
  attempts: ReadonlyMap<Exchange, Attempt>,
  hosts: Hosts,
): Lane {
  const marks: Mark[] = [];
  const [{ client }] = clientSas;
  for (const { session, outcomes } of clientSas) {
    for (const exchange of session.quickModes) {
      marks.push({
        at: exchange.firstAt,
        messageId: messageIdText(exchange.messageId),
        outcome: outcomes.get(exchange)!,
        verdict: attempts.get(exchange)?.verdict ?? null,
        count: 1,
      });
    }
  }
  return {
    client: endpoint(hosts.text(client.host), portOf(client.sessions[0].endpoint)),
    lives: clientSas.map(({ session, lifespan }) => {
      const { firstAt } = session.sa;
      return { from: firstAt, to: Math.max(firstAt, lifespan.life.lastAt) };
    }),
    marks: marks.sort((a, b) => a.at - b.at),
  };
}

function joinOf(
  { holder, exchange, verdict }: Attempt,
  contender: Client,
  finding: number,
  clients: Client[],
): Join[] {
  if (holder === null) return [];
  const lanes = {
    holder: clients.indexOf(holder.claim.clientSa.client),
    contender: clients.indexOf(contender),
  };
  if (lanes.holder < 0 || lanes.contender < 0) return [];
  const messageId = messageIdText(exchange.messageId);
  return [{ finding, verdict, messageId, ...lanes, claimedAt: holder.claim.since, at: exchange.firstAt }];
}

const WORST: readonly (Verdict | null)[] = ["rejected", "predicted", "possible", "tolerated", null];

/** Marks of one stretch of time as one: at most the bound over all lanes together. */
export function gather(marks: readonly Mark[], from: number, to: number, lanes: number): Mark[] {
  const slots = Math.max(1, Math.floor(MAX_MARKS / lanes));
  const width = Math.max(1, (to - from) / slots);
  const gathered: Mark[] = [];
  let slot = -1;
  for (const mark of marks) {
    const here = Math.min(slots - 1, Math.floor((mark.at - from) / width));
    const last = gathered[gathered.length - 1];
    if (here !== slot || last === undefined) {
      slot = here;
      gathered.push({ ...mark });
      continue;
    }
    last.count += 1;
    if (last.outcome !== mark.outcome) last.outcome = "several";
    if (WORST.indexOf(mark.verdict) < WORST.indexOf(last.verdict)) last.verdict = mark.verdict;
  }
  return gathered;
}
