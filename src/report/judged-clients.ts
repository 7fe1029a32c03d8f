/**
 * The clients of a judgement in the form of the report. Of tens of thousands most are only written, one after another:
 * each is made when its turn comes, so that what is not kept takes no room.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { Hosts, Path } from "../ike/facts.ts";
import { microsoftVersion } from "../judgement/client-patterns.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { Judgement } from "../judgement/judge.ts";
import { type BuildContext, platformOf } from "./build.ts";
import { isKeptOut, outcomeOf } from "./client-outcomes.ts";
import { communityId } from "./community-id.ts";
import type { Client } from "./model.ts";
import { messageIdText } from "./sentences.ts";
import { isoTime } from "./time.ts";

/** IDs that the report shows of each client. */
const SHOWN_IDS = 8;
/** Flows of a client that get a Community ID: two, as a rule, and as many again for each new port. */
const SHOWN_FLOWS = 16;

/** All that is known of one client: its IKE SAs, at least one. */
type OwnSas = readonly ClientSa[];

/** To be read while the facts are those that were judged. */
export class JudgedClients {
  readonly length: number;
  readonly #judgement: Judgement;
  readonly #context: Pick<BuildContext, "hosts" | "inside">;

  constructor(judgement: Judgement, context: Pick<BuildContext, "hosts" | "inside">) {
    this.length = judgement.responders.reduce((sum, { clients }) => sum + clients.length, 0);
    this.#judgement = judgement;
    this.#context = context;
  }

  *[Symbol.iterator](): Generator<Client, void, undefined> {
    for (const { host, clientSas } of this.#judgement.responders) {
      const responder = this.#context.hosts.text(host);
      for (const own of byClient(clientSas)) yield this.#client(own, responder);
    }
  }

  /** Those that were kept out, and those of these addresses. */
  noted(addresses: ReadonlySet<string>): Client[] {
    const { hosts } = this.#context;
    const found: Client[] = [];
    for (const { host, clientSas } of this.#judgement.responders) {
      const responder = hosts.text(host);
      for (const own of byClient(clientSas)) {
        const isNamed = addresses.size > 0 && addresses.has(hosts.text(own[0].client.host));
        if (isNamed || isKeptOut(own)) found.push(this.#client(own, responder));
      }
    }
    return found;
  }

  /** Of each whose message IDs contradict its vendor IDs, a sentence. */
  anomalies(): string[] {
    const sentences: string[] = [];
    for (const { clientSas } of this.#judgement.responders) {
      for (const own of byClient(clientSas)) {
        const anomaly = anomalyOf(own[0]);
        if (anomaly !== null) sentences.push(`${this.#context.hosts.text(own[0].client.host)}: ${anomaly}.`);
      }
    }
    return sentences;
  }

  #client(own: OwnSas, responder: string): Client {
    const { hosts } = this.#context;
    const [{ client, pattern, session }] = own;
    const ids = idsOf(own);
    const made: Client = {
      address: hosts.text(client.host),
      port: client.port,
      responder,
      platform: platformOf(client),
      pattern: {
        kind: pattern.kind,
        confidence: Math.round(pattern.confidence * 1e6) / 1e6,
        byteOrder: pattern.byteOrder,
        messageIds: ids.shown,
        ids: ids.count,
        ikeSas: own.length,
        firstId: ids.shown[0] ?? null,
        step: ids.step,
      },
      anomaly: anomalyOf(own[0]),
      communityIds: communityIdsOf(own, hosts),
      rolesInferred: own.some((each) => each.session.inferred),
      firstSeenAt: isoTime(session.sa.firstAt, 0, 6),
      lastSeenAt: isoTime(lastLifeOf(own), 0, 6),
      outcome: outcomeOf(own),
    };
    const insideAddress = this.#insideOf(own);
    return insideAddress === null ? made : withInside(made, insideAddress);
  }

  #insideOf(own: OwnSas): string | null {
    const { inside } = this.#context;
    if (inside === undefined) return null;
    for (const { session } of own) {
      const address = inside.shown(session);
      if (address !== null) return address;
    }
    return null;
  }
}

/** Behind the responder's address. Few have it, and an object that is made by copying takes longer. */
function withInside({ address, port, responder, ...rest }: Client, insideAddress: string): Client {
  return { address, port, responder, insideAddress, ...rest };
}

/** A judgement has the IKE SAs of a client side by side. */
function* byClient(clientSas: readonly ClientSa[]): Generator<OwnSas, void, undefined> {
  for (let from = 0; from < clientSas.length; ) {
    const { client } = clientSas[from];
    let to = from + 1;
    while (to < clientSas.length && clientSas[to].client === client) to += 1;
    yield clientSas.slice(from, to);
    from = to;
  }
}

/** The last sign of any of them, clock microseconds. */
function lastLifeOf(own: OwnSas): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { lifespan } of own) last = Math.max(last, lifespan.life.lastAt);
  return last;
}

/** The quick-mode IDs of a client: how many, the first of them, and the step between any two of one IKE SA. */
function idsOf(own: OwnSas): { count: number; shown: string[]; step: number | null } {
  const shown: string[] = [];
  let count = 0;
  let step: number | null = null;
  let sameStep = true;
  for (const { session } of own) {
    let before = Number.NaN;
    for (const { messageId } of session.quickModes) {
      if (count < SHOWN_IDS) shown.push(messageIdText(messageId));
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

function anomalyOf({ client, pattern: { kind, contradictsVendor } }: ClientSa): string | null {
  if (!contradictsVendor) return null;
  return `message IDs are ${kind}, which Microsoft vendor ID version ${microsoftVersion(client)} does not explain`;
}

type Ends = Path["ends"];

/** Addresses of both ends of a flow. */
const addresses = new Uint32Array(8);

/** Of the client's UDP flows, in order of appearance: towards port 500, 4500, and again after a NAT rebinding. */
function communityIdsOf(own: OwnSas, hosts: Hosts): string[] {
  const ids: string[] = [];
  const named: Ends[] = [];
  for (const { session } of own) {
    for (const { ends } of session.sa.paths) {
      if (ids.length === SHOWN_FLOWS) return ids;
      if (isNamed(ends, named)) continue;
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

function isNamed(ends: Ends, named: readonly Ends[]): boolean {
  for (const each of named) if (each[0] === ends[0] && each[1] === ends[1]) return true;
  return false;
}
