/**
 * `--cross-check`: reads a classic pcap a second time with the independent pcap-parser package and compares
 * every ISAKMP message: its frame number, its time and its header. The file format is read twice, and so are
 * the header's fields; where in a frame the message lies is found by the same code for both (wire/locate.ts).
 *
 * Both readings advance message by message, so that memory does not grow with the capture. What pcap-parser
 * does not read is refused with a reason, which is not an error.
 */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { MAX_RECORD } from "../../capture/batch-buffer.ts";
import { type CaptureSource, failureReason } from "../../capture/source.ts";
import { hex, hexWord } from "../../wire/bytes.ts";
import {
  classifyHeader,
  exchangeType,
  flags,
  HeaderClass,
  messageId,
  messageLength,
} from "../../wire/isakmp.ts";
import { Kind, Located, locate, type PortSet, portSet } from "../../wire/locate.ts";
import { openCapture } from "../files.ts";
import { secondReading } from "./second-reader.ts";

export interface CrossCheckOptions {
  /** As the source's summary has it. */
  format: string;
  /** UDP ports beside 500 and 4500. */
  ports?: readonly number[];
  /** Compare no further than this packet. */
  maxPackets?: number;
  /** How our reading is opened. */
  open?: (name: string) => Promise<CaptureSource>;
}

export interface CrossCheckResult {
  /** Messages that both readings have. */
  compared: number;
  /** One sentence each; the first few. */
  differences: string[];
  /** Why there is nothing to compare, in one sentence. */
  skipped: string | null;
}

/** An ISAKMP message as the comparison sees it. */
interface Seen {
  frame: number;
  micros: number;
  /** Initiator cookie, responder cookie: hex. */
  cookies: string;
  exchange: number;
  flags: number;
  messageId: number;
  length: number;
}

const MAX_DIFFERENCES = 10;

/** Compares the two readings of one capture, named as in the report. */
export async function crossCheck(name: string, options: CrossCheckOptions): Promise<CrossCheckResult> {
  const skipped = await reasonToSkip(name, options.format);
  if (skipped !== null) return { compared: 0, differences: [], skipped };
  const ports = portSet(options.ports ?? []);
  const last = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const source = await (options.open ?? openCapture)(name);
  try {
    const ours = ourMessages(source, ports, last);
    const theirs = theirMessages(name, options.format, ports, last);
    return { ...(await compare(name, ours, theirs, () => source.summary.end === "corrupt")), skipped };
  } catch (error) {
    const reason = error instanceof Error ? failureReason(error) : String(error);
    return { compared: 0, differences: [`${name}: the second reading failed: ${reason}`], skipped };
  } finally {
    await source.close();
  }
}

async function reasonToSkip(name: string, format: string): Promise<string | null> {
  if (name === "-") return "standard input cannot be read a second time";
  if (format !== "pcap" && format !== "pcap+gzip") return `${name}: pcap-parser does not read ${format}`;
  const found = await stat(name).catch(() => null);
  return found?.isFile() === true ? null : `${name}: not a plain file, so it cannot be read a second time`;
}

/** Walks both lists in the order of frames, as in merging. `oursGaveUp`: beyond our end there is only damage. */
async function compare(
  name: string,
  ours: AsyncIterator<Seen>,
  theirs: AsyncIterator<Seen>,
  oursGaveUp: () => boolean,
): Promise<{ compared: number; differences: string[] }> {
  const differences: string[] = [];
  let compared = 0;
  let our = await following(ours);
  let their = await following(theirs);
  while (our !== null || their !== null) {
    if (our === null && oursGaveUp()) break;
    const order = (our?.frame ?? Number.POSITIVE_INFINITY) - (their?.frame ?? Number.POSITIVE_INFINITY);
    if (order === 0) {
      compared += 1;
      differences.push(...fieldDifferences(name, our!, their!));
    } else if (order < 0)
      differences.push(`${name}, frame ${our!.frame}: pcap-parser has no ISAKMP message there`);
    else differences.push(`${name}, frame ${their!.frame}: only pcap-parser has an ISAKMP message there`);
    if (differences.length >= MAX_DIFFERENCES) {
      differences.push(`${name}: not compared beyond frame ${(order > 0 ? their : our)!.frame}`);
      break;
    }
    if (order <= 0) our = await following(ours);
    if (order >= 0) their = await following(theirs);
  }
  await ours.return?.();
  await theirs.return?.();
  return { compared, differences };
}

async function following(messages: AsyncIterator<Seen>): Promise<Seen | null> {
  const { done, value } = await messages.next();
  return done === true ? null : value;
}

function fieldDifferences(name: string, our: Seen, their: Seen): string[] {
  const shown: Record<Exclude<keyof Seen, "frame">, [string, (seen: Seen) => string]> = {
    micros: ["time", ({ micros }) => `${micros} us`],
    cookies: ["cookies", ({ cookies }) => cookies],
    exchange: ["exchange type", ({ exchange }) => String(exchange)],
    flags: ["flags", (seen) => `0x${seen.flags.toString(16)}`],
    messageId: ["message ID", (seen) => `0x${hexWord(seen.messageId)}`],
    length: ["length", ({ length }) => String(length)],
  };
  return Object.values(shown)
    .filter(([, text]) => text(our) !== text(their))
    .map(
      ([field, text]) =>
        `${name}, frame ${our.frame}: ${field} ${text(our)}, with pcap-parser ${text(their)}`,
    );
}

async function* ourMessages(source: CaptureSource, ports: PortSet, last: number): AsyncGenerator<Seen> {
  const located = new Located();
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    if (batch.provenance !== "packet") return;
    const { bytes, offsets, captured, linkTypes, micros, nanos, firstFrame } = batch;
    for (let i = 0; i < batch.count; i += 1) {
      if (firstFrame + i > last) return;
      if (!isMessage(bytes, offsets[i], captured[i], linkTypes[i], ports, located)) continue;
      const at = located.payload;
      yield {
        frame: firstFrame + i,
        micros: micros[i] + nanos[i] / 1000,
        cookies: `${hex(bytes, at, 8)} ${hex(bytes, at + 8, 8)}`,
        exchange: exchangeType(bytes, at),
        flags: flags(bytes, at),
        messageId: messageId(bytes, at),
        length: messageLength(bytes, at, located.captured, located.length),
      };
    }
  }
}

/** The same with pcap-parser and the accessors of Buffer (offsets: RFC 2408 3.1). */
async function* theirMessages(
  name: string,
  format: string,
  ports: PortSet,
  last: number,
): AsyncGenerator<Seen> {
  const located = new Located();
  let frame = 0;
  for await (const { data, linkType, micros } of secondReading(bytesOf(name, format), MAX_RECORD)) {
    frame += 1;
    if (frame > last) return;
    if (!isMessage(data, 0, data.length, linkType, ports, located)) continue;
    const header = data.subarray(located.payload);
    yield {
      frame,
      micros,
      cookies: `${header.toString("hex", 0, 8)} ${header.toString("hex", 8, 16)}`,
      exchange: header.readUInt8(18),
      flags: header.readUInt8(19),
      messageId: header.readUInt32BE(20),
      length: located.captured < 28 ? located.length : header.readUInt32BE(24),
    };
  }
}

function isMessage(
  bytes: Uint8Array,
  offset: number,
  captured: number,
  linkType: number,
  ports: PortSet,
  located: Located,
): boolean {
  if (locate(bytes, offset, captured, linkType, ports, located) !== Kind.candidate) return false;
  return classifyHeader(bytes, located.payload, located.captured, located.length) <= HeaderClass.authip;
}

/** The file's bytes, decompressed; compressed data that breaks off ends the file, as it does for our reader. */
async function* bytesOf(name: string, format: string): AsyncGenerator<Buffer> {
  const file = createReadStream(name);
  if (!format.endsWith("+gzip")) {
    yield* file;
    return;
  }
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  try {
    yield* file.pipe(gunzip);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) throw error;
  } finally {
    file.destroy();
  }
}
