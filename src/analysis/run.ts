/**
 * Runs an analysis over a feed, whatever it is: files are judged once at their end; an interface, a pipe or a stream
 * of records ten times a second, as far as there is reason to, and what is found is handed on at once.
 */

import type { CaptureError } from "../capture/source.ts";
import type { EvidencePlan } from "../evidence/plan.ts";
import { type DriveEnd, drive, type Stopping } from "../feed/drive.ts";
import type { Feed } from "../feed/feed.ts";
import { Pace } from "../feed/pace.ts";
import type { Line } from "../report/lines.ts";
import type { CaptureMetrics } from "../report/metrics.ts";
import type { Report } from "../report/model.ts";
import type { Timeline } from "../report/timeline.ts";
import { LiveAnalysis } from "./analysis.ts";
import type { LiveOptions } from "./live-options.ts";
import { captureMetrics, statsLine, statusWarnings, withLive } from "./live-report.ts";

export type { Feed, LiveStatus } from "../feed/feed.ts";

export interface RunOptions extends LiveOptions {
  /** Stop after so many packets. */
  maxPackets?: number;
  /** Stop after so many seconds. */
  seconds?: number;
  /** When aborted, the input counts as ended. */
  signal?: Stopping;
  /** Called behind each round of reading. */
  onRound?: (analysis: LiveAnalysis) => void;
  /** The input may go on for weeks, and is judged while it does; absent: it is judged at its end. */
  live?: LiveRun;
}

export interface LiveRun {
  /** Seconds between two `stats` lines; 0 for none. */
  statsEvery?: number;
  /** Takes lines as they come: findings, updates, warnings, stats. The report is not among them; it follows the last. */
  onLines?: (lines: readonly Line[], analysis: LiveAnalysis, isLast: boolean) => void;
  /** Takes the metrics every quarter of a minute, and at the end. */
  onMetrics?: (metrics: CaptureMetrics) => void;
  /** Called ten times a second. @param live packets come as they happen; false: a recording is read */
  onTick?: (analysis: LiveAnalysis, live: boolean) => void;
  /** The input is a part of something that goes on: who keeps what is known between the parts. */
  keeper?: { begin(analysis: LiveAnalysis): void; end(): Promise<void> };
  /** Lines of output that were dropped so far. */
  linesDropped?: () => number;
}

/** What is left at the end. */
export interface Outcome {
  report: Report;
  /** How many packets were read, and why not more. */
  packets: number;
  end: DriveEnd;
  /** What a drawing needs; made when it is asked for. */
  timelines: () => Timeline[];
  /** What evidence of the findings has to hold, made when it is asked for; null where nothing was found. */
  plan: (() => EvidencePlan) | null;
}

const TICK_MS = 100;
const REFRESH_MS = 5_000;
const METRICS_MS = 15_000;

/**
 * Reads to the end of the feed, or until it is told to stop; the report is of all of it.
 * @param unreadable inputs that could not be read at all, asked for when the reading is over
 */
export async function run(
  feed: Feed,
  options: RunOptions = {},
  unreadable: () => readonly CaptureError[] = () => [],
): Promise<Outcome> {
  const analysis = new LiveAnalysis(feed, options);
  const driving = {
    signal: options.signal,
    limit: options.maxPackets,
    stopAfter: options.seconds === undefined ? undefined : seconds(options.seconds),
    drain: () => {
      analysis.boundHosts();
      options.onRound?.(analysis);
    },
  };
  const outcome = (report: Report, end: DriveEnd): Outcome => ({
    report,
    packets: analysis.packets,
    end,
    timelines: () => analysis.timelines(),
    plan: analysis.evidencePlan,
  });
  if (options.live === undefined) {
    const end = await drive(feed, analysis.decoder, driving);
    if (end !== "ended") await feed.interrupt?.((source) => analysis.decoder.taken(source));
    analysis.endReading();
    return outcome(analysis.report(unreadable()), end);
  }
  const watch = new Watch(feed, analysis, options.live, options.now ?? (() => 0));
  const end = await drive(feed, analysis.decoder, {
    ...driving,
    every: [TICK_MS, () => watch.tick()],
    beforeHeldBack: () => watch.endOfPart(),
  });
  return outcome(watch.finish(unreadable()), end);
}

/** What is said while an input goes on, and at its end. */
class Watch {
  readonly #feed: Feed;
  readonly #analysis: LiveAnalysis;
  readonly #options: LiveRun;
  readonly #now: () => number;
  readonly #pace: Pace;
  readonly #warnings: (now: number) => Line[];
  readonly #began: number;
  #statsAt: number;
  #refreshAt: number;
  #metricsAt = Number.NEGATIVE_INFINITY;

  constructor(feed: Feed, analysis: LiveAnalysis, options: LiveRun, now: () => number) {
    this.#feed = feed;
    this.#analysis = analysis;
    this.#options = options;
    this.#now = now;
    this.#pace = new Pace(options.keeper !== undefined || feed.status !== undefined);
    options.keeper?.begin(analysis);
    this.#warnings = statusWarnings(feed, analysis, () => this.#linesDropped);
    this.#began = now();
    this.#statsAt = this.#began + seconds(options.statsEvery ?? 0);
    this.#refreshAt = this.#began + REFRESH_MS;
  }

  tick(): void {
    const now = this.#now();
    const live = this.#pace.tick(now, this.#analysis);
    this.#options.onTick?.(this.#analysis, live);
    if (!live) return;
    this.#announce(this.#analysis.tick(now));
    this.#announce(this.#warnings(now));
    if (now >= this.#refreshAt) {
      this.#refreshAt = now + REFRESH_MS;
      this.#feed.refresh?.();
    }
    this.#stats(now);
    if (now >= this.#metricsAt) this.#metrics(now);
  }

  #metrics(now: number): void {
    this.#metricsAt = now + METRICS_MS;
    const { onMetrics } = this.#options;
    if (onMetrics === undefined) return;
    const stats = statsLine(this.#feed, this.#analysis, now, this.#began, this.#linesDropped);
    onMetrics(captureMetrics(stats, this.#analysis));
  }

  #stats(now: number): void {
    const { statsEvery = 0 } = this.#options;
    if (statsEvery === 0 || now < this.#statsAt) return;
    this.#statsAt += seconds(statsEvery);
    this.#announce([statsLine(this.#feed, this.#analysis, now, this.#began, this.#linesDropped)]);
  }

  /** What a state keeps waits there for older rows of the next part, and is in the report alone. */
  async endOfPart(): Promise<void> {
    const { keeper } = this.#options;
    if (keeper === undefined) return;
    const now = this.#now();
    this.#announce(this.#warnings(now));
    this.#announce(this.#analysis.pause(now));
    await keeper.end();
  }

  finish(unreadable: readonly CaptureError[]): Report {
    const { keeper } = this.#options;
    if (keeper === undefined) this.#announce(this.#warnings(this.#now()), true);
    // A file that came through a pipe ends with its last packet, whenever that was read.
    const end = this.#pace.live ? this.#now() : this.#analysis.scannedAt;
    const { lines, report } = this.#analysis.finish(end, unreadable);
    // Where it goes on, the end is that of the report alone.
    if (keeper === undefined) this.#announce(lines, true);
    this.#metrics(this.#now());
    return withLive(report, this.#feed, this.#analysis, this.#linesDropped);
  }

  get #linesDropped(): number {
    return this.#options.linesDropped?.() ?? 0;
  }

  #announce(lines: readonly Line[], isLast = false): void {
    if (lines.length > 0) this.#options.onLines?.(lines, this.#analysis, isLast);
  }
}

function seconds(count: number): number {
  return count * 1_000;
}
