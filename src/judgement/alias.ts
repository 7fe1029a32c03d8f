/**
 * A refusal that no client of the responder explains may be explained by a client of another address of the
 * same box. A second responder with the same vendor IDs that holds the message ID is worth a hint.
 */

import { claimsId } from "./collisions.ts";
import type { Unexplained } from "./finding.ts";
import { overlapAt } from "./lifespan.ts";
import type { Box } from "./responders.ts";

export interface AliasCandidate {
  unexplained: Unexplained;
  other: Box;
}

/** Refusals for which others are searched: each costs a walk over the responders with the same vendor IDs. */
const MAX_SEARCHED = 100;

export function aliasCandidates(
  unexplained: readonly Unexplained[],
  boxes: readonly Box[],
): AliasCandidate[] {
  if (unexplained.length === 0) return [];
  const byVendor = new Map<readonly string[], Box[]>();
  for (const box of boxes) {
    for (const list of vendorLists(box)) {
      const same = byVendor.get(list);
      if (same === undefined) byVendor.set(list, [box]);
      else same.push(box);
    }
  }
  const found: AliasCandidate[] = [];
  for (const each of unexplained.slice(0, MAX_SEARCHED)) {
    const alike = [...vendorLists(each.box)].flatMap((list) => byVendor.get(list) ?? []);
    const other = alike.find((box) => box !== each.box && holds(box, each));
    if (other !== undefined) found.push({ unexplained: each, other });
  }
  return found;
}

/** The lists of vendor IDs that the responder sent; the same list is the same object (vendor-lists.ts). */
function vendorLists(box: Box): Set<readonly string[]> {
  const lists = new Set<readonly string[]>();
  for (const { session } of box.parties) {
    const ids = session.sa.vendorIds[session.responder];
    if (ids.length > 0) lists.add(ids);
  }
  return lists;
}

function holds(box: Box, { attempt }: Unexplained): boolean {
  const { exchange } = attempt;
  const moment = { at: exchange.firstAt, segment: exchange.segment };
  return box.parties.some((party) => {
    const overlap = overlapAt(party.session, party.lifespan, moment);
    if (overlap !== "certain" && overlap !== "probable") return false;
    return party.session.quickModes.some(
      (own) =>
        own.messageId === exchange.messageId &&
        own.firstAt < exchange.firstAt &&
        claimsId(party, own, party.outcomes.get(own)!),
    );
  });
}
