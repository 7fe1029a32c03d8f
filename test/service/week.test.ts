/** A simulated week of a service that watches alone: what its metrics say is so, and it holds no more than on its second day. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { captureMetrics, statsLine } from "../../src/analysis/live-report.ts";
import type { Feed } from "../../src/feed/feed.ts";
import { metricsText } from "../../src/printers/openmetrics.ts";
import type { Report } from "../../src/report/model.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, START, Stage } from "../support/session.ts";

/** SERVICE_DAYS=60 plays two months. */
const DAYS = Number(process.env.SERVICE_DAYS ?? 7);
/** Hours of each day in which anybody connects. */
const OFFICE_HOURS = 8;
const HOUR = 3_600_000_000_000n;
const TICK_MS = 300_000;
const BUSY = "192.0.2.1";
const QUIET = "192.0.2.2";

/** An hour of the office: at BUSY one client is kept out by another, at QUIET both are let in on one ID. */
function hour(number: number): Stage {
  const stage = new Stage(7000 + number);
  const first = new Client(stage, { address: "198.51.100.11", responder: BUSY }).connect(10);
  first.quickMode(10.2, 1).esp(11, 1500, 300).deleteEsp(1510).farewell(1510.1);
  new Client(stage, { address: "198.51.100.12", responder: BUSY })
    .connect(100)
    .unanswered(100.2, 1)
    .farewell(160);
  new Client(stage, { address: "198.51.100.12", responder: BUSY })
    .connect(1600)
    .quickMode(1600.2, 1)
    .esp(1601, 2500, 300)
    .deleteEsp(2510)
    .farewell(2510.1);
  for (const address of ["203.0.113.21", "203.0.113.22"]) {
    const session = new Client(stage, { address, responder: QUIET }).connect(
      address.endsWith("1") ? 200 : 260,
    );
    session
      .quickMode(address.endsWith("1") ? 200.2 : 260.2, 1)
      .esp(261, 900, 300)
      .deleteEsp(910)
      .farewell(910.1);
  }
  return stage;
}

/** The samples of the text form by name and labels. */
function samplesOf(text: string): Map<string, number> {
  const samples = [...text.matchAll(/^([a-z_]+(?:\{[^}]*\})?) (\S+)$/gm)];
  return new Map(samples.map(([, name, value]) => [name.replace("ike_dupcheck_", ""), Number(value)]));
}

/** Findings of a report by gateway and verdict, as the metrics name them. */
function findingsOf(report: Report): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { responder, verdict } of report.findings) {
    const name = `findings{gateway="${responder}",verdict="${verdict}"}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The analysis of a service and what surrounds it, played: time is simulated. */
class PlayedService {
  readonly analysis: LiveAnalysis;
  packets = 0;
  /** Time of the last packet, nanoseconds since the epoch. */
  last = 0n;
  #began: bigint | null = null;
  #now = 0;
  #packetAt = 0;
  readonly #inputs = new PlayedInputs();

  constructor() {
    this.analysis = new LiveAnalysis(this.#inputs, { now: () => this.#packetAt });
  }

  /** The packets of an hour, as far as they come within so many seconds of it. */
  play(number: number, seconds: number): void {
    const shift = BigInt(number) * HOUR;
    for (const { at, frame } of hour(number).sorted()) {
      if (at - START > BigInt(seconds) * 1_000_000_000n) return;
      this.last = at + shift;
      this.#began ??= this.last;
      this.#packetAt = Number(this.last - this.#began) / 1e6;
      for (; this.#now + TICK_MS <= this.#packetAt; this.#now += TICK_MS)
        this.analysis.tick(this.#now + TICK_MS);
      this.analysis.decoder.decode(this.#inputs.slice({ at: this.last, frame }));
      this.packets += 1;
    }
  }

  /** What `--metrics` writes just now, as samples. */
  metrics(): Map<string, number> {
    this.analysis.tick(this.#packetAt);
    const stats = statsLine(this.#inputs as unknown as Feed, this.analysis, this.#packetAt, 0, 0);
    const program = { version: "1", startedAt: 0, residentBytes: 1 };
    return samplesOf(metricsText({ ...captureMetrics(stats, this.analysis), ...program }));
  }

  finish(): Report {
    return this.analysis.finish(this.#packetAt).report;
  }
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test(`${DAYS} days: metrics are true, and memory is flat`, () => {
  const service = new PlayedService();
  const heaps: number[] = [];
  for (let played = 0; played < DAYS * OFFICE_HOURS; played += 1) {
    const hourOfDay = played % OFFICE_HOURS;
    service.play(Math.floor(played / OFFICE_HOURS) * 24 + hourOfDay, 3600);
    const samples = service.metrics();
    expect(samples.get("packets_total")).toBe(service.packets);
    expect(samples.get("last_packet_timestamp_seconds")).toBeCloseTo(Number(service.last / 1_000n) / 1e6, 5);
    expect(samples.get("evicted_ike_sas_total")).toBe(0);
    // Five IKE SAs come in an hour, and one more may still be in its last minutes.
    expect(samples.get("ike_sas")).toBeLessThanOrEqual(6);
    if (hourOfDay === OFFICE_HOURS - 1) heaps.push(heapUsed());
  }
  // In the middle of another hour, so that there are findings in memory beside those that ended.
  service.play(DAYS * 24, 700);
  const samples = service.metrics();
  const collisions = DAYS * OFFICE_HOURS;
  const closed = (verdict: string) => samples.get(`closed_findings_total{verdict="${verdict}"}`);
  expect([closed("rejected"), closed("tolerated")]).toEqual([collisions, collisions]);
  expect([closed("predicted"), closed("possible")]).toEqual([0, 0]);
  const report = service.finish();
  expect(findingsOf(report)).toEqual(
    new Map([
      [`findings{gateway="${BUSY}",verdict="rejected"}`, 1],
      [`findings{gateway="${QUIET}",verdict="tolerated"}`, 1],
    ]),
  );
  const inMemory = [...samples].filter(([name, count]) => name.startsWith("findings{") && count > 0);
  expect(new Map(inMemory)).toEqual(findingsOf(report));
  expect(samples.get("packets_total")).toBe(report.capture.packets);
  expect(samples.get("clients")).toBe(report.clients.length);
  expect(samples.get("gateways")).toBe(report.responders.length);
  expect(samples.get("quick_mode_messages_total")).toBe(report.capture.quickModeMessages);
  expect(samples.get('messages_total{protocol="ikev1"}')).toBe(report.capture.messages.ikev1);
  const megabytes = heaps.map((heap) => (heap / 1e6).toFixed(1));
  console.log(`${service.packets} packets; heap at the end of each day: ${megabytes.join(", ")} MB`);
  // V8 compiles ever less in the first fortnight, of which a week sees 1 to 2 MB; SERVICE_DAYS=40 is flat behind that.
  expect(heaps.at(-1)! - heaps[1]).toBeLessThan(3_000_000);
});
