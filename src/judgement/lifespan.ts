/**
 * How long an IKE SA lived, as far as the capture shows, and whether it still stood at a given moment.
 *
 * Moments are (clock, segment): clocks of different segments (the capture's clock stepped back in between)
 * cannot be compared, only ordered.
 */

import { ESP_IN_UDP, ESP_OVER_IP } from "../ike/flows.ts";
import type { Side } from "../ike/sa.ts";
import type { Session } from "./session.ts";

export type Overlap = "ended" | "certain" | "probable" | "unknown";

export interface Moment {
  at: number;
  segment: number;
}

export interface Lifespan {
  /** The SA's kind of life (ESP in UDP, or over IP) is nowhere in the capture for this responder. */
  blind: boolean;
  /** First message of the farewell that ended the SA, whoever said it. */
  farewell: Moment | null;
  /** First message of the client's own farewell. */
  clientFarewell: Moment | null;
  /** When a newer SA of the same client had finished phase 1. */
  replaced: Moment | null;
  /** When the phase-1 lifetime is over. */
  lifetimeEnd: number;
}

const SECOND = 1_000_000;
const BURST = 2 * SECOND;
const SILENCE = 5 * SECOND;
const PROBABLE = 300 * SECOND;
/** What Windows offers, and so the smaller of the usual lifetimes. */
const DEFAULT_LIFETIME_SECONDS = 28_800;

/** `espKinds`: kinds of ESP seen to or from the responder (bits of flows.ts). `replaced` is filled in later. */
export function lifespanOf(session: Session, espKinds: number): Lifespan {
  const kind = session.port4500 >= 0 ? ESP_IN_UDP : ESP_OVER_IP;
  const blind = (espKinds & kind) === 0;
  const clientFarewell = farewellOf(session, session.client, blind);
  const other = farewellOf(session, session.responder, blind);
  const farewell =
    clientFarewell === null || (other !== null && other.at < clientFarewell.at) ? other : clientFarewell;
  return { blind, farewell, clientFarewell, replaced: null, lifetimeEnd: lifetimeEnd(session) };
}

function lifetimeEnd(session: Session): number {
  const { sa, responder } = session;
  const seconds = sa.lifeSeconds[responder] ?? DEFAULT_LIFETIME_SECONDS;
  const begin = sa.phase1Seen && !Number.isNaN(session.finishedAt) ? session.finishedAt : sa.firstAt;
  return begin + seconds * SECOND;
}

/**
 * Delete messages are encrypted, so a farewell is known by its shape: at least two Informationals of one side
 * within 2 s, or one where silence afterwards can be seen; then no quick mode of the client, and nothing at
 * all later than 5 s.
 */
function farewellOf(session: Session, side: Side, blind: boolean): Moment | null {
  const { sa } = session;
  const lastQuickMode = session.quickModes.reduce(
    (last, exchange) => (exchange.segment === sa.lifeSegment ? Math.max(last, exchange.firstAt) : last),
    Number.NEGATIVE_INFINITY,
  );
  const times = sa.informationals[side];
  const at = times.find(
    (time, i) =>
      sa.lastLifeAt - time <= SILENCE && lastQuickMode <= time && (!blind || times[i + 1] - time <= BURST),
  );
  return at === undefined ? null : { at, segment: sa.lifeSegment };
}

function isBefore(moment: Moment, other: Moment): boolean {
  return moment.segment < other.segment || (moment.segment === other.segment && moment.at < other.at);
}

/** Did the SA still stand at `moment`? The first rule that matches decides. */
export function overlapAt(session: Session, span: Lifespan, moment: Moment): Overlap {
  const { sa } = session;
  if (span.farewell !== null && isBefore(span.farewell, moment)) return "ended";
  if (span.replaced !== null && !isBefore(moment, span.replaced)) return "ended";
  if (livedAfter(session, moment)) return "certain";
  if (sa.lifeSegment !== moment.segment) return "unknown";
  if (moment.at > span.lifetimeEnd) return "ended";
  if (span.blind || moment.at - sa.lastLifeAt <= PROBABLE) return "probable";
  return "unknown";
}

function livedAfter(session: Session, moment: Moment): boolean {
  const { sa } = session;
  if (sa.lifeSegment === moment.segment) return sa.lastLifeAt > moment.at;
  return sa.earlierLife.some(({ at, segment }) => segment === moment.segment && at > moment.at);
}
