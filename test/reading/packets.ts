/**
 * Rules 2.1, 2.7 and 2.10 of the contract: from captures to the packets that tell something, in the order of time.
 *
 * Only finding the UDP datagram or the ESP header in a frame is the program's own (it has tests of its own
 * against tshark); everything that is judged begins here anew.
 */

import { openCapture } from "../../src/node/files.ts";
import { formatAddress } from "../../src/wire/address.ts";
import { Kind, Located, locate, portSet } from "../../src/wire/locate.ts";
import { frameBatches } from "../support/sources.ts";
import { alignClocks, type Timed } from "./clocks.ts";

export interface Endpoint {
  address: string;
  /** 0 for ESP over IP. */
  port: number;
}

export interface Packet {
  kind: "isakmp" | "esp" | "keepalive";
  /** Seconds since the first packet of all. */
  at: number;
  source: number;
  /** Source and interface. */
  point: string;
  from: Endpoint;
  to: Endpoint;
  /** Over UDP on the NAT-T port. */
  floated: boolean;
  /** What was captured of the UDP payload, without the non-ESP marker; of ESP its first bytes. */
  bytes: Buffer;
  /** Length of the UDP payload, without the marker. */
  length: number;
  /** IPv4 identification; 0 where there is none. */
  ipId: number;
}

export interface Capture {
  packets: Packet[];
  /** Time of the last packet of any kind. */
  end: number;
  /** First packet of any kind of each source. */
  starts: number[];
  /** Moments at which the clock of a source stepped back (6.13); what comes behind them is moved there. */
  steps: number[];
  /** Sources whose clocks differ and were not aligned (2.8). */
  apart: ReadonlySet<number>;
}

const KINDS = new Map<number, Packet["kind"]>([
  [Kind.candidate, "isakmp"],
  [Kind.esp, "esp"],
  [Kind.espInUdp, "esp"],
  [Kind.natKeepalive, "keepalive"],
]);
const PROTOCOL_50 = 0;
const NAT_T_PORT = 4500;

export async function readCaptures(paths: readonly string[]): Promise<Capture> {
  const sources: Timed[][] = [];
  for (const [i, path] of paths.entries()) sources.push(await readOne(path, i));
  const apart = alignClocks(sources);
  const steps = sources.flatMap(withoutSteps);
  const merged = merge(sources);
  const zero = merged[0]?.nanos ?? 0n;
  const seconds = (nanos: bigint) => Number(nanos - zero) / 1e9;
  const packets: Packet[] = [];
  for (const { nanos, packet } of merged)
    if (packet !== null) packets.push({ ...packet, at: seconds(nanos) });
  const last = merged.reduce((most, { nanos }) => (nanos > most ? nanos : most), zero);
  return {
    packets,
    steps: steps.map(seconds),
    apart,
    end: seconds(last),
    starts: sources.map(([first]) => (first ? seconds(first.nanos) : 0)),
  };
}

const STEP = 1_000_000_000n;

/** 6.13: records keep their order; behind a step back of more than a second the time goes on from where it was. */
function withoutSteps(source: Timed[]): bigint[] {
  const steps: bigint[] = [];
  let most = source[0]?.nanos ?? 0n;
  let moved = 0n;
  for (const timed of source) {
    if (timed.nanos + moved < most - STEP) {
      moved = most + 1n - timed.nanos;
      steps.push(most + 1n);
    }
    timed.nanos += moved;
    if (timed.nanos > most) most = timed.nanos;
  }
  return steps;
}

/** 2.7: merged by time, each source keeping its own order. */
function merge(sources: Timed[][]): Timed[] {
  const heads = sources.map(() => 0);
  const merged: Timed[] = [];
  for (;;) {
    let best = -1;
    for (const [i, head] of heads.entries()) {
      if (head >= sources[i].length) continue;
      if (best < 0 || sources[i][head].nanos < sources[best][heads[best]].nanos) best = i;
    }
    if (best < 0) return merged;
    merged.push(sources[best][heads[best]]);
    heads[best] += 1;
  }
}

async function readOne(path: string, source: number): Promise<Timed[]> {
  const list: Timed[] = [];
  const capture = await openCapture(path);
  const ports = portSet([]);
  const out = new Located();
  for await (const batch of frameBatches(capture)) {
    for (let i = 0; i < batch.count; i += 1) {
      const start = batch.offsets[i];
      const nanos = BigInt(batch.micros[i]) * 1000n + BigInt(batch.nanos[i]);
      const kind = locate(batch.bytes, start, batch.captured[i], batch.linkTypes[i], ports, out);
      const packet = packetOf(kind, out, batch.bytes, start + batch.captured[i]);
      if (packet !== null) Object.assign(packet, { source, point: `${source}/${batch.interfaces[i]}` });
      list.push({ nanos, packet });
    }
  }
  await capture.close();
  return list;
}

function packetOf(code: number, out: Located, frame: Uint8Array, end: number): Packet | null {
  const kind = KINDS.get(code);
  if (kind === undefined) return null;
  const v4 = out.ipVersion === 4;
  const header = out.source - (v4 ? 12 : 8);
  const overIp = header + (v4 ? (frame[header] & 15) * 4 : 40);
  const payload = code === Kind.esp ? overIp : out.payload;
  const captured = kind === "isakmp" ? Math.min(out.captured, end - payload) : Math.min(end - payload, 8);
  const endpoint = (offset: number, port: number) => ({
    address: formatAddress(frame, offset, out.ipVersion),
    port: code === Kind.esp ? PROTOCOL_50 : port,
  });
  const from = endpoint(out.source, out.sourcePort);
  const to = endpoint(out.destination, out.destinationPort);
  return {
    kind,
    at: 0,
    source: 0,
    point: "",
    from,
    to,
    floated: code !== Kind.esp && (from.port === NAT_T_PORT || to.port === NAT_T_PORT),
    bytes: Buffer.from(frame.subarray(payload, payload + Math.max(captured, 0))),
    length: out.length,
    ipId: v4 ? (frame[header + 4] << 8) | frame[header + 5] : 0,
  };
}
