/** Contract 6.8, controls: what became of the contender at other times, which weighs the other way. */

import type { Exchange } from "../ike/facts.ts";
import { isAccepted, isRefused } from "./claiming.ts";
import type { Client } from "./client.ts";
import { acceptanceOf, type ClientSa } from "./client-sa.ts";
import type { Acceptance, Attempt } from "./collisions.ts";
import { isBefore, momentOf, SECOND } from "./moment.ts";

/** Seconds from the holder's last sign to the moment the contender was accepted on an ID it had been refused. */
export function acceptedWhenFree(
  attempts: readonly Attempt[],
  acceptances: ReadonlyMap<Client, readonly Acceptance[]>,
): number | null {
  for (const { contender, exchange, outcome, holder } of attempts) {
    if (holder === null || !isRefused(outcome)) continue;
    const later = (acceptances.get(contender.client) ?? []).find(
      (acceptance) =>
        acceptance.exchange.messageId === exchange.messageId &&
        acceptance.exchange.segment === exchange.segment &&
        acceptance.exchange.firstAt > exchange.firstAt,
    );
    const { life } = holder.claim.clientSa.lifespan;
    if (later !== undefined && life.segment === later.exchange.segment) {
      // A patient client may have asked while the holder was still there: its answer says when the ID was free.
      const { at } = acceptanceOf(later.contender, later.exchange);
      return Math.max(0, at - life.lastAt) / SECOND;
    }
  }
  return null;
}

/** Windows behind a NAT starts two quick modes at once. */
const TOGETHER = 3 * SECOND;

/** The IDs of the same dial on which a contender got in that was refused on another one. */
export function inByAnotherId(attempts: readonly Attempt[]): readonly number[] {
  let ids: Set<number> | null = null;
  for (const { contender, exchange, outcome } of attempts) {
    if (isAccepted(outcome)) continue;
    const since = { at: exchange.firstAt - TOGETHER, segment: exchange.segment };
    for (const other of acceptedOf(contender)) {
      // One accepted long before is a session that could not be renewed.
      const sameDial = !isBefore(momentOf(other), since);
      if (!sameDial || other.messageId === exchange.messageId) continue;
      ids ??= new Set();
      ids.add(other.messageId);
    }
  }
  return ids === null ? NONE : [...ids].sort((a, b) => a - b);
}

const NONE: readonly number[] = [];

function acceptedOf({ session, outcomes }: ClientSa): Exchange[] {
  return session.quickModes.filter((exchange) => isAccepted(outcomes.get(exchange)!));
}
