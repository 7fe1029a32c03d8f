/**
 * Drives an analysis that goes on: reads what comes, ticks ten times a second, and hands on what is to be
 * told. For live interfaces, and for a pipe, which may be either a live capture or a file that somebody pipes in.
 */

import type { EvidencePlan } from "../evidence/plan.ts";
import { RoundReader } from "../feed/drive.ts";
import type { LiveInputs, Slice } from "../feed/feed.ts";
import { Liveness } from "../feed/pace.ts";
import type { Line } from "../report/lines.ts";
import type { Report } from "../report/model.ts";
import type { Timeline } from "../report/timeline.ts";
import { LiveAnalysis, type LiveOptions } from "./analysis.ts";
import { statsLine, statusWarnings, withLive } from "./live-report.ts";

export interface WatchOptions extends LiveOptions {
  /** Stop after so many packets. */
  maxPackets?: number;
  /** Stop after so many seconds. */
  seconds?: number;
  /** Seconds between two `stats` lines; 0 for none. */
  statsEvery?: number;
  /** When aborted, the input counts as ended. */
  signal?: AbortSignal;
  /** Takes lines as they come: findings, updates, warnings, stats. The report is not among them. */
  onLines?: (lines: readonly Line[], analysis: LiveAnalysis) => void;
  /** Takes the records that are analysed; slices are valid during the call. */
  onSlice?: (slice: Slice) => void;
  /** Called ten times a second. */
  onTick?: (analysis: LiveAnalysis) => void;
  /** The input is a part of something that goes on: who keeps what is known between the parts. */
  keeper?: { begin(analysis: LiveAnalysis): void; end(): Promise<void> };
  /** Lines of output that were dropped so far. */
  linesDropped?: () => number;
}

/** What is left at the end. */
export interface Watched {
  report: Report;
  timelines: () => Timeline[];
  /** What evidence of the findings has to hold; null where there is none. */
  plan: EvidencePlan | null;
}

const TICK_MS = 100;
const REFRESH_MS = 5_000;

/** Reads to the end of the inputs, or until it is told to stop; the report is of all of it. */
export async function watch(inputs: LiveInputs, options: WatchOptions = {}): Promise<Watched> {
  const analysis = new LiveAnalysis(inputs, options);
  const { keeper } = options;
  const isLive = new Liveness(keeper !== undefined || inputs.status !== undefined);
  keeper?.begin(analysis);
  const began = performance.now();
  const limit = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const linesDropped = options.linesDropped ?? (() => 0);
  const tell = (lines: readonly Line[]) => {
    if (lines.length > 0) options.onLines?.(lines, analysis);
  };
  const warnings = statusWarnings(inputs, analysis, linesDropped);
  let statsAt = began + seconds(options.statsEvery ?? 0);
  let refreshAt = began + REFRESH_MS;
  const tick = () => {
    const now = performance.now();
    options.onTick?.(analysis);
    if (!isLive.tick(now, analysis)) return;
    tell(analysis.tick(now));
    tell(warnings(now));
    if (now >= refreshAt) {
      refreshAt = now + REFRESH_MS;
      inputs.refresh?.();
    }
    if ((options.statsEvery ?? 0) === 0 || now < statsAt) return;
    statsAt += seconds(options.statsEvery ?? 0);
    tell([statsLine(inputs, analysis, now, began, linesDropped())]);
  };
  const take = (slices: Iterable<Slice>) => {
    for (const slice of slices) {
      slice.end = Math.min(slice.end, slice.start + limit - analysis.packets);
      options.onSlice?.(slice);
      analysis.scan(slice, performance.now());
    }
  };
  const takeRest = () => {
    if (analysis.packets < limit) take(inputs.rest?.() ?? []);
  };
  const reader = new RoundReader(inputs);
  const stop = () => reader.stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted === true) stop();
  const timers = [setInterval(tick, TICK_MS)];
  if (options.seconds !== undefined) timers.push(setTimeout(stop, seconds(options.seconds)));
  try {
    while (analysis.packets < limit) {
      const round = await reader.next();
      if (round === null) break;
      take(round);
    }
  } finally {
    for (const timer of timers) clearInterval(timer);
    options.signal?.removeEventListener("abort", stop);
    inputs.stop?.();
  }
  // What a state keeps waits there for older lines of the next run, and is in the report alone.
  if (keeper === undefined) takeRest();
  const now = performance.now();
  tell(warnings(now));
  // A file that came through a pipe ends with its last packet, whenever that was read.
  if (keeper !== undefined) {
    tell(analysis.pause(now));
    await keeper.end();
    takeRest();
  }
  const { lines, report } = analysis.finish(isLive.live ? performance.now() : analysis.scannedAt);
  // Where it goes on, the end is that of the report alone.
  if (keeper === undefined) tell(lines);
  return {
    report: withLive(report, inputs, analysis, linesDropped()),
    timelines: () => analysis.timelines(),
    plan: analysis.evidencePlan(),
  };
}

function seconds(count: number): number {
  return count * 1_000;
}
