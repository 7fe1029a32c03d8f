/** What the reader of a report must know about its input: each warning has a code and one sentence. */

import type { Hosts } from "../ike/facts.ts";
import { clientSasOf } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder } from "../judgement/responders.ts";
import { type InputFacts, inputWarnings, limited } from "./input-warnings.ts";
import type { Capture, Warning } from "./model.ts";
import { refusalWarnings } from "./refusals.ts";
import { messageIdText } from "./sentences.ts";

/** Refused clients that are named, of each kind: the others get one line (contract 6.17). */
const MAX_REFUSALS = 20;

/** @param anomalies of clients, a sentence each */
export function buildWarnings(
  capture: Capture,
  judgement: Judgement,
  anomalies: readonly string[],
  facts: InputFacts,
  hosts: Hosts,
): Warning[] {
  return [
    ...inputWarnings(capture, facts, judgement.responders, hosts),
    ...limited("one-sided", oneSided(judgement.responders, hosts)),
    ...refusalWarnings(judgement.refusals, hosts, MAX_REFUSALS),
    ...limited("alias-candidate", aliasSentences(judgement, hosts)),
    ...limited("pattern-contradicts-vendor", anomalies),
  ];
}

function oneSided(responders: readonly Responder[], hosts: Hosts): string[] {
  return responders.flatMap((responder) => {
    const address = hosts.text(responder.host);
    if (!responder.seenSending) {
      return [`Nothing that ${address} sent is in the capture: whether it refused anyone cannot be seen.`];
    }
    return isAnyClientSeen(responder)
      ? []
      : [`Nothing that the clients of ${address} sent is in the capture: their message IDs cannot be seen.`];
  });
}

function isAnyClientSeen(responder: Responder): boolean {
  for (const { session } of clientSasOf(responder)) {
    if (!Number.isNaN(session.sa.firstFromAtOf(session.client))) return true;
  }
  return false;
}

function aliasSentences({ aliasCandidates }: Judgement, hosts: Hosts): string[] {
  return aliasCandidates.map(({ responder, exchange, other }) => {
    const here = hosts.text(responder.host);
    const there = hosts.text(other.host);
    const id = messageIdText(exchange.messageId);
    return `${there} has vendor IDs like those of ${here} and a client that holds message ID ${id}: if both are one gateway, say so with --alias ${here}=${there}.`;
  });
}
