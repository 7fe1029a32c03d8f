/** Messages that were seen at two places: what that tells of the paths of their IKE SA. */

import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_QUICK } from "../wire/isakmp.ts";
import { noteEcho, type Side } from "./paths.ts";
import type { IkeSa } from "./sa.ts";

/** What only who took part in phase 1 can send. */
export function isSecured({ encrypted, exchange }: Message): boolean {
  return encrypted || exchange === EXCHANGE_QUICK;
}

/**
 * A copy was seen elsewhere: both places are paths of the SA, and the order tells which end of a NAT each is.
 * @param original between which endpoints the datagram was seen first
 */
export function echoPath(
  sa: IkeSa,
  side: Side,
  original: { readonly from: number; readonly to: number },
  message: Message,
): void {
  const place = sa.pathOf(original.from, original.to, side, message.natTraversal);
  const other = sa.pathOf(message.from, message.to, side, message.natTraversal);
  if (place === other) return;
  const [first, later] = [sa.pathAt(place), sa.pathAt(other)];
  noteEcho(first, later, side);
  if (isSecured(message)) later.secured |= 1 << side;
}
