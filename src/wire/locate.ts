/**
 * From a captured frame to the ISAKMP datagram in it: link layer, IP, tunnels, UDP, marker, in one pass over
 * the bytes. No state, no allocation, no recursion; the result is a kind, and offsets in a reused object.
 *
 * Checksums are never validated, and fragments never put together: the first one is enough. What is cut,
 * contradicts itself or is not understood has a kind of its own, so that every frame is counted.
 */

import type { Located } from "./datagram.ts";
import { exportedPdu } from "./exported-pdu.ts";
import { PLAIN_HEADERS, plainPacket } from "./fast-path.ts";
import { ip } from "./ip.ts";
import { Kind } from "./kinds.ts";
import { CONTINUE, go, Layer, next } from "./layers.ts";
import { firstLayerOf } from "./link-types.ts";
import type { PortSet } from "./ports.ts";
import { readers } from "./readers.ts";

export { Located } from "./datagram.ts";
export { Kind, kindNames } from "./kinds.ts";
export { PORTS, type PortSet, portSet } from "./ports.ts";

const LINKTYPE_ETHERNET = 1;
/** Layers of one frame, each VLAN tag being one: tunnels in tunnels end here. */
const MAX_LAYERS = 24;

/**
 * @param offset first byte of the frame
 * @param captured bytes of the frame that the capture holds
 * @param linkType LINKTYPE_ value
 * @returns a code of `Kind`; never throws, and no offset in `out` lies outside the frame
 */
export function locate(
  bytes: Uint8Array,
  offset: number,
  captured: number,
  linkType: number,
  ports: PortSet,
  out: Located,
): number {
  if (linkType === LINKTYPE_ETHERNET && captured >= PLAIN_HEADERS) {
    const kind = plainPacket(bytes, offset, captured, ports, out);
    if (kind !== CONTINUE) return kind;
  }
  return locateByWalk(bytes, offset, captured, linkType, ports, out);
}

/** The same without the short cut: the rule, which the short cut must agree with. */
export function locateByWalk(
  bytes: Uint8Array,
  offset: number,
  captured: number,
  linkType: number,
  ports: PortSet,
  out: Located,
): number {
  const end = offset + captured;
  go(firstLayerOf(linkType), offset);
  if (next.layer === Layer.none) return Kind.unsupportedLinkType;
  next.guessed = false;
  next.further = 0;
  for (let depth = 0; depth < MAX_LAYERS; depth += 1) {
    const kind = step(bytes, end, ports, out);
    if (kind !== CONTINUE) return decided(kind, out);
  }
  return Kind.tooDeep;
}

/** Reads one layer: sets `next`, or decides. */
function step(bytes: Uint8Array, end: number, ports: PortSet, out: Located): number {
  const { layer, at } = next;
  if (layer === Layer.ip) return ip(bytes, at, end, ports, out);
  if (layer === Layer.exportedPdu) return exportedPdu(bytes, at, end, ports, out);
  return readers[layer](bytes, at, end);
}

/** Headers that contradict themselves behind a tunnel's port: it was another protocol that uses the port. */
function decided(kind: number, out: Located): number {
  out.further = kind === Kind.candidate ? next.further : 0;
  if (kind === Kind.badHeader && next.guessed) return Kind.otherPort;
  if (kind === Kind.unsupportedEncapsulation) out.encapsulation = next.encapsulation;
  return kind;
}
