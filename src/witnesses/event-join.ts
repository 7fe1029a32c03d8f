/**
 * Joins the events of a Windows client with what a capture shows: by cookies, message ID, addresses and time. A client
 * behind a NAT does not know the address that the gateway sees, so which client of the captures wrote them may have to
 * be found: the one whose messages its times fit.
 *
 *     const join = joinEvents(events, view);
 *     join.clock                    null: no client's times fit, or those of several do
 */

import { append } from "../collections/grouping.ts";
import type { ClientEvent } from "../events/reader.ts";
import { byteSwapped } from "../judgement/pattern.ts";
import { captureTime, estimateClock, type LogClock, type Pair } from "../syslog/clock.ts";

/** An IKE SA of a client, on the capture's clock in microseconds; NaN: not seen. */
export interface DialSession {
  /** Number of the client that it is of. */
  owner: number;
  /** Addresses of the client, as the gateway sees it, and of the gateway: text forms of RFC 5952. */
  client: string;
  gateway: string;
  /** Whether the client has this address behind its NAT, as far as the capture shows. */
  isBehind: (address: string) => boolean;
  /** 16 hexadecimal digits each. */
  initiatorCookie: string;
  responderCookie: string;
  firstAt: number;
  finishedAt: number;
  /** Informationals of the client, and when its next IKE SA there began. */
  informationals: readonly number[];
  nextAt: number;
}

export interface DialQuickMode {
  session: number;
  messageId: number;
  firstAt: number;
  lastAt: number;
  replyAt: number;
  thirdAt: number;
  /** The client's Informational or next phase 1 after it. */
  leftAt: number;
}

export interface DialView {
  sessions: readonly DialSession[];
  quickModes: readonly DialQuickMode[];
}

export interface JoinedEvent {
  event: ClientEvent;
  /** On the capture's clock. */
  at: number;
}

export interface EventJoin {
  clock: LogClock | null;
  /** The client of the captures that wrote them; -1 where it is not known. */
  client: number;
  ofQuickMode: Map<number, JoinedEvent[]>;
  ofSession: Map<number, JoinedEvent[]>;
}

const SECOND = 1_000_000;
/** An event is written so long after what it tells of. */
const DELAY = SECOND;
/** A dial is given up, and said to have failed, a moment after the last message. */
const GIVING_UP = 5 * SECOND;
/** A quick mode, or a dial, that failed is told of for so long after its last message. */
const AFTER = 60 * SECOND;
/** Clients whose times are compared. */
const MAX_CLIENTS = 64;
const MAX_CANDIDATES = 64;
const MAX_PAIRS = 2_000;
/** Addresses of one machine. */
const MAX_LOCALS = 8;
/** Another client whose times fit as large a share of the events leaves it open which one wrote them. */
const MAX_RIVAL = 0.7;

/** @param events of one machine */
export function joinEvents(events: readonly ClientEvent[], view: DialView): EventJoin {
  const { client, clock } = clientOf(events, view);
  const join: EventJoin = { clock, client, ofQuickMode: new Map(), ofSession: new Map() };
  if (clock === null) return join;
  const window = clock.uncertainty + SECOND;
  const { sessions, quickModes } = view;
  const ownSessions = sessions.flatMap(({ owner }, i) => (owner === client ? [i] : []));
  const ownModes = quickModes.flatMap(({ session }, i) => (sessions[session].owner === client ? [i] : []));
  for (const event of events) {
    if (Number.isNaN(event.at)) continue;
    const joined = { event, at: captureTime(clock, event.at) };
    const quickMode = quickModeOf(joined, quickModes, ownModes, window);
    if (quickMode >= 0) append(join.ofQuickMode, quickMode, joined);
    else {
      const session = sessionOf(joined, sessions, ownSessions, window);
      if (session >= 0) append(join.ofSession, session, joined);
    }
  }
  return join;
}

/** The client whose messages the times of the events fit, and how far their clocks are apart. */
function clientOf(
  events: readonly ClientEvent[],
  view: DialView,
): { client: number; clock: LogClock | null } {
  const cookies = new Set(view.sessions.map(({ initiatorCookie }) => initiatorCookie));
  const named = events.filter(({ initiatorCookie: own }) => cookies.has(own) || cookies.has(swapped(own)));
  const known = named.length >= 2 ? "named" : "set";
  const found = candidates(events, view)
    .slice(0, MAX_CLIENTS)
    .map((client) => ({ client, clock: estimateClock(pairsOf(events, view, client), known) }))
    .filter(({ clock }) => clock !== null)
    .sort((a, b) => b.clock!.matches - a.clock!.matches);
  const [best, rival] = found;
  const nothing = { client: -1, clock: null };
  if (best === undefined) return nothing;
  return rival !== undefined && rival.clock!.matches > MAX_RIVAL * best.clock!.matches ? nothing : best;
}

/** Clients that may have written the events: by a cookie that they name, else by address. */
function candidates(events: readonly ClientEvent[], { sessions }: DialView): number[] {
  const named = new Set(events.flatMap(({ initiatorCookie }) => [initiatorCookie, swapped(initiatorCookie)]));
  const byCookie = sessions.filter(({ initiatorCookie }) => named.has(initiatorCookie));
  if (byCookie.length > 0) return clientsOf(byCookie);
  const remotes = new Set(events.flatMap(({ remote }) => (remote === null ? [] : [remote])));
  const here = remotes.size === 0 ? sessions : sessions.filter(({ gateway }) => remotes.has(gateway));
  const locals = new Set(events.flatMap(({ local }) => (local === null ? [] : [local])));
  const outside = here.filter(({ client }) => locals.has(client));
  if (outside.length > 0) return clientsOf(outside);
  const inside = here.filter((each) =>
    [...locals].slice(0, MAX_LOCALS).some((local) => each.isBehind(local)),
  );
  return clientsOf(inside.length > 0 ? inside : here);
}

function clientsOf(sessions: readonly DialSession[]): number[] {
  return [...new Set(sessions.map(({ owner }) => owner))];
}

/** A number of eight bytes that a little-endian machine printed begins with its last one. */
export function swapped(cookie: string): string {
  return (cookie.match(/../g) ?? []).reverse().join("");
}

/** The event names the cookie of this IKE SA, in either order of its bytes. */
function isNamed({ initiatorCookie }: ClientEvent, session: DialSession): boolean {
  if (initiatorCookie === "") return false;
  return initiatorCookie === session.initiatorCookie || swapped(initiatorCookie) === session.initiatorCookie;
}

/** Events and the messages of the client that they can tell of. */
function pairsOf(events: readonly ClientEvent[], { sessions, quickModes }: DialView, client: number): Pair[] {
  const pairs: Pair[] = [];
  const own = sessions.flatMap((each, i) => (each.owner === client ? [i] : [])).slice(0, MAX_CANDIDATES);
  const modes = quickModes
    .filter(({ session }) => sessions[session].owner === client)
    .slice(0, MAX_CANDIDATES);
  events.forEach((event, number) => {
    const pair = (session: number, at: number, delay = DELAY) => {
      if (Number.isNaN(at) || Number.isNaN(event.at) || pairs.length >= MAX_PAIRS) return;
      pairs.push({ event: number, logAt: event.at, resolution: 0, delay, at, session });
    };
    switch (event.fact) {
      case "main-mode-established":
        for (const i of own) pair(i, sessions[i].finishedAt);
        break;
      case "quick-mode-established":
        for (const { session, thirdAt, replyAt } of modes)
          pair(session, Number.isNaN(thirdAt) ? replyAt : thirdAt);
        break;
      case "quick-mode-failed":
        for (const each of modes)
          if (mayBe(event, each.messageId)) pair(each.session, each.leftAt, GIVING_UP);
        break;
      case "dial-failed":
        for (const { session, leftAt } of modes) pair(session, leftAt, GIVING_UP);
        break;
      default:
        for (const i of own) {
          if (event.initiatorCookie !== "" && !isNamed(event, sessions[i])) continue;
          for (const at of sessions[i].informationals) pair(i, at);
        }
    }
  });
  return pairs;
}

/** The event names this message ID, or none. */
export function mayBe({ messageId }: ClientEvent, id: number): boolean {
  return messageId === 0 || messageId === id || messageId === byteSwapped(id);
}

/** The quick mode of `own` that the event tells of; -1 where it tells of none, or of one of several. */
function quickModeOf(
  { event, at }: JoinedEvent,
  quickModes: readonly DialQuickMode[],
  own: readonly number[],
  window: number,
): number {
  const isEnd = event.fact === "quick-mode-failed" || event.fact === "dial-failed";
  if (!isEnd && event.fact !== "quick-mode-established") return -1;
  const fitting = own.filter((i) => {
    const { messageId, firstAt, lastAt, replyAt } = quickModes[i];
    if (!mayBe(event, messageId)) return false;
    if (isEnd) return at >= firstAt && at <= lastAt + AFTER + window;
    const from = Number.isNaN(replyAt) ? lastAt : replyAt;
    return at >= from - window && at <= from + DELAY + window;
  });
  if (!isEnd) return fitting.length === 1 ? fitting[0] : -1;
  const begins = (i: number) => quickModes[i].firstAt;
  return fitting.reduce((latest, i) => (latest < 0 || begins(i) > begins(latest) ? i : latest), -1);
}

/** The IKE SA of `own` that the event tells of: by its cookie, else the latest that had begun. */
function sessionOf(
  { event, at }: JoinedEvent,
  sessions: readonly DialSession[],
  own: readonly number[],
  window: number,
): number {
  let latest = -1;
  for (const i of own) {
    const { firstAt } = sessions[i];
    if (isNamed(event, sessions[i])) return i;
    if (firstAt > at + window) continue;
    if (latest < 0 || firstAt > sessions[latest].firstAt) latest = i;
  }
  return event.initiatorCookie === "" ? latest : -1;
}
