/** A client's IKE SA as the collision rules see it: its roles, its client and how long it lived. */

import type { Client } from "../ike/client.ts";
import type { Exchange } from "../ike/exchange.ts";
import type { Lifespan } from "../ike/liveness.ts";
import type { Outcome } from "../ike/outcome.ts";
import type { Session } from "../ike/session.ts";
import type { Pattern } from "./pattern.ts";

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
