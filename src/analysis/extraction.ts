/** From a feed to message records: what `extract` does, whatever the feed is made of. */

import type { CaptureError } from "../capture/source.ts";
import { Decoder } from "../feed/decoder.ts";
import { drive } from "../feed/drive.ts";
import type { Feed } from "../feed/feed.ts";
import { type ExtractCounts, RecordWriter } from "../records/writer.ts";
import { portSet } from "../wire/locate.ts";

const IDLE_MS = 1_000;
const MICROS_PER_MS = 1_000;

export interface ExtractOptions {
  ports?: readonly number[];
  maxPackets?: number;
  /** When aborted, the input counts as ended. */
  signal?: AbortSignal;
}

export interface ExtractRun extends ExtractOptions {
  /** Name of this sensor. */
  sensor: string;
  /** Milliseconds of a clock that does not step. */
  now: () => number;
}

export interface Extraction {
  counts: ExtractCounts;
  failures: readonly CaptureError[];
  /** One sentence for each input that does not end clean. */
  problems: readonly string[];
  /** An input is corrupt, or its reading failed or was ended by the signal: records are missing. */
  isCutShort: boolean;
}

/** Hands message records to `write`, some lines at a time, until the feed ends or the reading is aborted. */
export async function extractFrom(
  feed: Feed,
  options: ExtractRun,
  write: (lines: string) => Promise<void>,
): Promise<ExtractCounts> {
  let lines = "";
  const take = (line: string) => {
    lines += line;
  };
  // Of thousands of inputs a list takes a while: it is not made anew for each.
  let { summaries } = feed;
  const summaryOf = (source: number) => {
    if (source >= summaries.length) summaries = feed.summaries;
    return summaries[source];
  };
  const writer = new RecordWriter(options.sensor, summaryOf, take);
  const decoder = new Decoder(portSet(options.ports ?? []), [writer]);
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
  const failing = new AbortController();
  const signal = AbortSignal.any([failing.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let heardAt = options.now();
  // Where nothing comes for a while, the last signs of life of a window are due all the same.
  const idle = () => {
    writer.idle((options.now() - heardAt) * MICROS_PER_MS);
    flush().catch(() => failing.abort());
  };
  const drain = () => {
    heardAt = options.now();
    return flush();
  };
  const { maxPackets: limit } = options;
  const end = await drive(feed, decoder, { signal, limit, every: [IDLE_MS, idle], drain });
  if (end !== "ended") await feed.interrupt?.((source) => decoder.taken(source));
  const { times } = feed;
  writer.finish(feed.summaries.map((summary, i) => ({ summary, last: times[i].last })));
  await flush();
  return { ...writer.counts, packets: decoder.packets };
}
