/**
 * A refusal that no client of the responder explains may be explained by a client of another address of the
 * same gateway. A second responder with the same vendor IDs that holds the message ID is worth a hint.
 */

import { append } from "../collections/grouping.ts";
import type { Exchange } from "../ike/facts.ts";
import { claimOf } from "./claiming.ts";
import { overlapAt } from "./lifespan.ts";
import { momentOf } from "./moment.ts";
import type { Responder } from "./responders.ts";

/** A refusal without a visible holder. */
export interface RefusedWithoutHolderAt {
  responder: Responder;
  exchange: Exchange;
}

export interface AliasCandidate extends RefusedWithoutHolderAt {
  other: Responder;
}

/** Refusals for which others are searched: each costs a walk over the responders with the same vendor IDs. */
const MAX_SEARCHED = 100;

export function aliasCandidates(
  refusedWithoutHolder: readonly RefusedWithoutHolderAt[],
  responders: readonly Responder[],
): AliasCandidate[] {
  if (refusedWithoutHolder.length === 0) return [];
  const byVendor = new Map<readonly string[], Responder[]>();
  for (const responder of responders) {
    for (const list of vendorLists(responder)) append(byVendor, list, responder);
  }
  const found: AliasCandidate[] = [];
  const hinted = new Map<Responder, Set<Responder>>();
  for (const each of refusedWithoutHolder.slice(0, MAX_SEARCHED)) {
    const alike = [...vendorLists(each.responder)].flatMap((list) => byVendor.get(list) ?? []);
    const other = alike.find((responder) => responder !== each.responder && holds(responder, each));
    if (other === undefined || hinted.get(each.responder)?.has(other) === true) continue;
    hinted.set(each.responder, (hinted.get(each.responder) ?? new Set()).add(other));
    found.push({ ...each, other });
  }
  return found;
}

/** The lists of vendor IDs that the responder sent; the same list is the same object (vendor-lists.ts). */
function vendorLists(responder: Responder): Set<readonly string[]> {
  const lists = new Set<readonly string[]>();
  for (const { session } of responder.clientSas) {
    const ids = session.sa.vendorIds[session.responder];
    if (ids.length > 0) lists.add(ids);
  }
  return lists;
}

function holds(responder: Responder, { exchange }: RefusedWithoutHolderAt): boolean {
  const moment = momentOf(exchange);
  return responder.clientSas.some((clientSa) => {
    const overlap = overlapAt(clientSa.lifespan, moment);
    if (overlap !== "certain" && overlap !== "probable") return false;
    return clientSa.session.quickModes.some(
      (own) =>
        own.messageId === exchange.messageId &&
        // Contract 6.13: across a step of the clock nobody knows.
        own.segment === exchange.segment &&
        own.firstAt < exchange.firstAt &&
        claimOf(clientSa, own, clientSa.outcomes.get(own)!) !== "none",
    );
  });
}
