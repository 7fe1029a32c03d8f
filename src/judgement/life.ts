/**
 * Contract 6.4: what was seen of an IKE SA, the ESP and keepalives on its endpoints included, as far as they are its
 * own (3.4): they belong to the newest SA there that has an accepted quick mode, or else to the newest with any.
 */

import { type Exchange, type Spi, UNHEARD_SPAN } from "../ike/facts.ts";
import { firstOf, inOrder, isBefore, lastOf, later, type Moment, momentOf, seen } from "./moment.ts";
import type { Peers } from "./peers.ts";
import { beginOf, type Session } from "./session.ts";

/** Segments before the latest one that are looked back at. */
const EARLIER = 8;

export interface Life {
  /** Segment of the clock that the times are of: the latest with a sign of the SA. */
  segment: number;
  lastAt: number;
  /** The last sign in each earlier segment. */
  earlier: readonly Moment[];
  /** The last sign that is not a keepalive, which a NAT's timer sends on. */
  lastBusyAt: number;
  /** The last thing that each side itself sent. */
  fromClientAt: number;
  fromResponderAt: number;
  /** The last ESP that the client sent. */
  espFromClientAt: number;
  /** The last keepalive of a client that had sent ten at a steady interval; NaN without. */
  steadyKeepaliveAt: number;
  /** First sign, ESP of before its first message included where the SA began before the capture. */
  firstAt: number;
  /** The client sent on without a sign of the responder (6.6): since when, and its third packet. */
  dropped: { responderAt: number; thirdAt: number } | null;
  /** The responder's last sign, where the client sent on unheard and the clock stepped back since; else null. */
  silentFrom: Moment | null;
}

/** When an SA takes its endpoints over, and what was last on them before. */
export interface Tenure {
  session: Session;
  from: Moment;
  /** Last sign on the endpoints before. */
  lifeBeforeAt: number;
  /** Last ESP on them before. */
  espBeforeAt: number;
  /** A quick mode of it was accepted. */
  firm: boolean;
}

/** The tenants of an endpoint, each from its moment on. `acceptedAt` gives a session's first accepted quick mode. */
export function tenuresOf(
  sessions: readonly Session[],
  accepted: (session: Session) => { exchange: Exchange | null; at: number } | null,
): Tenure[] {
  const claims: Tenure[] = [];
  for (const session of sessions) {
    const first = session.quickModes[0];
    const taken = accepted(session);
    if (taken !== null) {
      const { exchange, at } = taken;
      const from = { at, segment: exchange?.segment ?? session.sa.firstSegment };
      claims.push(tenureClaim(session, from, exchange, true));
    } else if (first !== undefined) {
      claims.push(tenureClaim(session, momentOf(first), first, false));
    } else if (session.begunBefore) {
      claims.push(tenureClaim(session, beginOf(session), null, false));
    }
  }
  claims.sort((a, b) => inOrder(a.from, b.from));
  const tenures: Tenure[] = [];
  let firm = false;
  for (const claim of claims) {
    const current = tenures[tenures.length - 1]?.session;
    if (firm && !claim.firm) continue;
    if (firm && current !== undefined && isBefore(beginOf(claim.session), beginOf(current))) continue;
    firm ||= claim.firm;
    tenures.push(claim);
  }
  // What an SA of before the capture was seen by first is its own.
  const first = tenures[0];
  if (first?.session.begunBefore) {
    first.from = { at: Number.NEGATIVE_INFINITY, segment: Number.NEGATIVE_INFINITY };
  }
  return tenures;
}

function tenureClaim(session: Session, from: Moment, exchange: Exchange | null, firm: boolean): Tenure {
  const { lifeAt, espAt } = exchange?.before ?? { lifeAt: Number.NaN, espAt: Number.NaN };
  return { session, from, lifeBeforeAt: lifeAt, espBeforeAt: espAt, firm };
}

/** The part of a tenure's endpoint that belongs to it: from its moment to that of the next. */
export interface Stay {
  keys: readonly number[];
  from: Moment;
  /** Null for the last one. */
  to: Moment | null;
  /** Last sign on the endpoints before `to`. */
  lifeBeforeAt: number;
  /** Last ESP on them before `to`, whatever of its SPI was evicted by now. */
  espBeforeAt: number;
}

/** The life of an SA by its messages and, on its endpoints, what else is its own. */
export function lifeOf({ sa, client, responder }: Session, stays: readonly Stay[], peers: Peers): Life {
  const byIke: Life = {
    segment: sa.lifeSegment,
    lastAt: sa.lastLifeAt,
    earlier: sa.earlierLife,
    lastBusyAt: sa.lastLifeAt,
    fromClientAt: sa.lastFromAtOf(client),
    fromResponderAt: sa.lastFromAtOf(responder),
    espFromClientAt: Number.NaN,
    steadyKeepaliveAt: Number.NaN,
    firstAt: sa.firstAt,
    dropped: null,
    silentFrom: null,
  };
  const life = stays.reduce((known, stay) => withStay(known, stay, sa.firstSegment, peers), byIke);
  if (life === byIke) return life;
  life.dropped = droppedOn(stays, life, peers);
  if (life.segment > 0) life.silentFrom = silentAcrossStep(stays, life, peers);
  return life;
}

function withStay(life: Life, stay: Stay, firstSegment: number, peers: Peers): Life {
  const sent = peers.rows(stay.keys, true);
  const received = peers.rows(stay.keys, false);
  if (sent.length + received.length === 0) return life;
  const rows = [...sent, ...received];
  const firstAt = Number.isFinite(stay.from.at)
    ? life.firstAt
    : firstOn(life.firstAt, rows, firstSegment, peers);
  if (stay.to !== null) return withEndedStay({ ...life, firstAt }, stay, sent, received, peers);
  const segment = Math.max(
    life.segment,
    ...rows.filter((row) => seen(peers.flows.lastAt(row))).map((row) => peers.flows.lastSegment(row)),
  );
  const own = inSegment(life, segment);
  const last = (each: readonly number[]) => since(peers.lastIn(each, segment), segment, stay.from);
  const esp = (each: readonly number[]) =>
    each.reduce((at, row) => later(at, peers.flows.lastEspAt(row, segment)), Number.NaN);
  return {
    segment,
    lastAt: later(own.lastAt, last(rows)),
    earlier: withEarlier(own.earlier, momentsOf(rows, peers), segment),
    lastBusyAt: later(own.lastBusyAt, since(esp(rows), segment, stay.from)),
    fromClientAt: later(own.fromClientAt, last(sent)),
    fromResponderAt: later(own.fromResponderAt, last(received)),
    espFromClientAt: later(own.espFromClientAt, since(esp(sent), segment, stay.from)),
    steadyKeepaliveAt: sent.reduce(
      (at, row) => (peers.flows.hasSteadyKeepalives(row) ? later(at, peers.flows.keepaliveAt(row)) : at),
      life.steadyKeepaliveAt,
    ),
    firstAt,
    dropped: null,
    silentFrom: null,
  };
}

/** A life that went on in a segment: what was seen of it in the one before is earlier life. */
function inSegment(life: Life, segment: number): Life {
  if (segment === life.segment) return life;
  const none = Number.NaN;
  const earlier = life.earlier.concat({ at: life.lastAt, segment: life.segment });
  const times = { lastAt: none, lastBusyAt: none, fromClientAt: none, fromResponderAt: none };
  return { ...life, ...times, segment, earlier, espFromClientAt: none };
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
  const last = new Map(earlier.map((moment) => [moment.segment, moment]));
  for (const moment of moments) {
    if (moment.segment >= segment || moment.segment < segment - EARLIER) continue;
    const known = last.get(moment.segment);
    if (known === undefined || moment.at > known.at) last.set(moment.segment, moment);
  }
  // As large as what is in it.
  return [...last.values()].slice();
}

/** The last in each segment of what passed there. */
function momentsOf(rows: readonly number[], { flows }: Peers): Moment[] {
  return rows.flatMap((row) => flows.moments(row));
}

function firstOn(firstAt: number, rows: readonly number[], segment: number, peers: Peers): number {
  return rows.reduce((first, row) => {
    const at = peers.flows.firstAt(row);
    return peers.flows.firstSegment(row) === segment && at < first ? at : first;
  }, firstAt);
}

/** A newer SA took the endpoints over: what went on until then, by SPI, and in segments before that moment's. */
function withEndedStay(
  life: Life,
  { from, to, lifeBeforeAt, espBeforeAt }: Stay,
  sent: readonly number[],
  received: readonly number[],
  peers: Peers,
): Life {
  const isOwn = (moment: Moment) => moment.segment < to!.segment && !isBefore(moment, from);
  const ofBefore = (rows: readonly number[]) => momentsOf(rows, peers).filter(isOwn);
  const before = withMoments(life, ofBefore(sent), ofBefore(received));
  const until = (list: readonly Spi[]) =>
    list.reduce((last, spi) => {
      const { lastAt, lastSegment } = spi;
      if (!isBefore(firstOf(spi), to!) || lastSegment !== to!.segment || isBefore(lastOf(spi), from))
        return last;
      return later(last, lastAt < to!.at ? lastAt : lifeBeforeAt);
    }, Number.NaN);
  const spis = (rows: readonly number[]) => rows.flatMap((row) => peers.flows.spis(row));
  const fromClient = until(spis(sent));
  const fromResponder = until(spis(received));
  const lifeBefore = since(lifeBeforeAt, to!.segment, from);
  const espBefore = since(espBeforeAt, to!.segment, from);
  const lastAt = later(lifeBefore, later(fromClient, fromResponder));
  if (!seen(lastAt) || to!.segment < before.segment) return before;
  const known = inSegment(before, to!.segment);
  return {
    ...known,
    lastAt: later(known.lastAt, lastAt),
    lastBusyAt: later(known.lastBusyAt, later(espBefore, later(fromClient, fromResponder))),
    fromClientAt: later(known.fromClientAt, fromClient),
    fromResponderAt: later(known.fromResponderAt, fromResponder),
    espFromClientAt: later(known.espFromClientAt, fromClient),
  };
}

/** The life with what each side sent last in segments, of which the latest may be its own or a later one. */
function withMoments(life: Life, sent: readonly Moment[], received: readonly Moment[]): Life {
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
    fromClientAt: later(own.fromClientAt, last(sent)),
    fromResponderAt: later(own.fromResponderAt, last(received)),
  };
}

/** Three packets or more over 20 s or more after the responder's last sign, on whatever endpoints of the SA. */
function droppedOn(
  stays: readonly Stay[],
  { fromResponderAt: responderAt, segment }: Life,
  peers: Peers,
): Life["dropped"] {
  const sent: Spi[] = [];
  let isAnswered = false;
  for (const { keys, from, to } of stays) {
    if (to !== null && to.segment !== segment) continue;
    const until = to?.at ?? Number.POSITIVE_INFINITY;
    isAnswered ||= peers.spis(keys, false).some((spi) => spi.firstAt < until && !isBefore(lastOf(spi), from));
    const own = ({ lastAt, unheardSince }: Spi) => lastAt < until && unheardSince >= from.at;
    sent.push(...peers.spis(keys, true).filter(own));
  }
  const thirdAt = isAnswered ? thirdUnheardAt(sent, responderAt) : Number.NaN;
  return seen(thirdAt) ? { responderAt, thirdAt } : null;
}

/** As above before the step; for how long it sent on across it nobody knows (6.13), and three packets do. */
function silentAcrossStep(stays: readonly Stay[], { segment }: Life, peers: Peers): Moment | null {
  const received = stays.flatMap(({ keys }) => momentsOf(peers.rows(keys, false), peers));
  const last = received.sort(inOrder).at(-1);
  if (last === undefined || last.segment === segment) return null;
  const sent = stays.flatMap(({ keys }) => peers.spis(keys, true));
  const there = sent.filter(({ lastSegment }) => lastSegment === last.segment);
  const goesOn = sent.some((spi) => spi.lastSegment > last.segment && seen(spi.unheardThirdAt));
  return goesOn || seen(thirdUnheardAt(there, last.at)) ? last : null;
}

/**
 * When the third packet came of a sender that went on after the other side's last sign: three packets or more, over 20 s
 * or more, whatever their SPIs and ports. NaN where it did not.
 */
export function thirdUnheardAt(spis: readonly Spi[], otherAt: number): number {
  const alone = spis.filter(({ unheardSince }) => unheardSince > otherAt);
  const times = alone.flatMap(unheardTimes).sort((a, b) => a - b);
  const lastAt = alone.reduce((last, each) => Math.max(last, each.lastAt), Number.NEGATIVE_INFINITY);
  return times.length >= 3 && lastAt - times[0] >= UNHEARD_SPAN ? times[2] : Number.NaN;
}

/** When those of one SPI came that nobody answered; of three or more the second no sooner than the third. */
function unheardTimes({ unheardSince, unheardThirdAt: third, lastAt }: Spi): number[] {
  if (seen(third)) return [unheardSince, third, third];
  return lastAt > unheardSince ? [unheardSince, lastAt] : [unheardSince];
}
