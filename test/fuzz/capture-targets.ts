/** Fuzz targets of whole captures: the readers, and everything from bytes to the report. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { FrameBatch } from "../../src/capture/batch.ts";
import { CaptureError } from "../../src/capture/source.ts";
import type { Decompressors } from "../../src/feed/decompression.ts";
import { openInput, openSource } from "../../src/feed/formats.ts";
import { analyze } from "../../src/index.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { reportToJson } from "../../src/printers/json.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import { reportSchema } from "../../src/report/model.ts";
import { accountedFor } from "../support/analyzed.ts";
import { must, same } from "./oracle.ts";
import { PieceSource, pieceOf, reusedMemory, withoutLinearMemory } from "./pieces.ts";

function isText(input: Uint8Array): boolean {
  return input.length > 0 && input[0] >= 0x20 && input[0] < 0x7f;
}

/** zlib's streams work in other threads, for which an input of a kilobyte would wait longer than for all else. */
const AT_ONCE: Decompressors = {
  ...DECOMPRESSORS,
  gzip: async (packed) => unpackedAtOnce(packed, gunzipSync),
  deflate: async (packed) => unpackedAtOnce(packed, inflateRawSync),
};
const MAX_UNPACKED = 1024 * 1024;

async function* unpackedAtOnce(
  packed: AsyncIterable<Uint8Array>,
  unpack: typeof gunzipSync,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packed) chunks.push(chunk);
  yield unpack(Buffer.concat(chunks), { maxOutputLength: MAX_UNPACKED });
}

/** Zlib's streams are those of every run of the program: one input in so many is enough for the way into them. */
const STREAMED_EVERY = 64;
let readings = 0;

/** An archive is listed, or refused with a CaptureError; its members can be read, and their paths are harmless. */
export async function fuzzArchive(input: Uint8Array): Promise<void> {
  const options = { chunk: 512, memory: reusedMemory, decompressors: AT_ONCE };
  try {
    const { archive, capture } = await openInput(new PieceSource(input, 4096), "x", options);
    await capture?.close();
    for (const member of archive?.members.slice(0, 4) ?? []) {
      must(!/(?:^|\/)\.\.(?:\/|$)|^\/|\p{Cc}/u.test(member.name), "a path that is harmless");
      must(member.packedSize <= archive!.bytes.size, "a member is not larger than the archive");
      const source = await member.open();
      const into = new Uint8Array(4096);
      // Damaged data is an error of the stream; its end comes all the same.
      for (let reads = 0; reads < 16 && (await source.read(into, 0).catch(() => 0)) > 0; reads += 1);
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
}

/** Of the window of a frame of zstd: up to 128 KB. Larger ones take a thousand times as long and are bounded elsewhere. */
const WINDOW_AT = 5;
const SMALL_WINDOW = 0x3f;
const LARGE_WINDOW_EVERY = 256;
let frames = 0;

/** A reader of zstd, mostly with a small window. */
export function fuzzZstd(input: Uint8Array): Promise<void> {
  frames += 1;
  if (frames % LARGE_WINDOW_EVERY !== 0 && input.length > WINDOW_AT) input[WINDOW_AT] &= SMALL_WINDOW;
  return fuzzReader(input);
}

/** A capture in pieces gives what it gives whole, and every record lies in its batch. */
export async function fuzzReader(input: Uint8Array): Promise<void> {
  readings += 1;
  const whole = await reading(input, input.length + 1, input.length + 1);
  const piece = pieceOf(input, 20);
  const parts = await reading(input, piece, 64);
  // How much comes out of damaged data before the damage depends on the pieces.
  if (isDamaged(whole) || isDamaged(parts)) return;
  const differs = (Object.keys(whole) as (keyof Reading)[]).find((key) => whole[key] !== parts[key]);
  if (differs !== undefined) same(parts, whole, `pieces of ${piece} bytes read like the whole`);
}

function isDamaged({ failed, problem }: Reading): boolean {
  return (
    (failed !== null && /damaged|cut off|cannot read/.test(failed)) ||
    problem?.includes("compressed data") === true
  );
}

interface Reading {
  failed: string | null;
  end: string;
  problem: string | null;
  packets: number;
  hash: number;
  bytes: number;
}

async function reading(input: Uint8Array, piece: number, chunk: number): Promise<Reading> {
  const result: Reading = { failed: null, end: "", problem: null, packets: 0, hash: 0, bytes: 0 };
  try {
    const source = await openSource(new PieceSource(input, piece), "x", {
      chunk,
      memory: reusedMemory,
      decompressors: readings % STREAMED_EVERY === 0 ? DECOMPRESSORS : AT_ONCE,
    });
    for (let batch = await source.next(); batch !== null; batch = await source.next()) {
      if (batch.provenance !== "packet") continue;
      must(batch.firstFrame === result.packets + 1, "frames are numbered without a gap");
      for (let i = 0; i < batch.count; i += 1) result.hash = recordHash(batch, i, result.hash);
      result.packets += batch.count;
    }
    const { summary } = source;
    must((summary.end === "clean") === (summary.problem === null), "a bad end has a reason");
    if (summary.packets !== result.packets) must(isLines(summary.format), "the summary counts the records");
    // What is compressed, or dumped with lines left out, holds more than it is long.
    const mayGrow = summary.format.includes("+") || !/^(?:pcap|snoop|netmon|erf)/.test(summary.format);
    must(mayGrow || isText(input) || summary.bytes <= input.length, "no more bytes than there are");
    result.end = summary.end;
    result.problem = summary.problem;
    result.bytes = summary.bytes;
    await source.close();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    result.failed = error.message;
  }
  return result;
}

/** Rows of these are messages, which are not packets. */
function isLines(format: string): boolean {
  return /^(?:records|suricata-eve|zeek-ipsec)/.test(format);
}

function recordHash(batch: FrameBatch, i: number, before: number): number {
  const { bytes } = batch;
  const end = batch.offsets[i] + batch.captured[i];
  must(end <= bytes.length, "a record lies in its batch");
  const micros = batch.micros[i];
  must(Number.isSafeInteger(Math.floor(micros)) || Math.abs(micros) >= 2 ** 53, "a time");
  let hash = Math.imul(before ^ micros, 31) ^ batch.nanos[i] ^ batch.linkTypes[i];
  hash = Math.imul(hash ^ batch.interfaces[i], 31) ^ batch.original[i];
  for (let at = batch.offsets[i]; at < end; at += 1) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash;
}

let folder: string | null = null;

/** The name of a file that holds the bytes, in memory where the system has a place for that. */
function fileOf(bytes: Uint8Array): string {
  if (folder === null) {
    const made = mkdtempSync(
      join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "ike-dupcheck-fuzz-"),
    );
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const name = join(folder, "capture");
  writeFileSync(name, bytes);
  return name;
}

/** What depends on the shape of the report, not on the bytes, is looked at now and then. */
const SHOWN_EVERY = 16;
/** What a terminal obeys. */
const CONTROL = /[^\P{Cc}\n]/u;

/** A report or a CaptureError; the counts add up; the report is valid, and shows nothing that steers a terminal. */
export async function fuzzAnalysis(input: Uint8Array): Promise<void> {
  const isShown = input[input.length - 1] % SHOWN_EVERY === 0;
  const analyzed = () => analyze([fileOf(input)], { ports: [5500] });
  const { report, failures } = await (isShown ? analyzed() : withoutLinearMemory(analyzed));
  must(failures.length + report.capture.sources.length === 1, "an input is read or has failed");
  must(accountedFor(report) === report.capture.packets, "every packet is in one count");
  const { capture, summary, findings } = report;
  must(capture.quickModeMessages <= capture.messages.ikev1, "quick modes are messages");
  must(summary.clients === report.clients.length, "clients are counted");
  must(
    findings.length === Object.values(summary.findings).reduce((sum, count) => sum + count, 0),
    "findings are counted",
  );
  if (!isShown && findings.length === 0) return;
  const table = reportToTable(report, {
    color: false,
    width: 100,
    rows: null,
    all: true,
    verbose: true,
    clock: UTC,
  });
  must(!CONTROL.test(table), "the table holds no control characters");
  const json = [...reportToJson(report)].join("");
  same(JSON.parse(json), report, "JSON reads back as the report");
  reportSchema.parse(report);
}
