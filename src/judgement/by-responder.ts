/** Sorts the IKE SAs of a capture by responder, those apart of which the rules have nothing to say (plain.ts). */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { type Facts, type IkeSa, type IkeSas, IS_ANSWERED, type SaSurvey, type Side } from "../ike/facts.ts";
import type { InsideAddresses } from "./inside.ts";
import { joinedResponders } from "./joined.ts";
import { firstOf, type Moment } from "./moment.ts";
import { PlainSas } from "./plain.ts";
import { decideRoles, other, type RoleOptions, type Roles } from "./roles.ts";
import { type Session, sessionOf } from "./session.ts";

export interface ResponderOptions extends RoleOptions {
  /** The host that names the gateway of this one. */
  responderOf: (host: number) => number;
  /** True when the user's scope takes the responder in. */
  inScope: (host: number) => boolean;
  /** Last clock value of the capture, and its segment. */
  captureEnd: Moment;
  /** The capture goes on: what has just begun is not judged yet. */
  running?: boolean;
  /** Shares of responders are judged elsewhere: addresses are not joined. */
  partitioned?: boolean;
  /** Addresses behind NATs, as far as they were looked for. */
  inside?: InsideAddresses;
}

export interface SasOfResponder {
  /** All IKE SAs, of whatever responder, and what is known of plain ones; those here are told by their indices. */
  ikeSas: IkeSas;
  numbers: PlainSas;
  /** Of several hosts that are one gateway, the one that names it. */
  host: number;
  hosts: ReadonlySet<number>;
  /** Further hosts that an IKE SA showed to be this gateway. */
  joined: readonly number[];
  /** Its IKE SAs in the order of their first messages. */
  order: Uint32Array;
  /** Those of them that are plain, and the others; in the same order. */
  plain: Uint32Array;
  sessions: Session[];
  /** The lists of vendor IDs that it sent, to plain ones at least. */
  vendorIds: ReadonlySet<readonly string[]>;
  /** When an endpoint sent first messages that nobody answered. */
  unanswered: ReadonlyMap<number, readonly Moment[]>;
}

/** The IKE SAs of one responder while all are sorted. */
interface Group {
  /** Its place among the groups. */
  place: number;
  host: number;
  hosts: Set<number>;
  /** How many there are, and the latest of them; -1 for none. */
  count: number;
  latest: number;
  /** They came in the order of their first messages, as nearly always. */
  isInOrder: boolean;
  /** The lists of vendor IDs that the responder sent to those that may be plain; and the number of the latest of these. */
  vendorIds: Set<readonly string[]> | null;
  latestList: number;
  /** Those of them that are not plain, by their indices. */
  sessions: Map<number, Session>;
}

/** Shared by all responders without any. */
const NO_LISTS: ReadonlySet<readonly string[]> = new Set();
const NOBODY: ReadonlyMap<number, readonly Moment[]> = new Map();
/** Stands for a place, or a number, that is none. */
const NOWHERE = -1;
/** How long the fragments of one message may take to come, in microseconds. */
const FRAGMENTS_PENDING = 2_000_000;

export class ByResponder {
  readonly #numbers: PlainSas;
  readonly #facts: Facts;
  readonly #sas: IkeSas;
  readonly #options: ResponderOptions;
  readonly #survey: SaSurvey;
  readonly #roles: Roles;
  readonly #joined: ReadonlyMap<number, number>;
  readonly #groups: Group[] = [];
  readonly #groupsByName = new Map<number, Group>();
  /** The group of each host of a responder; null where the user's scope does not take it in. */
  readonly #groupsByHost = new Map<number, Group | null>();
  readonly #unanswered = new Map<number, Map<number, Moment[]>>();
  /** Fragment sets begun before this time will not be completed any more. */
  readonly #fragmentsBefore: number;

  constructor(facts: Facts, options: ResponderOptions) {
    const { eachIkeSa: ikeSas, hosts } = facts;
    const { captureEnd, partitioned = false, running = false } = options;
    const survey = facts.surveyIn(captureEnd.segment);
    this.#facts = facts;
    this.#sas = ikeSas;
    this.#options = options;
    this.#survey = survey;
    this.#roles = decideRoles(ikeSas, hosts, options, survey);
    this.#joined = partitioned ? new Map() : joinedResponders(ikeSas, this.#roles, hosts, survey);
    this.#fragmentsBefore = running ? captureEnd.at - FRAGMENTS_PENDING : Number.POSITIVE_INFINITY;
    this.#numbers = new PlainSas(facts, survey, captureEnd.segment);
  }

  /** The responders in the user's scope, in the order in which they are first seen to answer. */
  sorted(): SasOfResponder[] {
    const places = new Int32Array(this.#sas.length);
    for (let i = 0; i < places.length; i += 1) places[i] = this.#groupFor(i);
    const joined = new Map<number, number[]>();
    for (const [host, responder] of this.#joined) {
      const named = this.#options.responderOf(responder);
      append(joined, named, host);
      this.#groupsByName.get(named)?.hosts.add(host);
    }
    const orders = this.#ordersOf(places);
    return this.#groups.map((group, place) =>
      this.#settled(group, orders[place], joined.get(group.host) ?? []),
    );
  }

  /** Puts an IKE SA to those of its responder. @returns the place of that group; `NOWHERE` for none */
  #groupFor(index: number): number {
    const role = this.#roles.of(index);
    if (role === null) return NOWHERE;
    const survey = this.#survey;
    const side = other(role.client);
    const host = survey.hosts[side][index];
    if ((survey.bits[index] & IS_ANSWERED) === 0) {
      this.#noteUnanswered(this.#responderOf(host), this.#sas.at(index), role.client);
      return NOWHERE;
    }
    const group = this.#groupOf(host);
    if (group === null) return NOWHERE;
    group.isInOrder &&= group.count === 0 || this.#inOrder(group.latest, index) <= 0;
    group.latest = index;
    group.count += 1;
    if (this.#numbers.take(index, this.#sas, role)) this.#noteList(group, survey.vendorListOf(index, side));
    else {
      const sa = this.#sas.at(index);
      for (let i = 1; i < sa.pathCount; i += 1) group.hosts.add(hostOf(sa.endOf(i, side)));
      group.sessions.set(index, this.#sessionOf(index, group.host));
    }
    return group.place;
  }

  /** The responder sent that list of vendor IDs. */
  #noteList(group: Group, list: number): void {
    if (list === group.latestList) return;
    group.latestList = list;
    group.vendorIds ??= new Set();
    group.vendorIds.add(this.#facts.vendorLists[list]);
  }

  /** The indices of each group's IKE SAs, side by side in one array. @param places of the group of each */
  #ordersOf(places: Int32Array): Uint32Array[] {
    let end = 0;
    const ends = this.#groups.map(({ count }) => {
      end += count;
      return end - count;
    });
    const indices = new Uint32Array(end);
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i];
      if (place === NOWHERE) continue;
      indices[ends[place]] = i;
      ends[place] += 1;
    }
    return this.#groups.map(({ count }, place) => indices.subarray(ends[place] - count, ends[place]));
  }

  #inOrder(one: number, other: number): number {
    const { firstAt, firstSegment } = this.#survey;
    return firstSegment[one] - firstSegment[other] || firstAt[one] - firstAt[other];
  }

  #responderOf(host: number): number {
    const { responderOf } = this.#options;
    return responderOf(this.#joined.get(responderOf(host)) ?? this.#joined.get(host) ?? host);
  }

  #noteUnanswered(responder: number, sa: IkeSa, client: Side): void {
    let here = this.#unanswered.get(responder);
    if (here === undefined) {
      here = new Map();
      this.#unanswered.set(responder, here);
    }
    append(here, sa.endOf(0, client), firstOf(sa));
  }

  #groupOf(host: number): Group | null {
    let group = this.#groupsByHost.get(host);
    if (group === undefined) {
      const responder = this.#responderOf(host);
      const { inScope } = this.#options;
      group = inScope(host) || inScope(responder) ? this.#groupAt(responder) : null;
      group?.hosts.add(host);
      this.#groupsByHost.set(host, group);
    }
    return group;
  }

  #groupAt(host: number): Group {
    let group = this.#groupsByName.get(host);
    if (group === undefined) {
      group = {
        place: this.#groups.length,
        host,
        hosts: new Set([host]),
        count: 0,
        latest: NOWHERE,
        isInOrder: true,
        vendorIds: null,
        latestList: NOWHERE,
        sessions: new Map(),
      };
      this.#groups.push(group);
      this.#groupsByName.set(host, group);
    }
    return group;
  }

  #sessionOf(index: number, responder: number): Session {
    const { hosts } = this.#facts;
    return sessionOf(this.#sas.at(index), this.#roles.of(index)!, responder, hosts, this.#fragmentsBefore);
  }

  #settled(
    { host, hosts, isInOrder, vendorIds: sent, sessions: made }: Group,
    order: Uint32Array,
    joined: readonly number[],
  ): SasOfResponder {
    const [ikeSas, numbers] = [this.#sas, this.#numbers];
    numbers.settle(host, order, made.values());
    if (!isInOrder) order.sort((a, b) => this.#inOrder(a, b));
    const sessions: Session[] = [];
    for (let at = 0; at < order.length; at += 1) {
      at = numbers.plainUpTo(order, at);
      if (at < order.length) sessions.push(made.get(order[at]) ?? this.#sessionOf(order[at], host));
    }
    // As nearly always: there are tens of thousands of them.
    const areAllPlain = sessions.length === 0;
    const plain = areAllPlain ? order : order.filter((index) => numbers.isPlain(index));
    const unanswered = this.#unanswered.get(host) ?? NOBODY;
    const vendorIds = sent ?? NO_LISTS;
    return { ikeSas, numbers, host, hosts, joined, order, plain, sessions, vendorIds, unanswered };
  }
}
