/** Quick modes made for tests of what became of them. */

import type { Exchange } from "../../src/ike/facts.ts";
import { outcomeOf } from "../../src/judgement/outcome.ts";
import type { OutcomeContext } from "../../src/judgement/outcome-facts.ts";
import type { Session } from "../../src/judgement/session.ts";
import { at, contextMade, exchangeMade, saMade, sessionMade, UNSEEN } from "./facts-made.ts";

/** What a test says of a quick mode and around it; all else is usual. */
export interface OutcomeFields {
  exchange?: Partial<Exchange>;
  session?: Partial<Session>;
  /** Informationals of client and responder on the SA, seconds from the first message. */
  said?: [readonly number[], readonly number[]];
  /** The responder's last sign on the SA. */
  lastFrom?: number;
  context?: Partial<OutcomeContext>;
}

/** What became of the quick mode. */
export function judged({
  exchange = {},
  session = {},
  said = [[], []],
  lastFrom = UNSEEN,
  context = {},
}: OutcomeFields) {
  const made = exchangeMade(exchange);
  const sa = saMade({
    informationals: [said[0].map(at), said[1].map(at)],
    lastFromAt: [UNSEEN, lastFrom],
  });
  return outcomeOf(sessionMade({ sa, quickModes: [made], ...session }), made, contextMade(context));
}
