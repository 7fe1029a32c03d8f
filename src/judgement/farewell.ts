/**
 * Contract 6.5: Deletes are encrypted, so a farewell is known by its shape: at least two Informationals of one side
 * within 2 s, or one where the silence afterwards can be seen.
 */

import type { Exchange, Side } from "../ike/facts.ts";
import type { Life } from "./life.ts";
import { later, type Moment, SECOND } from "./moment.ts";
import type { Session } from "./session.ts";

const BURST = 2 * SECOND;
/** What was under way still comes for so long. */
const SILENCE = 5 * SECOND;
/** How long the silence after a single Informational must be seen. */
const SILENCE_SEEN = 90 * SECOND;

/** Windows deletes the older IPsec SA of a pair or a rekey so soon after it began the newer one. */
const REPLACES_WITHIN = 3 * SECOND;

export interface Farewells {
  /** First message of the farewell that ended the SA, whoever said it. */
  any: Moment | null;
  client: Moment | null;
  responder: Moment | null;
}

/** Shared by all IKE SAs that nobody was seen to leave, which are nearly all. */
const NONE: Farewells = { any: null, client: null, responder: null };

export function farewellsOf(session: Session, life: Life, blind: boolean, captureEnd: Moment): Farewells {
  const client = farewellOf(session, life, session.client, blind, captureEnd);
  const responder = farewellOf(session, life, session.responder, blind, captureEnd);
  if (client === null && responder === null) return NONE;
  const any = client === null || (responder !== null && responder.at < client.at) ? responder : client;
  return { any, client, responder };
}

/** A single Informational that soon follows an accepted quick mode, no first one, deletes what that one replaces. */
export function deletesOlder(quickModes: readonly Exchange[], at: number): boolean {
  const accepted = quickModes.filter((each) => each.replyAt >= each.firstAt || each.followedShorter);
  return accepted.some(({ firstAt }, i) => i > 0 && firstAt < at && at - firstAt <= REPLACES_WITHIN);
}

function farewellOf(
  { sa, client, quickModes }: Session,
  life: Life,
  side: Side,
  blind: boolean,
  captureEnd: Moment,
): Moment | null {
  // ESP after a step of the clock is life after whatever was said before it.
  if (sa.lifeSegment !== life.segment) return null;
  if (sa.informationals[side].length === 0 && Number.isNaN(sa.deletedAt[side])) return null;
  let [lastBegun, lastSent] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { segment, firstAt, lastRetransmissionAt } of quickModes) {
    if (segment !== life.segment) continue;
    lastBegun = later(lastBegun, firstAt);
    lastSent = later(later(lastSent, firstAt), lastRetransmissionAt);
  }
  // A Delete of the IKE SA that was decrypted needs no shape.
  const deleted = sa.deletedAt[side];
  if (deleted >= lastBegun) return { at: deleted, segment: life.segment };
  const times = sa.informationals[side];
  const isLast = (time: number) => sa.informationals.every((own) => own.every((each) => each <= time));
  const at = times.find((time, i) => {
    if (life.lastBusyAt - time > SILENCE || lastSent > time) return false;
    if (times[i + 1] - time <= BURST) return true;
    const silent = captureEnd.segment > life.segment || captureEnd.at - life.lastBusyAt >= SILENCE_SEEN;
    // What another one follows was not the end: of several that are not a burst the last one is.
    return !blind && silent && isLast(time) && !(side === client && deletesOlder(quickModes, time));
  });
  return at === undefined ? null : { at, segment: life.segment };
}
