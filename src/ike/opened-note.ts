/** A message that could be read and says something of its session: for evidence. */

import type { Stamp } from "./exchange.ts";

export interface OpenedNote {
  stamp: Stamp;
  /** Clock of the capture, microseconds. */
  at: number;
  side: 0 | 1;
  /** Deletes and notifies of it, in words. */
  what: string;
  /** Error notifies among them (RFC 2408 3.14.1). */
  errors: readonly number[];
}
