/**
 * A refusal that no client of the responder explains may be explained by a client of another address of the
 * same box. A second responder with the same vendor IDs that holds the message ID is worth a hint.
 */

import type { Exchange } from "../ike/exchange.ts";
import { claimOf } from "./claiming.ts";
import { overlapAt } from "./lifespan.ts";
import type { Box } from "./responders.ts";

/** A refusal without a visible holder. */
export interface UnheldAt {
  box: Box;
  exchange: Exchange;
}

export interface AliasCandidate extends UnheldAt {
  other: Box;
}

/** Refusals for which others are searched: each costs a walk over the responders with the same vendor IDs. */
const MAX_SEARCHED = 100;

export function aliasCandidates(unheld: readonly UnheldAt[], boxes: readonly Box[]): AliasCandidate[] {
  if (unheld.length === 0) return [];
  const byVendor = new Map<readonly string[], Box[]>();
  for (const box of boxes) {
    for (const list of vendorLists(box)) {
      const same = byVendor.get(list);
      if (same === undefined) byVendor.set(list, [box]);
      else same.push(box);
    }
  }
  const found: AliasCandidate[] = [];
  const hinted = new Map<Box, Set<Box>>();
  for (const each of unheld.slice(0, MAX_SEARCHED)) {
    const alike = [...vendorLists(each.box)].flatMap((list) => byVendor.get(list) ?? []);
    const other = alike.find((box) => box !== each.box && holds(box, each));
    if (other === undefined || hinted.get(each.box)?.has(other) === true) continue;
    hinted.set(each.box, (hinted.get(each.box) ?? new Set()).add(other));
    found.push({ ...each, other });
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

function holds(box: Box, { exchange }: UnheldAt): boolean {
  const moment = { at: exchange.firstAt, segment: exchange.segment };
  return box.parties.some((party) => {
    const overlap = overlapAt(party.lifespan, moment);
    if (overlap !== "certain" && overlap !== "probable") return false;
    return party.session.quickModes.some(
      (own) =>
        own.messageId === exchange.messageId &&
        own.firstAt < exchange.firstAt &&
        claimOf(party, own, party.outcomes.get(own)!) !== "none",
    );
  });
}
