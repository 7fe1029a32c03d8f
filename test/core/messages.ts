/** Messages of every kind on their way to an IKE SA, copies of them, and what is none: made at random from a seed. */

import type { FrameRecord } from "../support/capture-files.ts";
import { ethernet, ip, isakmp, nonEspMarker, udp } from "../support/frames.ts";
import { random32 } from "../support/random.ts";

const UDP = 17;
/** 2026-03-02 08:00:00 UTC, nanoseconds. */
const START = 1_772_438_400_000_000_000n;
const MICROSECOND = 1_000n;

export interface MessagesOptions {
  messages: number;
  clients: number;
  /** Microseconds between two, at most. */
  pause: number;
  /** Of a hundred so many are an earlier one again. */
  repeated: number;
  /** Interfaces that they are seen at. */
  points: number;
  /** Of a thousand frames so many have a byte changed, or their end cut off. */
  damaged?: number;
  /** Beginnings to choose from; else nearly each is another one. */
  beginnings?: number;
  /** The clock never steps back. */
  steady?: boolean;
}

type Under = (limit: number) => number;

/** @param seed another one makes other messages */
export function messages(seed: number, options: MessagesOptions): FrameRecord[] {
  const next = random32(seed);
  const under: Under = (limit) => next() % limit;
  const { pause, repeated, points, damaged = 0, steady = false } = options;
  const records: FrameRecord[] = [];
  const sent: Buffer[] = [];
  let at = START;
  for (let i = 0; i < options.messages; i += 1) {
    // Now and then the clock steps back.
    at += BigInt(!steady && under(3_000) === 0 ? -5_000_000 : under(pause)) * MICROSECOND;
    const isAgain = sent.length > 0 && under(100) < repeated;
    const original = isAgain
      ? sent[sent.length - 1 - under(Math.min(40, sent.length))]
      : frameOf(under, options);
    if (!isAgain) sent.push(original);
    const frame =
      under(1_000) < damaged ? hurt(original, under) : isAgain ? again(original, under) : original;
    records.push({ at, frame, interface: under(points) });
  }
  return records;
}

/** The same from another address, behind a VLAN tag, with another IP identification, or as it is. */
function again(frame: Buffer, under: Under): Buffer {
  const copy = Buffer.from(frame);
  const ipAt = frame.readUInt16BE(12) === 0x0800 ? 14 : 18;
  const kind = under(6);
  if (kind === 0) copy[ipAt + 15] ^= 1;
  if (kind === 1) copy.writeUInt16BE(under(3), ipAt + 4);
  if (kind === 2)
    return Buffer.concat([copy.subarray(0, 12), Buffer.from([0x81, 0, 0, 7]), copy.subarray(12)]);
  return copy;
}

function frameOf(under: Under, { clients, beginnings }: MessagesOptions): Buffer {
  const client = under(clients);
  const address =
    under(40) === 0 ? `2001:db8::${(client + 1).toString(16)}` : `10.1.${client >> 8}.${client & 255}`;
  const gateway = address.includes(":") ? "2001:db8::ffff" : "192.0.2.1";
  const isInbound = under(2) === 0;
  const [from, to] = isInbound ? [address, gateway] : [gateway, address];
  const bytes = messageOf(client, under, beginnings);
  const ports = [
    [500, 500],
    [4500, 4500],
    [500, 40_000],
    [4500, 40_001],
    [500, 4500],
    [4500, 500],
    [4789, 500],
    [501, 40_000],
  ][under(20) < 16 ? under(2) : under(8)];
  const isMarked = ports.includes(4500) && under(50) > 0;
  const payload = isMarked ? nonEspMarker(bytes) : bytes;
  const padded = under(20) === 0 ? Buffer.concat([payload, Buffer.alloc(1 + under(9))]) : payload;
  const stated = under(60) === 0 ? [0, 7, 8, 20, padded.length + 20][under(5)] : undefined;
  const datagram = udp(ports[0], ports[1], padded, stated);
  const headers = {
    id: under(4) * 21_845,
    moreFragments: under(80) === 0,
    ...(under(80) === 0 ? { headerOptions: Buffer.alloc(4) } : {}),
    ...(under(80) === 0 ? { length: 20 + under(60) } : {}),
  };
  return ethernet(ip(from, to, UDP, datagram, headers), { vlans: [[], [], [], [7], [7, 9]][under(5)] });
}

/** Mostly IKEv1, else a header that is something else or contradicts itself. */
function messageOf(client: number, under: Under, beginnings: number | undefined): Buffer {
  const cookie = (word: number) => (client * 16 + word + 0x1_0000_0000).toString(16).padStart(16, "0");
  const cookies = { initiatorCookie: cookie(1), responderCookie: cookie(2) };
  if (beginnings !== undefined) {
    // The digest of the beginning is of the header and 16 bytes.
    const body = Buffer.concat([Buffer.alloc(16, 7), Buffer.from([under(40)])]);
    return isakmp({ ...cookies, exchange: 32, messageId: 1 + under(beginnings), body });
  }
  const isQuick = under(3) > 0;
  const odd = under(100);
  const body = Buffer.alloc(under(5) === 0 ? under(24) : 16 + under(150), under(250));
  return isakmp({
    initiatorCookie: odd === 0 ? "0".repeat(16) : odd === 1 ? "0000000012345678" : cookies.initiatorCookie,
    responderCookie: isQuick ? cookies.responderCookie : "0".repeat(16),
    exchange: odd < 10 ? under(256) : isQuick ? 32 : [2, 4, 5, 6][under(4)],
    flags: under(4),
    version: odd === 10 ? 0x20 : odd === 11 ? under(256) : 0x10,
    nextPayload: under(20),
    messageId: under(1_000),
    body,
    ...(odd === 12 ? { length: [0, 27, 28, body.length + 27, 0xffffffff][under(5)] } : {}),
  });
}

function hurt(frame: Buffer, under: Under): Buffer {
  if (under(2) === 0) return frame.subarray(0, 14 + under(frame.length - 14));
  const copy = Buffer.from(frame);
  copy[12 + under(copy.length - 12)] ^= 1 << under(8);
  return copy;
}
