/**
 * Contract 6.9, no holder visible: the client's own older session, peers that may hold the ID, or nobody. Goes out:
 * attempts with candidates, and one refusal notice for each client that nothing in the capture explains.
 */

import type { Hosts } from "../ike/facts.ts";
import { type Candidate, candidatesOf, endedBetween, mayHold } from "./candidates.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Acceptance, Attempt, Collisions, RefusedWithoutHolder } from "./collisions.ts";
import { ghostOf } from "./counter-evidence.ts";
import { inOrder, type Moment, seen } from "./moment.ts";
import type { Responder } from "./responders.ts";

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

export class RefusedWithoutHolderJudge {
  readonly #responder: Responder;
  readonly #hosts: Hosts;
  readonly #collisions: Collisions;
  readonly #captureEnd: Moment;
  /** Computed once, when first needed. */
  #candidates: readonly Candidate[] | null = null;
  readonly #acceptedOn = new Map<number, Acceptance[]>();
  readonly #byClient = new Map<Client, ClientSa[]>();

  constructor(responder: Responder, hosts: Hosts, collisions: Collisions, captureEnd: Moment) {
    this.#responder = responder;
    this.#hosts = hosts;
    this.#collisions = collisions;
    this.#captureEnd = captureEnd;
    for (const each of collisions.accepted) append(this.#acceptedOn, each.exchange.messageId, each);
    for (const clientSa of responder.clientSas) append(this.#byClient, clientSa.client, clientSa);
  }

  /** Peers that may have held the ID of a refusal without being seen to. */
  mayHold({ contender, exchange }: Acceptance): readonly Candidate[] {
    this.#candidates ??= candidatesOf(this.#responder, this.#hosts);
    const moment = { at: exchange.firstAt, segment: exchange.segment };
    return mayHold(this.#candidates, contender, moment, this.#acceptedOn.get(exchange.messageId) ?? []);
  }

  /** @param asWarnings the responder was seen to accept an ID in use: nothing here is a finding */
  judge(asWarnings: boolean): WithoutHolder {
    const found: WithoutHolder = {
      attempts: [],
      candidates: new Map(),
      acceptedLater: new Set(),
      refusals: [],
    };
    const warned = new Map<
      Client,
      { reason: RefusalReason; attempts: RefusedWithoutHolder[]; ghost: ClientSa | null }
    >();
    const warn = (each: RefusedWithoutHolder, reason: RefusalReason, ghost: ClientSa | null) => {
      const known = warned.get(each.contender.client);
      if (known === undefined) warned.set(each.contender.client, { reason, attempts: [each], ghost });
      else known.attempts.push(each);
    };
    const refusedWithoutHolder = [...this.#collisions.refusedWithoutHolder].sort(
      ({ exchange: a }, { exchange: b }) =>
        inOrder({ at: a.firstAt, segment: a.segment }, { at: b.firstAt, segment: b.segment }),
    );
    for (const each of refusedWithoutHolder) {
      const { contender } = each;
      if (!seen(contender.session.finishedAt)) continue;
      if (contender.pattern.kind !== "sequential") {
        warn(each, "not-counting", null);
        continue;
      }
      const ghost = ghostOf(this.#byClient.get(contender.client) ?? [], each);
      if (ghost !== null) warn(each, "own-session", ghost);
      else if (asWarnings || !this.#withCandidates(each, found)) warn(each, "no-holder", null);
    }
    for (const [contender, { reason, attempts, ghost }] of warned) {
      found.refusals.push(this.#refusalsOf(contender, reason, attempts, ghost));
    }
    return found;
  }

  #withCandidates(each: RefusedWithoutHolder, found: WithoutHolder): boolean {
    const alive = this.mayHold(each);
    const accepted = this.#acceptedLater(each);
    const refused = { at: each.exchange.firstAt, segment: each.exchange.segment };
    const left =
      accepted === null ? alive : endedBetween(this.#aliveThen(each), refused, accepted, this.#captureEnd);
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

  /** Who was alive then, whoever is cleared by the contender's own acceptance later. */
  #aliveThen({ contender, exchange }: RefusedWithoutHolder): readonly Candidate[] {
    const moment = { at: exchange.firstAt, segment: exchange.segment };
    return mayHold(this.#candidates!, contender, moment, []);
  }

  /** When the contender was next accepted on the ID; null where it was not. */
  #acceptedLater({ contender, exchange }: RefusedWithoutHolder): Moment | null {
    for (const each of this.#acceptedOn.get(exchange.messageId) ?? []) {
      const own = each.contender.client === contender.client;
      if (!own || each.exchange.segment !== exchange.segment) continue;
      const at = each.contender.acceptedAt.get(each.exchange) ?? each.exchange.firstAt;
      if (at > exchange.firstAt) return { at, segment: exchange.segment };
    }
    return null;
  }

  #refusalsOf(
    contender: Client,
    reason: RefusalReason,
    attempts: readonly RefusedWithoutHolder[],
    ghost: ClientSa | null,
  ): Refusals {
    const [first] = attempts;
    const last = attempts[attempts.length - 1];
    const accepted = this.#collisions.accepted.filter((each) => each.contender.client === contender);
    const times = accepted.map(({ exchange }) => exchange.firstAt);
    return {
      responder: this.#responder,
      contender,
      reason,
      attempts,
      ghost,
      acceptedBefore: times.some((at) => at < first.exchange.firstAt),
      acceptedAfter: times.some((at) => at > last.exchange.firstAt),
      othersMayHold: this.#othersMayHold(),
    };
  }

  /** Of a capture of one client alone nobody knows who else is connected. */
  #othersMayHold(): boolean {
    const { clientSas, clients } = this.#responder;
    if (clients.length < 2 || clientSas.some(({ session }) => session.begunBefore)) return true;
    this.#candidates ??= candidatesOf(this.#responder, this.#hosts);
    return this.#candidates.length > 0;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
