/** Rules 3.1, 3.2, 3.5 and 3.7: who of an IKE SA is the client, who the responder, and what they are called. */

import { AGGRESSIVE, isFirstOfPhase1, MAIN, type Message, NO_COOKIE, QUICK, type RawSa } from "./messages.ts";
import type { Endpoint, Packet } from "./packets.ts";

export interface Said extends Message {
  fromClient: boolean;
}

export interface Sa {
  key: string;
  start: number;
  messages: Said[];
  /** Name of the client, and of the responder (the lowest of several addresses that are one). */
  client: string;
  responder: string;
  /** Addresses of each side. */
  clientHosts: Set<string>;
  responderHosts: Set<string>;
  inferred: boolean;
  /** The first message of phase 1 was captured. */
  phase1Seen: boolean;
  /** No message of phase 1 is in the capture. */
  begunBefore: boolean;
  /** The responder's address began it (3.1). */
  renewed: boolean;
}

interface Sides {
  sa: RawSa;
  /** Hosts of the sender of the first message, and of the other one. */
  hosts: [Set<string>, Set<string>];
  /** 0 or 1 for each message: who sent it. */
  sender: number[];
  /** Which side is the client; -1 while it is not known. */
  client: number;
  inferred: boolean;
  renewed: boolean;
}

const IKE_PORTS: readonly number[] = [500, 4500];

export function rolesOf(list: readonly RawSa[]): Sa[] {
  const sides = list.map(sidesOf);
  phase1Roles(sides);
  inferRoles(sides);
  const sas = sides.filter(({ client }) => client >= 0).map(toSa);
  joinResponders(sas);
  return sas;
}

/** Copies of one message come from one host, whatever its address at each capture point. */
function sidesOf(sa: RawSa): Sides {
  const [first] = sa.messages;
  const hosts: Sides["hosts"] = [new Set([first.packet.from.address]), new Set([first.packet.to.address])];
  const sender: number[] = sa.messages.map(() => -1);
  const place = (message: Message): number => {
    for (const { from, to } of message.copies) {
      if (hosts[0].has(from.address) || hosts[1].has(to.address)) return 0;
      if (hosts[1].has(from.address) || hosts[0].has(to.address)) return 1;
    }
    return -1;
  };
  for (let pass = 0; pass < 3; pass += 1) {
    for (const [i, message] of sa.messages.entries()) {
      const side = sender[i] >= 0 ? sender[i] : place(message);
      if (side < 0) continue;
      sender[i] = side;
      for (const { from, to } of message.copies) {
        hosts[side].add(from.address);
        hosts[1 - side].add(to.address);
      }
    }
  }
  return { sa, hosts, sender, client: -1, inferred: false, renewed: false };
}

/** 3.1: the sender of the first message, unless it is a gateway that renews phase 1 with a client it knows. */
function phase1Roles(all: Sides[]): void {
  const clientsOf = clientsBefore(all);
  /** Who answered phase 1 so far, before the capture as well. */
  const responders = new Set(clientsOf.keys());
  for (const side of all) {
    const at = side.sa.messages.findIndex(isFirstOfPhase1);
    if (at < 0) continue;
    const starter = side.sender[at];
    const peers = [...side.hosts[1 - starter]];
    // Whoever dials does so to port 500 or 4500: another one is the NAT's, of a client that the sender knows.
    const { from, to } = side.sa.messages[at].packet;
    const toNat = IKE_PORTS.includes(from.port) && !IKE_PORTS.includes(to.port);
    const known =
      toNat ||
      [...side.hosts[starter]].some(
        (host) => responders.has(host) && peers.some((peer) => clientsOf.get(host)?.has(peer)),
      );
    side.client = known ? 1 - starter : starter;
    side.renewed = known;
    const answered = side.sa.messages.some(
      ({ exchange }, i) => (exchange === MAIN || exchange === AGGRESSIVE) && side.sender[i] === 1 - starter,
    );
    if (known || !answered) continue;
    for (const host of side.hosts[1 - side.client]) {
      responders.add(host);
      const set = clientsOf.get(host) ?? new Set();
      clientsOf.set(host, set);
      for (const peer of side.hosts[side.client]) set.add(peer);
    }
  }
}

/**
 * Clients whose phase 1 lies before the capture, whenever their first message in it came: of those who are named by
 * their ports, or whose gateway answers others.
 */
function clientsBefore(all: readonly Sides[]): Map<string, Set<string>> {
  const answered = new Map<string, Set<string>>();
  for (const side of all) {
    const { sa, hosts, sender } = side;
    const at = sa.messages.findIndex(isFirstOfPhase1);
    // Of those before the capture, whom their ports name.
    const client = at < 0 ? byPorts(side) : sa.responder === NO_COOKIE ? -1 : sender[at];
    if (client < 0) continue;
    for (const host of hosts[1 - client])
      answered.set(host, new Set([...(answered.get(host) ?? []), ...hosts[client]]));
  }
  const known = new Map<string, Set<string>>();
  for (const side of all) {
    if (side.sa.messages.some(isFirstOfPhase1)) continue;
    const others = side.hosts.map((own, i) =>
      [...own].some((host) => [...(answered.get(host) ?? [])].some((peer) => !side.hosts[1 - i].has(peer))),
    );
    const client = byPorts(side) >= 0 ? byPorts(side) : others[0] === others[1] ? -1 : others[0] ? 1 : 0;
    if (client < 0) continue;
    for (const host of side.hosts[1 - client])
      known.set(host, new Set([...(known.get(host) ?? []), ...side.hosts[client]]));
  }
  return known;
}

/** 3.2: phase 1 not seen. */
function inferRoles(all: Sides[]): void {
  const responders = new Set(
    all.filter(({ client }) => client >= 0).flatMap(({ hosts, client }) => [...hosts[1 - client]]),
  );
  const peers = new Map<string, Set<string>>();
  for (const { hosts } of all) {
    for (const i of [0, 1]) {
      for (const host of hosts[i]) {
        const set = peers.get(host) ?? new Set();
        peers.set(host, set);
        for (const other of hosts[1 - i]) set.add(other);
      }
    }
  }
  const rules: ((side: Sides) => number)[] = [
    byPorts,
    ({ hosts }) => choose(hosts, (host) => responders.has(host)),
    ({ hosts }) => choose(hosts, (host) => peers.get(host)!.size > 1),
    byCounting,
    byFirstQuickMode,
  ];
  for (const side of all) {
    if (side.client >= 0) continue;
    side.inferred = true;
    for (const rule of rules) {
      side.client = rule(side);
      if (side.client >= 0) break;
    }
  }
}

/** The side that is no responder, where just one is. */
function choose(hosts: Sides["hosts"], isResponder: (host: string) => boolean): number {
  const found = hosts.map((set) => [...set].some(isResponder));
  return found[0] === found[1] ? -1 : found[0] ? 1 : 0;
}

function byPorts({ sa, sender }: Sides): number {
  for (const [i, { packet }] of sa.messages.entries()) {
    if (sender[i] < 0) continue;
    const from = IKE_PORTS.includes(packet.from.port);
    const to = IKE_PORTS.includes(packet.to.port);
    if (from !== to) return from ? 1 - sender[i] : sender[i];
  }
  return -1;
}

const SMALL = 0xffff;

function byCounting(side: Sides): number {
  for (const i of [0, 1]) {
    const ids = startedBy(side, i);
    if (ids.length > 0 && ids.every((id, k) => id <= SMALL && (k === 0 || id > ids[k - 1]))) return i;
  }
  return -1;
}

function byFirstQuickMode({ sa, sender }: Sides): number {
  const at = sa.messages.findIndex(({ exchange }) => exchange === QUICK);
  return at < 0 ? -1 : sender[at];
}

function startedBy({ sa, sender }: Sides, who: number): number[] {
  const seen = new Set<number>();
  const ids: number[] = [];
  for (const [i, { exchange, id }] of sa.messages.entries()) {
    if (exchange !== QUICK || seen.has(id)) continue;
    seen.add(id);
    if (sender[i] === who) ids.push(id);
  }
  return ids;
}

function toSa({ sa, hosts, sender, client, inferred, renewed }: Sides): Sa {
  const messages = sa.messages
    .map((message, i): Said => ({ ...message, fromClient: sender[i] === client }))
    .filter((_, i) => sender[i] >= 0);
  return {
    key: `${sa.initiator}/${sa.responder}`,
    start: messages[0].at,
    messages,
    client: clientName(messages, hosts[client]),
    responder: [...hosts[1 - client]].sort()[0],
    clientHosts: hosts[client],
    responderHosts: hosts[1 - client],
    inferred,
    phase1Seen: messages.some(isFirstOfPhase1),
    begunBefore: !messages.some(({ exchange }) => exchange === MAIN || exchange === AGGRESSIVE),
    renewed,
  };
}

/** 3.5: on the 4500 side, and seen in both directions; of two sides of a NAT the one nearest the responder. */
function clientName(messages: readonly Said[], hosts: ReadonlySet<string>): string {
  const sent = new Set<string>();
  const ways = new Map<string, Set<boolean>>();
  const floated = new Set<string>();
  const moved = new Set<string>();
  for (const { copies, fromClient } of messages) {
    for (const copy of copies) {
      const { address, port } = clientEnd(copy, fromClient);
      if (fromClient) sent.add(address);
      if (copy.floated) floated.add(address);
      ways.set(address, (ways.get(address) ?? new Set()).add(fromClient));
      if (!IKE_PORTS.includes(port)) moved.add(address);
    }
  }
  // A message of the responder to another address does not change it.
  const own = sent.size > 0 ? [...sent] : [...hosts];
  const both = own.filter((host) => floated.has(host) && ways.get(host)?.size === 2);
  const named = both.length > 0 ? both : own;
  return named.find((host) => moved.has(host)) ?? named[0];
}

export function clientEnd({ from, to }: Packet, fromClient: boolean): Endpoint {
  return fromClient ? from : to;
}

/** 3.7: two addresses that each sent the client encrypted messages or exchange 32 within one SA. */
function joinResponders(sas: readonly Sa[]): void {
  const group = new Map<string, Set<string>>();
  for (const sa of sas) {
    const proven = new Set<string>();
    for (const { fromClient, encrypted, exchange, copies } of sa.messages) {
      if (!fromClient && (encrypted || exchange === QUICK))
        for (const { from } of copies) proven.add(from.address);
    }
    for (const host of proven) for (const other of group.get(host) ?? []) proven.add(other);
    for (const host of proven) group.set(host, proven);
  }
  for (const sa of sas) {
    const all = new Set([...sa.responderHosts].flatMap((host) => [...(group.get(host) ?? [host])]));
    sa.responder = [...all].sort(byAddress)[0];
    sa.responderHosts = all;
  }
}

function byAddress(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 4; i += 1) if (x[i] !== y[i]) return x[i] - y[i];
  return a < b ? -1 : 1;
}
