/**
 * Division of the work by responder: each address belongs to one of N partitions, in every program and for ever, so
 * that a router can compute it from the `keys` of a message record.
 */

/** One of `count` partitions, from 1. */
export interface Partition {
  index: number;
  count: number;
}

/**
 * The partition of an address: FNV-1a, 32 bits, over the ASCII bytes of its text, modulo `count`, plus 1
 * (draft-eastlake-fnv). A message record goes to the partitions of all its keys.
 * @param address IPv4 or IPv6 as in message records (RFC 5952)
 */
export function partitionOf(address: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < address.length; i += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193);
  }
  return ((hash >>> 0) % count) + 1;
}
