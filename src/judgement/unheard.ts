/** Contract 6.6: a client that sent on unheard, into a gateway that knew it no more. */

import { type Spi, UNHEARD_SPAN } from "../ike/facts.ts";
import { firstOf, inOrder, isBefore, lastOf, type Moment, seen } from "./moment.ts";
import type { Peers } from "./peers.ts";
import type { Stay } from "./tenures.ts";

/** The responder's last sign, and the client's third packet after it. */
export interface Dropped {
  responderAt: number;
  thirdAt: number;
}

/** Three packets or more over 20 s or more after the responder's last sign, on whatever endpoints of the SA. */
export function droppedOn(
  stays: readonly Stay[],
  { fromResponderAt: responderAt, segment }: { fromResponderAt: number; segment: number },
  peers: Peers,
): Dropped | null {
  const isUntil = (moment: Moment, { to }: Stay) => to === null || isBefore(moment, to);
  const here = stays.filter(({ to }) => to === null || to.segment === segment);
  const isAnswered = here.some((stay) =>
    peers
      .spis(stay.keys, false)
      .some((spi) => isUntil(firstOf(spi), stay) && !isBefore(lastOf(spi), stay.from)),
  );
  if (!isAnswered) return null;
  const sent = here.flatMap((stay) =>
    peers
      .spis(stay.keys, true)
      .filter((spi) => isUntil(lastOf(spi), stay) && !isBefore({ at: spi.unheardSince, segment }, stay.from)),
  );
  const thirdAt = thirdUnheardAt(sent, { at: responderAt, segment });
  return seen(thirdAt) ? { responderAt, thirdAt } : null;
}

/**
 * The responder's last sign where that lies before a step of the clock; null where it does not. For how long the client
 * sent on across the step nobody knows (6.13), and three packets do.
 * @param segment that of the SA's last sign
 */
export function silentAcrossStep(stays: readonly Stay[], segment: number, peers: Peers): Moment | null {
  // What begins where another SA has taken the endpoints over is that one's.
  const own = (fromPeer: boolean) =>
    stays.flatMap(({ keys, to }) =>
      peers.spis(keys, fromPeer).filter((spi) => to === null || isBefore(firstOf(spi), to)),
    );
  const last = own(false).map(lastOf).sort(inOrder).at(-1);
  if (last === undefined || last.segment === segment) return null;
  const sent = own(true);
  const goesOn = sent.some((spi) => spi.lastSegment > last.segment && seen(spi.unheardThirdAt));
  return goesOn || seen(thirdUnheardAt(sent, last)) ? last : null;
}

/**
 * When the third packet came of a sender that went on after the other side's last sign: three packets or more, over 20 s
 * or more, whatever their SPIs and ports, in that segment of the clock. NaN where it did not.
 */
export function thirdUnheardAt(spis: readonly Spi[], { at, segment }: Moment): number {
  const alone = spis.filter(({ unheardSince, lastSegment }) => lastSegment === segment && unheardSince > at);
  const times = alone.flatMap(unheardTimes).sort((a, b) => a - b);
  const lastAt = alone.reduce((last, each) => Math.max(last, each.lastAt), Number.NEGATIVE_INFINITY);
  return times.length >= 3 && lastAt - times[0] >= UNHEARD_SPAN ? times[2] : Number.NaN;
}

/** When those of one SPI came that nobody answered; of three or more the second no sooner than the third. */
function unheardTimes({ unheardSince, unheardThirdAt: third, lastAt }: Spi): number[] {
  if (seen(third)) return [unheardSince, third, third];
  return lastAt > unheardSince ? [unheardSince, lastAt] : [unheardSince];
}
