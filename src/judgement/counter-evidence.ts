/** Contract 6.8: what turns `rejected` and `predicted` into `possible`. Each rule stands alone. */

import { lazily } from "../collections/lazily.ts";
import { firstIndex } from "../collections/search.ts";
import { type Exchange, NOTIFY_INVALID_MESSAGE_ID } from "../ike/facts.ts";
import { claimOf, isRefused } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Attempt, Collisions, RefusedWithoutHolder } from "./collisions.ts";
import { hasJustEnded } from "./former-holder.ts";
import type { Memory } from "./memory.ts";
import { firstOf, inOrder, isBefore, type Moment, momentOf, SECOND } from "./moment.ts";

/** Refusals of others within this time of an attempt have the same cause, perhaps. */
const SAME_TIME = 300 * SECOND;

export interface CounterEvidence {
  /** The responder was seen to accept an ID in use. */
  acceptsInUse: boolean;
  /** The attempt may have another cause. `firmly`: the verdict may not stay. */
  against: (attempt: Attempt) => "no" | "caveat" | "firmly";
  /** Quick modes refused on IDs that nobody held and nobody could hold unseen. */
  refusedFreely: ReadonlySet<Exchange>;
}

/** What is known beside the collisions. */
export interface Circumstances {
  memory: Memory;
  /** A client was accepted on any ID, at any time. */
  wasAccepted: (client: Client) => boolean;
  /** The client's own older session may have held the ID then, or a peer that cannot be seen into. */
  mayBeHeld: (refusal: RefusedWithoutHolder) => boolean;
}

export function counterEvidence(
  clientSas: readonly ClientSa[],
  collisions: Collisions,
  { memory, wasAccepted, mayBeHeld }: Circumstances,
): CounterEvidence {
  const inUse = collisions.attempts.some(
    ({ acceptedInUse, holder, holderDropped }) => acceptedInUse && holder?.settled === true && !holderDropped,
  );
  const acceptsInUse = memory.responder?.acceptsInUse === true || inUse || collisions.sharedIds;
  const refused = collisions.refusedWithoutHolder.filter((each) => isRefusedFreely(each) && !mayBeHeld(each));
  const freely = weighFreely(refused, collisions, memory);
  const held = new Set(collisions.attempts.map(({ exchange }) => exchange));
  const others = new RefusedOthers(refusedRandom(clientSas, wasAccepted, held));
  return {
    acceptsInUse,
    refusedFreely: new Set(refused.map(({ exchange }) => exchange)),
    against: (attempt) => {
      const { client } = attempt.contender;
      const strong = acceptsInUse || isOtherNotify(attempt) || others.around(attempt);
      return strong ? "firmly" : freely(client);
    },
  };
}

/** A readable notify names another cause (contract 4). */
export function isOtherNotify({ exchange: { otherNotify } }: Attempt): boolean {
  return otherNotify !== 0 && otherNotify !== NOTIFY_INVALID_MESSAGE_ID;
}

/**
 * Refused, or answered to no use, on an ID that nobody was seen to hold, nor shortly before, and that nobody left without a
 * goodbye.
 */
function isRefusedFreely({ outcome, exchange, claimEndedAt, formerHolder }: RefusedWithoutHolder): boolean {
  const isVain = isRefused(outcome) || outcome === "answer-unusable";
  return isVain && !hasJustEnded(claimEndedAt, momentOf(exchange)) && formerHolder === null;
}

/** What such a refusal means for its client: one that was accepted on the ID as well may be kept out by others still. */
function weighFreely(
  refused: readonly RefusedWithoutHolder[],
  collisions: Collisions,
  memory: Memory,
): (client: Client) => "no" | "caveat" | "firmly" {
  const acceptedOn = lazily(() => idsOf(collisions.accepted));
  const wasAccepted = (client: Client, id: number) =>
    acceptedOn().get(client)?.has(id) === true || memory.client(client)?.accepted.includes(id) === true;
  const freely = new Map<Client, "caveat" | "firmly">();
  for (const { contender, exchange } of refused) {
    const { client } = contender;
    if (freely.get(client) === "firmly") continue;
    freely.set(client, wasAccepted(client, exchange.messageId) ? "caveat" : "firmly");
  }
  return (client) => {
    const before = memory.client(client)?.refusedFreely ?? [];
    if (before.some((id) => !wasAccepted(client, id))) return "firmly";
    return freely.get(client) ?? (before.length > 0 ? "caveat" : "no");
  };
}

/** The IDs on which each client was accepted. */
function idsOf(accepted: Collisions["accepted"]): Map<Client, Set<number>> {
  const ids = new Map<Client, Set<number>>();
  for (const { contender, exchange } of accepted) {
    const { client } = contender;
    const known = ids.get(client);
    if (known === undefined) ids.set(client, new Set([exchange.messageId]));
    else known.add(exchange.messageId);
  }
  return ids;
}

/** Sessions of one client that are looked at for one refusal (6.17). */
const MAX_GHOSTS = 64;

/**
 * A client's own older session with a claim on the ID, the last one, that never said farewell before a refusal.
 * @param own the client's IKE SAs, in the order of their first messages
 * @param impliedUpTo the IDs 1 to this are claimed by an IKE SA, and that is a conclusion
 */
export function ghostOf(
  own: readonly ClientSa[],
  { contender, exchange }: Pick<RefusedWithoutHolder, "contender" | "exchange">,
  impliedUpTo: (clientSa: ClientSa) => number = () => 0,
): ClientSa | null {
  // The contender is one of them.
  if (own.length === 1) return null;
  const moment = momentOf(exchange);
  const { messageId } = exchange;
  const claims = (clientSa: ClientSa) => {
    if (clientSa === contender) return false;
    const used = clientSa.session.quickModes.find((each) => each.messageId === messageId);
    if (used === undefined) return impliedUpTo(clientSa) >= messageId;
    return (
      claimOf(clientSa, used, clientSa.outcomes.get(used)!) !== "none" && isBefore(momentOf(used), moment)
    );
  };
  const end = begunBefore(own, moment);
  const latest = own
    .slice(Math.max(0, end - MAX_GHOSTS), end)
    .reverse()
    .find(claims);
  if (latest === undefined) return null;
  const { any } = latest.lifespan.farewells;
  return any !== null && isBefore(any, moment) ? null : latest;
}

/** How many of the sessions, which come in the order of their first messages, began by then. */
function begunBefore(own: readonly ClientSa[], moment: Moment): number {
  return firstIndex(own, ({ session: { sa } }) => isBefore(moment, firstOf(sa)));
}

interface RefusedOther {
  client: Client;
  at: number;
  segment: number;
}

/** Refusals of clients that draw their IDs and are accepted otherwise: sessions full, or a broken policy. In order. */
function refusedRandom(
  clientSas: readonly ClientSa[],
  wasAccepted: Circumstances["wasAccepted"],
  held: ReadonlySet<Exchange>,
): RefusedOther[] {
  const refused: RefusedOther[] = [];
  for (const { client, pattern, session, outcomes } of clientSas) {
    if (pattern.kind !== "random") continue;
    for (const each of session.quickModes) {
      if (!isRefused(outcomes.get(each)!) || held.has(each) || !wasAccepted(client)) continue;
      refused.push({ client, at: each.firstAt, segment: each.segment });
    }
  }
  return refused.sort(inOrder);
}

/** Those refusals, to be asked for the time around an attempt. */
class RefusedOthers {
  readonly #refused: readonly RefusedOther[];
  /** For each one the next of another client. */
  readonly #next: number[];

  constructor(refused: readonly RefusedOther[]) {
    this.#refused = refused;
    this.#next = refused.map(() => refused.length);
    for (let i = refused.length - 2; i >= 0; i -= 1) {
      this.#next[i] = refused[i].client === refused[i + 1].client ? this.#next[i + 1] : i + 1;
    }
  }

  /**
   * Another client was refused within `SAME_TIME` of the attempt. How long before or after it that was across a step of
   * the clock nobody knows (6.13), and it may have been then.
   */
  around({ contender: { client }, exchange: { firstAt, segment } }: Attempt): boolean {
    const ever = Number.POSITIVE_INFINITY;
    return (
      this.#within(client, { at: firstAt - SAME_TIME, segment }, firstAt + SAME_TIME) ||
      this.#within(client, { at: -ever, segment: segment - 1 }, ever) ||
      this.#within(client, { at: -ever, segment: segment + 1 }, ever)
    );
  }

  /** A client that is not this one was refused in a span of a segment. */
  #within(client: Client, from: Moment, to: number): boolean {
    const first = firstIndex(this.#refused, (each) => !isBefore(each, from));
    const isIn = (i: number) => {
      const each = this.#refused[i];
      return each?.segment === from.segment && each.at <= to;
    };
    if (!isIn(first)) return false;
    return this.#refused[first].client !== client || isIn(this.#next[first]);
  }
}
