/**
 * The gateways of simulated worlds. What is true of a world is what happened here: who held an ID, which quick
 * mode was refused, and for what reason. Nothing of the analysis is used.
 */

import type { Make } from "./phase-one.ts";

/** Why a gateway did not accept a quick mode, or that it did. */
export type Reason = "held" | "own-ghost" | "mismatch" | "full" | "unknown-sa";
export type Decision =
  | { accepted: true; throwsOut: Session[] }
  /** `outlived`: each entry outlived the IKE SA that it began in, by a renewal of phase 1. */
  | { accepted: false; reason: Reason; by: Session[]; outlived?: boolean };

/** How a refusal looks on the wire. */
export type Refusing =
  | "silence"
  | "informational"
  /** Informational, and phase 1 deleted by another. */
  | "deletes-phase-1"
  /** Its last packet of the holder's exchange (713201): to the holder, to the contender, or under its cookies. */
  | "resends-to-holder"
  | "resends-to-contender"
  | "useless-answer"
  /** A readable NO-PROPOSAL-CHOSEN or INVALID-ID-INFORMATION. */
  | "clear-notify";

export interface GatewayModel {
  make: Make;
  /** KB 942429: it refuses a message ID in use, and holds it as long as the IKE SA or the IPsec SA lives. */
  holds: "ike-sa" | "ipsec-sa" | "nothing";
  refusing: Refusing;
  /** How it refuses what it has other reasons for. */
  mismatching: Refusing;
  /** Seconds until a session that ended is cleared. */
  lag: number;
  /** A new phase 1 of a peer does not clear its older one. */
  ownGhosts: boolean;
  /** Accepts, and throws out whoever used the ID (no fault of this kind). */
  killsFirst: boolean;
  /** Most sessions at once. */
  limit: number;
  /** Seconds before it answers a quick mode. */
  slow: number;
}

export const PLAIN_MODEL: GatewayModel = {
  make: "asa",
  holds: "nothing",
  refusing: "silence",
  mismatching: "silence",
  lag: 0,
  ownGhosts: false,
  killsFirst: false,
  limit: Number.POSITIVE_INFINITY,
  slow: 0,
};

/** What a gateway knows of one IKE SA. */
export interface Session {
  /** Initiator cookie, hex. */
  sa: string;
  /** The peer as the gateway sees it, and its name in a report. */
  peer: string;
  address: string;
  acceptable: boolean;
  /** Sends its last packet of this session again, to whom it may concern. */
  resend?: (to: Session) => void;
  /** The gateway itself ends it. */
  throwOut?: () => void;
}

interface Entry {
  session: Session;
  /** Initiator cookie of the IKE SA that it began in. */
  sa: string;
  messageId: number;
  until: number;
}

export class Gateway {
  readonly address: string;
  readonly model: GatewayModel;
  /** It answers nothing before this time (a reload). */
  downUntil = 0;
  /** Called when phase 1 is finished, and when it ends a session that had an ID: what its log tells of. */
  onBegin: (session: Session) => void = () => undefined;
  onEnd: (session: Session) => void = () => undefined;
  #known = new Set<Session>();
  #entries: Entry[] = [];

  constructor(address: string, model: GatewayModel) {
    this.address = address;
    this.model = model;
  }

  knows(session: Session): boolean {
    return this.#known.has(session);
  }

  /** Phase 1 is finished: older IKE SAs of that peer are dropped. */
  begin(session: Session, now: number): void {
    if (!this.model.ownGhosts)
      for (const other of this.#known)
        if (other.peer === session.peer && other !== session) this.drop(other, now);
    if (!this.#known.has(session)) this.onBegin(session);
    this.#known.add(session);
  }

  /** The first message of a quick mode arrived. */
  decide(session: Session, messageId: number, now: number): Decision {
    if (!this.#known.has(session)) return { accepted: false, reason: "unknown-sa", by: [] };
    const users = this.#entries.filter(
      (entry) => entry.messageId === messageId && entry.session !== session && entry.until > now,
    );
    const theirs = users.filter((entry) => entry.session.peer !== session.peer);
    const others = theirs.map((entry) => entry.session);
    if (this.model.holds !== "nothing") {
      const outlived = theirs.every((entry) => entry.sa !== entry.session.sa);
      if (others.length > 0) return { accepted: false, reason: "held", by: others, outlived };
      if (users.length > 0 && this.model.ownGhosts) return { accepted: false, reason: "own-ghost", by: [] };
    }
    if (!session.acceptable) return { accepted: false, reason: "mismatch", by: [] };
    if (
      this.#sessions(now) >= this.model.limit &&
      !this.#entries.some((entry) => entry.session === session)
    ) {
      return { accepted: false, reason: "full", by: [] };
    }
    this.#entries.push({ session, sa: session.sa, messageId, until: Number.POSITIVE_INFINITY });
    return { accepted: true, throwsOut: this.model.killsFirst ? others : [] };
  }

  #sessions(now: number): number {
    return new Set(this.#entries.filter((entry) => entry.until > now).map((entry) => entry.session)).size;
  }

  /** The IPsec SA of one quick mode was deleted. */
  release(session: Session, messageId: number, now: number): void {
    if (this.model.holds !== "ipsec-sa") return;
    // After a renewal of phase 1 the ID may be in use a second time: the older IPsec SA is the one that goes.
    const oldest = this.#entries.find(
      (entry) => entry.session === session && entry.messageId === messageId && entry.until > now,
    );
    if (oldest !== undefined) oldest.until = now;
  }

  /** A Delete arrived, or the session timed out. */
  drop(session: Session, now: number): void {
    this.#known.delete(session);
    const open = this.#entries.filter(
      (entry) => entry.session === session && entry.until > now + this.model.lag,
    );
    for (const entry of open) entry.until = now + this.model.lag;
    if (open.length > 0) this.onEnd(session);
  }

  /** Phase 1 is renewed: what the older IKE SA held goes on under the new one, as its IPsec SAs do. */
  renew(old: Session, next: Session): void {
    this.#known.delete(old);
    this.#known.add(next);
    for (const entry of this.#entries) if (entry.session === old) entry.session = next;
  }

  /** A crash, or a standby without state that takes over. */
  forget(): void {
    this.#known.clear();
    this.#entries = [];
  }

  /** Sessions that hold an ID at a time. */
  holders(messageId: number, now: number): Session[] {
    return this.#entries
      .filter((entry) => entry.messageId === messageId && entry.until > now)
      .map((entry) => entry.session);
  }
}
