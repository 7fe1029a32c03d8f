/**
 * Clients behind one NAT that ask a gateway for the same traffic in transport mode, as decrypted quick modes show: some
 * gateways refuse the second, others drop the first. It looks like the message-ID fault and is not.
 */

import { grouped } from "../collections/grouping.ts";
import { type Hosts, selectorsClash } from "../ike/facts.ts";
import { isAccepted } from "../judgement/claiming.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { Judgement } from "../judgement/judge.ts";

/** Sentences of one kind. */
const MAX_SAID = 20;

export function clashSentences({ responders }: Judgement, hosts: Hosts): string[] {
  const sentences = new Set<string>();
  for (const responder of responders) {
    for (const [host, clientSas] of grouped(responder.clientSas, ({ client }) => client.host)) {
      const clash = clashOf(clientSas);
      if (clash === null) continue;
      const what = `Two clients behind ${hosts.text(host)} ask ${hosts.text(responder.host)} for the same traffic in transport mode (${clash.traffic}), as their decrypted quick modes show`;
      sentences.add(`${what}, ${clash.isLetIn ? BOTH_IN : SECOND_OUT}`);
      if (sentences.size >= MAX_SAID) return [...sentences];
    }
  }
  return [...sentences];
}

const SECOND_OUT = "and the second was not let in: selectors that clash, whatever the message IDs are.";
const BOTH_IN =
  "and it accepted both: where it keeps one policy for them, what is for either goes to one alone, and the other's tunnel falls silent. Selectors clash, whatever the message IDs are.";

interface Clash {
  traffic: string;
  /** The second was accepted as well. */
  isLetIn: boolean;
}

/** The traffic that a quick mode shares with one that was accepted before it, of another client; a refused one first. */
function clashOf(clientSas: readonly ClientSa[]): Clash | null {
  if (new Set(clientSas.map(({ client }) => client)).size < 2) return null;
  const accepted = clientSas.flatMap((clientSa) =>
    clientSa.session.quickModes
      .filter((exchange) => isAccepted(clientSa.outcomes.get(exchange)!))
      .map((exchange) => ({ exchange, clientSa })),
  );
  let found: Clash | null = null;
  for (const clientSa of clientSas) {
    for (const exchange of clientSa.session.quickModes) {
      const isLetIn = isAccepted(clientSa.outcomes.get(exchange)!);
      const isShared = accepted.some(
        (each) =>
          each.clientSa.client !== clientSa.client &&
          each.exchange.firstAt < exchange.firstAt &&
          (!isLetIn || lives(each.clientSa, exchange.firstAt)) &&
          selectorsClash(each.exchange.selectors, exchange.selectors) === true,
      );
      if (!isShared) continue;
      const traffic = exchange
        .selectors!.ids.map(({ protocol, port }) => `protocol ${protocol} port ${port}`)
        .join(", ");
      if (!isLetIn) return { traffic, isLetIn };
      found ??= { traffic, isLetIn };
    }
  }
  return found;
}

/** The session goes on after that time. */
function lives({ lifespan, session }: ClientSa, at: number): boolean {
  return lifespan.life.lastAt > at && !session.sa.deletedAt.some((deleted) => deleted <= at);
}
