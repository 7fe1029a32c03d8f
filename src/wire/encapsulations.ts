/**
 * Encapsulations that are recognised and not looked into: IKE may be in them, so a report names them.
 *
 *     if (kind === Kind.unsupportedEncapsulation) count(located.encapsulation);
 *     encapsulationName(code)   // "encrypted 802.11 (Protected Frame bit)"
 */

import { linkTypeName } from "./link-types.ts";

/** Codes, as `Located.encapsulation` has them: the places of ROWS. */
export const Encapsulation = {
  encryptedWlan: 0,
  encryptedMacsec: 1,
  compressedPpp: 2,
  encryptedPpp: 3,
  compressedPppHeaders: 4,
  encryptedCapwap: 5,
  unknownPseudowire: 6,
  ipComp: 7,
  minimalEncapsulation: 8,
  otherIsl: 9,
  broadcomTag: 10,
  realtekTag: 11,
  batmanAdv: 12,
  lwapp: 13,
  rohc: 14,
  lowpan: 15,
  wlanOverEthernet: 16,
  otherErf: 17,
  otherPdu: 18,
  furtherInAmsdu: 19,
} as const;

const ROWS: readonly (readonly [name: string, number: string])[] = [
  ["encrypted 802.11", "Protected Frame bit"],
  ["encrypted MACsec", "EtherType 0x88e5"],
  ["compressed PPP, or PPP encrypted with MPPE", "PPP protocol 0x00fd"],
  ["encrypted PPP", "PPP protocol 0x0053"],
  ["PPP with compressed headers", "PPP protocols 0x0061 to 0x0069"],
  ["CAPWAP data in DTLS", "UDP port 5247"],
  ["an L2TPv3 pseudowire of unknown kind", "IP protocol 115, UDP port 1701"],
  ["IPComp", "IP protocol 108"],
  ["minimal encapsulation", "IP protocol 55"],
  ["ISL around something else than Ethernet", "ISL type above 0"],
  ["a Broadcom switch tag", "EtherType 0x8874"],
  ["a Realtek switch tag", "EtherType 0x8899"],
  ["batman-adv", "EtherType 0x4305"],
  ["LWAPP", "EtherTypes 0x88bb and 0xbbbb"],
  ["ROHC", "EtherType 0x22f1"],
  ["6LoWPAN", "EtherType 0xa0ed"],
  ["802.11 data over Ethernet", "EtherType 0x890d"],
  ["an ERF record of another kind", "ERF type"],
  ["an exported PDU of another protocol", "link type 252"],
  ["IKE behind the first IKE message of an A-MSDU", "802.11 QoS control"],
];

/** Codes from here on stand for a link type inside a header that names one: PPI, PKTAP. */
const LINK_TYPE_INSIDE = 0x100;
const LAST_LINK_TYPE = 0xffff;

/** Code for a link type that is not read, inside a header that is. */
export function linkTypeInside(linkType: number): number {
  return LINK_TYPE_INSIDE + Math.min(linkType, LAST_LINK_TYPE);
}

/** Name and number of an encapsulation for people: "encrypted MACsec (EtherType 0x88e5)". */
export function encapsulationName(code: number): string {
  if (code < ROWS.length) return `${ROWS[code][0]} (${ROWS[code][1]})`;
  const linkType = code - LINK_TYPE_INSIDE;
  return `${linkTypeName(linkType)} (link type ${linkType}) inside another header`;
}
