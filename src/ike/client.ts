/**
 * Which IKE SAs of one responder belong to one client. Behind a NAT the address is shared and only the port,
 * vendor IDs and who went on sending tell two clients from one that reconnected.
 */

import { hostOf, portOf } from "./hosts.ts";
import type { Lifespan } from "./liveness.ts";
import type { Session } from "./session.ts";

export interface Client {
  /** Host of the responder. */
  box: number;
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
  lifespan: (session: Session) => Lifespan,
  alias: (endpoint: number) => number,
): Client[] {
  const byHost = new Map<number, Client[]>();
  const clients: Client[] = [];
  for (const session of sessions) {
    const named = alias(session.endpoint);
    const host = hostOf(named);
    const here = byHost.get(host) ?? [];
    if (here.length === 0) byHost.set(host, here);
    const known = findClient(here, session, lifespan);
    if (known !== undefined) {
      known.sessions.push(session);
      known.port = portOf(named);
      continue;
    }
    const client: Client = { box: session.box, host, port: portOf(named), sessions: [session] };
    here.push(client);
    clients.push(client);
  }
  return clients;
}

function findClient(
  here: readonly Client[],
  session: Session,
  lifespan: (session: Session) => Lifespan,
): Client | undefined {
  const latest = (client: Client) => client.sessions[client.sessions.length - 1];
  const samePort = here.find(
    (client) => samePorts(latest(client), session) && !contradict(latest(client), session),
  );
  if (samePort !== undefined) return samePort;
  let best: Client | undefined;
  for (const client of here.slice(-MAX_SEARCH)) {
    if (relationOf(latest(client), session, lifespan) !== "one") continue;
    if (best === undefined || lastSent(latest(client)) > lastSent(latest(best))) best = client;
  }
  return best;
}

/** Relation of two sessions of one responder from one address. The older is the one with the earlier quick mode. */
export function relationOf(a: Session, b: Session, lifespan: (session: Session) => Lifespan): Relation {
  if (contradict(a, b)) return "two";
  if (samePorts(a, b)) return "one";
  const [older, newer] = begin(a) <= begin(b) ? [a, b] : [b, a];
  if (lastSent(older) > begin(newer)) return "two";
  return lifespan(older).blind ? "unsettled" : "one";
}

/** Time of the first quick mode, or of the first message where there is none. */
function begin(session: Session): number {
  return session.quickModes[0]?.firstAt ?? session.sa.firstAt;
}

/** The last thing that the client itself sent: IKE, ESP or a keepalive. */
function lastSent(session: Session): number {
  return session.sa.lastFromAt[session.client];
}

/** The port on the NAT-T port decides when both are known, else the one towards port 500. */
function samePorts(a: Session, b: Session): boolean {
  if (a.port4500 >= 0 && b.port4500 >= 0) return a.port4500 === b.port4500;
  return a.port500 >= 0 && a.port500 === b.port500;
}

/** Vendor IDs that name different systems, or a system in one phase 1 and none in the other, contradict. */
function contradict(a: Session, b: Session): boolean {
  const shown = ({ sa, client }: Session) => sa.vendorIds[client].length > 0 && !sa.cut;
  const { platform } = a.clientVendor;
  if (platform === b.clientVendor.platform) return false;
  return (shown(a) && shown(b)) || (platform !== null && b.clientVendor.platform !== null);
}
