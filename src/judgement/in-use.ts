/**
 * Contract 6.7: whether a claimed message ID was *in use* at a moment: only then does accepting it again show that this
 * responder does not tell clients apart by it.
 */

import { type Exchange, isSameQuickMode, type Spi } from "../ike/facts.ts";
import { isAccepted } from "./claiming.ts";
import type { Claim } from "./claims.ts";
import type { ClientSa } from "./client-sa.ts";
import { firstOf, isBefore, lastOf, type Moment, momentOf, SECOND, seen } from "./moment.ts";

/** Windows behind a NAT starts two quick modes at once and deletes the SA of the first within 3 s. */
const PAIR_WITHIN = SECOND;
const PAIR_DELETE = 3 * SECOND;

export function isInUse({ clientSa, exchange, implied }: Claim, moment: Moment): boolean {
  if (implied || exchange === null || clientSa.lifespan.life.segment < moment.segment) return false;
  // Who was never seen to be accepted does not demonstrably hold anything.
  if (!isAccepted(clientSa.outcomes.get(exchange)!)) return false;
  const spis = spisOf(clientSa);
  if (spis.length === 0) return isLatest(clientSa, exchange, moment);
  return begunWith(clientSa, exchange, spis).some((spi) => isSending(spi, moment));
}

/**
 * What the client had the ID in use for is known to have gone by a moment: the responder sends no more on the SPI that
 * began with the quick mode, or never did and sends on that of the pair's other one. One that was not kept (6.17) says
 * nothing.
 */
export function wasGivenUp({ clientSa, exchange, implied }: Claim, moment: Moment): boolean {
  if (implied || exchange === null) return true;
  const spis = spisOf(clientSa);
  if (spis.length === 0) return !isLatest(clientSa, exchange, moment);
  const own = begunWith(clientSa, exchange, spis);
  if (own.length > 0) return !own.some((spi) => isSending(spi, moment));
  // Behind it in the order of the counter: the network may have swapped the pair (contract 5).
  const { quickModes } = clientSa.session;
  const after = quickModes.slice(quickModes.indexOf(exchange) + 1).filter((each) => isPair(exchange, each));
  return after.some((each) => begunWith(clientSa, each, spis).length > 0);
}

function isPair(a: Exchange, b: Exchange): boolean {
  return a.segment === b.segment && Math.abs(a.firstAt - b.firstAt) <= PAIR_WITHIN;
}

/** SPIs of what the responder sends it, where those are captured. */
function spisOf({ lifespan, peers, keys }: ClientSa): Spi[] {
  return lifespan.blind ? [] : peers.spis(keys, false).filter(({ spi }) => spi !== 0);
}

function isSending(spi: Spi, moment: Moment): boolean {
  return isBefore(moment, lastOf(spi));
}

/** The SPIs that began with the quick mode. */
function begunWith(clientSa: ClientSa, exchange: Exchange, spis: readonly Spi[]): Spi[] {
  const { life } = clientSa.lifespan;
  const end: Moment = { at: life.lastAt, segment: life.segment };
  return spis.filter((spi) => {
    const first = firstOf(spi);
    return (
      spi.firstSegment === exchange.segment &&
      spi.firstAt >= exchange.firstAt &&
      // What begins later on the same endpoints is another session's.
      !isBefore(end, first) &&
      begunBy(clientSa, first) === exchange
    );
  });
}

/** The accepted quick mode, of either side, that an SPI began with: the latest before it. */
function begunBy({ session, acceptedAt }: ClientSa, moment: Moment): Exchange | null {
  let latest: Exchange | null = null;
  // In the order of the list, which is that of the counter where the network swapped the first two (contract 5).
  for (const exchange of session.quickModes) {
    if (acceptedAt.get(exchange) !== undefined && !isBefore(moment, momentOf(exchange))) latest = exchange;
  }
  for (const exchange of session.sa.exchanges) {
    const others = exchange.starter !== session.client && seen(exchange.replyAt);
    // The client's whose first message the capture lost stands here as begun by the responder.
    const isOwn = () => session.quickModes.some((each) => isSameQuickMode(each, exchange));
    if (others && !isBefore(moment, momentOf(exchange)) && !isOwn()) latest = laterOf(latest, exchange);
  }
  return latest;
}

function laterOf(a: Exchange | null, b: Exchange): Exchange {
  return a === null || !isBefore(momentOf(b), momentOf(a)) ? b : a;
}

/**
 * Without SPIs: the holder's latest quick mode, and no Informational of either side since, as far as those are known:
 * when the clock steps back they are forgotten, and what may speak against an accusation is not passed over.
 */
function isLatest({ session }: ClientSa, exchange: Exchange, moment: Moment): boolean {
  const { sa, quickModes } = session;
  const own = quickModes.filter((each) => isBefore(momentOf(each), moment));
  if (own.at(-1) !== exchange) return false;
  if (sa.lifeSegment !== moment.segment) return true;
  const pair = own.some((each) => each !== exchange && isPair(exchange, each));
  const isSince = (at: number) => isBefore(momentOf(exchange), { at, segment: moment.segment });
  const deletes = sa.informationals.flat().filter((at) => isSince(at) && at < moment.at);
  const ofFirst = pair && deletes.length > 0 && Math.min(...deletes) - exchange.firstAt <= PAIR_DELETE;
  return deletes.length === (ofFirst ? 1 : 0);
}
