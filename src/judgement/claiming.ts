/** Contract 6.1: which quick modes claim their message ID. */

import type { Exchange } from "../ike/facts.ts";
import type { ClientSa } from "./client-sa.ts";
import { SECOND, seen } from "./moment.ts";
import type { Outcome } from "./outcome.ts";

/** A client that stays so long without repeating itself had its answer, which the capture lost. */
const STAYED = 60 * SECOND;

export function isAccepted(outcome: Outcome): boolean {
  return outcome === "completed" || outcome === "answered";
}

export function isRefused(outcome: Outcome): boolean {
  return outcome === "refused" || outcome === "unanswered";
}

/** "implied": the capture lost the answer, and the claim is a conclusion. */
export function claimOf(
  clientSa: ClientSa,
  exchange: Exchange,
  outcome: Outcome,
): "seen" | "implied" | "none" {
  if (isAccepted(outcome)) return "seen";
  if (outcome === "unproven" && stayed(clientSa, exchange)) return "implied";
  if (outcome !== "pending" && outcome !== "unobserved") return "none";
  const { life } = clientSa.lifespan;
  const lived = later(clientSa, exchange) || life.segment > exchange.segment;
  return lived ? "seen" : "none";
}

/** The SA showed life after the first message that is not a copy of it. */
function later({ session, lifespan }: ClientSa, { firstAt }: Exchange): boolean {
  const { sa } = session;
  const { life } = lifespan;
  return sa.lastFreshAt > firstAt || life.lastAt > Math.max(sa.lastLifeAt, firstAt);
}

function stayed({ session, lifespan }: ClientSa, exchange: Exchange): boolean {
  const { blind, life } = lifespan;
  if (!seen(session.finishedAt) || exchange.retransmissions > 0) return false;
  if (life.segment !== exchange.segment) return false;
  const last = blind ? life.fromClient : { at: life.espFromClientAt, segment: life.segment };
  return last.segment === exchange.segment && last.at - exchange.firstAt > STAYED;
}
