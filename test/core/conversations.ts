/**
 * IKE SAs from their first message to their last, as clients begin them, with much that is not so: answers that come
 * twice, messages that get lost, come again, from elsewhere, in the clear or in another order. Made at random from a seed.
 */

import type { FrameRecord } from "../support/capture-files.ts";
import { datagram, espPacket, isakmp, nonEspMarker, payloads } from "../support/frames.ts";
import { random32 } from "../support/random.ts";
import { choice, keyExchange, offer, windowsVendorIds } from "../support/samples-phase-one.ts";

/** 2026-03-02 08:00:00 UTC, nanoseconds. */
const START = 1_772_438_400_000_000_000n;
const MICROSECOND = 1_000n;
const GROUP = { number: 14, bytes: 256 } as const;

export interface ConversationsOptions {
  clients: number;
  /** Of a hundred messages so many are other than they should be. */
  odd: number;
  /** Microseconds between two messages of a conversation, at most. */
  pause: number;
}

interface Sent {
  at: bigint;
  frame: Buffer;
}

type Under = (limit: number) => number;

/** @param seed another one makes other conversations */
export function conversations(seed: number, options: ConversationsOptions): FrameRecord[] {
  const next = random32(seed);
  const under: Under = (limit) => next() % limit;
  const sent: Sent[] = [];
  for (let client = 0; client < options.clients; client += 1) {
    let at = START + BigInt(under(options.clients * 300_000)) * MICROSECOND;
    for (let sas = 1 + under(3); sas > 0; sas -= 1) {
      for (const frame of conversation(client, under, options.odd)) {
        const slower = under(10) === 0 ? 60 : 1;
        at += BigInt(1 + under(options.pause) * slower) * MICROSECOND;
        sent.push({ at, frame });
        if (under(100) >= options.odd) continue;
        const again = oddly(frame, under);
        if (again !== null) sent.push({ at: at + BigInt(under(3_000_000)) * MICROSECOND, frame: again });
      }
    }
  }
  sent.sort((a, b) => (a.at < b.at ? -1 : 1));
  return sent.map(({ at, frame }) => ({ at, frame, interface: 0 }));
}

/** The same message once more: as it was, from another address or port, back again, with another byte, or its end. */
function oddly(frame: Buffer, under: Under): Buffer | null {
  const copy = Buffer.from(frame);
  const kind = under(9);
  if (kind === 0) return null;
  // IP identification, addresses, source port; cookies, exchange, flags, message ID and payloads.
  if (kind === 1) copy[19] ^= 1;
  if (kind === 2) copy[29] ^= 1 << under(2);
  if (kind === 3) copy[35] ^= 1;
  if (kind === 4) copy[42 + under(32)] ^= 1 << under(8);
  if (kind === 5) copy[Math.min(copy.length - 1, 70 + under(200))] ^= 1 << under(8);
  if (kind === 6)
    return Buffer.concat([
      copy.subarray(0, 26),
      copy.subarray(30, 34),
      copy.subarray(26, 30),
      copy.subarray(34),
    ]);
  if (kind === 7) return copy.subarray(0, copy.length - under(40));
  return copy;
}

/** Frames of one IKE SA and of what it protects. */
function conversation(client: number, under: Under, odd: number): Buffer[] {
  const isOdd = () => under(100) < odd;
  const random = (length: number) => Buffer.from(Array.from({ length }, () => under(256)));
  const own = `10.7.${client >> 7}.${(client & 127) * 2}`;
  const gateway = `192.0.2.${1 + under(2)}`;
  const port = 500 + (isOdd() ? 40_000 + under(3) : 0);
  const [i, r] = [random(8).toString("hex"), random(8).toString("hex")];
  const isNat = under(3) > 0;
  const frames: Buffer[] = [];
  const send = (fromClient: boolean, message: Buffer, natPort: boolean) => {
    const [here, there] = natPort
      ? [`${own}:${port + 4_000}`, `${gateway}:4500`]
      : [`${own}:${port}`, `${gateway}:500`];
    const carried = natPort ? nonEspMarker(message) : message;
    if (!isOdd() || under(3) > 0)
      frames.push(fromClient ? datagram(here, there, carried) : datagram(there, here, carried));
  };
  const vendors = windowsVendorIds(5 + under(4));
  const aggressive = under(8) === 0;
  const clear = (fromClient: boolean, list: ReturnType<typeof offer>, responderCookie = r) =>
    send(
      fromClient,
      isakmp({
        initiatorCookie: i,
        responderCookie,
        exchange: aggressive ? 4 : 2,
        flags: 0,
        ...payloads(list),
      }),
      false,
    );
  const secret = (fromClient: boolean, exchange: number, messageId: number, length: number, flags = 1) =>
    send(
      fromClient,
      isakmp({ initiatorCookie: i, responderCookie: r, exchange, messageId, flags, body: random(length) }),
      isNat,
    );
  let sequence = 0;
  const carry = (fromClient: boolean, quick: number) => {
    sequence += 1 + under(3) * under(2);
    const esp = Buffer.alloc(60, 0xe5);
    esp.set([1, client & 255, quick, fromClient ? 1 : 2, 0, 0, 0, sequence & 255]);
    const [here, there] = isNat ? [`${own}:${port + 4_000}`, `${gateway}:4500`] : [own, gateway];
    const [from, to] = fromClient ? [here, there] : [there, here];
    frames.push(isNat ? datagram(from, to, esp) : espPacket(from, to, 60, esp));
  };
  clear(true, offer(vendors), "0".repeat(16));
  clear(false, choice(vendors.slice(0, under(4)), GROUP));
  if (isOdd()) clear(false, choice([], GROUP), random(8).toString("hex"));
  for (const from of ["client", "responder"] as const) {
    const exchanged = keyExchange({
      from,
      group: GROUP,
      vendorIds: isOdd() ? vendors.slice(0, 1) : [],
      natTraversal: isNat,
      random,
    });
    // More addresses than a row has room for, or more than is told apart byte by byte.
    const more = isOdd()
      ? [{ type: 20, body: random(20) }]
      : isOdd()
        ? [{ type: 13, body: random(2_100) }]
        : [];
    clear(from === "client", [...exchanged, ...more]);
    if (isOdd()) clear(from === "client", exchanged.slice(1 + under(3)));
  }
  secret(true, aggressive ? 4 : 2, 0, 80);
  secret(false, aggressive ? 4 : 2, 0, 80);
  const first = under(3) === 0 ? 1 + under(0x7fffffff) : 1;
  for (let quick = 0; quick < 1 + under(isOdd() ? 30 : 2); quick += 1) {
    const fromClient = !isOdd();
    secret(fromClient, 32, first + quick, 300);
    if (isOdd()) secret(fromClient, 32, first + quick, 300, 0);
    secret(!fromClient, 32, first + quick, 200);
    secret(fromClient, 32, first + quick, isOdd() ? 400 : 40);
    for (let packets = under(3) * under(6); packets > 0; packets -= 1) carry(under(3) > 0, quick);
    if (isOdd()) secret(fromClient, 5, under(1_000), 60, under(2));
  }
  if (under(2) === 0) secret(true, 5, under(1_000), 60);
  return frames;
}
