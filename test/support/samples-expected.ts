/** The form in which samples-truth.ts says what is true of a sample, and what most of the samples share. */

import type { Report } from "../../src/index.ts";

type Finding = Report["findings"][number];
type Attempt = Finding["attempts"][number];
export type Caveat = Finding["caveats"][number];
export type WarningCode = Report["warnings"][number]["code"];

export interface Truth {
  /** Why it is so; numbers are sections and rules of the report's contract. */
  why: string;
  finding?: ExpectedFinding;
  warnings?: readonly WarningCode[];
  /** Kinds of pattern by address and port. */
  patterns?: Record<string, string>;
  /** All message IDs by which a client is known, in the order of appearance, by address and port. */
  messageIds?: Record<string, readonly string[]>;
  /** The most sequential clients connected at once, by responder. */
  peak?: Record<string, number>;
  echoes?: number;
  retransmissions?: number;
  /** Of captures that were not built: counted with tshark. */
  counted?: { packets: number; ikev1: number; quickMode: number };
}

export interface ExpectedFinding extends Pick<Finding, "verdict" | "severity" | "cause" | "messageIds"> {
  holder: string | null;
  contender: string;
  /** Those that must be there, and those on which the contract leaves room; all others must not be there. */
  caveats: readonly Caveat[];
  perhaps?: readonly Caveat[];
  /** Addresses of those that may be the holder. */
  candidates?: readonly string[];
  acceptedWhenFree?: boolean;
  attempts: readonly ExpectedAttempt[];
}

export type ExpectedAttempt = Pick<
  Attempt,
  "messageId" | "outcome" | "overlap" | "verdict" | "retransmissions" | "firstId"
>;

export const FIRST_CLIENT = "198.51.100.11:500";
export const SECOND_CLIENT = "198.51.100.12:500";
export const ONE = "0x00000001";

/** The plainest attempt: ID 1, first of its IKE SA, never answered, sent again after 1, 2 and 5 seconds. */
export const UNANSWERED: ExpectedAttempt = {
  messageId: ONE,
  outcome: "unanswered",
  overlap: "certain",
  verdict: "rejected",
  retransmissions: 3,
  firstId: true,
};

/** Refused once while the other is connected, accepted once it has gone. */
export const REFUSED_ONCE: ExpectedFinding = {
  verdict: "rejected",
  severity: "high",
  cause: "sequential-ids",
  messageIds: [ONE],
  holder: FIRST_CLIENT,
  contender: SECOND_CLIENT,
  caveats: [],
  acceptedWhenFree: true,
  attempts: [UNANSWERED],
};

/** The main sample: refused twice while the other is connected, accepted once it has gone. */
export const REFUSED_TWICE: ExpectedFinding = { ...REFUSED_ONCE, attempts: [UNANSWERED, UNANSWERED] };

export const BOTH_SEQUENTIAL = { [FIRST_CLIENT]: "sequential", [SECOND_CLIENT]: "sequential" };
export const BOTH_RANDOM = { [FIRST_CLIENT]: "random", [SECOND_CLIENT]: "random" };
