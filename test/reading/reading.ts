/**
 * A plain reading of the contract: from packets to findings, written from its text and not from the program,
 * with one small function a rule and no thought of speed. It is what the program is compared with.
 */

import { type Attempt, acceptingInUse, judge, type Verdict } from "./attempts.ts";
import type { Overlap } from "./claims.ts";
import { type Field, fieldOf } from "./known.ts";
import { isAccepted, type Outcome } from "./outcome.ts";
import { type Capture, readCaptures } from "./packets.ts";
import type { QuickMode } from "./quick-modes.ts";
import {
  candidatesFor,
  earlierPeers,
  isHalfSeen,
  isRefusal,
  isSequential,
  someLeftJustBefore,
} from "./unseen.ts";
import { makeOfResponder, otherNotify, ownGhost, weigh } from "./weighing.ts";

export interface Found {
  responder: string;
  /** Null where nobody is seen to hold the ID. */
  holder: string | null;
  candidates: string[];
  contender: string;
  messageId: number;
  /** Initiator cookie of the contender's IKE SA. */
  cookie: string;
  at: number;
  outcome: Outcome;
  /** `none` where no holder is seen. */
  overlap: Overlap | "none";
  verdict: Verdict;
  caveats: string[];
}

export interface Result {
  found: Found[];
  /** Clients of the warnings of 6.9. */
  refusedByOwnSession: string[];
  refusedWithoutHolder: string[];
}

export async function readContract(paths: readonly string[]): Promise<Result> {
  return conclude(await readCaptures(paths));
}

export function conclude(capture: Capture): Result {
  const field = fieldOf(capture);
  const judged = judge(field);
  const peers = earlierPeers(field);
  const candidates = (quickMode: QuickMode) => candidatesFor(quickMode, field, peers).list;
  weigh(
    judged,
    field,
    (quickMode) =>
      (isSequential(quickMode, field) && candidates(quickMode).length > 0) ||
      someLeftJustBefore(quickMode, field, peers),
  );
  const result: Result = {
    found: judged.attempts.map((attempt) => foundOf(attempt, field)),
    refusedByOwnSession: [],
    refusedWithoutHolder: [],
  };
  const inUse = acceptingInUse(judged.attempts);
  for (const quickMode of judged.refusedWithoutHolder)
    concludeUnheld(quickMode, field, candidates, inUse, result);
  result.refusedWithoutHolder = unique(result.refusedWithoutHolder);
  result.refusedByOwnSession = unique(result.refusedByOwnSession);
  return result;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

function concludeUnheld(
  quickMode: QuickMode,
  field: Field,
  candidates: (quickMode: QuickMode) => { address: string }[],
  inUse: ReadonlySet<string>,
  result: Result,
): void {
  if (!isRefusal(quickMode, field)) return;
  const { sa } = quickMode;
  if (!isSequential(quickMode, field)) {
    result.refusedWithoutHolder.push(sa.client);
    return;
  }
  if (ownGhost(quickMode, field)) {
    result.refusedByOwnSession.push(sa.client);
    return;
  }
  const list = inUse.has(sa.responder) || isHalfSeen(quickMode) ? [] : candidates(quickMode);
  if (list.length === 0) result.refusedWithoutHolder.push(sa.client);
  else {
    result.found.push({
      ...common(quickMode, field),
      holder: null,
      candidates: unique(list.map(({ address }) => address)),
      overlap: "none",
      verdict: "possible",
      caveats: caveatsOf(quickMode, field, ["holder-unseen"]),
    });
  }
}

function common(quickMode: QuickMode, field: Field) {
  const { sa, id, at } = quickMode;
  return {
    responder: sa.responder,
    contender: sa.client,
    messageId: id,
    cookie: sa.key.slice(0, 16),
    at,
    outcome: field.outcomes.get(quickMode)!,
  };
}

function foundOf({ quickMode, claim, overlap, verdict, otherCause }: Attempt, field: Field): Found {
  const own: string[] = [];
  if (otherCause) own.push("other-cause");
  if (claim.implied) own.push("implied-claim");
  if (field.known.get(claim.sa)!.blind) own.push("ike-only");
  const caveats = verdict === "tolerated" ? [] : caveatsOf(quickMode, field, own);
  return { ...common(quickMode, field), holder: claim.sa.client, candidates: [], overlap, verdict, caveats };
}

/** Those caveats of 6.12 that the rules fix. */
function caveatsOf(quickMode: QuickMode, field: Field, own: readonly string[]): string[] {
  const list = [...own];
  const make = makeOfResponder(quickMode.sa.responder, field);
  if (make === "other") list.push("responder-not-asa");
  if (make === "unknown") list.push("responder-unknown");
  if (otherNotify(quickMode, field)) list.push("other-cause");
  const client = field.clientOf(quickMode.sa);
  const accepted = field.scene.quickModes.some(
    (other) => client.includes(other.sa) && other.byClient && isAccepted(field.outcomes.get(other)!),
  );
  if (!accepted) list.push("no-control");
  return unique(list);
}
