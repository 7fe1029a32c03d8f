/** Contract 6.10 to 6.12: severity, cause and caveats of a finding. */

import type { Attempt } from "./collisions.ts";
import type { CounterEvidence } from "./counter-evidence.ts";
import { livedAfter } from "./lifespan.ts";
import type { Make } from "./make.ts";
import { momentOf, seen } from "./moment.ts";
import type { Responder } from "./responders.ts";
import type { Session } from "./session.ts";
import { CAVEATS, type Cause, type Caveat, SEVERITIES, type Severity, type Verdict } from "./vocabulary.ts";

export function isFirstId(contender: Attempt["contender"], exchange: Attempt["exchange"]): boolean {
  const { session } = contender;
  return session.quickModes[0] === exchange && (!session.begunBefore || exchange.messageId === 1);
}

/** The responder's answers to the client were seen, phase 1 to its end: a spoofed sender gets none. */
export function isMutual({ sa, client, endpoint, finishedAt }: Session): boolean {
  return seen(finishedAt) && sa.isTwoWayFrom(client, endpoint);
}

/** What was seen beside the attempts of one pair, and weighs. */
export interface Weights {
  verdict: Verdict;
  make: Make;
  /** The contender was seen accepted. */
  control: boolean;
  /** It was accepted on the ID once that was free. */
  acceptedWhenFree: boolean;
  /** Without a visible holder: the only peer that ended before it was accepted. */
  oneCandidateLeft: boolean;
  /** It got in on another ID of the same dial. */
  inByAnotherId: boolean;
}

export function severityOf(worst: readonly Attempt[], weights: Weights): Severity {
  const { verdict, make, control, acceptedWhenFree, oneCandidateLeft } = weights;
  if (verdict === "tolerated") return "info";
  const first = worst.some(({ contender, exchange }) => isFirstId(contender, exchange));
  let severity: Severity = verdict === "rejected" && (first || acceptedWhenFree) ? "high" : "medium";
  if (verdict === "possible") severity = oneCandidateLeft ? "medium" : "low";
  const steps = [!control, make === "unknown", weights.inByAnotherId].filter((lower) => lower).length;
  const lowest = SEVERITIES.indexOf("low");
  return SEVERITIES[Math.max(lowest, SEVERITIES.indexOf(severity) - steps)];
}

export function causeOf({ contender, holder }: Attempt): Cause {
  const kinds = [contender.pattern.kind, holder?.claim.clientSa.pattern.kind];
  if (kinds.every((kind) => kind === "sequential")) return "sequential-ids";
  return kinds.every((kind) => kind === "random") ? "chance" : "mixed";
}

export function caveatsOf(
  responder: Responder,
  attempts: readonly Attempt[],
  { verdict, make, control }: Weights,
  { against }: CounterEvidence,
): Caveat[] {
  const any = (test: (attempt: Attempt) => boolean) => attempts.some(test);
  const sessions = attempts.flatMap(({ contender, holder }) =>
    holder === null ? [contender.session] : [contender.session, holder.claim.clientSa.session],
  );
  const accused = verdict !== "tolerated";
  const present: Record<Caveat, boolean> = {
    "other-cause": accused && any((attempt) => against(attempt) !== "no"),
    "responder-not-asa": make === "other",
    "responder-unknown": accused && make === "unknown",
    "no-control": accused && !control,
    "holder-silent": any(isHolderSilent),
    "same-nat": any(isSameNat),
    "roles-inferred": sessions.some(({ inferred }) => inferred),
    "one-sided": !responder.seenSending,
    "one-way": sessions.some((session) => !isMutual(session)),
    snaplen: sessions.some(({ sa }) => sa.cut),
    "later-id": attempts.every(({ contender, exchange }) => !isFirstId(contender, exchange)),
    "ike-only": any(({ holder }) => holder?.claim.clientSa.lifespan.blind === true),
    "implied-claim": any(({ holder }) => holder?.claim.implied === true),
    "holder-unseen": any(({ holder }) => holder === null),
    "clock-step": any(({ exchange, holder }) => {
      if (holder === null) return false;
      return holder.claim.segment !== exchange.segment && holder.overlap === "unknown";
    }),
  };
  return CAVEATS.filter((caveat) => present[caveat]);
}

/** No sign of the holder after the attempt began, where the responder still answered nobody there. */
function isHolderSilent({ exchange, holder }: Attempt): boolean {
  if (holder === null || holder.overlap === "certain") return false;
  const moment = momentOf(exchange);
  return !livedAfter(holder.claim.clientSa.lifespan.life, moment);
}

/** One public address, or two private ones of which a NAT before the responder is seen. */
function isSameNat({ contender, holder }: Attempt): boolean {
  if (holder === null) return false;
  const [a, b] = [holder.claim.clientSa, contender];
  if (a.client.host === b.client.host) return true;
  return a.session.privateBehindNat && b.session.privateBehindNat;
}
