/** What a capture that goes on says of itself: the stats line, warnings as they arise, and its part of the report. */

import type { Feed } from "../feed/feed.ts";
import { advised } from "../report/advice/advised.ts";
import type { Line, StatsLine } from "../report/lines.ts";
import type { CaptureMetrics } from "../report/metrics.ts";
import type { Report, Warning } from "../report/model.ts";
import type { LiveAnalysis } from "./analysis.ts";

export function statsLine(
  inputs: Feed,
  analysis: LiveAnalysis,
  now: number,
  began: number,
  linesDropped: number,
): StatsLine {
  const { packets, messages, quickModeMessages } = analysis.counts;
  const sources = inputs.summaries.map(({ name, packets: own }) => ({
    name,
    state: "capturing" as const,
    packets: own,
  }));
  return {
    type: "stats",
    schemaVersion: "1",
    at: analysis.time(now),
    uptimeSeconds: Math.round((now - began) / 1_000),
    packets,
    messages,
    quickModeMessages,
    ...analysis.tally,
    dropped: droppedOf(inputs, linesDropped),
    sources: inputs.status?.sources ?? sources,
  };
}

/** The same, and what else a monitoring system wants to know, as of the last judgement. */
export function captureMetrics(stats: StatsLine, analysis: LiveAnalysis): CaptureMetrics {
  const { lastAt } = analysis;
  return {
    stats,
    gateways: analysis.gatewayFindings,
    lastPacketAt: Number.isNaN(lastAt) ? null : lastAt / 1e6,
    judgementSeconds: analysis.judgementSeconds,
  };
}

function droppedOf({ status }: Feed, output: number) {
  return { kernel: status?.dropped.kernel ?? null, queue: status?.dropped.queue ?? 0, output };
}

/** Gives, each time it is asked, the warnings that are new since the last time. */
export function statusWarnings(
  inputs: Feed,
  analysis: LiveAnalysis,
  linesDropped: () => number,
): (now: number) => Line[] {
  const announced = new Map<string, string>();
  let heardAt = Number.NEGATIVE_INFINITY;
  return (now) => {
    // A loss that goes on is told every few seconds, not ten times in one.
    if (now - heardAt < 5_000) return [];
    const lines: Line[] = [];
    for (const { code, message } of liveWarnings(inputs, analysis, linesDropped())) {
      if (announced.get(code) === message) continue;
      announced.set(code, message);
      lines.push({ type: "warning", schemaVersion: "1", at: analysis.time(now), code, message });
    }
    if (lines.length > 0) heardAt = now;
    return lines;
  };
}

function liveWarnings(inputs: Feed, analysis: LiveAnalysis, linesDropped: number): Warning[] {
  const { status } = inputs;
  const warnings: Warning[] = [];
  const kernel = status?.dropped.kernel ?? 0;
  const queue = status?.dropped.queue ?? 0;
  if (kernel > 0 || queue > 0) {
    const message = `${kernel} packets were dropped by the kernel and ${queue} on their way to the analysis: what they held is missing here.`;
    warnings.push({ code: "packets-dropped", message });
  }
  const interruptions = status?.interruptions ?? 0;
  if (interruptions > 0) {
    const message = `The capture broke off ${interruptions === 1 ? "once" : `${interruptions} times`}: what passed until it went on is missing here.`;
    warnings.push({ code: "capture-interrupted", message });
  }
  if (linesDropped > 0) {
    warnings.push({
      code: "lines-dropped",
      message: `${linesDropped} lines of output were dropped: nobody took them.`,
    });
  }
  const { evicted } = analysis.tally;
  if (evicted > 0) {
    const message = `${evicted} IKE SAs were dropped because the table was full (--max-sas): what they held is missing here.`;
    warnings.push({ code: "evicted", message });
  }
  return warnings;
}

/** The report with what only a capture that went on has; one that was a file after all is left as it is. */
export function withLive(report: Report, inputs: Feed, analysis: LiveAnalysis, linesDropped: number): Report {
  const { closed } = analysis.tally;
  const { status } = inputs;
  if (status === undefined && closed.ikeSas === 0 && linesDropped === 0) return report;
  const warnings = liveWarnings(inputs, analysis, linesDropped).filter(({ code }) => code !== "evicted");
  const findings = Object.values(closed.findings).reduce((sum, count) => sum + count, 0);
  if (findings > 0) {
    const message = `${findings} findings were told while the capture ran and are no longer listed: all their IKE SAs ended before.`;
    warnings.push({ code: "findings-closed", message });
  }
  return advised({
    ...report,
    warnings: [...report.warnings, ...warnings],
    live: {
      times: status?.times ?? "as-written",
      interruptions: status?.interruptions ?? 0,
      dropped: droppedOf(inputs, linesDropped),
      closed,
    },
  });
}
