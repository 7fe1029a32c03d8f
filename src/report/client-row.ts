/**
 * A row of the report's clients in numbers: hosts instead of addresses, clock microseconds instead of times. Of tens of
 * thousands most are only written, by whoever can make text of these; `clientOf` makes the row of the model of them.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { Hosts, IkeSa } from "../ike/facts.ts";
import { microsoftVersion } from "../judgement/client-patterns.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { Pattern } from "../judgement/pattern.ts";
import { platformOf } from "./build.ts";
import { inWords, type TimedOutcome, timedOutcomeOf } from "./client-outcomes.ts";
import { communityId } from "./community-id.ts";
import type { Client, NotedClient } from "./model.ts";
import { messageIdText } from "./sentences.ts";
import { isoTime } from "./time.ts";

/** IDs that the report shows of each client. */
const SHOWN_IDS = 8;
/** Flows of a client that get a Community ID: two, as a rule, and as many again for each new port. */
const SHOWN_FLOWS = 16;

/** All that is known of one client: its IKE SAs, at least one. */
export type OwnSas = readonly ClientSa[];

/** What is not told here is told in the model. */
export interface ClientRow {
  host: number;
  port: number;
  /** Its responder's host. */
  responder: number;
  insideAddress: string | null;
  platform: string | null;
  pattern: Pattern;
  messageIds: MessageIds;
  ikeSas: number;
  anomaly: string | null;
  /** Both endpoints of each of the client's UDP flows, one behind the other, in order of appearance. */
  flows: readonly number[];
  rolesInferred: boolean;
  firstAt: number;
  lastAt: number;
  outcome: TimedOutcome;
}

/** The quick-mode IDs of a client. */
interface MessageIds {
  count: number;
  /** The first of them. */
  shown: readonly number[];
  /** Between any two of one IKE SA; null where there are none, or not always the same. */
  step: number | null;
}

/** @param responder the host of the client's responder @param inside addresses behind NATs, as far as they were looked for */
export function rowOf(own: OwnSas, responder: number, inside: InsideAddresses | undefined): ClientRow {
  const [{ client, pattern, session }] = own;
  return {
    host: client.host,
    port: client.port,
    responder,
    insideAddress: inside === undefined ? null : insideOf(own, inside),
    platform: platformOf(client),
    pattern,
    messageIds: idsOf(own),
    ikeSas: own.length,
    anomaly: anomalyOf(pattern, microsoftVersion(client)),
    flows: flowsOf(own),
    rolesInferred: own.some((each) => each.session.inferred),
    firstAt: session.sa.firstAt,
    lastAt: lastLifeOf(own),
    outcome: timedOutcomeOf(own),
  };
}

/** What advice asks of a client. @param responder its host @param timed what became of the client */
export function notedOf(
  own: OwnSas,
  responder: number,
  timed: TimedOutcome,
  { hosts, inside }: { hosts: Hosts; inside?: InsideAddresses | undefined },
): NotedClient {
  const [{ client }] = own;
  const insideAddress = inside === undefined ? null : insideOf(own, inside);
  const [address, port] = [hosts.text(client.host), client.port];
  const outcome = inWords(timed);
  const at = hosts.text(responder);
  // Written out: an object that is made by copying takes longer.
  if (insideAddress === null) return { address, port, responder: at, outcome };
  return { address, port, responder: at, insideAddress, outcome };
}

/** The last sign of any of them. */
function lastLifeOf(own: OwnSas): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { lifespan } of own) last = Math.max(last, lifespan.life.lastAt);
  return last;
}

function idsOf(own: OwnSas): MessageIds {
  const shown: number[] = [];
  let count = 0;
  let step: number | null = null;
  let sameStep = true;
  for (const { session } of own) {
    let before = Number.NaN;
    for (const { messageId } of session.quickModes) {
      if (count < SHOWN_IDS) shown.push(messageId);
      count += 1;
      const taken = messageId - before;
      before = messageId;
      if (Number.isNaN(taken)) continue;
      step ??= taken;
      if (taken !== step) sameStep = false;
    }
  }
  return { count, shown, step: sameStep ? step : null };
}

function flowsOf(own: OwnSas): number[] {
  const flows: number[] = [];
  for (const { session } of own) addFlows(flows, session.sa);
  return flows;
}

/** Adds those of an IKE SA: towards port 500, 4500, and again after a NAT rebinding. */
export function addFlows(flows: number[], sa: IkeSa): void {
  for (let path = 0; path < sa.pathCount; path += 1) {
    if (flows.length === 2 * SHOWN_FLOWS) return;
    const one = sa.endOf(path, 0);
    const other = sa.endOf(path, 1);
    if (!isAmong(flows, one, other)) flows.push(one, other);
  }
}

/** The other way round a flow has the same Community ID. */
function isAmong(flows: readonly number[], one: number, other: number): boolean {
  for (let i = 0; i < flows.length; i += 2) {
    const [first, second] = [flows[i], flows[i + 1]];
    if ((first === one && second === other) || (first === other && second === one)) return true;
  }
  return false;
}

/** The row in the form of the model. */
export function clientOf(row: ClientRow, hosts: Hosts): Client {
  const { pattern, insideAddress } = row;
  const { count, shown, step } = row.messageIds;
  const messageIds = shown.map(messageIdText);
  const made: Client = {
    address: hosts.text(row.host),
    port: row.port,
    responder: hosts.text(row.responder),
    platform: row.platform,
    pattern: {
      kind: pattern.kind,
      confidence: Math.round(pattern.confidence * 1e6) / 1e6,
      byteOrder: pattern.byteOrder,
      messageIds,
      ids: count,
      ikeSas: row.ikeSas,
      firstId: messageIds[0] ?? null,
      step,
    },
    anomaly: row.anomaly,
    communityIds: communityIdsOf(row, hosts),
    rolesInferred: row.rolesInferred,
    firstSeenAt: isoTime(row.firstAt, 0, 6),
    lastSeenAt: isoTime(row.lastAt, 0, 6),
    outcome: inWords(row.outcome),
  };
  return insideAddress === null ? made : withInside(made, insideAddress);
}

/** Behind the responder's address. Few have it, and an object that is made by copying takes longer. */
function withInside({ address, port, responder, ...rest }: Client, insideAddress: string): Client {
  return { address, port, responder, insideAddress, ...rest };
}

function communityIdsOf({ flows }: ClientRow, hosts: Hosts): string[] {
  const ids: string[] = [];
  for (let i = 0; i < flows.length; i += 2) ids.push(communityIdOf(flows[i], flows[i + 1], hosts));
  return ids;
}

/** Addresses of both ends of a flow. */
const addresses = new Uint32Array(8);

/** Of a flow between two endpoints. */
export function communityIdOf(one: number, other: number, hosts: Hosts): string {
  hosts.copyWords(hostOf(one), addresses, 0);
  hosts.copyWords(hostOf(other), addresses, 4);
  return communityId(addresses, portOf(one), portOf(other));
}

/** What contradicts a client's vendor IDs; null where nothing does. @param version of its Microsoft vendor ID */
export function anomalyOf({ kind, contradictsVendor }: Pattern, version: number | null): string | null {
  if (!contradictsVendor) return null;
  return `message IDs are ${kind}, which Microsoft vendor ID version ${version} does not explain`;
}

/** Null as well where its IKE SAs differ: a new lease, or another host that the NAT gave the port. */
export function insideOf(own: OwnSas, inside: InsideAddresses): string | null {
  let known: string | null = null;
  for (const { session } of own) {
    const address = inside.shown(session);
    if (address === null || address === known) continue;
    if (known !== null) return null;
    known = address;
  }
  return known;
}
