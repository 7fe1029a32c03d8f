/**
 * The evidence capture: the packets that the findings rest on, taken from the same files in two further passes, so
 * that memory holds frame numbers alone: one chooses, one writes.
 */

import { basename, extname } from "node:path";
import { type CaptureWriter, PcapWriter } from "../capture/pcap-writer.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { CaptureError, type SourceSummary } from "../capture/source.ts";
import type { Slice } from "../feed/feed.ts";
import { MergedCapture } from "../feed/sequencer.ts";
import { refuseLogs } from "../logs/format.ts";
import { fileInputs } from "../node/files.ts";
import { toolName, version } from "../version.ts";
import { portSet } from "../wire/locate.ts";
import { Captions } from "./captions.ts";
import type { EvidencePlan } from "./plan.ts";
import { Selection } from "./selection.ts";

export interface EvidenceRequest {
  plan: EvidencePlan;
  /** The files that were read, in their order. */
  names: readonly string[];
  /** How many packets were read. */
  packets: number;
  ports: readonly number[];
  /** Name of the file to be written: .pcapng asks for that format, all else is classic pcap. */
  path: string;
}

const CHUNK = 256 * 1024;

/**
 * The bytes of the capture.
 * @throws CaptureError when a file cannot be read again, or pcap cannot hold the packets
 */
export async function* evidenceCapture(request: EvidenceRequest): AsyncGenerator<Uint8Array> {
  const ports = portSet(request.ports);
  const selection = new Selection(request.plan, ports);
  let sources: readonly SourceSummary[] = [];
  for await (const [slice, merged] of slicesOf(request)) {
    selection.scan(slice);
    sources = merged.summaries;
  }
  selection.finish();
  refuseLogs(sources, "there is no evidence to write");
  const writer = writerFor(request.path, sources);
  const captions = new Captions(request.plan, ports);
  let parts: Buffer[] = [writer.begin()];
  let waiting = 0;
  for await (const [{ source, batch, start, end }] of slicesOf(request)) {
    const list = selection.frames[source];
    if (list === undefined) continue;
    const { name, timeDigits } = sources[source];
    for (;;) {
      const i = list.from(batch.firstFrame + start) - batch.firstFrame;
      if (i >= end) break;
      const comment = `frame ${batch.firstFrame + i} of ${basename(name)}: ${captions.of(batch, i)}`;
      const bytes = writer.packet(batch, i, { source, name: basename(name), timeDigits }, comment);
      parts.push(bytes);
      waiting += bytes.length;
      list.pass();
    }
    if (waiting < CHUNK) continue;
    yield Buffer.concat(parts);
    parts = [];
    waiting = 0;
  }
  yield Buffer.concat(parts);
}

/** The slices that were read before, once more. */
async function* slicesOf({
  names,
  packets,
}: EvidenceRequest): AsyncGenerator<[slice: Slice, merged: MergedCapture]> {
  const merged = new MergedCapture(fileInputs(names));
  let left = packets;
  try {
    for await (const round of merged.rounds()) {
      for (const slice of round) {
        if (left <= 0) return;
        slice.end = Math.min(slice.end, slice.start + left);
        left -= slice.end - slice.start;
        yield [slice, merged];
      }
    }
    if (merged.failures.length > 0) throw merged.failures[0];
  } finally {
    await merged.close();
  }
}

function writerFor(path: string, sources: readonly SourceSummary[]): CaptureWriter {
  if (extname(path).toLowerCase() === ".pcapng") return new PcapngWriter(`${toolName} ${version}`);
  const linkTypes = new Set(sources.flatMap((source) => source.linkTypes));
  if (linkTypes.size > 1) {
    throw new CaptureError(
      "unsupported",
      `the captures have several link types (${[...linkTypes].join(", ")}), which pcap cannot hold in one file: name the evidence .pcapng`,
    );
  }
  return new PcapWriter(
    [...linkTypes][0],
    sources.some(({ timeDigits }) => timeDigits === 9),
  );
}
