/**
 * Contract 3.3: the ports of a client at an address, which tell it from others behind its NAT. It is where it sends from;
 * what the responder sends elsewhere under the cookies, to a neighbour perhaps, counts only where the client's own is not
 * in the capture.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import { hasHeard, type IkeSa, type Side } from "../ike/facts.ts";
import { isBefore, lastOf } from "./moment.ts";

/** Where the client came from at an address on the NAT-T port at first; -1 where it did not. */
export function firstPort4500(host: number, sa: IkeSa, client: Side): number {
  return portAt(true, { host, sa, client }, () => false);
}

/** The same of the NAT-T port or the other, at last. */
export function portOn(natTraversal: boolean, host: number, sa: IkeSa, client: Side): number {
  const isLater = (path: number, known: number) =>
    !isBefore(lastOf(sa.pathAt(path)), lastOf(sa.pathAt(known)));
  return portAt(natTraversal, { host, sa, client }, isLater);
}

/** @param goesBefore of two paths that the client is on alike, by their indices: the second one is known already */
function portAt(
  natTraversal: boolean,
  { host, sa, client }: { host: number; sa: IkeSa; client: Side },
  goesBefore: (path: number, known: number) => boolean,
): number {
  const isHeard = (path: number) => hasHeard(sa.pathAt(path), client);
  let known = -1;
  for (let i = 0; i < sa.pathCount; i += 1) {
    if (hostOf(sa.endOf(i, client)) !== host || sa.natTraversalOf(i) !== natTraversal) continue;
    if (known < 0) known = i;
    else if (isHeard(i) === isHeard(known) ? goesBefore(i, known) : isHeard(i)) known = i;
  }
  return known < 0 ? -1 : portOf(sa.endOf(known, client));
}
