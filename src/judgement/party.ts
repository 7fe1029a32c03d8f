/** A client's IKE SA as the collision rules see it: its roles, its client and how long it lived. */

import type { Exchange } from "../ike/exchange.ts";
import type { Client } from "./client.ts";
import type { Lifespan } from "./lifespan.ts";
import type { Outcome } from "./outcome.ts";
import type { Pattern } from "./pattern.ts";
import type { Session } from "./session.ts";

export interface Party {
  session: Session;
  client: Client;
  pattern: Pattern;
  lifespan: Lifespan;
  /** Of all quick modes of clients at this responder. */
  outcomes: ReadonlyMap<Exchange, Outcome>;
  /** Those of them that a running capture cannot judge yet. */
  undecided: ReadonlySet<Exchange>;
}
