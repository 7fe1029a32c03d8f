/**
 * Contract 6.9: which of the peers whose quick modes lie before the capture may hold a message ID at a refusal, by who was
 * accepted on it before and after, and by what ended in between.
 */

import { endpoint } from "../collections/endpoints.ts";
import { firstIndex } from "../collections/search.ts";
import type { Candidate } from "./candidates.ts";
import { acceptanceOf } from "./client-sa.ts";
import type { Acceptance } from "./collisions.ts";
import { type FormerHolder, hasJustEnded } from "./former-holder.ts";
import { inOrder, isBefore, type Moment, SECOND } from "./moment.ts";

/** How long before an attempt the responder must have sent to a peer, or the peer have shown itself. */
const ALIVE = 300 * SECOND;
/** Who ended is silent for so long after the acceptance that its end allowed. */
const SILENT = 60 * SECOND;

/** More peers of one refusal are not looked for: nobody follows up a thousand. */
const MAX_ALIVE = 1024;

/** Those that may have held an ID at a moment. */
export interface MayHold {
  found: Candidate[];
  /** Up to this time of the same segment nobody comes or goes. */
  until: number;
}

/**
 * Those that may have held an ID at `moment`, the first `most` of them.
 * @param own endpoints of the contender: who is on them is that client itself
 */
export function mayHold(
  candidates: readonly Candidate[],
  own: ReadonlySet<number>,
  moment: Moment,
  clearedFrom: (candidate: Candidate) => Moment | undefined,
  most = MAX_ALIVE,
): MayHold {
  const found: Candidate[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    until = Math.min(until, changesAt(candidate, moment.at));
    // First what rules out most: a flood of refusals meets a flood of peers here.
    if (!isAlive(candidate, moment) || isOn(candidate, own)) continue;
    const cleared = clearedFrom(candidate);
    if (isCleared(cleared, moment)) continue;
    if (cleared !== undefined) until = Math.min(until, cleared.at - 1);
    found.push(candidate);
    if (found.length === most) break;
  }
  return { found, until };
}

/**
 * Those that were online while somebody else was accepted on an ID, and since when it is known that they did not hold
 * it: who renewed what it has before that may have freed it just then.
 */
export function clearedBy(
  candidates: readonly Candidate[],
  accepted: readonly Acceptance[],
): ReadonlyMap<Candidate, Moment> {
  const times = accepted
    .map(({ contender, exchange }) => ({ contender, ...acceptanceOf(contender, exchange) }))
    .sort(inOrder);
  const cleared = new Map<Candidate, Moment>();
  for (const candidate of candidates) {
    const next = firstIndex(times, (each) => isBefore(candidate.first, each));
    for (let i = next; i < times.length; i += 1) {
      if (!isOnline(candidate, times[i])) break;
      // It may have used the ID itself.
      const { host, port } = candidate;
      if (times[i].contender.keys.includes(endpoint(host, port))) continue;
      const renewed = candidate.renewals.filter((each) => isBefore(each, times[i])).sort(inOrder);
      cleared.set(candidate, renewed.at(-1) ?? candidate.first);
      break;
    }
  }
  return cleared;
}

function isCleared(from: Moment | undefined, moment: Moment): boolean {
  return from !== undefined && !isBefore(moment, from);
}

function isOn({ host, port }: Candidate, endpoints: ReadonlySet<number>): boolean {
  return endpoints.has(endpoint(host, port));
}

/** The responder had sent to it within five minutes, where its ESP is captured; and it had not gone. */
function isAlive({ first, last, gone, answered }: Candidate, moment: Moment): boolean {
  const seenLast = answered === null ? last : answered.last;
  const isLate = seenLast.segment === moment.segment && moment.at - seenLast.at <= ALIVE;
  if (!isLate && !isBefore(moment, seenLast)) return false;
  if (gone !== null && isBefore(gone, moment)) return false;
  const seenFirst = answered === null ? first : answered.first;
  return isBefore(seenFirst, moment) || moment.at - seenFirst.at >= -ALIVE;
}

/** The first time from `at` on after which `isAlive` may answer otherwise, in any segment. */
function changesAt({ first, last, gone, answered }: Candidate, at: number): number {
  const begin = (answered ?? { first }).first.at - ALIVE;
  const end = (answered ?? { last }).last.at + ALIVE;
  const left = gone?.at ?? Number.NEGATIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  // Who is alive at its begin was not just before.
  if (begin > at) next = begin - 1;
  if (end >= at && end < next) next = end;
  return left >= at && left < next ? left : next;
}

/** The one that left last, so shortly before a refusal that the responder may not have freed what it held. */
export function justLeft(
  candidates: readonly Candidate[],
  own: ReadonlySet<number>,
  moment: Moment,
  clearedFrom: (candidate: Candidate) => Moment | undefined,
): FormerHolder | null {
  let last: FormerHolder | null = null;
  for (const client of candidates) {
    const { gone } = client;
    const before = moment.at - (gone?.at ?? Number.NaN);
    const isLater = last === null || before < last.before;
    if (gone === null || !isLater || !isBefore(gone, moment) || !hasJustEnded(gone, moment)) continue;
    if (isOn(client, own) || isCleared(clearedFrom(client), moment)) continue;
    last = { client, before, how: "just-ended" };
  }
  return last;
}

function isOnline({ first, last, gone }: Candidate, moment: Moment): boolean {
  const left = gone !== null && isBefore(gone, moment);
  return !left && isBefore(first, moment) && isBefore(moment, last);
}

/**
 * Those alive at a refusal that may have freed the ID by the acceptance of the same client on it: they ended, by a
 * farewell, by a newer session on the endpoint, or by a silence that the capture shows for long enough; or they renewed
 * what they had.
 */
export function endedBetween(
  candidates: readonly Candidate[],
  refused: Moment,
  accepted: Moment,
  captureEnd: Moment,
): Candidate[] {
  const silenceSeen = captureEnd.segment > accepted.segment || captureEnd.at - accepted.at >= SILENT;
  return candidates.filter(({ last, gone, renewals }) => {
    if (gone !== null && isBefore(gone, accepted)) return true;
    if (silenceSeen && isBefore(last, accepted)) return true;
    return renewals.some((each) => isBefore(refused, each) && isBefore(each, accepted));
  });
}
