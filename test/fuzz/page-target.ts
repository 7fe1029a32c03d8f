/** Fuzz target of the page: what its worker does with two files, by the portable library alone. */

import { CaptureError } from "../../src/capture/source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pageCiphers } from "../../src/page/ciphers.ts";
import {
  anonymizedEvidence,
  type PortableInput,
  reportToJson,
  study,
  WITNESS_HEAD,
  witnessKind,
} from "../../src/portable.ts";
import { reportToHtml } from "../../src/printers/html.ts";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { summaryLines } from "../../src/report/advice/summary.ts";
import { UTC } from "../../src/report/clock.ts";
import { reportSchema } from "../../src/report/model.ts";
import { accountedFor } from "../support/analyzed.ts";
import { eventSeeds, gatewayLogSeeds, keySeeds } from "./line-seeds.ts";
import { must, same } from "./oracle.ts";
import { PieceSource, pieceOf, withoutLinearMemory } from "./pieces.ts";

/** Of the length of the first file, little-endian; the second is the rest. */
const LENGTH_BYTES = 2;
/** Names as somebody may choose them who wants the page to run something. */
const NAMES = ["<b>first</b>.pcap", "'\"<b>second</b>"];
const CONTROL = /[^\P{Cc}\n\t]/u;
const KEY = new Uint8Array(32).fill(7);
/** What depends on the shape of the report, not on the bytes, is looked at now and then. */
const SHOWN_EVERY = 16;

/** Two files as an input of `fuzzPage`. */
export function pageInput(first: Uint8Array, second: Uint8Array): Uint8Array {
  const input = new Uint8Array(LENGTH_BYTES + first.length + second.length);
  input[0] = first.length & 0xff;
  input[1] = first.length >> 8;
  input.set(first, LENGTH_BYTES);
  input.set(second, LENGTH_BYTES + first.length);
  return input;
}

/** Captures alone, in twos, and beside a file of keys, of events, or a log. */
export function pageSeeds(captures: readonly Uint8Array[]): Uint8Array[] {
  const others = [...keySeeds(), ...eventSeeds(), ...gatewayLogSeeds()].map((seed) => seed.subarray(0, 1024));
  return captures.flatMap((capture, i) => [
    pageInput(capture, new Uint8Array(0)),
    pageInput(capture, i % 4 === 0 ? captures[(i + 1) % captures.length] : others[i % others.length]),
  ]);
}

/** A report or a sentence; the same in pieces as whole; what is shown holds no markup of the files. */
export async function fuzzPage(input: Uint8Array): Promise<void> {
  const length = Math.min((input[0] ?? 0) | ((input[1] ?? 0) << 8), Math.max(0, input.length - LENGTH_BYTES));
  const first = input.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const second = input.subarray(LENGTH_BYTES + length);
  const files = second.length === 0 ? [first] : [first, second];
  const isShown = input[input.length - 1] % SHOWN_EVERY === 0;
  const read = () => studied(files, input.length + 1, isShown);
  const whole = await (isShown ? read() : withoutLinearMemory(read));
  if (isShown)
    same(
      await studied(files, pieceOf(input, 3), true),
      whole,
      "files in pieces give the report of whole ones",
    );
}

async function studied(files: readonly Uint8Array[], piece: number, isShown: boolean): Promise<string> {
  const kinds = files.map((bytes) => witnessKind(bytes.subarray(0, WITNESS_HEAD)) ?? "captures");
  const inputs = files.map((bytes, i) => inputOf(bytes, NAMES[i], piece));
  const of = (kind: string) => inputs.filter((_, i) => kinds[i] === kind);
  const captures = of("captures");
  if (captures.length === 0) return "";
  try {
    const options = { keys: of("keys"), events: of("events"), ciphers: pageCiphers };
    const { report, timelines } = await study(captures, options);
    must(accountedFor(report) === report.capture.packets, "every packet is in one count");
    const json = [...reportToJson(report)].join("");
    if (!isShown) return json;
    reportSchema.parse(JSON.parse(json));
    const html = [...reportToHtml(report, timelines(), { clock: UTC })].join("");
    must(!html.includes("<b>first") && !html.includes("<b>second"), "names of files are no markup");
    must(!CONTROL.test(html), "the page holds no control characters");
    for (const { text } of summaryLines(report, UTC)) must(text.length > 0, "a line says something");
    for (const { text } of nextSteps(report, UTC)) must(text.length > 0, "a step says something");
    if (report.findings.length > 0) await evidence(captures);
    return json;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return error.message;
  }
}

/** What is saved of the findings is a capture that can be read. */
async function evidence(captures: readonly PortableInput[]): Promise<void> {
  const pieces: Uint8Array[] = [];
  const options = { key: KEY, hash: pageCiphers.hash };
  const found = await anonymizedEvidence(captures, options, async (bytes) => {
    pieces.push(bytes.slice());
  });
  if (!found) return;
  const bytes = new Uint8Array(Buffer.concat(pieces));
  const source = await openSource(new PieceSource(bytes, bytes.length), "x");
  while ((await source.next()) !== null);
  must(source.summary.end === "clean" && source.summary.packets > 0, "the evidence is a capture");
}

function inputOf(bytes: Uint8Array, name: string, piece: number): PortableInput {
  const chunks = () => inPieces(bytes, piece);
  return { name, chunks: chunks(), reopen: chunks };
}

async function* inPieces(bytes: Uint8Array, piece: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}
