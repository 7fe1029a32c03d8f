/**
 * Which IKE SAs of one responder belong to one client. Behind a NAT the address is shared and only the port,
 * vendor IDs and who went on sending tell two clients from one that reconnected.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { Lifespan } from "./lifespan.ts";
import { isBefore, type Moment } from "./moment.ts";
import type { Session } from "./session.ts";

export interface Client {
  /** Its place among the clients of its responder. */
  index: number;
  /** Host of the responder. */
  responder: number;
  host: number;
  /** The latest port, on the NAT-T port where known. */
  port: number;
  sessions: Session[];
}

/** "one": one client · "two": two clients · "unsettled": the capture cannot tell. */
export type Relation = "one" | "two" | "unsettled";

/** Clients behind one address that are searched for one that reconnected from another port. */
const MAX_SEARCH = 256;

/**
 * Groups the sessions of one responder into clients. `alias` maps an endpoint seen inside a NAT to the one
 * outside. Sessions come in the order of their first message.
 */
export function groupClients(
  sessions: readonly Session[],
  ask: IdentityQuestions,
  alias: (endpoint: number) => number,
): Client[] {
  /** The first client at each host, and all of those where more than one session came from. */
  const firstAt = new Map<number, Client>();
  const neighbours = new Map<number, Neighbours>();
  const clients: Client[] = [];
  for (const session of sessions) {
    const named = alias(session.endpoint);
    const host = hostOf(named);
    const here = neighboursAt(host, { firstAt, neighbours, ask });
    if (here === null) {
      firstAt.set(host, begun(clients, session, named));
      continue;
    }
    const traits = traitsOf(session, ask);
    const known = here.find(traits, ask);
    if (known === undefined) {
      here.add({ client: begun(clients, session, named), latest: traits });
    } else {
      if (here.move(known, traits)) known.client.port = portOf(named);
    }
  }
  return clients;
}

/** A client that comes behind all others. @param named its endpoint, outside of a NAT */
function begun(clients: Client[], session: Session, named: number): Client {
  const client: Client = {
    index: clients.length,
    responder: session.responderHost,
    host: hostOf(named),
    port: portOf(named),
    sessions: [session],
  };
  clients.push(client);
  return client;
}

/** Who is at a host already; null for nobody. */
function neighboursAt(host: number, { firstAt, neighbours, ask }: Known): Neighbours | null {
  const first = firstAt.get(host);
  if (first === undefined) return null;
  let here = neighbours.get(host);
  if (here === undefined) {
    here = new Neighbours({ client: first, latest: traitsOf(first.sessions[0], ask) });
    neighbours.set(host, here);
  }
  return here;
}

interface Known {
  firstAt: ReadonlyMap<number, Client>;
  neighbours: Map<number, Neighbours>;
  ask: IdentityQuestions;
}

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

interface Neighbour {
  client: Client;
  /** Of its latest session. */
  latest: Traits;
}

/** Where a session shows no vendor IDs, its client's system is the one that it showed before. */
function asShownBefore(latest: Traits, before: Traits): Traits {
  if (latest.hasShown || latest.platform !== null) return latest;
  return { ...latest, platform: before.platform, hasShown: before.hasShown };
}

/** The clients at one address, to be found by the ports of their latest sessions. */
class Neighbours {
  /** The latest to come, in the order of their first sessions. */
  #recent: Neighbour[];
  /** Null while there is one client, as at most addresses. */
  #byPort: Map<number, Neighbour[]> | null = null;

  constructor(first: Neighbour) {
    this.#recent = [first];
  }

  add(neighbour: Neighbour): void {
    if (this.#byPort === null) {
      this.#byPort = new Map();
      this.#index(this.#recent[0]);
    }
    this.#recent.push(neighbour);
    if (this.#recent.length >= 2 * MAX_SEARCH) this.#recent = this.#recent.slice(-MAX_SEARCH);
    this.#index(neighbour);
  }

  #index(neighbour: Neighbour): void {
    for (const key of portKeys(neighbour.latest)) this.#enter(neighbour, key);
  }

  /**
   * The client has another session. @returns that it is its latest: one of before the capture may be seen first when a
   * newer one has begun
   */
  move(neighbour: Neighbour, latest: Traits): boolean {
    neighbour.client.sessions.push(latest.session);
    if (isBefore(latest.began, neighbour.latest.began)) return false;
    const before = portKeys(neighbour.latest);
    neighbour.latest = asShownBefore(latest, neighbour.latest);
    if (this.#byPort === null) return true;
    const now = portKeys(latest);
    for (const key of before) if (!now.includes(key)) this.#leave(neighbour, key);
    for (const key of now) if (!before.includes(key)) this.#enter(neighbour, key);
    return true;
  }

  /** Everything that one client did from one port is its own, unless NAT-D or vendor IDs say otherwise. */
  find(session: Traits, ask: IdentityQuestions): Neighbour | undefined {
    for (const key of portKeys(session)) {
      const samePort = this.#at(key)?.find(
        ({ latest }) => samePorts(latest, session) && areOne(latest, session, ask),
      );
      if (samePort !== undefined) return samePort;
    }
    let best: Neighbour | undefined;
    const recent = this.#recent;
    for (let i = Math.max(0, recent.length - MAX_SEARCH); i < recent.length; i += 1) {
      const { latest } = recent[i];
      if (!areOne(latest, session, ask)) continue;
      if (best === undefined || isLikelier(latest, best.latest, session, ask)) best = recent[i];
    }
    return best;
  }

  #at(key: number): Neighbour[] | undefined {
    return this.#byPort === null ? this.#recent : this.#byPort.get(key);
  }

  #enter(neighbour: Neighbour, key: number): void {
    const known = this.#byPort!.get(key);
    if (known === undefined) this.#byPort!.set(key, [neighbour]);
    else known.push(neighbour);
  }

  #leave(neighbour: Neighbour, key: number): void {
    const left = this.#byPort!.get(key)!.filter((other) => other !== neighbour);
    if (left.length > 0) this.#byPort!.set(key, left);
    else this.#byPort!.delete(key);
  }
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
function areOne(a: Traits, b: Traits, ask: IdentityQuestions): boolean {
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

/** Of two sessions that may be of the same client as a newer one: that with its address behind the NAT, else the later. */
function isLikelier(a: Traits, b: Traits, newer: Traits, ask: IdentityQuestions): boolean {
  const [one, other] = [a, b].map(({ session }) => ask.inside(session, newer.session) === "same");
  return one === other ? isBefore(b.lastSent, a.lastSent) : one;
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
