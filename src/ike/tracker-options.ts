/** How much is held at a time, and where it lies. */

import type { Memory } from "../linear/memory.ts";

export interface TrackerOptions {
  maxSas?: number;
  maxFlows?: number;
  maxSpis?: number;
  /** Addresses in memory beyond which those that nothing needs are looked for. */
  compactHostsAt?: number;
  /** Where the tables of flows lie. */
  memory?: Memory;
}
