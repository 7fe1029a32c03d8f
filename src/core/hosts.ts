/** Hosts by their addresses, IPv4 alone: `HostTable.intern` (ike/hosts.ts). */

import { byteOf, field } from "./columns";
import { HOST_KEYS, HOST_ROOM, HOST_SIGNS, HOST_SIGNS_ROOM } from "./layout";
import { entered, hasRoom, rowCount, rowOf } from "./word-table";

/** Of an IPv4 address as one of IPv6 (RFC 4291 2.5.5.2). */
export const MAPPED: u32 = 0xffff;

/** Number of an address, or NONE. */
export function hostAt(tables: usize, address: u32): i32 {
  return rowOf(tables + HOST_KEYS, 0, 0, MAPPED, address);
}

/** Gives an address that has none a number. There is room for it. */
export function enterHost(tables: usize, address: u32): i32 {
  return entered(tables + HOST_KEYS, 0, 0, MAPPED, address);
}

/** Hosts that there are: the next one gets this number. */
export function hostCount(tables: usize): i32 {
  return rowCount(tables + HOST_KEYS);
}

/** @param count hosts that there will be, or fewer */
export function hasRoomForHosts(tables: usize, count: i32): bool {
  if (count > <i32>field(tables, HOST_ROOM)) return false;
  const more = count - hostCount(tables);
  return more <= 0 || hasRoom(tables + HOST_KEYS, <u32>more);
}

/** There is room for signs of life of so many hosts. */
export function hasRoomForSigns(tables: usize, count: i32): bool {
  return count <= <i32>field(tables, HOST_SIGNS_ROOM);
}

/** Notes a sign of life of a host, for which there is room. */
export function mark(tables: usize, host: i32, sign: u32): void {
  const signs = byteOf(tables, HOST_SIGNS, host);
  store<u8>(signs, load<u8>(signs) | <u8>sign);
}

/** Signs of life of a host that were seen. */
export function signsOf(tables: usize, host: i32): u32 {
  return hasRoomForSigns(tables, host + 1) ? <u32>load<u8>(byteOf(tables, HOST_SIGNS, host)) : 0;
}
