/**
 * Contract 6.9: the peers of a responder that may have held a message ID without being seen to, for one refusal after
 * another. What several refusals ask alike is found once.
 */

import { endpoint } from "../collections/endpoints.ts";
import { grouped } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Exchange, Hosts } from "../ike/facts.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Acceptance, Attempt } from "./collisions.ts";
import type { FormerHolder } from "./former-holder.ts";
import { clearedBy, justLeft, type MayHold, mayHold } from "./may-hold.ts";
import { type Moment, momentOf } from "./moment.ts";
import type { Responder } from "./responders.ts";

type SasOfClients = () => ReadonlyMap<Client, readonly ClientSa[]>;

export class PossibleHolders {
  /** Computed once, when first needed, as are their endpoints. */
  readonly #candidates: () => readonly Candidate[];
  readonly #endpoints: () => ReadonlySet<number>;
  readonly #haveAnyGone: () => boolean;
  /** Acceptances of each ID. */
  readonly #acceptedOn: () => ReadonlyMap<number, readonly Acceptance[]>;
  /** Candidates cleared of an ID, computed once as well. */
  readonly #cleared = new Map<number, ReadonlyMap<Candidate, Moment>>();
  readonly #known = new Map<Exchange, readonly Candidate[]>();
  /** What was found last, for which refusal, and until when nobody comes or goes. */
  #latest: { exchange: Exchange | null; until: number; holders: readonly Candidate[] } = {
    exchange: null,
    until: 0,
    holders: [],
  };
  readonly #byClient: SasOfClients;
  readonly #own = new Map<Client, ReadonlySet<number>>();

  constructor(
    responder: Responder,
    hosts: Hosts,
    accepted: () => readonly Acceptance[],
    byClient: SasOfClients,
  ) {
    this.#candidates = lazily(() => candidatesOf(responder, hosts));
    this.#endpoints = lazily(() => new Set(this.#candidates().map(({ host, port }) => endpoint(host, port))));
    this.#haveAnyGone = lazily(() => this.#candidates().some(({ gone }) => gone !== null));
    this.#acceptedOn = lazily(() => grouped(accepted(), ({ exchange }) => exchange.messageId));
    this.#byClient = byClient;
  }

  get areAny(): boolean {
    return this.#candidates().length > 0;
  }

  /** Peers that may have held the ID of a refusal without being seen to. */
  of({ contender, exchange }: Acceptance): readonly Candidate[] {
    const known = this.#known.get(exchange);
    if (known !== undefined) return known;
    let holders = this.#asLatest({ contender, exchange });
    if (holders === null) {
      const { found, until } = this.#alive({ contender, exchange });
      // Those of one time are the same as a rule, and one list is enough for all of them.
      const before = this.#latest.holders;
      const isSame = found.length === before.length && found.every((each, i) => each === before[i]);
      holders = isSame ? before : found;
      if (!this.#hasCandidate(contender)) this.#latest = { exchange, until, holders };
    }
    this.#known.set(exchange, holders);
    return holders;
  }

  /** Those that were found last, where nothing has changed since; null where they have to be looked for. */
  #asLatest({ contender, exchange }: Acceptance): readonly Candidate[] | null {
    const { exchange: latest, until, holders } = this.#latest;
    if (latest?.messageId !== exchange.messageId || latest.segment !== exchange.segment) return null;
    if (exchange.firstAt < latest.firstAt || exchange.firstAt > until) return null;
    return this.#hasCandidate(contender) ? null : holders;
  }

  /** The client was on an endpoint of a peer that counts as one. */
  #hasCandidate({ client }: ClientSa): boolean {
    if (!this.areAny) return false;
    // Without a set of them, of which a flood of refusals would make thousands.
    for (const { keys } of this.#byClient().get(client) ?? []) {
      for (const key of keys) if (this.#endpoints().has(key)) return true;
    }
    return false;
  }

  /** The endpoints of all IKE SAs of a client. */
  #ownOf(client: Client): ReadonlySet<number> {
    let own = this.#own.get(client);
    if (own === undefined) {
      own = new Set((this.#byClient().get(client) ?? []).flatMap(({ keys }) => keys));
      this.#own.set(client, own);
    }
    return own;
  }

  /** All of them, however many. */
  all(refusal: Acceptance): readonly Candidate[] {
    return this.#alive(refusal, Number.POSITIVE_INFINITY).found;
  }

  /** @param most as many as are looked for unless given */
  #alive({ contender, exchange }: Acceptance, most?: number): MayHold {
    const cleared = this.#clearedOf(exchange.messageId);
    const own = this.#ownOf(contender.client);
    return mayHold(this.#candidates(), own, momentOf(exchange), (each) => cleared.get(each), most);
  }

  /**
   * Peers that may have held the ID of an attempt whose holder is a conclusion (contract 6.2): that it used the ID was
   * not seen, and they may have as well.
   */
  besideImplied({ contender, exchange, holder }: Attempt): readonly Candidate[] {
    const own = this.#ownOf(holder!.claim.clientSa.client);
    const isOwn = ({ host, port }: Candidate) => own.has(endpoint(host, port));
    const found = this.of({ contender, exchange });
    return found.some(isOwn) ? found.filter((each) => !isOwn(each)) : found;
  }

  /** A peer that left just before, of those whose quick modes lie before the capture. */
  justLeft({ contender, exchange }: Acceptance): FormerHolder | null {
    if (!this.#haveAnyGone()) return null;
    const cleared = this.#clearedOf(exchange.messageId);
    const own = this.#ownOf(contender.client);
    return justLeft(this.#candidates(), own, momentOf(exchange), (each) => cleared.get(each));
  }

  #clearedOf(messageId: number): ReadonlyMap<Candidate, Moment> {
    let cleared = this.#cleared.get(messageId);
    if (cleared === undefined) {
      cleared = clearedBy(this.#candidates(), this.#acceptedOn().get(messageId) ?? []);
      this.#cleared.set(messageId, cleared);
    }
    return cleared;
  }
}
