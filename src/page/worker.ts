/** The worker of the page: the same analysis as the program's, over files that the browser reads. */

import {
  anonymizedEvidence,
  type PortableInput,
  type PortableProgress,
  study,
  WITNESS_HEAD,
  witnessKind,
} from "../portable.ts";
import { reportToHtml } from "../printers/html.ts";
import { escaped } from "../printers/json.ts";
import { nextSteps } from "../report/advice/next-steps.ts";
import { summaryLines } from "../report/advice/summary.ts";
import { clockOf } from "../report/clock.ts";
import { pageCiphers } from "./ciphers.ts";
import type { News, Order, Study } from "./protocol.ts";

/** Bytes of the key that decides what replaces an address. */
const KEY_LENGTH = 32;

/** Least time between two lines of progress, milliseconds. */
const PROGRESS_MS = 100;
/** How long reads may follow each other before messages get a turn, milliseconds. */
const TURN_MS = 50;

let reading = new AbortController();

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.type === "cancel") {
    reading.abort();
    return;
  }
  reading = new AbortController();
  void answer(data.type, data.files, reading.signal);
});

async function answer(type: "read" | "evidence", files: readonly File[], signal: AbortSignal): Promise<void> {
  try {
    const sorted = await sortFiles(files);
    if (sorted.captures.length === 0) {
      throw new Error("These are keys or events: choose the captures together with them.");
    }
    tell(
      type === "read"
        ? { type: "report", study: await studied(sorted, signal) }
        : { type: "evidence", capture: await evidenceOf(sorted.captures, signal) },
    );
  } catch (error) {
    tell({ type: "failure", message: error instanceof Error ? error.message : String(error) });
  }
}

interface SortedFiles {
  captures: File[];
  keys: File[];
  events: File[];
}

/** What each file is, by its beginning; logs are recognised where captures are read. */
async function sortFiles(files: readonly File[]): Promise<SortedFiles> {
  const sorted: SortedFiles = { captures: [], keys: [], events: [] };
  for (const file of files) {
    const head = new Uint8Array(await file.slice(0, WITNESS_HEAD).arrayBuffer());
    sorted[witnessKind(head) ?? "captures"].push(file);
  }
  return sorted;
}

/** Says how far the reading is, not too often. */
function teller(): (progress: PortableProgress) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return ({ bytes, packets, source }) => {
    if (performance.now() - toldAt < PROGRESS_MS) return;
    toldAt = performance.now();
    tell({ type: "progress", bytes, packets, source });
  };
}

async function studied({ captures, keys, events }: SortedFiles, signal: AbortSignal): Promise<Study> {
  const { report, timelines } = await study(captures.map(inputOf), {
    signal,
    keys: keys.map(inputOf),
    events: events.map(inputOf),
    ciphers: pageCiphers,
    progress: teller(),
  });
  const clock = clockOf("local");
  return {
    summary: summaryLines(report, clock).map(({ label, text }) => ({ label: label ?? null, text })),
    steps: nextSteps(report, clock).map(({ text, commands }) => ({
      text,
      commands: commands.map(
        ({ command, where, tried }) =>
          `${where}${tried ? "" : " (after Cisco’s command reference, not tried)"}: ${command}`,
      ),
    })),
    hasEvidence: report.findings.length > 0,
    html: [...reportToHtml(report, timelines(), { clock })].join(""),
    json: `${escaped(JSON.stringify(report, null, 2))}\n`,
  };
}

/** The packets of the findings with other addresses, by a key that is forgotten at once. */
async function evidenceOf(captures: readonly File[], signal: AbortSignal): Promise<Blob | null> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const key = crypto.getRandomValues(new Uint8Array(KEY_LENGTH));
  const options = { key, hash: pageCiphers.hash, signal, progress: teller() };
  const found = await anonymizedEvidence(captures.map(inputOf), options, async (bytes) => {
    pieces.push(new Uint8Array(bytes));
  });
  return found ? new Blob(pieces, { type: "application/octet-stream" }) : null;
}

function inputOf(file: File): PortableInput {
  return { name: file.name, chunks: inTurns(file), reopen: () => inTurns(file) };
}

/** The bytes of a file. Messages to the worker get a turn: where chunks follow each other fast they would wait. */
async function* inTurns(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let turnAt = performance.now();
  for (;;) {
    if (performance.now() - turnAt > TURN_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      turnAt = performance.now();
    }
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function tell(news: News): void {
  postMessage(news);
}
