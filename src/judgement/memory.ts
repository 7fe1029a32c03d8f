/**
 * Contract 6.16: what is known of a responder and its clients by IKE SAs that were dropped since. Files never drop any,
 * and there nothing is remembered.
 */

import { lazily } from "../collections/lazily.ts";
import type { Facts, RememberedClient, RememberedResponder } from "../ike/facts.ts";
import { isAccepted } from "./claiming.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Responder } from "./responders.ts";

export interface Memory {
  responder: RememberedResponder | null;
  client: (client: Client) => RememberedClient | null;
}

export function memoryOf({ host }: Responder, { hosts, remembered }: Facts): Memory {
  if (remembered.isEmpty) return { responder: null, client: () => null };
  const address = hosts.text(host);
  return {
    responder: remembered.responder(address),
    client: (client) => remembered.client(memoryKey(address, client, hosts)),
  };
}

/** A client by its address and port: behind a NAT the port is all that tells two of them apart. */
export function memoryKey(responder: string, { host, port }: Client, hosts: Facts["hosts"]): string {
  return `${responder} ${hosts.text(host)} ${port}`;
}

/** Whether a client was accepted on any ID, at any time: by its IKE SAs, or by those that were dropped. */
export function everAccepted(clientSas: readonly ClientSa[], memory: Memory): (client: Client) => boolean {
  const accepted = lazily(() => acceptedOf(clientSas));
  return (client) => accepted().has(client) || (memory.client(client)?.accepted.length ?? 0) > 0;
}

function acceptedOf(clientSas: readonly ClientSa[]): Set<Client> {
  const accepted = clientSas.filter(({ session, outcomes }) =>
    session.quickModes.some((each) => isAccepted(outcomes.get(each)!)),
  );
  return new Set(accepted.map(({ client }) => client));
}
