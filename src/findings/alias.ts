/**
 * A refusal that no client of the responder explains may be explained by a client of another address of the
 * same box. A second responder with the same vendor IDs that holds the message ID is worth a hint.
 */

import { overlapAt } from "../ike/liveness.ts";
import type { Box } from "./boxes.ts";
import { claimsId } from "./collisions.ts";
import type { Unexplained } from "./finding.ts";

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
  const byVendor = new Map<string, Box[]>();
  for (const box of boxes) {
    for (const key of vendorKeys(box)) byVendor.set(key, [...(byVendor.get(key) ?? []), box]);
  }
  const found: AliasCandidate[] = [];
  for (const each of unexplained.slice(0, MAX_SEARCHED)) {
    const alike = [...vendorKeys(each.box)].flatMap((key) => byVendor.get(key) ?? []);
    const other = alike.find((box) => box !== each.box && holds(box, each));
    if (other !== undefined) found.push({ unexplained: each, other });
  }
  return found;
}

/** The responder's vendor IDs, as one text for each set that it sent. */
function vendorKeys(box: Box): Set<string> {
  const keys = new Set<string>();
  for (const { session } of box.parties) {
    const ids = session.sa.vendorIds[session.responder];
    if (ids.length > 0) keys.add(ids.join(" "));
  }
  return keys;
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
