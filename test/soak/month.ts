/**
 * A live capture of hours or weeks, played as fast as it goes: clients that come, collide and go, floods of forged first
 * messages, clocks that step back, an interface that is down, and restarts from a state. The packets are written to a
 * file as well, which is read afterwards: both have to find the same.
 */

import { appendFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { analyze } from "../../src/index.ts";
import type { Line } from "../../src/report/lines.ts";
import type { Finding } from "../../src/report/model.ts";
import { type FrameRecord, pcap } from "../support/capture-files.ts";
import { datagram, isakmp } from "../support/frames.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

const HOUR_MS = 3_600_000;
const NANOS_PER_MS = 1_000_000;
const PCAP_HEADER = 24;
const CLIENTS = 8;
/** Seconds between two dials of one client. */
const DIAL_EVERY = 600;
/** In which hours what happens. */
const FLOOD_EVERY = 5;
const DOWN_EVERY = 7;
const STEP_EVERY = 11;
const RESTART_EVERY = 6;
const FLOODED = 2_000;
/** Seconds of the hour in which the interface is down, and at which the clock steps, by how much. */
const DOWN = [1_200, 1_800] as const;
const STEP_AT = 2_500;
const STEP_NANOS = 90_000_000_000n;

export interface SoakOptions {
  hours: number;
  /** Where the capture is written. */
  path: string;
  /** Told after each hour. */
  onHour?: (hour: number, state: { ikeSas: number; lines: number; heapMegabytes: number | null }) => void;
}

export interface Soaked {
  packets: number;
  /** Packets that the live analysis counts. */
  counted: number;
  evicted: number;
  /** IKE SAs that are kept, and megabytes of the heap where it can be collected, after each hour. */
  ikeSas: number[];
  heap: number[];
  restarts: number;
  /** Verdicts by responder, holder and contender: as told live, and of the file. */
  live: Record<string, string>;
  file: Record<string, string>;
  warnings: string[];
}

/** One hour; its times begin at the same moment each. */
function hourOf(number: number): FrameRecord[] {
  const stage = new Stage(1_000 + number);
  for (let i = 0; i < CLIENTS; i += 1) {
    const address = `198.51.100.${i + 1}`;
    for (let at = i * 7; at < 3_400; at += DIAL_EVERY) {
      const session = new Client(stage, { address }).connect(at);
      if (i % 3 === 0 && i > 0) session.unanswered(at + 0.2);
      else session.quickMode(at + 0.2).esp(at + 1, at + 150, 30);
      if (i % 5 !== 0) session.farewell(at + 155);
    }
  }
  if (number % FLOOD_EVERY === FLOOD_EVERY - 1) flood(stage);
  const begin = stage.sorted()[0].at;
  const second = ({ at }: FrameRecord) => Number(at - begin) / 1e9;
  return stage
    .sorted()
    .filter((record) => number % DOWN_EVERY !== 3 || second(record) < DOWN[0] || second(record) >= DOWN[1])
    .map((record) =>
      number % STEP_EVERY === 2 && second(record) >= STEP_AT
        ? { ...record, at: record.at - STEP_NANOS }
        : record,
    );
}

/** First messages of phase 1 from addresses that are nobody's. */
function flood(stage: Stage): void {
  for (let i = 0; i < FLOODED; i += 1) {
    const from = `203.0.${stage.next() & 0xff}.${stage.next() & 0xff}:500`;
    const message = isakmp({ initiatorCookie: stage.cookie(), responderCookie: "00".repeat(8), exchange: 2 });
    stage.put(900 + i / 100, datagram(from, "192.0.2.1:500", message), "ikev1");
  }
}

const who = ({ responder, holder, contender }: Finding) =>
  `${responder} ${holder.address}:${holder.port} ${contender.address}:${contender.port}`;

/** What differs between what was told live and what the file gives. */
export function differences({ live, file }: Soaked): string[] {
  return Object.keys({ ...live, ...file })
    .filter((key) => live[key] !== file[key])
    .map((key) => `${key}: live ${live[key] ?? "nothing"}, file ${file[key] ?? "nothing"}`);
}

/** Plays so many hours, then reads the file. */
export async function soak({ hours, path, onHour }: SoakOptions): Promise<Soaked> {
  const inputs = new PlayedInputs();
  let packetAt = 0;
  const opened = () => new LiveAnalysis(inputs, { compactHostsAt: 64, now: () => packetAt });
  let analysis = opened();
  const live: Record<string, string> = {};
  const result: Soaked = {
    packets: 0,
    counted: 0,
    evicted: 0,
    ikeSas: [],
    heap: [],
    restarts: 0,
    live,
    file: {},
    warnings: [],
  };
  let told = 0;
  const tell = (lines: readonly Line[]) => {
    told += lines.length;
    for (const line of lines) {
      if (line.type !== "finding" && line.type !== "finding-update") continue;
      if ("withdrawn" in line && line.withdrawn) delete live[who(line.finding)];
      else live[who(line.finding)] = line.finding.verdict;
    }
  };
  writeFileSync(path, pcap([]));
  let now = 0;
  for (let number = 0; number < hours; number += 1) {
    const records = hourOf(number);
    const began = records[0].at;
    const shift = BigInt(number * HOUR_MS * NANOS_PER_MS);
    const shifted = records.map((record) => ({ ...record, at: record.at + shift }));
    appendFileSync(path, pcap(shifted).subarray(PCAP_HEADER));
    for (const record of shifted) {
      // A clock that steps back does not turn time itself back.
      const at = Math.max(packetAt, number * HOUR_MS + Number(record.at - shift - began) / NANOS_PER_MS);
      for (; now + 1000 <= at; now += 1000) tell(analysis.tick(now + 1000));
      packetAt = at;
      analysis.decoder.decode(inputs.slice(record));
      result.packets += 1;
    }
    if (number % RESTART_EVERY === RESTART_EVERY - 1) {
      const saved = serialize(analysis.save());
      analysis = opened();
      analysis.restore(deserialize(saved), now);
      result.restarts += 1;
    }
    const heapMegabytes = heapNow();
    result.ikeSas.push(analysis.tally.ikeSas);
    if (heapMegabytes !== null) result.heap.push(heapMegabytes);
    onHour?.(number + 1, { ikeSas: analysis.tally.ikeSas, lines: told, heapMegabytes });
  }
  for (let i = 0; i < 20; i += 1, now += 1000) tell(analysis.tick(now + 1000));
  const { lines, report } = analysis.finish(now);
  tell(lines);
  result.counted = report.capture.packets;
  result.evicted = analysis.tally.evicted;
  const { report: read } = await analyze([path]);
  for (const finding of read.findings) result.file[who(finding)] = finding.verdict;
  result.warnings = read.warnings.map(({ code }) => code);
  return result;
}

/** Of what is in use, where the program was started with --expose-gc. */
function heapNow(): number | null {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) return null;
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
