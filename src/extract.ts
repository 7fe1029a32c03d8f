/** From captures to message records: the stages of `extract`, over any source of slices. */

import { hostname } from "node:os";
import type { CaptureError } from "./capture/batch.ts";
import { MergedCapture } from "./capture/merge.ts";
import { expandInputs } from "./capture/open.ts";
import { type ExtractCounts, Extractor } from "./records/extract.ts";
import { portSet } from "./wire/locate.ts";

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

/**
 * Reads captures and hands their message records to `write`, some lines at a time, as they are read.
 * @param write takes whole lines; an error that it throws ends the reading
 */
export async function extract(
  inputs: readonly string[],
  options: ExtractOptions,
  write: (lines: string) => Promise<void>,
): Promise<Extraction> {
  const { names, failures } = await expandInputs(inputs);
  const merged = new MergedCapture(names);
  let lines = "";
  const extractor = new Extractor(options.sensor ?? hostname(), portSet(options.ports ?? []), (line) => {
    lines += line;
  });
  const flush = async () => {
    const ready = lines;
    lines = "";
    if (ready !== "") await write(ready);
  };
  const limit = options.maxPackets ?? Number.POSITIVE_INFINITY;
  const rounds = merged.rounds();
  const interrupted = new Promise<IteratorResult<never>>((resolve) => {
    const stop = () => resolve({ done: true, value: undefined });
    options.signal?.addEventListener("abort", stop, { once: true });
  });
  try {
    while (options.signal?.aborted !== true && extractor.counts.packets < limit) {
      const { done, value: round } = await Promise.race([rounds.next(), interrupted]);
      if (done === true) break;
      for (const slice of round) {
        extractor.slice(slice, merged.summaries[slice.source], limit - extractor.counts.packets);
      }
      await flush();
    }
    const { times } = merged;
    extractor.end(merged.summaries.map((summary, i) => ({ summary, last: times[i].last })));
    await flush();
  } finally {
    await merged.close();
  }
  const problems = merged.summaries.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  return { counts: extractor.counts, failures: [...failures, ...merged.failures], problems };
}
