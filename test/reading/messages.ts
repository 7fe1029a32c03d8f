/** Rules 2.2 to 2.6: which datagrams are messages, IKE fragments, echoes; and the IKE SAs they belong to. */

import type { Packet } from "./packets.ts";
import { type Clear, readClear } from "./payloads.ts";

export const MAIN = 2;
export const AGGRESSIVE = 4;
export const INFORMATIONAL = 5;
export const QUICK = 32;
const FRAGMENT = 132;
export const NO_COOKIE = "0000000000000000";

export interface Message {
  at: number;
  packet: Packet;
  /** Its copies at other capture points and addresses, itself first. */
  copies: Packet[];
  initiator: string;
  responder: string;
  exchange: number;
  id: number;
  encrypted: boolean;
  /** Rule 2.4: the outer header of a fragment whose other pieces are missing. */
  fragment: boolean;
  bytes: Buffer;
  length: number;
  /** What its payloads say, where it is in the clear, or a decrypted copy of it is there. */
  clear: Clear | null;
}

export interface Reading {
  messages: Message[];
  /** Endpoints that talk IKEv2. */
  ikev2: Set<string>;
}

/** 2.2, 2.3: an IKEv1 message whose header was captured up to the message ID. */
function isIkev1(packet: Packet): boolean {
  const { bytes, length } = packet;
  if (bytes.length < 24 || bytes.readBigUInt64BE(0) === 0n || bytes[17] >> 4 !== 1) return false;
  const exchange = bytes[18];
  if (!((exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33)) return false;
  const stated = bytes.length >= 28 ? bytes.readUInt32BE(24) : length;
  return stated >= 28 && stated <= length;
}

function isIkev2(packet: Packet): boolean {
  return packet.bytes.length >= 24 && packet.bytes[17] >> 4 === 2;
}

export function readMessages(packets: readonly Packet[]): Reading {
  const ikev2 = new Set<string>();
  const messages: Message[] = [];
  const pieces = new Map<string, Map<number, Packet>>();
  const pending: { packet: Packet; key: string }[] = [];
  const done = new Set<string>();
  for (const packet of packets) {
    if (packet.kind !== "isakmp") continue;
    if (isIkev2(packet))
      for (const { address, port } of [packet.from, packet.to]) ikev2.add(`${address}:${port}`);
    if (!isIkev1(packet)) continue;
    if (packet.bytes[16] !== FRAGMENT) {
      messages.push(messageOf(packet, packet.bytes, packet.length, false));
      continue;
    }
    const whole = reassemble(packet, pieces);
    if (whole === null) pending.push({ packet, key: fragmentKey(packet) });
    else {
      done.add(fragmentKey(packet));
      messages.push(messageOf(packet, whole, whole.length, false));
    }
  }
  // 2.4: without all pieces the outer header counts, where its ID is not zero.
  for (const { packet, key } of pending) {
    if (!done.has(key) && packet.bytes.readUInt32BE(20) !== 0)
      messages.push(messageOf(packet, packet.bytes, packet.length, true));
  }
  messages.sort((a, b) => a.at - b.at);
  return { messages: withoutEchoes(messages), ikev2 };
}

function fragmentKey({ bytes, from }: Packet): string {
  return `${bytes.toString("hex", 0, 16)} ${from.address} ${bytes.length >= 34 ? bytes.readUInt16BE(32) : 0}`;
}

/** 2.4: pieces by cookies, direction and fragment ID; the whole message once the last one is there. */
function reassemble(packet: Packet, pieces: Map<string, Map<number, Packet>>): Buffer | null {
  if (packet.bytes.length < 36) return null;
  const key = fragmentKey(packet);
  const number = packet.bytes[34];
  const parts = number === 1 ? new Map<number, Packet>() : (pieces.get(key) ?? new Map<number, Packet>());
  parts.set(number, packet);
  pieces.set(key, parts);
  const last = [...parts.values()].find(({ bytes }) => (bytes[35] & 1) === 1);
  if (last === undefined) return null;
  const bodies: Buffer[] = [];
  for (let i = 1; i <= last.bytes[34]; i += 1) {
    const part = parts.get(i);
    if (part === undefined) return null;
    bodies.push(part.bytes.subarray(36));
  }
  pieces.delete(key);
  return Buffer.concat(bodies);
}

function messageOf(packet: Packet, bytes: Buffer, length: number, fragment: boolean): Message {
  const encrypted = (bytes[19] & 1) === 1;
  const exchange = bytes[18];
  const stated = bytes.length >= 28 ? bytes.readUInt32BE(24) : length;
  return {
    at: packet.at,
    packet,
    copies: [packet],
    initiator: bytes.toString("hex", 0, 8),
    responder: bytes.toString("hex", 8, 16),
    exchange,
    id: bytes.readUInt32BE(20),
    encrypted: encrypted || fragment,
    fragment,
    bytes: bytes.subarray(0, stated),
    length,
    clear: encrypted || fragment ? null : readClear(bytes),
  };
}

/** 2.6: the same payload; where less than the whole was captured, the UDP length is part of it. */
export function samePayload(a: Message, b: Message): boolean {
  if (a.fragment || b.fragment) return a.fragment && b.fragment && a.bytes.equals(b.bytes);
  if (a.length !== b.length || a.exchange !== b.exchange || a.id !== b.id) return false;
  const shared = Math.min(a.bytes.length, b.bytes.length);
  return a.bytes.subarray(0, shared).equals(b.bytes.subarray(0, shared));
}

/** Within half a second at another capture point or between other addresses (2.5). */
const ELSEWHERE = 0.5;
/** At the same one: no IKE stack repeats itself faster. */
const SAME_PLACE = 0.25;
/** Where the IP identification is the same as well. */
const SAME_IP_ID = 1;
const DECRYPTED = 0.01;

function place({ point, from, to }: Packet): string {
  return `${point} ${from.address}:${from.port} ${to.address}:${to.port}`;
}

/** 2.5: an echo is a copy of what was seen already. */
function withoutEchoes(all: readonly Message[]): Message[] {
  const kept: Message[] = [];
  const bySa = new Map<string, Message[]>();
  for (const message of all) {
    const key = `${message.initiator}${message.responder}`;
    const earlier = bySa.get(key) ?? [];
    bySa.set(key, earlier);
    const original = earlier.findLast((other) => isEcho(other, message)) ?? null;
    if (original !== null) original.copies.push(message.packet);
    else if (!isDecrypted(earlier, message)) {
      kept.push(message);
      earlier.push(message);
    }
  }
  return kept;
}

function isEcho(original: Message, message: Message): boolean {
  const after = message.at - original.at;
  if (after > SAME_IP_ID || !samePayload(original, message)) return false;
  if (message.fragment || isReply(original, message)) return false;
  const here = place(message.packet);
  const there = original.copies.map(place);
  if (original.copies.some((copy) => place(copy) === here && message.at - copy.at <= SAME_PLACE)) return true;
  const { ipId } = message.packet;
  if (ipId !== 0 && original.copies.some((copy) => copy.ipId === ipId)) return true;
  return after <= ELSEWHERE && !there.includes(here);
}

/** The other direction between the same hosts: where little was captured, an answer may look like its request. */
function isReply(original: Message, { packet }: Message): boolean {
  return original.copies.some(
    ({ from, to }) => from.address === packet.to.address || to.address === packet.from.address,
  );
}

/** 2.5: a decrypted copy; what it says is read into the message that it copies. */
function isDecrypted(earlier: readonly Message[], message: Message): boolean {
  const original = earlier.findLast(
    (other) =>
      message.at - other.at <= DECRYPTED &&
      other.exchange === message.exchange &&
      other.id === message.id &&
      other.encrypted !== message.encrypted &&
      other.packet.from.address === message.packet.from.address,
  );
  if (original === undefined || message.exchange < INFORMATIONAL) return false;
  original.clear ??= message.clear;
  return true;
}

export interface RawSa {
  initiator: string;
  responder: string;
  messages: Message[];
}

/** Section 1: an IKE SA is the messages of one cookie pair; those without the second cookie join by address. */
export function saList(messages: readonly Message[]): RawSa[] {
  const list = new Map<string, RawSa>();
  const first: Message[] = [];
  for (const message of messages) {
    if (message.responder === NO_COOKIE) first.push(message);
    else {
      const key = `${message.initiator}${message.responder}`;
      const sa = list.get(key) ?? {
        initiator: message.initiator,
        responder: message.responder,
        messages: [],
      };
      list.set(key, sa);
      sa.messages.push(message);
    }
  }
  for (const message of first) {
    const hosts = (m: Message) => [m.packet.from.address, m.packet.to.address].sort().join(" ");
    const own = [...list.values()].find(
      (sa) =>
        sa.initiator === message.initiator && sa.messages.some((other) => hosts(other) === hosts(message)),
    );
    const key = `${message.initiator}${NO_COOKIE} ${hosts(message)}`;
    const sa = own ?? list.get(key) ?? { initiator: message.initiator, responder: NO_COOKIE, messages: [] };
    if (own === undefined) list.set(key, sa);
    sa.messages.push(message);
  }
  for (const sa of list.values()) sa.messages.sort((a, b) => a.at - b.at);
  return [...list.values()].sort((a, b) => a.messages[0].at - b.messages[0].at);
}

export function isFirstOfPhase1(message: Message): boolean {
  return message.responder === NO_COOKIE && (message.exchange === MAIN || message.exchange === AGGRESSIVE);
}
