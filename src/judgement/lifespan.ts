/** How long an IKE SA lived, and whether it still stood at a given moment (contract 6.4 to 6.6). */

import { type Farewells, farewellsOf } from "./farewell.ts";
import type { Life } from "./life.ts";
import { earliestOf, isBefore, type Moment, SECOND, seen } from "./moment.ts";
import type { Session } from "./session.ts";

export type Overlap = "ended" | "certain" | "probable" | "unknown";

export interface Lifespan {
  /** Its kind of life is in no source that has its IKE. */
  blind: boolean;
  life: Life;
  farewells: Farewells;
  /** When a newer SA of the same client had a quick mode accepted. */
  replaced: Moment | null;
  /** When the phase-1 lifetime is over. */
  lifetimeEnd: number;
}

/** What was seen of a session's life, and what ended it; what a newer one ends is not known yet. */
export function lifespanOf(
  session: Session,
  { life, blind, captureEnd }: { life: Life; blind: boolean; captureEnd: Moment },
): Lifespan {
  const farewells = farewellsOf(session, life, blind, captureEnd);
  return { blind, life, farewells, replaced: null, lifetimeEnd: lifetimeEndOf(session) };
}

/** When it is known to have ended, or else when its lifetime is over. */
export function endOf({ farewells, replaced, lifetimeEnd, life }: Lifespan): Moment {
  return earliestOf([farewells.any, replaced, { at: lifetimeEnd, segment: life.segment }])!;
}

const PROBABLE = 300 * SECOND;
/** A client whose keepalives stopped is taken to be there no longer than this, where nothing else can be seen. */
const KEEPALIVES_STOPPED = 1_800 * SECOND;
/** What Windows offers, and so the smaller of the usual lifetimes. */
export const DEFAULT_LIFETIME = 28_800 * SECOND;

export function lifetimeEndOf({ sa, responder, finishedAt }: Session): number {
  const seconds = sa.lifeSecondsOf(responder) ?? DEFAULT_LIFETIME / SECOND;
  const begin = sa.phase1Seen && seen(finishedAt) ? finishedAt : sa.firstAt;
  return begin + seconds * SECOND;
}

/** Contract 6.6: did the SA still stand at `moment`? The first rule that matches decides. */
export function overlapAt(span: Lifespan, moment: Moment): Overlap {
  const { farewells, replaced, life } = span;
  if (farewells.any !== null && isBefore(farewells.any, moment)) return "ended";
  if (farewells.client !== null && isBefore(farewells.client, swappedWith(moment))) return "ended";
  if (replaced !== null && isBefore(replaced, moment)) return "ended";
  if (hadDropped(span, moment)) return "unknown";
  if (livedAfter(life, moment)) return "certain";
  if (life.segment !== moment.segment) return "unknown";
  if (moment.at > span.lifetimeEnd) return "ended";
  return isProbable(span, moment) ? "probable" : "unknown";
}

/** Captures swap packets that come so close together: who says goodbye by then is not proven to have stood before. */
const SWAPPED = SECOND / 100;

function swappedWith({ at, segment }: Moment): Moment {
  return { at: at + SWAPPED, segment };
}

/**
 * The responder knew the SA no more: after its last sign, which lies before the moment, the client sent three packets
 * or more over 20 s or more into the void.
 */
export function hadDropped({ blind, life }: Lifespan, moment: Moment): boolean {
  if (blind) return false;
  if (life.silentFrom !== null && isBefore(life.silentFrom, moment)) return true;
  return life.segment === moment.segment && droppedAt(life) < moment.at;
}

/** The responder's last sign on an SA that it dropped; NaN where it did not. */
export function droppedAt({ dropped, fromResponderAt }: Life): number {
  // On other endpoints of the SA it may have gone on.
  if (dropped === null || !(dropped.responderAt >= fromResponderAt)) return Number.NaN;
  return dropped.responderAt;
}

function isProbable({ blind, life, lifetimeEnd }: Lifespan, { at }: Moment): boolean {
  if (at - life.lastAt <= PROBABLE) return true;
  if (!blind || at > lifetimeEnd) return false;
  return !seen(life.steadyKeepaliveAt) || at - life.steadyKeepaliveAt <= KEEPALIVES_STOPPED;
}

export function livedAfter(life: Life, moment: Moment): boolean {
  if (life.segment === moment.segment) return life.lastAt > moment.at;
  return life.earlier.some(({ at, segment }) => segment === moment.segment && at > moment.at);
}
