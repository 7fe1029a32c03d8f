/**
 * What Wireshark's "Export PDUs to File" writes (LINKTYPE_WIRESHARK_UPPER_PDU; epan/exported_pdu.h): tags of type (2),
 * length (2) and value, up to one of type 0; then the PDU of the protocol that a tag names.
 *
 * A PDU above IP has no addresses of its own: those of its tags are used, in place.
 */

import { readU32 } from "./bytes.ts";
import type { Located } from "./datagram.ts";
import { Encapsulation } from "./encapsulations.ts";
import { protocol } from "./ether-type.ts";
import { transport } from "./ip.ts";
import { Kind } from "./kinds.ts";
import { go, Layer, notLookedInto, readU16, UNKNOWN_END } from "./layers.ts";
import { PortRule, type PortSet } from "./ports.ts";
import { payloadKind } from "./udp.ts";

const TAG_END = 0;
const TAG_DISSECTOR = 12;
const TAG_TABLE = 14;
const TAG_IPV4_SOURCE = 20;
const TAG_IPV4_DESTINATION = 21;
const TAG_IPV6_SOURCE = 22;
const TAG_IPV6_DESTINATION = 23;
const TAG_SOURCE_PORT = 25;
const TAG_DESTINATION_PORT = 26;
const TAG_TABLE_VALUE = 32;
const TAG_HEADER = 4;
const MAX_TAGS = 64;

/** Places of names and addresses in the frame, and the other tags' values; 0 where there is none. Refilled for every frame. */
const tags = {
  nameAt: 0,
  nameLength: 0,
  tableAt: 0,
  tableLength: 0,
  tableValue: 0,
  source: 0,
  sourceVersion: 4 as 4 | 6,
  destination: 0,
  destinationVersion: 4 as 4 | 6,
  sourcePort: 0,
  destinationPort: 0,
};

/** One exported PDU. */
export function exportedPdu(
  bytes: Uint8Array,
  at: number,
  end: number,
  ports: PortSet,
  out: Located,
): number {
  const pdu = readTags(bytes, at, end);
  if (pdu < 0) return Kind.truncatedFrame;
  const layer = layerNamed(bytes);
  if (layer !== Layer.none) return go(layer, pdu);
  if (isTable(bytes, "ethertype")) return protocol(tags.tableValue, bytes, pdu, end);
  if (tags.source === 0 || tags.destination === 0 || tags.sourceVersion !== tags.destinationVersion) {
    return notLookedInto(Encapsulation.otherPdu);
  }
  out.ipVersion = tags.sourceVersion;
  out.identification = 0;
  out.source = tags.source;
  out.destination = tags.destination;
  return aboveIp(bytes, pdu, end, ports, out);
}

/** Returns where the PDU begins, or -1 where the tags were cut or have no end. */
function readTags(bytes: Uint8Array, at: number, end: number): number {
  tags.nameLength = 0;
  tags.tableLength = 0;
  tags.tableValue = 0;
  tags.source = 0;
  tags.destination = 0;
  tags.sourcePort = 0;
  tags.destinationPort = 0;
  let from = at;
  for (let count = 0; count < MAX_TAGS; count += 1) {
    if (from + TAG_HEADER > end) return -1;
    const type = readU16(bytes, from);
    const length = readU16(bytes, from + 2);
    from += TAG_HEADER;
    if (from + length > end) return -1;
    if (type === TAG_END) return from + length;
    readTag(bytes, type, from, length);
    from += length;
  }
  return -1;
}

function readTag(bytes: Uint8Array, type: number, at: number, length: number): void {
  if (type === TAG_DISSECTOR) {
    tags.nameAt = at;
    tags.nameLength = length;
  } else if (type === TAG_TABLE) {
    tags.tableAt = at;
    tags.tableLength = length;
  } else if (length >= 4) readNumericTag(bytes, type, at, length);
}

function readNumericTag(bytes: Uint8Array, type: number, at: number, length: number): void {
  switch (type) {
    case TAG_IPV4_SOURCE:
      tags.sourceVersion = 4;
      tags.source = at;
      break;
    case TAG_IPV4_DESTINATION:
      tags.destinationVersion = 4;
      tags.destination = at;
      break;
    case TAG_IPV6_SOURCE:
      if (length < 16) break;
      tags.sourceVersion = 6;
      tags.source = at;
      break;
    case TAG_IPV6_DESTINATION:
      if (length < 16) break;
      tags.destinationVersion = 6;
      tags.destination = at;
      break;
    case TAG_SOURCE_PORT:
      tags.sourcePort = readU32(bytes, at) & 0xffff;
      break;
    case TAG_DESTINATION_PORT:
      tags.destinationPort = readU32(bytes, at) & 0xffff;
      break;
    case TAG_TABLE_VALUE:
      tags.tableValue = readU32(bytes, at) & 0xffff;
      break;
  }
}

/** Names of Wireshark's dissectors whose PDU is read as a layer of its own. */
const LAYERS: readonly (readonly [name: string, layer: number])[] = [
  ["ip", Layer.ip],
  ["ipv6", Layer.ip],
  ["raw_ip", Layer.ip],
  ["eth_withoutfcs", Layer.ethernet],
  ["eth_withfcs", Layer.ethernet],
  ["eth_maybefcs", Layer.ethernet],
  ["wlan_withoutfcs", Layer.wlan],
  ["wlan_withfcs", Layer.wlan],
  ["wlan", Layer.wlan],
  ["ppp", Layer.ppp],
  ["ppp_hdlc", Layer.ppp],
  ["llc", Layer.llc],
  ["gre", Layer.gre],
];

function layerNamed(bytes: Uint8Array): number {
  for (let i = 0; i < LAYERS.length; i += 1) if (isNamed(bytes, LAYERS[i][0])) return LAYERS[i][1];
  return Layer.none;
}

function aboveIp(bytes: Uint8Array, at: number, end: number, ports: PortSet, out: Located): number {
  if (isNamed(bytes, "udp")) return transport(17, bytes, at, UNKNOWN_END, end, false, ports, out);
  if (isNamed(bytes, "esp")) return transport(50, bytes, at, UNKNOWN_END, end, false, ports, out);
  if (isTable(bytes, "ip.proto")) {
    return transport(tags.tableValue, bytes, at, UNKNOWN_END, end, false, ports, out);
  }
  if (isNamed(bytes, "isakmp")) return overUdp(bytes, at, end, PortRule.ike, out);
  if (isNamed(bytes, "udpencap")) return overUdp(bytes, at, end, PortRule.natTraversal, out);
  if (!isTable(bytes, "udp.port")) return notLookedInto(Encapsulation.otherPdu);
  const rule = ports[tags.tableValue];
  return rule === PortRule.none || rule === PortRule.tunnel
    ? Kind.otherPort
    : overUdp(bytes, at, end, rule, out);
}

/** The payload of UDP: as long as the frame. */
function overUdp(bytes: Uint8Array, at: number, end: number, rule: number, out: Located): number {
  out.sourcePort = tags.sourcePort;
  out.destinationPort = tags.destinationPort;
  out.payload = at;
  out.captured = end - at;
  out.length = end - at;
  out.marker = false;
  return payloadKind(bytes, rule, rule, out);
}

function isNamed(bytes: Uint8Array, name: string): boolean {
  return isText(bytes, tags.nameAt, tags.nameLength, name);
}

function isTable(bytes: Uint8Array, name: string): boolean {
  return isText(bytes, tags.tableAt, tags.tableLength, name);
}

/** The value is padded with zeros to four bytes. */
function isText(bytes: Uint8Array, at: number, length: number, text: string): boolean {
  if (length < text.length) return false;
  for (let i = 0; i < length; i += 1) {
    if (bytes[at + i] !== (i < text.length ? text.charCodeAt(i) : 0)) return false;
  }
  return true;
}
