/** Contract 6.4: what was seen of an IKE SA, the ESP and keepalives on its endpoints included, as far as they are its own. */

import type { Spi } from "../ike/facts.ts";
import { BEFORE_ALL, firstOf, isBefore, lastOf, later, latestOf, type Moment, seen } from "./moment.ts";
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
    return momentIn(sa.lastFromSegmentOf(client), sa.lastFromAtOf(client));
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
  const [espFromClientAt, steadyKeepaliveAt] = [Number.NaN, Number.NaN];
  let signs: Signs = {
    segment,
    lastAt,
    earlier,
    lastBusyAt,
    fromClient,
    fromResponderAt,
    espFromClientAt,
    steadyKeepaliveAt,
    firstAt,
  };
  for (const stay of stays) {
    if (peers.haveAny(stay.keys)) signs = withStay(signs, stay, session.sa.firstSegment, peers);
  }
  return {
    ...signs,
    dropped: droppedOn(stays, signs, peers),
    silentFrom: signs.segment > 0 ? silentAcrossStep(stays, signs.segment, peers) : null,
  };
}

/** There was ESP, or a keepalive, on some of the endpoints. */
function areLive(stays: readonly Stay[], peers: Peers): boolean {
  for (const { keys } of stays) if (peers.haveAny(keys)) return true;
  return false;
}

function withStay(life: Signs, stay: Stay, firstSegment: number, peers: Peers): Signs {
  const sent = peers.rows(stay.keys, true);
  const received = peers.rows(stay.keys, false);
  const rows = received.length === 0 ? sent : [...sent, ...received];
  const firstAt = Number.isFinite(stay.from.at)
    ? life.firstAt
    : firstOn(life.firstAt, rows, firstSegment, peers);
  if (stay.to !== null) return withEndedStay({ ...life, firstAt }, stay, sent, received, peers);
  const segment = rows.reduce(
    (latest, row) =>
      seen(peers.flows.lastAt(row)) ? Math.max(latest, peers.flows.lastSegment(row)) : latest,
    life.segment,
  );
  const own = inSegment(life, segment);
  const lastSent = peers.lastOf(sent);
  const last = (each: readonly number[]) => since(peers.lastIn(each, segment), segment, stay.from);
  const esp = (each: readonly number[]) =>
    each.reduce((at, row) => later(at, peers.flows.lastEspAt(row, segment)), Number.NaN);
  return {
    segment,
    lastAt: later(own.lastAt, last(rows)),
    earlier: withEarlier(own.earlier, peers.moments(rows, segment - EARLIER), segment),
    lastBusyAt: later(own.lastBusyAt, since(esp(rows), segment, stay.from)),
    fromClient: isBefore(lastSent, stay.from) ? own.fromClient : latestOf([own.fromClient, lastSent]),
    fromResponderAt: later(own.fromResponderAt, last(received)),
    espFromClientAt: later(own.espFromClientAt, since(esp(sent), segment, stay.from)),
    steadyKeepaliveAt: sent.reduce(
      (at, row) => (peers.flows.hasSteadyKeepalives(row) ? later(at, peers.flows.keepaliveAt(row)) : at),
      life.steadyKeepaliveAt,
    ),
    firstAt,
  };
}

/** A life that went on in a segment: what was seen of it in the one before is earlier life. */
function inSegment(life: Signs, segment: number): Signs {
  if (segment === life.segment) return life;
  const { fromClient, steadyKeepaliveAt, firstAt } = life;
  const none = Number.NaN;
  return {
    segment,
    lastAt: none,
    earlier: life.earlier.concat({ at: life.lastAt, segment: life.segment }),
    lastBusyAt: none,
    fromClient,
    fromResponderAt: none,
    espFromClientAt: none,
    steadyKeepaliveAt,
    firstAt,
  };
}

/** A time of a segment; before all where it was not seen. */
function momentIn(segment: number, at: number): Moment {
  return seen(at) ? { at, segment } : BEFORE_ALL;
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
  const last = new Map(earlier.map((moment) => [moment.segment, moment]));
  for (const moment of recent) {
    const known = last.get(moment.segment);
    if (known === undefined || moment.at > known.at) last.set(moment.segment, moment);
  }
  // As large as what is in it.
  return [...last.values()].slice();
}

function firstOn(firstAt: number, rows: readonly number[], segment: number, peers: Peers): number {
  return rows.reduce((first, row) => {
    const at = peers.flows.firstAt(row);
    return peers.flows.firstSegment(row) === segment && at < first ? at : first;
  }, firstAt);
}

/** A newer SA took the endpoints over: what went on until then, by SPI, and in segments before that moment's. */
function withEndedStay(
  life: Signs,
  { from, to, before }: Stay,
  sent: readonly number[],
  received: readonly number[],
  peers: Peers,
): Signs {
  const isOwn = (moment: Moment) => moment.segment < to!.segment && !isBefore(moment, from);
  const ofBefore = (rows: readonly number[]) => peers.moments(rows).filter(isOwn);
  const earlier = withMoments(life, ofBefore(sent), ofBefore(received));
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
  if (!seen(lastAt) || to!.segment < earlier.segment) return earlier;
  const known = inSegment(earlier, to!.segment);
  return {
    ...known,
    lastAt: later(known.lastAt, lastAt),
    lastBusyAt: later(known.lastBusyAt, later(last(before.espAt), later(fromClient, fromResponder))),
    // Keepalives too: their number is not kept by session.
    fromClient: latestOf([known.fromClient, momentIn(to!.segment, later(last(before.sentAt), fromClient))]),
    fromResponderAt: later(known.fromResponderAt, fromResponder),
    espFromClientAt: later(known.espFromClientAt, fromClient),
  };
}

/** The life with what each side sent last in segments, of which the latest may be its own or a later one. */
function withMoments(life: Signs, sent: readonly Moment[], received: readonly Moment[]): Signs {
  const moments = [...sent, ...received];
  if (moments.length === 0) return life;
  const segment = moments.reduce((latest, each) => Math.max(latest, each.segment), life.segment);
  const own = inSegment(life, segment);
  const last = (each: readonly Moment[]) =>
    each.reduce((at, moment) => (moment.segment === segment ? later(at, moment.at) : at), Number.NaN);
  return {
    ...own,
    earlier: withEarlier(own.earlier, moments, segment),
    lastAt: later(own.lastAt, last(moments)),
    fromClient: latestOf([own.fromClient, ...sent]),
    fromResponderAt: later(own.fromResponderAt, last(received)),
  };
}
