/**
 * The capture that `-w` writes: what the findings rest on, small enough to mail, with every packet as it was. The
 * packets are read two more times, first to choose and then to write, so that memory holds frame numbers alone.
 */

import type { Anonymizer } from "../anonymize/anonymizer.ts";
import { LINKTYPE_RAW } from "../anonymize/frames.ts";
import { type CaptureWriter, PcapWriter } from "../capture/pcap-writer.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { CaptureError, type SourceSummary } from "../capture/source.ts";
import { noPacketsIn } from "../capture/without-packets.ts";
import { Decoder, type Sink } from "../feed/decoder.ts";
import { drive } from "../feed/drive.ts";
import type { Sequencer } from "../feed/sequencer.ts";
import { portSet } from "../wire/locate.ts";
import { Captions } from "./captions.ts";
import { EvidenceWriter } from "./evidence-writer.ts";
import type { EvidencePlan } from "./plan.ts";
import { Selection } from "./selection.ts";

/** Bytes that are handed on at a time. */
const CHUNK = 256 * 1024;

export interface EvidenceRequest {
  plan: EvidencePlan;
  /** Opens the inputs that were read once more, in their order. */
  reopen: () => Sequencer;
  /** How many packets were read, and how many of them are IKEv1: as many have to come again. */
  packets: number;
  messages: number;
  ports: readonly number[];
  /** pcapng holds comments, several link types and capture points; pcap does not. */
  format: "pcap" | "pcapng";
  /** Replaces what names anybody; the packets are then rebuilt. */
  anonymizer?: Anonymizer | undefined;
  /** Name and version of the program, for the header of pcapng. */
  application: string;
}

/** One sentence that says why `wanted` cannot be had of an input without packets; null where all have packets. */
export function withoutPackets(
  sources: readonly Pick<SourceSummary, "name" | "format">[],
  wanted: string,
): string | null {
  return sources.map((source) => noPacketsIn(source, wanted)).find((sentence) => sentence !== null) ?? null;
}

/**
 * Hands the bytes of the capture to `write`, some at a time.
 * @throws CaptureError when an input cannot be read again, has changed or has no packets, or pcap cannot hold them
 */
export async function writeEvidenceCapture(
  request: EvidenceRequest,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const selection = new Selection(request.plan);
  const sources = await readAgain(request, selection);
  selection.finish();
  const nothing = withoutPackets(sources, "no evidence can be written");
  if (nothing !== null) throw new CaptureError("unsupported", nothing);
  const writer = new EvidenceWriter(selection.frames, sources, {
    captions: new Captions(request.plan),
    rebuilt: request.anonymizer !== undefined,
    capture: captureWriter(request, sources),
  });
  await readAgain(request, writer, async () => {
    if (writer.waiting >= CHUNK) await write(writer.take());
  });
  await write(writer.take());
}

/** Drives what was read before, once more; gives the inputs. */
async function readAgain(
  { reopen, packets, messages, ports, anonymizer }: EvidenceRequest,
  sink: Sink,
  drain?: () => Promise<void>,
): Promise<readonly SourceSummary[]> {
  const feed = reopen();
  const decoder = new Decoder(portSet(ports), [anonymizer?.before(sink) ?? sink]);
  try {
    await drive(feed, decoder, { limit: packets, drain });
    if (feed.failures.length > 0) throw feed.failures[0];
    const isSame = decoder.packets === packets && decoder.messages === messages;
    if (Number.isFinite(packets) && !isSame) throw changed(feed.summaries);
    return feed.summaries;
  } finally {
    await feed.close();
  }
}

/** Frame numbers of the first reading would point at other packets. */
function changed(sources: readonly SourceSummary[]): CaptureError {
  const problem = sources.find(({ end }) => end === "corrupt")?.problem?.replace(/\.$/, "");
  const sentence = "the captures changed after they were read";
  return new CaptureError("unreadable", problem ? `the second reading differs: ${problem}` : sentence);
}

function captureWriter(
  { format, application, anonymizer }: EvidenceRequest,
  sources: readonly SourceSummary[],
): CaptureWriter {
  if (format === "pcapng") return new PcapngWriter(application);
  const linkTypes = new Set(
    anonymizer === undefined ? sources.flatMap((source) => source.linkTypes) : [LINKTYPE_RAW],
  );
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
