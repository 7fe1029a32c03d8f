/** The clients of a gateway's log alone, in the form of the report: peers, each an address; a log knows no ports. */

import { grouped } from "../collections/grouping.ts";
import { mostAtOnce } from "../collections/peak.ts";
import { classifyPattern } from "../judgement/pattern.ts";
import type { Client, ClientOutcome } from "../report/model.ts";
import { messageIdText } from "../report/sentences.ts";
import { isoTime } from "../report/time.ts";
import { type Dial, dialsOf, failed } from "../syslog/dials.ts";
import type { GatewayEvent } from "../syslog/reader.ts";

/** Message IDs that a client shows. */
const SHOWN_IDS = 16;
/** Tries further apart are two spells, and the time between them does not count as kept out. */
const SAME_SPELL = 600_000_000;
const SECOND = 1_000_000;

export interface LoggedClients {
  clients: Client[];
  /** Of those that count their IDs, the most that were connected at once. */
  peakSequential: number;
}

export function loggedClients(responder: string, events: readonly GatewayEvent[]): LoggedClients {
  const timed = events.filter(({ at }) => !Number.isNaN(at)).sort((a, b) => a.at - b.at || a.line - b.line);
  const byPeer = grouped(dialsOf(timed), ({ peer }) => peer);
  const clients = [...byPeer].map(([peer, dials]) => clientOf(responder, peer, dials));
  const counting = new Set(
    clients.filter(({ pattern }) => pattern.kind === "sequential").map(({ address }) => address),
  );
  return {
    clients,
    peakSequential: peakOf([...byPeer.values()].flat().filter(({ peer }) => counting.has(peer))),
  };
}

/** IDs of one dial: accepted, or named where one was refused. */
function idsOf({ accepted, refusals }: Dial): number[] {
  const named = refusals.flatMap(({ messageIds }) => (messageIds.length === 1 ? messageIds : []));
  return [...new Set([...accepted.map(({ messageId }) => messageId), ...named])].filter((id) => id !== 0);
}

function clientOf(responder: string, address: string, dials: readonly Dial[]): Client {
  const sas = dials.map(idsOf);
  const { kind, confidence, byteOrder } = classifyPattern(sas, null);
  const ids = sas.flat();
  const steps = sas.flatMap((own) => own.slice(1).map((id, i) => id - own[i]));
  return {
    address,
    port: null,
    responder,
    outcome: outcomeOf(dials),
    platform: null,
    pattern: {
      kind,
      confidence,
      byteOrder,
      messageIds: ids.slice(0, SHOWN_IDS).map(messageIdText),
      ids: ids.length,
      ikeSas: dials.length,
      firstId: ids.length === 0 ? null : messageIdText(ids[0]),
      step:
        kind === "sequential" && steps.length > 0
          ? [...steps].sort((a, b) => a - b)[steps.length >> 1]
          : null,
    },
    anomaly: null,
    communityIds: [],
    rolesInferred: false,
    firstSeenAt: timeOf(dials[0].firstAt),
    lastSeenAt: timeOf(dials[dials.length - 1].lastAt),
  };
}

/** Kept out is a dial whose phase 1 was completed and no quick mode of which was, as far as the log shows. */
function outcomeOf(dials: readonly Dial[]): ClientOutcome {
  const out = dials.filter(failed);
  const accepted = dials.flatMap((dial) => [...dial.accepted.map(({ event }) => event), ...dial.signs]);
  const lastFailedAt = out.at(-1)?.lastAt ?? Number.NEGATIVE_INFINITY;
  const connected = accepted.find(({ at }) => at > lastFailedAt)?.at ?? null;
  let seconds = 0;
  out.forEach((dial, i) => {
    const next = Math.min(
      out[i + 1]?.firstAt ?? Number.POSITIVE_INFINITY,
      connected ?? Number.POSITIVE_INFINITY,
    );
    const until = next - dial.firstAt <= SAME_SPELL ? next : dial.lastAt;
    seconds += (until - dial.firstAt) / SECOND;
  });
  return {
    kind: out.length > 0 ? "kept-out" : accepted.length > 0 ? "connected" : "unknown",
    keptOut: out.length,
    firstAt: out.length === 0 ? null : timeOf(out[0].firstAt),
    lastAt: out.length === 0 ? null : timeOf(lastFailedAt),
    connectedAt: connected === null ? null : timeOf(connected),
    keptOutSeconds: seconds,
  };
}

/** The most dials that stood at once, from their first acceptance to their end. */
function peakOf(dials: readonly Dial[]): number {
  const edges = dials.flatMap(({ peer, accepted, ended, replacedAt, lastAt }) => {
    if (accepted.length === 0) return [];
    const end = ended?.at ?? (Number.isNaN(replacedAt) ? lastAt : replacedAt);
    return [
      { at: accepted[0].event.at, who: peer, up: true },
      { at: end, who: peer, up: false },
    ];
  });
  edges.sort((a, b) => a.at - b.at || Number(a.up) - Number(b.up));
  return mostAtOnce(edges);
}

function timeOf(at: number): string {
  return isoTime(Math.round(at), 0, 6);
}
