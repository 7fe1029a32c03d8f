/**
 * Puts what logs and events say beside the facts of a judgement, so that the next judgement takes it into account, and
 * keeps which line tells of what.
 *
 *     const joined = joinWitnesses(judge(..), hosts, book);
 *     const judgement = judge(..);           the same facts, with what the witnesses say
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Exchange, Hosts, IkeSa } from "../ike/facts.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { LogClock } from "../syslog/clock.ts";
import { captureTime } from "../syslog/clock.ts";
import { type Join, type JoinedLine, joinLog, type SeenQuickMode, type SeenSession } from "../syslog/join.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import type { WitnessBook } from "./book.ts";

/** A log as it was joined: its clock is null where nothing could be relied on. */
export interface JoinedLog {
  name: string;
  clock: LogClock | null;
  ambiguous: number;
}

export interface Joined {
  logs: JoinedLog[];
  ofExchange: ReadonlyMap<Exchange, readonly JoinedLine[]>;
  ofSa: ReadonlyMap<IkeSa, readonly JoinedLine[]>;
  /** The gateway of the captures that the lines of a device in a log are of, by `gatewayKey`. */
  gateways: ReadonlyMap<string, string>;
}

export const NOTHING_JOINED: Joined = {
  logs: [],
  ofExchange: new Map(),
  ofSa: new Map(),
  gateways: new Map(),
};

/** @param host name of the device in its lines; "" where they have none */
export function gatewayKey(log: string, host: string): string {
  return `${log}\n${host}`;
}

/** What the capture holds, in the form that logs are compared with. */
interface View {
  quickModes: SeenQuickMode[];
  exchanges: Exchange[];
  sessions: SeenSession[];
  sas: IkeSa[];
}

/** Joins each log on its own: their clocks differ. What an earlier join said is forgotten. */
export function joinWitnesses(judgement: Judgement, hosts: Hosts, book: WitnessBook): Joined {
  const view = viewOf(judgement, hosts);
  for (const exchange of view.exchanges) exchange.testimony = null;
  for (const sa of view.sas) sa.testimony = null;
  const ofExchange = new Map<Exchange, JoinedLine[]>();
  const ofSa = new Map<IkeSa, JoinedLine[]>();
  const gateways = new Map<string, string>();
  const logs = book.logs.map(({ name, events }) => {
    const join = joinLog(events, view.quickModes, view.sessions);
    testify(join, view);
    for (const [i, { lines }] of join.ofQuickMode) {
      append(ofExchange, view.exchanges[i], lines);
      const { gateway } = view.sessions[view.quickModes[i].session];
      for (const { event } of lines) gateways.set(gatewayKey(name, event.host ?? ""), gateway);
    }
    for (const [i, { lines }] of join.ofSession) append(ofSa, view.sas[i], lines);
    return { name, clock: join.clock, ambiguous: join.ambiguous };
  });
  return { logs, ofExchange, ofSa, gateways };
}

function append<K>(map: Map<K, JoinedLine[]>, key: K, lines: readonly JoinedLine[]): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [...lines]);
  else list.push(...lines);
}

function viewOf({ responders }: Judgement, hosts: Hosts): View {
  const view: View = { quickModes: [], exchanges: [], sessions: [], sas: [] };
  for (const responder of responders) {
    const gateway = hosts.text(responder.host);
    const clientsAt = new Map<number, Set<ClientSa["client"]>>();
    for (const { client } of responder.clientSas) {
      const same = clientsAt.get(client.host) ?? new Set();
      clientsAt.set(client.host, same.add(client));
    }
    for (const { session, client } of responder.clientSas) {
      const { sa, endpoint, finishedAt, quickModes } = session;
      const shared = clientsAt.get(client.host)!.size > 1;
      const address = hosts.text(hostOf(endpoint));
      view.sessions.push({ client: address, gateway, shared, firstAt: sa.firstAt, finishedAt });
      view.sas.push(sa);
      for (const exchange of quickModes) {
        const { messageId, firstAt, lastRetransmissionAt, replyAt, followedAt } = exchange;
        view.quickModes.push({
          session: view.sessions.length - 1,
          messageId,
          firstAt,
          lastAt: Number.isNaN(lastRetransmissionAt) ? firstAt : lastRetransmissionAt,
          replyAt,
          thirdAt: followedAt,
        });
        view.exchanges.push(exchange);
      }
    }
  }
  return view;
}

function testify({ clock, ofQuickMode, ofSession }: Join, view: View): void {
  if (clock === null) return;
  for (const [i, { accepted, refusals, causes }] of ofQuickMode) {
    const before = view.exchanges[i].testimony;
    view.exchanges[i].testimony = {
      acceptedAt:
        accepted === null
          ? (before?.acceptedAt ?? Number.NaN)
          : acceptedAt(accepted, clock, view.quickModes[i]),
      refused: refusals.length > 0 || before?.refused === true,
      otherCause: causes[0]?.reason?.trim() ?? before?.otherCause ?? null,
    };
  }
  for (const [i, { endedAt, heldUntil }] of ofSession) view.sas[i].testimony = { endedAt, heldUntil };
}

/** A line's time is a second long: the acceptance came after the quick mode's first message. */
function acceptedAt(event: GatewayEvent, clock: LogClock, { firstAt, replyAt }: SeenQuickMode): number {
  if (!Number.isNaN(replyAt)) return replyAt;
  return Math.max(firstAt, captureTime(clock, event.at));
}
