/** A client's IKE SA as the collision rules see it: its roles, its client and how long it lived. */

import type { Exchange } from "../ike/facts.ts";
import type { Client } from "./client.ts";
import type { Patterns } from "./client-patterns.ts";
import type { KeysOf } from "./endpoints-of.ts";
import {
  areSurelyOne,
  type IdentityQuestions,
  type Relation,
  relationOf,
  type Traits,
  traitsOf,
} from "./identity.ts";
import type { Lifespan } from "./lifespan.ts";
import { type Moment, seen } from "./moment.ts";
import type { Outcome } from "./outcome.ts";
import type { Pattern } from "./pattern.ts";
import type { Peers } from "./peers.ts";
import type { Session } from "./session.ts";

/** What is known of quick modes, each by itself. */
export interface ByExchange<T> {
  get(exchange: Exchange): T | undefined;
}

export interface ClientSa {
  session: Session;
  client: Client;
  pattern: Pattern;
  lifespan: Lifespan;
  /**
   * Phase 1 is known to have finished; or the responder is never seen, which alone could show it. Without that, the
   * client may be made of forged packets: whether its claims overlap with anything is unknown.
   */
  vouched: boolean;
  /** Of all quick modes of clients at this responder. */
  outcomes: ByExchange<Outcome>;
  /** When those of them that were accepted are known to have been. */
  acceptedAt: ByExchange<number>;
  /** Those of them that a running capture cannot judge yet. */
  undecided: ReadonlySet<Exchange>;
  /** Endpoints of its ESP, those that a NAT moved it to included. */
  keys: readonly number[];
  /** All ESP and keepalives at this responder. */
  peers: Peers;
}

/** What all IKE SAs at one responder have in common, and where what each of them has is found. */
export interface AtResponder extends Pick<ClientSa, "outcomes" | "acceptedAt" | "undecided" | "peers"> {
  keysOf: KeysOf;
  patterns: Patterns;
  lifespan: (session: Session) => Lifespan;
  seenSending: boolean;
}

/** One of tens of thousands, so that each holds little. */
export class SaOfClient implements ClientSa {
  readonly session: Session;
  readonly client: Client;
  readonly #at: AtResponder;

  constructor(session: Session, client: Client, at: AtResponder) {
    this.session = session;
    this.client = client;
    this.#at = at;
  }

  get pattern(): Pattern {
    return this.#at.patterns.get(this.client)!;
  }

  get lifespan(): Lifespan {
    return this.#at.lifespan(this.session);
  }

  get vouched(): boolean {
    return seen(this.session.finishedAt) || !this.#at.seenSending;
  }

  get outcomes(): ByExchange<Outcome> {
    return this.#at.outcomes;
  }

  get acceptedAt(): ByExchange<number> {
    return this.#at.acceptedAt;
  }

  get undecided(): ReadonlySet<Exchange> {
    return this.#at.undecided;
  }

  get keys(): readonly number[] {
    return this.#at.keysOf(this.session);
  }

  get peers(): Peers {
    return this.#at.peers;
  }
}

/** When an accepted quick mode is known to have been, or else its first message. */
export function acceptanceOf({ acceptedAt }: ClientSa, exchange: Exchange): Moment {
  return { at: acceptedAt.get(exchange) ?? exchange.firstAt, segment: exchange.segment };
}

/**
 * Contract 3.3: whether two IKE SAs are of one client, by what is known of both clients. Each may have come back as the
 * other, but a third was taken for that: another session of theirs may tell. Not one that was only taken for theirs, of
 * several that had gone silent: it may be of the other one.
 */
export function relationOfClientSas(a: ClientSa, b: ClientSa, identity: IdentityQuestions): Relation {
  if (a.client === b.client) return "one";
  if (a.client.host !== b.client.host) return "two";
  const [first, second] = [traitsOf(a.session, identity), traitsOf(b.session, identity)];
  if (relationOf(first, second, identity) === "two") return "two";
  const tells = (one: Traits, own: Traits) => (session: Session) => {
    const another = traitsOf(session, identity);
    return relationOf(one, another, identity) === "two" && areSurelyOne(own, another, identity);
  };
  const told =
    latestSessions(b.client).some(tells(first, second)) ||
    latestSessions(a.client).some(tells(second, first));
  return told ? "two" : "unsettled";
}

/** Sessions of one client that are asked who another one is. */
const MAX_ASKED = 8;

function latestSessions({ sessions }: Client): readonly Session[] {
  return sessions.slice(-MAX_ASKED);
}
