/** The worker of the page: the same analysis as the program's, over files that the browser reads. */

import { type PortableInput, reportToJson, study } from "../portable.ts";
import { reportToHtml } from "../printers/html.ts";
import { nextSteps } from "../report/advice/next-steps.ts";
import { summaryLines } from "../report/advice/summary.ts";
import { clockOf } from "../report/clock.ts";
import type { News, Order, Study } from "./protocol.ts";

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
  void answer(data.files, reading.signal);
});

async function answer(files: readonly File[], signal: AbortSignal): Promise<void> {
  try {
    tell({ type: "report", study: await studied(files, signal) });
  } catch (error) {
    tell({ type: "failure", message: error instanceof Error ? error.message : String(error) });
  }
}

async function studied(files: readonly File[], signal: AbortSignal): Promise<Study> {
  let toldAt = Number.NEGATIVE_INFINITY;
  const { report, timelines } = await study(files.map(inputOf), {
    signal,
    progress: ({ bytes, packets, source }) => {
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      tell({ type: "progress", bytes, packets, source });
    },
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
    html: [...reportToHtml(report, timelines(), { clock })].join(""),
    json: [...reportToJson(report)].join(""),
  };
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
