/** The wire of a simulated world: every datagram as a tap beside the gateway, or inside a client's NAT, sees it. */

import { datagram, espPacket, isakmp, nonEspMarker } from "../support/frames.ts";

/** Where a client stands: what the gateway sees of it, and its address behind a NAT. */
export interface Place {
  address: string;
  natted: boolean;
  port500: number;
  port4500: number;
  inside: string;
}

export type Direction = "up" | "down";

export interface Seen {
  /** Seconds. */
  at: number;
  direction: Direction;
  esp: boolean;
  outside: Buffer;
  /** The same inside the client's NAT; null where there is none. */
  inside: Buffer | null;
}

export interface Packet {
  place: Place;
  gateway: string;
  direction: Direction;
  /** On the NAT-T port. */
  floated: boolean;
}

export type Body = { isakmp: Buffer } | { esp: Buffer } | { keepalive: true };

/** The message of an IKE SA. `length` is the whole message's; the body is given. */
export function message(
  cookies: { initiator: string; responder: string },
  exchange: number,
  messageId: number,
  body: Buffer,
  nextPayload: number,
  encrypted: boolean,
): Buffer {
  return isakmp({
    initiatorCookie: cookies.initiator,
    responderCookie: cookies.responder,
    exchange,
    messageId,
    nextPayload,
    flags: encrypted ? 1 : 0,
    body,
  });
}

export function frames(packet: Packet, body: Body): { outside: Buffer; inside: Buffer | null } {
  const { place, floated } = packet;
  const outside = frame(packet, place.address, floated ? place.port4500 : place.port500, body);
  if (!place.natted) return { outside, inside: null };
  return { outside, inside: frame(packet, place.inside, floated ? 4500 : 500, body) };
}

function frame({ gateway, direction, floated }: Packet, address: string, port: number, body: Body): Buffer {
  if ("esp" in body && !floated) {
    return direction === "up" ? espPacket(address, gateway) : espPacket(gateway, address);
  }
  const payload =
    "esp" in body
      ? body.esp
      : "keepalive" in body
        ? Buffer.from([0xff])
        : floated
          ? nonEspMarker(body.isakmp)
          : body.isakmp;
  const client = `${address}:${port}`;
  const box = `${gateway}:${floated ? 4500 : 500}`;
  return direction === "up" ? datagram(client, box, payload) : datagram(box, client, payload);
}
