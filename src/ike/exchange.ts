/**
 * One quick-mode exchange: all messages of exchange type 32 with one message ID inside one IKE SA
 * (RFC 2409 5.5). It records what was seen; what it means is judged in outcome.ts once the roles are known.
 *
 * Times are monotone clock values of the capture in microseconds; NaN means "not seen".
 */

import { digestOf, type Message, type MessageDigest } from "../wire/datagram.ts";
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
  /** The last ESP or keepalive of either direction. */
  lifeAt: number;
  /** The last ESP of either direction. */
  espAt: number;
  /** The starter sent on while nothing came from the other side: three packets or more, over 20 s or more. */
  unheard: boolean;
}

const NOTHING_BEFORE: Before = { lifeAt: Number.NaN, espAt: Number.NaN, unheard: false };

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

export class Exchange {
  readonly messageId: number;
  /** Side of the IKE SA (0 or 1) that sent the first message. */
  readonly starter: 0 | 1;
  readonly first: Stamp;
  /** Endpoint that the first message came from; changes when hosts are numbered anew. */
  from: number;
  readonly firstAt: number;
  readonly segment: number;
  /** Digest and length of the first message: the same again is a retransmission. */
  readonly firstDigest: MessageDigest;
  readonly firstLength: number;
  retransmissions = 0;
  lastRetransmissionAt = Number.NaN;
  lastRetransmission: Stamp | null = null;
  firstCopy: FirstCopy | null = null;
  /** First message of the other side with this ID. */
  replyAt = Number.NaN;
  replyLength = Number.NaN;
  /** Copies of the first message that came clearly after the reply: whatever it was, it was of no use. */
  copiesAfterReply = 0;
  /** A second, different message of the starter: after a reply, and shorter than the first. */
  followedReply = false;
  followedShorter = false;
  /** When that came. */
  followedAt = Number.NaN;
  /** What the first message and the answer propose, where a key opens them. */
  selectors: Selectors | null = null;
  answered: Selectors | null = null;
  /** What others than the capture say of it. */
  testimony: QuickModeTestimony | null = null;
  /** Length of the starter's second, different message. */
  followedLength = Number.NaN;
  /** First Informational of the other side after the first message, and of the starter. */
  otherInformationalAt = Number.NaN;
  otherInformational: Stamp | null = null;
  starterInformationalAt = Number.NaN;
  /** The starter's first Informational that is more than the prompt Delete of an older SA (see `isPrompt`). */
  starterLeftAt = Number.NaN;
  /** Error notify of the other side that could be read (RFC 2408 3.14.1); 0 where none was. */
  otherNotify = 0;
  /** The other side's next packet to anyone. */
  otherSentAt = Number.NaN;
  /** First ESP after the first message, from the starter and from the other side. */
  espFromStarterAt = Number.NaN;
  espFromOtherAt = Number.NaN;
  before = NOTHING_BEFORE;

  constructor(message: Message, starter: 0 | 1) {
    this.messageId = message.messageId;
    this.starter = starter;
    this.first = stampOf(message);
    this.from = message.from;
    this.firstAt = message.at;
    this.segment = message.segment;
    this.firstDigest = digestOf(message);
    this.firstLength = message.length;
  }
}

/** Windows deletes the older SA of a pair or a rekey within 3 s: that is not leaving. No method: states keep exchanges plain. */
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
  return Object.assign(Object.create(Exchange.prototype), exchange, {
    starter: client,
    replyAt: exchange.firstAt,
    retransmissions: 0,
    lastRetransmissionAt: Number.NaN,
    lastRetransmission: null,
    firstCopy: null,
    copiesAfterReply: 0,
    espFromStarterAt: exchange.espFromOtherAt,
    espFromOtherAt: exchange.espFromStarterAt,
  });
}
