/**
 * The clients of a responder of which the rules have nothing to say (plain.ts). Each is made anew when somebody asks for it:
 * of tens of thousands most are only written, one after another.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import { type Exchange, type Hosts, type IkeSa, vendorKnowledge } from "../ike/facts.ts";
import type { VendorKnowledge } from "../wire/vendor-ids.ts";
import { type EspSources, isBlind } from "./blind.ts";
import type { SasOfResponder } from "./by-responder.ts";
import { microsoftVersion, type SingleIds } from "./client-patterns.ts";
import { type AtResponder, type ClientSa, SaOfClient } from "./client-sa.ts";
import { keysOf } from "./endpoints-of.ts";
import { type Farewells, farewellsOf } from "./farewell.ts";
import { type Life, lifeOf } from "./life.ts";
import { type Lifespan, lifetimeEndOf } from "./lifespan.ts";
import type { Moment } from "./moment.ts";
import { OF_COMPLETED } from "./outcomes.ts";
import type { Pattern } from "./pattern.ts";
import type { Peers } from "./peers.ts";
import type { PlainSas } from "./plain.ts";
import { clientPath, PlainSession, type Session } from "./session.ts";

/** Plain clients one after another: the indices of their IKE SAs are `order[at]` to `order[end - 1]`. */
export interface PlainRun {
  readonly order: Uint32Array;
  readonly at: number;
  readonly end: number;
}

/** What plain clients of one responder have in common. */
export interface PlainContext {
  hosts: Hosts;
  peers: Peers;
  espSources: EspSources;
  captureEnd: Moment;
}

export class PlainClients {
  /** Their IKE SAs, by the indices under which `numbers` tells of them, in the order of their first messages. */
  readonly indices: Uint32Array;
  readonly numbers: PlainSas;
  readonly #ofResponder: SasOfResponder;
  readonly #hosts: Hosts;
  readonly #context: PlainContext;
  /** Of most of a hundred thousand responders nobody asks. */
  #alike: AtResponder | null = null;
  #vendor: { list: readonly string[]; says: VendorKnowledge } | null = null;

  constructor(ofResponder: SasOfResponder, context: PlainContext) {
    this.indices = ofResponder.plain;
    this.numbers = ofResponder.numbers;
    this.#ofResponder = ofResponder;
    this.#hosts = context.hosts;
    this.#context = context;
  }

  /** Those that had a message ID. */
  *with(messageId: number): Generator<ClientSa, void, undefined> {
    const { messageIds } = this.numbers.survey;
    for (const index of this.indices) if (messageIds[index] === messageId) yield this.made(index);
  }

  /** The lists of vendor IDs that the responder sent to them, and to others perhaps. */
  responderVendorIds(): ReadonlySet<readonly string[]> {
    return this.#ofResponder.vendorIds;
  }

  /**
   * Puts other clients between these.
   * @param others each by its IKE SAs; all in the order of their first messages
   * @returns each of the others, and where these stand one after another, which
   */
  *among(others: Iterable<readonly ClientSa[]>): Generator<readonly ClientSa[] | PlainRun, void, undefined> {
    const { ikeSas, order } = this.#ofResponder;
    const left = others[Symbol.iterator]();
    let next = left.next();
    for (let at = 0; at < order.length; ) {
      const end = this.numbers.plainUpTo(order, at);
      if (end > at) yield { order, at, end };
      // Of several IKE SAs of one client the first tells its place.
      if (end < order.length && next.done !== true && ikeSas.at(order[end]) === next.value[0].session.sa) {
        yield next.value;
        next = left.next();
      }
      at = end + 1;
    }
  }

  /** One of them as the rules are asked of it. */
  made(index: number): ClientSa {
    const { ikeSas, host: responder } = this.#ofResponder;
    const session = new PlainSession(ikeSas.at(index), responder, this.#hosts);
    const { endpoint } = session;
    const place = { host: hostOf(endpoint), port: portOf(endpoint) };
    return new SaOfClient(session, { index, responder, ...place, sessions: [session] }, this.#at());
  }

  /** What the rules say of each. */
  #at(): AtResponder {
    this.#alike ??= alike(this.#context, this.numbers.patterns);
    return this.#alike;
  }

  /** Where the row of its IKE SA lies in linear memory; 0 where it lies elsewhere. */
  addressOf(index: number): number {
    return this.#ofResponder.ikeSas.addressOf(index);
  }

  /** One of them as the report asks for it. */
  read(index: number): PlainClient {
    const sa = this.#ofResponder.ikeSas.at(index);
    const [exchange] = sa.exchanges;
    const vendor = this.#vendorOf(sa);
    return {
      sa,
      exchange,
      endpoint: sa.endOf(clientPath(sa, 0, this.#hosts), 0),
      vendor,
      pattern: this.numbers.patterns.of(exchange.messageId, vendor.microsoftVersion),
    };
  }

  /** What its client's vendor IDs say: of most the same as of the one before. */
  #vendorOf(sa: IkeSa): VendorKnowledge {
    const list = sa.vendorIdsOf(0);
    if (this.#vendor?.list !== list) this.#vendor = { list, says: vendorKnowledge(list) };
    return this.#vendor.says;
  }
}

/** A plain client without the objects that the rules are asked with. */
export interface PlainClient {
  sa: IkeSa;
  exchange: Exchange;
  /** Address and port of the client, as a session has them. */
  endpoint: number;
  vendor: VendorKnowledge;
  pattern: Pattern;
}

/** What the rules say of each: the same of all. */
function alike(context: PlainContext, patterns: SingleIds): AtResponder {
  return {
    ...OF_COMPLETED,
    undecided: new Set(),
    peers: context.peers,
    keysOf,
    patterns: {
      get: (client) => patterns.of(client.sessions[0].quickModes[0].messageId, microsoftVersion(client)),
    },
    lifespan: (session) => new PlainLifespan(session, context),
    seenSending: true,
  };
}

/** Of which mostly nothing but the life is asked. */
class PlainLifespan implements Lifespan {
  readonly life: Life;
  readonly replaced = null;
  readonly #session: Session;
  readonly #context: PlainContext;

  constructor(session: Session, context: PlainContext) {
    this.life = lifeOf(session, [], context.peers);
    this.#session = session;
    this.#context = context;
  }

  get blind(): boolean {
    return isBlind(this.#session, this.#context.espSources);
  }

  get farewells(): Farewells {
    return farewellsOf(this.#session, this.life, this.blind, this.#context.captureEnd);
  }

  get lifetimeEnd(): number {
    return lifetimeEndOf(this.#session);
  }
}
