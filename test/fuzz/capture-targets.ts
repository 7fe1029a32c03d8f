/** Fuzz targets of whole captures: the readers, and everything from bytes to the report. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { CaptureError } from "../../src/capture/source.ts";
import { openInput, openSource } from "../../src/feed/formats.ts";
import { analyze } from "../../src/index.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { reportToJson } from "../../src/printers/json.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import { reportSchema } from "../../src/report/model.ts";
import { accountedFor } from "../support/analyzed.ts";
import { frameBatches } from "../support/sources.ts";
import { must, same } from "./oracle.ts";

function isText(input: Uint8Array): boolean {
  return input.length > 0 && input[0] >= 0x20 && input[0] < 0x7f;
}

/** An archive is listed, or refused with a CaptureError; its members can be read, and their paths are harmless. */
export async function fuzzArchive(input: Uint8Array): Promise<void> {
  const options = { chunk: 512, decompressors: DECOMPRESSORS };
  try {
    const { archive, capture } = await openInput(new IterableSource(chunks(input, 4096)), "x", options);
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

/** More pieces of one input find nothing that other inputs in as many do not. */
const MAX_CHUNKS = 64;

/** A capture in chunks gives what it gives whole, and every record lies in its chunk. */
export async function fuzzReader(input: Uint8Array): Promise<void> {
  const whole = await reading(input, input.length + 1, input.length + 1);
  const size = Math.max(1 + ((input[20] ?? 0) % 97), Math.ceil(input.length / MAX_CHUNKS));
  const parts = await reading(input, size, 64);
  // How much comes out of damaged data before the damage depends on the chunks.
  if (isDamaged(whole) || isDamaged(parts)) return;
  same(parts, whole, `chunks of ${size} bytes read like the whole`);
}

function isDamaged({ failed, problem }: Reading): boolean {
  return /damaged|cut off|cannot read/.test(failed ?? "") || /compressed data/.test(problem ?? "");
}

interface Reading {
  failed: string | null;
  end: string;
  problem: string | null;
  packets: number;
  hash: number;
  bytes: number;
}

async function reading(input: Uint8Array, size: number, window: number): Promise<Reading> {
  const result: Reading = { failed: null, end: "", problem: null, packets: 0, hash: 0, bytes: 0 };
  try {
    const source = await openSource(new IterableSource(chunks(input, size)), "x", {
      chunk: window,
      decompressors: DECOMPRESSORS,
    });
    for await (const batch of frameBatches(source)) {
      must(batch.firstFrame === result.packets + 1, "frames are numbered without a gap");
      for (let i = 0; i < batch.count; i += 1) {
        const from = batch.offsets[i];
        const to = from + batch.captured[i];
        must(to <= batch.bytes.length, "a record lies in its chunk");
        must(
          Number.isSafeInteger(Math.floor(batch.micros[i])) || Math.abs(batch.micros[i]) >= 2 ** 53,
          "a time",
        );
        result.hash = Math.imul(result.hash ^ batch.micros[i], 31) ^ batch.nanos[i] ^ batch.linkTypes[i];
        result.hash = Math.imul(result.hash ^ batch.interfaces[i], 31) ^ batch.original[i];
        for (let at = from; at < to; at += 1)
          result.hash = Math.imul(result.hash ^ batch.bytes[at], 0x01000193);
      }
      result.packets += batch.count;
    }
    const { summary } = source;
    must(summary.packets === result.packets, "the summary counts the records");
    must((summary.end === "clean") === (summary.problem === null), "a bad end has a reason");
    // What is compressed, or dumped with lines left out, holds more than it is long.
    const mayGrow = summary.format.includes("+") || !/^(?:pcap|snoop|netmon|erf)/.test(summary.format);
    must(mayGrow || isText(input) || summary.bytes <= input.length, "no more bytes than there are");
    Object.assign(result, { end: summary.end, problem: summary.problem, bytes: summary.bytes });
    await source.close();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    result.failed = error.message;
  }
  return result;
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
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

let runs = 0;
/** What a terminal obeys. */
const CONTROL = /[^\P{Cc}\n]/u;

/** A report or a CaptureError; the counts add up; the report is valid, and shows nothing that steers a terminal. */
export async function fuzzAnalysis(input: Uint8Array): Promise<void> {
  const { report, failures } = await analyze([fileOf(input)], { ports: [5500] });
  must(failures.length + report.capture.sources.length === 1, "an input is read or has failed");
  must(accountedFor(report) === report.capture.packets, "every packet is in one count");
  const { capture, summary, findings } = report;
  must(capture.quickModeMessages <= capture.messages.ikev1, "quick modes are messages");
  must(summary.clients === report.clients.length, "clients are counted");
  must(
    findings.length === Object.values(summary.findings).reduce((sum, count) => sum + count, 0),
    "findings are counted",
  );
  runs += 1;
  // What depends on the shape of the report, not on the bytes, is looked at now and then.
  if (runs % 8 !== 0 && findings.length === 0) return;
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
