/** Rules 6.1, 6.2 and 6.6: which IDs a client claims, and how surely it was there at a time. */

import { isAcrossStep } from "./clocks.ts";
import { countSent, type Farewell, type Life, lastHeard } from "./life.ts";
import { isAccepted, type Outcome, phase1Done } from "./outcome.ts";
import type { Pattern } from "./pattern.ts";
import type { QuickMode } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

export interface Claim {
  sa: Sa;
  id: number;
  /** Null for an implied one. */
  quickMode: QuickMode | null;
  implied: boolean;
  from: number;
  /** Before this an attempt is `possible` at most (6.2). */
  weakBefore: number;
  /** Another client took the ID over that was accepted on it (6.3); while it surely lives on it holds it still. */
  takenAt: number;
  /** It had given up what it had the ID for when another client was accepted on it. */
  freedAt: number;
}

/** No other client was accepted on the ID, as long as none is looked for. */
const NOBODY_ELSE = { takenAt: Number.POSITIVE_INFINITY, freedAt: Number.POSITIVE_INFINITY };

/** What is known of one SA. */
export interface Known {
  sa: Sa;
  quickModes: readonly QuickMode[];
  life: readonly Life[];
  blind: boolean;
  farewell: Farewell | null;
  pattern: Pattern;
  /** A Microsoft vendor ID of 5 or more. */
  countsByVendor: boolean;
  lifetime: number;
  /** When a newer SA of the same client was accepted. */
  replacedAt: number;
  /** First packet of the sources that show it. */
  sourceStart: number;
  /** First ESP after phase 1 where it came in both directions with SPIs that were not there before; else null. */
  newEsp: number | null;
  /** Phase 1 is known to have finished, or the responder is never seen: no forged packets make such a holder. */
  vouched: boolean;
  /** Moments at which the clock stepped back (6.13). */
  steps: readonly number[];
}

const MAX_IMPLIED = 65_535;
const WORKED = 60;

export function claimsOf(known: Known, outcomes: ReadonlyMap<QuickMode, Outcome>): Claim[] {
  const own = known.quickModes.filter(({ byClient }) => byClient);
  const claims = own
    .filter((quickMode) => isClaimed(quickMode, known, outcomes))
    .map((quickMode) => explicit(quickMode, outcomes));
  return [...claims, ...implied(known, own, outcomes)];
}

function explicit(quickMode: QuickMode, outcomes: ReadonlyMap<QuickMode, Outcome>): Claim {
  const { sa, id, at } = quickMode;
  const isImplied = outcomes.get(quickMode) === "unproven";
  return {
    sa,
    id,
    quickMode,
    implied: isImplied,
    from: at,
    weakBefore: Number.NEGATIVE_INFINITY,
    ...NOBODY_ELSE,
  };
}

/** 6.1 */
function isClaimed(
  quickMode: QuickMode,
  { life, blind, sa }: Known,
  outcomes: ReadonlyMap<QuickMode, Outcome>,
): boolean {
  const outcome = outcomes.get(quickMode)!;
  if (isAccepted(outcome)) return true;
  const over = Math.max(...quickMode.messages.map(({ at }) => at));
  if (outcome === "pending" || outcome === "unobserved") return life.some(({ at }) => at > over);
  if (outcome !== "unproven" || phase1Done(sa) === null || quickMode.copies.length > 0) return false;
  const worked = life.filter(
    ({ at, fromClient, what }) => at > over && fromClient && (blind || what === "esp"),
  );
  return worked.some(({ at }) => at - quickMode.at > WORKED);
}

/** 6.2 */
function implied(
  known: Known,
  own: readonly QuickMode[],
  outcomes: ReadonlyMap<QuickMode, Outcome>,
): Claim[] {
  const { sa, pattern, blind, life, sourceStart, countsByVendor } = known;
  const base = { sa, quickMode: null, implied: true, ...NOBODY_ELSE };
  if (own.length === 0) {
    const counts = (pattern === "sequential" || countsByVendor) && !sa.begunBefore && phase1Done(sa) !== null;
    const first = counts ? known.newEsp : null;
    return first === null ? [] : [{ ...base, id: 1, from: first, weakBefore: Number.NEGATIVE_INFINITY }];
  }
  const first = inCounterOrder(own)[0].id;
  if (pattern !== "sequential" || first <= 1 || first > MAX_IMPLIED) return [];
  if (!own.some((quickMode) => isAccepted(outcomes.get(quickMode)!))) return [];
  const firstSign = life[0]?.at ?? sa.start;
  const from = sa.phase1Seen ? (phase1Done(sa) ?? sa.start) : blind ? sourceStart : firstSign;
  // What became of an ID that was seen on the SA is known.
  return Array.from({ length: first - 1 }, (_, i) => i + 1)
    .filter((id) => own.every((quickMode) => quickMode.id !== id))
    .map((id) => ({ ...base, id, from, weakBefore: blind ? firstSign : Number.NEGATIVE_INFINITY }));
}

const SWAPPED = 0.1;

/** 5: the first two of an SA that came within 100 ms are taken in ascending order. */
export function inCounterOrder(own: readonly QuickMode[]): readonly QuickMode[] {
  const [first, second] = own;
  if (second === undefined || second.at - first.at > SWAPPED || first.id < second.id) return own;
  return [second, first, ...own.slice(2)];
}

export type Overlap = "certain" | "probable" | "unknown" | "ended";

const RECENT = 300;
const KEPT_ALIVE = 30 * 60;
const STEADY = 10;
const UNDER = 30;

/** Records so close together may stand in the other order: principle (a). */
const SWAPPED_BY_CAPTURE = 0.01;

/** 6.6, first match wins. @param since when the claim began that is asked for */
export function overlapAt(t: number, known: Known, since: number): Overlap {
  const { farewell, replacedAt, life, lifetime, sa, blind, steps } = known;
  if ((farewell !== null && farewell.at < t) || replacedAt < t) return "ended";
  if (farewell?.byClient === true && farewell.at < t + SWAPPED_BY_CAPTURE) return "ended";
  // 6.13: across a step of the clock nothing is known.
  if (isAcrossStep(since, t, steps)) return "unknown";
  if (!known.vouched || droppedAt(known) < t) return "unknown";
  const after = life.filter(({ at }) => at > t);
  if (after.some(({ at }) => !isAcrossStep(t, at, steps))) return "certain";
  if (after.length > 0) return "unknown";
  if (sa.start + lifetime < t) return "ended";
  const last = life.findLast(({ at }) => at <= t)?.at ?? Number.NEGATIVE_INFINITY;
  if (t - last <= RECENT) return "probable";
  if (!blind) return "unknown";
  const kept = lastSteadyKeepalive(life);
  return kept === null || t - kept <= KEPT_ALIVE ? "probable" : "unknown";
}

const SENDS_ON = 3;
const SENDS_FOR = 20;

/** The responder's last sign, where the client sent on into a gateway that no longer knew it; else infinity. */
export function droppedAt({ life, blind }: Known): number {
  const never = Number.POSITIVE_INFINITY;
  if (blind || !life.some(({ what, fromClient }) => what === "esp" && !fromClient)) return never;
  const last = lastHeard(life, false);
  const alone = life.filter(({ at, fromClient, what }) => fromClient && what === "esp" && at > last);
  const gone = countSent(alone) >= SENDS_ON && alone[alone.length - 1].at - alone[0].at >= SENDS_FOR;
  return gone ? last : never;
}

function lastSteadyKeepalive(life: readonly Life[]): number | null {
  const times = life.filter(({ what, fromClient }) => what === "keepalive" && fromClient).map(({ at }) => at);
  if (times.length < STEADY) return null;
  const gaps = times.slice(1).map((at, i) => at - times[i]);
  const steady = gaps.filter((gap) => gap < UNDER).length >= STEADY - 1;
  return steady ? times[times.length - 1] : null;
}
