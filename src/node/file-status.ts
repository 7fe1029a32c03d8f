/**
 * What a path names. Synchronous: a trip through the thread pool takes longer than the call, and `node:fs/promises`
 * longer to load than a small capture to read.
 */

import { type BigIntStats, type Stats, statSync } from "node:fs";

/** Null where nothing is there, or it may not be looked at. */
export function statusOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** The same with exact numbers of device and inode. */
export function identityOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}
