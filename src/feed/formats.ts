/** Known formats of input, told by their first bytes and never by a name: the one list of what is read. */

import { type ByteSource, CHUNK } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";
import { isPcapMagic, PCAP_HEADER, PcapSource, pcapHeaderLength } from "../capture/pcap-reader.ts";
import { PcapngSource, SECTION_HEADER } from "../capture/pcapng-reader.ts";
import {
  CaptureError,
  type CaptureSource,
  label,
  quoted,
  type ReadFailure,
  unreadable,
} from "../capture/source.ts";
import { utf16Order } from "../capture/utf16.ts";
import { compressionOf, MAX_LAYERS, unpacked, windowOf } from "./decompression.ts";
import type { Opened, OpeningInput, OpenOptions } from "./opened.ts";

export type { Archive, Opened, OpenOptions } from "./opened.ts";

/** How far the lines of message records may be out of order unless the user says otherwise, microseconds. */
export const REORDER = 5_000_000;

/** Enough to tell every format but text and ERF: a header of tar. */
const BEGINNING = 512;
/** Enough for a line of a gateway among the first of a log, and no more than text is waited for anyway. */
const LOG_BEGINNING = 4096;
const OPEN_BRACE = 0x7b;
const HASH = 0x23;
/** A byte-order mark of UTF-16 begins with one of these, and ends with the other. */
const ORDER_MARKS: ReadonlySet<number> = new Set([0xfe, 0xff]);

/**
 * Reads the beginning of a byte source and gives the reader of its format.
 * @throws CaptureError when it is empty, is not a capture, or is one that is not read here
 */
export async function openSource(
  source: ByteSource,
  name: string,
  options: OpenOptions = {},
): Promise<CaptureSource> {
  const { capture, archive } = await openInput(source, name, options);
  if (capture !== undefined) return capture;
  await archive.bytes.close();
  throw new CaptureError(
    "unsupported",
    `${label(name)} is a ${archive.format} archive, which is not opened here`,
  );
}

/**
 * The same for inputs that may be archives.
 * @throws CaptureError when it is empty, is not a capture, or is one that is not read here
 */
export async function openInput(
  source: ByteSource,
  name: string,
  options: OpenOptions = {},
): Promise<Opened> {
  let window = new ByteWindow(source, options.chunk ?? CHUNK, options.memory);
  let suffix = "";
  await window.have(4);
  if (window.available === 0) {
    if (window.failure !== null) throw unreadable(name, window.failure);
    throw new CaptureError("empty", `${label(name)} is empty`);
  }
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const compression = await compressionOf(window);
    if (compression === null) break;
    const decompress = options.decompressors?.[compression.name];
    if (decompress === undefined) throw notUnpacked(name, compression);
    window = await unpacked(window, compression.name, decompress);
    suffix += `+${compression.name}`;
    await window.have(4);
    if (window.available > 0) continue;
    if (window.failure !== null) throw damaged(name, compression.name, window.failure);
    throw new CaptureError("empty", `${label(name)} is empty`);
  }
  try {
    return await openFormat({ window, name, suffix, options });
  } catch (error) {
    // What was made of damaged data says nothing of what the data was.
    if (suffix === "" || window.failure === null || !(error instanceof CaptureError)) throw error;
    throw damaged(name, suffix.slice(suffix.lastIndexOf("+") + 1), window.failure);
  }
}

function notUnpacked(name: string, { name: what, command }: { name: string; command: string }): CaptureError {
  const by = command.replace("NAME", () => (label(name) === name ? quoted(name) : "FILE"));
  return new CaptureError(
    "unsupported",
    `${label(name)} is ${what} data, which is not unpacked here; try: ${by} | ike-dupcheck -`,
  );
}

function damaged(name: string, what: string, failure: ReadFailure): CaptureError {
  if (failure.code === "UNSUPPORTED_PACKING") {
    return new CaptureError("unsupported", `${label(name)} is ${what} data that ${failure.message}`);
  }
  if (failure.code !== undefined && !failure.code.startsWith("Z_")) return unreadable(name, failure);
  return new CaptureError(
    "unreadable",
    `${label(name)} holds ${what} data that is damaged or cut off (${failure.message})`,
  );
}

/** By the first four bytes, which nearly every format has; what needs more code is loaded when it is met. */
async function openFormat(input: OpeningInput): Promise<Opened> {
  const { window, name, suffix, options } = input;
  const { bytes, start, available } = window;
  const ascii = ORDER_MARKS.has(bytes[start]) ? await fromUtf16(window) : null;
  if (ascii !== null) return openFormat({ ...input, window: ascii });
  if (options.isGatewayLog === true) return { capture: await openNamedLog(input) };
  const magic = available < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0);
  if (magic === SECTION_HEADER) return { capture: new PcapngSource(window, name, suffix) };
  if (isPcapMagic(magic)) return { capture: await openPcap(input, magic) };
  if (bytes[start] === OPEN_BRACE || bytes[start] === HASH) {
    const lines = await openLines(input);
    if (lines !== null) return { capture: lines };
  }
  const log = await openGatewayLog(input);
  if (log !== null) return { capture: log };
  const { openOther } = await import("./open-other.ts");
  await window.have(BEGINNING);
  return openOther(input, (again) => openFormat({ ...input, window: again }));
}

/** Text in UTF-16, as Windows PowerShell writes logs and dumps to files, in ASCII; null for anything else. */
async function fromUtf16(window: ByteWindow): Promise<ByteWindow | null> {
  const order = utf16Order(window.bytes, window.start, window.available);
  if (order === null) return null;
  const { asciiOf } = await import("../text/recognise.ts");
  const ascii = windowOf(window, (chunks) => asciiOf(chunks, order));
  await ascii.have(4);
  return ascii;
}

/** What the user named as a gateway's log: any text, and nothing else. */
async function openNamedLog(input: OpeningInput): Promise<CaptureSource> {
  const { window, name } = input;
  await window.have(LOG_BEGINNING);
  const { isText } = await import("../text/recognise.ts");
  if (!isText(window.bytes, window.start, window.available)) {
    throw new CaptureError("not-a-capture", `${label(name)} is not text, as a gateway's log is`);
  }
  return (await openGatewayLog(input))!;
}

/** The log of a gateway, where somebody keeps what it says and a line of one is among the first; else null. */
async function openGatewayLog({
  window,
  name,
  suffix,
  options,
}: OpeningInput): Promise<CaptureSource | null> {
  const { gatewayLog, isGatewayLog = false } = options;
  if (gatewayLog === undefined || !(isGatewayLog || beginsAsText(window))) return null;
  const { GatewayLogSource, looksLikeGatewayLog } = await import("../syslog/source.ts");
  // A pipe may bring it line by line.
  await window.have(LOG_BEGINNING);
  if (!isGatewayLog && !looksLikeGatewayLog(window)) return null;
  return new GatewayLogSource(window, name, suffix, gatewayLog(name));
}

/** The first bytes are printable. */
function beginsAsText({ bytes, start, available }: ByteWindow): boolean {
  const first = bytes.subarray(start, start + Math.min(available, 4));
  return (
    available >= 4 && first.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d))
  );
}

async function openPcap({ window, name, suffix }: OpeningInput, magic: number): Promise<CaptureSource> {
  if (await window.have(Math.max(PCAP_HEADER, pcapHeaderLength(magic)))) {
    return new PcapSource(window, name, suffix);
  }
  const { available, failure } = window;
  if (failure !== null) throw unreadable(name, failure);
  throw new CaptureError(
    "not-a-capture",
    `${label(name)} ends inside the file header of a capture`,
    available,
  );
}

/** Logs and message records, one line each; null for text of another kind. */
async function openLines({ window, name, suffix, options }: OpeningInput): Promise<CaptureSource | null> {
  const reorder = options.reorder ?? REORDER;
  const isComment = window.bytes[window.start] === HASH;
  if (isComment && !(await isZeekHeader(window))) return null;
  const { openLog } = await import("../logs/detect.ts");
  const log = await openLog(window, name, suffix, reorder);
  if (log !== null) return log;
  const { openRecords } = await import("../records/open.ts");
  return openRecords(window, name, suffix, reorder);
}

/** Whether a first line with a hash is one of a Zeek log, which begin with "#separator" or, cut, with another name. */
async function isZeekHeader(window: ByteWindow): Promise<boolean> {
  await window.have(16);
  const [start, end] = [window.start + 1, Math.min(window.start + 16, window.end)];
  return /^(?:separator|set_separator|empty_field|unset_field|path|open|fields)\b/.test(
    new TextDecoder("latin1").decode(window.bytes.subarray(start, end)),
  );
}
