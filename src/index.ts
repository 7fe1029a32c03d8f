/**
 * From captures to the report: the library's entry point on Node.
 *
 *   bytes -> batches -> one feed in the order of time -> datagrams -> facts -> judgement -> report
 */

import { hostname } from "node:os";
import { runAligned } from "./analysis/aligned.ts";
import type { LiveAnalysis } from "./analysis/analysis.ts";
import {
  type Extraction,
  type ExtractOptions as ExtractRunOptions,
  extractFrom,
} from "./analysis/extraction.ts";
import type { Partition } from "./analysis/partition.ts";
import type { Anonymizer } from "./anonymize/anonymizer.ts";
import { withoutSourceNames } from "./anonymize/file-names.ts";
import { CaptureError, label } from "./capture/source.ts";
import type { EvidencePlan } from "./evidence/plan.ts";
import type { Stopping } from "./feed/drive.ts";
import type { FeedInput, Reading } from "./feed/feed.ts";
import { REORDER } from "./feed/formats.ts";
import { Sequencer } from "./feed/sequencer.ts";
import { refuseLog } from "./logs/format.ts";
import { fileInputs } from "./node/files.ts";
import { expandInputs, filesOf } from "./node/inputs.ts";
import { openWitnesses } from "./node/witnesses.ts";
import type { Report } from "./report/model.ts";
import type { Timeline } from "./report/timeline.ts";

const MICROS_PER_SECOND = 1_000_000;

export { CaptureError } from "./capture/source.ts";

export interface ExtractOptions extends ExtractRunOptions {
  /** Name of this sensor; the machine's name unless given. */
  sensor?: string;
}

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
  const feed = Sequencer.over(fileInputs(names).map(packetsOnly));
  const settings = { ...options, sensor: options.sensor ?? hostname(), now: () => performance.now() };
  try {
    const counts = await extractFrom(feed, settings, write);
    const problems = feed.summaries.flatMap(({ problem }) => (problem === null ? [] : [problem]));
    const unread = leftOut.map(({ message }) => message);
    const signalled = options.signal?.aborted === true;
    const isCutShort = feed.summaries.some(
      ({ end }) => end === "corrupt" || (signalled && end === "interrupted"),
    );
    const all = [...failures, ...feed.failures];
    return { counts, failures: all, problems: [...unread, ...problems], isCutShort };
  } finally {
    await feed.close();
  }
}

/** A log would become records that tell more than it does. */
function packetsOnly(input: FeedInput): FeedInput {
  const open = async (reading?: Reading) => {
    const source = await input.open(reading);
    try {
      refuseLog(source.summary, "nothing can be extracted: give it to the main command as it is");
      return source;
    } catch (error) {
      await source.close();
      throw error;
    }
  };
  if (input.expand === undefined) return { ...input, open };
  const expand = async () => {
    const { inputs, leftOut } = await input.expand!();
    return { inputs: inputs.map(packetsOnly), leftOut };
  };
  return { ...input, open, expand };
}

export type { Stopping } from "./feed/drive.ts";
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
  /** What the capture has to hold. */
  plan: () => EvidencePlan;
  /** The files that were read, in their order, what was added to the times of each, and how much was in them. */
  names: readonly string[];
  shifts?: readonly number[];
  packets: number;
  /** Of the packets those that are IKEv1; both are infinite for files of our own, of which all is taken. */
  messages: number;
}

export interface AnalyzeOptions {
  /** UDP ports beside 500 and 4500. */
  ports?: readonly number[];
  /** Addresses or prefixes of responders: only these are judged, and roles are taken from them. */
  responders?: readonly string[];
  /** Judge only the responders of one share of several: the reports of all shares together are that of the whole. */
  partition?: Partition;
  /** Pairs of addresses that are one gateway; the first names it. */
  aliases?: readonly (readonly [string, string])[];
  /** How far lines of message records may be out of order, seconds; 5 unless given. */
  reorderSeconds?: number;
  /** Files of keys (Wireshark's table, bare keys, a daemon's log) that encrypted messages are opened with. */
  keys?: readonly string[];
  /** Logs of the gateway. */
  syslog?: readonly string[];
  /** Events of Windows clients, as `wevtutil qe .. /f:xml` writes them. */
  events?: readonly string[];
  /** Directories in directories as well. */
  recursive?: boolean;
  /** What could not be read before and belongs into this report. */
  leftOut?: readonly CaptureError[];
  /** Stop after so many packets. */
  maxPackets?: number;
  /** IKE SAs held at a time, 60,000 unless given: beyond, the longest silent are left out of the report. */
  maxSas?: number;
  /** Replaces what names anybody, before it is judged: see src/anonymize. */
  anonymizer?: Anonymizer | undefined;
  /** When aborted, the input counts as ended. */
  signal?: Stopping;
  onProgress?: (progress: Progress) => void;
  /** Called with each of `failures` as soon as it is known. */
  onFailure?: (failure: CaptureError) => void;
}

export interface Analysis {
  report: Report;
  /** Inputs that could not be read at all. */
  failures: readonly CaptureError[];
  /** Inputs that were named twice and are read once. */
  duplicates: readonly string[];
  /** What a drawing needs; made when it is asked for. */
  timelines: () => Timeline[];
  /** Null without a finding. */
  evidence: EvidenceBase | null;
}

/** @throws CaptureError always */
function refusedLog(name: string): never {
  throw new CaptureError(
    "unsupported",
    `${label(name)} is a gateway's log, whose lines name addresses and users: it is not read with --anonymize`,
  );
}

/**
 * Reads captures (files, directories, "-" for standard input) and reports the message-ID collisions in them.
 *
 * Inputs that cannot be read are in `failures`; what the others hold is in the report all the same.
 * @throws RangeError for an address, prefix or port that is none
 */
export async function analyze(inputs: readonly string[], options: AnalyzeOptions = {}): Promise<Analysis> {
  const {
    reorderSeconds,
    onProgress,
    onFailure = () => {},
    recursive = false,
    leftOut: before = [],
    keys = [],
    syslog = [],
    events = [],
    ...rest
  } = options;
  const { names, duplicates, failures, leftOut } = await expandInputs(inputs, { recursive });
  const reorder = reorderSeconds === undefined ? REORDER : reorderSeconds * MICROS_PER_SECOND;
  const witnesses = await openWitnesses({ keys, events }, rest.signal);
  // Its lines hold addresses, and names of users and devices, and would be shown.
  const gatewayLog = options.anonymizer === undefined ? witnesses.gatewayLog : refusedLog;
  const logs = await filesOf(syslog);
  const unread = [...failures, ...witnesses.failures];
  for (const failure of unread) onFailure(failure);
  let told = 0;
  let rounds = 0;
  const onRound = (feed: Sequencer, { packets }: LiveAnalysis) => {
    for (; told < feed.failures.length; told += 1) onFailure(feed.failures[told]);
    // Each input is asked how far it is, which takes a while where there are many.
    if (rounds % (1 + (names.length >> 8)) === 0) onProgress?.({ ...feed.progress(), packets });
    rounds += 1;
  };
  // The report comes first: closing an input that is still being read would look like a fault of it.
  const { report, packets, timelines, plan, feed, shifts } = await runAligned(
    [...fileInputs(names, { reorder, gatewayLog }), ...fileInputs(logs, { gatewayLog, isGatewayLog: true })],
    { ...rest, onRound, witnesses },
    (reading) => [...before, ...unread, ...reading.failures, ...leftOut, ...reading.leftOut],
  );
  await feed.close();
  const read = feed.summaries.map(({ name }) => name);
  const { inputOf } = feed;
  return {
    report: options.anonymizer === undefined ? report : withoutSourceNames(report, feed.summaries, inputs),
    failures: [...unread, ...feed.failures],
    duplicates,
    timelines,
    evidence:
      plan === null
        ? null
        : {
            plan,
            names: read,
            shifts: read.map((_, source) => shifts[inputOf[source]]),
            packets,
            messages: report.capture.messages.ikev1,
          },
  };
}
