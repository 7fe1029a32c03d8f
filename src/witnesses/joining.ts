/**
 * Puts what logs and events say beside the facts of a judgement, so that the next judgement takes it into account, and
 * keeps which line tells of what.
 *
 *     const joined = joinWitnesses(judge(..), hosts, book);
 *     const judgement = judge(..);           the same facts, with what the witnesses say
 */

import { append } from "../collections/grouping.ts";
import type { ClientEvent } from "../events/reader.ts";
import { OTHER_CAUSES } from "../events/reader.ts";
import type { Exchange, Hosts, IkeSa } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";
import { earlier, later } from "../judgement/moment.ts";
import type { LogClock } from "../syslog/clock.ts";
import { captureTime } from "../syslog/clock.ts";
import { type Join, type JoinedLine, joinLog, type SeenQuickMode } from "../syslog/join.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import { eventLogsOf, type WitnessBook } from "./book.ts";
import { type EventJoin, type JoinedEvent, joinEvents } from "./event-join.ts";
import { clientShows } from "./shows.ts";
import { type View, viewOf } from "./view.ts";

/** A log as it was joined: its clock is null where nothing could be relied on. */
export interface JoinedLog {
  name: string;
  clock: LogClock | null;
}

/** The events of one machine as they were joined. */
export interface JoinedEvents {
  name: string;
  computer: string;
  events: readonly ClientEvent[];
  clock: LogClock | null;
}

export interface Joined {
  logs: JoinedLog[];
  eventLogs: JoinedEvents[];
  eventsOfExchange: ReadonlyMap<Exchange, readonly JoinedEvent[]>;
  eventsOfSa: ReadonlyMap<IkeSa, readonly JoinedEvent[]>;
  ofExchange: ReadonlyMap<Exchange, readonly JoinedLine[]>;
  ofSa: ReadonlyMap<IkeSa, readonly JoinedLine[]>;
  /** The gateway of the captures that the lines of a device in a log are of, by `gatewayKey`. */
  gateways: ReadonlyMap<string, string>;
}

export const NOTHING_JOINED: Joined = {
  logs: [],
  eventLogs: [],
  eventsOfExchange: new Map(),
  eventsOfSa: new Map(),
  ofExchange: new Map(),
  ofSa: new Map(),
  gateways: new Map(),
};

/** @param host name of the device in its lines; "" where they have none */
export function gatewayKey(log: string, host: string): string {
  return `${log}\n${host}`;
}

/** Joins each log on its own: their clocks differ. What an earlier join said is forgotten. */
export function joinWitnesses(judgement: Judgement, hosts: Hosts, book: WitnessBook): Joined {
  forget(judgement);
  if (book.isEmpty) return NOTHING_JOINED;
  const view = viewOf(judgement, hosts);
  const ofExchange = new Map<Exchange, JoinedLine[]>();
  const ofSa = new Map<IkeSa, JoinedLine[]>();
  const gateways = new Map<string, string>();
  const logs = book.logs.map(({ name, events }) => {
    const join = joinLog(events, view.quickModes, view.sessions);
    testify(join, view);
    for (const [i, { lines }] of join.ofQuickMode) {
      for (const line of lines) append(ofExchange, view.exchanges[i], line);
      const { gateway } = view.sessions[view.quickModes[i].session];
      for (const { event } of lines) gateways.set(gatewayKey(name, event.host ?? ""), gateway);
    }
    for (const [i, { lines }] of join.ofSession) {
      for (const line of lines) append(ofSa, view.sas[i], line);
    }
    return { name, clock: join.clock };
  });
  return { logs, ofExchange, ofSa, gateways, ...joinClients(view, book) };
}

function forget({ responders }: Judgement): void {
  for (const { clientSas } of responders) {
    for (const { session } of clientSas) {
      if (session.sa.testimony !== null) session.sa.testimony = null;
      for (const exchange of session.quickModes) {
        if (exchange.testimony !== null) exchange.testimony = null;
      }
    }
  }
}

/** Joins the events of each machine on their own. */
function joinClients(view: View, book: WitnessBook) {
  const eventsOfExchange = new Map<Exchange, JoinedEvent[]>();
  const eventsOfSa = new Map<IkeSa, JoinedEvent[]>();
  const eventLogs = eventLogsOf(book).map(({ name, computer, events }): JoinedEvents => {
    const join = joinEvents(events, view);
    testifyClient(join, view);
    for (const [i, own] of join.ofQuickMode) {
      for (const event of own) append(eventsOfExchange, view.exchanges[i], event);
    }
    for (const [i, own] of join.ofSession) {
      for (const event of own) append(eventsOfSa, view.sas[i], event);
    }
    return { name, computer, events, clock: join.clock };
  });
  return { eventLogs, eventsOfExchange, eventsOfSa };
}

function testifyClient({ ofQuickMode }: EventJoin, view: View): void {
  for (const [i, joined] of ofQuickMode) {
    const testimony = view.exchanges[i].testimony ?? NOTHING_SAID;
    const established = joined.find(({ event }) => event.fact === "quick-mode-established");
    const failures = joined.filter(({ event }) => event.fact !== "quick-mode-established");
    const other = failures.find(({ event }) => OTHER_CAUSES.has(event.error))?.event.reason ?? null;
    view.exchanges[i].testimony = {
      ...testimony,
      acceptedAt:
        established === undefined || !Number.isNaN(testimony.acceptedAt)
          ? testimony.acceptedAt
          : Math.max(view.quickModes[i].firstAt, established.at),
      otherCause: testimony.otherCause ?? (other === null ? null : `the client's own log: ${other}`),
      client: [...new Set(failures.map(({ event }) => clientShows(event)))],
    };
  }
}

const NOTHING_SAID: NonNullable<Exchange["testimony"]> = {
  acceptedAt: Number.NaN,
  refused: false,
  otherCause: null,
  client: [],
};

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
      otherCause: causes.length > 0 ? wordsOf(causes[0]) : (before?.otherCause ?? null),
      client: [],
    };
  }
  for (const [i, { endedAt, heldUntil }] of ofSession) {
    const before = view.sas[i].testimony;
    view.sas[i].testimony = {
      endedAt: earlier(endedAt, before?.endedAt ?? Number.NaN),
      heldUntil: later(heldUntil, before?.heldUntil ?? Number.NaN),
    };
  }
}

function wordsOf({ reason }: GatewayEvent): string | null {
  return reason === null ? null : `the gateway's log: ${reason.trim()}`;
}

/** A line's time is a second long: the acceptance came after the quick mode's first message. */
function acceptedAt(event: GatewayEvent, clock: LogClock, { firstAt, replyAt }: SeenQuickMode): number {
  if (!Number.isNaN(replyAt)) return replyAt;
  return Math.max(firstAt, captureTime(clock, event.at));
}
