/** Puts a judgement into the form of the report (model.ts): numbers to text, hosts to addresses, nothing else. */

import { type Hosts, vendorKnowledge } from "../ike/facts.ts";
import type { Client as JudgedClient } from "../judgement/client.ts";
import { clientCount, clientSasOf } from "../judgement/clients-of.ts";
import { responderFingerprint } from "../judgement/fingerprint.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder as JudgedResponder } from "../judgement/responders.ts";
import { VERDICTS } from "../judgement/vocabulary.ts";
import type { GatewayFindings } from "./metrics.ts";
import type { Report, Responder, Verdict } from "./model.ts";

export interface BuildContext {
  hosts: Hosts;
  /** Name and clock digits of each source, by index. */
  sources: readonly { name: string; timeDigits: 6 | 9 }[];
  /** Further addresses that the user declared to be the gateway of this host. */
  aliasesOf: (host: number) => string[];
  /** Addresses behind NATs, as far as they were looked for. */
  inside?: InsideAddresses | undefined;
}

export function platformOf(client: JudgedClient): string | null {
  return (
    client.sessions.find(({ clientVendor }) => clientVendor.platform !== null)?.clientVendor.platform ?? null
  );
}

export function buildResponders(judgement: Judgement, context: BuildContext): Responder[] {
  return judgement.responders.map((responder) => {
    const address = context.hosts.text(responder.host);
    const exposure = judgement.exposures.get(responder)!;
    return {
      address,
      aliases: aliasesOf(responder, context),
      vendor: makeNamed(responder),
      clients: clientCount(responder),
      sequentialClients: exposure.sequentialClients,
      peakConcurrentSequential: exposure.peakConcurrentSequential,
      ...(exposure.harmless ? { exposureHarmless: true as const } : {}),
      fingerprint: responderFingerprint(address),
    };
  });
}

/** The first make that vendor IDs of the responder name; null where none is named. */
function makeNamed(responder: JudgedResponder): string | null {
  const isNamed = [...responder.plain.responderVendorIds()].some((ids) => vendorKnowledge(ids).make !== null);
  // Of tens of thousands nothing is made where none names any.
  for (const { session } of isNamed ? clientSasOf(responder) : responder.clientSas) {
    if (session.responderVendor.make !== null) return session.responderVendor.make;
  }
  return null;
}

/** Addresses that the user declared one with the responder, and those that an IKE SA showed to be. */
function aliasesOf(responder: JudgedResponder, { hosts, aliasesOf: declared }: BuildContext): string[] {
  const joined = responder.joined.map((host) => hosts.text(host));
  return [...new Set([...declared(responder.host), ...joined])];
}

/** Findings of each gateway by verdict, those with the most first. */
export function countByGateway(judgement: Judgement, hosts: Hosts): GatewayFindings[] {
  const counts = new Map(judgement.responders.map((responder) => [responder, noFindings()]));
  for (const { responder, verdict } of judgement.findings) counts.get(responder)![verdict] += 1;
  return [...counts]
    .map(([{ host }, findings]) => ({ gateway: hosts.text(host), findings }))
    .sort((a, b) => sum(b.findings) - sum(a.findings));
}

export function noFindings(): Record<Verdict, number> {
  return { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
}

function sum(findings: Record<Verdict, number>): number {
  return VERDICTS.reduce((total, verdict) => total + findings[verdict], 0);
}

export function countVerdicts(judgement: Judgement): Report["summary"]["findings"] {
  const counts = noFindings();
  for (const { verdict } of judgement.findings) counts[verdict] += 1;
  return counts;
}
