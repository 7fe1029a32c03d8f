import { type Client, placeOf } from "./client.ts";
import { type Acceptance, type Attempt, isRefused } from "./collisions.ts";
import type { Box } from "./responders.ts";
import type { Session } from "./session.ts";
import type { Peer } from "./unseen.ts";
import { CAVEATS, type Cause, type Caveat, SEVERITIES, type Severity, type Verdict } from "./vocabulary.ts";

export function isFirstId(contender: Attempt["contender"], exchange: Attempt["exchange"]): boolean {
  const { session } = contender;
  return session.quickModes[0] === exchange && (!session.begunBefore || exchange.messageId === 1);
}
/** The responder's answers to the client were seen, phase 1 to its end: a spoofed sender gets none. */
export function isMutual({ sa, client, endpoint, finishedAt }: Session): boolean {
  return !Number.isNaN(finishedAt) && sa.isTwoWayFrom(client, endpoint);
}
/** What is known of the responder beside the attempts of one pair. */
export interface Surroundings {
  keyed: boolean;
  /** Another cause than the message ID is as likely. */
  other: boolean;
  candidates: ReadonlyMap<Attempt, readonly Peer[]>;
  accepted: ReadonlyMap<Client, ReadonlySet<number>>;
  acceptances: ReadonlyMap<Client, readonly Acceptance[]>;
}
export function severityOf(
  verdict: Verdict,
  worst: readonly Attempt[],
  control: boolean,
  acceptedWhenFree: boolean,
): Severity {
  if (verdict === "rejected" && acceptedWhenFree) return "high";
  const first = worst.some(({ contender, exchange }) => isFirstId(contender, exchange));
  const full: Severity =
    verdict === "rejected"
      ? first
        ? "high"
        : "medium"
      : verdict === "predicted"
        ? "medium"
        : verdict === "possible"
          ? "low"
          : "info";
  const step = control ? 0 : 1;
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(full) - step)];
}
export function causeOf({ contender, holder }: Attempt): Cause {
  const kinds = [contender.pattern.kind, holder?.claim.party.pattern.kind];
  if (kinds.every((kind) => kind === "sequential")) return "sequential-ids";
  return kinds.every((kind) => kind === "random") ? "chance" : "mixed";
}
/** Seconds from the holder's last sign to the moment the contender was accepted on an ID it had been refused. */
export function acceptedWhenFree(
  attempts: readonly Attempt[],
  acceptances: ReadonlyMap<Client, readonly Acceptance[]>,
): number | null {
  for (const { contender, exchange, outcome, holder } of attempts) {
    if (holder === null || !isRefused(outcome)) continue;
    const later = (acceptances.get(contender.client) ?? []).find(
      (acceptance) =>
        acceptance.exchange.messageId === exchange.messageId &&
        acceptance.exchange.segment === exchange.segment &&
        placeOf(acceptance.contender.session) === placeOf(contender.session) &&
        acceptance.exchange.firstAt > exchange.firstAt,
    );
    const { sa } = holder.claim.party.session;
    if (later !== undefined && sa.lifeSegment === later.exchange.segment) {
      return Math.max(0, later.exchange.firstAt - sa.lastLifeAt) / 1000000;
    }
  }
  return null;
}
export function caveatsOf(
  box: Box,
  attempts: readonly Attempt[],
  verdict: Verdict,
  { other, keyed }: Surroundings,
  control: boolean,
): Caveat[] {
  const any = (test: (attempt: Attempt) => boolean) => attempts.some(test);
  const sessions = attempts.flatMap(({ contender, holder }) =>
    holder === null ? [contender.session] : [contender.session, holder.claim.party.session],
  );
  const accused = verdict !== "tolerated";
  const present: Record<Caveat, boolean> = {
    "other-cause": accused && other,
    "responder-not-asa": keyed,
    "no-control": !control,
    "holder-silent": any(({ holder }) => holder !== null && holder.overlap !== "certain"),
    "same-nat": any(
      ({ contender, holder }) => holder !== null && holder.claim.party.client.host === contender.client.host,
    ),
    "roles-inferred": sessions.some(({ inferred }) => inferred),
    "one-sided": !box.seenSending,
    "one-way": sessions.some((session) => !isMutual(session)),
    snaplen: sessions.some(({ sa }) => sa.cut),
    "later-id": attempts.every(({ contender, exchange }) => !isFirstId(contender, exchange)),
    "ike-only": any(({ holder }) => holder?.claim.party.lifespan.blind === true),
    "implied-claim": any(({ holder }) => holder?.claim.implied === true),
    "holder-unseen": any(({ holder }) => holder === null),
    "clock-step": any(({ exchange, holder }) => {
      if (holder === null) return false;
      return holder.claim.exchange.segment !== exchange.segment && holder.overlap === "unknown";
    }),
  };
  return CAVEATS.filter((caveat) => present[caveat]);
}
