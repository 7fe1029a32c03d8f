/**
 * Contract 6.8 and 6.9: a message ID that nobody holds any more by what the capture shows, and that the responder may hold
 * all the same: a claim that ended just before, or that a newer session of its client replaced without a goodbye.
 */

import type { Claim } from "./claims.ts";
import type { Client } from "./client.ts";
import { endOf } from "./lifespan.ts";
import { SECOND } from "./moment.ts";

/** A claim that ended so shortly before may still be in the responder's way. */
export const JUST_ENDED = 60 * SECOND;

export interface FormerHolder {
  client: Client;
  /** Microseconds between the end of the claim and the refusal. */
  before: number;
  /** It ended just before; otherwise it was replaced, and its client never said goodbye. */
  justEnded: boolean;
}

/** @param claim of another client, the last that ended; null without */
export function formerHolderOf(claim: Claim | null, at: number): FormerHolder | null {
  if (claim === null) return null;
  const { client, lifespan } = claim.clientSa;
  const before = at - endOf(lifespan);
  const justEnded = before < JUST_ENDED;
  const replacedSilently = lifespan.replaced !== null && lifespan.farewells.any === null;
  return justEnded || replacedSilently ? { client, before, justEnded } : null;
}
