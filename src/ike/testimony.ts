/**
 * What others than the capture say of a quick mode or a session: the gateway's log, the client's events. It is put
 * beside the facts before a judgement, and anew before each one.
 */

export interface QuickModeTestimony {
  /** The gateway or the client says that it completed: time on the capture's clock; NaN where neither does. */
  acceptedAt: number;
  /** The gateway speaks of a refusal, or of an ID that it has or does not know. */
  refused: boolean;
  /** Another cause, and who names it, in words; null where nobody does. */
  otherCause: string | null;
  /** What the client's own events say of a failure, in words. */
  client: readonly string[];
}

export interface SessionTestimony {
  /** The gateway ended the session at this time at the latest; NaN where it does not say so. */
  endedAt: number;
  /** It held the session until this time at least; NaN where it does not say so. */
  heldUntil: number;
}
