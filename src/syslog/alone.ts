/**
 * What a gateway's log shows without a capture: a peer whose quick mode is not accepted while another one has the
 * message ID, and is once that one has gone. A log has no message of its own for this fault, so a refusal is only
 * called one where the control was seen.
 */

import { append, grouped } from "../collections/grouping.ts";
import { firstIndex } from "../collections/search.ts";
import { type Accepted, type Dial, dialsOf, failed, mayHaveStoodAt, stoodAt } from "./dials.ts";
import type { GatewayEvent } from "./reader.ts";

export type LogVerdict = "rejected" | "possible" | "tolerated";

/** A dial that met an ID which another peer had. */
export interface LogAttempt {
  messageId: number;
  dial: Dial;
  holder: Dial;
  /** Lines of the holder's acceptance and end, and of the attempt. */
  lines: GatewayEvent[];
  /** The gateway named the ID, or a duplicate. */
  explicit: boolean;
  /** The line that says the same peer was accepted on the ID once the holder had gone. */
  control: GatewayEvent | null;
  accepted: boolean;
}

export interface LogFinding {
  holder: string;
  contender: string;
  verdict: LogVerdict;
  attempts: LogAttempt[];
  /** The gateway's words for another cause. */
  otherCause: string | null;
  hasControl: boolean;
}

const SECOND = 1_000_000;
/** A client that is not let in dials again, or gives up, within a minute. */
const ATTEMPT = 60 * SECOND;
/** Controls that make a refusal certain without a line that names the ID. */
const CONTROLS = 2;
/** Holders looked at for one attempt. */
const MAX_HOLDERS = 64;
/** Two lines of one second have no order. */
const SAME_SECOND = SECOND;

interface Claim {
  dial: Dial;
  at: number;
  line: GatewayEvent;
}

/** @param events of one gateway; those without a time are passed over */
export function judgeLog(events: readonly GatewayEvent[]): LogFinding[] {
  const timed = events.filter(({ at }) => !Number.isNaN(at)).sort((a, b) => a.at - b.at || a.line - b.line);
  const dials = dialsOf(timed);
  const claims = claimsOf(dials);
  const attempts = [...toleratedAttempts(claims), ...refusedAttempts(dials, claims, timed.at(-1)?.at ?? 0)];
  const context: Context = {
    acceptsInUse: attempts.some(({ accepted }) => accepted),
    hasLosses: hasLosses(dials),
    refusedFree: refusedFree(dials, claims),
    full: timed.filter(({ id }) => id === SESSION_LIMIT),
  };
  return Array.from(gather(attempts), (group) => findingOf(group, context));
}

/** The message that a limit of sessions is reached. */
const SESSION_LIMIT = "113029";
/** Who is refused so shortly before or after another one may be refused for the same reason (contract 6.8). */
const SAME_REASON = 300 * SECOND;

interface Context {
  /** The gateway accepted an ID that somebody had. */
  acceptsInUse: boolean;
  /** Lines are missing: that one is not there proves nothing. */
  hasLosses: boolean;
  /** Peers that were not let in while nobody had their ID. */
  refusedFree: ReadonlySet<string>;
  /** Lines that say that no more sessions are allowed, of whatever peer. */
  full: readonly GatewayEvent[];
}

function claimsOf(dials: readonly Dial[]): Map<number, Claim[]> {
  const claims = new Map<number, Claim[]>();
  for (const dial of dials) {
    for (const { messageId, event } of dial.accepted) {
      append(claims, messageId, { dial, at: event.at, line: event });
    }
  }
  for (const same of claims.values()) same.sort((a, b) => a.at - b.at);
  return claims;
}

/** Claims of others that stood at `at`, the latest first. */
function* standing(claims: readonly Claim[] | undefined, peer: string, at: number): Iterable<Claim> {
  let looked = 0;
  for (let i = before(claims ?? [], at) - 1; i >= 0 && looked < MAX_HOLDERS; i -= 1) {
    looked += 1;
    const claim = claims![i];
    if (claim.dial.peer !== peer && stoodAt(claim.dial, at + SAME_SECOND)) yield claim;
  }
}

/** How many claims began before `at`. */
function before(claims: readonly Claim[], at: number): number {
  return firstIndex(claims, (claim) => !(claim.at < at));
}

function toleratedAttempts(claims: ReadonlyMap<number, readonly Claim[]>): LogAttempt[] {
  const found: LogAttempt[] = [];
  for (const [messageId, same] of claims) {
    for (const claim of same) {
      for (const holder of standing(same, claim.dial.peer, claim.at - SAME_SECOND)) {
        if (!stoodAt(holder.dial, claim.at + SAME_SECOND)) continue;
        const lines = [holder.line, claim.line, ...ending(holder.dial)];
        const { dial } = claim;
        found.push({
          messageId,
          dial,
          holder: holder.dial,
          lines,
          explicit: false,
          control: null,
          accepted: true,
        });
        break;
      }
    }
  }
  return found;
}

function refusedAttempts(
  dials: readonly Dial[],
  claims: ReadonlyMap<number, readonly Claim[]>,
  end: number,
): LogAttempt[] {
  const later = nextAcceptances(dials);
  const found: LogAttempt[] = [];
  dials.forEach((dial, i) => {
    if (!failed(dial) || dial.firstAt + ATTEMPT > end) return;
    const next = later[i];
    const named = new Set(dial.refusals.flatMap(({ messageIds }) => messageIds));
    const ids = new Set(named);
    if (next !== null) ids.add(next.messageId);
    for (const messageId of ids) {
      const [holder] = standing(claims.get(messageId), dial.peer, dial.firstAt);
      if (holder === undefined) continue;
      const goneAt = holder.dial.ended?.at ?? Number.POSITIVE_INFINITY;
      const isControl = next !== null && next.messageId === messageId && next.event.at >= goneAt;
      const duplicate = dial.refusals.some(({ fact }) => fact === "duplicate");
      found.push({
        messageId,
        dial,
        holder: holder.dial,
        lines: [
          holder.line,
          dial.began!,
          ...dial.refusals,
          ...dial.causes,
          ...ending(holder.dial),
          ...(isControl ? [next.event] : []),
        ],
        explicit: named.has(messageId) || duplicate,
        control: isControl ? next.event : null,
        accepted: false,
      });
      break;
    }
  });
  return found;
}

/** For each dial, the quick mode that let its peer in later; null where its line is not in the log. */
function nextAcceptances(dials: readonly Dial[]): (Accepted | null)[] {
  const next = new Map<string, Accepted | null>();
  const found = new Array<Accepted | null>(dials.length).fill(null);
  for (let i = dials.length - 1; i >= 0; i -= 1) {
    found[i] = next.get(dials[i].peer) ?? null;
    const { peer, accepted, signs } = dials[i];
    if (accepted.length > 0 || signs.length > 0) next.set(peer, firstAcceptance(dials[i]));
  }
  return found;
}

/** The quick mode that a session began with: not a later one, where the line of the first was lost. */
function firstAcceptance({ accepted, signs }: Dial): Accepted | null {
  const [first] = accepted;
  if (first === undefined || signs.some(({ at }) => at < first.event.at - SAME_SECOND)) return null;
  return first;
}

/** Peers that failed on an ID while no other peer's session, as far as is known, had it. */
function refusedFree(
  dials: readonly Dial[],
  claims: ReadonlyMap<number, readonly Claim[]>,
): ReadonlySet<string> {
  const later = nextAcceptances(dials);
  const found = new Set<string>();
  dials.forEach((dial, i) => {
    const id = later[i]?.messageId ?? dial.refusals.flatMap(({ messageIds }) => messageIds)[0];
    if (!failed(dial) || id === undefined) return;
    const same = claims.get(id) ?? [];
    const from = Math.max(0, before(same, dial.firstAt) - MAX_HOLDERS);
    const held = same
      .slice(from, before(same, dial.firstAt + SAME_SECOND))
      .some((claim) => claim.dial !== dial && mayHaveStoodAt(claim.dial, dial.firstAt - SAME_SECOND));
    if (!held) found.add(dial.peer);
  });
  return found;
}

/** Lines are missing between others; a peer's first dial may have begun before the log. */
function hasLosses(dials: readonly Dial[]): boolean {
  const known = new Set<string>();
  return dials.some((dial) => {
    const isFirst = !known.has(dial.peer);
    known.add(dial.peer);
    return lostLines(dial, isFirst);
  });
}

/** A quick mode that was accepted on a phase 1 that never completed, or a session without one that was accepted. */
function lostLines({ began, accepted, signs }: Dial, isFirst: boolean): boolean {
  return (began === null && !isFirst && accepted.length > 0) || (accepted.length === 0 && signs.length > 0);
}

function ending({ ended }: Dial): GatewayEvent[] {
  return ended === null ? [] : [ended];
}

function gather(attempts: readonly LogAttempt[]): Iterable<LogAttempt[]> {
  return grouped(attempts, ({ holder, dial }) => `${holder.peer} ${dial.peer}`).values();
}

function findingOf(attempts: LogAttempt[], context: Context): LogFinding {
  const refused = attempts.filter(({ accepted }) => !accepted);
  const [{ holder, dial }] = attempts;
  const causes = refused.flatMap((attempt) => [...attempt.dial.causes, ...fullNear(attempt.dial, context)]);
  const otherCause =
    causes[0]?.reason ?? (refused.length > 0 && context.refusedFree.has(dial.peer) ? REFUSED_FREE : null);
  return {
    holder: holder.peer,
    contender: dial.peer,
    verdict: refused.length === 0 ? "tolerated" : verdictOf(refused, otherCause, context),
    attempts: refused.length === 0 ? attempts : refused,
    otherCause,
    hasControl: refused.some(({ control }) => control !== null),
  };
}

/** Lines about a limit of sessions shortly before the dial or after it. */
function fullNear({ firstAt, lastAt }: Dial, { full }: Context): GatewayEvent[] {
  return full.filter(({ at }) => at >= firstAt - SAME_REASON && at <= lastAt + SAME_REASON);
}

/** Reason where the log has no words of its own. */
export const REFUSED_FREE = "it was not let in while nobody had its message ID, either";

function verdictOf(
  refused: readonly LogAttempt[],
  otherCause: string | null,
  { acceptsInUse, hasLosses }: Context,
): LogVerdict {
  if (acceptsInUse || otherCause !== null) return "possible";
  const controlled = refused.filter(({ control }) => control !== null);
  const turns = new Set(controlled.map(({ holder }) => holder)).size;
  // Another refusal writes the error of a quick mode as well, and the line that names its cause may be missing.
  const isTold = controlled.some(
    ({ explicit, dial }) =>
      explicit && (!hasLosses || dial.refusals.some(({ fact }) => fact === "duplicate")),
  );
  if (isTold) return "rejected";
  return turns >= CONTROLS && !hasLosses ? "rejected" : "possible";
}
