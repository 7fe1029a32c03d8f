/**
 * Contract 6.2: message IDs that a counting client is known to have used although the capture does not show it. Kept as
 * ranges 1..k-1.
 */

import { isAccepted } from "./claiming.ts";
import type { ClientSa } from "./client-sa.ts";
import { type Moment, seen } from "./moment.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";

/** The client SA has used the IDs 1..last, of which the claim is a conclusion. */
export interface ImpliedClaim {
  clientSa: ClientSa;
  last: number;
  since: Moment;
  /** Its overlap with an attempt before this is only a guess. */
  sureFrom: number;
}

/** A counter that is seen beyond this may have begun anywhere. */
const MAX_FIRST_ID = 65_535;
/** Windows of this vendor version and later counts. */
const COUNTING_VERSION = 5;

/** @param sourceStart clock of the first record of the sources in a mask (see `sourceBit`) */
export function impliedClaims(
  clientSas: readonly ClientSa[],
  sourceStart: (sources: number) => number,
): ImpliedClaim[] {
  const claims: ImpliedClaim[] = [];
  for (const clientSa of clientSas) {
    const claim = byFirstId(clientSa, sourceStart) ?? byEsp(clientSa);
    if (claim !== null) claims.push(claim);
  }
  return claims;
}

/** The highest ID that a client whose first one this is may be taken to have used before; 0 for none. */
export function mayImply(firstId: number): number {
  return firstId >= 2 && firstId <= MAX_FIRST_ID ? firstId - 1 : 0;
}

/** First seen with k > 1, and answered on the same SA. */
function byFirstId(clientSa: ClientSa, sourceStart: (sources: number) => number): ImpliedClaim | null {
  const { session, pattern, outcomes, lifespan } = clientSa;
  const first = session.quickModes[0];
  if (first === undefined || pattern.kind !== "sequential") return null;
  const last = mayImply(first.messageId);
  if (last === 0) return null;
  if (!session.quickModes.some((exchange) => isAccepted(outcomes.get(exchange)!))) return null;
  const { sa, begunBefore, finishedAt } = session;
  const segment = sa.firstSegment;
  if (!begunBefore) {
    const at = seen(finishedAt) ? finishedAt : sa.firstAt;
    return { clientSa, last, since: { at, segment }, sureFrom: at };
  }
  const firstAt = lifespan.life.firstAt;
  if (!lifespan.blind) return { clientSa, last, since: { at: firstAt, segment }, sureFrom: firstAt };
  const start = sourceStart(sa.sourcesOf(0) | sa.sourcesOf(1));
  const at = start <= firstAt ? start : firstAt;
  return { clientSa, last, since: { at, segment }, sureFrom: firstAt };
}

/** Phase 1 finished, no quick mode captured, and ESP came with new SPIs: the quick mode was lost. */
function byEsp(clientSa: ClientSa): ImpliedClaim | null {
  const { session, pattern } = clientSa;
  const version = session.clientVendor.microsoftVersion;
  const counts = pattern.kind === "sequential" || (version !== null && version >= COUNTING_VERSION);
  if (!counts || session.quickModes.length > 0) return null;
  const at = espSinceAt(session, clientSa.keys, clientSa.peers);
  if (!seen(at)) return null;
  return { clientSa, last: 1, since: { at, segment: session.sa.firstSegment }, sureFrom: at };
}

/**
 * When ESP in both directions had begun after a phase 1 without any quick mode in the capture, with SPIs that were not
 * on its endpoints before; NaN where that is not seen.
 */
export function espSinceAt(session: Session, keys: readonly number[], peers: Peers): number {
  const { sa, begunBefore, finishedAt, quickModes } = session;
  if (quickModes.length > 0 || begunBefore || !seen(finishedAt)) return Number.NaN;
  const began = (fromPeer: boolean) =>
    peers
      .spis(keys, fromPeer)
      .filter(
        ({ spi, firstAt, firstSegment }) =>
          spi !== 0 && firstSegment === sa.firstSegment && firstAt > finishedAt,
      )
      .reduce((first, { firstAt }) => Math.min(first, firstAt), Number.POSITIVE_INFINITY);
  const at = Math.max(began(true), began(false));
  return Number.isFinite(at) ? at : Number.NaN;
}
