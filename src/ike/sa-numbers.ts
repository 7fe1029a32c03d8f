/**
 * What is known of an IKE SA in numbers: where each lies in its row. Which side is which is told in `sa.ts`; times are
 * NaN where nothing was seen.
 */

import { rowOf } from "../linear/rows.ts";

/** Numbers of the latest distinct messages, three each. */
export const RECENT = 3 * 8;

const NUMBERS = [
  /** Running number, in the order of first appearance. */
  "number",
  /** Exchange type of phase 1: 2 main, 4 aggressive; 0 when no message of it was seen. */
  "mode",
  "firstAt",
  "firstSegment",
  /** See `hash`. */
  "hashNumber",
  /** Last sign of life of any kind in `lifeSegment`; earlier segments in `earlierLife`. */
  "lastLifeAt",
  "lifeSegment",
  /** Last sign of life that is not a retransmission. */
  "lastFreshAt",
  /** Informationals answered within 1 s by one of the same length: DPD (RFC 3706), which Windows does not have. */
  "answeredInformationals",
  /** The last Informational that nothing has answered. */
  "informationalAt",
  "informationalLength",
  "informationalSide",
  /** Where the next of `recent` goes. */
  "nextRecent",
] as const;
const FLAGS = [
  /** The first message (responder cookie zero, RFC 2408 3.1) was seen: side 0 began phase 1. */
  "phase1Seen",
  "natDiscovery",
  /** A short snaplen cut a message. */
  "cut",
  /** A log told of a message, which has no content: that an answer was missed is not proven on this SA. */
  "logged",
] as const;
/** What is one number for each side has two. */
const LISTS = {
  /** Initiator and responder cookie, two 32-bit words each. */
  cookies: 4,
  /** Distinct messages of phase 1, and when the side finished its part. */
  phase1Messages: 2,
  phase1FinishedAt: 2,
  /** See `lifeSecondsOf`. */
  lifetimes: 2,
  /** Sources that showed a message of the side (see `sourceBit`). */
  sources: 2,
  /** Its first message, but for Informationals in the clear, which anybody can send. */
  firstFromAt: 2,
  /** The last sign of the side itself (IKE, ESP, keepalive), and its segment. */
  lastFromAt: 2,
  lastFromSegment: 2,
  /** When it deleted the SA, by a message that could be read. */
  deletedAt: 2,
  /** The latest distinct messages, a ring: prefix, full print or NaN where the capture cut the message, and side. */
  recent: RECENT,
  /** The last message of each side, to know a decrypted copy: exchange, message ID, E flag, time. */
  last: 8,
};

export const SaNumbers = rowOf({ numbers: NUMBERS, flags: FLAGS, lists: LISTS });
