/**
 * Which IKE SAs of a running capture matter no more: those that ended some time ago. What they took part in is
 * judged without them from then on.
 */

import type { Facts, IkeSa } from "../ike/facts.ts";
import { isAccepted, isRefused } from "./claiming.ts";
import type { ClientSa } from "./client-sa.ts";
import { clientSasOf } from "./clients-of.ts";
import type { Judgement } from "./judge.ts";
import { DEFAULT_LIFETIME, endOf } from "./lifespan.ts";
import { memoryKey } from "./memory.ts";
import { type Moment, SECOND } from "./moment.ts";

/** Now, and since when the clock has not stepped back. */
export interface Now extends Moment {
  segmentBegan: number;
}

/** How long an ended SA still counts: a client that is accepted once the ID is free says what the fault was. */
const GRACE = 600 * SECOND;

export function retire(judgement: Judgement, facts: Facts, now: Now): Set<IkeSa> {
  const clientSas = new Map<IkeSa, ClientSa>();
  for (const responder of judgement.responders)
    for (const clientSa of clientSasOf(responder)) clientSas.set(clientSa.session.sa, clientSa);
  const over = new Set(facts.ikeSas.filter((sa) => isOver(sa, clientSas.get(sa), now)));
  remember(judgement, facts, over);
  return over;
}

/** Keeps what the IKE SAs show that are about to be dropped. */
function remember({ responders, known }: Judgement, facts: Facts, over: ReadonlySet<IkeSa>): void {
  for (const responder of responders) {
    const leaving = [...clientSasOf(responder)].filter(({ session }) => over.has(session.sa));
    if (leaving.length === 0) continue;
    const { make, acceptsInUse, refusedFreely } = known.get(responder)!;
    const address = facts.hosts.text(responder.host);
    facts.remembered.noteResponder(address, { make: make === "unseen" ? null : make, acceptsInUse });
    for (const clientSa of leaving) {
      const ids = (wanted: (exchange: ClientSa["session"]["quickModes"][number]) => boolean) =>
        clientSa.session.quickModes.filter(wanted).map(({ messageId }) => messageId);
      const { outcomes } = clientSa;
      facts.remembered.noteClient(memoryKey(address, clientSa.client, facts.hosts), {
        accepted: ids((each) => isAccepted(outcomes.get(each)!)),
        refused: ids((each) => isRefused(outcomes.get(each)!)),
        refusedFreely: ids((each) => refusedFreely.has(each)),
      });
    }
  }
}

function isOver(sa: IkeSa, clientSa: ClientSa | undefined, now: Now): boolean {
  // Before a step of the clock: as old as the time since then, at least.
  const { lastAt, segment } = clientSa?.lifespan.life ?? { lastAt: sa.lastLifeAt, segment: sa.lifeSegment };
  const lastLife = segment === now.segment ? lastAt : now.segmentBegan;
  const silent = now.at - lastLife;
  if (clientSa === undefined) return silent > (sa.answered ? DEFAULT_LIFETIME + GRACE : GRACE);
  if (segment !== now.segment) return silent > DEFAULT_LIFETIME + GRACE;
  if (silent > GRACE && isFutile(clientSa)) return true;
  const end = endOf(clientSa.lifespan);
  return now.at - (end.segment === segment ? Math.max(lastLife, end.at) : lastLife) > GRACE;
}

/** An older try of a client that tried again: all quick modes refused, it claims no ID. The latest one is kept. */
function isFutile({ session, client, outcomes }: ClientSa): boolean {
  const { quickModes } = session;
  return (
    client.sessions.at(-1) !== session &&
    quickModes.length > 0 &&
    quickModes.every((each) => isRefused(outcomes.get(each)!))
  );
}
