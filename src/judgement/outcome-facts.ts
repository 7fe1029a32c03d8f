/** What the rules of contract 4 ask about a quick mode and what is around it. */

import type { Exchange } from "../ike/facts.ts";
import { hasEspIn } from "./gave-up.ts";
import { earlier, type Moment, SECOND, seen } from "./moment.ts";
import { ESP_WITHIN } from "./outcome-by-esp.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";

export interface OutcomeContext {
  peers: Peers;
  /** Endpoints of the client under which its ESP is seen. */
  keys: readonly number[];
  blind: boolean;
  /** The responder was seen sending something to somebody. */
  responderSeen: boolean;
  /** When the client next began phase 1 after a moment, by the clock of that; NaN when it did not. */
  nextPhase1(after: Moment): number;
  /** A quick mode on the same endpoints, of either side, was answered within a span of time. */
  answeredWithin(except: Exchange, from: number, to: number): boolean;
  /**
   * An IKE SA whose phase 1 the capture lost came to the same endpoints later, or to where ESP that begins there was
   * moved: that may be its.
   */
  mayBeOfLater(exchange: Exchange): boolean;
  /** Last clock value of the capture, and its segment. */
  captureEnd: Moment;
  /** The capture goes on: what is missing may still come. */
  running: boolean;
}

export const PENDING = 5 * SECOND;

export function lastCopyAt({ lastRetransmissionAt, firstAt }: Exchange): number {
  return seen(lastRetransmissionAt) ? lastRetransmissionAt : firstAt;
}

const DELETES_WITHIN = 5 * SECOND;

/**
 * When the responder began to delete the SA after the quick mode's first message: two Informationals within 5 s, then
 * nothing more of it. NaN where it did not, and where it answered another quick mode since: it deleted that one's SA.
 */
export function deletedBy({ sa, responder }: Session, { firstAt, segment }: Exchange): number {
  const answersSince = (each: Exchange) => each.segment === segment && each.replyAt >= firstAt;
  if (segment !== sa.lifeSegment || sa.exchanges.some(answersSince)) return Number.NaN;
  const times = sa.informationals[responder];
  const i = times.findIndex((at, j) => at >= firstAt && times[j + 1] - at <= DELETES_WITHIN);
  return i >= 0 && sa.lastFromAtOf(responder) <= times[i] + DELETES_WITHIN ? times[i] : Number.NaN;
}

/** ESP of the client came after the quick mode, before it gave up. */
export function espFollows(exchange: Exchange, gaveUp: number, { peers, keys }: OutcomeContext): boolean {
  const { segment, firstAt: from } = exchange;
  return hasEspIn(peers, keys, { segment, from, to: earlier(gaveUp, from + ESP_WITHIN) });
}

export function isWithin(
  span: number,
  exchange: Exchange,
  { captureEnd }: Pick<OutcomeContext, "captureEnd">,
): boolean {
  return exchange.segment === captureEnd.segment && captureEnd.at - exchange.firstAt <= span;
}
