/** What a plain packet is: IPv4 without options in Ethernet, behind VLAN tags or none. */

import { be16 } from "./columns";

/** Codes of `Kind` (wire/kinds.ts). */
export const ESP_IN_UDP: u32 = 2;
export const ESP: u32 = 3;
export const OTHER_PORT: u32 = 5;
export const NOT_UDP: u32 = 6;
/** Not settled here. */
export const TO_HOST: u32 = 255;

/** Values of multi-byte fields as they stand in little-endian memory. */
const ETHERTYPE_IPV4: u32 = 0x0008;
const ETHERTYPE_VLAN: u32 = 0x0081;
const ETHERTYPE_SERVICE_VLAN: u32 = 0xa888;
const FRAGMENT: u32 = 0xff3f;

const ETHERTYPE: usize = 12;
const ETHERNET_HEADER: usize = 14;
const VLAN_TAG: usize = 4;
const VERSION_4_NO_OPTIONS: u32 = 0x45;
const IP_HEADER: u32 = 20;
const UDP_HEADER: u32 = 8;
const SPI: u32 = 4;
/** IPv4 and UDP. */
const HEADERS: usize = 28;

const TCP: u32 = 6;
const UDP: u32 = 17;
const PROTOCOL_ESP: u32 = 50;

/** Codes of `PortRule` (wire/ports.ts). */
const NO_RULE: u32 = 0;
const NAT_TRAVERSAL: u32 = 2;

/**
 * @param frame its first byte
 * @param end behind its last captured byte
 * @returns the IPv4 header, with 28 bytes captured at least; 0 for a frame that is not plain
 */
export function ipHeader(frame: usize, end: usize): usize {
  let ip = frame + ETHERNET_HEADER;
  if (ip + HEADERS > end) return 0;
  let type = <u32>load<u16>(frame, ETHERTYPE);
  if (type !== ETHERTYPE_IPV4) {
    if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_SERVICE_VLAN) return 0;
    type = <u32>load<u16>(ip, 2);
    ip += VLAN_TAG;
    if (type === ETHERTYPE_VLAN) {
      type = <u32>load<u16>(ip, 2);
      ip += VLAN_TAG;
    }
    if (type !== ETHERTYPE_IPV4 || ip + HEADERS > end) return 0;
  }
  return load<u8>(ip) === VERSION_4_NO_OPTIONS ? ip : 0;
}

/**
 * Kind of the packet as `plainPacket` (wire/fast-path.ts) has it, or TO_HOST. TCP and UDP take one way: which of them comes
 * next no processor can guess, and to guess wrong takes longer than all that is done here.
 *
 * @param ports rule of each port
 */
export function kindOf(ip: usize, end: usize, ports: usize): u32 {
  const total = be16(ip + 2);
  // Flags and fragment offset, time to live, protocol.
  const middle = load<u32>(ip, 6);
  if ((middle & FRAGMENT) !== 0 || total < IP_HEADER + UDP_HEADER) return TO_HOST;
  const protocol = middle >> 24;
  if (protocol === PROTOCOL_ESP) return ESP;
  const isUdp = <u32>(protocol === UDP);
  if ((<u32>(protocol === TCP) | isUdp) === 0) return TO_HOST;
  // No rule is of port 0.
  const rules = <u32>(load<u8>(ports + isUdp * be16(ip + 20)) | load<u8>(ports + isUdp * be16(ip + 22)));
  if (rules === NO_RULE) return NOT_UDP - isUdp;
  if (rules !== NAT_TRAVERSAL) return TO_HOST;
  const length = be16(ip + 24);
  if (length < UDP_HEADER + SPI || length + IP_HEADER !== total) return TO_HOST;
  return ip + HEADERS + SPI <= end && load<u32>(ip, HEADERS) !== 0 ? ESP_IN_UDP : TO_HOST;
}
