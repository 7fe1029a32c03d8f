/** Contract 6.8: what turns `rejected` and `predicted` into `possible`. Each rule stands alone. */

import { INVALID_MESSAGE_ID } from "../ike/facts.ts";
import { isAccepted, isRefused } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Attempt, Collisions, RefusedWithoutHolder } from "./collisions.ts";
import { isBefore, type Moment, SECOND } from "./moment.ts";

/** A claim that ended so shortly before may still be in the responder's way. */
const JUST_ENDED = 60 * SECOND;
/** Refusals of others within this time of an attempt have the same cause, perhaps. */
const SAME_TIME = 300 * SECOND;

export interface CounterEvidence {
  /** The responder was seen to accept an ID in use. */
  acceptsInUse: boolean;
  /** The attempt may have another cause. `firmly`: the verdict may not stay. */
  against: (attempt: Attempt) => "no" | "caveat" | "firmly";
}

/** @param couldBeHeld some peer that cannot be seen into may have held the ID then */
export function counterEvidence(
  clientSas: readonly ClientSa[],
  collisions: Collisions,
  remembered: boolean,
  couldBeHeld: (refusedWithoutHolder: RefusedWithoutHolder) => boolean,
): CounterEvidence {
  const inUse = collisions.attempts.some(
    ({ acceptedInUse, holder, holderDropped }) => acceptedInUse && holder?.settled === true && !holderDropped,
  );
  const acceptsInUse = remembered || inUse || collisions.sharedIds;
  const freely = refusedFreely(clientSas, collisions, couldBeHeld);
  const others = refusedRandom(clientSas);
  return {
    acceptsInUse,
    against: (attempt) => {
      const { client } = attempt.contender;
      const strong = acceptsInUse || isOtherNotify(attempt) || refusedWith(attempt, others);
      if (strong) return "firmly";
      return freely.get(client) ?? "no";
    },
  };
}

/** A readable notify names another cause (contract 4). */
export function isOtherNotify({ exchange: { otherNotify } }: Attempt): boolean {
  return otherNotify !== 0 && otherNotify !== INVALID_MESSAGE_ID;
}

/** Clients refused on an ID that nobody held and nobody could hold unseen. */
function refusedFreely(
  clientSas: readonly ClientSa[],
  { refusedWithoutHolder, accepted }: Collisions,
  couldBeHeld: (refusedWithoutHolder: RefusedWithoutHolder) => boolean,
): Map<Client, "caveat" | "firmly"> {
  const acceptedOn = new Set(
    accepted.map(({ contender, exchange }) => keyOf(contender.client, exchange.messageId)),
  );
  const ghosts = ghostsOf(clientSas);
  const freely = new Map<Client, "caveat" | "firmly">();
  for (const each of refusedWithoutHolder) {
    const { client } = each.contender;
    if (!isRefused(each.outcome) || freely.get(client) === "firmly") continue;
    if (each.exchange.firstAt - each.claimEndedAt < JUST_ENDED) continue;
    if (ghosts(each) || couldBeHeld(each)) continue;
    const own = acceptedOn.has(keyOf(client, each.exchange.messageId));
    freely.set(client, own ? "caveat" : "firmly");
  }
  return freely;
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

/** Refusals of clients that draw their IDs and are accepted otherwise: sessions full, or a broken policy. */
function refusedRandom(clientSas: readonly ClientSa[]): { client: Client; at: number; segment: number }[] {
  const accepted = new Set(
    clientSas
      .filter(({ session, outcomes }) => session.quickModes.some((each) => isAccepted(outcomes.get(each)!)))
      .map(({ client }) => client),
  );
  return clientSas
    .filter(({ client, pattern }) => pattern.kind === "random" && accepted.has(client))
    .flatMap(({ client, session, outcomes }) =>
      session.quickModes
        .filter((each) => isRefused(outcomes.get(each)!))
        .map(({ firstAt, segment }) => ({ client, at: firstAt, segment })),
    )
    .sort((a, b) => a.segment - b.segment || a.at - b.at);
}

function refusedWith(
  { contender, exchange }: Attempt,
  others: readonly { client: Client; at: number; segment: number }[],
): boolean {
  return others.some(
    ({ client, at, segment }) =>
      client !== contender.client &&
      segment === exchange.segment &&
      Math.abs(at - exchange.firstAt) <= SAME_TIME,
  );
}
