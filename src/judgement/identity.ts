/** Contract 3.3: do two IKE SAs of one responder, from one address, belong to one client? */

import type { Lifespan } from "./lifespan.ts";
import { isBefore, type Moment } from "./moment.ts";
import type { Session } from "./session.ts";

/** "one": one client · "two": two clients · "unsettled": the capture cannot tell. */
export type Relation = "one" | "two" | "unsettled";

/** What tells one client's sessions from another's; read once of each, which is compared with hundreds. */
export interface Traits extends Ports {
  session: Session;
  began: Moment;
  /** The last thing that the client itself sent: IKE, ESP or a keepalive. */
  lastSent: Moment;
  blind: boolean;
  platform: string | null;
  /** It sent vendor IDs, and nothing of them was cut off. */
  hasShown: boolean;
}

/** See `Session`. */
type Ports = Pick<Session, "port500" | "port4500" | "began4500">;

export function traitsOf(session: Session, { lifespan }: IdentityQuestions): Traits {
  const { sa, client, begunBefore, port500, port4500, began4500, clientVendor } = session;
  const { blind, life } = lifespan(session);
  return {
    session,
    // What began before the capture did so before its first sign, ESP as well.
    began: { at: begunBefore ? life.firstAt : sa.firstAt, segment: sa.firstSegment },
    lastSent: life.fromClient,
    blind,
    platform: clientVendor.platform,
    hasShown: sa.vendorIdsOf(client).length > 0 && !sa.cut,
    port500,
    port4500,
    began4500,
  };
}

/** Keys of the ports of a session that `samePorts` compares: those towards 4500, that towards 500. */
export function portKeys({ port4500, began4500, port500 }: Ports): number[] {
  const keys: number[] = [];
  if (port4500 >= 0) keys.push(port4500);
  if (began4500 >= 0 && began4500 !== port4500) keys.push(began4500);
  if (port500 >= 0) keys.push(65536 + port500);
  return keys;
}

/**
 * Contract 3.3: relation of two sessions of one responder from one address. The older is the one that began phase 1
 * first.
 */
export function relationOf(a: Traits, b: Traits, ask: IdentityQuestions): Relation {
  const told = relationByTraits(a, b, ask);
  if (told !== null) return told;
  const [older, newer] = inOrder(a, b);
  if (ask.tookTurns(older.session, newer.session)) return "two";
  return older.blind ? "unsettled" : "one";
}

/** Whether `relationOf` is "one": who took turns is asked last, since it takes longest to find out. */
export function areOne(a: Traits, b: Traits, ask: IdentityQuestions): boolean {
  const told = relationByTraits(a, b, ask);
  if (told !== null) return told === "one";
  const [older, newer] = inOrder(a, b);
  return !older.blind && !ask.tookTurns(older.session, newer.session);
}

/** One, by their port or their address behind the NAT: not only because whoever had been there was silent. */
export function areSurelyOne(a: Traits, b: Traits, ask: IdentityQuestions): boolean {
  if (!areOne(a, b, ask)) return false;
  const [older, newer] = inOrder(a, b);
  return samePorts(older, newer) || ask.inside(a.session, b.session) === "same";
}

/** What the two say by themselves; null where it depends on whether they took turns. */
function relationByTraits(a: Traits, b: Traits, ask: IdentityQuestions): Relation | null {
  if (contradict(a, b)) return "two";
  const [older, newer] = inOrder(a, b);
  const goesOn = isBefore(newer.began, older.lastSent);
  const inside = ask.inside(a.session, b.session);
  // A new lease of the same host looks like another host.
  if (inside === "different") return goesOn ? "two" : "unsettled";
  if (samePorts(older, newer)) return "one";
  return goesOn ? "two" : null;
}

/** The older one first. */
function inOrder(a: Traits, b: Traits): readonly [Traits, Traits] {
  return isBefore(b.began, a.began) ? [b, a] : [a, b];
}

/** What is asked to tell whether two sessions are one client's. */
export interface IdentityQuestions {
  lifespan: (session: Session) => Lifespan;
  /** Their addresses behind the NAT, where NAT-D shows both. */
  inside: (a: Session, b: Session) => "same" | "different" | "unknown";
  /** A port that one had left was used again while the other lived. */
  tookTurns: (older: Session, newer: Session) => boolean;
}

/** The port on the NAT-T port decides when both are known, else the one towards port 500. */
export function samePorts(older: Ports, newer: Ports): boolean {
  if (older.port4500 < 0 || newer.port4500 < 0) return older.port500 >= 0 && older.port500 === newer.port500;
  // The newer one came from where the older one was; its NAT moved it later.
  return older.port4500 === newer.port4500 || older.port4500 === newer.began4500;
}

/** Vendor IDs that name different systems, or a system in one phase 1 and none in the other, contradict. */
function contradict(a: Traits, b: Traits): boolean {
  if (a.platform === b.platform) return false;
  return (a.hasShown && b.hasShown) || (a.platform !== null && b.platform !== null);
}
