/** The message inside a set of IKE fragments, once it is whole. */

import { readU32 } from "../wire/bytes.ts";
import type { Message } from "../wire/datagram.ts";
import { classifyHeader, HeaderClass } from "../wire/isakmp.ts";

/** Fills `inner` from the whole set, at the place of its last fragment; null where it is not of the same IKE SA. */
export function innerMessage(whole: Uint8Array, message: Message, inner: Message): Message | null {
  const isOfSameSa =
    classifyHeader(whole, 0, whole.length, whole.length) === HeaderClass.ikev1 &&
    message.cookies.every((word, i) => word === readU32(whole, i * 4));
  if (!isOfSameSa) return null;
  inner.hasPublicDigest = message.hasPublicDigest;
  inner.logged = message.logged;
  inner.read(whole, 0, whole.length, whole.length);
  copyPlace(message, inner);
  return inner;
}

function copyPlace(from: Message, to: Message): void {
  to.from = from.from;
  to.to = from.to;
  to.identification = from.identification;
  to.natTraversal = from.natTraversal;
  to.at = from.at;
  to.segment = from.segment;
  to.micros = from.micros;
  to.nanos = from.nanos;
  to.frame = from.frame;
  to.source = from.source;
  to.capturePoint = from.capturePoint;
}
