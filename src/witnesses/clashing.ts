/**
 * Clients behind one NAT that ask a gateway for the same traffic in transport mode, as decrypted quick modes show: some
 * gateways refuse the second, others drop the first. It looks like the message-ID fault and is not.
 */

import type { HostTable } from "../ike/hosts.ts";
import { selectorsClash } from "../ike/selectors.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Party } from "../judgement/party.ts";

/** Sentences of one kind. */
const MAX_SAID = 20;

export function clashSentences({ boxes }: Judgement, hosts: HostTable): string[] {
  const sentences = new Set<string>();
  for (const box of boxes) {
    const byHost = new Map<number, Party[]>();
    for (const party of box.parties) {
      const same = byHost.get(party.client.host) ?? [];
      byHost.set(party.client.host, same);
      same.push(party);
    }
    for (const [host, parties] of byHost) {
      const clash = clashOf(parties);
      if (clash === null) continue;
      sentences.add(
        `Two clients behind ${hosts.text(host)} ask ${hosts.text(box.host)} for the same traffic in transport mode (${clash}), as their decrypted quick modes show, and the second was not let in: selectors that clash, whatever the message IDs are.`,
      );
      if (sentences.size >= MAX_SAID) return [...sentences];
    }
  }
  return [...sentences];
}

/** The traffic that a refused quick mode shares with one that was accepted before it, of another client. */
function clashOf(parties: readonly Party[]): string | null {
  if (new Set(parties.map(({ client }) => client)).size < 2) return null;
  const accepted = parties.flatMap(({ session, client, outcomes }) =>
    session.quickModes
      .filter((exchange) => ["completed", "answered"].includes(outcomes.get(exchange)!))
      .map((exchange) => ({ exchange, client })),
  );
  for (const { session, client, outcomes } of parties) {
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
