/**
 * The dials of a gateway's peers, as its log tells of them: from phase 1 to the end of the session, with the
 * message IDs that were accepted. A peer is an address; clients behind one NAT are one peer here.
 */

import type { GatewayEvent } from "./reader.ts";

export interface Accepted {
  messageId: number;
  event: GatewayEvent;
}

export interface Dial {
  peer: string;
  /** Phase 1 completed; null where the log lost the line, or began later. */
  began: GatewayEvent | null;
  accepted: Accepted[];
  /** Lines that only an accepted quick mode has, beside the one that says so. */
  signs: GatewayEvent[];
  /** Lines that speak of a refusal, or of an ID that is in use or unknown. */
  refusals: GatewayEvent[];
  /** Lines that name another cause. */
  causes: GatewayEvent[];
  /** The gateway ended the session. */
  ended: GatewayEvent | null;
  /** The peer's next phase 1 completed: this session, or another client at its address, may be over. */
  replacedAt: number;
  firstAt: number;
  lastAt: number;
}

/** Sorts the events of one gateway, in the order of time, into the dials of its peers: no more than there are events. */
export function dialsOf(events: readonly GatewayEvent[]): Dial[] {
  const dials: Dial[] = [];
  const current = new Map<string, Dial>();
  for (const event of events) {
    const { peer, fact } = event;
    if (peer === null) continue;
    let dial = current.get(peer);
    if (dial === undefined || fact === "phase1-completed" || (dial.ended !== null && begins(event))) {
      if (dial !== undefined && Number.isNaN(dial.replacedAt)) dial.replacedAt = event.at;
      dial = emptyDial(peer, event);
      dials.push(dial);
      current.set(peer, dial);
    }
    note(dial, event);
  }
  return dials;
}

/** After the end of a session its last lines still come: these do not begin another one. */
function begins({ fact }: GatewayEvent): boolean {
  return fact === "accepted" || fact === "negotiated" || fact === "sa-created" || fact === "l2tp-created";
}

function emptyDial(peer: string, { at }: GatewayEvent): Dial {
  return {
    peer,
    began: null,
    accepted: [],
    signs: [],
    refusals: [],
    causes: [],
    ended: null,
    replacedAt: Number.NaN,
    firstAt: at,
    lastAt: at,
  };
}

function note(dial: Dial, event: GatewayEvent): void {
  dial.lastAt = event.at;
  switch (event.fact) {
    case "phase1-completed":
      dial.began = event;
      break;
    case "accepted":
      dial.accepted.push({ messageId: event.messageIds[0], event });
      break;
    case "negotiated":
    case "sa-created":
    case "l2tp-created":
      dial.signs.push(event);
      break;
    case "duplicate":
    case "refused":
    case "unknown-id":
      dial.refusals.push(event);
      break;
    case "other-cause":
      dial.causes.push(event);
      break;
    case "session-ended":
    case "l2tp-deleted":
      dial.ended ??= event;
      break;
    default:
      break;
  }
}

/** The log shows that the session stood at `at`: it ended later, or went on. */
export function stoodAt(dial: Dial, at: number): boolean {
  if (dial.replacedAt <= at) return false;
  if (dial.ended !== null) return dial.ended.at > at;
  return dial.accepted.some(({ event }) => event.at > at);
}

/** It may have stood: it began before, and nothing shows that it had ended. */
export function mayHaveStoodAt(dial: Dial, at: number): boolean {
  return dial.firstAt <= at && (dial.ended === null || dial.ended.at >= at);
}

/** A client that is not let in gives up within a minute, or dials again; nobody stays as long without a tunnel. */
const PATIENCE = 120_000_000;

/** Phase 1 completed, no quick mode was accepted as far as the log shows, and the client did not stay. */
export function failed({ began, accepted, signs, ended, replacedAt }: Dial): boolean {
  if (began === null || accepted.length > 0 || signs.length > 0) return false;
  const over = Math.min(
    ended?.at ?? Number.POSITIVE_INFINITY,
    Number.isNaN(replacedAt) ? Number.POSITIVE_INFINITY : replacedAt,
  );
  return over - began.at <= PATIENCE;
}
