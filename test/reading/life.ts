/** Rules 3.4, 3.6, 6.4 and 6.5: what ESP, keepalives and messages say of an SA's life. */

import { INFORMATIONAL, QUICK } from "./messages.ts";
import type { Capture, Packet } from "./packets.ts";
import type { QuickMode } from "./quick-modes.ts";
import { clientEnd, type Sa } from "./roles.ts";

/** A packet of ESP or a keepalive between a responder and an endpoint of one of its peers. */
export interface Sign {
  at: number;
  source: number;
  kind: "esp" | "keepalive";
  fromClient: boolean;
  responder: string;
  /** "udp address:port" or "ip address". */
  endpoint: string;
  /** Null where it was not captured. */
  spi: number | null;
  sequence: number | null;
}

export function endpointName(address: string, port: number): string {
  return port === 0 ? `ip ${address}` : `udp ${address}:${port}`;
}

/** What ESP and keepalives there are, of responders known by IKE. */
export function signsOf(capture: Capture, sas: readonly Sa[]): Sign[] {
  const names = new Map<string, string>();
  for (const sa of sas) for (const host of sa.responderHosts) names.set(host, sa.responder);
  const clients = new Set(sas.flatMap((sa) => [...sa.clientHosts]));
  const signs: Sign[] = [];
  for (const packet of capture.packets) {
    if (packet.kind === "isakmp") continue;
    const up = isUp(packet, names, clients);
    if (up === null) continue;
    const [client, gateway] = up ? [packet.from, packet.to] : [packet.to, packet.from];
    const esp = packet.kind === "esp";
    signs.push({
      at: packet.at,
      source: packet.source,
      kind: packet.kind as Sign["kind"],
      fromClient: up,
      responder: names.get(gateway.address)!,
      endpoint: endpointName(client.address, client.port),
      spi: esp && packet.bytes.length >= 4 ? packet.bytes.readUInt32BE(0) : null,
      sequence: esp && packet.bytes.length >= 8 ? packet.bytes.readUInt32BE(4) : null,
    });
  }
  return signs;
}

function isUp({ from, to }: Packet, responders: Map<string, string>, clients: Set<string>): boolean | null {
  const down = responders.has(from.address);
  const up = responders.has(to.address);
  if (up !== down) return up;
  return up ? clients.has(from.address) : null;
}

/**
 * Client endpoints of an SA's ESP: those on 4500 that the client sent from; protocol 50 where it never was there.
 * What the responder sent elsewhere counts only where nothing of the client was captured on that side.
 */
export function ownEndpoints(sa: Sa): string[] {
  const floated = endpointsOn(true, sa);
  return floated.length > 0 ? floated : endpointsOn(false, sa);
}

function endpointsOn(side: boolean, { messages }: Sa): string[] {
  const ends = (ofClient: boolean) =>
    messages
      .filter(({ fromClient }) => fromClient === ofClient)
      .flatMap(({ copies }) =>
        copies.map((copy) => ({ ...clientEnd(copy, ofClient), floated: copy.floated })),
      );
  const sent = ends(true);
  const hosts = new Set(sent.map(({ address }) => address));
  // What went to another address than the client's changes nothing (3.5).
  const got = ends(false).filter(({ address }) => hosts.size === 0 || hosts.has(address));
  const on = (list: typeof sent) =>
    list
      .filter(({ floated }) => floated === side)
      .map(({ address, port }) => endpointName(address, side ? port : 0));
  const own = on(sent);
  return [...new Set(own.length > 0 ? own : on(got))];
}

export function kindOf(sa: Sa): "udp" | "ip" {
  return ownEndpoints(sa)[0].startsWith("udp") ? "udp" : "ip";
}

/** 6.4: blind where no source that has its IKE shows ESP of its kind, of this responder, in both directions. */
export function isBlind(sa: Sa, sas: readonly Sa[], signs: readonly Sign[]): boolean {
  const sources = new Set(sa.messages.flatMap(({ copies }) => copies.map(({ source }) => source)));
  return ![...sources].some((source) => showsEsp(source, sa.responder, kindOf(sa), sas, signs));
}

function showsEsp(
  source: number,
  responder: string,
  kind: string,
  sas: readonly Sa[],
  signs: readonly Sign[],
): boolean {
  const here = signs.filter((sign) => sign.source === source && sign.responder === responder);
  const ways = new Map<string, Set<boolean>>();
  for (const { kind: what, endpoint, fromClient } of here) {
    if (what !== "esp" || !endpoint.startsWith(kind)) continue;
    ways.set(endpoint, (ways.get(endpoint) ?? new Set()).add(fromClient));
  }
  if ([...ways.values()].some(({ size }) => size === 2)) return true;
  const all = new Set<boolean>(here.map(({ fromClient }) => fromClient));
  for (const sa of sas) {
    if (sa.responder !== responder) continue;
    for (const { fromClient, copies } of sa.messages) {
      if (copies.some((copy) => copy.source === source)) all.add(fromClient);
    }
  }
  return all.size === 1 && ways.size > 0;
}

export interface Move {
  old: string;
  /** The SPI was at the old endpoint before an IKE SA was: it may have come there by a move as well. */
  alone: boolean;
}

/** 3.6: endpoints that an SPI towards the responder left for another one, by the new name. */
export function movedEndpoints(sas: readonly Sa[], signs: readonly Sign[]): Map<string, Move> {
  const moved = new Map<string, Move>();
  const ikeBegins = firstIke(sas);
  for (const group of bySpi(signs).values()) {
    const spans = spansOf(group);
    if (spans.some(({ from }, i) => i > 0 && spans.slice(0, i).some(({ to }) => to >= from))) continue;
    for (const [i, { endpoint, from, count }] of spans.entries()) {
      if (i === 0) continue;
      const { endpoint: old, from: came } = spans[i - 1];
      const move = { old, alone: came < ikeBegins(old) };
      const ike = ikeBegins(endpoint);
      if (from >= ike || endpoint.slice(0, 3) !== old.slice(0, 3)) continue;
      const { responder } = group[0];
      const down = signs.filter(
        (sign) => sign.kind === "esp" && !sign.fromClient && sign.responder === responder,
      );
      const answered = down.some((sign) => sign.endpoint === endpoint && sign.at < ike);
      if (answered || (down.length === 0 && count >= 3)) moved.set(endpoint, move);
    }
  }
  return moved;
}

/** When the first IKE SA of its own began at an endpoint; infinity without one. */
function firstIke(sas: readonly Sa[]): (endpoint: string) => number {
  const begins = new Map<string, number>();
  for (const sa of sas) {
    const start = sa.begunBefore ? Number.NEGATIVE_INFINITY : sa.start;
    for (const endpoint of ownEndpoints(sa))
      begins.set(endpoint, Math.min(start, begins.get(endpoint) ?? Number.POSITIVE_INFINITY));
  }
  return (endpoint) => begins.get(endpoint) ?? Number.POSITIVE_INFINITY;
}

function bySpi(signs: readonly Sign[]): Map<string, Sign[]> {
  const groups = new Map<string, Sign[]>();
  for (const sign of signs) {
    if (sign.kind !== "esp" || !sign.fromClient || sign.spi === null) continue;
    const key = `${sign.responder} ${sign.spi}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(sign);
  }
  return groups;
}

function spansOf(group: readonly Sign[]): { endpoint: string; from: number; to: number; count: number }[] {
  const spans = new Map<string, { endpoint: string; from: number; to: number; count: number }>();
  for (const { endpoint, at } of group) {
    const span = spans.get(endpoint) ?? { endpoint, from: at, to: at, count: 0 };
    spans.set(endpoint, span);
    span.to = at;
    span.count += 1;
  }
  return [...spans.values()];
}

/** A sign of life of one SA. */
export interface Life extends Numbered {
  at: number;
  fromClient: boolean;
  /** A notify in the clear may be anybody's: it ends no session, and shows nobody to know one (4). */
  what: "message" | "quick-mode" | "informational" | "notify" | "esp" | "keepalive";
}

/** SPI and sequence number of an ESP packet, where they were captured; null of anything else. */
export type Numbered = Pick<Sign, "spi" | "sequence">;

/** How many packets were sent: one may be seen on both sides of a NAT, or twice. */
export function countSent(esp: readonly Numbered[]): number {
  const numbered = esp.filter(({ sequence }) => sequence !== null);
  const sent = new Set(numbered.map(({ spi, sequence }) => `${spi} ${sequence}`));
  return sent.size + esp.length - numbered.length;
}

export function messageLife(sa: Sa): Life[] {
  return sa.messages.map(({ at, fromClient, exchange, encrypted }) => ({
    at,
    fromClient,
    spi: null,
    sequence: null,
    what: whatOf(exchange, encrypted),
  }));
}

function whatOf(exchange: number, encrypted: boolean): Life["what"] {
  if (exchange === QUICK) return "quick-mode";
  if (exchange !== INFORMATIONAL) return "message";
  return encrypted ? "informational" : "notify";
}

/** When a side showed last, up to a time, that it knows the SA; minus infinity where it never did. */
export function lastHeard(
  life: readonly Life[],
  fromClient: boolean,
  until = Number.POSITIVE_INFINITY,
): number {
  const isHeard = (sign: Life) =>
    sign.fromClient === fromClient && sign.what !== "notify" && sign.at <= until;
  return life.findLast(isHeard)?.at ?? Number.NEGATIVE_INFINITY;
}

/** Informationals that may be a farewell come within this of each other, seconds. */
const BURST = 2;
/** After it nothing may follow, but within this. */
const AFTERMATH = 5;
/** A single one needs so much silence behind it. */
const SILENCE = 90;
/** So soon after a quick mode its client deletes the SA that it replaces. */
const REPLACES_WITHIN = 3;

export interface Farewell {
  at: number;
  byClient: boolean;
}

/** 6.5 */
export function farewellOf(
  life: readonly Life[],
  own: readonly QuickMode[],
  blind: boolean,
  end: number,
): Farewell | null {
  for (const first of life) {
    if (first.what !== "informational") continue;
    const { at, fromClient } = first;
    const later = life.filter((sign) => sign.at > at && sign !== first);
    if (later.some(({ what, fromClient: client }) => what === "quick-mode" && client)) continue;
    if (later.some((sign) => sign.what !== "keepalive" && sign.at > at + AFTERMATH)) continue;
    const burst = later.some(
      (sign) => sign.what === "informational" && sign.fromClient === fromClient && sign.at <= at + BURST,
    );
    const last = later.findLast(({ what }) => what !== "keepalive")?.at ?? at;
    const another = later.some(({ what }) => what === "informational");
    const replaces = fromClient && deletesOlder(own, at);
    const alone = !blind && end - last >= SILENCE && !another && !replaces;
    if (burst || alone) return { at, byClient: fromClient };
  }
  return null;
}

/** A client's Informational deletes the older SA of a pair or of a rekey: alone it is no farewell. */
export function deletesOlder(own: readonly QuickMode[], at: number): boolean {
  const answered = own.filter(
    ({ byClient, answeredAt, third }) => byClient && (answeredAt ?? third) !== null,
  );
  return answered.some((quickMode, i) => i > 0 && quickMode.at < at && at - quickMode.at <= REPLACES_WITHIN);
}
