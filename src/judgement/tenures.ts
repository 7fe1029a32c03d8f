/**
 * Contract 3.4: whose an endpoint is, from when to when: ESP and keepalives there belong to the newest SA that has an
 * accepted quick mode, or else to the newest with any.
 */

import type { Exchange } from "../ike/facts.ts";
import { BEFORE_ALL, earliestOf, inOrder, isBefore, type Moment, momentOf } from "./moment.ts";
import { FIRST_ID } from "./pattern.ts";
import { beginOf, type Session } from "./session.ts";

/** What was last on endpoints before somebody took them over; NaN for nothing. */
export interface BeforeTenure {
  lifeAt: number;
  /** Of the client. */
  sentAt: number;
  /** ESP, whatever of its SPI was evicted by now. */
  espAt: number;
}

export const NOTHING_BEFORE: BeforeTenure = { lifeAt: Number.NaN, sentAt: Number.NaN, espAt: Number.NaN };

/** When an SA takes its endpoints over, and what was last on them before. */
export interface Tenure {
  session: Session;
  from: Moment;
  before: BeforeTenure;
  /** A quick mode of it was accepted. */
  firm: boolean;
}

/** The tenants of an endpoint, each from its moment on. `accepted` gives a session's first accepted quick mode. */
export function tenuresOf(
  sessions: readonly Session[],
  accepted: (session: Session) => Acceptance | null,
): Tenure[] {
  // Most endpoints are of one session.
  if (sessions.length === 1) {
    const claim = claimOf(sessions[0], accepted(sessions[0]));
    return claim === null ? [] : withBegun([claim]);
  }
  const claims: Tenure[] = [];
  for (const session of sessions) {
    const claim = claimOf(session, accepted(session));
    if (claim !== null) claims.push(claim);
  }
  claims.sort((a, b) => inOrder(a.from, b.from));
  const tenures: Tenure[] = [];
  let firm: Session | null = null;
  for (const claim of claims) {
    if (firm !== null && (!claim.firm || isBefore(beginOf(claim.session), beginOf(firm)))) continue;
    if (claim.firm) firm = claim.session;
    tenures.push(claim);
  }
  return withBegun(tenures);
}

/** What an SA of before the capture was seen by first is its own. */
function withBegun(tenures: Tenure[]): Tenure[] {
  const first = tenures[0];
  if (first?.session.begunBefore) first.from = BEFORE_ALL;
  return tenures;
}

/** What a session takes its endpoints over by. */
interface Acceptance {
  exchange: Exchange | null;
  at: number;
}

function claimOf(session: Session, taken: Acceptance | null): Tenure | null {
  if (taken !== null) {
    const { exchange, at } = taken;
    const since = { at, segment: exchange?.segment ?? session.sa.firstSegment };
    const from = mayLackQuickMode(session) ? earliestOf([beginOf(session), since])! : since;
    return tenureClaim(session, from, exchange, true);
  }
  const first = session.quickModes[0];
  if (first !== undefined) return tenureClaim(session, momentOf(first), first, false);
  return session.begunBefore ? tenureClaim(session, beginOf(session), null, false) : null;
}

/**
 * The capture lacks its beginning, and perhaps an older quick mode: the endpoint was its own by its first sign. Nothing is
 * older than the ID that counters begin with.
 */
function mayLackQuickMode({ sa, quickModes }: Session): boolean {
  return !sa.phase1Seen && quickModes[0]?.messageId !== FIRST_ID;
}

function tenureClaim(session: Session, from: Moment, exchange: Exchange | null, firm: boolean): Tenure {
  if (exchange === null) return { session, from, before: NOTHING_BEFORE, firm };
  const until = (at: number) => (isBefore(from, { at, segment: exchange.segment }) ? Number.NaN : at);
  const { lifeAt, sentAt, espAt } = exchange.before;
  const isOfClient = exchange.starter === session.client;
  const before = {
    lifeAt: until(lifeAt),
    sentAt: isOfClient ? until(sentAt) : Number.NaN,
    espAt: until(espAt),
  };
  return { session, from, before, firm };
}

/** The part of a tenure's endpoint that belongs to it: from its moment to that of the next. */
export interface Stay {
  keys: readonly number[];
  from: Moment;
  /** Null for the last one. */
  to: Moment | null;
  /** What was last on the endpoints before `to`. */
  before: BeforeTenure;
}
