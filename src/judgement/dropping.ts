/**
 * Contract 6.7, `holder-dropped`: the responder accepted the contender and let the holder go at once. The two throw each
 * other out, which gateways other than the ASA are known for.
 */

import { droppedAt } from "./lifespan.ts";
import { type Moment, SECOND } from "./moment.ts";
import type { Party } from "./party.ts";

const AT_ONCE = 10 * SECOND;

export function isDropping({ lifespan }: Party, moment: Moment, acceptedAt: number): boolean {
  const { farewells, life, blind } = lifespan;
  const deleted = farewells.responder;
  if (deleted !== null && deleted.segment === moment.segment) {
    if (deleted.at >= moment.at && deleted.at - acceptedAt <= AT_ONCE) return true;
  }
  if (blind || life.segment !== moment.segment) return false;
  const responderAt = droppedAt(life);
  // A holder that had sent three packets into the void by then had been dropped before.
  return responderAt - acceptedAt <= AT_ONCE && !(life.dropped!.thirdAt < moment.at);
}
