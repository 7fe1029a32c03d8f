/**
 * Which IKE SAs of a running capture matter no more: those that ended some time ago. What they took part in is
 * judged without them from then on.
 */

import type { Facts, IkeSa } from "../ike/facts.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Judgement } from "./judge.ts";
import type { Moment } from "./moment.ts";

/** Now, and since when the clock has not stepped back. */
export interface Now extends Moment {
  segmentBegan: number;
}

const SECOND = 1_000_000;
/** How long an ended SA still counts: a client that is accepted once the ID is free says what the fault was. */
const GRACE = 600 * SECOND;
const LIFETIME = 28_800 * SECOND;

export function retire(judgement: Judgement, facts: Facts, now: Now): Set<IkeSa> {
  const clientSas = new Map<IkeSa, ClientSa>();
  for (const responder of judgement.responders)
    for (const clientSa of responder.clientSas) clientSas.set(clientSa.session.sa, clientSa);
  const over = new Set(facts.ikeSas.filter((sa) => isOver(sa, clientSas.get(sa), now)));
  keepProofs(judgement, facts, over);
  return over;
}

/** That a responder accepted an ID in use is remembered when the SAs that prove it go. */
function keepProofs({ findings }: Judgement, facts: Facts, over: ReadonlySet<IkeSa>): void {
  for (const { responder, attempts } of findings) {
    const proof = attempts.some(
      ({ acceptedInUse, holderDropped, holder, contender }) =>
        acceptedInUse &&
        !holderDropped &&
        holder?.settled === true &&
        (over.has(contender.session.sa) || over.has(holder.claim.clientSa.session.sa)),
    );
    if (proof) facts.hosts.rememberAcceptedInUse(responder.host);
  }
}

function isOver(sa: IkeSa, clientSa: ClientSa | undefined, now: Now): boolean {
  // Before a step of the clock: as old as the time since then, at least.
  const { lastAt, segment } = clientSa?.lifespan.life ?? { lastAt: sa.lastLifeAt, segment: sa.lifeSegment };
  const lastLife = segment === now.segment ? lastAt : now.segmentBegan;
  const silent = now.at - lastLife;
  if (clientSa === undefined) return silent > (sa.answered ? LIFETIME + GRACE : GRACE);
  if (segment !== now.segment) return silent > LIFETIME + GRACE;
  const { farewells, replaced, lifetimeEnd } = clientSa.lifespan;
  const ends = [
    lifetimeEnd,
    ...[farewells.any, replaced].filter((each) => each !== null).map(({ at }) => at),
  ];
  return now.at - Math.max(lastLife, Math.min(...ends)) > GRACE;
}
