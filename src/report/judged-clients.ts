/**
 * The clients of a judgement in the form of the report. Of tens of thousands most are only written, one after another:
 * each is made when its turn comes, so that what is not kept takes no room.
 */

import type { Hosts } from "../ike/facts.ts";
import { microsoftVersion } from "../judgement/client-patterns.ts";
import { byClient, clientCount, clientsOf, clientsOrRuns } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { BuildContext } from "./build.ts";
import { keptOutOf, timedOutcomeOf } from "./client-outcomes.ts";
import { anomalyOf, type ClientRow, clientOf, notedOf, type OwnSas, rowOf } from "./client-row.ts";
import type { Client, NotedClient } from "./model.ts";
import { PlainTurns } from "./plain-row.ts";

export class GlancedClient {
  /** A row of its own, or turned to it. */
  row!: ClientRow | PlainTurns;
  readonly #hosts: Hosts;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /** Of one that is connected, and in no finding, whether it counts its IDs; null where it has to be made to know more. */
  get counts(): boolean | null {
    return this.row instanceof PlainTurns ? this.row.counts : null;
  }

  made(): Client {
    const { row } = this;
    return clientOf(row instanceof PlainTurns ? row.row() : row, this.#hosts);
  }
}

/** To be read while the facts are those that were judged. */
export class JudgedClients {
  readonly length: number;
  readonly #judgement: Judgement;
  readonly #context: Pick<BuildContext, "hosts" | "inside">;

  constructor(judgement: Judgement, context: Pick<BuildContext, "hosts" | "inside">) {
    this.length = judgement.responders.reduce((sum, each) => sum + clientCount(each), 0);
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

  /** The same in numbers. */
  *rows(): Generator<ClientRow, void, undefined> {
    for (const { row } of this.glances()) yield row instanceof PlainTurns ? row.row() : row;
  }

  /** The same, but of plain clients which ones stand there one after another. */
  *unread(): Generator<ClientRow | PlainTurns, void, undefined> {
    const { inside } = this.#context;
    for (const responder of this.#judgement.responders) {
      const plain = new PlainTurns(responder, inside);
      for (const each of clientsOrRuns(responder))
        yield "order" in each ? plain.begin(each) : rowOf(each, responder.host, inside);
    }
  }

  /** The same, each to be made if it is asked for, in an object that tells of the next one afterwards. */
  *glances(): Generator<GlancedClient, void, undefined> {
    const glanced = new GlancedClient(this.hosts);
    for (const each of this.unread()) {
      glanced.row = each;
      if (!(each instanceof PlainTurns)) yield glanced;
      else
        for (let i = 0; i < each.length; i += 1) {
          each.turnTo(i);
          yield glanced;
        }
    }
  }

  /** Those that were kept out, and those of these addresses. */
  noted(addresses: ReadonlySet<string>): NotedClient[] {
    const { hosts } = this;
    const isNamed = ([{ client }]: OwnSas) => addresses.size > 0 && addresses.has(hosts.text(client.host));
    const found: NotedClient[] = [];
    for (const responder of this.#judgement.responders) {
      // Of whom the rules have nothing to say was not kept out.
      for (const own of addresses.size > 0 ? clientsOf(responder) : byClient(responder.clientSas)) {
        const outcome = isNamed(own) ? timedOutcomeOf(own) : keptOutOf(own);
        if (outcome !== null) found.push(notedOf(own, responder.host, outcome, this.#context));
      }
    }
    return found;
  }

  /** Of each whose message IDs contradict its vendor IDs, a sentence. */
  anomalies(): string[] {
    const sentences: string[] = [];
    for (const responder of this.#judgement.responders) {
      for (const own of responder.plain.numbers.anyContradict
        ? clientsOf(responder)
        : byClient(responder.clientSas)) {
        const [{ client, pattern }] = own;
        const anomaly = anomalyOf(pattern, microsoftVersion(client));
        if (anomaly !== null) sentences.push(`${this.hosts.text(client.host)}: ${anomaly}.`);
      }
    }
    return sentences;
  }
}
