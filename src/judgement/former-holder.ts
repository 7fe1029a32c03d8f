/**
 * Contract 6.8 and 6.9: a message ID that nobody holds any more by what the capture shows, or not yet, and that the responder
 * may hold all the same: a claim that ended just before, that a newer session of its client replaced without a goodbye, or
 * that began while the try went on.
 */

import { isAccepted } from "./claiming.ts";
import type { Claim } from "./claims.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import { endOf } from "./lifespan.ts";
import { earlier, isBefore, type Moment, SECOND } from "./moment.ts";
import { beginOf, isRenewal } from "./session.ts";
import type { Acceptance } from "./undisputed.ts";

/** A claim that ended so shortly before may still be in the responder's way. */
const JUST_ENDED = 60 * SECOND;

export interface FormerHolder {
  client: Pick<Client, "host" | "port">;
  /** Microseconds between the end of the claim and the refusal; infinite where it had not begun. */
  before: number;
  /** It ended just before; was replaced, and its client never said goodbye; or it began while the try went on. */
  how: "just-ended" | "left-behind" | "came-meanwhile";
}

/** It ended, if at all, so shortly before. Across a step of the clock nobody knows, and it excuses nothing (6.13). */
export function hasJustEnded(ended: Moment | null, { at, segment }: Moment): boolean {
  return ended?.segment === segment && at - ended.at < JUST_ENDED;
}

/** @param claim of another client, the last that ended; null without */
export function formerHolderOf(claim: Claim | null, moment: Moment): FormerHolder | null {
  if (claim === null) return null;
  const { client, lifespan } = claim.clientSa;
  const ended = endOf(lifespan);
  const before = moment.at - ended.at;
  const justEnded = hasJustEnded(ended, moment);
  const silent = lifespan.farewells.any === null || wasRenewed(claim.clientSa);
  const replacedSilently = lifespan.replaced !== null && silent;
  if (!justEnded && !replacedSilently) return null;
  return { client, before, how: justEnded ? "just-ended" : "left-behind" };
}

/** Entries that are looked at for one refusal (6.17). */
const MAX_RIVALS = 64;
/** Clients send their first message again after a second. */
const RESENT_AFTER = SECOND;

/**
 * Two that dial in one moment: who came second by the capture, and was accepted, may have come first to the responder. Not
 * where the responder had refused the try before, or two copies of it came first: the capture loses one packet, or its
 * network does, and not two (principle a).
 * @param entries quick modes with one ID in the order of the capture @param i the refused one
 */
export function rivalOf(entries: readonly Acceptance[], i: number): FormerHolder | null {
  const { contender, exchange } = entries[i];
  const { firstAt, segment, firstCopy, otherInformationalAt } = exchange;
  const until = earlier(firstCopy?.at ?? firstAt + RESENT_AFTER, otherInformationalAt);
  for (const other of entries.slice(i + 1, i + 1 + MAX_RIVALS)) {
    if (other.exchange.segment !== segment || other.exchange.firstAt >= until) return null;
    const { client, outcomes } = other.contender;
    if (client === contender.client || !isAccepted(outcomes.get(other.exchange)!)) continue;
    return { client, before: Number.POSITIVE_INFINITY, how: "came-meanwhile" };
  }
  return null;
}

/** The responder deleted the SA when it had begun to renew phase 1: what the SA held goes on under the new one. */
export function wasRenewed({ client, session, lifespan: { farewells } }: ClientSa): boolean {
  const deleted = farewells.responder;
  if (deleted === null || farewells.client !== null) return false;
  return client.sessions.some(
    (other) =>
      isRenewal(other) &&
      (session.begunBefore || isBefore(beginOf(session), beginOf(other))) &&
      isBefore(beginOf(other), deleted),
  );
}
