/**
 * Which IKE SAs of one responder belong to one client. Behind a NAT the address is shared and only the port,
 * vendor IDs and who went on sending tell two clients from one that reconnected.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import {
  areOne,
  type IdentityQuestions,
  portKeys,
  relationOf,
  samePorts,
  type Traits,
  traitsOf,
} from "./identity.ts";
import { isBefore } from "./moment.ts";
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

interface Neighbour {
  client: Client;
  /** Of its latest session. */
  latest: Traits;
}

/** Who left a port, and its session there. */
interface Left {
  neighbour: Neighbour;
  there: Traits;
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
  /** By port: who was the last to leave it for another one. */
  readonly #left = new Map<number, Left>();

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
    const there = neighbour.latest;
    const [before, now] = [portKeys(there), portKeys(latest)];
    neighbour.latest = asShownBefore(latest, there);
    for (const key of before) if (!now.includes(key)) this.#leave({ neighbour, there }, key);
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
    return this.#back(session, ask) ?? this.#again(session, ask);
  }

  /** Who comes back to a port that it had left, unless it lives where it went. */
  #back(session: Traits, ask: IdentityQuestions): Neighbour | undefined {
    for (const key of portKeys(session)) {
      const left = this.#left.get(key);
      if (left === undefined || !samePorts(left.there, session) || !areOne(left.there, session, ask))
        continue;
      if (relationOf(left.neighbour.latest, session, ask) !== "two") return left.neighbour;
    }
    return undefined;
  }

  /** Who was silent, and comes from another port. */
  #again(session: Traits, ask: IdentityQuestions): Neighbour | undefined {
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
    const known = this.#byPort?.get(key);
    if (known === undefined) this.#byPort?.set(key, [neighbour]);
    else known.push(neighbour);
  }

  #leave(left: Left, key: number): void {
    this.#left.set(key, left);
    if (this.#byPort === null) return;
    const others = this.#byPort.get(key)!.filter((other) => other !== left.neighbour);
    if (others.length > 0) this.#byPort.set(key, others);
    else this.#byPort.delete(key);
  }
}

/** Of two sessions that may be of the same client as a newer one: that with its address behind the NAT, else the later. */
function isLikelier(a: Traits, b: Traits, newer: Traits, ask: IdentityQuestions): boolean {
  const [one, other] = [a, b].map(({ session }) => ask.inside(session, newer.session) === "same");
  return one === other ? isBefore(b.lastSent, a.lastSent) : one;
}
