/**
 * Contract 6.7: the collisions at one responder: which quick modes met a message ID that another client held, and how
 * that is to be judged. Comes in: the client SAs of the responder. Goes out: attempts with verdicts, and refusals that no
 * visible holder explains.
 */

import { lazily } from "../collections/lazily.ts";
import type { Exchange } from "../ike/facts.ts";
import { claimOf, isAccepted, isRefused } from "./claiming.ts";
import { type Claim, type ClaimQuestions, type Holder, LiveClaims, sinceOf } from "./claims.ts";
import { acceptanceOf, type ClientSa, relationOfClientSas } from "./client-sa.ts";
import { isDropping } from "./dropping.ts";
import { type FormerHolder, formerHolderOf, rivalOf } from "./former-holder.ts";
import type { IdentityQuestions } from "./identity.ts";
import type { ImpliedClaim } from "./implied-claims.ts";
import { isInUse, wasGivenUp } from "./in-use.ts";
import { endOf, overlapAt } from "./lifespan.ts";
import { isBefore, type Moment, momentOf, seen } from "./moment.ts";
import type { Outcome } from "./outcome.ts";
import { SurestClaims } from "./surest-claims.ts";
import { type Acceptance, QuickModesById } from "./undisputed.ts";
import type { Verdict } from "./vocabulary.ts";

export type { Acceptance };

/** A quick mode on an ID that another client held. */
export interface Attempt {
  contender: ClientSa;
  exchange: Exchange;
  outcome: Outcome;
  holder: Holder | null;
  verdict: Verdict;
  /** Accepted although the ID's own IPsec SA was in use as well. */
  acceptedInUse: boolean;
  /** The responder accepted the contender and let the holder go at once. */
  holderDropped: boolean;
}

/** A refusal without a visible holder. */
export interface RefusedWithoutHolder extends Acceptance {
  outcome: Outcome;
  /** When the last claim on the ID ended before it; null without. */
  claimEndedAt: Moment | null;
  /** Another client that had the ID, which the responder may not have freed. */
  formerHolder: FormerHolder | null;
}

export interface Collisions {
  attempts: Attempt[];
  refusedWithoutHolder: RefusedWithoutHolder[];
  /** Accepted while no other client certainly held the ID; those of one ID in the order of the capture. */
  readonly acceptances: readonly Acceptance[];
  /** All that were accepted, held or not; in the same order. */
  readonly accepted: readonly Acceptance[];
  /** Clients that demonstrably shared one ID were seen: this responder does not refuse that. */
  sharedIds: boolean;
  /** Implied claims beyond the bound of one ID. */
  evictedClaims: number;
}

export function findCollisions(
  clientSas: readonly ClientSa[],
  implied: readonly ImpliedClaim[],
  identity: IdentityQuestions,
): Collisions {
  const found: Walked = {
    attempts: [],
    refusedWithoutHolder: [],
    acceptances: [],
    accepted: [],
    sharedIds: false,
    evictedClaims: 0,
  };
  const quickModes = new QuickModesById();
  for (const contender of clientSas) {
    for (const exchange of contender.session.quickModes) {
      if (!contender.undecided.has(exchange)) quickModes.add(contender, exchange);
    }
  }
  const surest = new SurestClaims(implied);
  const begin = new Beginnings(questions(identity));
  const undisputed: number[] = [];
  for (const id of quickModes.ids) {
    if (id > surest.upTo && quickModes.isUndisputed(id)) {
      undisputed.push(id);
      continue;
    }
    const { claims, evicted } = surest.covering(id);
    found.evictedClaims += evicted;
    const entries = quickModes.of(id);
    new Walk(found, begin.at(momentOf(entries[0].exchange), claims)).all(entries);
  }
  return withUndisputed(
    found,
    lazily(() => undisputed.flatMap((id) => quickModes.of(id))),
  );
}

/** What the walks over single IDs find. */
interface Walked extends Collisions {
  acceptances: Acceptance[];
  accepted: Acceptance[];
}

/** Few ask who was accepted: nobody where nobody was refused. */
function withUndisputed(found: Walked, undisputed: () => readonly Acceptance[]): Collisions {
  return {
    ...found,
    get acceptances() {
      return [...undisputed(), ...found.acceptances];
    },
    get accepted() {
      return [...undisputed(), ...found.accepted];
    },
  };
}

/** Claims when the walk over an ID begins: those that are known, and those that begin later, in that order. */
interface Beginning {
  claims: LiveClaims;
  implied: readonly Claim[];
}

/** Makes them: where IDs have the same implied claims, and all of these began before the first quick mode, they are added once. */
class Beginnings {
  readonly #questions: ClaimQuestions;
  #implied: readonly Claim[] = [];
  #begun: LiveClaims;

  constructor(questions: ClaimQuestions) {
    this.#questions = questions;
    this.#begun = new LiveClaims(questions);
  }

  /** @param first moment of the first quick mode on the ID @param implied in the order in which they begin */
  at(first: Moment, implied: readonly Claim[]): Beginning {
    const last = implied.at(-1);
    if (last === undefined || isBefore(first, sinceOf(last))) {
      return { claims: new LiveClaims(this.#questions), implied };
    }
    if (implied !== this.#implied) {
      this.#implied = implied;
      this.#begun = new LiveClaims(this.#questions);
      for (const claim of implied) this.#begun.add(claim);
    }
    return { claims: new LiveClaims(this.#questions, this.#begun), implied: [] };
  }
}

/** One message ID at one responder, attempt by attempt in the order of the capture. */
class Walk {
  readonly #found: Walked;
  readonly #claims: LiveClaims;
  /** Implied claims, and how many of them have begun. */
  readonly #implied: readonly Claim[];
  #begun = 0;

  constructor(found: Walked, { claims, implied }: Beginning) {
    this.#found = found;
    this.#implied = implied;
    this.#claims = claims;
  }

  all(entries: readonly Acceptance[]): void {
    for (const [i, { exchange }] of entries.entries()) {
      const moment = momentOf(exchange);
      for (; this.#begun < this.#implied.length; this.#begun += 1) {
        const next = this.#implied[this.#begun];
        if (isBefore(moment, sinceOf(next))) break;
        this.#claims.add(next);
      }
      this.#one(entries, i, moment);
    }
  }

  #one(entries: readonly Acceptance[], i: number, moment: Moment): void {
    const entry = entries[i];
    const { contender, exchange } = entry;
    const outcome = contender.outcomes.get(exchange)!;
    const holder = this.#claims.holder(contender, moment);
    if (isAccepted(outcome)) this.#accepted(entry, outcome, holder, moment);
    else if (holder !== null) {
      if (this.#claims.heldTwice(contender, moment)) this.#found.sharedIds = true;
      this.#add(entry, outcome, holder, verdictOf(contender, exchange, outcome, holder));
    } else if (isFruitless(exchange, outcome)) {
      const claimEndedAt = this.#claims.endedAt;
      const formerHolder = formerHolderOf(this.#claims.lastEnded(contender), moment) ?? rivalOf(entries, i);
      this.#found.refusedWithoutHolder.push({ contender, exchange, outcome, claimEndedAt, formerHolder });
    }
    // Nobody comes after the last one.
    if (i < entries.length - 1) this.#claim(contender, exchange, outcome);
  }

  #accepted(entry: Acceptance, outcome: Outcome, atFirst: Holder | null, moment: Moment): void {
    const { contender, exchange } = entry;
    const answer = acceptanceOf(contender, exchange);
    this.#found.accepted.push(entry);
    const accepted = { moment, acceptedAt: answer.at, askedAt: askedAt(exchange, answer) };
    const isDropped = atFirst?.settled === true && isDropping(atFirst.claim.clientSa, accepted);
    let holder = atFirst;
    // Whoever said goodbye before the answer, between two tries of a patient client perhaps, was not in its way.
    const hasLeft =
      holder?.overlap === "certain" && overlapAt(holder.claim.clientSa.lifespan, answer) === "ended";
    if (hasLeft && !isDropped) holder = this.#claims.holderBy(contender, answer);
    this.#claims.takeOver({ begun: moment, answered: answer });
    if (isDropped) {
      this.#add(entry, outcome, holder!, "possible", { holderDropped: true });
    } else if (holder?.overlap !== "certain") {
      this.#found.acceptances.push(entry);
    } else {
      const acceptedInUse = contender.vouched && isInUse(holder.claim, moment);
      if (contender.vouched && !acceptedInUse) this.#claims.free(moment);
      this.#add(entry, outcome, holder, "tolerated", { acceptedInUse });
    }
  }

  #add(
    { contender, exchange }: Acceptance,
    outcome: Outcome,
    holder: Holder,
    verdict: Verdict,
    flags: { acceptedInUse?: boolean; holderDropped?: boolean } = {},
  ): void {
    const { acceptedInUse = false, holderDropped = false } = flags;
    this.#found.attempts.push({
      contender,
      exchange,
      outcome,
      holder,
      verdict,
      acceptedInUse,
      holderDropped,
    });
  }

  #claim(clientSa: ClientSa, exchange: Exchange, outcome: Outcome): void {
    const kind = claimOf(clientSa, exchange, outcome);
    if (kind === "none") return;
    const { firstAt: since, segment } = exchange;
    const { at: acceptedAt } = acceptanceOf(clientSa, exchange);
    this.#claims.add({
      clientSa,
      exchange,
      since,
      segment,
      acceptedAt,
      implied: kind === "implied",
      sureFrom: since,
    });
  }
}

/** The client's last try, where that came before the answer, or else its first. */
function askedAt({ firstAt, lastRetransmissionAt }: Exchange, answer: Moment): number {
  return lastRetransmissionAt <= answer.at ? lastRetransmissionAt : firstAt;
}

/** Contract 6.9: the client came to nothing; an answer that was of no use to it is none. */
function isFruitless({ retransmissions }: Exchange, outcome: Outcome): boolean {
  return (
    isRefused(outcome) || outcome === "answer-unusable" || (outcome === "unproven" && retransmissions > 0)
  );
}

/** Verdict before counter-evidence, which needs all attempts at the responder (counter-evidence.ts). */
function verdictOf(contender: ClientSa, exchange: Exchange, outcome: Outcome, holder: Holder): Verdict {
  if (outcome === "unproven" || outcome === "answer-unusable") return "possible";
  if (holder.overlap === "unknown" || !holder.settled) return "possible";
  if (exchange.firstAt < holder.claim.sureFrom) return "possible";
  if (isRefused(outcome)) return "rejected";
  return isEstablished(contender) ? "predicted" : "possible";
}

/** Phase 1 is known to have finished, by what was seen of either side: more than a single packet can claim. */
function isEstablished({ session }: ClientSa): boolean {
  return seen(session.finishedAt) || seen(session.clientFinishedAt);
}

function questions(identity: IdentityQuestions): ClaimQuestions {
  return {
    overlap: (claim, moment) => {
      const overlap = overlapAt(claim.clientSa.lifespan, moment);
      // Contract 6.13: across a step of the clock nobody knows.
      const known = claim.segment === moment.segment && claim.clientSa.vouched;
      return overlap !== "ended" && !known ? "unknown" : overlap;
    },
    relation: (claim, contender) => relationOfClientSas(claim.clientSa, contender, identity),
    inUse: isInUse,
    givenUp: wasGivenUp,
    endOf: ({ clientSa }) => endOf(clientSa.lifespan),
  };
}
