/**
 * Contract 6.8, make: what the responder's vendor IDs name. Only a make other than Cisco's weakens a verdict; a vendor
 * ID that others also send names nobody.
 */

import { type Exchange, vendorKnowledge } from "../ike/facts.ts";
import { seen } from "./moment.ts";
import type { Responder } from "./responders.ts";
import type { Session } from "./session.ts";

type VendorNames = Pick<Session["responderVendor"], "make" | "isCisco">;

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
  /** Quick modes that it refused on IDs that nobody held and nobody could hold unseen. */
  refusedFreely: ReadonlySet<Exchange>;
}

/** @param remembered what IKE SAs named that were dropped since */
export function makeOf({ clientSas, plain }: Responder, remembered: Make = "unseen"): Make {
  if (remembered === "other") return remembered;
  let make: Make = remembered === "unknown" ? "unseen" : remembered;
  for (const { session } of clientSas) {
    make = withNamed(make, session.responderVendor, () => isWhole(session));
    if (make === "other") return make;
  }
  for (const ids of plain.responderVendorIds()) {
    make = withNamed(make, vendorKnowledge(ids), () => true);
    if (make === "other") return make;
  }
  return make === "unseen" ? remembered : make;
}

/** @param isWhole phase 1 was seen whole */
function withNamed(make: Make, { make: name, isCisco }: VendorNames, isWhole: () => boolean): Make {
  if (isCisco) return "cisco";
  if (name !== null) return "other";
  return make === "unseen" && isWhole() ? "unknown" : make;
}

function isWhole({ sa, finishedAt }: Session): boolean {
  return sa.phase1Seen && seen(finishedAt) && !sa.cut && !sa.logged;
}
