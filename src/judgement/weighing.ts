/** Contract 6.10 to 6.12: severity, cause and caveats of a finding. */

import type { Holder } from "./claims.ts";
import type { Attempt } from "./collisions.ts";
import type { CounterEvidence } from "./counter-evidence.ts";
import { livedAfter } from "./lifespan.ts";
import type { Make } from "./make.ts";
import { momentOf, seen } from "./moment.ts";
import { FIRST_ID } from "./pattern.ts";
import type { Responder } from "./responders.ts";
import type { Session } from "./session.ts";
import { CAVEATS, type Cause, type Caveat, SEVERITIES, type Severity, type Verdict } from "./vocabulary.ts";

export function isFirstId(contender: Attempt["contender"], exchange: Attempt["exchange"]): boolean {
  const { session } = contender;
  return session.quickModes[0] === exchange && (!session.begunBefore || exchange.messageId === FIRST_ID);
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
): readonly Caveat[] {
  const accused = verdict !== "tolerated";
  const present = new Caveats();
  present.note("responder-not-asa", make === "other");
  present.note("responder-unknown", accused && make === "unknown");
  present.note("no-control", accused && !control);
  present.note("one-sided", !responder.seenSending);
  let isLater = true;
  for (const attempt of attempts) {
    const { contender, exchange, holder } = attempt;
    isLater &&= !isFirstId(contender, exchange);
    if (accused && !present.has("other-cause")) present.note("other-cause", against(attempt) !== "no");
    present.note("holder-unseen", holder === null);
    noteSession(contender.session, present);
    if (holder !== null) noteHolder(attempt, holder, present);
  }
  present.note("later-id", isLater);
  return present.list;
}

function noteSession(session: Session, present: Caveats): void {
  present.note("roles-inferred", session.inferred);
  present.note("one-way", !isMutual(session));
  present.note("snaplen", session.sa.cut);
}

function noteHolder(attempt: Attempt, { claim, overlap }: Holder, present: Caveats): void {
  const { clientSa, segment, implied } = claim;
  noteSession(clientSa.session, present);
  present.note("holder-silent", isHolderSilent(attempt));
  present.note("same-nat", isSameNat(attempt));
  present.note("ike-only", clientSa.lifespan.blind);
  present.note("implied-claim", implied);
  present.note("clock-step", segment !== attempt.exchange.segment && overlap === "unknown");
}

/** Caveats of one finding. Thousands of findings have the same ones, and have one list of them. */
class Caveats {
  static readonly #lists = new Map<number, readonly Caveat[]>();
  /** A bit for each, by its place among all. */
  #bits = 0;

  note(caveat: Caveat, isPresent: boolean): void {
    if (isPresent) this.#bits |= 1 << CAVEATS.indexOf(caveat);
  }

  has(caveat: Caveat): boolean {
    return (this.#bits & (1 << CAVEATS.indexOf(caveat))) !== 0;
  }

  get list(): readonly Caveat[] {
    let list = Caveats.#lists.get(this.#bits);
    if (list === undefined) {
      list = CAVEATS.filter((caveat) => this.has(caveat));
      Caveats.#lists.set(this.#bits, list);
    }
    return list;
  }
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
