/** Contract 6.8: what turns `rejected` and `predicted` into `possible`. Each rule stands alone. */

import { type Exchange, NOTIFY_INVALID_MESSAGE_ID } from "../ike/facts.ts";
import { isAccepted, isRefused } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Attempt, Collisions, RefusedWithoutHolder } from "./collisions.ts";
import type { Memory } from "./memory.ts";
import { inOrder, isBefore, type Moment, SECOND } from "./moment.ts";

/** A claim that ended so shortly before may still be in the responder's way. */
const JUST_ENDED = 60 * SECOND;
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

/** @param couldBeHeld some peer that cannot be seen into may have held the ID then */
export function counterEvidence(
  clientSas: readonly ClientSa[],
  collisions: Collisions,
  memory: Memory,
  couldBeHeld: (refusedWithoutHolder: RefusedWithoutHolder) => boolean,
): CounterEvidence {
  const inUse = collisions.attempts.some(
    ({ acceptedInUse, holder, holderDropped }) => acceptedInUse && holder?.settled === true && !holderDropped,
  );
  const acceptsInUse = memory.responder?.acceptsInUse === true || inUse || collisions.sharedIds;
  const refused = refusedFreely(clientSas, collisions, couldBeHeld);
  const freely = weighFreely(refused, collisions, memory);
  const others = new RefusedOthers(refusedRandom(clientSas, memory));
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

/** Refusals on an ID that nobody held and nobody could hold unseen. */
function refusedFreely(
  clientSas: readonly ClientSa[],
  { refusedWithoutHolder }: Collisions,
  couldBeHeld: (refusedWithoutHolder: RefusedWithoutHolder) => boolean,
): RefusedWithoutHolder[] {
  const ghosts = ghostsOf(clientSas);
  return refusedWithoutHolder.filter((each) => {
    if (!isRefused(each.outcome) || each.exchange.firstAt - each.claimEndedAt < JUST_ENDED) return false;
    return !ghosts(each) && !couldBeHeld(each);
  });
}

/** What such a refusal means for its client: one that was accepted on the ID as well may be kept out by others still. */
function weighFreely(
  refused: readonly RefusedWithoutHolder[],
  { accepted }: Collisions,
  memory: Memory,
): (client: Client) => "no" | "caveat" | "firmly" {
  const acceptedOn = new Set(
    accepted.map(({ contender, exchange }) => keyOf(contender.client, exchange.messageId)),
  );
  const wasAccepted = (client: Client, id: number) =>
    acceptedOn.has(keyOf(client, id)) || memory.client(client)?.accepted.includes(id) === true;
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

const clientNumbers = new WeakMap<Client, number>();
let clientCount = 0;

/** A client and an ID as one key. */
function keyOf(client: Client, messageId: number): string {
  let number = clientNumbers.get(client);
  if (number === undefined) {
    clientCount += 1;
    number = clientCount;
    clientNumbers.set(client, number);
  }
  return `${number}/${messageId}`;
}

/** Whether a client's own older session with a claim, the last one accepted, never said farewell before a refusal. */
export function ghostsOf(
  clientSas: readonly ClientSa[],
): (refusedWithoutHolder: Pick<RefusedWithoutHolder, "contender" | "exchange">) => boolean {
  const byClient = new Map<Client, ClientSa[]>();
  for (const clientSa of clientSas) {
    const own = byClient.get(clientSa.client);
    if (own === undefined) byClient.set(clientSa.client, [clientSa]);
    else own.push(clientSa);
  }
  return (refusedWithoutHolder) =>
    ghostOf(byClient.get(refusedWithoutHolder.contender.client) ?? [], refusedWithoutHolder) !== null;
}

/** Sessions of one client that are looked at for one refusal (6.17). */
const MAX_GHOSTS = 64;

/** The session itself. */
export function ghostOf(
  own: readonly ClientSa[],
  { contender, exchange }: Pick<RefusedWithoutHolder, "contender" | "exchange">,
): ClientSa | null {
  const moment = { at: exchange.firstAt, segment: exchange.segment };
  const claims = (clientSa: ClientSa) =>
    clientSa !== contender &&
    clientSa.session.quickModes.some(
      (each) =>
        isAccepted(clientSa.outcomes.get(each)!) &&
        isBefore({ at: each.firstAt, segment: each.segment }, moment),
    );
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
  let from = 0;
  let to = own.length;
  while (from < to) {
    const half = (from + to) >> 1;
    const { firstAt, firstSegment } = own[half].session.sa;
    if (isBefore(moment, { at: firstAt, segment: firstSegment })) to = half;
    else from = half + 1;
  }
  return from;
}

interface RefusedOther {
  client: Client;
  at: number;
  segment: number;
}

/** Refusals of clients that draw their IDs and are accepted otherwise: sessions full, or a broken policy. In order. */
function refusedRandom(clientSas: readonly ClientSa[], memory: Memory): RefusedOther[] {
  const accepted = new Set(
    clientSas
      .filter(({ session, outcomes }) => session.quickModes.some((each) => isAccepted(outcomes.get(each)!)))
      .map(({ client }) => client),
  );
  const wasAccepted = (client: Client) =>
    accepted.has(client) || (memory.client(client)?.accepted.length ?? 0) > 0;
  return clientSas
    .filter(({ client, pattern }) => pattern.kind === "random" && wasAccepted(client))
    .flatMap(({ client, session, outcomes }) =>
      session.quickModes
        .filter((each) => isRefused(outcomes.get(each)!))
        .map(({ firstAt, segment }) => ({ client, at: firstAt, segment })),
    )
    .sort(inOrder);
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

  /** Another client was refused within `SAME_TIME` of the attempt. */
  around({ contender, exchange: { firstAt, segment } }: Attempt): boolean {
    const first = this.#firstFrom({ at: firstAt - SAME_TIME, segment });
    const isNear = (i: number) => {
      const each = this.#refused[i];
      return each?.segment === segment && each.at <= firstAt + SAME_TIME;
    };
    if (!isNear(first)) return false;
    return this.#refused[first].client !== contender.client || isNear(this.#next[first]);
  }

  #firstFrom(moment: Moment): number {
    let from = 0;
    let to = this.#refused.length;
    while (from < to) {
      const half = (from + to) >> 1;
      if (isBefore(this.#refused[half], moment)) from = half + 1;
      else to = half;
    }
    return from;
  }
}
