/**
 * Endace's extensible record format (EDM11-01), as a link type: time stamp (8), type, flags, record length (2),
 * loss (2), wire length (2), extension headers of eight bytes; then what the type says.
 */

import { Encapsulation } from "./encapsulations.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto } from "./layers.ts";

const HEADER = 16;
const TYPE = 8;
const EXTENSION = 8;
const MORE_EXTENSIONS = 0x80;
const MAX_EXTENSIONS = 16;
/** Offset and padding in front of an Ethernet frame. */
const ETHERNET_PAD = 2;
/** Header of a multi-channel record; header of an ATM cell without its check. */
const CHANNEL_HEADER = 4;
const CELL_HEADER = 4;

/** One record. */
export function erf(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER > end) return Kind.truncatedFrame;
  let more = (bytes[at + TYPE] & MORE_EXTENSIONS) !== 0;
  let from = at + HEADER;
  for (let count = 0; more; count += 1) {
    if (count === MAX_EXTENSIONS) return Kind.tooDeep;
    if (from + EXTENSION > end) return Kind.truncatedFrame;
    more = (bytes[from] & MORE_EXTENSIONS) !== 0;
    from += EXTENSION;
  }
  return record(bytes[at + TYPE] & ~MORE_EXTENSIONS, from);
}

function record(type: number, at: number): number {
  switch (type) {
    case 2: // TYPE_ETH, and with colours or hashes
    case 11:
    case 16:
    case 20:
      return go(Layer.ethernet, at + ETHERNET_PAD);
    case 1: // TYPE_HDLC_POS, and the same: PPP or Cisco HDLC
    case 10:
    case 15:
    case 19:
      return go(Layer.ppp, at);
    case 5: // TYPE_MC_HDLC
    case 17:
      return go(Layer.ppp, at + CHANNEL_HEADER);
    case 4: // TYPE_AAL5
      return go(Layer.atm, at + CELL_HEADER);
    case 9: // TYPE_MC_AAL5
      return go(Layer.atm, at + CHANNEL_HEADER + CELL_HEADER);
    case 22: // TYPE_IPV4
    case 23: // TYPE_IPV6
      return go(Layer.ip, at);
    case 27: // TYPE_META
    case 48: // TYPE_PAD
      return Kind.notIp;
    default:
      return notLookedInto(Encapsulation.otherErf);
  }
}
