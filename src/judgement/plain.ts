/**
 * Plain IKE SAs, of which the rules have nothing to say but what their own numbers say: phase 1 was seen and finished, its
 * client had one quick mode, which was completed, nothing else is known of its address, and nobody else had the message ID
 * while it was there. So it is a client of its own (contract 3.3), whose life its messages show (6.4); nobody was seen to
 * leave or to be dropped (6.5, 6.6); no ID is implied (6.2), and none disputed (6.7). Nor does it change what the rules say
 * of others.
 *
 * They are nearly all IKE SAs of most captures, tens of thousands: no object is made for one here.
 */

import { hostOf } from "../collections/endpoints.ts";
import { type Facts, type IkeSas, IS_MOVED, IS_PLAIN, type SaSurvey, vendorKnowledge } from "../ike/facts.ts";
import { SingleIds } from "./client-patterns.ts";
import { IdTurns, RecurringIds } from "./id-turns.ts";
import { mayImply } from "./implied-claims.ts";
import { contradictsVendor, isSequential, wordOfOne } from "./pattern.ts";
import type { Role } from "./roles.ts";
import type { Session } from "./session.ts";

/** What is known of an IKE SA, a bit each: it is plain, and its client counts. */
const PLAIN = 1;
const COUNTS = 2;

/** Of so few clients it takes longer to find out which IDs recur than to look at each. */
const FEW = 64;

/** What is known of a host, a bit each: one IKE SA is with it, or several are; there was ESP, or keepalives. */
const ONE_SA = 1;
const SEVERAL_SAS = 2;
const FLOWS = 4;

/** By the index of an IKE SA among all; times are clock microseconds. */
export class PlainSas {
  /** The segment of the clock that all of them are of. */
  readonly segment: number;
  /** Their message IDs, and from when to when each had its own. */
  readonly survey: SaSurvey;
  /** What the message ID says of its client (contract 5), see `wordOfOne`. */
  readonly patternWords: Uint32Array;
  /** The message IDs of some contradict their vendor IDs (contract 5). */
  anyContradict = false;
  /** The clients of some count their IDs. */
  anyCounts = false;
  readonly #flags: Uint8Array;
  readonly #hosts: Uint8Array;
  readonly #vendorLists: readonly (readonly string[])[];
  /** See `#versionOf`, of each list of vendor IDs that was asked for. */
  readonly #versions: (number | null | undefined)[] = [];
  /** What one message ID tells of a client's pattern. */
  readonly patterns = new SingleIds();
  readonly #turns = new IdTurns();

  /** @param segment the latest one of the clock, which the survey is of */
  constructor(facts: Facts, survey: SaSurvey, segment: number) {
    const { length } = survey;
    this.segment = segment;
    this.survey = survey;
    this.patternWords = new Uint32Array(length);
    this.#flags = new Uint8Array(length);
    this.#hosts = hostsOf(facts, survey);
    this.#vendorLists = facts.vendorLists;
  }

  isPlain(index: number): boolean {
    return this.#flags[index] !== 0;
  }

  /** Its client counts its IDs (contract 5). */
  counts(index: number): boolean {
    return (this.#flags[index] & COUNTS) !== 0;
  }

  /** The first place from `at` on of one that is not plain; behind all of them where there is none. */
  plainUpTo(order: Uint32Array, at: number): number {
    const flags = this.#flags;
    let end = at;
    while (end < order.length && flags[order[end]] !== 0) end += 1;
    return end;
  }

  /** Takes an IKE SA that was answered for a plain one, if nothing that itself and its addresses show speaks against it. */
  take(index: number, sas: IkeSas, role: Role): boolean {
    const { survey } = this;
    // Its client has one address, and the address has nothing else.
    if ((survey.bits[index] & (IS_PLAIN | IS_MOVED)) !== IS_PLAIN) return false;
    if (role.client !== 0 || role.inferred || this.#hosts[survey.hosts[0][index]] !== ONE_SA) return false;
    const messageId = survey.messageIds[index];
    if (mayImply(messageId) > 0) return false;
    if (survey.hasRareQuickMode(index) && sas.at(index).exchanges[0].testimony !== null) return false;
    const pattern = wordOfOne(messageId, this.#versionOf(survey.vendorListOf(index, 0)));
    this.patternWords[index] = pattern;
    this.#flags[index] = PLAIN;
    if (isSequential(pattern)) {
      this.#flags[index] = PLAIN | COUNTS;
      this.anyCounts = true;
    }
    if (contradictsVendor(pattern)) this.anyContradict = true;
    return true;
  }

  /** The version of Microsoft's vendor ID in a list of them. */
  #versionOf(list: number): number | null {
    let version = this.#versions[list];
    if (version === undefined) {
      version = vendorKnowledge(this.#vendorLists[list]).microsoftVersion;
      this.#versions[list] = version;
    }
    return version;
  }

  /**
   * Leaves to the rules those plain IKE SAs at a responder whose message IDs others had as well, but for one client after another.
   * @param order the indices of all there, as they came
   * @param sessions those that are not plain
   */
  settle(responder: number, order: Uint32Array, sessions: Iterable<Session>): void {
    const turns = this.#turns;
    const flags = this.#flags;
    const { messageIds, begunAt, lastAt } = this.survey;
    const others = new Set<number>();
    let impliedUpTo = 0;
    for (const session of sessions) {
      impliedUpTo = Math.max(impliedUpTo, this.#impliedBy(session));
      for (const { messageId } of session.quickModes) others.add(messageId);
    }
    for (const messageId of others) turns.dispute(responder, messageId);
    const recurring = this.#recurringIn(order);
    /** Those whose IDs others had, perhaps: the index of each, and the row of its ID. */
    const shared: number[] = [];
    for (let i = 0; i < order.length; i += 1) {
      const index = order[i];
      if (flags[index] === 0) continue;
      const messageId = messageIds[index];
      if (messageId <= impliedUpTo) turns.dispute(responder, messageId);
      else if (recurring?.mayRecur(messageId) === false && !others.has(messageId)) continue;
      shared.push(index, turns.take(responder, messageId, begunAt[index], lastAt[index]));
    }
    for (let i = 0; i < shared.length; i += 2) if (turns.isDisputed(shared[i + 1])) flags[shared[i]] = 0;
  }

  /** Which IDs of plain ones are had again; null where there are few. */
  #recurringIn(order: Uint32Array): RecurringIds | null {
    if (order.length < FEW) return null;
    const recurring = new RecurringIds(order.length);
    const flags = this.#flags;
    const { messageIds } = this.survey;
    for (let i = 0; i < order.length; i += 1) if (flags[order[i]] !== 0) recurring.note(messageIds[order[i]]);
    return recurring;
  }

  /** The highest ID that the client may be taken to have used unseen (contract 6.2), whatever the rules make of that. */
  #impliedBy({ quickModes, sa, client }: Session): number {
    if (quickModes.length > 0) return mayImply(quickModes[0].messageId);
    for (let i = 0; i < sa.pathCount; i += 1) {
      if ((this.#hosts[hostOf(sa.endOf(i, client))] & FLOWS) !== 0) return 1;
    }
    return 0;
  }
}

/** What is known of each host, by its number. */
function hostsOf({ eachIkeSa, hosts, flows }: Facts, survey: SaSurvey): Uint8Array {
  const known = new Uint8Array(hosts.size);
  const note = (host: number) => {
    known[host] |= known[host] === 0 ? ONE_SA : SEVERAL_SAS;
  };
  const { bits } = survey;
  const [some, others] = survey.hosts;
  for (let index = 0; index < survey.length; index += 1) {
    if ((bits[index] & IS_MOVED) === 0) {
      note(some[index]);
      note(others[index]);
    } else for (const { ends } of eachIkeSa.at(index).paths) for (const end of ends) note(hostOf(end));
  }
  for (const row of flows.rows()) {
    known[flows.sender(row)] |= FLOWS;
    known[flows.receiver(row)] |= FLOWS;
  }
  return known;
}
