/** Clear messages of main mode, made once and filled in: key, nonce and real NAT-D hashes (RFC 3947 3.2). */

import { createHash } from "node:crypto";
import { payloads } from "../support/frames.ts";
import { choice, GROUP, keyExchange, offer, VENDOR } from "../support/samples-phase-one.ts";
import { addressNumber } from "./wire.ts";

export type Make = "asa" | "windows" | "strongswan" | "nameless";

/** Vendor IDs of a gateway in its first and its second message. */
const GATEWAY_IDS: Record<Make, { first: readonly string[]; second: readonly string[] }> = {
  asa: { first: [VENDOR.natT, VENDOR.fragmentationCisco], second: [VENDOR.unity, VENDOR.xauth, VENDOR.asa] },
  windows: { first: [VENDOR.microsoft(8), VENDOR.natT, VENDOR.fragmentation], second: [] },
  strongswan: { first: [VENDOR.xauth, VENDOR.dpd, VENDOR.strongSwan, VENDOR.natT], second: [] },
  nameless: { first: [VENDOR.natT, VENDOR.dpd], second: [] },
};

const HEADER = 28;
const NAT_D_SIZE = 20;
const PAYLOAD_HEADER = 4;
/** Bytes of keys and nonces that are drawn; the rest does not matter to anybody. */
const DRAWN = 24;
const MAIN = 2;

export interface Cookies {
  initiator: Buffer;
  responder: Buffer;
}

/** An ISAKMP message of `length` bytes, its body still to be filled. */
export function header(
  cookies: Cookies,
  exchange: number,
  id: number,
  length: number,
  encrypted: boolean,
): Buffer {
  const message = Buffer.alloc(length);
  message.set(cookies.initiator, 0);
  message.set(cookies.responder, 8);
  message[16] = 8;
  message[17] = 0x10;
  message[18] = exchange;
  message[19] = encrypted ? 1 : 0;
  message.writeUInt32BE(id, 20);
  message.writeUInt32BE(length, 24);
  return message;
}

interface Template {
  nextPayload: number;
  body: Buffer;
}

const templates = new Map<string, Template>();

function template(key: string, make: () => Parameters<typeof payloads>[0]): Template {
  let known = templates.get(key);
  if (known === undefined) {
    known = payloads(make());
    templates.set(key, known);
  }
  return known;
}

function clear(cookies: Cookies, { nextPayload, body }: Template): Buffer {
  const message = header(cookies, MAIN, 0, HEADER + body.length, false);
  message[16] = nextPayload;
  message.set(body, HEADER);
  return message;
}

const NO_COOKIE = Buffer.alloc(8);

export function firstMessage({ initiator }: Cookies, vendorIds: readonly string[]): Buffer {
  return clear(
    { initiator, responder: NO_COOKIE },
    template(`1 ${vendorIds.join()}`, () => offer(vendorIds)),
  );
}

/** The first message where the gateway itself begins: it names itself at once. */
export function renewal(cookies: Cookies, make: Make): Buffer {
  const { first, second } = GATEWAY_IDS[make];
  return firstMessage(cookies, [...first, ...second]);
}

export function secondMessage(cookies: Cookies, make: Make): Buffer {
  return chosen(cookies, GATEWAY_IDS[make].first);
}

/** The second message by whoever has these vendor IDs: a client too, where the gateway renews phase 1. */
export function chosen(cookies: Cookies, vendorIds: readonly string[]): Buffer {
  return clear(
    cookies,
    template(`2 ${vendorIds.join()}`, () => choice(vendorIds, GROUP.modp1024)),
  );
}

/** An endpoint as NAT-D names it. */
export interface Named {
  address: string;
  port: number;
}

/** The third or fourth message: `remote` as the sender sees the peer, `own` what it takes itself for. */
export function exchangeMessage(
  cookies: Cookies,
  from: "client" | "responder",
  make: Make,
  ends: { remote: Named; own: Named },
  random: (length: number) => Buffer,
): Buffer {
  const vendorIds = from === "client" ? [] : GATEWAY_IDS[make].second;
  const blank = (size: number) => Buffer.alloc(size);
  const parts = { from, group: GROUP.modp1024, vendorIds, natTraversal: true, random: blank };
  const message = clear(
    cookies,
    template(`${from} ${make}`, () => keyExchange(parts)),
  );
  message.set(random(DRAWN), HEADER + PAYLOAD_HEADER);
  const last = message.length - NAT_D_SIZE;
  message.set(natD(cookies, ends.own), last);
  message.set(natD(cookies, ends.remote), last - NAT_D_SIZE - PAYLOAD_HEADER);
  return message;
}

/** HASH(CKY-I | CKY-R | IP | port) with SHA-1, which the second message chooses. */
function natD({ initiator, responder }: Cookies, { address, port }: Named): Buffer {
  const end = Buffer.alloc(6);
  end.writeUInt32BE(addressNumber(address), 0);
  end.writeUInt16BE(port, 4);
  return createHash("sha1").update(initiator).update(responder).update(end).digest();
}

/** A notify in the clear (RFC 2408 3.14): a HASH would stand before it, had it been encrypted. */
export function clearNotify(cookies: Cookies, id: number, code: number): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt16BE(12, 2);
  body.writeUInt32BE(1, 4);
  body[8] = 3;
  body.writeUInt16BE(code, 10);
  const message = header(cookies, 5, id, HEADER + body.length, false);
  message[16] = 11;
  message.set(body, HEADER);
  return message;
}
