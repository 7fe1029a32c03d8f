/** Rule 6.9: refused, and nobody is seen to hold the ID. */

import type { Field } from "./known.ts";
import { endpointName, movedEndpoints, type Numbered, ownEndpoints, type Sign } from "./life.ts";
import { INFORMATIONAL, MAIN } from "./messages.ts";
import { isAccepted, phase1Done, sendsIntoTheVoid } from "./outcome.ts";
import type { QuickMode } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";
import { wasRenewed } from "./weighing.ts";

/** A peer that was there before the capture, by endpoint. */
export interface Peer {
  address: string;
  endpoint: string;
  responder: string;
  /** Whether the client or the responder sent it; until it was gone. */
  signs: (Numbered & { at: number; fromClient: boolean; esp: boolean })[];
  /** IKE SAs on its endpoint, of before the capture or not. */
  sas: Sa[];
  /** Its farewell, or when a newer session on the endpoint was accepted (6.6); infinity without. */
  gone: number;
}

/** Peers whose quick modes lie before the capture. */
export function earlierPeers(field: Field): Peer[] {
  const peers = new Map<string, Peer>();
  const peer = (responder: string, endpoint: string): Peer => {
    const key = `${responder} ${endpoint}`;
    const address = endpoint.startsWith("udp")
      ? endpoint.slice(4, endpoint.lastIndexOf(":"))
      : endpoint.slice(3);
    const known = peers.get(key) ?? {
      address,
      endpoint,
      responder,
      signs: [],
      sas: [],
      gone: Number.POSITIVE_INFINITY,
    };
    peers.set(key, known);
    return known;
  };
  // Where a NAT moved its ESP to is an SA's endpoint as well.
  const movedTo = new Map<Sa, Set<string>>();
  for (const [sa, signs] of field.signsOf) movedTo.set(sa, new Set(signs.map((sign) => sign.endpoint)));
  const there = (responder: string, endpoint: string) =>
    field.sas.filter(
      (sa) =>
        sa.responder === responder &&
        (ownEndpoints(sa).includes(endpoint) || movedTo.get(sa)?.has(endpoint) === true),
    );
  const began = new Map<string, number>();
  for (const sign of allSigns(field)) {
    const own = there(sign.responder, sign.endpoint);
    const first = own.sort((a, b) => a.start - b.start)[0];
    const known = peers.has(`${sign.responder} ${sign.endpoint}`);
    const flow = `${sign.responder} ${sign.endpoint} ${sign.fromClient} ${sign.spi}`;
    if (!began.has(flow)) began.set(flow, sign.at);
    // ESP that no accepted quick mode in the capture explains is of one that lies before it.
    const isOlder = sign.kind === "esp" && !sign.fromClient && began.get(flow)! < explainedAt(own, field);
    // Whose phase 1 is in the capture was not there before it.
    if (first?.begunBefore === false && first.start <= sign.at && !known && !isOlder) continue;
    peer(sign.responder, sign.endpoint).signs.push({
      at: sign.at,
      fromClient: sign.fromClient,
      esp: sign.kind === "esp",
      spi: sign.spi,
      sequence: sign.sequence,
    });
  }
  for (const sa of field.sas) {
    if (!sa.begunBefore) continue;
    const endpoint = ownEndpoints(sa).at(-1)!;
    const [first] = there(sa.responder, endpoint).sort((a, b) => a.start - b.start);
    if (!first.begunBefore && !peers.has(`${sa.responder} ${endpoint}`)) continue;
    const known = peer(sa.responder, endpoint);
    for (const { at, fromClient } of sa.messages)
      known.signs.push({ at, fromClient, esp: false, spi: null, sequence: null });
  }
  for (const each of peers.values()) {
    const own = there(each.responder, each.endpoint);
    each.sas = own;
    const farewells = own
      .filter((sa) => sa.begunBefore)
      .map((sa) => ({ sa, farewell: field.known.get(sa)!.farewell }))
      // What an SA held goes on under the one that renews it.
      .filter(
        ({ sa, farewell }) => farewell !== null && (farewell.byClient || !wasRenewed(sa, farewell.at, field)),
      )
      .map(({ farewell }) => farewell!.at);
    const farewell = farewells.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...farewells);
    const newer = field.scene.quickModes.filter(
      (quickMode) =>
        !quickMode.sa.begunBefore &&
        quickMode.byClient &&
        own.includes(quickMode.sa) &&
        isAccepted(field.outcomes.get(quickMode)!),
    );
    each.gone = Math.min(farewell, ...newer.map(({ at }) => at));
    each.signs = each.signs.filter(({ at }) => at <= each.gone).sort((a, b) => a.at - b.at);
  }
  return joinMoved([...peers.values()], field).filter(({ signs }) => signs.length > 0);
}

/** 3.6: a session that its NAT gave another port is one peer, which is where it was seen last. */
function joinMoved(peers: readonly Peer[], field: Field): Peer[] {
  const moved = movedEndpoints(field.sas, field.signs);
  const withIke = new Set(field.sas.flatMap(ownEndpoints));
  const left = new Set<Peer>();
  const byBegin = peers.filter(({ signs }) => signs.length > 0).sort((a, b) => a.signs[0].at - b.signs[0].at);
  for (const later of byBegin) {
    if (withIke.has(later.endpoint)) continue;
    const old = moved.get(later.endpoint)?.old;
    const earlier = byBegin.find(
      ({ endpoint, responder, address }) =>
        endpoint === old && responder === later.responder && address === later.address,
    );
    if (earlier === undefined) continue;
    later.signs = [...earlier.signs, ...later.signs].sort((a, b) => a.at - b.at);
    left.add(earlier);
  }
  return peers.filter((peer) => !left.has(peer));
}

/** When a quick mode of these SAs was first accepted; infinity without. */
function explainedAt(own: readonly Sa[], field: Field): number {
  const accepted = field.scene.quickModes.filter(
    (quickMode) =>
      quickMode.byClient && own.includes(quickMode.sa) && isAccepted(field.outcomes.get(quickMode)!),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...accepted.map(({ at }) => at));
}

/** ESP and keepalives of responders' peers, those without any IKE too. */
function allSigns(field: Field): Sign[] {
  const names = new Map<string, string>();
  for (const sa of field.sas) for (const host of sa.responderHosts) names.set(host, sa.responder);
  const signs: Sign[] = [];
  for (const { kind, from, to, at, source, bytes } of field.capture.packets) {
    if (kind === "isakmp" || names.has(from.address) === names.has(to.address)) continue;
    const up = names.has(to.address);
    const client = up ? from : to;
    const responder = names.get(up ? to.address : from.address)!;
    signs.push({
      at,
      source,
      kind,
      fromClient: up,
      responder,
      endpoint: endpointName(client.address, client.port),
      spi: kind === "esp" && bytes.length >= 4 ? bytes.readUInt32BE(0) : null,
      sequence: kind === "esp" && bytes.length >= 8 ? bytes.readUInt32BE(4) : null,
    });
  }
  return signs;
}

const ALIVE = 300;

export function candidatesFor(
  quickMode: QuickMode,
  field: Field,
  peers: readonly Peer[],
): { list: Peer[]; freed: boolean } {
  const { sa, id, at } = quickMode;
  const client = field.clientOf(sa);
  const able = others(quickMode, field, peers).filter(
    (peer) => isAlive(peer, at) && couldHold(peer, quickMode, field),
  );
  const accepted = field.scene.quickModes.find(
    (other) =>
      other.at > at &&
      other.id === id &&
      client.includes(other.sa) &&
      other.byClient &&
      isAccepted(field.outcomes.get(other)!),
  );
  if (accepted === undefined) return { list: able, freed: false };
  return { list: able.filter((peer) => mayHaveFreed(peer, at, accepted.at, field)), freed: true };
}

const JUST = 60;

/** Somebody of before the capture left less than a minute before, and the responder may have freed it late. */
export function someLeftJustBefore(quickMode: QuickMode, field: Field, peers: readonly Peer[]): boolean {
  return others(quickMode, field, peers).some(
    (peer) =>
      peer.gone < quickMode.at && quickMode.at - peer.gone < JUST && couldHold(peer, quickMode, field),
  );
}

/** Peers of the same responder on endpoints that are not the client's own. */
function others({ sa }: QuickMode, field: Field, peers: readonly Peer[]): Peer[] {
  const own = new Set(field.clientOf(sa).flatMap(ownEndpoints));
  return peers.filter((peer) => peer.responder === sa.responder && !own.has(peer.endpoint));
}

/**
 * Alive at the attempt, and not gone before it: the responder, or where its ESP is not captured anybody, sent within
 * five minutes of it. Whose quick modes lie before the capture was there, also where the first sign comes later.
 */
function isAlive({ signs, gone }: Peer, at: number): boolean {
  if (gone < at) return false;
  const down = signs.filter(({ fromClient, esp }) => esp && !fromClient);
  const telling = down.length > 0 ? down : signs;
  const [first, last] = [telling[0].at, telling[telling.length - 1].at];
  return first - at <= ALIVE && at - last <= ALIVE;
}

function couldHold(peer: Peer, { id, at }: QuickMode, field: Field): boolean {
  const { sas, endpoint, signs } = peer;
  if (endpoint.startsWith("udp") && field.ikev2.has(endpoint.slice(4))) return false;
  if (sas.some((sa) => field.known.get(sa)!.pattern === "random" || speaksDpd(sa))) return false;
  const from = signs[0].at;
  const to = lastOf(peer);
  const accepted = field.scene.quickModes
    .filter(
      (other) =>
        other.id === id &&
        other.sa.responder === peer.responder &&
        other.sa.client !== peer.address &&
        other.byClient &&
        isAccepted(field.outcomes.get(other)!),
    )
    .map((other) => other.answeredAt ?? other.at)
    .filter((time) => time > from && time < to);
  if (accepted.length === 0) return true;
  // Accepted on the ID while it was online: it did not hold it, unless it freed it after the refusal.
  const first = Math.min(...accepted);
  return at < Math.max(from, ...renewalsOf(peer, field).filter((time) => time < first));
}

/** When a peer may have freed IDs: an SPI of the responder began, a quick mode was accepted, an Informational passed. */
function renewalsOf({ sas, signs }: Peer, field: Field): number[] {
  const began = new Map<number | null, number>();
  for (const { at, fromClient, esp, spi } of signs)
    if (esp && !fromClient && !began.has(spi)) began.set(spi, at);
  const before = sas.filter((sa) => sa.begunBefore);
  const accepted = field.scene.quickModes.filter(
    (quickMode) =>
      quickMode.byClient && before.includes(quickMode.sa) && isAccepted(field.outcomes.get(quickMode)!),
  );
  const infos = before.flatMap((sa) => sa.messages.filter(({ exchange }) => exchange === INFORMATIONAL));
  return [...began.values(), ...[...accepted, ...infos].map(({ at }) => at)];
}

/** Its last sign; of one that sends on into a gateway that knows it no more the gateway's last ESP. */
function lastOf({ signs }: Peer): number {
  const esp = signs.filter((sign) => sign.esp);
  const down = esp.findLast(({ fromClient }) => !fromClient);
  return down !== undefined && sendsIntoTheVoid(esp) ? down.at : signs[signs.length - 1].at;
}

/** An Informational answered within a second by one of the same length, twice. */
export function speaksDpd(sa: Sa): boolean {
  const infos = sa.messages.filter(({ exchange }) => exchange === INFORMATIONAL);
  const answered = infos.filter((info, i) =>
    infos
      .slice(i + 1)
      .some(
        (other) =>
          other.fromClient !== info.fromClient && other.at - info.at <= 1 && other.length === info.length,
      ),
  );
  return answered.length >= 2;
}

/** Until the acceptance it was gone, or was silent for a minute after it; or it renewed what it had in between. */
function mayHaveFreed(peer: Peer, refused: number, accepted: number, field: Field): boolean {
  const silent = lastOf(peer) < accepted && field.capture.end - accepted >= JUST;
  const renewed = renewalsOf(peer, field).some((time) => time > refused && time < accepted);
  return peer.gone < accepted || silent || renewed;
}

/** The client's part of phase 1 is seen, with answers; the end of it is not: a warning, and no finding (principle a). */
export function isHalfSeen({ sa }: QuickMode): boolean {
  if (phase1Done(sa) !== null) return false;
  const main = sa.messages.filter(({ exchange }) => exchange === MAIN);
  return main.some(({ fromClient }) => !fromClient) && main.some((each) => each.fromClient && each.encrypted);
}

/** 6.9: sequential, refused, unanswered or unproven after a copy, phase 1 finished. */
export function isRefusal(quickMode: QuickMode, field: Field): boolean {
  const outcome = field.outcomes.get(quickMode)!;
  if (phase1Done(quickMode.sa) === null && !isHalfSeen(quickMode)) return false;
  return (
    outcome === "refused" ||
    outcome === "unanswered" ||
    outcome === "answer-unusable" ||
    (outcome === "unproven" && quickMode.copies.length > 0)
  );
}

export function isSequential(quickMode: QuickMode, field: Field): boolean {
  return field.known.get(quickMode.sa)!.pattern === "sequential";
}
