/**
 * Tags between the addresses of Ethernet and what it carries. Each reader stands behind the tag's own EtherType.
 *
 *     vnTag(bytes, at, end)   // CONTINUE, next is the EtherType behind the tag
 */

import { Encapsulation } from "./encapsulations.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, type Reader, readU16, skipping } from "./layers.ts";

/** A tag of so many bytes, and an EtherType behind it. */
function tag(length: number): Reader {
  return (_bytes, at, end) =>
    at + length + 2 > end ? Kind.truncatedFrame : go(Layer.etherType, at + length);
}

/** IEEE 802.1Q 9.6: priority and VLAN. */
export const vlan = tag(2);

/** Cisco VN-Tag (0x8926): direction, virtual interfaces. */
export const vnTag = tag(4);

/** IEEE 802.1BR 7.5: E-TAG (0x893f). */
export const eTag = tag(6);

/** IEEE 802.1CB 7.8: R-TAG (0xf1c1), reserved and sequence number. */
export const redundancyTag = tag(4);

/** IEC 62439-3 5: HSR (0x892f), path and size, sequence number. */
export const hsr = tag(4);

/** Marvell EDSA (0xdada): two bytes reserved, a DSA tag of four (Linux, net/dsa/tag_dsa.c). */
export const edsa = tag(6);

/** Cisco MetaData (0x8909): version, length, an option and its value, the security group. */
export const metaData = tag(6);

/** IEEE 802.1ah, an I-TAG (0x88e7): four bytes, then the customer's frame. */
export const providerBackbone = skipping(4, Layer.ethernet);

/** Cisco FabricPath (0x8903): forwarding tag and time to live, then the frame. */
export const fabricPath = skipping(2, Layer.ethernet);

const TRILL_HEADER = 6;

/** TRILL (RFC 6325 3.1): six bytes, options in units of four, then the frame. */
export function trill(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return Kind.truncatedFrame;
  const options = (readU16(bytes, at) >> 6) & 0x1f;
  return go(Layer.ethernet, at + TRILL_HEADER + options * 4);
}

const MACSEC_VERSION = 0x80;
const MACSEC_SCI_PRESENT = 0x20;
const MACSEC_ENCRYPTED = 0x08;
const MACSEC_CHANGED = 0x04;
/** Control, short length, packet number. */
const MACSEC_HEADER = 6;
const MACSEC_SCI = 8;

/**
 * MACsec (IEEE 802.1AE 9.3): with integrity only the frame goes on behind the tag as it was; the check value of
 * 16 bytes at its end does not matter here.
 */
export function macsec(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 > end) return Kind.truncatedFrame;
  const control = bytes[at];
  if ((control & MACSEC_VERSION) !== 0) return Kind.notIp;
  if ((control & (MACSEC_ENCRYPTED | MACSEC_CHANGED)) !== 0)
    return notLookedInto(Encapsulation.encryptedMacsec);
  return go(Layer.etherType, at + MACSEC_HEADER + ((control & MACSEC_SCI_PRESENT) !== 0 ? MACSEC_SCI : 0));
}

const ADDRESSES = 12;

/** Link types of switches' own tags behind the two addresses (Linux, net/dsa): Broadcom and Marvell, four bytes. */
export const taggedBehindAddresses = tag(ADDRESSES + 4);

/** LINKTYPE_DSA_TAG_EDSA: EtherType, two bytes reserved, a DSA tag. */
export const edsaBehindAddresses = tag(ADDRESSES + 8);

/** LINKTYPE_DSA_TAG_BRCM_PREPEND: the tag in front of the frame. */
export const broadcomPrepended = skipping(4, Layer.ethernet);
