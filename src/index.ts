/**
 * From captures to the report: the one place where the stages meet, and the library's entry point.
 *
 *   bytes -> record batches -> ISAKMP datagrams -> messages -> IKE SAs and exchanges -> findings -> report
 */

import { judgementOf } from "./analysis/analysis.ts";
import { type Extraction, type ExtractOptions, extractFrom } from "./analysis/extraction.ts";
import type { Partition } from "./analysis/partition.ts";
import { Scanner } from "./analysis/scanner.ts";
import { othersOf, scopeOf } from "./analysis/scope.ts";
import type { CaptureError } from "./capture/source.ts";
import { type EvidencePlan, evidencePlan } from "./evidence/plan.ts";
import type { FeedInput, Slice } from "./feed/feed.ts";
import { REORDER } from "./feed/formats.ts";
import { MergedCapture } from "./feed/sequencer.ts";
import { Tracker } from "./ike/tracker.ts";
import { refuseLogs } from "./logs/format.ts";
import { fileInputs } from "./node/files.ts";
import { expandInputs } from "./node/inputs.ts";
import type { Report } from "./report/model.ts";
import { reportOf } from "./report/report.ts";
import { buildTimelines, type Timeline } from "./report/timeline.ts";
import { portSet } from "./wire/locate.ts";

export { CaptureError } from "./capture/source.ts";
/**
 * Reads captures and hands their message records to `write`, some lines at a time, as they are read.
 * @param write takes whole lines; an error that it throws ends the reading
 */

export async function extract(
  inputs: readonly string[],
  options: ExtractOptions,
  write: (lines: string) => Promise<void>,
): Promise<Extraction> {
  const { names, failures, leftOut } = await expandInputs(inputs);
  const merged = new MergedCapture(fileInputs(names).map(packetsOnly));
  try {
    const counts = await extractFrom(merged, options, write);
    const problems = merged.summaries.flatMap(({ problem }) => (problem === null ? [] : [problem]));
    const unread = leftOut.map(({ message }) => message);
    return { counts, failures: [...failures, ...merged.failures], problems: [...unread, ...problems] };
  } finally {
    await merged.close();
  }
}
/** A log would become records that tell more than it does. */

function packetsOnly(input: FeedInput): FeedInput {
  const open = async (chunk?: number) => {
    const source = await input.open(chunk);
    try {
      refuseLogs([source.summary], "nothing can be extracted: give it to the main command as it is");
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  };
  return { ...input, open };
}

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
  const { names, duplicates, failures, leftOut } = await expandInputs(inputs);
  const reorder = options.reorderSeconds === undefined ? REORDER : options.reorderSeconds * 1e6;
  const merged = new MergedCapture(fileInputs(names, { reorder }));
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
  const report = reportOf(merged, tracker, scanner, scope, judgement, [...unreadable, ...leftOut]);
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
