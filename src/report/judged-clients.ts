/**
 * The clients of a judgement in the form of the report. Of tens of thousands most are only written, one after another:
 * each is made when its turn comes, so that what is not kept takes no room.
 */

import type { Hosts } from "../ike/facts.ts";
import type { ClientSa } from "../judgement/client-sa.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { BuildContext } from "./build.ts";
import { isKeptOut } from "./client-outcomes.ts";
import { anomalyOf, type ClientRow, clientOf, type OwnSas, rowOf } from "./client-row.ts";
import type { Client } from "./model.ts";

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

  /** What tells the addresses of hosts. */
  get hosts(): Hosts {
    return this.#context.hosts;
  }

  *[Symbol.iterator](): Generator<Client, void, undefined> {
    for (const row of this.rows()) yield clientOf(row, this.hosts);
  }

  /** The same in numbers. @param isWanted whether a client is to be among them */
  *rows(isWanted: (own: OwnSas) => boolean = () => true): Generator<ClientRow, void, undefined> {
    for (const { host, clientSas } of this.#judgement.responders) {
      for (const own of byClient(clientSas)) if (isWanted(own)) yield rowOf(own, host, this.#context.inside);
    }
  }

  /** Those that were kept out, and those of these addresses. */
  noted(addresses: ReadonlySet<string>): Client[] {
    const { hosts } = this;
    const isNamed = ([{ client }]: OwnSas) => addresses.size > 0 && addresses.has(hosts.text(client.host));
    return Array.from(
      this.rows((own) => isNamed(own) || isKeptOut(own)),
      (row) => clientOf(row, hosts),
    );
  }

  /** Of each whose message IDs contradict its vendor IDs, a sentence. */
  anomalies(): string[] {
    const sentences: string[] = [];
    for (const { clientSas } of this.#judgement.responders) {
      for (const own of byClient(clientSas)) {
        const anomaly = anomalyOf(own[0]);
        if (anomaly !== null) sentences.push(`${this.hosts.text(own[0].client.host)}: ${anomaly}.`);
      }
    }
    return sentences;
  }
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
