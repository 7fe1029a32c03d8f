/** Traffic of all that the walk settles, and of all that it has to leave: made at random from a seed. */

import type { FrameRecord } from "../support/capture-files.ts";
import { ethernet, type IpOptions, ip, isakmp, nonEspMarker, udp } from "../support/frames.ts";
import { random32 } from "../support/random.ts";

const GATEWAY = "192.0.2.1";
const TCP = 6;
const UDP = 17;
const ESP = 50;
/** 2026-03-02 08:00:00 UTC, nanoseconds. */
const START = 1_772_438_400_000_000_000n;
const MICROSECOND = 1_000n;
const KEEPALIVE = Buffer.from([0xff]);

export interface TrafficOptions {
  packets: number;
  /** Hosts that send ESP; each has up to three SPIs at a time. */
  hosts: number;
  /** Of a thousand frames so many have a byte changed, or their end cut off. */
  damaged?: number;
  /** Of 2,000 packets so many come when the clock has stepped back. */
  steps?: number;
}

/** @param seed another one makes other traffic */
export function traffic(
  seed: number,
  { packets, hosts, damaged = 0, steps = 1 }: TrafficOptions,
): FrameRecord[] {
  const next = random32(seed);
  const under = (limit: number) => next() % limit;
  const sequences = new Map<number, number>();
  const records: FrameRecord[] = [];
  let at = START;
  for (let i = 0; i < packets; i += 1) {
    at += pause(under, steps) * MICROSECOND;
    const frame = frameOf(under, hosts, sequences, i);
    records.push({ at, frame: under(1_000) < damaged ? hurt(frame, under) : frame });
  }
  return records;
}

/** One flow with every pause, step of the sequence number and length at which something changes, and beside it. */
export function atBounds(): FrameRecord[] {
  const records: FrameRecord[] = [];
  let at = START;
  let sequence = 5_000;
  const send = (micros: number, frame: Buffer) => {
    at += BigInt(micros) * MICROSECOND;
    records.push({ at, frame });
  };
  const esp = (number: number, length = 40, options: IpOptions = {}, client = "10.0.0.1") => {
    const bytes = Buffer.alloc(length, 0xe5);
    Buffer.from([0, 0, 9, 9]).copy(bytes);
    if (length >= 8) bytes.writeUInt32BE(number, 4);
    return ethernet(ip(client, GATEWAY, UDP, udp(4500, 4500, bytes), options));
  };
  const answer = () =>
    ethernet(ip(GATEWAY, "10.0.0.1", UDP, udp(4500, 4500, Buffer.from([0, 0, 8, 8, 0, 0, 0, 1]))));
  for (const micros of [59_999_998, 59_999_999, 60_000_000, 60_000_001]) {
    for (const step of [
      1, 2, 31, 32, 33, 999, 1_000, 1_001, 0, -1, -30, -31, -32, -33, -999, -1_000, -1_001,
    ]) {
      // Three in a row: what one step leaves decides what the next one counts for.
      for (const each of [1, step, -1]) {
        sequence += each;
        send(each === step ? micros : 10, esp(sequence));
      }
    }
    send(10, answer());
  }
  // A flow each, of which nothing comes later.
  for (let length = 0; length < 14; length += 1) {
    for (const each of [40, length]) send(10, esp(sequence, each, {}, `10.0.1.${length}`));
    // Ethernet pads short frames: what is behind the packet is none of it.
    send(10, Buffer.concat([esp(sequence, length, {}, `10.0.1.${length}`), Buffer.alloc(18, 0x77)]));
  }
  for (let length = 90; length >= 20; length -= 1) {
    send(10, esp(sequence, 40, { length }));
    send(10, esp(sequence).subarray(0, length));
    const payload = Buffer.alloc(40, 0xe5);
    payload.writeUInt32BE(90 - length, 4);
    for (const protocol of [TCP, ESP]) {
      send(10, ethernet(ip("10.0.0.1", GATEWAY, protocol, payload, { length })));
    }
  }
  // The clock steps back, and the other side is not heard again.
  send(-5_000_000, esp(sequence));
  for (let i = 0; i < 5; i += 1) send(10_000_000, esp(sequence + i));
  return records;
}

type Under = (limit: number) => number;

/** Microseconds to the next packet: mostly little, now and then back a bit, back by seconds, or on by minutes. */
function pause(under: Under, steps: number): bigint {
  const kind = under(2_000);
  if (kind >= 2_000 - steps) return -BigInt(2_000_000 + under(100_000_000));
  if (kind < 6) return BigInt(50_000_000 + under(30_000_000));
  if (kind < 60) return -BigInt(under(300_000));
  if (kind < 200) return 0n;
  return BigInt(under(200_000));
}

function frameOf(under: Under, hosts: number, sequences: Map<number, number>, i: number): Buffer {
  const host = under(hosts);
  const client = `10.0.${host >> 8}.${host & 255}`;
  const isInbound = under(2) === 0;
  const [from, to] = isInbound ? [client, GATEWAY] : [GATEWAY, client];
  const vlans = [[], [], [], [7], [7, 9], [7, 9, 11]][under(6)];
  const wrapped = (protocol: number, payload: Buffer) => ethernet(ip(from, to, protocol, payload), { vlans });
  const kind = under(100);
  if (kind < 10) return wrapped(TCP, Buffer.alloc(20 + under(100)));
  if (kind < 18) return wrapped(UDP, udp(53, 1_024 + under(60_000), Buffer.alloc(under(60))));
  if (kind < 20) return wrapped(UDP, udp(4500, 4500, KEEPALIVE));
  if (kind < 21) return wrapped(UDP, udp(4789, 4789, Buffer.alloc(under(60))));
  if (kind < 25) return wrapped(UDP, message(host, isInbound, under, i));
  const esp = espBytes(host * 2 + (isInbound ? 1 : 0), under, sequences);
  return kind < 60 ? wrapped(ESP, esp) : wrapped(UDP, udp(4500, 4500 + under(2), esp));
}

/** Of one of three SPIs, the next number mostly; else one that was, one ahead, or any. */
function espBytes(flow: number, under: Under, sequences: Map<number, number>): Buffer {
  const spi = flow * 4 + 256 + (under(4) === 0 ? under(3) : 0);
  const last = sequences.get(spi) ?? under(2) * 0xffff_fff0;
  const jump = under(12);
  const sequence = jump === 0 ? last - under(40) : jump === 1 ? last + under(1_200) : last + 1;
  if (sequence > last) sequences.set(spi, sequence);
  const esp = Buffer.alloc(8 + under(80), 0xe5);
  esp.writeUInt32BE(under(300) === 0 ? 0 : spi, 0);
  esp.writeUInt32BE(sequence >>> 0, 4);
  return esp;
}

/** Phase 1 or quick modes of a client's session, so that some quick modes wait for ESP. */
function message(host: number, isInbound: boolean, under: Under, i: number): Buffer {
  const encrypted = under(3) > 0;
  const bytes = isakmp({
    initiatorCookie: (host + 0x1_0000_0000 + (i >> 9)).toString(16).padStart(16, "0"),
    responderCookie: encrypted ? (host + 0x2_0000_0000).toString(16).padStart(16, "0") : "0".repeat(16),
    exchange: encrypted ? 32 : 2,
    flags: encrypted ? 1 : 0,
    nextPayload: encrypted ? 8 : 0,
    messageId: encrypted ? 1 + under(3) : 0,
    body: Buffer.alloc(64 + under(64), under(256)),
  });
  const port = isInbound || encrypted ? 4500 : 500;
  return udp(port, port, port === 4500 ? nonEspMarker(bytes) : bytes);
}

function hurt(frame: Buffer, under: Under): Buffer {
  if (under(2) === 0) return frame.subarray(0, 14 + under(frame.length - 14));
  const copy = Buffer.from(frame);
  copy[12 + under(Math.min(60, copy.length - 12))] ^= 1 << under(8);
  return copy;
}
