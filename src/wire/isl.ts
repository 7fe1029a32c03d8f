/** Cisco ISL: a trunk's own header around a whole Ethernet frame ("Inter-Switch Link and IEEE 802.1Q Frame Format"). */

import { Encapsulation } from "./encapsulations.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto } from "./layers.ts";

const ISL_HEADER = 26;
/** Four bits of type, four of priority, behind a destination of 40 bits. */
const TYPE = 5;
const TYPE_ETHERNET = 0;

/** Where Ethernet has its type ISL has a length, of at most some 1550 bytes. Any EtherType is greater: 0x0800 is the least. */
const LENGTH_HIGH_BYTE = 12;
const LEAST_ETHERTYPE_HIGH_BYTE = 0x08;

/** The destination is 01-00-0c-00-00 or 03-00-0c-00-00; Wireshark knows 0c-00-0c-00-00 too, and not 03. */
export function isIsl(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 2] !== 0x0c || bytes[at + 1] !== 0 || bytes[at + 3] !== 0 || bytes[at + 4] !== 0)
    return false;
  const first = bytes[at];
  const known = first === 0x01 || first === 0x03 || first === 0x0c;
  return known && bytes[at + LENGTH_HIGH_BYTE] < LEAST_ETHERTYPE_HIGH_BYTE;
}

/** @param at the ISL header, of which `isIsl` holds */
export function isl(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + TYPE] >> 4 !== TYPE_ETHERNET) return notLookedInto(Encapsulation.otherIsl);
  return at + ISL_HEADER > end ? Kind.truncatedFrame : go(Layer.ethernet, at + ISL_HEADER);
}
