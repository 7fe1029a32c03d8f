/** Contract 6.4: what was seen of an IKE SA, the ESP and keepalives on its endpoints included, as far as they are its own. */

import type { Spi } from "../ike/facts.ts";
import {
  firstOf,
  isBefore,
  lastFrom,
  lastOf,
  later,
  latestOf,
  type Moment,
  momentIn,
  seen,
} from "./moment.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";
import type { Stay } from "./tenures.ts";
import { type Dropped, droppedOn, silentAcrossStep } from "./unheard.ts";

/** Segments before the latest one that are looked back at. */
const EARLIER = 8;

/** What was seen of it, and when. */
interface Signs {
  /** Segment of the clock that the times are of: the latest with a sign of the SA. */
  segment: number;
  lastAt: number;
  /** The last sign in each earlier segment. */
  earlier: readonly Moment[];
  /** The last sign that is not a keepalive, which a NAT's timer sends on. */
  lastBusyAt: number;
  /** The last thing that the client itself sent, in whatever segment. */
  fromClient: Moment;
  /** The last thing that the responder itself sent. */
  fromResponderAt: number;
  /** The last ESP that the client sent. */
  espFromClientAt: number;
  /** The last keepalive of a client that had sent ten at a steady interval; NaN without. */
  steadyKeepaliveAt: number;
  /** First sign, ESP of before its first message included where the SA began before the capture. */
  firstAt: number;
}

export interface Life extends Signs {
  /** The client sent on without a sign of the responder (6.6): since when, and its third packet. */
  dropped: Dropped | null;
  /** The responder's last sign, where the client sent on unheard and the clock stepped back since; else null. */
  silentFrom: Moment | null;
}

/** The life of an SA by its messages alone, as those of most SAs of most captures: what the SA says when it is asked. */
class LifeByIke implements Life {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get segment(): number {
    return this.#session.sa.lifeSegment;
  }

  get lastAt(): number {
    return this.#session.sa.lastLifeAt;
  }

  get lastBusyAt(): number {
    return this.lastAt;
  }

  get earlier(): readonly Moment[] {
    return this.#session.sa.earlierLife;
  }

  get firstAt(): number {
    return this.#session.sa.firstAt;
  }

  get fromClient(): Moment {
    const { sa, client } = this.#session;
    return lastFrom(sa, client);
  }

  get fromResponderAt(): number {
    const { sa, responder } = this.#session;
    return sa.lastFromIn(responder, sa.lifeSegment);
  }

  get espFromClientAt(): number {
    return Number.NaN;
  }

  get steadyKeepaliveAt(): number {
    return Number.NaN;
  }

  get dropped(): null {
    return null;
  }

  get silentFrom(): null {
    return null;
  }
}

/** The life of an SA by its messages and, on its endpoints, what else is its own. */
export function lifeOf(session: Session, stays: readonly Stay[], peers: Peers): Life {
  const byIke = new LifeByIke(session);
  if (!areLive(stays, peers)) return byIke;
  const { segment, lastAt, earlier, lastBusyAt, fromClient, fromResponderAt, firstAt } = byIke;
  // One object for each, which all that is found out goes into: there may be tens of thousands.
  const life: Life = {
    segment,
    lastAt,
    earlier,
    lastBusyAt,
    fromClient,
    fromResponderAt,
    espFromClientAt: Number.NaN,
    steadyKeepaliveAt: Number.NaN,
    firstAt,
    dropped: null,
    silentFrom: null,
  };
  for (const stay of stays) {
    if (peers.haveAny(stay.keys)) takeStay(life, stay, session.sa.firstSegment, peers);
  }
  life.dropped = droppedOn(stays, life, peers);
  if (life.segment > 0) life.silentFrom = silentAcrossStep(stays, life.segment, peers);
  return life;
}

/** There was ESP, or a keepalive, on some of the endpoints. */
function areLive(stays: readonly Stay[], peers: Peers): boolean {
  for (const { keys } of stays) if (peers.haveAny(keys)) return true;
  return false;
}

/** Takes in what was on endpoints while they were its own. */
function takeStay(life: Signs, stay: Stay, firstSegment: number, peers: Peers): void {
  const sent = peers.rows(stay.keys, true);
  const received = peers.rows(stay.keys, false);
  const rows = received.length === 0 ? sent : [...sent, ...received];
  if (!Number.isFinite(stay.from.at)) life.firstAt = firstOn(life.firstAt, rows, firstSegment, peers);
  if (stay.to !== null) {
    takeEndedStay(life, stay, sent, received, peers);
    return;
  }
  const segment = rows.reduce(
    (latest, row) =>
      seen(peers.flows.lastAt(row)) ? Math.max(latest, peers.flows.lastSegment(row)) : latest,
    life.segment,
  );
  enterSegment(life, segment);
  const lastSent = peers.lastOf(sent);
  const last = (each: readonly number[]) => since(peers.lastIn(each, segment), segment, stay.from);
  const esp = (each: readonly number[]) => since(lastEspOn(each, segment, peers), segment, stay.from);
  life.lastAt = later(life.lastAt, last(rows));
  life.earlier = withEarlier(life.earlier, peers.moments(rows, segment - EARLIER), segment);
  life.lastBusyAt = later(life.lastBusyAt, esp(rows));
  if (!isBefore(lastSent, stay.from)) life.fromClient = latestOf([life.fromClient, lastSent]);
  life.fromResponderAt = later(life.fromResponderAt, last(received));
  life.espFromClientAt = later(life.espFromClientAt, esp(sent));
  life.steadyKeepaliveAt = sent.reduce(
    (at, row) => (peers.flows.hasSteadyKeepalives(row) ? later(at, peers.flows.keepaliveAt(row)) : at),
    life.steadyKeepaliveAt,
  );
}

/** The last ESP of some rows in a segment; NaN where there is none. */
function lastEspOn(rows: readonly number[], segment: number, { flows }: Peers): number {
  return rows.reduce((at, row) => later(at, flows.lastEspAt(row, segment)), Number.NaN);
}

/** A life goes on in a segment: what was seen of it in the one before is earlier life. */
function enterSegment(life: Signs, segment: number): void {
  if (segment === life.segment) return;
  life.earlier = life.earlier.concat({ at: life.lastAt, segment: life.segment });
  life.segment = segment;
  life.lastAt = Number.NaN;
  life.lastBusyAt = Number.NaN;
  life.fromResponderAt = Number.NaN;
  life.espFromClientAt = Number.NaN;
}

function since(at: number, segment: number, from: Moment): number {
  return isBefore({ at, segment }, from) ? Number.NaN : at;
}

/** Segments in which the SA's own messages were seen, or what is on its endpoints; moments are shared, not copied. */
function withEarlier(
  earlier: readonly Moment[],
  moments: readonly Moment[],
  segment: number,
): readonly Moment[] {
  if (segment === 0) return earlier;
  const recent = moments.filter((each) => each.segment < segment && each.segment >= segment - EARLIER);
  if (recent.length === 0 && earlier.length < 2) return earlier;
  const last = [...earlier];
  for (const moment of recent) {
    const i = last.findIndex(({ segment: known }) => known === moment.segment);
    if (i < 0) last.push(moment);
    else if (moment.at > last[i].at) last[i] = moment;
  }
  // As large as what is in it.
  return last.slice();
}

function firstOn(firstAt: number, rows: readonly number[], segment: number, peers: Peers): number {
  return rows.reduce((first, row) => {
    const at = peers.flows.firstAt(row);
    return peers.flows.firstSegment(row) === segment && at < first ? at : first;
  }, firstAt);
}

/** A newer SA took the endpoints over: what went on until then, by SPI, and in segments before that moment's. */
function takeEndedStay(
  life: Signs,
  { from, to, before }: Stay,
  sent: readonly number[],
  received: readonly number[],
  peers: Peers,
): void {
  const isOwn = (moment: Moment) => moment.segment < to!.segment && !isBefore(moment, from);
  const ofBefore = (rows: readonly number[]) => peers.moments(rows).filter(isOwn);
  takeMoments(life, ofBefore(sent), ofBefore(received));
  if (life.segment < to!.segment) {
    const esp = (rows: readonly number[]) => since(lastEspOn(rows, life.segment, peers), life.segment, from);
    life.lastBusyAt = later(life.lastBusyAt, later(esp(sent), esp(received)));
    life.espFromClientAt = later(life.espFromClientAt, esp(sent));
  }
  const until = (list: readonly Spi[]) =>
    list.reduce((last, spi) => {
      const { lastAt, lastSegment } = spi;
      if (!isBefore(firstOf(spi), to!) || lastSegment !== to!.segment || isBefore(lastOf(spi), from))
        return last;
      return later(last, lastAt < to!.at ? lastAt : before.lifeAt);
    }, Number.NaN);
  const spis = (rows: readonly number[]) => rows.flatMap((row) => peers.flows.spis(row));
  const fromClient = until(spis(sent));
  const fromResponder = until(spis(received));
  const last = (at: number) => since(at, to!.segment, from);
  const lastAt = later(last(before.lifeAt), later(fromClient, fromResponder));
  if (!seen(lastAt) || to!.segment < life.segment) return;
  enterSegment(life, to!.segment);
  life.lastAt = later(life.lastAt, lastAt);
  life.lastBusyAt = later(life.lastBusyAt, later(last(before.espAt), later(fromClient, fromResponder)));
  // Keepalives too: their number is not kept by session.
  const sentAt = later(last(before.sentAt), fromClient);
  life.fromClient = latestOf([life.fromClient, momentIn(to!.segment, sentAt)]);
  life.fromResponderAt = later(life.fromResponderAt, fromResponder);
  life.espFromClientAt = later(life.espFromClientAt, fromClient);
}

/** Takes in what each side sent last in segments, of which the latest may be its own or a later one. */
function takeMoments(life: Signs, sent: readonly Moment[], received: readonly Moment[]): void {
  const moments = [...sent, ...received];
  if (moments.length === 0) return;
  const segment = moments.reduce((latest, each) => Math.max(latest, each.segment), life.segment);
  enterSegment(life, segment);
  const last = (each: readonly Moment[]) =>
    each.reduce((at, moment) => (moment.segment === segment ? later(at, moment.at) : at), Number.NaN);
  life.earlier = withEarlier(life.earlier, moments, segment);
  life.lastAt = later(life.lastAt, last(moments));
  life.fromClient = latestOf([life.fromClient, ...sent]);
  life.fromResponderAt = later(life.fromResponderAt, last(received));
}
