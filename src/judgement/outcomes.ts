/**
 * Contract 4, the order of steps: what became of all quick modes at one responder, first by their own messages, then by
 * ESP of the bare endpoints, in the order of their first messages.
 */

import { lazily } from "../collections/lazily.ts";
import { firstIndex } from "../collections/search.ts";
import { type Exchange, isSameQuickMode } from "../ike/facts.ts";
import type { ByExchange } from "./client-sa.ts";
import type { KeysOf } from "./endpoints-of.ts";
import { firstOf, inOrder, isBefore, type Moment, momentOf } from "./moment.ts";
import { acceptanceAt, isCompleted, type Judged, type Outcome, outcomeOf } from "./outcome.ts";
import type { OutcomeContext } from "./outcome-facts.ts";
import type { Peers } from "./peers.ts";
import { beginOf, type Session } from "./session.ts";

export interface OutcomesContext {
  peers: Peers;
  /** Endpoints of each session. */
  keys: KeysOf;
  /** Of each session, by its index. */
  blind: readonly boolean[];
  responderSeen: boolean;
  phase1Times: (session: Session, after: Moment) => number;
  captureEnd: Moment;
  running: boolean;
}

export interface Outcomes {
  outcomes: ByExchange<Outcome>;
  /** When a quick mode is known to have been accepted, if it was. */
  acceptedAt: ByExchange<number>;
  contextOf: (session: Session) => OutcomeContext;
  /** When the first quick mode of a session was accepted; null where none was. */
  firstAccepted: (session: Session) => Moment | null;
  /** The quick mode of that. */
  firstAcceptedOf: (session: Session) => Exchange | null;
  /** Every quick mode was accepted. */
  allAccepted: boolean;
}

export function judgeOutcomes(sessions: readonly Session[], context: OutcomesContext): Outcomes {
  const answers = new Answers(sessions, context);
  const contextOf = (session: Session) => new SessionContext(session, context, answers);
  const found = new Map<Exchange, Judged>();
  let allAccepted = true;
  for (const { session, exchange } of notCompletedOf(sessions)) {
    const judged = outcomeOf(session, exchange, contextOf(session));
    found.set(exchange, judged);
    if (Number.isNaN(judged.acceptedAt)) allAccepted = false;
    // What its messages show is noted already. ESP that had begun explains none that begins later: it was answered before.
    const isNew = !Number.isNaN(judged.acceptedAt) && Number.isNaN(answeredAt(exchange));
    if (isNew) answers.note(context.keys(session), exchange);
  }
  const { outcomes, acceptedAt } = lookups(found);
  const firstAcceptedOf = ({ quickModes }: Session) => {
    for (const exchange of quickModes) if (acceptedAt.get(exchange) !== undefined) return exchange;
    return null;
  };
  return {
    outcomes,
    acceptedAt,
    contextOf,
    allAccepted,
    firstAcceptedOf,
    firstAccepted: (session) => {
      const first = firstAcceptedOf(session);
      return first === null ? null : { at: acceptedAt.get(first)!, segment: first.segment };
    },
  };
}

/**
 * A completed quick mode, as nearly all of most captures are, needs no entry: its own messages say all of it. In a function
 * of its own: the judgement keeps these, and closures keep all of the function that they are made in.
 */
function lookups(found: ReadonlyMap<Exchange, Judged>): Pick<Outcomes, "outcomes" | "acceptedAt"> {
  return {
    outcomes: {
      get: (exchange) => found.get(exchange)?.outcome ?? (isCompleted(exchange) ? "completed" : undefined),
    },
    acceptedAt: {
      get: (exchange) => {
        const judged = found.get(exchange);
        if (judged === undefined) return isCompleted(exchange) ? acceptanceAt(exchange) : undefined;
        return Number.isNaN(judged.acceptedAt) ? undefined : judged.acceptedAt;
      },
    },
  };
}

/** Of IKE SAs whose quick modes were all completed. */
export const OF_COMPLETED = lookups(new Map());

/** The quick modes about which more than their own messages has to be asked, in the order of their first messages. */
function notCompletedOf(sessions: readonly Session[]): { session: Session; exchange: Exchange }[] {
  const all: { session: Session; exchange: Exchange }[] = [];
  for (const session of sessions) {
    for (const exchange of session.quickModes) if (!isCompleted(exchange)) all.push({ session, exchange });
  }
  return all.sort(({ exchange: a }, { exchange: b }) => inOrder(momentOf(a), momentOf(b)));
}

/** What is asked around the quick modes of one session. */
class SessionContext implements OutcomeContext {
  readonly #session: Session;
  readonly #all: OutcomesContext;
  readonly #answers: Answers;

  constructor(session: Session, all: OutcomesContext, answers: Answers) {
    this.#session = session;
    this.#all = all;
    this.#answers = answers;
  }

  get peers(): Peers {
    return this.#all.peers;
  }

  get keys(): readonly number[] {
    return this.#all.keys(this.#session);
  }

  get blind(): boolean {
    return this.#all.blind[this.#session.index];
  }

  get responderSeen(): boolean {
    return this.#all.responderSeen;
  }

  get captureEnd(): Moment {
    return this.#all.captureEnd;
  }

  get running(): boolean {
    return this.#all.running;
  }

  nextPhase1(after: Moment): number {
    return this.#all.phase1Times(this.#session, after);
  }

  answeredWithin(except: Exchange, from: number, to: number): boolean {
    return this.#answers.within(this.keys, except, from, to);
  }

  mayBeOfLater(exchange: Exchange): boolean {
    const moment = momentOf(exchange);
    const isLater = (begun: Moment | undefined) => begun !== undefined && isBefore(moment, begun);
    const { byKey, bySpi } = this.#answers.begunUnseen();
    if (this.keys.some((key) => isLater(byKey.get(key)))) return true;
    const spis = bySpi.size === 0 ? [] : this.peers.spis(this.keys, true);
    return spis.some((each) => isBefore(moment, firstOf(each)) && isLater(bySpi.get(each.spi)));
  }
}

/** Index of the first of some ascending moments that is not before another one. */
function firstFrom(moments: readonly Moment[], moment: Moment): number {
  return firstIndex(moments, (each) => !isBefore(each, moment));
}

/** When the IKE of a quick mode shows that it was answered, by what its client could only send after that as well. */
function answeredAt({ replyAt, firstAt, followedReply, followedShorter }: Exchange): number {
  if (replyAt >= firstAt) return replyAt;
  return followedReply || followedShorter ? firstAt : Number.NaN;
}

/** When quick modes of either side were answered, by endpoint: found out when it is first asked for, since few ask. */
class Answers {
  readonly #sessions: readonly Session[];
  readonly #keys: KeysOf;
  readonly #peers: Peers;
  /** In the order of time. */
  readonly #byKey = lazily(() => this.#answersOfIke());
  /**
   * When the last IKE SA of those without phase 1 in the capture was first seen, by endpoint, and by SPI of what came
   * from there: a NAT may have moved it since it began.
   */
  readonly begunUnseen = lazily(() => {
    const byKey = new Map<number, Moment>();
    const bySpi = new Map<number, Moment>();
    for (const session of this.#sessions) {
      if (!session.begunBefore) continue;
      const keys = this.#keys(session);
      // They come in the order of their first messages.
      for (const key of keys) byKey.set(key, beginOf(session));
      for (const { spi } of this.#peers.spis(keys, true)) if (spi !== 0) bySpi.set(spi, beginOf(session));
    }
    return { byKey, bySpi };
  });
  /** What was noted since it was last asked for. */
  #noted: { keys: readonly number[]; exchange: Exchange }[] = [];

  constructor(sessions: readonly Session[], { keys, peers }: Pick<OutcomesContext, "keys" | "peers">) {
    this.#sessions = sessions;
    this.#keys = keys;
    this.#peers = peers;
  }

  note(keys: readonly number[], exchange: Exchange): void {
    this.#noted.push({ keys, exchange });
  }

  within(keys: readonly number[], except: Exchange, from: number, to: number): boolean {
    const { segment } = except;
    const byKey = this.#byKey();
    for (const each of this.#noted.splice(0)) enter(byKey, each.keys, each.exchange, each.exchange.firstAt);
    return keys.some((key) => {
      const known = byKey.get(key) ?? [];
      for (let i = firstFrom(known, { at: from, segment }); i < known.length; i += 1) {
        const { exchange, at } = known[i];
        if (exchange.segment !== segment || at > to) return false;
        // Of one quick mode there are two answers at most: the loop is short.
        if (!isSameQuickMode(exchange, except)) return true;
      }
      return false;
    });
  }

  #answersOfIke(): AnswersByKey {
    const byKey: AnswersByKey = new Map();
    for (const session of this.#sessions) {
      const keys = this.#keys(session);
      for (const exchange of session.quickModes) {
        const at = answeredAt(exchange);
        if (!Number.isNaN(at)) enter(byKey, keys, exchange, at);
      }
      // Those that the responder started explain ESP as well.
      for (const exchange of session.sa.exchanges) {
        const own = exchange.starter === session.client;
        if (!own && exchange.replyAt >= exchange.firstAt) enter(byKey, keys, exchange, exchange.replyAt);
      }
    }
    return byKey;
  }
}

type AnswersByKey = Map<number, (Moment & { exchange: Exchange })[]>;

function enter(byKey: AnswersByKey, keys: readonly number[], exchange: Exchange, at: number): void {
  const answer = { exchange, at, segment: exchange.segment };
  for (const key of keys) {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [answer]);
    else known.splice(firstFrom(known, answer), 0, answer);
  }
}
