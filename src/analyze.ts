/**
 * From captures to the report: the one place where the stages meet, and the library's entry point.
 *
 *   bytes -> record batches -> ISAKMP datagrams -> messages -> IKE SAs and exchanges -> findings -> report
 */

import type { CaptureError } from "./capture/batch.ts";
import { type Inputs, MergedCapture, type Slice } from "./capture/merge.ts";
import { expandInputs, openCapture, REORDER } from "./capture/open.ts";
import { type EvidencePlan, evidencePlan } from "./findings/evidence.ts";
import { type Judgement, judge } from "./findings/judge.ts";
import type { Moment } from "./ike/liveness.ts";
import { Tracker } from "./ike/tracker.ts";
import type { Partition } from "./records/partition.ts";
import { buildClients, buildFindings, buildResponders, countVerdicts } from "./report/build.ts";
import { buildCoverage } from "./report/coverage.ts";
import type { Capture, Report } from "./report/model.ts";
import { isoTime } from "./report/time.ts";
import { buildTimelines, type Timeline } from "./report/timeline.ts";
import { buildWarnings } from "./report/warnings.ts";
import { Scanner } from "./scan.ts";
import { othersOf, type Scope, scopeOf } from "./scope.ts";
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

/** What `evidenceCapture` needs to know of an analysis. */
export interface EvidenceBase {
  plan: EvidencePlan;
  /** The files that were read, in their order, and how many packets of them. */
  names: readonly string[];
  packets: number;
}

export interface AnalyzeOptions {
  /** UDP ports beside 500 and 4500. */
  ports?: readonly number[];
  /** Addresses or prefixes of responders: only these are judged, and roles are taken from them. */
  responders?: readonly string[];
  /** Judge only the responders of one share of several: the reports of all shares together are that of the whole. */
  partition?: Partition;
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
  /** What a drawing needs; made when it is asked for. */
  timelines: () => Timeline[];
  /** Null where there is no finding. */
  evidence: EvidenceBase | null;
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
  tracker.isOthers = othersOf(scope);
  const reservedHosts = tracker.hosts.size;
  const scanner = new Scanner(tracker, portSet(options.ports ?? []));
  const limit = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const rounds = merged.rounds();
  // A pipe on which nothing comes must not keep an interrupted read from ending.
  const interrupted = new Promise<IteratorResult<Iterable<Slice>>>((resolve) => {
    const stop = () => resolve({ done: true, value: undefined });
    options.signal?.addEventListener("abort", stop, { once: true });
  });
  while (options.signal?.aborted !== true && scanner.packets < limit) {
    const { done, value: round } = await Promise.race([rounds.next(), interrupted]);
    if (done === true) break;
    let source = 0;
    // All inputs are open by now, or were looked into: a message may come by a capture and as a record.
    scanner.exchanged ||= merged.summaries.some(({ format }) => format.startsWith("records"));
    for (const slice of round) {
      scanner.scan(slice, limit - scanner.packets);
      source = slice.source;
    }
    tracker.boundHosts(reservedHosts);
    options.onProgress?.({ ...merged.progress(source), packets: scanner.packets });
  }
  // The report comes first: closing an input that is still being read would look like a fault of it.
  const judgement = judgementOf(tracker, scanner, scope);
  const unreadable = [...failures, ...merged.failures];
  const report = reportOf(merged, tracker, scanner, scope, judgement, unreadable);
  await merged.close();
  const plan = evidencePlan(judgement, tracker);
  const read = merged.summaries.map(({ name }) => name);
  return {
    report,
    failures: unreadable,
    duplicates,
    timelines: () => buildTimelines(judgement, tracker.hosts),
    evidence: plan === null ? null : { plan, names: read, packets: scanner.packets },
  };
}

/** Judges what was scanned so far. `end` is the end of the capture; `running`: it goes on from there. */
export function judgementOf(
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  end: Moment = { at: scanner.lastAt, segment: scanner.lastSegment },
  running = false,
): Judgement {
  return judge(tracker, { ...scope, captureStart: scanner.firstAt, captureEnd: end, running });
}

/** Puts a judgement, and what was read, into a report. */
export function reportOf(
  inputs: Inputs,
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  judgement: Judgement,
  unreadable: readonly CaptureError[] = [],
): Report {
  const { hosts } = tracker;
  const context = { hosts, sources: inputs.summaries, aliasesOf: scope.aliasesOf };
  const capture = captureOf(inputs, tracker, scanner, scope, judgement);
  const clients = buildClients(judgement, context);
  const sas = tracker.table.sas;
  const warnings = [
    ...inputs.summaries.flatMap(({ notes = [] }) => notes),
    ...buildWarnings(capture, judgement, clients, inputs.clockSteps, hosts),
  ];
  const sentences = unreadable.map(({ message }) => message);
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
    warnings,
    coverage: buildCoverage(capture, judgement, warnings, sentences, hosts),
  };
}

function captureOf(
  inputs: Inputs,
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  judgement: Judgement,
): Capture {
  const { packets, messages, quickModeMessages, skipped, malformed } = scanner.counts();
  return {
    sources: inputs.summaries.map((summary, i) => {
      const { name, format, linkTypes, bytes, end, problem, untimed, timeDigits } = summary;
      const { first, last } = inputs.times[i];
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
    evicted: { ...tracker.evicted, ...judgement.evicted },
    ...(scope.partition === null ? {} : { partition: { ...scope.partition } }),
  };
}
