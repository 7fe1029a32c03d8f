/** Link-layer types (LINKTYPE_ values of tcpdump.org) that locate.ts can read, and how each frame begins. */

import { Layer } from "./layers.ts";

interface LinkType {
  name: string;
  layer: number;
}

const TYPES = new Map<number, LinkType>([
  [0, { name: "null", layer: Layer.bsdNull }],
  [1, { name: "ethernet", layer: Layer.ethernet }],
  [9, { name: "ppp", layer: Layer.ppp }],
  // Raw IP was 12 (14 on OpenBSD) before 101 was assigned; files of both kinds exist.
  [12, { name: "raw", layer: Layer.ip }],
  [14, { name: "raw", layer: Layer.ip }],
  [50, { name: "ppp-hdlc", layer: Layer.ppp }],
  [51, { name: "pppoe", layer: Layer.pppoe }],
  [101, { name: "raw", layer: Layer.ip }],
  [104, { name: "cisco-hdlc", layer: Layer.ciscoHdlc }],
  [108, { name: "loop", layer: Layer.bsdNull }],
  [113, { name: "linux-sll", layer: Layer.linuxSll }],
  [228, { name: "ipv4", layer: Layer.ip }],
  [229, { name: "ipv6", layer: Layer.ip }],
  [276, { name: "linux-sll2", layer: Layer.linuxSll2 }],
]);

/** First layer by link type, for the hot path. */
export const firstLayer = new Uint8Array(65536);
for (const [type, { layer }] of TYPES) firstLayer[type] = layer;

/** Name of a link type for people; "linktype-147" for one that is not known. */
export function linkTypeName(linkType: number): string {
  return TYPES.get(linkType)?.name ?? `linktype-${linkType}`;
}
