/**
 * Which IKE SAs of a running capture matter no more: those that ended some time ago and take part in no finding
 * that may still change. A finding is closed, and its SAs go with it, when all of them have ended.
 */

import { hostOf } from "../ike/hosts.ts";
import type { Moment } from "../ike/liveness.ts";
import type { IkeSa } from "../ike/sa.ts";
import type { Tracker } from "../ike/tracker.ts";
import type { Finding } from "./finding.ts";
import type { Judgement } from "./judge.ts";
import type { Party } from "./party.ts";

/** Now, and since when the clock has not stepped back. */
export interface Now extends Moment {
  segmentBegan: number;
}

export interface Retired {
  sas: ReadonlySet<IkeSa>;
  closed: readonly Finding[];
}

const SECOND = 1_000_000;
/** How long an ended SA still counts: a client that is accepted once the ID is free says what the fault was. */
const GRACE = 600 * SECOND;
const LIFETIME = 28_800 * SECOND;

export function retire(judgement: Judgement, tracker: Tracker, now: Now): Retired {
  const parties = new Map<IkeSa, Party>();
  for (const { parties: own } of judgement.boxes)
    for (const party of own) parties.set(party.session.sa, party);
  const over = new Set(tracker.table.sas.filter((sa) => isOver(sa, parties.get(sa), now)));
  const { closed, busy } = closedFindings(judgement.findings, over);
  const sas = new Set(
    [...over].filter((sa) => !sa.paths.some(({ ends }) => ends.some((end) => busy.has(hostOf(end))))),
  );
  return { sas, closed };
}

/** Findings whose SAs are all over, and the clients of those that are not. */
function closedFindings(findings: readonly Finding[], over: ReadonlySet<IkeSa>) {
  const busy = new Set<number>();
  let closed: Finding[] = findings.filter((finding) => sasOf(finding).every((sa) => over.has(sa)));
  const note = (finding: Finding) => {
    busy.add(finding.contender.host);
    if (finding.holder !== null) busy.add(finding.holder.host);
  };
  const open = new Set(findings);
  for (const each of closed) open.delete(each);
  for (const each of open) note(each);
  // A finding that shares a client with an open one stays: its SAs do.
  for (let before = -1; before !== closed.length; ) {
    before = closed.length;
    const rest = closed.filter(
      ({ contender, holder }) => !busy.has(contender.host) && !(holder !== null && busy.has(holder.host)),
    );
    for (const each of closed) if (!rest.includes(each)) note(each);
    closed = rest;
  }
  return { closed, busy };
}

function sasOf({ attempts }: Finding): IkeSa[] {
  return attempts.flatMap(({ contender, holder }) =>
    holder === null ? [contender.session.sa] : [contender.session.sa, holder.claim.party.session.sa],
  );
}

function isOver(sa: IkeSa, party: Party | undefined, now: Now): boolean {
  // Before a step of the clock: as old as the time since then, at least.
  const lastLife = sa.lifeSegment === now.segment ? sa.lastLifeAt : now.segmentBegan;
  const silent = now.at - lastLife;
  if (party === undefined) return silent > (sa.answered ? LIFETIME + GRACE : GRACE);
  if (sa.lifeSegment !== now.segment) return silent > LIFETIME + GRACE;
  const { farewell, replaced, lifetimeEnd } = party.lifespan;
  const ends = [lifetimeEnd, ...[farewell, replaced].filter((each) => each !== null).map(({ at }) => at)];
  return now.at - Math.max(lastLife, Math.min(...ends)) > GRACE;
}
