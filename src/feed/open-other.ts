/** The formats beside pcap, pcapng and lines: loaded when an input is none of those. */

import { indexTar, looksLikeTar, TarHeaders } from "../archives/tar.ts";
import { indexZip, isZipMagic } from "../archives/zip.ts";
import type { RandomAccess } from "../capture/byte-source.ts";
import type { ByteWindow } from "../capture/byte-window.ts";
import { ERF_BYTES, ErfSource, looksLikeErf, mayBeErf } from "../capture/erf-reader.ts";
import { NETMON_MAGIC, NetMonSource } from "../capture/netmon-reader.ts";
import { isPcapMagic } from "../capture/pcap-reader.ts";
import { SECTION_HEADER } from "../capture/pcapng-reader.ts";
import { spoolInMemory } from "../capture/random-access.ts";
import { SNOOP_HEADER, SNOOP_MAGIC, SnoopSource } from "../capture/snoop-reader.ts";
import {
  CaptureError,
  failureReason,
  isDamage,
  label,
  type ReadFailure,
  unreadable,
} from "../capture/source.ts";
import { openText } from "../text/detect.ts";
import { isText } from "../text/recognise.ts";
import type { Opened, OpeningInput } from "./opened.ts";
import { otherFormat } from "./other-formats.ts";

/**
 * Opens an input whose first 512 bytes are at hand.
 * @param again opens a window as an input of its own: what a dump of a file holds
 * @throws CaptureError where it is not read here
 */
export async function openOther(
  input: OpeningInput,
  again: (window: ByteWindow) => Promise<Opened>,
): Promise<Opened> {
  const { window, name, suffix } = input;
  const head = window.bytes.subarray(window.start, window.end);
  const begins = (magic: readonly number[]) => magic.every((byte, i) => head[i] === byte);
  if (begins(SNOOP_MAGIC)) {
    if (window.available < SNOOP_HEADER) throw cutHeader(name, "snoop");
    return { capture: new SnoopSource(window, name, suffix) };
  }
  if (NETMON_MAGIC.some(begins)) {
    return { capture: await readable(name, NetMonSource.open(await wholeOf(input), name, suffix)) };
  }
  if (window.available >= 4 && isZipMagic(littleEndian(head))) return openZip(input);
  if (looksLikeTar(head)) return openTar(input);
  if (isText(window.bytes, window.start, window.available)) return openTextual(input, again);
  if (mayBeErf(window)) {
    await window.have(ERF_BYTES);
    if (looksLikeErf(window)) return { capture: new ErfSource(window, name, suffix) };
  }
  throw otherFormat(head, name);
}

async function openTextual(
  input: OpeningInput,
  again: (window: ByteWindow) => Promise<Opened>,
): Promise<Opened> {
  const { window, name, suffix } = input;
  const isCapture = (magic: number) => magic === SECTION_HEADER || isPcapMagic(magic);
  const opened = await openText(window, { name, suffix, isCapture });
  if ("source" in opened) return { capture: opened.source };
  await opened.file.have(4);
  return again(opened.file);
}

async function openZip(input: OpeningInput): Promise<Opened> {
  const { name, options } = input;
  const inflate = options.decompressors?.deflate;
  if (inflate === undefined) {
    throw new CaptureError("unsupported", `${label(name)} is a zip archive, which is not unpacked here`);
  }
  const bytes = await wholeOf(input);
  return { archive: { ...(await readable(name, indexZip(bytes, name, inflate))), bytes } };
}

/** Of a packed archive whose disk fails, the files before the failure are there, as those of a plain one are. */
async function openTar({ window, name, options }: OpeningInput): Promise<Opened> {
  const names = new TarHeaders();
  const bytes = await kept({ window, name, options }, (piece) => names.isEnough(piece));
  const index = await readable(name, indexTar(bytes, name));
  const { failure } = window;
  if (failure !== null && !isDamage(failure)) {
    const sentence = `${label(name)}: reading failed (${failureReason(failure)}); what is behind it was not looked at`;
    index.failures.push(new CaptureError("unreadable", sentence));
  }
  return { archive: { ...index, bytes } };
}

/**
 * The whole input at any place: as it lies, or kept.
 * @throws CaptureError where the system failed, and no part of it is of use
 */
async function wholeOf(input: OpeningInput): Promise<RandomAccess> {
  const bytes = await kept(input);
  const { failure } = input.window;
  if (failure === null || isDamage(failure)) return bytes;
  await bytes.close();
  throw unreadable(input.name, failure);
}

/** The input at any place, up to where it fails: as it lies, or kept. */
async function kept(
  { window, name, options }: Pick<OpeningInput, "window" | "name" | "options">,
  isEnough?: (piece: Uint8Array) => boolean,
): Promise<RandomAccess> {
  const inPlace = window.offset === 0 ? window.source.random?.() : undefined;
  return inPlace ?? (options.spool ?? spoolInMemory)(window, label(name), isEnough);
}

/** What reading at any place gives; a failure of the system is said as of other inputs. */
function readable<T>(name: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: ReadFailure) => {
    throw error instanceof CaptureError ? error : unreadable(name, error);
  });
}

function littleEndian(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

function cutHeader(name: string, what: string): CaptureError {
  return new CaptureError("unreadable", `${label(name)} ends inside the file header of a ${what} capture`);
}
