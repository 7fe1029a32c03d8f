/** Finds out whether text holds hex dumps, and of what: of packets, or of a whole capture file. */

import type { ByteWindow } from "../capture/byte-window.ts";
import { CaptureError, type CaptureSource, label } from "../capture/source.ts";
import { windowOver } from "../capture/window-over.ts";
import { DumpLine, readDumpLine } from "./dump-line.ts";
import { Lines, type TextBytes } from "./lines.ts";
import { Offsets } from "./offsets.ts";
import { TextSource } from "./reader.ts";
import { knownText } from "./recognise.ts";

/** A dump begins within so many bytes, or the text is taken for one without. */
const LOOKED_THROUGH = 1024 * 1024;
const STEP = 4096;
/** Bytes of text without a dump that are looked at to say what it is. */
const BEGINNING = 8192;
/** Fewer bytes are not a packet: an IP header has as many. */
const LEAST_BYTES = 20;

/** Bytes that one "*" may stand for, which a dump writes in place of lines like the one before. */
const MAX_REPEATED = 64 * 1024 * 1024;

/** What the text turned out to be: packets, or the bytes of a file to be looked into. */
export type OpenedText = { source: CaptureSource } | { file: ByteWindow };

/**
 * Opens text. `window` stands at its beginning.
 * @param isCapture whether the first four bytes (as a big-endian number) are those of a capture file
 * @throws CaptureError where it holds no packets, with what to do
 */
export async function openText(
  window: ByteWindow,
  { name, suffix, isCapture }: { name: string; suffix: string; isCapture: (magic: number) => boolean },
): Promise<OpenedText> {
  for (let wanted = STEP; ; wanted *= 2) {
    await window.have(Math.min(wanted, LOOKED_THROUGH));
    const first = firstDump(window);
    if (first !== null) {
      const order = fileOrder(first, isCapture);
      if (order === null) return { source: new TextSource(window, name, suffix) };
      return { file: windowOver(window, dumpedBytes(window, order)) };
    }
    if (window.ended || wanted >= LOOKED_THROUGH) break;
  }
  const beginning = new TextDecoder("latin1").decode(
    window.bytes.subarray(window.start, window.start + Math.min(window.available, BEGINNING)),
  );
  const known = knownText(beginning);
  if (known === null) throw new CaptureError("not-a-capture", `${label(name)} is text without packets in it`);
  const code = known.isLog === true ? "not-a-capture" : "unsupported";
  throw new CaptureError(code, `${label(name)} is ${known.what}: ${known.instead}`);
}

/** The first four bytes of the first dump at hand: lines whose offsets follow each other, or a long one alone. */
function firstDump(window: ByteWindow): Uint8Array | null {
  const { bytes, start, end, ended } = window;
  const glance: TextBytes = {
    bytes,
    start,
    end,
    ended,
    consume: (count) => {
      glance.start += count;
    },
  };
  const lines = new Lines(glance);
  const line = new DumpLine();
  const first = new Uint8Array(4);
  let before: { offset: string; count: number } | null = null;
  /** Bytes of the lines that follow each other. */
  let length = 0;
  while (lines.take()) {
    if (!readDumpLine(bytes, lines.start, lines.end, line)) {
      before = null;
      continue;
    }
    const follows = before !== null && new Offsets().settle(before.offset, line.offset, before.count);
    if (!follows) length = 0;
    for (let i = 0; i < line.count && length + i < first.length; i += 1) first[length + i] = line.bytes[i];
    length += line.count;
    before = { offset: line.offset, count: line.count };
    if (follows && length >= LEAST_BYTES) return first;
    if (Number.parseInt(line.offset, 16) === 0 && line.count > LEAST_BYTES) return first;
  }
  return null;
}

/** Whether a dump is one of a capture file, and whether its words are in the machine's order. */
function fileOrder(first: Uint8Array, isCapture: (magic: number) => boolean): "bytes" | "words" | null {
  const [a, b, c, d] = first;
  if (isCapture(((a << 24) | (b << 16) | (c << 8) | d) >>> 0)) return "bytes";
  return isCapture(((b << 24) | (a << 16) | (d << 8) | c) >>> 0) ? "words" : null;
}

/** The bytes of one long dump, up to a line that does not follow the one before. */
async function* dumpedBytes(window: ByteWindow, order: "bytes" | "words"): AsyncGenerator<Uint8Array> {
  const lines = new Lines(window);
  const line = new DumpLine();
  const offsets = new Offsets();
  let last: { digits: string; bytes: Uint8Array } | null = null;
  let repeats = false;
  for (;;) {
    while (!lines.take()) {
      if (window.ended) {
        if (last !== null) yield last.bytes;
        return;
      }
      await window.more();
    }
    if (!readDumpLine(window.bytes, lines.start, lines.end, line)) {
      const text = lines.text().trim();
      repeats ||= text === "*";
      if (last === null || !isFinalOffset(text)) continue;
      // The length of the file: of words, the last one may be half of it.
      const missing = offsets.of(text) - offsets.of(last.digits);
      if (repeats) yield* repeated(last.bytes, missing);
      else yield last.bytes.subarray(0, Math.max(0, missing));
      return;
    }
    const bytes = line.bytes.slice(0, line.count);
    if (order === "words") for (let i = 0; i + 1 < bytes.length; i += 2) bytes.subarray(i, i + 2).reverse();
    if (last !== null) {
      if (!repeats) offsets.settle(last.digits, line.offset, last.bytes.length);
      const between = offsets.of(line.offset) - offsets.of(last.digits);
      yield* repeated(last.bytes, repeats ? between : last.bytes.length);
    }
    repeats = false;
    last = { digits: line.offset, bytes };
  }
}

/** `length` bytes of a line that is repeated. */
function* repeated(line: Uint8Array, length: number): Generator<Uint8Array> {
  if (length > MAX_REPEATED) throw new Error("a line of the dump is repeated too often");
  for (let left = length; left > 0; left -= line.length) yield line.subarray(0, left);
}

/** od and hexdump end with the length alone. */
function isFinalOffset(text: string): boolean {
  return /^[0-9a-f]{6,8}$/.test(text);
}
