/**
 * Which IKE SAs of one responder belong to one client. Behind a NAT the address is shared and only the port,
 * vendor IDs and who went on sending tell two clients from one that reconnected.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import { firstIndex } from "../collections/search.ts";
import type { Lifespan } from "./lifespan.ts";
import { isBefore, type Moment } from "./moment.ts";
import { beginOf, type Session } from "./session.ts";

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
    const here = neighboursAt(host, firstAt, neighbours);
    const known = here?.find(session, ask);
    if (known !== undefined) {
      here!.move(known, session);
      known.port = portOf(named);
      continue;
    }
    const client: Client = {
      index: clients.length,
      responder: session.responderHost,
      host,
      port: portOf(named),
      sessions: [session],
    };
    if (here === null) firstAt.set(host, client);
    else here.add(client);
    clients.push(client);
  }
  return clients;
}

/** Who is at a host already; null for nobody. */
function neighboursAt(
  host: number,
  firstAt: ReadonlyMap<number, Client>,
  neighbours: Map<number, Neighbours>,
): Neighbours | null {
  const first = firstAt.get(host);
  if (first === undefined) return null;
  let here = neighbours.get(host);
  if (here === undefined) {
    here = new Neighbours(first);
    neighbours.set(host, here);
  }
  return here;
}

function latest(client: Client): Session {
  return client.sessions[client.sessions.length - 1];
}

/** The clients at one address, to be found by the ports of their latest sessions. */
class Neighbours {
  /** The latest to come, in the order of their first sessions. */
  #recent: Client[];
  /** Null while there is one client, as at most addresses. */
  #byPort: Map<number, Client[]> | null = null;

  constructor(first: Client) {
    this.#recent = [first];
  }

  add(client: Client): void {
    if (this.#byPort === null) {
      this.#byPort = new Map();
      this.#index(this.#recent[0]);
    }
    this.#recent.push(client);
    if (this.#recent.length >= 2 * MAX_SEARCH) this.#recent = this.#recent.slice(-MAX_SEARCH);
    this.#index(client);
  }

  #index(client: Client): void {
    for (const key of portKeys(latest(client))) this.#enter(client, key);
  }

  /** The client goes on with `session`. */
  move(client: Client, session: Session): void {
    const before = portKeys(latest(client));
    client.sessions.push(session);
    if (this.#byPort === null) return;
    const now = portKeys(session);
    for (const key of before) if (!now.includes(key)) this.#leave(client, key);
    for (const key of now) if (!before.includes(key)) this.#enter(client, key);
  }

  /** Everything that one client did from one port is its own, unless NAT-D or vendor IDs say otherwise. */
  find(session: Session, ask: IdentityQuestions): Client | undefined {
    for (const key of portKeys(session)) {
      const samePort = this.#at(key)?.find(
        (client) => samePorts(latest(client), session) && relationOf(latest(client), session, ask) === "one",
      );
      if (samePort !== undefined) return samePort;
    }
    let best: Client | undefined;
    for (const client of this.#recent.slice(-MAX_SEARCH)) {
      if (relationOf(latest(client), session, ask) !== "one") continue;
      if (best === undefined || isLikelier(latest(client), latest(best), session, ask)) best = client;
    }
    return best;
  }

  #at(key: number): Client[] | undefined {
    return this.#byPort === null ? this.#recent : this.#byPort.get(key);
  }

  #enter(client: Client, key: number): void {
    const known = this.#byPort!.get(key);
    if (known === undefined) this.#byPort!.set(key, [client]);
    else known.push(client);
  }

  #leave(client: Client, key: number): void {
    const left = this.#byPort!.get(key)!.filter((other) => other !== client);
    if (left.length > 0) this.#byPort!.set(key, left);
    else this.#byPort!.delete(key);
  }
}

/** Keys of the ports of a session that `samePorts` compares: those towards 4500, that towards 500. */
function portKeys({ port4500, began4500, port500 }: Session): number[] {
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
export function relationOf(a: Session, b: Session, ask: IdentityQuestions): Relation {
  if (contradict(a, b)) return "two";
  const [older, newer] = isBefore(beganAt(b, ask), beganAt(a, ask)) ? [b, a] : [a, b];
  const goesOn = isBefore(beganAt(newer, ask), lastSent(older, ask));
  const inside = ask.inside(a, b);
  // A new lease of the same host looks like another host.
  if (inside === "different") return goesOn ? "two" : "unsettled";
  if (samePorts(older, newer)) return "one";
  if (goesOn || ask.tookTurns(older, newer)) return "two";
  return ask.lifespan(older).blind ? "unsettled" : "one";
}

/** When phase 1 began; one of before the capture lies before the first sign, ESP as well. */
function beganAt(session: Session, { lifespan }: IdentityQuestions): Moment {
  const { sa, begunBefore } = session;
  return { at: begunBefore ? lifespan(session).life.firstAt : sa.firstAt, segment: sa.firstSegment };
}

/** Of two sessions that may be of the same client as a newer one: that with its address behind the NAT, else the later. */
function isLikelier(a: Session, b: Session, newer: Session, ask: IdentityQuestions): boolean {
  const [one, other] = [a, b].map((each) => ask.inside(each, newer) === "same");
  return one === other ? isBefore(lastSent(b, ask), lastSent(a, ask)) : one;
}

/** What is asked to tell whether two sessions are one client's. */
export interface IdentityQuestions {
  lifespan: (session: Session) => Lifespan;
  /** Their addresses behind the NAT, where NAT-D shows both. */
  inside: (a: Session, b: Session) => "same" | "different" | "unknown";
  /** A port that one had left was used again while the other lived. */
  tookTurns: (older: Session, newer: Session) => boolean;
}

/** Port by port at each address, when sessions began: who comes back to a port that was left has a neighbour. */
export function portTurns(
  sessions: readonly Session[],
  lifespan: (session: Session) => Lifespan,
): (older: Session, newer: Session) => boolean {
  // Few captures ask.
  const byPlace = lazily(() => {
    const found = new Map<number, Session[]>();
    for (const session of sessions) for (const place of placesOf(session)) append(found, place, session);
    return found;
  });
  return (older, newer) => {
    const samePlace = (one: Session) => {
      const found = new Set<Session>();
      for (const place of placesOf(one)) {
        const there = byPlace().get(place)!;
        const first = firstIndex(there, (each) => isBefore(beginOf(newer), beginOf(each)));
        const next = there.slice(first, first + MAX_TURNS);
        for (const other of next) if (samePorts(one, other)) found.add(other);
      }
      return [...found];
    };
    const back = samePlace(older);
    if (back.length === 0) return false;
    const meets = (a: Session, b: Session) => isBefore(beginOf(b), lifespan(a).life.fromClient);
    // The neighbour itself lives on, or comes again while the one who came back is there.
    const others = [newer, ...samePlace(newer)];
    return back.some((one) => others.some((other) => meets(one, other) && meets(other, one)));
  };
}

/** Sessions of each port that are looked at. */
const MAX_TURNS = 8;

/** Ports towards 4500, and ports towards 500. */
const PORTS_OF_HOST = 2 * 65_536;

/** A number for each port of a session at its address: sessions with the same ports have one in common. */
function placesOf(session: Session): number[] {
  return portKeys(session).map((key) => hostOf(session.endpoint) * PORTS_OF_HOST + key);
}

/** The port on the NAT-T port decides when both are known, else the one towards port 500. */
function samePorts(older: Session, newer: Session): boolean {
  if (older.port4500 < 0 || newer.port4500 < 0) return older.port500 >= 0 && older.port500 === newer.port500;
  // The newer one came from where the older one was; its NAT moved it later.
  return older.port4500 === newer.port4500 || older.port4500 === newer.began4500;
}

/** Vendor IDs that name different systems, or a system in one phase 1 and none in the other, contradict. */
function contradict(a: Session, b: Session): boolean {
  const shown = ({ sa, client }: Session) => sa.vendorIdsOf(client).length > 0 && !sa.cut;
  const { platform } = a.clientVendor;
  if (platform === b.clientVendor.platform) return false;
  return (shown(a) && shown(b)) || (platform !== null && b.clientVendor.platform !== null);
}

/** The last thing that the client itself sent: IKE, ESP or a keepalive. */
function lastSent(session: Session, { lifespan }: IdentityQuestions): Moment {
  return lifespan(session).life.fromClient;
}
