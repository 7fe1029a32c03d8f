/**
 * What is known of an IKE SA in numbers: where each lies in its row. Which side is which is told in `sa.ts`; times are
 * NaN where nothing was seen.
 */

import { rowOf } from "../linear/row-names.ts";
import { SaPath } from "./paths.ts";
import { NOTHING_RARE } from "./rare-facts.ts";

/** Distinct messages that are remembered. */
export const RECENT = 8;
/** Paths that lie in the row; an IKE SA with more has been moved by a NAT, or was captured at several places. */
export const PATHS_INSIDE = 2;
/** Words of NAT-D hashes of a side that lie in the row: one of the peer's address, one of its own. */
export const NAT_HASH_WORDS = 4;

const NUMBERS = [
  "firstAt",
  /** See `hash`. */
  "hashNumber",
  /** Last sign of life of any kind in `lifeSegment`; earlier segments in `earlierLife`. */
  "lastLifeAt",
  /** Last sign of life that is not a retransmission. */
  "lastFreshAt",
  /** The last Informational that nothing has answered. */
  "informationalAt",
] as const;
const WORDS = [
  /** Running number, in the order of first appearance. */
  "number",
  "firstSegment",
  "lifeSegment",
  /** Informationals answered within 1 s by one of the same length: DPD (RFC 3706), which Windows does not have. */
  "answeredInformationals",
  "informationalLength",
  /** Distinct messages so far. */
  "distinct",
  /** Address of the row of its latest quick mode, 0 without one, or `ELSEWHERE`: see `Exchange.olderAddress`. */
  "latestAddress",
  /** The same of the row of its Informationals. */
  "toldAddress",
] as const;
const BYTES = [
  /** Exchange type of phase 1: 2 main, 4 aggressive; 0 when no message of it was seen. */
  "mode",
  "informationalSide",
  /** Which of the latest distinct messages side 1 sent, and which the capture cut, a bit each. */
  "recentSides",
  "recentCut",
  "pathCount",
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
/** What is one for each side has two. */
const LISTS = {
  phase1FinishedAt: 2,
  /** See `lifeSecondsOf`. */
  lifetimes: 2,
  /** Its first message, but for Informationals in the clear, which anybody can send. */
  firstFromAt: 2,
  /** The last sign of the side itself (IKE, ESP, keepalive). */
  lastFromAt: 2,
  /** The last message of each side, to know a decrypted copy; see `lastKind` as well. */
  lastMessageAt: 2,
};
const WORD_LISTS = {
  /** Room for rows of paths, see `SaPath`. First of all words: what holds numbers lies at a multiple of eight bytes. */
  pathRoom: PATHS_INSIDE * SaPath.width * 2,
  /** Initiator and responder cookie, two 32-bit words each. */
  cookies: 4,
  /** Distinct messages of phase 1. */
  phase1Messages: 2,
  /** Sources that showed a message of the side (see `sourceBit`). */
  sources: 2,
  /** Segment of `lastFromAt`. */
  lastFromSegment: 2,
  /** The last message of each side: twice its exchange, one more where it was encrypted; and its message ID. */
  lastKind: 2,
  lastId: 2,
  /** Number of the list of its vendor IDs. */
  vendorList: 2,
  /** How many words of NAT-D hashes of each side lie here, and one more; 0 where none was seen. */
  natHashCount: 2,
  natHashWords: 2 * NAT_HASH_WORDS,
  /**
   * The latest distinct messages, a ring: the lower 32 bits of prefix and full print. Two messages that differ agree in
   * both once in 2^64, as nobody knows the seeds of a run.
   */
  recentPrefix: RECENT,
  recentFull: RECENT,
};

export const SaNumbers = rowOf({
  numbers: NUMBERS,
  words: WORDS,
  bytes: BYTES,
  flags: FLAGS,
  lists: LISTS,
  wordLists: WORD_LISTS,
  rare: NOTHING_RARE,
});
