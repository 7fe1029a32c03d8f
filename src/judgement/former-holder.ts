/**
 * Contract 6.8 and 6.9: a message ID that nobody holds any more by what the capture shows, and that the responder may hold
 * all the same: a claim that ended just before, or that a newer session of its client replaced without a goodbye.
 */

import type { Claim } from "./claims.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import { endOf } from "./lifespan.ts";
import { isBefore, type Moment, SECOND } from "./moment.ts";
import { beginOf, isRenewal } from "./session.ts";

/** A claim that ended so shortly before may still be in the responder's way. */
const JUST_ENDED = 60 * SECOND;

export interface FormerHolder {
  client: Pick<Client, "host" | "port">;
  /** Microseconds between the end of the claim and the refusal. */
  before: number;
  /** It ended just before; otherwise it was replaced, and its client never said goodbye. */
  justEnded: boolean;
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
  return justEnded || replacedSilently ? { client, before, justEnded } : null;
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
