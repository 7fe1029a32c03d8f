/**
 * From captures to the report: the one place where the stages meet, and the library's entry point.
 *
 *   bytes -> record batches -> ISAKMP datagrams -> messages -> IKE SAs and exchanges -> findings -> report
 */

import type { CaptureError } from "./capture/batch.ts";
import { MergedCapture, type Slice } from "./capture/merge.ts";
import { expandInputs, openCapture, REORDER } from "./capture/open.ts";
import { judge } from "./findings/judge.ts";
import { Tracker } from "./ike/tracker.ts";
import { buildClients, buildFindings, buildResponders, countVerdicts } from "./report/build.ts";
import type { Capture, Report } from "./report/model.ts";
import { isoTime } from "./report/time.ts";
import { buildWarnings } from "./report/warnings.ts";
import { Scanner } from "./scan.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { toolName, version } from "./version.ts";
import { portSet } from "./wire/locate.ts";

export { CaptureError } from "./capture/batch.ts";
export type { Report } from "./report/model.ts";

export interface Progress {
  /** Bytes of the inputs read so far, and of all of them; null when that is not known (a pipe). */
  bytes: number;
  totalBytes: number | null;
  packets: number;
  /** Name of the input being read. */
  source: string;
}

export interface AnalyzeOptions {
  /** UDP ports beside 500 and 4500. */
  ports?: readonly number[];
  /** Addresses or prefixes of responders: only these are judged, and roles are taken from them. */
  responders?: readonly string[];
  /** Pairs of addresses that are one box; the first names it. */
  aliases?: readonly (readonly [string, string])[];
  /** How far lines of message records may be out of order, seconds; 5 unless given. */
  reorderSeconds?: number;
  /** Stop after so many packets. */
  maxPackets?: number;
  /** When aborted, the input counts as ended. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface Analysis {
  report: Report;
  /** Inputs that could not be read at all. */
  failures: readonly CaptureError[];
  /** Inputs that were named twice and are read once. */
  duplicates: readonly string[];
}

/**
 * Reads captures (files, directories, "-" for standard input) and reports the message-ID collisions in them.
 *
 * Inputs that cannot be read are in `failures`; what the others hold is in the report all the same.
 * @throws RangeError for an address, prefix or port that is none
 */
export async function analyze(inputs: readonly string[], options: AnalyzeOptions = {}): Promise<Analysis> {
  const { names, duplicates, failures } = await expandInputs(inputs);
  const reorder = options.reorderSeconds === undefined ? REORDER : options.reorderSeconds * 1e6;
  const merged = new MergedCapture(names, (name, chunk) => openCapture(name, chunk, reorder));
  const tracker = new Tracker();
  const scope = scopeOf(options, tracker.hosts);
  const scanner = new Scanner(tracker, portSet(options.ports ?? []));
  const limit = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const slices = merged.slices();
  // A pipe on which nothing comes must not keep an interrupted read from ending.
  const interrupted = new Promise<IteratorResult<Slice>>((resolve) => {
    const stop = () => resolve({ done: true, value: undefined });
    options.signal?.addEventListener("abort", stop, { once: true });
  });
  while (options.signal?.aborted !== true && scanner.packets < limit) {
    const { done, value: slice } = await Promise.race([slices.next(), interrupted]);
    if (done === true) break;
    scanner.scan(slice, limit - scanner.packets);
    options.onProgress?.({ ...merged.progress(slice.source), packets: scanner.packets });
  }
  // The report comes first: closing an input that is still being read would look like a fault of it.
  const report = reportOf(merged, tracker, scanner, scope);
  await merged.close();
  return { report, failures: [...failures, ...merged.failures], duplicates };
}

function reportOf(merged: MergedCapture, tracker: Tracker, scanner: Scanner, scope: Scope): Report {
  const judgement = judge(tracker, {
    ...scope,
    captureStart: scanner.firstAt,
    captureEnd: { at: scanner.lastAt, segment: scanner.lastSegment },
  });
  const { hosts } = tracker;
  const context = { hosts, sources: merged.summaries, aliasesOf: scope.aliasesOf };
  const capture = captureOf(merged, tracker, scanner);
  const clients = buildClients(judgement, context);
  const sas = tracker.table.sas;
  return {
    schemaVersion: "1",
    tool: { name: toolName, version },
    capture,
    summary: {
      responders: judgement.boxes.length,
      clients: clients.length,
      ikeSas: sas.length,
      quickModeExchanges: sas.reduce((sum, { exchanges }) => sum + exchanges.length, 0),
      findings: countVerdicts(judgement),
    },
    responders: buildResponders(judgement, context),
    clients,
    findings: buildFindings(judgement, context),
    warnings: [
      ...merged.summaries.flatMap(({ notes = [] }) => notes),
      ...buildWarnings(capture, judgement, clients, merged.clockSteps, hosts),
    ],
  };
}

function captureOf(merged: MergedCapture, tracker: Tracker, scanner: Scanner): Capture {
  const { packets, messages, quickModeMessages, skipped, malformed } = scanner.counts();
  return {
    sources: merged.summaries.map((summary, i) => {
      const { name, format, linkTypes, bytes, end, problem, untimed, timeDigits } = summary;
      const { first, last } = merged.times[i];
      return {
        name,
        format,
        linkTypes: [...linkTypes],
        packets: summary.packets,
        bytes,
        firstPacketAt: first === null ? null : isoTime(first.micros, first.nanos, timeDigits),
        lastPacketAt: last === null ? null : isoTime(last.micros, last.nanos, timeDigits),
        end,
        problem,
        untimed,
      };
    }),
    packets,
    messages,
    quickModeMessages,
    skipped,
    malformed,
    echoes: tracker.echoes,
    retransmissions: tracker.retransmissions,
    evicted: {
      ikeSas: tracker.table.evicted,
      exchanges: tracker.evictedExchanges,
      fragments: tracker.evictedFragments,
      flows: tracker.flows.evicted,
    },
  };
}
