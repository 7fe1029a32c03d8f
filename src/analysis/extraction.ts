/** From captures to message records: the stages of `extract`, over any source of slices. */

import { hostname } from "node:os";
import type { CaptureError } from "../capture/source.ts";
import { RoundReader } from "../feed/drive.ts";
import type { LiveInputs } from "../feed/feed.ts";
import { type ExtractCounts, Extractor } from "../records/writer.ts";
import { portSet } from "../wire/locate.ts";

const IDLE_MS = 1_000;

export interface ExtractOptions {
  ports?: readonly number[];
  /** Name of this sensor; the machine's name unless given. */
  sensor?: string;
  maxPackets?: number;
  /** When aborted, the input counts as ended. */
  signal?: AbortSignal;
}

export interface Extraction {
  counts: ExtractCounts;
  failures: readonly CaptureError[];
  /** One sentence for each input that does not end clean. */
  problems: readonly string[];
}

/** The same for inputs that may go on for ever, as live interfaces do; ends with them, or when it is aborted. */
export async function extractFrom(
  inputs: LiveInputs,
  options: ExtractOptions,
  write: (lines: string) => Promise<void>,
): Promise<ExtractCounts> {
  let lines = "";
  const extractor = new Extractor(options.sensor ?? hostname(), portSet(options.ports ?? []), (line) => {
    lines += line;
  });
  // One write at a time, so that the lines keep their order.
  let written = Promise.resolve();
  const flush = () => {
    written = written.then(() => {
      const ready = lines;
      lines = "";
      return ready === "" ? undefined : write(ready);
    });
    return written;
  };
  const limit = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const reader = new RoundReader(inputs);
  const stop = () => reader.stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted === true) stop();
  let heardAt = performance.now();
  // Where nothing comes for a while, the last signs of life of a window are due all the same.
  const idle = setInterval(() => {
    extractor.idle((performance.now() - heardAt) * 1e3);
    flush().catch(stop);
  }, IDLE_MS);
  try {
    while (extractor.counts.packets < limit) {
      const round = await reader.next();
      if (round === null) break;
      for (const slice of round) {
        extractor.slice(slice, inputs.summaries[slice.source], limit - extractor.counts.packets);
      }
      heardAt = performance.now();
      await flush();
    }
    if (extractor.counts.packets < limit) {
      for (const slice of inputs.rest?.() ?? []) extractor.slice(slice, inputs.summaries[slice.source]);
    }
  } finally {
    clearInterval(idle);
    options.signal?.removeEventListener("abort", stop);
    inputs.stop?.();
  }
  const { times } = inputs;
  extractor.end(inputs.summaries.map((summary, i) => ({ summary, last: times[i].last })));
  await flush();
  return extractor.counts;
}
