/** The row of a plain client (judgement/plain.ts), as nearly all are in large captures: nothing else is made for it. */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { PlainClient, PlainClients, PlainRun } from "../judgement/plain-clients.ts";
import type { Responder } from "../judgement/responders.ts";
import { outcomeOfCompleted } from "./client-outcomes.ts";
import { addFlows, anomalyOf, type ClientRow } from "./client-row.ts";

/** Plain clients one after another that no rows were made for; the same object is the next such run afterwards. */
export class PlainTurns {
  /** Which of them it is that is asked for: see `PlainClients`. */
  index = 0;
  /** The responder's host. */
  readonly responder: number;
  #run: PlainRun = { order: new Uint32Array(0), at: 0, end: 0 };
  readonly #plain: PlainClients;
  readonly #inside: InsideAddresses | undefined;

  /** @param inside addresses behind NATs, as far as they were looked for */
  constructor({ host, plain }: Responder, inside: InsideAddresses | undefined) {
    this.responder = host;
    this.#plain = plain;
    this.#inside = inside;
  }

  /** Goes on with another run. */
  begin(run: PlainRun): this {
    this.#run = run;
    return this;
  }

  /** How many there are. */
  get length(): number {
    return this.#run.end - this.#run.at;
  }

  /** Turns to one of them, from 0 on. */
  turnTo(i: number): void {
    this.index = this.#run.order[this.#run.at + i];
  }

  /** Where its numbers lie in linear memory, which are all that its row says; 0 where there is more to say. */
  get address(): number {
    const isInside = this.#inside?.anyFound === true && this.#inside.shown(this.read()) !== null;
    return isInside ? 0 : this.#plain.addressOf(this.index);
  }

  /** See `wordOfOne` (judgement/pattern.ts). */
  get patternWord(): number {
    return this.#plain.numbers.patternWords[this.index];
  }

  /** Whether it counts its IDs; null where there is more to say of it than that it does, or does not. */
  get counts(): boolean | null {
    const { numbers } = this.#plain;
    return numbers.anyContradict ? null : numbers.counts(this.index);
  }

  read(): PlainClient {
    return this.#plain.read(this.index);
  }

  row(client = this.read()): ClientRow {
    return plainRowOf(client, this.responder, this.#inside);
  }
}

/** The same as `rowOf` makes of such a client. */
export function plainRowOf(
  client: PlainClient,
  responder: number,
  inside: InsideAddresses | undefined,
): ClientRow {
  const { sa, exchange, endpoint, vendor, pattern } = client;
  const flows: number[] = [];
  addFlows(flows, sa);
  return {
    host: hostOf(endpoint),
    port: portOf(endpoint),
    responder,
    insideAddress: inside?.shown(client) ?? null,
    platform: vendor.platform,
    pattern,
    messageIds: { count: 1, shown: [exchange.messageId], step: null },
    ikeSas: 1,
    anomaly: anomalyOf(pattern, vendor.microsoftVersion),
    flows,
    rolesInferred: false,
    firstAt: sa.firstAt,
    lastAt: sa.lastLifeAt,
    outcome: outcomeOfCompleted(exchange),
  };
}
