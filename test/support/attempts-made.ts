/** Attempts on held message IDs, made for tests of what they are weighed by. */

import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Attempt } from "../../src/judgement/collisions.ts";
import { at, clientSaMade, exchangeMade, sessionMade } from "./facts-made.ts";

/** What a test says of an attempt; all else is usual. */
export interface AttemptFields {
  contender?: ClientSa;
  exchange?: Partial<Attempt["exchange"]>;
  holder?: ClientSa | null;
  overlap?: "certain" | "probable" | "unknown";
  implied?: boolean;
  claimSegment?: number;
  settled?: boolean;
  more?: Partial<Attempt>;
}

/** An attempt on an ID that another client holds for certain. */
export function attemptMade({
  contender,
  exchange = {},
  holder = clientSaMade(),
  overlap = "certain",
  implied = false,
  claimSegment = 0,
  settled = true,
  more = {},
}: AttemptFields = {}): Attempt {
  const made = exchangeMade(exchange);
  const claim =
    holder === null
      ? null
      : {
          claim: {
            clientSa: holder,
            exchange: null,
            since: at(-50),
            segment: claimSegment,
            acceptedAt: at(-50),
            implied,
            sureFrom: at(-50),
          },
          overlap,
          settled,
        };
  return {
    contender:
      contender ?? clientSaMade({ session: sessionMade({ quickModes: [made] }) }, [[made, "unanswered"]]),
    exchange: made,
    outcome: "unanswered",
    holder: claim,
    verdict: "rejected",
    acceptedInUse: false,
    holderDropped: false,
    ...more,
  };
}
