/**
 * The library without Node: from bytes to the report in a browser, a worker, or any runtime of JavaScript. Nothing
 * that it loads imports a module of Node or uses Buffer.
 *
 *   import { analyze } from "ike-dupcheck/portable";
 *
 *   const report = await analyze([{ name: file.name, chunks: file.stream(), reopen: () => file.stream() }]);
 *   for (const { verdict, summary } of report.findings) console.log(verdict, summary);
 *
 * What a runtime does in its own way is handed in: `decompressors`, `ciphers`, `signal`, `progress`, `now`.
 */

import type { LiveAnalysis } from "./analysis/analysis.ts";
import type { LiveOptions } from "./analysis/live-options.ts";
import { run } from "./analysis/run.ts";
import type { ScopeOptions } from "./analysis/scope.ts";
import { Anonymizer } from "./anonymize/anonymizer.ts";
import { IterableSource } from "./capture/byte-source.ts";
import type { CaptureError } from "./capture/source.ts";
import { writeEvidenceCapture } from "./evidence/capture.ts";
import type { Decompressor, Decompressors } from "./feed/decompression.ts";
import type { FeedInput, Reading } from "./feed/feed.ts";
import { openSource } from "./feed/formats.ts";
import { Sequencer } from "./feed/sequencer.ts";
import type { Ciphers } from "./keys/ciphers.ts";
import type { Report } from "./report/model.ts";
import type { Timeline } from "./report/timeline.ts";
import { toolName, version } from "./report/version.ts";
import { type OpenedWitnesses, openWitnesses, type WitnessFile } from "./witnesses/reading.ts";

export { CaptureError } from "./capture/source.ts";
export type { Decompressor, Decompressors } from "./feed/decompression.ts";
export type { CipherName, Ciphers, HashName } from "./keys/ciphers.ts";
export { reportToJson } from "./printers/json.ts";
export type { Report } from "./report/model.ts";
export { WITNESS_HEAD, witnessKind } from "./witnesses/reading.ts";

const MICROS_PER_SECOND = 1_000_000;

/** Bytes of a capture, in the order of the file. */
export type Chunks = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

export interface PortableInput {
  /** What the report calls it. */
  name: string;
  chunks: Chunks;
  /** Gives the same bytes once more. Without it what needs a second reading is left out. */
  reopen?: () => Chunks;
}

/** How far the reading has come. */
export interface PortableProgress {
  /** Bytes of all inputs, and packets, so far. */
  bytes: number;
  packets: number;
  /** Name of the input being read. */
  source: string;
}

export interface PortableOptions extends ScopeOptions {
  /** How far lines of message records may be out of order, seconds; 5 unless given. */
  reorderSeconds?: number;
  /** Stop after so many packets. */
  maxPackets?: number;
  /** By the name of the compression, as "gzip"; where none are given, what `DecompressionStream` of the runtime can. */
  decompressors?: Decompressors;
  /** Files of keys (Wireshark's table, bare keys, a daemon's log), for which `ciphers` are needed. */
  keys?: readonly PortableInput[];
  /** Logs of the gateway. A log that is recognised may also be one of the inputs. */
  syslog?: readonly PortableInput[];
  /** Events of Windows clients, as `wevtutil qe .. /f:xml` writes them. */
  events?: readonly PortableInput[];
  /** Ciphers and hashes that keys are used with. */
  ciphers?: Ciphers;
  /** When aborted, the inputs count as ended. */
  signal?: AbortSignal;
  progress?: (progress: PortableProgress) => void;
  /** Milliseconds of a clock that does not step; that of the runtime unless given. */
  now?: () => number;
}

/**
 * Reads captures, message records or logs, merged by time, and reports the message-ID collisions in them. An input that
 * cannot be read is a gap in the report's `coverage`.
 * @throws CaptureError when none can be read
 * @throws RangeError for an address, prefix or port that is not one, and for keys without ciphers
 */
export async function analyze(
  inputs: readonly PortableInput[],
  options: PortableOptions = {},
): Promise<Report> {
  return (await study(inputs, options)).report;
}

/** The same, with what the HTML form draws its time lines from. */
export async function study(
  inputs: readonly PortableInput[],
  options: PortableOptions = {},
): Promise<{ report: Report; timelines: () => Timeline[] }> {
  const witnesses = await openWitnesses({
    keys: (options.keys ?? []).map(fileOf),
    events: (options.events ?? []).map(fileOf),
    ciphers: options.ciphers ?? null,
    today: () => Date.now() * 1_000,
  });
  const feed = sequencer(inputs, options, witnesses.gatewayLog);
  const unread = () => [...witnesses.failures, ...feed.failures];
  const { report, timelines } = await runOver(feed, options, { witnesses }, unread);
  if (feed.summaries.length === 0 && feed.failures.length > 0) throw feed.failures[0];
  return { report, timelines };
}

export interface EvidenceOptions
  extends Omit<PortableOptions, "keys" | "syslog" | "events" | "ciphers" | "maxPackets"> {
  /** 32 bytes that decide what replaces an address; whoever has them can find the addresses again. */
  key: Uint8Array;
  hash: Ciphers["hash"];
}

/**
 * Hands the packets that the findings rest on to `write`, as a pcapng capture in which addresses and names are
 * replaced. The inputs are read three times for it, and have to be given so that they can be reopened.
 * @returns false where nothing was found, and nothing is written
 * @throws CaptureError when an input cannot be read again or holds no packets
 */
export async function anonymizedEvidence(
  inputs: readonly PortableInput[],
  { key, hash, ...options }: EvidenceOptions,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  const anonymizer = new Anonymizer(key, hash);
  const feed = sequencer(inputs, options);
  const { plan, packets, report } = await runOver(feed, options, { anonymizer }, () => feed.failures);
  if (plan === null) return false;
  const { ports = [] } = options;
  const reopen = () => sequencer(inputs.map(again), options);
  const application = `${toolName} ${version}`;
  const messages = report.capture.messages.ikev1;
  const request = { plan: plan(), packets, messages, ports, reopen, anonymizer, application };
  await writeEvidenceCapture({ ...request, format: "pcapng" }, write);
  return true;
}

/** The input from its beginning. */
function again(input: PortableInput): PortableInput {
  return input.reopen === undefined ? input : { ...input, chunks: input.reopen() };
}

function sequencer(
  inputs: readonly PortableInput[],
  { reorderSeconds, decompressors = nativeDecompressors(), syslog = [] }: PortableOptions,
  gatewayLog?: PortableOpening["gatewayLog"],
): Sequencer {
  const reorder = reorderSeconds === undefined ? {} : { reorder: reorderSeconds * MICROS_PER_SECOND };
  const opening = { ...reorder, decompressors, ...(gatewayLog === undefined ? {} : { gatewayLog }) };
  const all = [
    ...inputs.map((input) => feedInput(input, opening)),
    ...syslog.map((input) => feedInput(input, { ...opening, isGatewayLog: true })),
  ];
  return Sequencer.over(all);
}

async function runOver(
  feed: Sequencer,
  options: PortableOptions,
  more: Partial<Pick<LiveOptions, "witnesses" | "anonymizer">>,
  unread: () => readonly CaptureError[],
) {
  const { progress, keys: _keys, syslog: _syslog, events: _events, ciphers: _ciphers, ...settings } = options;
  const onRound = ({ packets }: LiveAnalysis) => {
    const { bytes, source } = feed.progress();
    progress?.({ bytes, packets, source });
  };
  const now = options.now ?? (() => performance.now());
  const outcome = await run(feed, { ...settings, ...more, now, onRound, memory: feed.memory }, unread);
  // Not waited for: a stream that is told to end while it gives nothing may never answer.
  feed.close().catch(() => {});
  return outcome;
}

interface PortableOpening extends Partial<Pick<OpenedWitnesses, "gatewayLog">> {
  reorder?: number;
  decompressors: Decompressors;
  isGatewayLog?: boolean;
}

function fileOf({ name, chunks }: PortableInput): WitnessFile {
  return { name, chunks: iterated(chunks) };
}

function feedInput({ name, chunks, reopen }: PortableInput, options: PortableOpening): FeedInput {
  let opened = false;
  const open = (reading?: Reading) => {
    const again = opened && reopen !== undefined ? reopen() : chunks;
    opened = true;
    const source = new IterableSource(iterated(again));
    return openSource(source, name, { ...options, ...reading });
  };
  return { name, once: reopen === undefined, open, abandon: () => {} };
}

/** Not every browser lets a stream be iterated. */
function iterated(chunks: Chunks): AsyncIterable<Uint8Array> {
  return "getReader" in chunks ? readFrom(chunks) : chunks;
}

async function* readFrom(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** What the runtime itself can unpack. */
function nativeDecompressors(): Decompressors {
  if (!("DecompressionStream" in globalThis)) return {};
  const gzip: Decompressor = async (packed) => {
    const pieces = packed[Symbol.asyncIterator]();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
    });
    return readFrom(stream.pipeThrough(new DecompressionStream("gzip")));
  };
  return { gzip };
}
