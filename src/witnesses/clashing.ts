/**
 * Clients behind one NAT that ask a gateway for the same traffic in transport mode, as decrypted quick modes show: some
 * gateways refuse the second, others drop the first. It looks like the message-ID fault and is not.
 */

import { type Hosts, selectorsClash } from "../ike/facts.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { Judgement } from "../judgement/judge.ts";

/** Sentences of one kind. */
const MAX_SAID = 20;

export function clashSentences({ responders }: Judgement, hosts: Hosts): string[] {
  const sentences = new Set<string>();
  for (const responder of responders) {
    const byHost = new Map<number, ClientSa[]>();
    for (const clientSa of responder.clientSas) {
      const same = byHost.get(clientSa.client.host) ?? [];
      byHost.set(clientSa.client.host, same);
      same.push(clientSa);
    }
    for (const [host, clientSas] of byHost) {
      const clash = clashOf(clientSas);
      if (clash === null) continue;
      sentences.add(
        `Two clients behind ${hosts.text(host)} ask ${hosts.text(responder.host)} for the same traffic in transport mode (${clash}), as their decrypted quick modes show, and the second was not let in: selectors that clash, whatever the message IDs are.`,
      );
      if (sentences.size >= MAX_SAID) return [...sentences];
    }
  }
  return [...sentences];
}

/** The traffic that a refused quick mode shares with one that was accepted before it, of another client. */
function clashOf(clientSas: readonly ClientSa[]): string | null {
  if (new Set(clientSas.map(({ client }) => client)).size < 2) return null;
  const accepted = clientSas.flatMap(({ session, client, outcomes }) =>
    session.quickModes
      .filter((exchange) => ["completed", "answered"].includes(outcomes.get(exchange)!))
      .map((exchange) => ({ exchange, client })),
  );
  for (const { session, client, outcomes } of clientSas) {
    for (const exchange of session.quickModes) {
      if (["completed", "answered"].includes(outcomes.get(exchange)!)) continue;
      const earlier = accepted.some(
        (each) =>
          each.client !== client &&
          each.exchange.firstAt < exchange.firstAt &&
          selectorsClash(each.exchange.selectors, exchange.selectors) === true,
      );
      if (earlier)
        return exchange
          .selectors!.ids.map(({ protocol, port }) => `protocol ${protocol} port ${port}`)
          .join(", ");
    }
  }
  return null;
}
