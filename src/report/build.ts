/** Puts a judgement into the form of the report (model.ts): numbers to text, hosts to addresses, nothing else. */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { Hosts, Path } from "../ike/facts.ts";
import type { Client as JudgedClient } from "../judgement/client.ts";
import { responderFingerprint } from "../judgement/fingerprint.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder as JudgedResponder } from "../judgement/responders.ts";
import { microsoftVersion } from "../judgement/client-patterns.ts";
import type { Session } from "../judgement/session.ts";
import { VERDICTS } from "../judgement/vocabulary.ts";
import { clientOutcomes } from "./client-outcomes.ts";
import { communityId } from "./community-id.ts";
import type { GatewayFindings } from "./metrics.ts";
import type { Client, ClientOutcome, Report, Responder, Verdict } from "./model.ts";
import { messageIdText } from "./sentences.ts";
import { isoTime } from "./time.ts";

export interface BuildContext {
  hosts: Hosts;
  /** Name and clock digits of each source, by index. */
  sources: readonly { name: string; timeDigits: 6 | 9 }[];
  /** Further addresses that the user declared to be the gateway of this host. */
  aliasesOf: (host: number) => string[];
  /** Addresses behind NATs, as far as they were looked for. */
  inside?: InsideAddresses | undefined;
}

type Ends = Path["ends"];

/** IDs that the report shows of each client. */
const SHOWN_IDS = 8;
/** Flows of a client that get a Community ID: two, as a rule, and as many again for each new port. */
const SHOWN_FLOWS = 16;

/** Addresses of both ends of a flow. */
const addresses = new Uint32Array(8);

/** Of the client's UDP flows, in order of appearance: towards port 500, 4500, and again after a NAT rebinding. */
function communityIdsOf(client: JudgedClient, hosts: Hosts): string[] {
  const ids: string[] = [];
  const named: Ends[] = [];
  for (const { sa } of client.sessions) {
    for (const { ends } of sa.paths) {
      if (ids.length === SHOWN_FLOWS) return ids;
      if (named.some((each) => each[0] === ends[0] && each[1] === ends[1])) continue;
      hosts.copyWords(hostOf(ends[0]), addresses, 0);
      hosts.copyWords(hostOf(ends[1]), addresses, 4);
      const id = communityId(addresses, portOf(ends[0]), portOf(ends[1]));
      // The other way round it has the same one.
      if (ids.includes(id)) continue;
      named.push(ends);
      ids.push(id);
    }
  }
  return ids;
}

export function platformOf(client: JudgedClient): string | null {
  return (
    client.sessions.find(({ clientVendor }) => clientVendor.platform !== null)?.clientVendor.platform ?? null
  );
}

export function buildResponders(judgement: Judgement, context: BuildContext): Responder[] {
  return judgement.responders.map((responder) => {
    const address = context.hosts.text(responder.host);
    const vendor = responder.clientSas.find(({ session }) => session.responderVendor.make !== null);
    const exposure = judgement.exposures.get(responder)!;
    return {
      address,
      aliases: aliasesOf(responder, context),
      vendor: vendor?.session.responderVendor.make ?? null,
      clients: responder.clients.length,
      sequentialClients: exposure.sequentialClients,
      peakConcurrentSequential: exposure.peakConcurrentSequential,
      ...(exposure.harmless ? { exposureHarmless: true as const } : {}),
      fingerprint: responderFingerprint(address),
    };
  });
}

/** Addresses that the user declared one with the responder, and those that an IKE SA showed to be. */
function aliasesOf(responder: JudgedResponder, { hosts, aliasesOf: declared }: BuildContext): string[] {
  const joined = responder.joined.map((host) => hosts.text(host));
  return [...new Set([...declared(responder.host), ...joined])];
}

export function buildClients(judgement: Judgement, context: BuildContext): Client[] {
  const clients: Client[] = [];
  for (const responder of judgement.responders) {
    const address = context.hosts.text(responder.host);
    const outcomes = clientOutcomes(responder.clientSas);
    for (const client of responder.clients) {
      clients.push(buildClient(client, { responder, address, outcome: outcomes.get(client)! }, context));
    }
  }
  return clients;
}

interface ClientAt {
  responder: JudgedResponder;
  /** The responder's. */
  address: string;
  outcome: ClientOutcome;
}

/** One literal for all: of objects that are made by copying others V8 gives each a shape of its own. */
function buildClient(
  client: JudgedClient,
  { responder, address, outcome }: ClientAt,
  context: BuildContext,
): Client {
  const { hosts } = context;
  const { sessions } = client;
  const pattern = responder.patterns.get(client)!;
  const ids = idsOf(sessions);
  return {
    address: hosts.text(client.host),
    port: client.port,
    responder: address,
    ...insideOf(client, context),
    platform: platformOf(client),
    pattern: {
      kind: pattern.kind,
      confidence: Math.round(pattern.confidence * 1e6) / 1e6,
      byteOrder: pattern.byteOrder,
      messageIds: ids.shown,
      ids: ids.count,
      ikeSas: sessions.length,
      firstId: ids.shown[0] ?? null,
      step: ids.step,
    },
    anomaly: pattern.contradictsVendor ? anomalyText(client, pattern.kind) : null,
    communityIds: communityIdsOf(client, hosts),
    rolesInferred: sessions.some(({ inferred }) => inferred),
    firstSeenAt: isoTime(sessions[0].sa.firstAt, 0, 6),
    lastSeenAt: isoTime(
      sessions.reduce((last, each) => Math.max(last, lastLifeOf(responder, each)), Number.NEGATIVE_INFINITY),
      0,
      6,
    ),
    outcome,
  };
}

function lastLifeOf({ questions }: JudgedResponder, session: Session): number {
  return questions.lifespan(session).life.lastAt;
}

function insideOf({ sessions }: JudgedClient, { inside }: BuildContext): { insideAddress?: string } {
  for (const session of sessions) {
    const address = inside?.shown(session) ?? null;
    if (address !== null) return { insideAddress: address };
  }
  return {};
}

/** The quick-mode IDs of a client: how many, the first of them, and the step between any two of one IKE SA. */
function idsOf(sessions: readonly Session[]): { count: number; shown: string[]; step: number | null } {
  const shown: number[] = [];
  let count = 0;
  let step: number | null = null;
  let sameStep = true;
  for (const { quickModes } of sessions) {
    quickModes.forEach(({ messageId }, i) => {
      if (count < SHOWN_IDS) shown.push(messageId);
      count += 1;
      if (i === 0) return;
      const taken = messageId - quickModes[i - 1].messageId;
      step ??= taken;
      if (taken !== step) sameStep = false;
    });
  }
  return { count, shown: shown.map(messageIdText), step: sameStep ? step : null };
}

function anomalyText(client: JudgedClient, kind: string): string {
  const version = microsoftVersion(client);
  return `message IDs are ${kind}, which Microsoft vendor ID version ${version} does not explain`;
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
