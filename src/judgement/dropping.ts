/**
 * Contract 6.7, `holder-dropped`: the responder accepted the contender and let the holder go at once. The two throw each
 * other out, which gateways other than the ASA are known for.
 */

import type { ClientSa } from "./client-sa.ts";
import { deletesOlder } from "./farewell.ts";
import { droppedAt, type Lifespan } from "./lifespan.ts";
import { isBefore, type Moment, SECOND } from "./moment.ts";
import type { Session } from "./session.ts";

const AT_ONCE = 10 * SECOND;
/** Delete of the IPsec SA and of the ISAKMP SA come together (6.5), and nothing of the responder long after them. */
const BURST = 2 * SECOND;
const SILENCE = 5 * SECOND;

/** The quick mode that was accepted: when its first message came, when that was answered, and its last copy before. */
export interface AcceptedTry {
  moment: Moment;
  acceptedAt: number;
  askedAt: number;
}

export function isDropping(
  { session, lifespan }: ClientSa,
  { moment, acceptedAt, askedAt }: AcceptedTry,
): boolean {
  const { farewells, life, blind } = lifespan;
  const atOnce = (at: number) => at >= moment.at && at - acceptedAt <= AT_ONCE;
  const deletes = (at: number) => atOnce(at) && !wentByItself(session, lifespan, moment, at);
  const deleted = farewells.responder;
  if (deleted?.segment === moment.segment) {
    // It was gone already when the contender asked again, and that was answered.
    if (deleted.at >= moment.at && deleted.at < askedAt) return false;
    if (deletes(deleted.at)) return true;
  }
  // The holder may send on for a while into the void.
  const times = session.sa.lifeSegment === moment.segment ? session.sa.informationals[session.responder] : [];
  const burst = times.some((at, i) => deletes(at) && times[i + 1] - at <= BURST && isLast(session, at));
  if (burst) return true;
  if (blind) return false;
  const { silentFrom } = life;
  if (silentFrom?.segment === moment.segment) return atOnce(silentFrom.at);
  if (life.segment !== moment.segment) return false;
  const responderAt = droppedAt(life);
  // A holder that had sent three packets into the void by then had been dropped before.
  return responderAt - acceptedAt <= AT_ONCE && !(life.dropped!.thirdAt < moment.at);
}

/** Nothing was seen of its SA that could show that it was dropped, whoever was accepted when. */
export function isNeverDropped({ session, lifespan }: ClientSa): boolean {
  const { farewells, life, blind } = lifespan;
  if (farewells.responder !== null || session.sa.informationals[session.responder].length > 0) return false;
  return blind || (life.silentFrom === null && life.dropped === null);
}

/** The holder sent a Delete first, which the responder answers with its own; or its client had renewed phase 1. */
function wentByItself(
  { sa, client, quickModes }: Session,
  { replaced }: Lifespan,
  moment: Moment,
  at: number,
): boolean {
  const { segment } = moment;
  if (replaced !== null && !isBefore({ at, segment }, replaced)) return true;
  if (sa.lifeSegment !== segment) return false;
  const times = sa.informationals[client];
  // A single one that deletes the older SA of a pair says no goodbye (6.5).
  const isGoodbye = (own: number, i: number) => times[i + 1] - own <= BURST || !deletesOlder(quickModes, own);
  return times.some((own, i) => own >= moment.at && own <= at && isGoodbye(own, i));
}

function isLast({ sa, responder }: Session, at: number): boolean {
  return sa.lastFromAtOf(responder) - at <= SILENCE;
}
