/**
 * A refusal that no client of the responder explains may be explained by a client of another address of the
 * same gateway. A second responder that its vendor IDs show to be alike and that holds the message ID is worth a hint.
 */

import { append } from "../collections/grouping.ts";
import { type Exchange, vendorKnowledge } from "../ike/facts.ts";
import { claimOf } from "./claiming.ts";
import type { ClientSa } from "./client-sa.ts";
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

/** Refusals for which others are searched: each costs a walk over the responders that are alike. */
const MAX_SEARCHED = 100;

export function aliasCandidates(
  refusedWithoutHolder: readonly RefusedWithoutHolderAt[],
  responders: readonly Responder[],
): AliasCandidate[] {
  if (refusedWithoutHolder.length === 0 || responders.length < 2) return [];
  const likenesses = new Map<Responder, Set<Likeness>>();
  const byMake = new Map<Likeness, Responder[]>();
  for (const responder of responders) {
    const own = likenessesOf(responder);
    likenesses.set(responder, own);
    for (const likeness of own) append(byMake, likeness, responder);
  }
  const found: AliasCandidate[] = [];
  const hinted = new Map<Responder, Set<Responder>>();
  for (const each of refusedWithoutHolder.slice(0, MAX_SEARCHED)) {
    const alike = [...likenesses.get(each.responder)!].flatMap((likeness) => byMake.get(likeness) ?? []);
    const other = alike.find((responder) => responder !== each.responder && holds(responder, each));
    if (other === undefined || hinted.get(each.responder)?.has(other) === true) continue;
    hinted.set(each.responder, (hinted.get(each.responder) ?? new Set()).add(other));
    found.push({ ...each, other });
  }
  return found;
}

/** What names a make, or else all IDs: the same list is the same object (vendor-lists.ts). */
type Likeness = string | readonly string[];

/**
 * What the responder's vendor IDs have in common with those of another address of it. An ASA sends one that differs in
 * each phase 1, and those of NAT traversal to clients alone that offer it, which over IPv6 Windows does not.
 */
function likenessesOf(responder: Responder): Set<Likeness> {
  const lists = new Set(responder.plain.responderVendorIds());
  for (const { session } of responder.clientSas) {
    lists.add(session.sa.vendorIdsOf(session.responder));
  }
  const likenesses = new Set<Likeness>();
  for (const ids of lists) if (ids.length > 0) likenesses.add(vendorKnowledge(ids).make ?? ids);
  return likenesses;
}

function holds(responder: Responder, { exchange }: RefusedWithoutHolderAt): boolean {
  const moment = momentOf(exchange);
  const isHolder = (clientSa: ClientSa) => {
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
  };
  return responder.clientSas.some(isHolder) || [...responder.plain.with(exchange.messageId)].some(isHolder);
}
