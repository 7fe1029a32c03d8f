/**
 * One quick-mode exchange: all messages of exchange type 32 with one message ID inside one IKE SA
 * (RFC 2409 5.5). It records what was seen; what it means is judged in outcome.ts once the roles are known.
 *
 * Times are monotone clock values of the capture in microseconds; NaN means "not seen".
 */

import type { Moment } from "../collections/moment.ts";
import { rowOf } from "../linear/row-names.ts";
import { Pool } from "../linear/rows.ts";
import type { Message } from "../wire/datagram.ts";
import type { Selectors } from "./selectors.ts";
import type { QuickModeTestimony } from "./testimony.ts";

/** Where and when a packet stands in the capture, as written there. */
export interface Stamp {
  /** Whole microseconds since the epoch. */
  micros: number;
  /** Nanoseconds below the microsecond, 0..999. */
  nanos: number;
  /** Number of the record in its source, from 1. */
  frame: number;
  /** Index of the source. */
  source: number;
}

export function stampOf(message: Message): Stamp {
  return { micros: message.micros, nanos: message.nanos, frame: message.frame, source: message.source };
}

/** What the endpoints of an exchange looked like when it began. */
export interface Before {
  /** The last ESP or keepalive of either direction, and of the starter. */
  lifeAt: number;
  sentAt: number;
  /** The last ESP of either direction. */
  espAt: number;
  /** The starter sent on while nothing came from the other side: three packets or more, over 20 s or more. */
  unheard: boolean;
}

/** The first copy of a first message, and the other side's host around it. */
export interface FirstCopy {
  at: number;
  /** The host had sent steadily, to anyone: in five of the six spans of 10 s before. */
  steady: boolean;
  /** Its next packet to anyone. */
  otherSentAt: number;
}

/** How many of the latest quick modes an Informational may concern. */
export const OPEN_EXCHANGES = 16;
/** Copies later than this after the reply were not under way when it came, microseconds. */
export const UNUSABLE_AFTER = 500_000;

/** Rule 4: an Informational so soon after the first message need not say goodbye. */
export const PROMPT = 3_000_000;

/** Times are NaN where nothing was seen. */
const NUMBERS = [
  /** Endpoint that the first message came from; changes when hosts are numbered anew. */
  "from",
  "firstAt",
  /** Stamp and digest of the first message: the same again is a retransmission. */
  "firstMicros",
  "firstFrame",
  "firstFull",
  "firstPrefix",
  /** First message of the other side with this ID; the length is NaN where a log told of it. */
  "replyAt",
  "replyLength",
  /** The starter's second, different message. */
  "followedAt",
  "followedLength",
  /** The other side's next packet to anyone. */
  "otherSentAt",
  /** First ESP after the first message, from the starter and from the other side. */
  "espFromStarterAt",
  "espFromOtherAt",
] as const;
const WORDS = [
  "messageId",
  "segment",
  "firstNanos",
  "firstSource",
  "firstLength",
  "retransmissions",
  /** Address of the row of the quick mode that its IKE SA had before it; 0 where it is the first. For the core. */
  "olderAddress",
  /** The same of its annex. */
  "annexAddress",
  /** The next of those that wait for a packet of one host, for the core alone. */
  "waitingAddress",
] as const;
const FLAGS = [
  "startedBySide1",
  /** The first message was cut by the capture. */
  "firstCut",
  /** A second, different message of the starter came: after a reply, and shorter than the first. */
  "followedReply",
  "followedShorter",
  "unheardBefore",
] as const;

/** What most quick modes have nothing of: no Informational came after them, and no ESP or keepalive before. */
const ANNEX = {
  numbers: [
    /** First Informational of the other side after the first message, with its stamp, and of the starter. */
    "otherInformationalAt",
    "otherMicros",
    "otherFrame",
    "starterInformationalAt",
    /** The starter's first Informational that is more than the prompt Delete of an older SA (see `isPrompt`). */
    "starterLeftAt",
    /** See `Before`. */
    "lifeBeforeAt",
    "sentBeforeAt",
    "espBeforeAt",
  ],
  words: [
    "otherNanos",
    "otherSource",
    /** Error notify of the other side that could be read (RFC 2408 3.14.1); 0 where none was. */
    "otherNotify",
  ],
} as const;

/** What nearly all quick modes have nothing of. */
interface RareFacts {
  lastRetransmissionAt: number;
  lastRetransmission: Stamp | null;
  /** Copies of the first message that came clearly after the reply: whatever it was, it was of no use. */
  copiesAfterReply: number;
  firstCopy: FirstCopy | null;
  /** What the first message and the answer propose, where a key opens them. */
  selectors: Selectors | null;
  answered: Selectors | null;
  /** What others than the capture say of it. */
  testimony: QuickModeTestimony | null;
}

const NOTHING_RARE: RareFacts = {
  lastRetransmissionAt: Number.NaN,
  lastRetransmission: null,
  copiesAfterReply: 0,
  firstCopy: null,
  selectors: null,
  answered: null,
  testimony: null,
};

/** One of tens of thousands that are held at a time: its numbers lie in a pool. */
export class Exchange extends rowOf({
  numbers: NUMBERS,
  words: WORDS,
  flags: FLAGS,
  rare: NOTHING_RARE,
  annex: ANNEX,
}) {
  /**
   * @param message its first one; null: the core has begun it, and the object is to lie there
   * @param pool where its numbers are to lie; else it has room of its own
   */
  constructor(message: Message | null, starter: 0 | 1, pool: Pool | null = new Pool(Exchange, 1)) {
    super(pool);
    if (message === null) return;
    const { digest } = message;
    this.starter = starter;
    this.messageId = message.messageId;
    this.from = message.from;
    this.firstAt = message.at;
    this.segment = message.segment;
    this.firstMicros = message.micros;
    this.firstNanos = message.nanos;
    this.firstFrame = message.frame;
    this.firstSource = message.source;
    this.firstFull = digest.full;
    this.firstPrefix = digest.prefix;
    this.firstCut = message.cut;
    this.firstLength = message.length;
  }

  /** Side of the IKE SA that sent the first message. */
  get starter(): 0 | 1 {
    return this.startedBySide1 ? 1 : 0;
  }

  set starter(side: 0 | 1) {
    this.startedBySide1 = side === 1;
  }

  get first(): Stamp {
    return {
      micros: this.firstMicros,
      nanos: this.firstNanos,
      frame: this.firstFrame,
      source: this.firstSource,
    };
  }

  /** The message is the first one again, as far as the capture shows. */
  isFirstAgain({ digest, cut }: Message): boolean {
    return digest.prefix === this.firstPrefix && (cut || this.firstCut || digest.full === this.firstFull);
  }

  /** Null without one. */
  get otherInformational(): Stamp | null {
    if (Number.isNaN(this.otherFrame)) return null;
    return {
      micros: this.otherMicros,
      nanos: this.otherNanos,
      frame: this.otherFrame,
      source: this.otherSource,
    };
  }

  set otherInformational(stamp: Stamp) {
    this.otherMicros = stamp.micros;
    this.otherNanos = stamp.nanos;
    this.otherFrame = stamp.frame;
    this.otherSource = stamp.source;
  }

  get before(): Before {
    return {
      lifeAt: this.lifeBeforeAt,
      sentAt: this.sentBeforeAt,
      espAt: this.espBeforeAt,
      unheard: this.unheardBefore,
    };
  }

  set before({ lifeAt, sentAt, espAt, unheard }: Before) {
    this.lifeBeforeAt = lifeAt;
    this.sentBeforeAt = sentAt;
    this.espBeforeAt = espAt;
    this.unheardBefore = unheard;
  }

  /** The same with other values, apart from what is kept. */
  with(values: Partial<Exchange>): Exchange {
    const copy: Exchange = Object.create(Exchange.prototype);
    this.copyTo(copy, new Pool(Exchange, 1));
    return Object.assign(copy, values);
  }

  /** Makes an exchange again of the plain object that one became in a state file. */
  static revive(plain: Exchange, pool: Pool): void {
    Object.setPrototypeOf(plain, Exchange.prototype);
    pool.adopt(plain);
    plain.isRare = !plain.isUsual;
  }
}

/** One quick mode, as it is or as started by the other side (see `asStartedBy`). */
export function isSameQuickMode({ first: a }: Exchange, { first: b }: Exchange): boolean {
  return a.frame === b.frame && a.source === b.source;
}

/** A time by the clock of the exchange: after all of that, where the clock stepped back since. */
export function timeFor({ segment }: Exchange, moment: Moment): number {
  return moment.segment === segment ? moment.at : Number.POSITIVE_INFINITY;
}

/** Windows deletes the older SA of a pair or a rekey within 3 s: that is not leaving. */
export function isPrompt({ retransmissions, firstAt }: Exchange, at: number): boolean {
  return retransmissions === 0 && at - firstAt <= PROMPT;
}

/**
 * Contract 4: a quick mode whose first message the capture lost is the client's when the first one seen is the
 * responder's, the client's next is at most half as long, and nothing else with this ID comes from the responder.
 */
export function asStartedBy(exchange: Exchange, client: 0 | 1): Exchange | null {
  const { replyLength, firstLength, followedReply, followedShorter } = exchange;
  const other = followedReply || followedShorter || !Number.isNaN(exchange.followedLength);
  if (other || !(replyLength * 2 <= firstLength)) return null;
  return exchange.with({
    starter: client,
    replyAt: exchange.firstAt,
    retransmissions: 0,
    lastRetransmissionAt: Number.NaN,
    lastRetransmission: null,
    firstCopy: null,
    copiesAfterReply: 0,
    sentBeforeAt: Number.NaN,
    espFromStarterAt: exchange.espFromOtherAt,
    espFromOtherAt: exchange.espFromStarterAt,
  });
}
