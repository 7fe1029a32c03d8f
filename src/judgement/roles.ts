/**
 * Who is the client of an IKE SA, and who the responder: from phase 1 where it was seen, else inferred.
 * Decided over the whole of what is known, so an early guess is corrected by what came later.
 */

import { hostOf, portOf } from "../collections/endpoints.ts";
import {
  HAS_PHASE_1,
  type Hosts,
  type IkeSa,
  type IkeSas,
  IS_MOVED,
  isTwoWay,
  type SaSurvey,
  type Side,
  surveyOf,
} from "../ike/facts.ts";
import { IKE_PORT, NAT_TRAVERSAL_PORT } from "../wire/ports.ts";

export interface Role {
  client: Side;
  /** Phase 1 was not seen: the role is a conclusion from other signs. */
  inferred: boolean;
}

export interface RoleOptions {
  /** True for a host that the user named as a responder. */
  isNamedResponder: (host: number) => boolean;
  /** True for 500, 4500 and the ports that the user added. */
  isIkePort: (port: number) => boolean;
}

/** Shared by all IKE SAs: there are tens of thousands of them. */
const ROLES: readonly (Role | null)[] = [
  null,
  { client: 0, inferred: false },
  { client: 1, inferred: false },
  { client: 0, inferred: true },
  { client: 1, inferred: true },
];
/** The place of a role among those, by the side that is the client. */
const SEEN: readonly [number, number] = [1, 2];
const INFERRED: readonly [number, number] = [3, 4];
const UNKNOWN = 0;

/** The roles of IKE SAs, by index; null where nothing tells them. */
export class Roles {
  readonly #places: Uint8Array;

  /** @param places of each among `ROLES` */
  constructor(places: Uint8Array) {
    this.#places = places;
  }

  of(index: number): Role | null {
    return ROLES[this.#places[index]];
  }
}

/** SAs come in the order of their first messages. */
export function decideRoles(sas: IkeSas, hosts: Hosts, options: RoleOptions, survey = surveyOf(sas)): Roles {
  const renewals = new Renewals(sas, hosts, survey);
  const inferred = renewals.areAllSeen ? [] : withoutPhase1(sas, options, survey);
  // Their phase 1 lies before the capture, whenever their first message in it came: before any renewal.
  inferred.forEach((client, i) => {
    if (client !== null) renewals.note(i, client);
  });
  const placeOf = (i: number): number => {
    if (!survey.phase1Seen(i)) return inferred[i] === null ? UNKNOWN : INFERRED[inferred[i]];
    // Nobody dials a port that no gateway listens on: it is the NAT's, of a client that the sender knows (3.1).
    const [one, another] = [survey.portOf(i, 0), survey.portOf(i, 1)];
    return SEEN[clientByPortsOf(one, another, options) === 1 ? 1 : renewals.clientOf(i)];
  };
  const places = new Uint8Array(sas.length);
  const { bits } = survey;
  for (let i = 0; i < places.length; i += 1) {
    const port = survey.portOf(i, 1);
    // Nearly all: phase 1 with one address of a gateway, which never began any.
    const isFirst = (bits[i] & (HAS_PHASE_1 | IS_MOVED)) === HAS_PHASE_1 && !renewals.mayBe(i);
    places[i] = isFirst && (port === IKE_PORT || port === NAT_TRAVERSAL_PORT) ? SEEN[0] : placeOf(i);
  }
  return new Roles(places.includes(UNKNOWN) ? withGuesses(places, sas, hosts, survey) : places);
}

/** The clients of those SAs whose phase 1 was not seen, as far as names, ports and other SAs tell them. */
function withoutPhase1(sas: IkeSas, options: RoleOptions, survey: SaSurvey): (Side | null)[] {
  const named = Array.from({ length: sas.length }, (_, i) =>
    survey.phase1Seen(i) ? null : (clientByName(sas.at(i), options) ?? clientByPort(sas.at(i), options)),
  );
  const answersOthers = answeringHosts(named, survey);
  return named.map((client, i) =>
    survey.phase1Seen(i) ? null : (client ?? onlyOne(sas.at(i), answersOthers)),
  );
}

/** The roles, with those that are still open told by what the hosts do otherwise, or by their quick modes. */
function withGuesses(places: Uint8Array, sas: IkeSas, hosts: Hosts, survey: SaSurvey): Uint8Array {
  const responders = new Uint8Array(hosts.size);
  const peers = countPeers(survey, hosts);
  places.forEach((place, i) => {
    const role = ROLES[place];
    // A first message that nobody answered shows no responder.
    if (role !== null && survey.answered(i)) responders[survey.hostOf(i, other(role.client))] = 1;
  });
  return places.map((place, i) => {
    if (place !== UNKNOWN) return place;
    const sa = sas.at(i);
    const client =
      onlyOne(sa, (host) => responders[host] === 1) ??
      onlyOne(sa, (host) => peers[host] > 1) ??
      clientByCounting(sa) ??
      sa.exchanges[0]?.starter ??
      null;
    return client === null ? UNKNOWN : INFERRED[client];
  });
}

/** Whether a host answered phase 1 of others than its peer: in this capture, or of those named before it. */
function answeringHosts(
  named: readonly (Side | null)[],
  survey: SaSurvey,
): (host: number, peer: number) => boolean {
  /** The peer whose phase 1 each host answered; -1 for several. */
  const answered = new Map<number, number>();
  named.forEach((byName, i) => {
    const client = survey.phase1Seen(i) && survey.answered(i) ? 0 : byName;
    if (client === null) return;
    const [peer, host] = [survey.hostOf(i, client), survey.hostOf(i, other(client))];
    const known = answered.get(host);
    answered.set(host, known === undefined || known === peer ? peer : -1);
  });
  return (host, peer) => (answered.get(host) ?? peer) !== peer;
}

/**
 * Contract 3.1: a gateway that renews phase 1 begins it, and stays the responder: it is known to have answered phase 1
 * before, and the peer is known as its client, by any of the addresses that it is seen with.
 */
class Renewals {
  /** Of each host that is a responder and begins phase 1 as well: of no other is it asked. */
  readonly #clients = new Map<number, Set<number>>();
  /** By host: 1 where it begins a phase 1, on whatever path. */
  readonly #begins: Uint8Array;
  /** The host that each IKE SA was begun with. */
  readonly #others: Uint32Array;
  readonly #sas: IkeSas;
  readonly #survey: SaSurvey;
  /** Phase 1 of all IKE SAs was seen. */
  readonly areAllSeen: boolean;

  constructor(sas: IkeSas, hosts: Hosts, survey: SaSurvey) {
    this.#sas = sas;
    this.#survey = survey;
    const begins = new Uint8Array(hosts.size);
    const { bits } = survey;
    const [starters, others] = survey.hosts;
    let seen = 0;
    for (let index = 0; index < sas.length; index += 1) {
      if ((bits[index] & HAS_PHASE_1) === 0) continue;
      seen += 1;
      begins[starters[index]] = 1;
      if ((bits[index] & IS_MOVED) === 0) continue;
      for (const { ends } of sas.at(index).paths) begins[hostOf(ends[0])] = 1;
    }
    this.#begins = begins;
    this.#others = others;
    this.areAllSeen = seen === sas.length;
  }

  /** Of an IKE SA with one address of each side whose phase 1 was seen: it may be a renewal, or show one. */
  mayBe(index: number): boolean {
    return this.#clients.size > 0 || this.#begins[this.#others[index]] === 1;
  }

  /** The client of an IKE SA whose phase 1 was seen. */
  clientOf(index: number): Side {
    if (this.#clients.size > 0) {
      const sa = this.#sas.at(index);
      for (let i = 0; i < sa.pathCount; i += 1) {
        if (this.#isKnown(hostOf(sa.endOf(i, 0)), hostOf(sa.endOf(i, 1))) && isProven(i, sa)) return 1;
      }
    }
    if (this.#survey.answered(index)) this.note(index, 0);
    return 0;
  }

  /** The receiver is a client of the sender, where they are seen as they are on a path. */
  #isKnown(sender: number, receiver: number): boolean {
    return this.#clients.get(sender)?.has(receiver) === true;
  }

  /** The side `client` is a client of the other, which answered its phase 1. */
  note(index: number, client: Side): void {
    const begins = this.#begins[this.#survey.hostOf(index, other(client))] === 1;
    if (!begins && !this.#survey.isMoved(index)) return;
    const sa = this.#sas.at(index);
    for (let i = 0; i < sa.pathCount; i += 1) {
      const responder = hostOf(sa.endOf(i, other(client)));
      if (this.#begins[responder] === 0 || !isProven(i, sa)) continue;
      const host = hostOf(sa.endOf(i, client));
      const known = this.#clients.get(responder);
      if (known === undefined) this.#clients.set(responder, new Set([host]));
      else known.add(host);
    }
  }
}

/** The SA began there, or is there as well: seen on both sides of a NAT. What anybody sends from elsewhere is not. */
function isProven(path: number, sa: IkeSa): boolean {
  return path === 0 || isTwoWay(sa.pathAt(path));
}

export function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}

function hostAt(sa: IkeSa, side: Side): number {
  return hostOf(sa.endOf(0, side));
}

function clientByName(sa: IkeSa, options: RoleOptions): Side | null {
  return onlyOne(sa, options.isNamedResponder);
}

/** When the test holds for one side alone, that side is the responder: gives the other one. */
function onlyOne(sa: IkeSa, isResponder: (host: number, peer: number) => boolean): Side | null {
  const [a, b] = [hostAt(sa, 0), hostAt(sa, 1)];
  const first = isResponder(a, b);
  const second = isResponder(b, a);
  if (first === second) return null;
  return first ? 1 : 0;
}

/** A NAT or an application gives the client another source port; a gateway answers on the well-known one. */
function clientByPort(sa: IkeSa, options: RoleOptions): Side | null {
  for (let i = 0; i < sa.pathCount; i += 1) {
    const client = clientByPortsOf(portOf(sa.endOf(i, 0)), portOf(sa.endOf(i, 1)), options);
    if (client !== null) return client;
  }
  return null;
}

/** The side on another port than IKE's, where the other side is on one of them; null without. By both ports. */
function clientByPortsOf(one: number, another: number, { isIkePort }: RoleOptions): Side | null {
  const first = isIkePort(one);
  const second = isIkePort(another);
  if (first === second) return null;
  return first ? 1 : 0;
}

const SMALL_ID = 256;
const SMALL_STEP = 16;

/** The one side whose quick-mode IDs are small and count upwards. */
function clientByCounting(sa: IkeSa): Side | null {
  const counts = ([0, 1] as const).map((side) => {
    const ids = sa.exchanges.filter(({ starter }) => starter === side).map(({ messageId }) => messageId);
    if (ids.length === 0 || ids[0] > SMALL_ID) return false;
    return ids.every((id, i) => i === 0 || (id > ids[i - 1] && id - ids[i - 1] <= SMALL_STEP));
  });
  if (counts[0] === counts[1]) return null;
  return counts[0] ? 0 : 1;
}

/** Per host: 0, 1 or 2 (two and more) hosts that it talks IKEv1 with. */
function countPeers(survey: SaSurvey, hosts: Hosts): Uint8Array {
  const count = new Uint8Array(hosts.size);
  const firstPeer = new Int32Array(hosts.size);
  for (let i = 0; i < survey.length; i += 1) {
    for (const side of [0, 1] as const) {
      const host = survey.hostOf(i, side);
      const peer = survey.hostOf(i, other(side));
      if (count[host] === 0) {
        count[host] = 1;
        firstPeer[host] = peer;
      } else if (firstPeer[host] !== peer) count[host] = 2;
    }
  }
  return count;
}
