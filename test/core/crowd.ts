/** ESP of flows and SPIs that begin all the time, in whatever numbers a test asks for. */

import type { TrackerOptions } from "../../src/ike/tracker-options.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { ethernet, ip, isakmp, nonEspMarker, udp } from "../support/frames.ts";
import { random32 } from "../support/random.ts";

const UDP = 17;
const ESP = 50;
const KEEPALIVE = Buffer.from([0xff]);
/** 2026-03-02 08:00:00 UTC, nanoseconds. */
const START = 1_772_438_400_000_000_000n;
const SECOND = 1_000_000_000n;

export interface CrowdOptions {
  packets: number;
  /** Hosts that send to each other. */
  hosts: number;
  /** SPIs of each flow. */
  spis: number;
  /** Of a thousand packets so many are ESP over IP without an SPI, behind a marker or alone. */
  bare?: number;
  /** Of a thousand packets so many are keepalives, quick modes, and come when the clock has stepped back. */
  keepalives?: number;
  quickModes?: number;
  steps?: number;
}

interface Crowd {
  what: string;
  options: CrowdOptions;
  /** Of the tables. */
  bounds: TrackerOptions;
  /** The walk settles more than this of the packets, 0 to 1. */
  share: number;
}

/** Each brings tables to another one of their bounds. */
export const CROWDS: readonly Crowd[] = [
  {
    what: "few hosts with many SPIs",
    share: 0.6,
    options: { packets: 6_000, hosts: 4, spis: 60 },
    bounds: {},
  },
  {
    what: "each host has new partners",
    share: 0.9,
    options: { packets: 6_000, hosts: 300, spis: 1 },
    bounds: {},
  },
  {
    what: "clocks that step back",
    share: 0.4,
    options: { packets: 4_000, hosts: 30, spis: 3, steps: 5 },
    bounds: {},
  },
  {
    what: "keepalives before ESP",
    share: 0.3,
    options: { packets: 4_000, hosts: 40, spis: 2, keepalives: 500 },
    bounds: {},
  },
  {
    what: "quick modes that wait",
    share: 0.3,
    options: { packets: 6_000, hosts: 12, spis: 40, quickModes: 50 },
    bounds: {},
  },
  {
    what: "a full table of flows",
    share: 0.3,
    options: { packets: 6_000, hosts: 30, spis: 2, quickModes: 3 },
    bounds: { maxFlows: 500 },
  },
  {
    what: "a full table of SPIs",
    share: 0.8,
    options: { packets: 6_000, hosts: 60, spis: 2 },
    bounds: { maxSpis: 500 },
  },
  {
    what: "a full table of flows and one of SPIs",
    share: 0.3,
    options: { packets: 6_000, hosts: 30, spis: 1 },
    bounds: { maxFlows: 500, maxSpis: 200 },
  },
  {
    what: "nobody has an SPI",
    share: 0.4,
    options: { packets: 6_000, hosts: 100, spis: 1, bare: 1_000 },
    bounds: {},
  },
  {
    what: "some have no SPI, and others get none",
    share: 0.5,
    options: { packets: 6_000, hosts: 60, spis: 1, bare: 500, steps: 1 },
    bounds: { maxSpis: 300 },
  },
  {
    what: "hosts that are forgotten",
    share: 0.1,
    options: { packets: 6_000, hosts: 3_000, spis: 1 },
    bounds: { maxFlows: 200, compactHostsAt: 300 },
  },
  {
    what: "more hosts than are followed",
    share: 0.9,
    options: { packets: 12_000, hosts: 6_000, spis: 1 },
    bounds: {},
  },
];

/** @param seed another one makes other traffic */
export function crowd(seed: number, options: CrowdOptions): FrameRecord[] {
  const { packets, hosts, spis, bare = 0, keepalives = 0, quickModes = 0, steps = 0 } = options;
  const next = random32(seed);
  const under = (limit: number) => next() % limit;
  let at = START;
  return Array.from({ length: packets }, (_, i) => {
    at += under(1_000) < steps ? -100n * SECOND : BigInt(under(20_000_000));
    const [from, to] = [address(under(hosts)), address(under(hosts))];
    const kind = under(1_000);
    const port = 4_500 + under(2);
    if (kind < keepalives) return { at, frame: ethernet(ip(from, to, UDP, udp(port, 4_500, KEEPALIVE))) };
    if (kind < keepalives + quickModes) return { at, frame: quickMode(from, to, i) };
    if (under(1_000) < bare) return { at, frame: ethernet(ip(from, to, ESP, bareEsp(under(6), i))) };
    const esp = Buffer.alloc(16, 0xe5);
    esp.writeUInt32BE(0x1000 + under(spis), 0);
    esp.writeUInt32BE(i, 4);
    const isOverIp = under(3) === 0;
    return {
      at,
      frame: ethernet(isOverIp ? ip(from, to, ESP, esp) : ip(from, to, UDP, udp(port, 4_500, esp))),
    };
  });
}

/** Zeros where the SPI is to be, which one of an old draft has behind them, and of which some are cut off. */
function bareEsp(form: number, sequence: number): Buffer {
  const esp = Buffer.alloc([24, 24, 16, 14, 11, 7][form]);
  if (form > 0 && form < 3) esp.writeUInt32BE(0x1000, 8);
  if (form < 3) esp.writeUInt32BE(sequence, 12);
  return esp;
}

function address(host: number): string {
  return `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
}

/** One that waits for ESP between both, or the answer to one. */
function quickMode(from: string, to: string, i: number): Buffer {
  const cookies = [from, to].sort();
  const bytes = isakmp({
    initiatorCookie: cookieOf(cookies[0]),
    responderCookie: cookieOf(cookies[1]),
    exchange: 32,
    messageId: 1 + (i >> 3),
    body: Buffer.alloc(64, i),
  });
  return ethernet(ip(from, to, UDP, udp(4_500, 4_500, nonEspMarker(bytes))));
}

function cookieOf(address: string): string {
  return Buffer.from(address.padStart(16)).toString("hex").slice(-16);
}
