/** What goes when IKE SAs are given up: nothing may hold on to it. */

import type { Exchange } from "./exchange.ts";
import type { IkeSa } from "./sa.ts";

export interface GivenUp {
  /** IKE SAs and quick modes that have objects. */
  readonly sas: readonly IkeSa[];
  readonly exchanges: ReadonlySet<Exchange>;
  /** Addresses of quick modes whose rows lie in linear memory, with objects or without. */
  readonly rows: ReadonlySet<number>;
  /** The new index of each IKE SA that there was in the list of all; -1 of those that go. */
  readonly moved: Int32Array;
}
