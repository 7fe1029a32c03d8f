/**
 * Contract 6.8, make: what the responder's vendor IDs name. Only a make other than Cisco's weakens a verdict; a vendor
 * ID that others also send names nobody.
 */

import { seen } from "./moment.ts";
import type { Responder } from "./responders.ts";

export type Make =
  /** Names a Cisco gateway. */
  | "cisco"
  /** Names another make. */
  | "other"
  /** Phase 1 was seen whole, and nothing in it names a make. */
  | "unknown"
  /** Phase 1 was not seen whole. */
  | "unseen";

/** What a responder was seen to be and to do. */
export interface ResponderKnowledge {
  make: Make;
  /** It was seen to accept an ID that another client had in use. */
  acceptsInUse: boolean;
}

export function makeOf({ clientSas }: Responder): Make {
  let make: Make = "unseen";
  for (const { session } of clientSas) {
    const { make: name, isCisco } = session.responderVendor;
    if (name !== null && isCisco) make = "cisco";
    else if (name !== null) return "other";
    else if (make === "unseen") {
      const { sa, finishedAt } = session;
      if (sa.phase1Seen && seen(finishedAt) && !sa.cut && !sa.logged) make = "unknown";
    }
  }
  return make;
}
