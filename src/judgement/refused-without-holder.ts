/**
 * Contract 6.9, no holder visible: the client's own older session, peers that may hold the ID, or nobody. Goes out:
 * attempts with candidates, and one refusal notice for each client that nothing in the capture explains.
 */

import { append, grouped } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Hosts } from "../ike/facts.ts";
import type { Candidate } from "./candidates.ts";
import type { Client } from "./client.ts";
import { acceptanceOf, type ClientSa } from "./client-sa.ts";
import { clientCount } from "./clients-of.ts";
import type { Acceptance, Attempt, Collisions, RefusedWithoutHolder } from "./collisions.ts";
import { ghostOf } from "./counter-evidence.ts";
import type { ImpliedClaim } from "./implied-claims.ts";
import { endedBetween } from "./may-hold.ts";
import type { Memory } from "./memory.ts";
import { inOrder, isBefore, type Moment, momentOf, seen } from "./moment.ts";
import { PossibleHolders } from "./possible-holders.ts";
import type { Responder } from "./responders.ts";
import type { Session } from "./session.ts";

/** Why a client was refused, as far as the capture shows: what the warning about it says. */
export type RefusalReason =
  /** Its own earlier session may still be held. */
  | "own-session"
  /** It counts its IDs, and who holds this one is not visible. */
  | "no-holder"
  /** It does not count its IDs: a shared one does not explain it. */
  | "not-counting";

/** All refusals of one client without a visible holder. */
export interface Refusals {
  responder: Responder;
  contender: Client;
  reason: RefusalReason;
  attempts: readonly RefusedWithoutHolder[];
  /** The older session, for `own-session`. */
  ghost: ClientSa | null;
  acceptedBefore: boolean;
  acceptedAfter: boolean;
  /** Peers whose phase 1 is not in the capture may hold the ID. */
  othersMayHold: boolean;
}

export interface WithoutHolder {
  /** Attempts that peers outside the capture may explain. */
  attempts: Attempt[];
  candidates: Map<Attempt, readonly Candidate[]>;
  /** Attempts whose contender was accepted on the ID later, once one of the candidates had ended. */
  acceptedLater: Set<Attempt>;
  refusals: Refusals[];
}

/** What refusals are judged by, beside the responder's clients. */
export interface Circumstances {
  collisions: Collisions;
  implied: readonly ImpliedClaim[];
  captureEnd: Moment;
  memory: Memory;
}

/**
 * The client finished its part of phase 1 with a responder that answered it, and went on: the capture may have lost the
 * responder's last message (principle a). That does not prove it: there is a warning, and never a finding.
 */
function isLikelyFinished({ sa, client, endpoint, clientFinishedAt }: Session): boolean {
  return seen(clientFinishedAt) && sa.isTwoWayFrom(client, endpoint);
}

/** Refusals of one client that have one reason. */
interface Refused {
  reason: RefusalReason;
  attempts: RefusedWithoutHolder[];
  ghost: ClientSa | null;
}

export class RefusedWithoutHolderJudge {
  readonly #responder: Responder;
  readonly #collisions: Collisions;
  readonly #captureEnd: Moment;
  /** Peers that may have held an ID without being seen to. */
  readonly holders: PossibleHolders;
  readonly #memory: Memory;
  /** Acceptances of each client. */
  readonly #acceptedOf: () => ReadonlyMap<Client, readonly Acceptance[]>;
  readonly #byClient: () => ReadonlyMap<Client, readonly ClientSa[]>;
  readonly #impliedUpTo: ReadonlyMap<ClientSa, number>;
  readonly #anyBegunBefore: () => boolean;

  constructor(
    responder: Responder,
    hosts: Hosts,
    { collisions, implied, captureEnd, memory }: Circumstances,
  ) {
    this.#impliedUpTo = new Map(implied.map(({ clientSa, last }) => [clientSa, last]));
    this.#responder = responder;
    this.#collisions = collisions;
    this.#captureEnd = captureEnd;
    this.#memory = memory;
    this.#acceptedOf = lazily(() => grouped(collisions.accepted, ({ contender }) => contender.client));
    this.#byClient = lazily(() => grouped(responder.clientSas, ({ client }) => client));
    this.holders = new PossibleHolders(responder, hosts, () => collisions.accepted, this.#byClient);
    this.#anyBegunBefore = lazily(() => responder.clientSas.some(({ session }) => session.begunBefore));
  }

  /** The client's own older session that may still have held the ID. */
  ghostOf(refusal: Acceptance): ClientSa | null {
    const own = this.#byClient().get(refusal.contender.client) ?? [];
    return ghostOf(own, refusal, (clientSa) => this.#impliedUpTo.get(clientSa) ?? 0);
  }

  /** @param asWarnings the responder was seen to accept an ID in use: nothing here is a finding */
  judge(asWarnings: boolean): WithoutHolder {
    const found: WithoutHolder = {
      attempts: [],
      candidates: new Map(),
      acceptedLater: new Set(),
      refusals: [],
    };
    // One warning for each client and reason: its own session explains some of its refusals, and not others.
    const warned = new Map<Client, Refused[]>();
    const warn = (each: RefusedWithoutHolder, reason: RefusalReason, ghost: ClientSa | null) => {
      const { client } = each.contender;
      const known = warned.get(client)?.find((other) => other.reason === reason);
      if (known === undefined) append(warned, client, { reason, attempts: [each], ghost });
      else known.attempts.push(each);
    };
    const refusedWithoutHolder = [...this.#collisions.refusedWithoutHolder].sort(
      ({ exchange: a }, { exchange: b }) => inOrder(momentOf(a), momentOf(b)),
    );
    for (const each of refusedWithoutHolder) {
      const { contender } = each;
      const { session, pattern } = contender;
      const proven = seen(session.finishedAt);
      if (!proven && !isLikelyFinished(session)) continue;
      if (pattern.kind !== "sequential") {
        warn(each, "not-counting", null);
        continue;
      }
      const ghost = this.ghostOf(each);
      if (ghost !== null) warn(each, "own-session", ghost);
      else if (asWarnings || !proven || !this.#withCandidates(each, found)) {
        each.formerHolder ??= this.holders.justLeft(each);
        warn(each, "no-holder", null);
      }
    }
    for (const [contender, several] of warned) {
      for (const each of several) found.refusals.push(this.#refusalsOf(contender, each));
    }
    return found;
  }

  #withCandidates(each: RefusedWithoutHolder, found: WithoutHolder): boolean {
    const accepted = this.#acceptedLater(each);
    // Of those that were alive the few are wanted that ended in time.
    const left =
      accepted === null
        ? this.holders.of(each)
        : endedBetween(this.holders.all(each), momentOf(each.exchange), accepted, this.#captureEnd);
    if (left.length === 0) return false;
    const { contender, exchange, outcome } = each;
    const attempt: Attempt = {
      contender,
      exchange,
      outcome,
      holder: null,
      verdict: "possible",
      acceptedInUse: false,
      holderDropped: false,
    };
    found.attempts.push(attempt);
    found.candidates.set(attempt, left);
    if (accepted !== null) found.acceptedLater.add(attempt);
    return true;
  }

  /** When the contender was next accepted on the ID; null where it was not. */
  #acceptedLater({ contender, exchange }: RefusedWithoutHolder): Moment | null {
    for (const { contender: clientSa, exchange: later } of this.#acceptedOf().get(contender.client) ?? []) {
      if (later.messageId !== exchange.messageId || later.segment !== exchange.segment) continue;
      const acceptance = acceptanceOf(clientSa, later);
      if (acceptance.at > exchange.firstAt) return acceptance;
    }
    return null;
  }

  #refusalsOf(contender: Client, { reason, attempts, ghost }: Refused): Refusals {
    const [first] = attempts;
    const last = attempts[attempts.length - 1];
    const accepted = (this.#acceptedOf().get(contender) ?? []).map(({ exchange }) => momentOf(exchange));
    const remembered = this.#memory.client(contender)?.accepted ?? [];
    return {
      responder: this.#responder,
      contender,
      reason,
      attempts,
      ghost,
      acceptedBefore:
        remembered.length > 0 || accepted.some((each) => isBefore(each, momentOf(first.exchange))),
      acceptedAfter: accepted.some((each) => isBefore(momentOf(last.exchange), each)),
      othersMayHold: this.#othersMayHold,
    };
  }

  /** Of a capture of one client alone nobody knows who else is connected. */
  get #othersMayHold(): boolean {
    if (clientCount(this.#responder) < 2 || this.#anyBegunBefore()) return true;
    return this.holders.areAny;
  }
}
